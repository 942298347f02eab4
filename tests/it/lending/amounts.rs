//! How much, until when, in which parts: worked out by hand for every policy that ships.

use croplens::lending::{FigureKind, Figures, Policy, appraise, seal, without_consent};
use croplens::record::{EligibilityRecord, Met, Phase, Status};
use croplens::store::{Report, report_html, report_html_zh};
use jiff::civil::date;

use super::case::{Built, Case, provenance};

/// Square metres of an acre.
const ACRE: f64 = 4046.8564224;

fn policy(name: &str) -> Policy {
    Policy::built_in(name).unwrap().unwrap()
}

fn figures(files: &[(FigureKind, &str)]) -> Figures {
    let mut figures = Figures::default();
    for (kind, text) in files {
        figures.add(*kind, text).unwrap();
    }
    figures
}

fn built(case: &Case, request: Option<(&str, &str)>, figures: Figures) -> Built {
    let mut built = case.build();
    built.plot.declared.requested_amount = request.map(|r| r.0.to_owned());
    built.plot.declared.currency = request.map(|r| r.1.to_owned());
    built.figures = figures;
    built
}

fn record(built: &Built, policy: &Policy) -> EligibilityRecord {
    let evidence = built.evidence();
    seal(&appraise(&evidence, policy), &evidence, &provenance())
}

fn codes(r: &EligibilityRecord) -> Vec<&str> {
    r.reasons_all.iter().map(|reason| reason.code()).collect()
}

const DISTRICT: &str = "\
crop,amount,currency,per,valid_from,valid_to,source
Paddy,9000,INR,acre,2023-04-01,2024-03-31,last year's committee
paddy,11000,INR,acre,2024-04-01,2025-03-31,district committee
sugar cane,22000,INR,acre,2024-04-01,,district committee
paddy and sugarcane,16500,INR,acre,2024-04-01,,district committee
";

/// Whoever has the page and a calculator comes to the same amounts.
#[test]
fn the_sum_that_is_shown_can_be_done_again() {
    let policy = policy("scale-of-finance");
    for area_m2 in [38_499.713, 35_853.27, 4_046.0, 812.345, 123_456.789] {
        let case =
            Case { area_m2, declared_area_ha: None, declared_crop: Some("paddy".to_owned()), ..Case::good() };
        let r = record(&built(&case, None, figures(&[(FigureKind::Finance, DISTRICT)])), &policy);
        let step = r.limit_steps.iter().find(|s| s.step == "crop_cost").unwrap();
        let numbers: Vec<f64> = step.basis.split([' ', 'x']).filter_map(|word| word.parse().ok()).collect();
        let by_hand = format!("{:.2}", numbers.iter().product::<f64>());
        assert_eq!((numbers.len(), step.amount.as_str()), (2, by_hand.as_str()), "{}", step.basis);
    }
}

/// Reserve Bank of India, Master Circular on the Kisan Credit Card Scheme, Illustration I, part A.
#[test]
fn the_kisan_credit_card_illustration_comes_out_to_the_rupee() {
    let policy = policy("scale-of-finance");
    let grow = |crop: &str, acres: f64| {
        let case = Case {
            area_m2: acres * ACRE,
            declared_area_ha: None,
            declared_crop: Some(crop.to_owned()),
            ..Case::good()
        };
        record(&built(&case, Some(("10000", "INR")), figures(&[(FigureKind::Finance, DISTRICT)])), &policy)
    };
    let (paddy, cane) = (grow("paddy", 1.0), grow("Sugarcane", 1.0));
    assert_eq!(paddy.limit_by_policy.as_deref(), Some("14300.00"));
    assert_eq!(cane.limit_by_policy.as_deref(), Some("28600.00"));
    // Cost of cultivation of both: 33,000; with 10 % and 20 %: 42,900; then 10 % a year to the nearest hundred.
    let both = grow("paddy_and_sugarcane", 2.0);
    let steps: Vec<(&str, &str)> =
        both.limit_steps.iter().map(|s| (s.step.as_str(), s.amount.as_str())).collect();
    assert_eq!(
        steps,
        [
            ("crop_cost", "33000.00"),
            ("household and post-harvest", "3300.00"),
            ("maintenance of farm assets", "6600.00"),
            ("cost_based", "42900.00"),
        ]
    );
    assert_eq!(both.limit_steps[0].basis, "16500.00 per acre x 2.0000 acre");
    let years: Vec<&str> = both.limit_by_year.iter().map(|y| y.amount.as_str()).collect();
    assert_eq!(years, ["42900.00", "47200.00", "51900.00", "57100.00", "62800.00"]);
    assert_eq!((both.status, both.limit_recommended.as_deref()), (Status::Supports, Some("42900.00")));
    assert_eq!(both.figures[0].source, "district committee");
    // Harvest window to 24 July 2024 at the latest, and 90 days.
    assert_eq!(both.repay_by, Some(date(2024, 10, 22)));
}

