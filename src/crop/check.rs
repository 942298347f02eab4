//! Whether a crop calendar's rows can be true and fit together.

use super::profiles::{ProfileError, Profiles};

fn wrong(row: String, problem: impl Into<String>) -> ProfileError {
    ProfileError::Row { row, problem: problem.into() }
}

pub(super) fn check(table: &Profiles) -> Result<(), ProfileError> {
    for (k, zone) in table.zones().iter().enumerate() {
        let row = || format!("zone {}", zone.name);
        sourced(&zone.source, row)?;
        if table.zones()[..k].iter().any(|z| z.name == zone.name) {
            return Err(wrong(row(), "the name is used twice"));
        }
        for [w, s, e, n] in &zone.boxes_deg {
            let fits = (-180.0..=180.0).contains(w)
                && (-180.0..=180.0).contains(e)
                && (-90.0..=90.0).contains(s)
                && (-90.0..=90.0).contains(n)
                && w < e
                && s < n;
            if !fits {
                return Err(wrong(
                    row(),
                    format!("[{w}, {s}, {e}, {n}] is not a box [west, south, east, north]"),
                ));
            }
        }
        if zone.boxes_deg.is_empty() {
            return Err(wrong(row(), "it has no box"));
        }
    }
    for (k, crop) in table.crops().iter().enumerate() {
        let row = || format!("crop {}", crop.name);
        sourced(&crop.source, row)?;
        if table.crops()[..k].iter().any(|c| c.name == crop.name) {
            return Err(wrong(row(), "the name is used twice"));
        }
    }
    let known = |name: &str| table.crops().iter().any(|c| c.name == name);
    for p in table.profiles() {
        let row = || format!("profile {} in {}", p.crop, p.zone);
        sourced(&p.source, row)?;
        if !known(&p.crop) {
            return Err(wrong(row(), "there is no such crop"));
        }
        if table.zone(&p.zone).is_none() {
            return Err(wrong(row(), "there is no such zone"));
        }
        if p.gs_days.is_some() != p.sh_days.is_some() {
            return Err(wrong(row(), "gs_days and sh_days go together"));
        }
        let days = [p.sg_days, p.cycle_days, p.sg_sd_days, p.gs_sd_days, p.sh_sd_days];
        let days = days.into_iter().chain(p.gs_days).chain(p.sh_days);
        if days.clone().any(|d| !(d > 0.0 && d <= 800.0)) {
            return Err(wrong(row(), "every number of days must be above 0 and at most 800"));
        }
        let sd_fits = p.peak_sd_ndvi > 0.0 && p.peak_sd_ndvi < 0.5;
        if !(0.2..=1.0).contains(&p.peak_ndvi) || !sd_fits {
            return Err(wrong(row(), "peak_ndvi must lie between 0.2 and 1, its sd between 0 and 0.5"));
        }
        if let (Some(gs), Some(sh)) = (p.gs_days, p.sh_days) {
            let sum = p.sg_days + gs + sh;
            if (sum - p.cycle_days).abs() > 7.0 {
                return Err(wrong(
                    row(),
                    format!("sg + gs + sh = {sum} days, but cycle_days = {}", p.cycle_days),
                ));
            }
        }
    }
    for clock in table.clocks() {
        let row = || format!("clock of {}", clock.crops.join(", "));
        sourced(&clock.source, row)?;
        if let Some(name) = clock.crops.iter().find(|c| !known(c)) {
            return Err(wrong(row(), format!("there is no crop {name}")));
        }
        if let Some(name) = clock.zones.iter().find(|z| table.zone(z).is_none()) {
            return Err(wrong(row(), format!("there is no zone {name}")));
        }
        let ordered = clock.anchors.windows(2).all(|a| a[0].bbch < a[1].bbch);
        let in_range = clock.anchors.iter().all(|a| (0.0..=99.0).contains(&a.bbch));
        if clock.anchors.len() < 2 || !ordered || !in_range {
            return Err(wrong(row(), "it needs at least two anchors, BBCH 0 to 99, increasing"));
        }
    }
    Ok(())
}

fn sourced(source: &str, row: impl Fn() -> String) -> Result<(), ProfileError> {
    if source.trim().is_empty() { Err(wrong(row(), "it has no source")) } else { Ok(()) }
}
