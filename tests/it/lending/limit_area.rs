//! Which area a limit rests on: the smallest of declared, outline and cropped, worked out by hand.

use croplens::cropland::NotTold;
use croplens::lending::{AreaBasis, FigureKind, Figures, Policy, appraise, seal};
use croplens::record::{Effect, EligibilityRecord, Status};

use super::case::{Case, provenance};

const YIELDS: &str = "crop,p20_kg_ha,date,source\nwheat,5200,2023-12-31,county yearbook\n";
const PRICES: &str = "crop,price,currency,per,date,source\nwheat,2480,CNY,t,2024-05-20,grain exchange\n";

fn policy(area: AreaBasis) -> Policy {
    let mut policy = Policy::built_in("harvest-value").unwrap().unwrap();
    let limit = policy.limit.as_mut().unwrap();
    assert_eq!(limit.area, AreaBasis::Cropped, "what ships");
    limit.area = area;
    policy
}

fn record(case: &Case, area: AreaBasis, request: &str) -> EligibilityRecord {
    let mut built = case.build();
    built.plot.declared.requested_amount = Some(request.to_owned());
    built.plot.declared.currency = Some("CNY".to_owned());
    let mut figures = Figures::default();
    figures.add(FigureKind::Yield, YIELDS).unwrap();
    figures.add(FigureKind::Price, PRICES).unwrap();
    built.figures = figures;
    let evidence = built.evidence();
    seal(&appraise(&evidence, &policy(area)), &evidence, &provenance())
}

/// 2 ha, of which 80 % (70 to 93 %) carry the crop; nothing declared unless said.
fn partly(declared_area_ha: Option<f64>) -> Case {
    Case { cropped_share: Ok((0.70, 0.80, 0.93, 1)), declared_area_ha, ..Case::good() }
}

fn reckoned(r: &EligibilityRecord) -> (&str, f64, &str) {
    let area = r.limit_area_ha.unwrap().get();
    (r.limit_area_basis.as_deref().unwrap(), area, r.limit_by_policy.as_deref().unwrap())
}

fn effect(r: &EligibilityRecord, code: &str) -> Option<Effect> {
    r.reasons_all.iter().find(|reason| reason.code() == code).map(|reason| reason.effect())
}

#[test]
fn the_smallest_area_counts() {
    // 1.6 ha x 5200 kg x 2.48 = 20,633.60; half 10,316.80; down to hundreds.
    let r = record(&partly(Some(2.0)), AreaBasis::Cropped, "9000");
    assert_eq!(reckoned(&r), ("cropped", 1.6, "10300.00"));
    assert_eq!(r.production_value_low.as_deref(), Some("20633.60"));
    // The low end, 1.4 ha: 18,054.40; half 9,027.20.
    let r = record(&partly(Some(2.0)), AreaBasis::CroppedLower, "9000");
    assert_eq!(reckoned(&r), ("cropped_lower", 1.4, "9000.00"));
    // Less was declared: 1.5 ha x 5200 x 2.48 = 19,344; half 9,672.
    let r = record(&partly(Some(1.5)), AreaBasis::Cropped, "9000");
    assert_eq!(reckoned(&r), ("declared", 1.5, "9600.00"));
    // A policy that asks for the outline gets it: 2 ha: 25,792; half 12,896.
    let r = record(&partly(Some(1.5)), AreaBasis::Outline, "9000");
    assert_eq!(reckoned(&r), ("outline", 2.0, "12800.00"));
    assert_eq!(effect(&r, "LIMIT_AREA_NOT_CROPPED"), None);
}

#[test]
fn where_the_cropped_part_cannot_be_told_the_outline_counts_and_it_is_said() {
    let case = Case { cropped_share: Err(NotTold::TooFewDates { have: 1, need: 3 }), ..partly(None) };
    let r = record(&case, AreaBasis::Cropped, "9000");
    assert_eq!(reckoned(&r), ("outline", 2.0, "12800.00"));
    let said = r.reasons_all.iter().find(|x| x.code() == "LIMIT_AREA_NOT_CROPPED").unwrap();
    assert_eq!(said.effect(), Effect::Info);
    assert_eq!(
        said.text_en(),
        "The limit is reckoned with 2.00 ha, the whole outline, and not with the cropped part: too few clear dates \
         while the crop is green."
    );
    assert_eq!(said.text_zh(), "额度按2.00 ha（整个边界）计算，而非按种植部分：作物绿色期晴空日期过少。");
    // Land where no crop is seen has no cropped part; what the policy would allow is still told.
    let r = record(&Case::fallow(), AreaBasis::Cropped, "9000");
    assert_eq!(r.limit_by_policy, None, "no crop was declared there");
    let fallow = Case { declared_crop: Some("wheat".into()), ..Case::fallow() };
    let r = record(&fallow, AreaBasis::Cropped, "9000");
    assert_eq!(reckoned(&r), ("outline", 2.0, "12800.00"));
}

/// What lies inside the measuring error of the cropped area refers, whatever the policy says.
#[test]
fn a_request_is_refused_only_beyond_the_largest_cropped_area_and_with_good_images() {
    let code = "REQUEST_ABOVE_LIMIT";
    // 1.86 ha at most: 23,986.56; half 11,993.28; 11,900.
    let inside = record(&partly(Some(2.0)), AreaBasis::Cropped, "11000");
    assert_eq!((effect(&inside, code), inside.status), (Some(Effect::Refer), Status::Refer));
    let beyond = record(&partly(Some(2.0)), AreaBasis::Cropped, "12000");
    assert_eq!((effect(&beyond, code), beyond.status), (Some(Effect::Against), Status::DoesNotSupport));
    let thin = Case { clear_days: (0..9).map(|i| i * 28).chain([252]).collect(), ..partly(Some(2.0)) };
    assert_eq!(effect(&record(&thin, AreaBasis::Cropped, "12000"), code), Some(Effect::Refer));
    // The same for the part of the harvest's value: 0.7 x 20,633.60 = 14,443.52, at most 16,790.59.
    let ltv = "LTV_TOO_HIGH";
    let inside = record(&partly(Some(2.0)), AreaBasis::Cropped, "15000");
    assert_eq!(effect(&inside, ltv), Some(Effect::Refer));
    let beyond = record(&partly(Some(2.0)), AreaBasis::Cropped, "17000");
    assert_eq!(effect(&beyond, ltv), Some(Effect::Against));
    // A limit that does not rest on the cropped area is not softened.
    assert_eq!(effect(&record(&partly(Some(2.0)), AreaBasis::Outline, "13000"), code), Some(Effect::Against));
}
