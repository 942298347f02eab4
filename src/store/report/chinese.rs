//! The same page in Chinese: `report.zh.html`.

mod seen;

use jiff::civil::Date;
use maud::{PreEscaped, html};

use crate::record::{Agreement, Confidence, CropSeen, Effect, EligibilityRecord, Status, in_chinese};
use crate::store::finished::deferring_reason;
use crate::store::page::{Shell, page};
use crate::store::plain_words as words;

use crate::store::tongue::Tongue;

use super::evidence::{Doubt, has_emerged, sowing_doubt};
use super::{CHANGES_SHOWN, LONG_ID, Report, alerts, amounts, picture, style};

/// Chinese fonts of the usual systems.
const FONTS: &str =
    "body{font-family:'Noto Sans CJK SC','PingFang SC','Microsoft YaHei','WenQuanYi Micro Hei',sans-serif}";

/// Writes the page.
pub fn report_html_zh(report: &Report<'_>) -> String {
    let r = report.record;
    let (title, sentence) = status(r.status);
    let body = html! {
        main class="crowded" {
            header {
                div class="who" {
                    p class="kind" { "卫星影像地块评估" }
                    h1 class=[(r.id.chars().count() > LONG_ID).then_some("long")] { "地块 " (words::name(&r.id)) }
                    p class="refs" {
                        "评估日 " (day(r.as_of))
                        @if let Some(until) = r.valid_until { " · 有效至 " (day(until)) }
                        @for (what, given) in [("贷款机构", &r.lender_ref), ("申请", &r.application_ref), ("借款人", &r.borrower_ref)] {
                            @if let Some(given) = given { " · " (what) " " (words::brief(given)) }
                        }
                    }
                }
                div class={ "status " (words::status_class(r.status)) } {
                    p class="verdict" { (words::status_sign(r.status)) " " (title) }
                    p class="meaning" { (sentence) }
                }
            }
            div class="columns" {
                section class="why" {
                    h2 { "原因" }
                    ol {
                        @for reason in &r.reasons {
                            @let (sign, _) = words::effect(reason.effect());
                            @let does = effect(reason.effect());
                            li {
                                span class="effect" aria-hidden="true" { (sign) }
                                div { (reason.text_zh()) " " span class="code" { (does) "，" (reason.code()) } }
                            }
                        }
                    }
                    @let further = r.reasons_all.len().saturating_sub(r.reasons.len());
                    @if further > 0 { p class="more" { "记录中另有" (further) "项结果。" } }
                    @if r.status != Status::NotAppraised {
                        p class="sure" { b { "把握程度：" (confidence(r.confidence)) "。" } (seen::basis(r)) }
                    }
                }
                section {
                    h2 { "下一步" }
                    ul { @for step in next_steps(r) { li { (step) } } }
                }
            }
            (amounts::section(r, Tongue::Chinese))
            @if let Some(svg) = report.chart_svg {
                // Drawn by `season_chart`, which escapes every text it is given.
                figure class="chart" { (PreEscaped(svg)) }
            }
            @if r.status != Status::NotAppraised {
                div class=(if report.picture.is_some() { "evidence" } else { "evidence alone" }) {
                    table {
                        thead { tr { th {} th { "申报" } th { "所见" } } }
                        tbody {
                            @for (what, declared, seen) in rows(r) {
                                tr { th scope="row" { (what) } td { (declared) } td { (seen) } }
                            }
                        }
                    }
                    @if let Some(p) = report.picture { (picture(p, Tongue::Chinese)) }
                }
            }
            footer {
                p { b { "说明：" } "本页是根据公开的哨兵二号影像提出的建议，供人员参考；不是信贷决定，也不预测还款。NDVI约0.1为裸土，0.9为茂密绿色作物。括号内为第10至第90百分位。包含经处理的哥白尼哨兵数据。" }
                p {
                    (r.software.name) " " (r.software.version) "，流程 " (words::name(&r.pipeline)) "，设置 " code { (r.config_sha256) }
                    @if let Some(policy) = &r.policy_id { "，政策 " (words::name(policy)) }
                    @if let Some(hash) = &r.policy_sha256 { " " code { (hash) } }
                    "。记录 " code { (r.record_id) } "，SHA-256 " code { (r.record_sha256) } "。"
                }
            }
        }
    };
    let title = format!("地块 {}：{}", words::name(&r.id), title);
    page(
        &Shell {
            lang: "zh",
            title: &title,
            may: "; img-src data:",
            styles: &[style::STYLE, words::SIGN_STYLE, FONTS],
        },
        &body,
    )
}

