//! Whether the ensemble's table can be used.

use super::develop::OUTPUTS;
use super::table::{CoverRow, EnsembleError, EnsembleTable, Law};
use super::{INDICES, Unit};

fn wrong(row: String, problem: impl Into<String>) -> EnsembleError {
    EnsembleError::Row { row, problem: problem.into() }
}

pub(super) fn check(table: &EnsembleTable) -> Result<(), EnsembleError> {
    let names: Vec<&str> = table.index.iter().map(|i| i.name.as_str()).collect();
    if names != INDICES {
        return Err(wrong(
            "indices".to_owned(),
            format!("they must be {}, in this order", INDICES.join(", ")),
        ));
    }
    for i in &table.index {
        let row = || format!("index {}", i.name);
        sourced(&i.source, row)?;
        positive(&[i.weight, i.model_sd, i.off_season_sd, i.length_days, i.noise_sd, i.cover_scale], row)?;
        laws(&[i.pre, i.base, i.plateau, i.peak, i.ripe, i.post], row)?;
    }
    for s in &table.shape {
        let row = || format!("shape of {}", s.crops.join(", "));
        sourced(&s.source, row)?;
        let days = [s.greenup_sd_days, s.senescence_sd_days, s.harvest_sd_days, s.flower_width_days];
        positive(&[s.rise_days, s.fall_days], row)?;
        positive(&days.into_iter().flatten().collect::<Vec<_>>(), row)?;
        laws(s.plateau_after_sowing_days.as_slice(), row)?;
        if s.flower.is_some() != s.flower_width_days.is_some() {
            return Err(wrong(row(), "flower and flower_width_days go together"));
        }
        for k in 0..INDICES.len() {
            let l = s.levels(k);
            laws(
                &[l.base, l.plateau, l.peak, l.ripe, l.pre, l.post].into_iter().flatten().collect::<Vec<_>>(),
                row,
            )?;
            positive(&[l.plateau_sd, l.peak_sd].into_iter().flatten().collect::<Vec<_>>(), row)?;
            laws(&s.flower.map(|f| f.of(k)).into_iter().collect::<Vec<_>>(), row)?;
        }
    }
    let has_default = table.shape.iter().any(|s| s.zones.is_empty() && s.crops.iter().any(|c| c == "*"));
    if !has_default {
        return Err(wrong("shapes".to_owned(), "there must be one with crops = [\"*\"] and no zones"));
    }
    for (k, c) in table.cover.iter().enumerate() {
        let row = || format!("cover {}", c.name);
        sourced(&c.source, row)?;
        positive(&[c.gp_sd, c.length_days], row)?;
        for i in 0..INDICES.len() {
            laws(&[c.of(i).level, c.of(i).amplitude], row)?;
        }
        let hides = |d: &CoverRow| d.zones.is_empty() || c.zones.iter().any(|z| d.zones.contains(z));
        if table.cover[..k].iter().any(|d| d.name == c.name && hides(d)) {
            return Err(wrong(row(), "the name is used twice for the same place"));
        }
        if !table.cover.iter().any(|d| d.name == c.name && d.zones.is_empty() && d.open_set == c.open_set) {
            return Err(wrong(row(), "there must be a row of that name without zones"));
        }
    }
    if !table.cover.iter().any(|c| c.open_set) {
        return Err(wrong("covers".to_owned(), "one must be the open set"));
    }
    for unit in [Unit::Pixel, Unit::Field, Unit::Coarse] {
        let row = || format!("calibration of unit {}", unit.word());
        let found = table.calibration.iter().find(|c| c.unit == unit.word());
        let Some(found) = found else { return Err(wrong(row(), "it is missing")) };
        sourced(&found.fitted_on, row)?;
        positive(&[found.kappa, found.noise_factor], row)?;
        laws(found.field_share.as_slice(), row)?;
        if !(0.0..1.0).contains(&found.atypical) {
            return Err(wrong(row(), format!("atypical = {} must be 0 or more and below 1", found.atypical)));
        }
    }
    for output in OUTPUTS {
        let row = || format!("interval of {output}");
        let Some((factor, fitted_on)) = table.interval(output) else {
            return Err(wrong(row(), "it is missing"));
        };
        sourced(fitted_on, row)?;
        positive(&[factor], row)?;
    }
    Ok(())
}

fn sourced(source: &str, row: impl Fn() -> String) -> Result<(), EnsembleError> {
    if source.trim().is_empty() { Err(wrong(row(), "it has no source")) } else { Ok(()) }
}

fn positive(values: &[f64], row: impl Fn() -> String) -> Result<(), EnsembleError> {
    match values.iter().find(|v| !(**v > 0.0 && **v < 1000.0)) {
        Some(v) => Err(wrong(row(), format!("{v} must be above 0 and below 1000"))),
        None => Ok(()),
    }
}

fn laws(laws: &[Law], row: impl Fn() -> String) -> Result<(), EnsembleError> {
    match laws.iter().find(|[mean, sd]| !(mean.is_finite() && *sd > 0.0 && sd.is_finite())) {
        Some([mean, sd]) => {
            Err(wrong(row(), format!("[{mean}, {sd}] is not a mean and a standard deviation above 0")))
        }
        None => Ok(()),
    }
}
