//! What is drawn for one field before it grows: land, farmer, crops, what goes wrong.

use super::super::Error;
use super::super::dice::Dice;
use super::field::{Blow, EventKind, Farm, Life, Planned, When};
use super::ground::Soil;
use super::look::Shape;
use super::stand::Nature;
use super::surface::Habit;
use super::tables::{Cover, Crop, Paddy, Region, Tables, Turn, Use, month_day};

/// Share of fields outside what is usual: sown far off, an odd cultivar, rank or starved, on odd soil.
const UNUSUAL: f64 = 0.30;
/// Share of fields whose crop hardly comes up.
const FAILED: f64 = 0.07;
/// Share of fields declared as another crop of the region.
const MISLABELLED: f64 = 0.04;
/// Share of fields that two orbits see.
const TWO_ORBITS: f64 = 0.3;
/// Standard deviation of a cultivar's degree-day sums, and of log vigour.
const CULTIVAR_SD: f64 = 0.045;
const VIGOUR_SD: f64 = 0.16;

/// One field as drawn.
#[derive(Clone, Debug)]
pub(super) struct Draw<'a> {
    pub farm: Farm<'a>,
    pub cover: Option<Cover>,
    /// Index of the turn that is asked about.
    pub asked: usize,
    /// Crop as declared.
    pub label: String,
    pub mislabelled: bool,
    pub failed: bool,
    pub unusual: bool,
    pub soil: Soil,
    pub habit: Habit,
    pub shape: Shape,
    /// Metres from the corner of the region.
    pub place: (f64, f64),
}

/// Draws a field. `day_of` gives the index of a month and day of the season's first year.
///
/// # Errors
/// A table that names a crop that is not there.
pub(super) fn draw<'a>(
    tables: &'a Tables,
    region: &'a Region,
    dice: &mut Dice,
    day_of: &dyn Fn((i8, i8)) -> Option<usize>,
) -> Result<Draw<'a>, Error> {
    let used = pick(&region.fields, dice);
    let unusual = dice.unit() < UNUSUAL;
    let oddity = if unusual { (dice.unit() * 5.0) as usize } else { usize::MAX };
    let failed = dice.unit() < FAILED && used.cover.is_none();
    let mut vigour = (VIGOUR_SD * dice.normal(0.0, 1.0)).exp();
    let either = if dice.unit() < 0.5 { -1.0 } else { 1.0 };
    if oddity == 0 {
        vigour *= if either < 0.0 { 0.55 } else { 1.35 };
    }
    let bred = if oddity == 1 { 1.0 + 0.18 * either } else { 1.0 };
    let late = if oddity == 2 { either * dice.between(18.0, 34.0) } else { 0.0 };
    let kind = if oddity == 3 { 1.0 + either } else { dice.normal(0.9, 0.4) };
    let mut turns = Vec::new();
    for turn in &used.crops {
        let nature = Nature {
            cultivar: turn.cultivar.map(|c| c * bred * dice.normal(1.0, CULTIVAR_SD)),
            vigour: (vigour * dice.normal(1.0, 0.08)).clamp(0.3, 1.6),
            emergence: if failed { dice.between(0.01, 0.18) } else { dice.between(0.75, 1.1) },
            planted: matches!(turn.water, Some(Paddy::Transplanted | Paddy::Intermittent)),
            lag: 0.0,
        };
        turns.push(planned(tables, turn, nature, late, dice, day_of)?);
    }
    let asked = if turns.len() > 1 && dice.unit() < 0.5 { 0 } else { turns.len().saturating_sub(1) };
    let winter = used.crops.first().is_some_and(|t| tables.crop(&t.crop).is_ok_and(|c| c.cold_days > 0.0));
    let summer_only = !winter && used.crops.len() == 1 && region.mean_c < 14.0;
    let named = |turn: &Turn| tables.crop(&turn.crop).ok().filter(|c| !c.open_set).map(Crop::word);
    let crop = turns.get(asked).map(|t| t.crop.word());
    let own = crop.or(used.cover.map(Cover::word)).unwrap_or_default();
    let others: Vec<&str> = (region.fields.iter())
        .filter_map(|u| u.crops.last().map_or(u.cover.map(Cover::word), named))
        .filter(|name| *name != own)
        .collect();
    let mislabelled = dice.unit() < MISLABELLED && !others.is_empty();
    let label = if mislabelled {
        others.get((dice.unit() * others.len() as f64) as usize).copied().unwrap_or(own)
    } else {
        own
    };
    let laterite = if region.lat.abs() < 20.0 { dice.between(0.6, 1.0) } else { dice.between(0.0, 0.15) };
    Ok(Draw {
        farm: Farm {
            turns,
            store_mm: dice.normal(125.0, 28.0).clamp(60.0, 200.0),
            irrigated: dice.unit() < region.irrigated,
            weeds: 0.40 * (0.6 * dice.normal(0.0, 1.0)).exp(),
            cover_crop: (summer_only && dice.unit() < 0.4).then(|| dice.between(0.8, 3.0)),
            tilled_after: (dice.unit() < 0.65).then(|| gamma(2.0, 12.0, dice) as usize + 3),
            seedbed: dice.between(4.0, 16.0) as usize,
            killed: dice.between(12.0, 40.0) as usize,
            straw: dice.between(0.3, 0.8),
        },
        cover: used.cover,
        asked,
        label: label.to_owned(),
        mislabelled,
        failed,
        unusual,
        soil: Soil::new(kind, dice.normal(1.0, 0.11).clamp(0.7, 1.4), laterite),
        habit: Habit {
            chlorophyll: (0.13 * dice.normal(0.0, 1.0)).exp(),
            angle: dice.normal(0.0, 5.0),
            structure: dice.normal(1.0, 0.14).clamp(0.6, 1.5),
            water: (0.28 * dice.normal(0.0, 1.0)).exp(),
            gaps: dice.between(0.02, 0.12),
        },
        shape: Shape {
            area_m2: 1e4 * (0.7 + 0.9 * dice.normal(0.0, 1.0)).exp().clamp(0.15, 40.0),
            error_m: dice.between(0.0, 5.0),
            two_orbits: dice.unit() < TWO_ORBITS,
        },
        place: (dice.between(0.0, 24_000.0), dice.between(0.0, 24_000.0)),
    })
}

