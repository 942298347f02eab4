//! What would have to be different for another outcome, one sentence for each reason that stands in the
//! way, in each language.

use jiff::civil::Date;

use crate::lending::seen::{area_interval_m2, day_after};
use crate::lending::{Evidence, Policy};
use crate::record::{Change, Code, Effect, ParamValue, Reason};

/// The changes, in the order of the reasons; the same sentence once.
pub(super) fn changes(found: &[(Code, Reason)], evidence: &Evidence<'_>, policy: &Policy) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    for (code, reason) in found {
        if !matches!(reason.effect(), Effect::Refer | Effect::Against) {
            continue;
        }
        let (text_en, text_zh) = change(*code, reason, evidence, policy);
        if !all.iter().any(|c| c.text_en == text_en) {
            all.push(Change { code: code.facts().code.to_owned(), text_en, text_zh });
        }
    }
    all
}

fn change(code: Code, reason: &Reason, evidence: &Evidence<'_>, policy: &Policy) -> (String, String) {
    let rules = &policy.rules;
    match code {
        Code::SrcSearchFailed => {
            pair("Another run searches the catalogue again.", "重新运行并再次检索目录。")
        }
        Code::SrcReadFailed => {
            pair("Another run reads the scenes that could not be read.", "重新运行并读取未能读取的影像。")
        }
        Code::SrcNoScenes | Code::SrcCatalogueGap => {
            pair("A catalogue that lists the missing overpasses.", "使用列有缺失过境影像的目录。")
        }
        Code::SrcOffsetUnresolved => {
            pair("Scenes whose reflectance offset can be settled.", "获得反射率偏移量可以确定的影像。")
        }
        Code::ImgTooFewClear => too_few_clear(reason, evidence),
        Code::ImgGapLong | Code::PlotTooSmall | Code::PlotTooNarrow | Code::PlotUnresolved => {
            pair("Finer or radar images, or a visit to the plot.", "更高分辨率影像、雷达影像或实地查看。")
        }
        Code::ImgStale => match still_open(evidence) {
            Some((from, to)) => (
                format!("A clear date between {from} and {to}."),
                format!("{from}至{to}之间获得一个晴空日期。"),
            ),
            None => pair("A visit to the plot.", "实地查看地块。"),
        },
        Code::EventFlood => pair(
            "An assessment of the damage under the lender's relief route.",
            "按贷款机构的灾害救助流程评估损失。",
        ),
        Code::EventDrought => pair(
            "An assessment of the region's losses under the lender's relief route.",
            "按贷款机构的灾害救助流程评估区域损失。",
        ),
        Code::CropFailed | Code::CropDeclining => pair(
            "A visit that tells what happened, or regrowth on later clear dates.",
            "实地查看以查明原因，或在以后的晴空日期看到恢复生长。",
        ),
        Code::HarvestEarly => pair(
            "Proof of what was cut and sold, or a visit to the plot.",
            "提供收割和出售的证明，或实地查看。",
        ),
        Code::NotPlantedByDeadline => pair(
            "A crop seen on later clear dates, or the sowing confirmed by a visit.",
            "在以后的晴空日期看到作物，或由实地查看确认已播种。",
        ),
        Code::VigourBelowPeers => pair(
            "A visit that tells why the crop is weaker than around, or growth on later clear dates.",
            "实地查看以查明长势弱于周边的原因，或在以后的晴空日期看到生长。",
        ),
        Code::StageNotReachedUntil | Code::StageNotReached | Code::CannotTellCropped => {
            match still_open(evidence) {
                Some((_, to)) => (
                    format!("Another look later in the season, which ends {to}."),
                    format!("在生长季（至{to}）后期再次查看。"),
                ),
                None => pair("A visit to the plot.", "实地查看地块。"),
            }
        }
        Code::AreaBelowPolicy => {
            let min = rules.min_area_ha.value;
            (
                format!("An outline of at least {min} ha, or a policy for smaller plots."),
                format!("边界面积至少{min} ha，或采用适用于小地块的政策。"),
            )
        }
        Code::GpsFar => pair(
            "A position taken at the plot, or the right outline.",
            "在地块处重新定位，或提供正确的边界。",
        ),
        Code::AreaUnderDeclared => {
            let upper_ha = area_interval_m2(evidence.plot).1 / 10_000.0;
            let most = floor_to(upper_ha / (1.0 - rules.max_area_shortfall_frac.value).max(1e-9), 4);
            (
                format!("A declared area of at most {most} ha, or an outline of the whole declared area."),
                format!("申报面积不超过{most} ha，或提供覆盖全部申报面积的边界。"),
            )
        }
        Code::CroppedUnderDeclared => {
            let upper = evidence.cropland.cropped.map_or(1.0, |c| c.upper);
            let upper_ha = upper * area_interval_m2(evidence.plot).1 / 10_000.0;
            let most = floor_to(upper_ha / (1.0 - rules.max_cropped_shortfall_frac.value).max(1e-9), 4);
            (
                format!("A declared area of at most {most} ha, or the rest of the area seen with a crop."),
                format!("申报面积不超过{most} ha，或其余部分也看到作物。"),
            )
        }
        Code::PlotMixed | Code::PlotPartlyCropped => {
            pair("An outline of each field by itself.", "为每块田分别提供边界。")
        }
        Code::CroppedAreaNotTold => pair(
            "More clear dates while the crop is green, or a visit to the plot.",
            "作物绿色期有更多晴空日期，或实地查看地块。",
        ),
        Code::LandNotCropped => pair(
            "A crop seen in a later season, or proof of cropping from a visit.",
            "在以后的生长季看到作物，或由实地查看证明已种植。",
        ),
        Code::CropDiffers | Code::CropFitsBadly | Code::CropUndetermined | Code::CropUncertain => pair(
            "A corrected declaration, or the crop confirmed by a visit.",
            "更正申报作物，或由实地查看确认作物。",
        ),
        Code::CropOutOfDomain => pair(
            "A crop profile for this case, or the crop confirmed by a visit.",
            "补充适用的作物资料，或由实地查看确认作物。",
        ),
        _ => pair("A visit to the plot.", "实地查看地块。"),
    }
}

fn pair(en: &str, zh: &str) -> (String, String) {
    (en.to_owned(), zh.to_owned())
}

/// Days that are left of the season after the as-of day.
fn still_open(evidence: &Evidence<'_>) -> Option<(Date, Date)> {
    let from = day_after(evidence.as_of(), 1)?.max(evidence.window.start);
    (from <= evidence.window.end).then_some((from, evidence.window.end))
}

fn too_few_clear(reason: &Reason, evidence: &Evidence<'_>) -> (String, String) {
    let count = |name: &str| match reason.params().get(name) {
        Some(ParamValue::Integer(n)) => *n,
        _ => 0,
    };
    let more = count("min").saturating_sub(count("n")).max(1);
    let dates = if more == 1 { "date" } else { "dates" };
    match still_open(evidence) {
        Some((from, to)) => (
            format!("{more} more clear {dates} between {from} and {to}."),
            format!("{from}至{to}之间再有{more}个晴空日期。"),
        ),
        None => (
            format!(
                "{more} more clear {dates} in the season, from another archive or radar, or a visit to the plot."
            ),
            format!("该生长季再有{more}个晴空日期（其他影像库或雷达），或实地查看。"),
        ),
    }
}

/// Rounded down, so that what is promised holds.
fn floor_to(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).floor() / scale
}
