//! The columns about what befell the crop and how it stands among others.

use jiff::civil::Date;

use crate::crop::events::{Event, EventKind, Planting};
use crate::lending::Evidence;
use crate::observation::Reject;
use crate::record::{Alert, EligibilityRecord, Rounded, sha256_hex};

/// Step that the peers' radius is rounded up to, metres: a distance says nothing of one neighbour.
const RADIUS_STEP_M: f64 = 100.0;

pub(super) fn columns(r: &mut EligibilityRecord, e: &Evidence<'_>) {
    let c = e.condition;
    let own = c.vigour.own;
    r.vigour_stage_days = c.vigour.stage_days.filter(|_| own.is_some() || c.vigour.peers.is_some());
    r.anomaly_own_z = own.and_then(|o| Rounded::new(o.z));
    r.anomaly_own_n = own.map(|o| count(o.n));
    r.own_vci = own.and_then(|o| o.vci).and_then(Rounded::new);
    if let Some(p) = &c.vigour.peers {
        r.vigour_class = Some(p.class().word().to_owned());
        r.peer_z = Rounded::new(p.z);
        r.peer_percentile = Rounded::new(p.percentile);
        r.peer_percentile_lower = Rounded::new(p.percentile_lower);
        r.peer_percentile_upper = Rounded::new(p.percentile_upper);
        r.peer_n = Some(count(p.n));
        r.peer_radius_m = Some(((p.radius_m / RADIUS_STEP_M).ceil() * RADIUS_STEP_M) as u32);
        r.peer_vci = p.vci.and_then(Rounded::new);
        r.peers_sha256 = Some(sha256_hex(p.ids.join("\n").as_bytes()));
    }
    r.days_behind_peers = c.vigour.days_behind.and_then(|(days, _)| Rounded::new(f64::from(days)));
    r.yield_file_sha256 = c.yield_file_sha256.clone();
    if let Some(y) = &c.yields {
        r.yield_kg_ha = Rounded::new(y.p50);
        r.yield_lower_kg_ha = Rounded::new(y.p10);
        r.yield_upper_kg_ha = Rounded::new(y.p90);
        r.yield_p20_kg_ha = Rounded::new(y.p20);
        r.yield_method = Some(y.method.word().to_owned());
        r.yield_reference_kg_ha = Rounded::new(y.reference);
        r.yield_reference_years = y.years.iter().filter_map(|y| u32::try_from(*y).ok()).collect();
        r.yield_source = Some(y.source.clone());
    }
    let floods = c.events.iter().filter(|e| e.kind == EventKind::Flood).filter_map(|e| e.area_fraction);
    r.flood_frac_max = floods.reduce(f64::max).and_then(Rounded::new);
    r.alerts = c.events.iter().enumerate().map(|(k, event)| alert(e, k, event)).collect();
    if let Some(Planting::NotPlanted { greenup_until, evidence, .. }) = &c.planting
        && let (Some(first), Some(last)) = (evidence.first(), evidence.last())
    {
        r.alerts.push(Alert {
            code: "not_planted".to_owned(),
            from: *first,
            to: *greenup_until,
            last: *last,
            severity: None,
            drop_ndvi: None,
            area_frac: None,
            ripe_probability: None,
            neighbours_n: None,
            neighbours_alike_frac: None,
            evidence_item_ids: scenes_of(e, evidence),
        });
    }
}

fn alert(e: &Evidence<'_>, k: usize, event: &Event) -> Alert {
    let alike = e.condition.alike(k);
    Alert {
        code: event.kind.word().to_owned(),
        from: event.from,
        to: event.to,
        last: event.last,
        severity: event.severity.and_then(Rounded::new),
        drop_ndvi: Rounded::new(event.drop).filter(|_| event.kind != EventKind::Flood),
        area_frac: event.area_fraction.and_then(Rounded::new),
        ripe_probability: Rounded::new(event.ripe_probability),
        neighbours_n: alike.map(|a| count(a.n)),
        neighbours_alike_frac: alike.and_then(|a| Rounded::new(a.share)),
        evidence_item_ids: scenes_of(e, &event.evidence),
    }
}

/// The scenes that were looked at on these days; a date set aside as an outlier may still show water.
fn scenes_of(e: &Evidence<'_>, days: &[Date]) -> Vec<String> {
    let looked = e.observations.iter().filter(|o| matches!(o.rejected, None | Some(Reject::Spike)));
    let mut scenes: Vec<(Date, &str)> =
        looked.filter(|o| days.contains(&o.date)).map(|o| (o.date, o.scene.as_str())).collect();
    scenes.sort_unstable();
    scenes.dedup();
    scenes.into_iter().map(|(_, id)| id.to_owned()).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