#[test]
fn a_figure_that_does_not_hold_on_the_day_is_not_used() {
    let figures = figures(&[(FigureKind::Finance, DISTRICT)]);
    let case = Case { declared_crop: Some("paddy".into()), ..Case::good() };
    let later = Case { as_of: date(2025, 4, 1), ..case };
    let r = record(&built(&later, None, figures), &policy("scale-of-finance"));
    assert_eq!((r.limit_by_policy.clone(), r.status), (None, Status::Refer));
    assert!(codes(&r).contains(&"LIMIT_NOT_COMPUTED"), "{:?}", codes(&r));
    let change = r.what_would_change.iter().find(|c| c.code == "LIMIT_NOT_COMPUTED").unwrap();
    assert_eq!(change.condition, "add_figure");
}

const YIELDS: &str = "crop,collection,p20_kg_ha,date,source\nwheat,,5200,2023-12-31,county yearbook\nwheat,cooperative-9,9999,2023-12-31,others\n";
const PRICES: &str = "crop,price,currency,per,date,source\nwheat,2480,CNY,t,2024-05-20,grain exchange\nwheat,9000,CNY,t,2024-06-11,tomorrow\n";

#[test]
fn the_harvest_value_is_yield_times_price_times_advance_rate() {
    let files = [(FigureKind::Yield, YIELDS), (FigureKind::Price, PRICES)];
    let policy = policy("harvest-value");
    let r = record(&built(&Case::good(), Some(("12000", "CNY")), figures(&files)), &policy);
    // 2 ha x 5200 kg x 2.48 = 25,792; half of it 12,896; down to hundreds.
    assert_eq!(r.production_value_low.as_deref(), Some("25792.00"));
    assert_eq!(r.limit_value_based.as_deref(), Some("12896.00"));
    assert_eq!(r.limit_recommended.as_deref(), Some("12800.00"));
    assert_eq!(r.ltv_requested.unwrap().get(), 0.4653);
    assert!(codes(&r).contains(&"REQUEST_WITHIN_LIMIT"));

    // 20,000 is above the limit, and 77.5 % of the value.
    let r = record(&built(&Case::good(), Some(("20000.00", "CNY")), figures(&files)), &policy);
    assert_eq!(r.status, Status::DoesNotSupport);
    assert_eq!(r.limit_recommended, None);
    let texts: Vec<&str> = r.what_would_change.iter().map(|c| c.text_en.as_str()).collect();
    assert_eq!(
        texts,
        ["Eligible if at most 12800.00 CNY is asked for.", "Eligible if at most 18000.00 CNY is asked for."]
    );
    let ltv = r.reasons.iter().find(|x| x.code() == "LTV_TOO_HIGH").unwrap();
    assert!(ltv.text_en().contains("77.5 %") && ltv.text_en().contains("70 %"), "{}", ltv.text_en());

    // A harvest that is worth more meets the bound per hectare: 9000 x 2.
    let rich = "crop,price,currency,per,date,source\nwheat,9,CNY,kg,2024-05-20,grain exchange\n";
    let files = [(FigureKind::Yield, YIELDS), (FigureKind::Price, rich)];
    let r = record(&built(&Case::good(), None, figures(&files)), &policy);
    assert_eq!(r.limit_recommended.as_deref(), Some("18000.00"));
    assert_eq!((r.caps_applied.len(), r.caps_applied[0].before.as_str()), (1, "46800.00"));

    // A price of 55 days ago counts as none, and another currency is never mixed in.
    let old = PRICES.replace("2024-05-20", "2024-04-16");
    let files = [(FigureKind::Yield, YIELDS), (FigureKind::Price, old.as_str())];
    let r = record(&built(&Case::good(), Some(("1", "EUR")), figures(&files)), &policy);
    assert_eq!(r.limit_by_policy, None);
    let said = codes(&r).join(" ");
    assert!(said.contains("CURRENCY_DIFFERS") && said.contains("LIMIT_NOT_COMPUTED"), "{said}");
}

