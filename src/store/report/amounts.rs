//! How much, until when, in which parts: in each language.

use maud::{Markup, html};

use crate::record::{Code, EligibilityRecord, Met, TranchePlan};
use crate::store::plain_words as words;

use crate::store::tongue::Tongue;

/// Whether the policy sets an amount that could not be reckoned.
pub(super) fn not_computed(r: &EligibilityRecord) -> bool {
    let code = Code::LimitNotComputed.facts().code;
    r.reasons_all.iter().any(|reason| reason.code() == code)
}

/// Lines of the reckoning that are shown; the record has them all.
const STEPS_SHOWN: usize = 6;

/// Whether the record says anything of money or dates.
pub(super) fn any(r: &EligibilityRecord) -> bool {
    r.limit_by_policy.is_some() || r.repay_by.is_some() || !r.disbursement.is_empty()
}

/// The section; nothing where the policy sets no amounts and no dates.
pub(super) fn section(r: &EligibilityRecord, tongue: Tongue) -> Markup {
    let t = |en: &'static str, zh: &'static str| tongue.of(en, zh);
    html! {
        @if any(r) {
            section class="amounts" {
                h2 { (t("How much, and until when", "金额与期限")) }
                @if let Some(text) = limit(r, tongue) { p { (text) } }
                @if r.rests_on_examples() {
                    p { b { (t("These figures are an example, not the lender's: do not lend on them.", "所用数据仅为示例，并非贷款机构的数据：不得据此放款。")) } }
                }
                @if !r.limit_steps.is_empty() {
                    p class="more" {
                        (t("How: ", "计算："))
                        (r.limit_steps.iter().take(STEPS_SHOWN).map(|s| {
                            format!("{} {} ({})", step(&s.step, tongue), s.amount, basis(&s.basis, tongue))
                        }).collect::<Vec<_>>().join("; ")) "."
                    }
                }
                @if let Some(due) = r.repay_by {
                    p {
                        b { (t("Repay by ", "还款日期：")) (tongue.day(due)) } (t(": the late end of the harvest window and the policy's days after it.", "（收获期末端加政策规定的天数）。"))
                        @if due < r.as_of { " " b { (t("This day has passed.", "该日期已过。")) } }
                    }
                }
                @if !r.disbursement.is_empty() {
                    table class="parts" {
                        tbody {
                            @for part in &r.disbursement {
                                tr {
                                    th scope="row" { (words::name(&part.name)) }
                                    td { (words::percent(part.share_frac.get())) @if let Some(a) = &part.amount { " · " (a) } }
                                    td { (shown(part, tongue)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A line of the reckoning; the names of add-ons and bounds are the lender's and stand as they are.
fn step(name: &str, tongue: Tongue) -> String {
    let ours = match name {
        "crop_cost" => Some("作物成本"),
        "cost_based" => Some("按成本计算"),
        "production_value" => Some("产值"),
        "value_based" => Some("按产值计算"),
        "rounded" => Some("取整"),
        _ => None,
    };
    tongue.of_owned(|| words::name(name), || ours.map_or_else(|| words::name(name), str::to_owned))
}

/// How a line comes about: the record says it with units in English.
fn basis(text: &str, tongue: Tongue) -> String {
    const IN_CHINESE: [(&str, &str); 7] = [
        ("down to a multiple of ", "向下取整，单位："),
        ("upper bound", "上限"),
        ("sum", "合计"),
        (" kg per ha", " kg/ha"),
        (" per ", "/"),
        ("acre", "英亩"),
        (" x ", " × "),
    ];
    let chinese = || IN_CHINESE.iter().fold(text.to_owned(), |text, (en, zh)| text.replace(en, zh));
    tongue.of_owned(|| text.to_owned(), chinese)
}

fn limit(r: &EligibilityRecord, tongue: Tongue) -> Option<String> {
    let by_policy = r.limit_by_policy.as_ref()?;
    let currency = r.limit_currency.as_deref().unwrap_or("");
    Some(match &r.limit_recommended {
        Some(amount) => tongue.of_owned(
            || format!("Up to {amount} {currency} by the lender's policy and figures."),
            || format!("按贷款机构的政策和数据，最高{amount} {currency}。"),
        ),
        None => tongue.of_owned(
            || format!("Nothing is recommended now. The policy would allow up to {by_policy} {currency} once the reasons above are settled."),
            || format!("目前不作推荐。上述原因解决后，政策最高允许{by_policy} {currency}。"),
        ),
    })
}

/// What the plot must show, and whether it did.
fn shown(part: &TranchePlan, tongue: Tongue) -> String {
    if part.event == "signing" {
        return tongue.of("at signing", "签约时").to_owned();
    }
    let deadline = part.deadline.map_or_else(String::new, |d| tongue.day(d));
    let on = part.met_on.map_or_else(String::new, |d| tongue.day(d));
    let asked = match (part.at_most, part.at_least) {
        (Some(most), _) => format!("NDVI ≤ {}", most.get()),
        (None, Some(least)) => format!("NDVI ≥ {}", least.get()),
        (None, None) => String::new(),
    };
    match part.met {
        Met::Yes => tongue.of_owned(|| format!("{asked}: seen on {on}"), || format!("{asked}：{on}已见")),
        Met::No => tongue.of_owned(
            || format!("{asked}: not seen by {deadline}, though the plot was seen"),
            || format!("{asked}：至{deadline}未见（影像清晰）"),
        ),
        Met::NotYet => tongue.of_owned(
            || format!("{asked}: awaited until {deadline}"),
            || format!("{asked}：等待至{deadline}"),
        ),
        Met::CannotTell => tongue.of_owned(
            || format!("{asked}: cannot be told; look at the plot"),
            || format!("{asked}：无法判断，请实地查看"),
        ),
    }
}
