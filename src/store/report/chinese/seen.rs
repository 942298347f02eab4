//! Which crops the curve speaks for, and the images behind the record, in Chinese.

use crate::record::EligibilityRecord;
use crate::store::plain_words as words;

use super::{crop_name, day};

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
        parts.push(format!("生长季{}至{}", day(from), day(to)));
    }
    if let (Some(clear), Some(found)) = (r.clear_obs, r.scenes_found) {
        parts.push(format!("目录中{found}景影像，其中{clear}个晴空日期"));
    }
    if let Some(failed) = r.scenes_failed.filter(|n| *n > 0) {
        parts.push(format!("{failed}景无法读取"));
    }
    if let (Some(last), Some(age)) = (r.last_clear_date, r.days_since_last_clear) {
        parts.push(format!("最近一次{}（{age}天前）", day(last)));
    }
    if parts.is_empty() { "未查看影像".to_owned() } else { parts.join("；") }
}
