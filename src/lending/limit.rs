//! How much: the lender's policy and figures applied to one plot, in exact decimals, line by line.

use crate::crop::Cropped;
use crate::lending::evidence::Evidence;
use crate::lending::figures::{FigureKind, HA, Place, holding};
use crate::lending::policy::{AreaBasis, Cap, CostBased, LimitRules, ValueBased};
use crate::lending::seen::days_between;
use crate::lending::{Money, Policy};
use crate::record::{CapApplied, FigureUsed, LimitStep, Rounded, YearLimit};

/// What the policy and the figures give.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Limit {
    pub(super) currency: String,
    pub(super) area_ha: Option<Rounded<4>>,
    pub(super) area_basis: &'static str,
    pub(super) cost_based: Option<Money>,
    pub(super) value_based: Option<Money>,
    pub(super) by_year: Vec<YearLimit>,
    pub(super) steps: Vec<LimitStep>,
    pub(super) caps: Vec<CapApplied>,
    pub(super) figures: Vec<FigureUsed>,
    pub(super) production_value: Option<Money>,
    /// The limit after caps and rounding; `None` while something is missing.
    pub(super) by_policy: Option<Money>,
    /// What it rests on: a word of `WORDS`.
    pub(super) basis: &'static str,
    /// What is missing: words of `WORDS`.
    pub(super) missing: Vec<&'static str>,
    pub(super) requested: Option<Money>,
    pub(super) ltv: Option<f64>,
    /// Limit and loan-to-value with the largest cropped area that the images allow, where it rests on that.
    pub(super) at_most: Option<(Option<Money>, Option<f64>)>,
    /// Why it does not rest on the cropped part though the policy asks for it: a word of `WORDS`.
    pub(super) area_instead: Option<&'static str>,
}

/// The limit of a plot; `None` where the policy sets no amounts.
pub(super) fn limit(evidence: &Evidence<'_>, policy: &Policy) -> Option<Limit> {
    let rules = policy.limit.as_ref()?;
    let area = area(evidence, rules.area);
    let mut out = with_area(evidence, rules, area.m2, area.basis);
    out.area_instead = area.instead_of_cropped;
    // What the largest cropped area that the images allow would give: between the two nobody can tell.
    out.at_most = area.at_most_m2.map(|m2| {
        let most = with_area(evidence, rules, m2, area.basis);
        (most.by_policy, most.ltv)
    });
    Some(out)
}

fn with_area(evidence: &Evidence<'_>, rules: &LimitRules, area_m2: f64, area_basis: &'static str) -> Limit {
    let declared = &evidence.plot.declared;
    let same_currency = declared.currency.as_ref().is_none_or(|c| *c == rules.currency);
    let mut out = Limit {
        currency: rules.currency.clone(),
        area_ha: Rounded::new(area_m2 / 10_000.0),
        area_basis,
        requested: declared.requested_amount.as_deref().and_then(Money::parse).filter(|_| same_currency),
        ..Limit::default()
    };
    if declared.crop.is_none() {
        out.missing.push("no_declared_crop");
        return out;
    }
    if let Some(cost) = &rules.cost_based {
        cost_part(&mut out, cost, evidence, area_m2);
    }
    if let Some(value) = &rules.value_based {
        value_part(&mut out, value, evidence, area_m2);
    }
    if out.missing.is_empty() {
        bounded(&mut out, rules, area_m2);
    }
    out.ltv = out.requested.zip(out.production_value).and_then(|(req, value)| req.part_of(value));
    out
}

/// The area that amounts are multiplied with.
struct Area {
    m2: f64,
    /// Which area that is.
    basis: &'static str,
    /// The largest that the images allow, where it rests on the cropped part.
    at_most_m2: Option<f64>,
    /// Why it does not rest on the cropped part though the policy asks for it: a word of `WORDS`.
    instead_of_cropped: Option<&'static str>,
}