fn day(date: Date) -> String {
    Tongue::Chinese.day(date)
}

fn status(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Supports => ("支持", "卫星所见支持该申请。"),
        Status::Refer => ("转人工", "决定之前应由人员查看。这不是拒绝。"),
        Status::DoesNotSupport => ("不支持", "所见、申报或申请的内容不符合贷款机构的政策，原因如下。"),
        Status::NotAppraised => ("未评估", "条目无法使用，因此未作查看。这不说明农田的任何情况。"),
    }
}

fn confidence(confidence: Option<Confidence>) -> &'static str {
    match confidence {
        Some(Confidence::High) => "高",
        Some(Confidence::Medium) => "中",
        Some(Confidence::Low) => "低",
        None => "未说明",
    }
}

/// What a reason does.
fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::For => "有利",
        Effect::Against => "不利",
        Effect::Refer => "需查看",
        Effect::Block => "无法评估",
        Effect::Info => "说明",
    }
}

fn next_steps(r: &EligibilityRecord) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    if deferring_reason(r).is_some() {
        steps.push("用同一命令再次运行croplens：只补做缺失的部分。".to_owned());
    }
    steps.extend(r.what_would_change.iter().take(CHANGES_SHOWN).map(|c| c.text_zh.clone()));
    steps.push(
        match r.status {
            Status::Supports => "作为档案材料之一使用。影像无法显示土地归属和是否已抵押。",
            Status::Refer => "在此之前，不要仅凭本页拒绝。",
            Status::DoesNotSupport => {
                "将这些原因及其数字告知申请人。如有异议，请实地查看，或更正边界或申报后重新运行。"
            }
            Status::NotAppraised => "按左侧说明更正条目后重新提交。",
        }
        .to_owned(),
    );
    if let Some(date) = r.next_review_date {
        steps.push(format!("{}再次查看。", day(date)));
    }
    steps
}