#[test]
fn every_mistake_in_a_figures_file_is_named_with_its_line() {
    let wrong =
        "crop,price,currency,per,date,source\nwheat,-2,CNY,t,2024-05-20,x\n,1,cny,bushel,20 May,x\nrice,1\n";
    let error = Figures::default().add(FigureKind::Price, wrong).unwrap_err().to_string();
    for part in ["line 2: price", "line 3: crop", "line 3: currency", "line 3: per", "line 3: date", "line 4"]
    {
        assert!(error.contains(part), "{part:?} expected:\n{error}");
    }
    let lacking = Figures::default().add(FigureKind::Yield, "crop,yield\nwheat,1\n").unwrap_err().to_string();
    assert!(lacking.contains("p20_kg_ha, date, source"), "{lacking}");
}

#[test]
fn a_cautious_lender_pays_when_the_field_shows_it() {
    let mut policy = policy("conservative-cereals");
    // Spring crops only: up within 60 days of sowing.
    policy.disbursement.as_mut().unwrap().tranches[1].to_days_after_sowing = 60;
    let mut built = built(&Case::good(), None, Figures::default());
    built.plot.references.consent_purpose = Some("credit_appraisal".into());
    let r = record(&built, &policy);
    assert_eq!(r.status, Status::Supports, "{:?}", codes(&r));
    // Sown on 12 October 2023. The simulated curve is 0.2 in autumn, 0.35 on day 149 and 0.6 on day 182: the first
    // clear days on the ten-day grid are 0, none by 11 December, and 190.
    let plan: Vec<_> = r.disbursement.iter().map(|t| (t.name.as_str(), t.met, t.met_on)).collect();
    assert_eq!(
        plan,
        [
            ("land preparation", Met::Yes, Some(date(2023, 10, 1))),
            ("emergence", Met::No, None),
            ("closed canopy", Met::Yes, Some(date(2024, 4, 8))),
        ]
    );
    assert_eq!(r.disbursement[1].deadline, Some(date(2023, 12, 11)));
    assert_eq!(r.repay_by, Some(date(2024, 9, 22)));

    // The same weeks under cloud: nobody can tell, and nobody says no.
    let mut hidden = Case::good();
    hidden.clear_days.retain(|n| !(15..75).contains(n));
    let r = record(&hidden.build(), &policy);
    assert_eq!(r.disbursement[1].met, Met::CannotTell);
}

#[test]
fn without_a_consent_nothing_is_looked_at() {
    let (cautious, first) = (policy("conservative-cereals"), policy("first"));
    let mut plot = Case::good().build().plot;
    let on = date(2024, 6, 10);
    let refused = |plot: &croplens::plot::Plot, policy: &Policy| {
        without_consent(plot, on, policy, &provenance()).map(|r| (r.status, r.reasons[0].code().to_owned()))
    };
    assert_eq!(refused(&plot, &first), None);
    let missing = Some((Status::NotAppraised, "CONSENT_MISSING".to_owned()));
    assert_eq!(refused(&plot, &cautious), missing, "no purpose was given");
    plot.references.consent_purpose = Some("marketing".into());
    assert_eq!(refused(&plot, &cautious), missing);
    plot.references.consent_purpose = Some("credit_appraisal".into());
    assert_eq!(refused(&plot, &cautious), None);
    plot.references.consent_expires_at = Some("2024-06-10T00:00:00Z".into());
    assert_eq!(refused(&plot, &first), None, "valid on its last day");
    plot.references.consent_expires_at = Some("2024-06-09".into());
    let expired = Some((Status::NotAppraised, "CONSENT_EXPIRED".to_owned()));
    assert_eq!(refused(&plot, &first), expired, "an expired consent stops every policy");
    let record = without_consent(&plot, on, &first, &provenance()).unwrap();
    assert_eq!(record.geometry, None, "the outline is not kept either");
    assert_eq!(record.what_would_change[0].condition, "give_consent");
}