fn area(evidence: &Evidence<'_>, basis: AreaBasis) -> Area {
    let plot = evidence.plot;
    let outline = (plot.area_m2(), "outline");
    let declared = plot.declared.area_ha.filter(|ha| ha.is_finite()).map(|ha| (ha * 10_000.0, "declared"));
    let (m2, word) = match (basis, declared) {
        (AreaBasis::Outline, _) => outline,
        (AreaBasis::Declared, Some(declared)) => declared,
        (_, Some(declared)) if declared.0 < outline.0 => declared,
        _ => outline,
    };
    let drawn = Area { m2, basis: word, at_most_m2: None, instead_of_cropped: None };
    let lower = match basis {
        AreaBasis::Cropped => false,
        AreaBasis::CroppedLower => true,
        AreaBasis::Outline | AreaBasis::Declared | AreaBasis::Lesser => return drawn,
    };
    let land = evidence.cropland;
    match (evidence.assessment.cropped, land.cropped) {
        (Cropped::Yes, Some(part)) => {
            let share = if lower { part.lower } else { part.mid };
            let (seen, most) = (share * plot.area_m2(), part.upper * plot.area_m2());
            let word = if lower { "cropped_lower" } else { "cropped" };
            // A number that is none compares as not smaller.
            if seen < m2 {
                Area { m2: seen, basis: word, at_most_m2: Some(most.min(m2)), ..drawn }
            } else {
                drawn
            }
        }
        (Cropped::Yes, None) => Area {
            instead_of_cropped: Some(land.not_told.map_or("pixels_not_read", crate::cropland::NotTold::word)),
            ..drawn
        },
        (Cropped::No, _) => Area { instead_of_cropped: Some("no_crop_seen"), ..drawn },
        (Cropped::CannotTell, _) => Area { instead_of_cropped: Some("crop_cannot_be_told"), ..drawn },
    }
}

/// The declared crop by every name it is known by.
fn names<'a>(evidence: &'a Evidence<'_>) -> Vec<&'a str> {
    let told = evidence.assessment.declared.as_ref().map(|d| d.crop.as_str());
    evidence.plot.declared.crop.as_deref().into_iter().chain(told).collect()
}

impl Limit {
    fn step(&mut self, step: &str, amount: Money, basis: String) {
        self.steps.push(LimitStep { step: step.to_owned(), amount: amount.to_string(), basis });
    }

    fn figure(&mut self, kind: FigureKind, e: &Evidence<'_>, at: &Place, value: Money, unit: String) {
        self.figures.push(FigureUsed {
            kind: kind.word().to_owned(),
            crop: at.crop.clone(),
            value: value.to_string(),
            unit,
            date: at.date,
            source: at.source.clone(),
            file_sha256: e.figures.file_sha256(kind),
        });
    }
}

fn cost_part(out: &mut Limit, cost: &CostBased, e: &Evidence<'_>, area_m2: f64) {
    let rows: Vec<_> = (e.figures.finance.iter())
        .filter(|row| row.currency == out.currency && row.until.is_none_or(|until| e.as_of() <= until))
        .cloned()
        .collect();
    let Some(row) = holding(&rows, |r| &r.at, &names(e), e.plot.collection.as_deref(), e.as_of()) else {
        out.missing.push("no_finance_figure");
        return;
    };
    let unit = row.per;
    out.figure(FigureKind::Finance, e, &row.at, row.amount, format!("{} per {}", row.currency, unit.word));
    let crop_cost = unit.amount(row.amount, area_m2);
    out.step(
        "crop_cost",
        crop_cost,
        format!("{} per {} x {:.4} {}", row.amount, unit.word, unit.of(area_m2), unit.word),
    );
    let mut total = crop_cost;
    for add_on in &cost.add_ons {
        let more = crop_cost.share(add_on.frac).hundredths();
        out.step(&add_on.name, more, format!("{} x {crop_cost}", add_on.frac));
        total = total.plus(more);
    }
    out.step("cost_based", total, "sum".to_owned());
    out.cost_based = Some(total);
    let mut of_year = total;
    for year in 1..=cost.years {
        if year > 1 {
            of_year = of_year
                .plus(of_year.share(cost.yearly_increase_frac).nearest_to(cost.yearly_increase_round_to));
        }
        out.by_year.push(YearLimit { year, amount: of_year.to_string() });
    }
}