fn rows(r: &EligibilityRecord) -> Vec<(&'static str, String, String)> {
    let none = || "未提供".to_owned();
    let crop = match (r.cropped, r.crop_agrees_with_declared) {
        (Some(CropSeen::Yes), Some(Agreement::Yes)) => "已见作物，与申报相符",
        (Some(CropSeen::Yes), Some(Agreement::No)) => "已见作物，与申报不符",
        (Some(CropSeen::Yes), _) => "已见作物，无法判断是否为申报作物",
        (Some(CropSeen::No), _) => "未见作物",
        (Some(CropSeen::CannotTell) | None, _) => "无法判断",
    };
    let crop = match seen::candidates(r) {
        Some(candidates) => format!("{crop}；{candidates}"),
        None => crop.to_owned(),
    };
    let area = r.metrics_area.map_or_else(none, |a| words::hectares(a.get()));
    let area = match (r.area_lower_m2, r.area_upper_m2) {
        (Some(l), Some(u)) => format!("{area}（{}至{}）", words::hectares(l.get()), words::hectares(u.get())),
        _ => area,
    };
    let between = |d: Option<Date>, from: Option<Date>, to: Option<Date>| match (d, from, to) {
        (Some(d), Some(from), Some(to)) => Some(format!("{}（{}至{}）", day(d), day(from), day(to))),
        (Some(d), ..) => Some(day(d)),
        _ => None,
    };
    let emerged = between(r.emergence_date, r.emergence_date_lower, r.emergence_date_upper);
    let cut = between(r.harvest_detected_date, r.harvest_detected_lower, r.harvest_detected_upper);
    let due = between(r.expected_harvest_date, r.expected_harvest_from, r.expected_harvest_to);
    let harvest = match (cut, due) {
        (Some(cut), _) => format!("已收获：{cut}"),
        (None, Some(due)) if r.expected_harvest_to.is_some_and(|to| to < r.as_of) => {
            format!("按生长日期推算：{due}；未直接看到收割")
        }
        (None, Some(due)) => format!("预计{due}"),
        (None, None) => "无法判断".to_owned(),
    };
    let mut rows = vec![
        ("作物", r.declared_crop.as_deref().map_or_else(none, crop_name), crop),
        ("面积", r.declared_area_ha.map_or_else(none, |a| words::hectares(a.get() * 10_000.0)), area),
        (
            "播种",
            r.declared_sowing_date.map_or_else(none, |d| match sowing_doubt(r) {
                None => day(d),
                Some(Doubt::Impossible) => format!("{}（不可能属于本季，未采用）", day(d)),
                Some(Doubt::FarOff) => format!("{}（与此地播种期相差过远，未采用）", day(d)),
            }),
            emerged.map_or("出苗日期无法判断".to_owned(), |e| match has_emerged(r) {
                true => format!("出苗：{e}"),
                false => format!("预计出苗：{e}"),
            }),
        ),
    ];
    if let Some(amount) = &r.requested_amount {
        let limit = match (&r.limit_by_policy, &r.limit_currency) {
            (Some(limit), Some(currency)) => format!("按政策的额度：{limit} {currency}"),
            _ if amounts::not_computed(r) => "无额度：缺少数据，见原因".to_owned(),
            _ => "无额度：该政策不设金额".to_owned(),
        };
        rows.push(("金额", format!("{amount} {}", r.currency.as_deref().unwrap_or("")), limit));
    }
    rows.extend([
        ("种植部分", String::new(), cropped_area(r)),
        ("阶段", String::new(), r.stage.as_deref().map_or("无法判断", stage).to_owned()),
        ("收获", String::new(), harvest),
        ("绿度NDVI", String::new(), seen::greenness(r)),
    ]);
    let further = [
        ("事件", alerts::events(r, Tongue::Chinese)),
        ("长势", alerts::vigour(r, Tongue::Chinese)),
        ("产量", alerts::expected_yield(r, Tongue::Chinese)),
        ("影像", Some(seen::images(r))),
        ("像元", Some(seen::pixels(r))),
    ];
    rows.extend(further.into_iter().filter_map(|(what, seen)| Some((what, String::new(), seen?))));
    rows
}

fn cropped_area(r: &EligibilityRecord) -> String {
    let m2 = 10_000.0;
    match (r.cropped_area_ha, r.cropped_area_lower_ha, r.cropped_area_upper_ha, &r.cropped_area_not_told) {
        (Some(area), Some(low), Some(high), _) => format!(
            "{}（{}至{}）{}",
            words::hectares(area.get() * m2),
            words::hectares(low.get() * m2),
            words::hectares(high.get() * m2),
            seen::the_rest(r)
        ),
        (.., Some(why)) => format!("无法判断：{}", in_chinese(why).unwrap_or(why)),
        _ => "未查看".to_owned(),
    }
}

/// A crop as the applicant named it, in Chinese where the table knows it.
fn crop_name(text: &str) -> String {
    let word = text.to_lowercase().replace([' ', '-'], "_");
    in_chinese(&word).map_or_else(|| words::brief(text), str::to_owned)
}

fn stage(word: &str) -> &'static str {
    match word {
        "bare" => "裸地",
        "emergence" => "出苗",
        "vegetative" => "营养生长",
        "peak" => "旺盛生长（抽穗、开花）",
        "senescence" => "成熟中",
        "mature" => "已成熟，未收",
        "harvested" => "已收获",
        _ => "无法判断",
    }
}
