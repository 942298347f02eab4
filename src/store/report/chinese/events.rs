//! One plain sentence per alert, how the crop stands among others, and the images, in Chinese.

use crate::record::{Alert, EligibilityRecord, Rounded};
use crate::store::plain_words as words;

use super::{crop_name, day};

/// Alerts that are shown on the page; the record has them all.
const SHOWN: usize = 3;

/// What happened; nothing where nothing was seen.
pub(super) fn events(r: &EligibilityRecord) -> Option<String> {
    let mut told: String = r.alerts.iter().take(SHOWN).map(sentence).collect();
    let further = r.alerts.len().saturating_sub(SHOWN);
    if further > 0 {
        told.push_str(&format!("记录中另有{further}项。"));
    }
    (!told.is_empty()).then_some(told)
}

fn sentence(a: &Alert) -> String {
    let between = format!("{}至{}之间", day(a.from), day(a.to));
    let gone = a.severity.map_or(String::new(), |s| format!("，绿度损失{}", words::percent(s.get())));
    let part = a.area_frac.map_or("地块".to_owned(), |f| format!("地块的{}", words::percent(f.get())));
    let around = match (a.neighbours_n, a.neighbours_alike_frac) {
        (Some(n), Some(share)) => {
            format!("；周边{n}个同作物地块中有{}同样如此", words::percent(share.get()))
        }
        _ => String::new(),
    };
    match a.code.as_str() {
        "flood" => format!("{part}有积水：{}首次看到，{}最后看到。", day(a.to), day(a.last)),
        "sudden_loss" => format!("{between}{part}的作物在成熟之前骤然受损{gone}{around}。"),
        "early_harvest" => format!("{between}地块变为裸地，早于预计收获期{around}。"),
        "decline" => format!("{}至{}作物绿度缓慢下降{gone}{around}。", day(a.from), day(a.last)),
        "not_planted" => format!("截至{}未见出苗，最晚应在{}出苗。", day(a.last), day(a.to)),
        other => format!("{between}：{}。", words::name(other)),
    }
}

/// How green the plot is among its peers and against its other years.
pub(super) fn vigour(r: &EligibilityRecord) -> Option<String> {
    let mut parts = Vec::new();
    if let (Some(p), Some(n), Some(radius)) = (r.peer_percentile, r.peer_n, r.peer_radius_m) {
        let km = f64::from(radius) / 1000.0;
        parts.push(format!("绿度高于{km:.1}公里内{n}个同作物地块中的{}", words::percent(p.get())));
    }
    if let (Some(z), Some(n)) = (r.anomaly_own_z, r.anomaly_own_n) {
        let word = match z.get() {
            z if z > 1.0 => "强于",
            z if z < -1.0 => "弱于",
            _ => "大致同于",
        };
        parts.push(format!("{word}该地块其他{n}年"));
    }
    (!parts.is_empty()).then(|| parts.join("；"))
}

/// What the lender's statistics let expect.
pub(super) fn expected_yield(r: &EligibilityRecord) -> Option<String> {
    let kg = |v: Option<Rounded<0>>| v.map(|v| format!("{:.0}", v.get()));
    let (mid, low, high) = (kg(r.yield_kg_ha)?, kg(r.yield_lower_kg_ha)?, kg(r.yield_upper_kg_ha)?);
    let whose =
        if r.rests_on_examples() { "示例数据（并非贷款机构的数据）" } else { "区域统计" };
    Some(format!("约{mid}公斤/公顷（{low}至{high}），来自{whose}，并非实测"))
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