#[test]
fn brazil_asks_for_an_image_of_each_phase_that_is_past() {
    let policy = policy("three-phases");
    // Early growth from 5 March to 1 April 2024 (days 156 to 183); the later phases are still to come.
    let r = record(&Case::good().build(), &policy);
    assert_eq!(r.status, Status::Supports, "{:?}", codes(&r));
    assert!(codes(&r).contains(&"IMG_PHASES_SEEN"));
    assert_eq!(r.phase_evidence.len(), 1);
    assert_eq!((r.phase_evidence[0].phase, r.phase_evidence[0].date), (Phase::Early, date(2024, 3, 19)));

    // Eleven per cent of cloud over the plot in every image of it: a person, never a refusal.
    let mut cloudy = Case::good().build();
    cloudy.observations.iter_mut().for_each(|o| o.sky.cloud = 0.11);
    let r = record(&cloudy, &policy);
    assert_eq!((r.status, r.reasons[0].code()), (Status::Refer, "IMG_PHASE_NOT_SEEN"));
    assert_eq!(
        r.reasons[0].text_en(),
        "0 images show the plot in early growth with at most 10 % cloud over it; 1 needed."
    );

    // Ten per cent of area: 2 ha less 0.31 ha of measuring error.
    let within = Case { declared_area_ha: Some(2.5), ..Case::good() };
    assert_eq!(record(&within.build(), &policy).status, Status::Supports);
    let beyond = Case { declared_area_ha: Some(2.6), ..Case::good() };
    let r = record(&beyond.build(), &policy);
    assert_eq!(r.status, Status::DoesNotSupport);
    // 2.3076 ha at most, over nine tenths.
    assert!(r.what_would_change[0].text_en.starts_with("Eligible if the declared area is at most 2.56 ha"));
}

#[test]
fn declaring_nothing_is_not_easier_than_declaring_a_crop() {
    let silent = Case { declared_crop: None, verdict: None, ..Case::good() };
    let r = record(&silent.build(), &policy("first"));
    assert_eq!((r.status, r.reasons[0].code()), (Status::Refer, "CROP_NOT_DECLARED"));
    assert_eq!(r.what_would_change[0].condition, "declare_crop");
}

/// A loan that would be due before it is given is no news that a reader should have to work out.
#[test]
fn a_repayment_date_that_has_passed_is_told_as_such() {
    let policy = policy("conservative-cereals");
    for (as_of, passed) in [(date(2024, 9, 22), false), (date(2024, 9, 23), true)] {
        let mut built = built(&Case { as_of, ..Case::good() }, None, Figures::default());
        built.plot.references.consent_purpose = Some("credit_appraisal".into());
        let r = record(&built, &policy);
        assert_eq!(r.repay_by, Some(date(2024, 9, 22)));
        let report = Report { record: &r, chart_svg: None, picture: None };
        let (en, zh) = (report_html(&report), report_html_zh(&report));
        assert!(en.contains("<b>Repay by 22 Sep 2024</b>"), "{en}");
        assert!(zh.contains("<b>还款日期：2024年9月22日</b>"), "{zh}");
        assert_eq!(en.contains("<b>This day has passed.</b>"), passed, "{as_of}");
        assert_eq!(zh.contains("<b>该日期已过。</b>"), passed, "{as_of}");
    }
}

#[test]
fn a_sowing_date_that_cannot_be_is_remarked() {
    for (sown, fits) in [
        (date(2024, 6, 10), true),
        (date(2024, 6, 11), false),
        (date(1990, 10, 12), false),
        (date(2023, 3, 18), true),
        (date(2023, 3, 17), false),
    ] {
        let mut built = Case::good().build();
        built.plot.declared.sowing_date = Some(sown);
        let r = record(&built, &policy("first"));
        assert_eq!(!codes(&r).contains(&"SOWING_DATE_IMPLAUSIBLE"), fits, "{sown}");
        assert_eq!(r.status == Status::Supports, fits, "{sown}");
    }
}

#[test]
fn the_next_overpasses_follow_the_orbits_that_are_flown() {
    // Clear days every ten days from day 0, the last on 2024-05-28 (day 240) and one odd day: 10 days' cadence.
    let r = record(&Case::good().build(), &policy("first"));
    assert_eq!(r.next_overpass_dates, [date(2024, 6, 17), date(2024, 6, 27)]);
}
