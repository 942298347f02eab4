//! One plain sentence per alert, how the crop stands among others, and what to expect: in each language.

use crate::record::{Alert, EligibilityRecord, Rounded};
use crate::store::plain_words as words;
use crate::store::tongue::Tongue;

/// Alerts that are shown on the page; the record has them all.
const SHOWN: usize = 3;

/// Deviations from its other years from which a season is told as stronger or weaker.
const OTHER_THAN_USUAL: f64 = 1.0;

/// What happened, one sentence each; nothing where nothing was seen.
pub(super) fn events(r: &EligibilityRecord, tongue: Tongue) -> Option<String> {
    let mut sentences: Vec<String> = r.alerts.iter().take(SHOWN).map(|a| sentence(a, tongue)).collect();
    let further = r.alerts.len().saturating_sub(SHOWN);
    if further > 0 {
        sentences.push(
            tongue
                .of_owned(|| format!("{further} more in the record."), || format!("记录中另有{further}项。")),
        );
    }
    (!sentences.is_empty()).then(|| sentences.join(tongue.of(" ", "")))
}

fn sentence(a: &Alert, tongue: Tongue) -> String {
    let [from, to, last] = [a.from, a.to, a.last].map(|date| tongue.day(date));
    let said = |en: String, zh: String| tongue.of_owned(|| en, || zh);
    let between = said(format!("between {from} and {to}"), format!("{from}至{to}之间"));
    let gone = a.severity.map(|s| words::percent(s.get())).map_or(String::new(), |share| {
        said(format!("; {share} of the green is gone"), format!("，绿度损失{share}"))
    });
    let part = a.area_frac.map(|f| words::percent(f.get()));
    let part = part.map_or_else(
        || tongue.of("", "地块").to_owned(),
        |share| said(format!(" on {share} of the plot"), format!("地块的{share}")),
    );
    let around = match (a.neighbours_n, a.neighbours_alike_frac) {
        (Some(n), Some(share)) => {
            let share = words::percent(share.get());
            said(
                format!("; so did {share} of {n} plots of the same crop around"),
                format!("；周边{n}个同作物地块中有{share}同样如此"),
            )
        }
        _ => String::new(),
    };
    match a.code.as_str() {
        "flood" => said(
            format!("Water stood{part}, first seen on {to}, last on {last}."),
            format!("{part}有积水：{to}首次看到，{last}最后看到。"),
        ),
        "sudden_loss" => said(
            format!("The crop collapsed{part} {between}, before it could be ripe{gone}{around}."),
            format!("{between}{part}的作物在成熟之前骤然受损{gone}{around}。"),
        ),
        "early_harvest" => said(
            format!("The plot turned bare {between}, earlier than a harvest was expected{around}."),
            format!("{between}地块变为裸地，早于预计收获期{around}。"),
        ),
        "cover_gone" => said(
            format!("A green cover went{part} {between}; whether it was a crop is not known{around}."),
            format!("{between}{part}的绿色植被消失；无法判断是否为作物{around}。"),
        ),
        "decline" => said(
            format!(
                "The crop was less green than its season lets expect from {from} to {last}{gone}{around}."
            ),
            format!("{from}至{last}作物绿度低于该生长季的预期{gone}{around}。"),
        ),
        "not_planted" => said(
            format!("Nothing had come up by {last}; it was due by {to}."),
            format!("截至{last}未见出苗，最晚应在{to}出苗。"),
        ),
        other => {
            let name = words::name(other);
            said(format!("{name} {between}."), format!("{between}：{name}。"))
        }
    }
}

/// How green the plot is among its peers and against its other years.
pub(super) fn vigour(r: &EligibilityRecord, tongue: Tongue) -> Option<String> {
    let mut parts = Vec::new();
    if let (Some(p), Some(n), Some(radius)) = (r.peer_percentile, r.peer_n, r.peer_radius_m) {
        let (share, km) = (words::percent(p.get()), f64::from(radius) / 1000.0);
        parts.push(tongue.of_owned(
            || format!("greener than {share} of {n} plots of the same crop within {km:.1} km"),
            || format!("绿度高于{km:.1}公里内{n}个同作物地块中的{share}"),
        ));
    }
    if let (Some(z), Some(n)) = (r.anomaly_own_z, r.anomaly_own_n) {
        let (en, zh) = match z.get() {
            z if z > OTHER_THAN_USUAL => ("stronger than", "强于"),
            z if z < -OTHER_THAN_USUAL => ("weaker than", "弱于"),
            _ => ("about as in", "大致同于"),
        };
        parts.push(
            tongue
                .of_owned(|| format!("{en} {n} other years of this plot"), || format!("{zh}该地块其他{n}年")),
        );
    }
    (!parts.is_empty()).then(|| parts.join(tongue.of("; ", "；")))
}

/// What the lender's statistics let expect.
pub(super) fn expected_yield(r: &EligibilityRecord, tongue: Tongue) -> Option<String> {
    let kg = |v: Option<Rounded<0>>| v.map(|v| format!("{:.0}", v.get()));
    let (mid, low, high) = (kg(r.yield_kg_ha)?, kg(r.yield_lower_kg_ha)?, kg(r.yield_upper_kg_ha)?);
    let whose = match r.rests_on_examples() {
        true => tongue.of("example figures, not the lender's", "示例数据（并非贷款机构的数据）"),
        false => tongue.of("regional statistics", "区域统计"),
    };
    Some(tongue.of_owned(
        || format!("about {mid} kg/ha ({low} to {high}), from {whose}; not measured here"),
        || format!("约{mid}公斤/公顷（{low}至{high}），来自{whose}，并非实测"),
    ))
}
