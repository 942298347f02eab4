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
    w(
        "collection_to_multipolygon",
        "a collection of polygons was read as one outline",
        "将多边形集合视为一个边界",
    ),
    w("early", "in early growth", "生长初期"),
    w("full", "at full growth", "旺盛生长期"),
    w("ripening", "while ripening", "成熟期"),
    w("wheat", "wheat", "小麦"),
    w("winter_wheat", "winter wheat", "冬小麦"),
    w("maize", "maize", "玉米"),
    w("rice", "rice", "水稻"),
    w("winter_barley", "winter barley", "冬大麦"),
    w("spring_barley", "spring barley", "春大麦"),
    w("rapeseed", "rapeseed", "油菜"),
    w("sunflower", "sunflower", "向日葵"),
    w("soybean", "soybean", "大豆"),
    w("cotton", "cotton", "棉花"),
    w("potato", "potato", "马铃薯"),
    w("sugar_beet", "sugar beet", "甜菜"),
    w("sugarcane", "sugarcane", "甘蔗"),
    w("peanut", "peanut", "花生"),
    w("chickpea", "chickpea", "鹰嘴豆"),
    w("mustard", "mustard", "芥菜"),
    w("oat", "oat", "燕麦"),
    w("teff", "teff", "苔麸"),
    w("rabi_wheat", "rabi wheat", "旱季小麦（拉比季）"),
    w("meher_wheat", "meher wheat", "雨季小麦（梅赫季）"),
    w("pulses", "pulses", "豆类"),
    w("fallow", "fallow land", "休耕地"),
    w("grass", "grassland", "草地"),
    w("orchard_vine", "orchard or vineyard", "果园或葡萄园"),
    w("tree", "trees", "林木"),
    w("bare_built", "bare or built land", "裸地或建设用地"),
    w("water", "water", "水面"),
    w("other", "another crop", "其他作物"),
    w("no_consent_ref", "no consent reference was given", "未提供授权同意编号"),
    w("purpose_not_accepted", "it was given for another purpose", "授权目的不符"),
    w("no_declared_crop", "no crop was declared", "未申报作物"),
    w(
        "no_finance_figure",
        "the lender's file gives no amount per area for this crop",
        "贷款机构文件未给出该作物的单位面积金额",
    ),
    w("no_price", "the lender's file gives no price for this crop", "贷款机构文件未给出该作物的价格"),
    w("no_yield", "the lender's file gives no yield for this crop", "贷款机构文件未给出该作物的产量"),
    w(
        "old_price",
        "the newest price for this crop is older than the policy allows",
        "该作物最新价格的日期超过政策允许的期限",
    ),
    w(
        "old_yield",
        "the newest yield for this crop is older than the policy allows",
        "该作物最新产量的日期超过政策允许的期限",
    ),
    w("outline", "the whole outline", "整个边界"),
    w("declared", "the declared area", "申报面积"),
    w("cost_of_growing", "the cost of growing the crop", "种植成本"),
    w("value_of_harvest", "the value of the harvest", "收成价值"),
    w("upper_bound", "an upper bound of the policy", "政策上限"),
    w("too_few_pixels", "the plot has too few full pixels", "完整像元过少"),
    w("too_few_clear_dates", "too few clear dates while the crop is green", "作物绿色期晴空日期过少"),
    w("too_early", "it is too early in the season", "生长季尚早"),
    w("crop_cannot_be_told", "whether there is a crop cannot be told", "无法判断是否种有作物"),
    w("pixels_not_read", "no pixels were read", "未读取像元"),
    w(
        "neighbours_normal",
        "the plots of the same crop around did not fall alike",
        "周边同作物地块未同样下降",
    ),
    w("neighbours_alike", "the plots of the same crop around fell alike", "周边同作物地块同样下降"),
    w(
        "neighbours_unknown",
        "too few plots of the same crop are known around to compare",
        "周边可比较的同作物地块过少",
    ),
    w("no_statistics", "no regional statistics were given", "未提供区域统计数据"),
    w("no_row", "the statistics have no row for this crop and zone", "统计数据中没有该作物和区域的记录"),
    w("crop_not_sure", "the crop is not sure enough", "作物类型不够确定"),
    w("no_crop_seen", "no crop is seen", "未见作物"),
    w(
        "event_on_plot",
        "something happened to the crop, and its cost is not known",
        "作物受到事件影响，损失未知",
    ),
    w("crop_seen", "a crop is said to be seen", "判定已看到作物"),
    w("no_season_found", "no season was found", "未找到生长季"),
    w("crop_not_seen", "no crop is said to be seen", "判定未看到作物"),
    w("no_clear_value", "no clear date has a value", "晴空日期均无数值"),
];

/// A word in English, where it is said otherwise than it is written.
pub fn in_english(word: &str) -> Option<&'static str> {
    WORDS.iter().find(|row| row.word == word).map(|row| row.en)
}

/// A word in Chinese, where it is known.
pub fn in_chinese(word: &str) -> Option<&'static str> {
    WORDS.iter().find(|row| row.word == word).map(|row| row.zh)
}

const fn w(word: &'static str, en: &'static str, zh: &'static str) -> Worded {
    Worded { word, en, zh }
}
