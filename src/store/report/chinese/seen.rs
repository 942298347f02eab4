//! Which crops the curve speaks for, and the images behind the record, in Chinese.

use crate::record::{Basis, EligibilityRecord};
use crate::store::plain_words as words;
use crate::store::report::weakest;

use super::{crop_name, day};

/// The parts of the evidence with their limits, each with the level that it reaches.
pub(super) fn basis(r: &EligibilityRecord) -> String {
    let level = |word: &str| match word {
        "high" => Some("高"),
        "medium" => Some("中"),
        "low" => Some("低"),
        _ => None,
    };
    let said = |sentence: &String| {
        let (word, what) = sentence.split_once(": ")?;
        Some(format!("{}：{}", Basis::in_chinese(what)?, level(word)?))
    };
    // A sentence of a later table stands as the record has it.
    let parts: Vec<String> = weakest(r).map(|part| said(part).unwrap_or_else(|| part.clone())).collect();
    if parts.is_empty() { "没有清晰影像。".to_owned() } else { format!("{}。", parts.join("；")) }
}

/// What covers the part of the outline that carries no crop.
pub(super) fn the_rest(r: &EligibilityRecord) -> String {
    let rest = [
        ("水面", r.uncropped_water_frac),
        ("常绿", r.uncropped_evergreen_frac),
        ("建筑或裸地", r.uncropped_bare_frac),
        ("其他", r.uncropped_other_frac),
    ];
    let named = rest.into_iter().filter_map(|(name, share)| Some((name, share?.get())));
    let named: Vec<String> = named
        .filter(|(_, share)| *share >= 0.01)
        .map(|(name, share)| format!("{name}{}", words::percent(share)))
        .collect();
    if named.is_empty() { String::new() } else { format!("；其余：{}", named.join("、")) }
}

/// The latest greenness and the highest.
pub(super) fn greenness(r: &EligibilityRecord) -> String {
    let on =
        |date: Option<jiff::civil::Date>| date.map_or(String::new(), |date| format!("（{}）", day(date)));
    let latest = r.ndvi_latest.map(|n| format!("{:.2}{}", n.get(), on(r.last_clear_date)));
    let highest = r.ndvi_peak.map(|n| format!("最高{:.2}{}", n.get(), on(r.peak_date)));
    let parts: Vec<String> = latest.into_iter().chain(highest).collect();
    if parts.is_empty() { "没有清晰影像".to_owned() } else { parts.join("；") }
}

/// Pixels inside, and what their grade is one of.
pub(super) fn pixels(r: &EligibilityRecord) -> String {
    match (r.pixels_full, r.observability_grade) {
        (Some(full), Some(grade)) => {
            format!("地块内{full}个完整的10 m像元，{}级（A最好，D最差）", grade.word())
        }
        (Some(full), None) => format!("地块内{full}个完整的10 m像元"),
        _ => "未知".to_owned(),
    }
}

/// Which crops the curve by itself speaks for; nothing where nothing was seen.
pub(super) fn candidates(r: &EligibilityRecord) -> Option<String> {
    let seen = r.clear_obs.is_some_and(|n| n > 0) && !r.crop_candidates.is_empty();
    seen.then(|| {
        let each = r.crop_candidates.iter();
        let each: Vec<String> =
            each.map(|c| format!("{}{}", crop_name(&c.crop), words::percent(c.probability.get()))).collect();
        format!("仅凭曲线：{}", each.join("、"))
    })
}

/// The images behind it.
pub(super) fn images(r: &EligibilityRecord) -> String {
    let mut parts = Vec::new();
    if let (Some(from), Some(to)) = (r.season_start, r.season_end) {
        let so_far = if r.as_of < to { format!("（截至{}）", day(r.as_of)) } else { String::new() };
        parts.push(format!("生长季{}至{}{so_far}", day(from), day(to)));
    }
    if let (Some(clear), Some(found)) = (r.clear_obs, r.scenes_found) {
        parts.push(format!("目录中{found}景影像，其中{clear}个晴空日期"));
    }
    if let Some(failed) = r.scenes_failed.filter(|n| *n > 0) {
        parts.push(format!("{failed}景无法读取"));
    }
    if let Some(gap) = r.max_gap_days {
        parts.push(format!("最长{gap}天没有晴空影像"));
    }
    if let (Some(last), Some(age)) = (r.last_clear_date, r.days_since_last_clear) {
        parts.push(format!("最近一次{}（{age}天前）", day(last)));
    }
    if parts.is_empty() { "未查看影像".to_owned() } else { parts.join("；") }
}