fn value_part(out: &mut Limit, value: &ValueBased, e: &Evidence<'_>, area_m2: f64) {
    let (crops, collection) = (names(e), e.plot.collection.as_deref());
    let prices: Vec<_> = e.figures.prices.iter().filter(|p| p.currency == out.currency).cloned().collect();
    let price = holding(&prices, |r| &r.at, &crops, collection, e.as_of());
    let yields = holding(&e.figures.yields, |r| &r.at, &crops, collection, e.as_of());
    let too_old = |at: &Place, most: u32| days_between(at.date, e.as_of()) > i64::from(most);
    match price {
        None => out.missing.push("no_price"),
        Some(p) if too_old(&p.at, value.max_price_age_days) => out.missing.push("old_price"),
        Some(_) => {}
    }
    match yields {
        None => out.missing.push("no_yield"),
        Some(y) if too_old(&y.at, value.max_yield_age_days) => out.missing.push("old_yield"),
        Some(_) => {}
    }
    let (Some(price), Some(crop_yield)) = (price, yields) else { return };
    let unit = format!("{} per {} kg", price.currency, price.kg);
    out.figure(FigureKind::Price, e, &price.at, price.amount, unit);
    out.figure(FigureKind::Yield, e, &crop_yield.at, crop_yield.p20_kg_ha, "kg per ha".to_owned());
    if out.missing.iter().any(|m| m.starts_with("old_")) {
        return;
    }
    let kg = HA.amount(crop_yield.p20_kg_ha, area_m2);
    let worth = price.amount.times(kg.in_millionths(), 1_000_000 * i128::from(price.kg)).hundredths();
    let basis = format!(
        "{} kg per ha x {:.4} ha x {} per {} kg",
        crop_yield.p20_kg_ha,
        HA.of(area_m2),
        price.amount,
        price.kg
    );
    out.step("production_value", worth, basis);
    out.production_value = Some(worth);
    let lent = worth.share(value.advance_rate).hundredths();
    out.step("value_based", lent, format!("{} x {worth}", value.advance_rate));
    out.value_based = Some(lent);
}

/// The lower of the parts, bounded and rounded down.
fn bounded(out: &mut Limit, rules: &LimitRules, area_m2: f64) {
    let (mut amount, basis) = match (out.cost_based, out.value_based) {
        (Some(cost), Some(value)) if value < cost => (value, "value_of_harvest"),
        (Some(cost), _) => (cost, "cost_of_growing"),
        (None, Some(value)) => (value, "value_of_harvest"),
        (None, None) => return,
    };
    out.basis = basis;
    for cap in &rules.caps {
        let Some(bound) = bound(cap, out, area_m2) else { continue };
        if bound < amount {
            out.step(&cap.name, bound, "upper bound".to_owned());
            out.caps.push(CapApplied {
                name: cap.name.clone(),
                before: amount.to_string(),
                after: bound.to_string(),
            });
            amount = bound;
            out.basis = "upper_bound";
        }
    }
    let rounded = amount.down_to(rules.round_down_to);
    if rounded != amount {
        out.step("rounded", rounded, format!("down to a multiple of {}", rules.round_down_to));
    }
    out.by_policy = Some(rounded);
}

fn bound(cap: &Cap, out: &Limit, area_m2: f64) -> Option<Money> {
    match (cap.amount, cap.per_ha, cap.frac_of_production_value) {
        (Some(amount), _, _) => Some(amount),
        (None, Some(per_ha), _) => Some(HA.amount(per_ha, area_m2)),
        (None, None, Some(frac)) => out.production_value.map(|value| value.share(frac).hundredths()),
        (None, None, None) => None,
    }
}