fn pick<'a>(fields: &'a [Use], dice: &mut Dice) -> &'a Use {
    let total: f64 = fields.iter().map(|u| u.share).sum();
    let mut left = dice.unit() * total;
    for used in fields {
        left -= used.share;
        if left < 0.0 {
            return used;
        }
    }
    &fields[fields.len() - 1]
}

fn planned<'a>(
    tables: &'a Tables,
    turn: &Turn,
    nature: Nature,
    late: f64,
    dice: &mut Dice,
    day_of: &dyn Fn((i8, i8)) -> Option<usize>,
) -> Result<Planned<'a>, Error> {
    let crop = tables.crop(&turn.crop)?;
    let when = match turn.after {
        Some([mean, sd]) => When::After(dice.normal(mean, sd).round().max(2.0) as usize),
        None => {
            let usual = turn.sow.as_deref().and_then(month_day).and_then(day_of);
            let usual = usual.ok_or_else(|| {
                Error::Spec(format!("a table of the trial: {} has no sowing date", crop.name))
            })?;
            let sd = turn.sd.unwrap_or(8.0);
            let shift = dice.normal(0.0, sd).clamp(-2.2 * sd, 2.2 * sd) + late;
            When::On((usual as f64 + shift).round().max(12.0) as usize)
        }
    };
    let [shape, scale] = crop.lag;
    Ok(Planned {
        crop,
        when,
        nature: Nature { lag: turn.wait * gamma(shape, scale, dice), ..nature },
        water: turn.water,
        flooded_after: dice.between(30.0, 45.0) as usize,
    })
}

/// A gamma law of whole shape.
fn gamma(shape: f64, scale: f64, dice: &mut Dice) -> f64 {
    (0..shape.round() as usize).map(|_| -scale * (1.0 - dice.unit()).ln()).sum()
}

/// The other parts of a field: up later, thinner or better than the main part.
pub(super) fn part<'a>(farm: &Farm<'a>, dice: &mut Dice) -> Farm<'a> {
    let mut other = farm.clone();
    for turn in &mut other.turns {
        turn.nature.vigour *= dice.normal(1.0, 0.11).clamp(0.6, 1.4);
        turn.nature.emergence *= dice.normal(0.95, 0.12).clamp(0.4, 1.2);
        turn.nature.cultivar = turn.nature.cultivar.map(|c| c * dice.normal(1.0, 0.02));
    }
    other.store_mm *= dice.normal(1.0, 0.15).clamp(0.6, 1.4);
    other.weeds *= dice.between(0.5, 1.6);
    other
}

/// Draws an event for a field whose undisturbed `life` is known; none where the crop leaves no room for it.
pub(super) fn blow(draw: &Draw<'_>, life: &Life<'_>, dice: &mut Dice) -> Option<Blow> {
    let turn = draw.farm.turns.get(draw.asked)?;
    let cycle = life.cycles.get(draw.asked)?;
    let (greenup, ripe) = (cycle.greenup?, cycle.dates.ripe.or(cycle.dates.harvested)?);
    let winter = turn.crop.cold_days > 0.0;
    let mut kinds = vec![EventKind::Hail, EventKind::Termination];
    if turn.water.is_none() {
        kinds.push(EventKind::Flood);
    }
    if !draw.farm.irrigated && turn.water.is_none() {
        kinds.push(EventKind::Drought);
    }
    if winter {
        kinds.push(EventKind::Frost);
    }
    let kind = *kinds.get((dice.unit() * kinds.len() as f64) as usize)?;
    let (from, to, days, least) = match kind {
        EventKind::Frost => (cycle.dates.emerged? + 50, greenup.saturating_sub(12), (2.0, 6.0), 0.2),
        EventKind::Flood => (greenup.saturating_sub(8), ripe.saturating_sub(14), (5.0, 20.0), 0.2),
        EventKind::Hail => (greenup + 6, ripe.saturating_sub(10), (1.0, 1.99), 0.2),
        EventKind::Drought => (greenup, ripe.saturating_sub(40), (25.0, 50.0), 0.2),
        EventKind::Termination => (greenup.saturating_sub(5), ripe.saturating_sub(32), (1.0, 1.99), 0.99),
    };
    if from + 3 >= to {
        return None;
    }
    let day = dice.between(from as f64, to as f64) as usize;
    let severity = if least > 0.9 { 1.0 } else { dice.between(least, 0.97) };
    Some(Blow { kind, day, days: dice.between(days.0, days.1) as usize, severity })
}
