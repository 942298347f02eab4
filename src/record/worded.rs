//! Words inside the sentences of reasons, in each language.

/// A word that appears inside sentences and is said differently in each language.
#[derive(Clone, Copy, Debug)]
pub struct Worded {
    /// The word as it stands in params.
    pub word: &'static str,
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

/// Words inside sentences, by language.
pub const WORDS: &[Worded] = &[
    w("season", "in the season", "生长季内"),
    w("green-up", "while the crop greens up", "返青上升期"),
    w("peak", "around the peak", "峰值期"),
    w("green-down", "while the crop ripens", "成熟下降期"),
    w("closed_ring", "the ring was closed", "闭合边界环"),
    w("track_to_polygon", "a walked track was read as an outline", "将步行轨迹视为边界"),
    w("reoriented", "ring direction was turned", "调整环方向"),
    w("removed_duplicate_vertices", "repeated points were merged", "合并重复点"),
    w("dropped_heights", "heights were dropped", "去除高程"),
    w("too_few_pixels", "the plot has too few full pixels", "完整像元过少"),
    w("too_few_clear_dates", "too few clear dates while the crop is green", "作物绿色期晴空日期过少"),
    w("too_early", "it is too early in the season", "生长季尚早"),
    w("crop_cannot_be_told", "whether there is a crop cannot be told", "无法判断是否种有作物"),
    w("pixels_not_read", "no pixels were read", "未读取像元"),
    w(
        "cropped_without_season",
        "a crop is said to be seen but no season was found",
        "判定已种植但未找到生长季",
    ),
    w(
        "not_cropped_with_season",
        "no crop is said to be seen but a season was found",
        "判定未种植但找到了生长季",
    ),
];

const fn w(word: &'static str, en: &'static str, zh: &'static str) -> Worded {
    Worded { word, en, zh }
}
