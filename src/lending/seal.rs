//! An appraisal with its evidence and provenance as the published record, hashed.

mod condition;
mod cropland;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use uuid::Uuid;

use crate::crop::{Cropped, DateInterval, Interval, Verdict};
use crate::lending::appraise::principal;
use crate::lending::seen::{AREA_METHOD, P90_SD, age_days, area_interval_m2, day_after};
use crate::lending::{Appraisal, Evidence, Money, Policy, Provenance};
use crate::phenology::Season;
use crate::plot::{Declaration, Plot, References};
use crate::record::{
    Agreement, Code, CropCandidate, CropSeen, EligibilityRecord, Outline, Reason, RejectedScene, Rounded,
    SCHEMA_VERSION, SeasonSeen, SourceScene, Status, canonical_json, digest,
};
use crate::scene::SceneId;

/// Namespace of record ids (UUIDv5); drawn once at random, part of the schema.
const RECORD_NAMESPACE: Uuid = Uuid::from_u128(0x6f1c_52f0_8a3e_4d57_9b21_c40d_7e95_3a68);

/// Seals an appraisal: fills every column, makes the id from inputs and settings, and the hash from
/// everything. The same arguments give the same bytes.
pub fn seal(appraisal: &Appraisal, evidence: &Evidence<'_>, provenance: &Provenance) -> EligibilityRecord {
    let mut r = blank(evidence.as_of(), provenance, appraisal.status);
    plot_columns(&mut r, evidence.plot);
    outcome_columns(&mut r, appraisal);
    amount_columns(&mut r, appraisal);
    overlap_columns(&mut r, appraisal, evidence);
    imagery_columns(&mut r, evidence);
    crop_columns(&mut r, evidence);
    cropland::columns(&mut r, evidence);
    phenology_columns(&mut r, evidence);
    condition::columns(&mut r, evidence);
    r.mask_rule = Some(provenance.mask_rule.clone());
    r.inner_buffer_m = Rounded::new(provenance.inner_buffer_m);
    r.observability_rule = Some(provenance.observability_rule.clone());
    r.sources = sources(evidence);
    r.scenes_rejected = rejected(evidence);
    r.models = provenance.models.clone();
    r.links = evidence.links.clone();
    finish(r)
}

/// Whether a record was made from this plot: same outline, declaration, references and position.
pub fn same_plot(record: &EligibilityRecord, plot: &Plot) -> bool {
    let mut probe = record.clone();
    plot_columns(&mut probe, plot);
    probe == *record
}

/// The record of a plot on which the program itself failed: it refers, and another run may finish it.
pub fn internal_error(
    plot: &Plot,
    as_of: Date,
    policy: &Policy,
    provenance: &Provenance,
) -> EligibilityRecord {
    let mut r = blank(as_of, provenance, Status::Refer);
    plot_columns(&mut r, plot);
    r.reasons_all = vec![Reason::new(Code::InternalError, [])];
    r.reasons = principal(r.status, &r.reasons_all);
    r.policy_id = Some(policy.id.clone());
    r.policy_sha256 = Some(policy.sha256());
    finish(r)
}

/// Gives the record its id and its hash; the last thing done to it.
pub(super) fn finish(mut r: EligibilityRecord) -> EligibilityRecord {
    let scenes: Vec<&str> = r.sources.iter().map(|s| s.item_id.as_str()).collect();
    let rejected: Vec<(&str, &str)> =
        r.scenes_rejected.iter().map(|s| (s.item_id.as_str(), s.reason.as_str())).collect();
    // Position counts only for an entry that could not be used: its id may not be its own.
    let position = (r.status == Status::NotAppraised).then_some(r.input_position);
    let inputs = json!({
        "schema_version": r.schema_version,
        "software": [r.software.name, r.software.version],
        "pipeline": r.pipeline, "config_sha256": r.config_sha256, "policy_sha256": r.policy_sha256,
        "figures_sha256": r.figures_sha256, "register": r.overlap_register_version,
        "id": r.id, "collection": r.collection, "position": position,
        "geometry_sha256": r.geometry_sha256,
        "references": [r.lender_ref, r.application_ref, r.borrower_ref, r.consent_ref],
        "declared": [r.declared_crop, r.requested_amount, r.currency],
        "declared_area_ha": r.declared_area_ha, "declared_sowing_date": r.declared_sowing_date,
        "as_of": r.as_of, "season": [r.season_start, r.season_end],
        "scenes": scenes, "scenes_rejected": rejected,
        "peers_sha256": r.peers_sha256, "yield_file_sha256": r.yield_file_sha256,
    });
    r.record_id = Uuid::new_v5(&RECORD_NAMESPACE, canonical_json(&inputs).as_bytes()).to_string();
    r.record_sha256 = digest(&r);
    r
}

/// A record that says nothing yet but who made it and for which day.
pub(super) fn blank(as_of: Date, provenance: &Provenance, status: Status) -> EligibilityRecord {
    EligibilityRecord {
        schema_version: SCHEMA_VERSION.to_owned(),
        as_of,
        issued_at: as_of.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp()),
        software: provenance.software.clone(),
        pipeline: provenance.pipeline.clone(),
        config_sha256: provenance.config_sha256.clone(),
        status,
        ..EligibilityRecord::default()
    }
}

pub(super) fn reference_columns(r: &mut EligibilityRecord, references: &References) {
    let references = references.clone();
    r.lender_ref = references.lender;
    r.application_ref = references.application;
    r.borrower_ref = references.borrower;
    r.consent_ref = references.consent;
    r.consent_purpose = references.consent_purpose;
    r.consent_expires_at = references.consent_expires_at;
}

pub(super) fn declared_columns(r: &mut EligibilityRecord, declared: &Declaration) {
    r.declared_crop = declared.crop.clone();
    r.declared_area_ha = declared.area_ha.and_then(Rounded::new);
    r.declared_sowing_date = declared.sowing_date;
    r.requested_amount = declared.requested_amount.clone();
    r.currency = declared.currency.clone();
}

fn plot_columns(r: &mut EligibilityRecord, plot: &Plot) {
    reference_columns(r, &plot.references);
    declared_columns(r, &plot.declared);
    let (lower, upper) = area_interval_m2(plot);
    r.id = plot.id.as_str().to_owned();
    r.input_position = count(plot.position);
    r.collection = plot.collection.clone();
    r.geometry = Some(Outline(plot.geometry.clone()));
    r.geometry_sha256 = Some(plot.geometry_sha256.clone());
    r.metrics_area = Rounded::new(plot.area_m2());
    r.area_lower_m2 = Rounded::new(lower);
    r.area_upper_m2 = Rounded::new(upper);
    r.area_method = Some(AREA_METHOD.to_owned());
    r.metrics_perimeter = Rounded::new(plot.perimeter_m());
    r.determination_method = plot.determination_method.clone();
    r.determination_datetime = plot.determination_datetime.clone();
    r.geometry_repairs = plot.repairs.iter().map(|repair| repair.word().to_owned()).collect();
    r.gps_accuracy_m = plot.gps.and_then(|g| g.accuracy_m).and_then(Rounded::new);
    r.gps_distance_m = plot.gps.and_then(|g| Rounded::new(g.distance_m));
    let declared_m2 = plot.declared.area_ha.map(|ha| ha * 10_000.0).filter(|a| *a > 0.0);
    r.outline_deviation_frac = declared_m2.and_then(|d| Rounded::new((plot.area_m2() - d) / d));
}

fn outcome_columns(r: &mut EligibilityRecord, a: &Appraisal) {
    r.confidence = Some(a.confidence);
    r.confidence_basis = a.confidence_basis.clone();
    r.reasons = principal(a.status, &a.reasons_all);
    r.reasons_all = a.reasons_all.clone();
    r.what_would_change = a.what_would_change.clone();
    r.valid_until = a.valid_until;
    r.next_review_date = a.next_review_date;
    r.policy_id = Some(a.policy_id.clone());
    r.policy_sha256 = Some(a.policy_sha256.clone());
}

fn overlap_columns(r: &mut EligibilityRecord, a: &Appraisal, e: &Evidence<'_>) {
    r.overlaps = a.overlaps.clone();
    r.overlap_checked_against = e.overlap_check.as_ref().map(|c| count(c.against));
    r.overlap_register_version = e.overlap_check.as_ref().and_then(|c| c.register.clone());
}

fn amount_columns(r: &mut EligibilityRecord, a: &Appraisal) {
    r.repay_by = a.repay_by;
    r.disbursement = a.disbursement.clone();
    r.phase_evidence = a.phase_evidence.clone();
    r.next_overpass_dates = a.next_overpasses.clone();
    r.figures_sha256 = a.figures_sha256.clone();
    let Some(limit) = &a.limit else { return };
    let text = |amount: Option<Money>| amount.map(|m| m.to_string());
    r.limit_by_policy = text(limit.by_policy);
    r.limit_recommended = text(limit.by_policy.filter(|_| a.status == Status::Supports));
    r.limit_currency = Some(limit.currency.clone());
    r.limit_area_ha = limit.area_ha;
    r.limit_area_basis = Some(limit.area_basis.to_owned());
    r.limit_cost_based = text(limit.cost_based);
    r.limit_value_based = text(limit.value_based);
    r.limit_by_year = limit.by_year.clone();
    r.limit_steps = limit.steps.clone();
    r.caps_applied = limit.caps.clone();
    r.production_value_low = text(limit.production_value);
    r.ltv_requested = limit.ltv.and_then(Rounded::new);
    r.figures = limit.figures.clone();
}

fn imagery_columns(r: &mut EligibilityRecord, e: &Evidence<'_>) {
    if let Some(o) = e.observability {
        r.pixels_full = Some(count(o.pixels_full));
        r.pixels_effective = Rounded::new(o.pixels_effective);
        r.pixels_lost_buffer_frac = Rounded::new(o.pixels_lost_buffer_frac);
        r.observability_grade = Some(o.grade);
    }
    r.season_start = Some(e.window.start);
    r.season_end = Some(e.window.end);
    r.season_source = Some(e.window.source);
    r.scenes_expected = e.scenes_expected.map(count);
    r.scenes_found = Some(count(e.scenes_found));
    r.scenes_usable = Some(count(e.observations.iter().filter(|o| o.rejected.is_none()).count()));
    r.scenes_failed = Some(count(e.unread().len()));
    let clear = e.clear_dates();
    r.clear_obs = Some(count(clear.len()));
    r.max_gap_days = e.longest_blind().map(|b| b.days);
    r.first_clear_date = clear.first().copied();
    r.last_clear_date = e.assessment.last_clear;
    r.days_since_last_clear = e.assessment.last_clear.map(|d| age_days(d, e.as_of()));
    if let Some(season) = e.season() {
        let [greenup, peak, greendown] = season.clear_by_phase;
        r.clear_obs_greenup = Some(count(greenup));
        r.clear_obs_peak = Some(count(peak));
        r.clear_obs_greendown = Some(count(greendown));
    }
    if let Some(latest) = e.ndvi_latest() {
        r.ndvi_latest = Rounded::new(latest.mean);
        r.ndvi_latest_p10 = Rounded::new(latest.p10);
        r.ndvi_latest_p90 = Rounded::new(latest.p90);
    }
}

fn crop_columns(r: &mut EligibilityRecord, e: &Evidence<'_>) {
    let a = e.assessment;
    r.cropped = Some(match a.cropped {
        Cropped::Yes => CropSeen::Yes,
        Cropped::No => CropSeen::No,
        Cropped::CannotTell => CropSeen::CannotTell,
    });
    r.seasons_seen = Some(count(a.seasons.len()));
    r.history = a.seasons.iter().map(season_seen).collect();
    r.crop_method = Some(a.method.to_owned());
    let candidate = |c: &crate::crop::Candidate| {
        Rounded::new(c.probability).map(|probability| CropCandidate { crop: c.crop.clone(), probability })
    };
    r.crop_candidates = a.candidates.iter().filter_map(candidate).take(3).collect();
    if let Some(d) = &a.declared {
        r.crop_agrees_with_declared = Some(match d.verdict {
            Verdict::Consistent => Agreement::Yes,
            Verdict::Contradicted => Agreement::No,
            Verdict::Undetermined | Verdict::Inconsistent | Verdict::UnknownCrop => Agreement::CannotTell,
        });
        r.declared_verdict = Some(d.verdict.word().to_owned());
        r.declared_log_odds = d.log_odds.and_then(Rounded::new);
        r.declared_basis = Some(d.basis.clone());
    }
}

fn phenology_columns(r: &mut EligibilityRecord, e: &Evidence<'_>) {
    let a = e.assessment;
    r.stage = Some(a.stage.word().to_owned());
    (r.stage_bbch_lower, r.stage_bbch, r.stage_bbch_upper) = numbers(a.bbch);
    (r.maturity_frac_lower, r.maturity_frac, r.maturity_frac_upper) = numbers(a.maturity);
    (r.emergence_date_lower, r.emergence_date, r.emergence_date_upper) = dates(a.emergence);
    (r.expected_harvest_from, r.expected_harvest_date, r.expected_harvest_to) = dates(a.harvest);
    (r.harvest_detected_lower, r.harvest_detected_date, r.harvest_detected_upper) = dates(a.harvested);
    if let Some(s) = e.season() {
        r.sos_date = s.sos;
        (r.sos_date_lower, r.sos_date_upper) = spread(s.sos, s.sos_sd_days);
        r.peak_date = s.pos;
        r.eos_date = s.eos;
        (r.eos_date_lower, r.eos_date_upper) = spread(s.eos, s.eos_sd_days);
        r.season_quality = Some(s.quality.word().to_owned());
        r.ndvi_peak = Rounded::new(s.peak);
        r.ndvi_base = Rounded::new(s.base);
        r.ndvi_integral = s.integral.and_then(Rounded::new);
    }
}

fn season_seen(s: &Season) -> SeasonSeen {
    SeasonSeen {
        sos_date: s.sos,
        peak_date: s.pos,
        eos_date: s.eos,
        peak_ndvi: Rounded::new(s.peak),
        amplitude_ndvi: Rounded::new(s.amplitude),
        clear_obs: count(s.clear_obs),
        quality: s.quality.word().to_owned(),
    }
}

fn sources(e: &Evidence<'_>) -> Vec<SourceScene> {
    let used = |id: &SceneId| e.observations.iter().any(|o| &o.scene == id && o.rejected.is_none());
    let mut scenes = e.scenes.clone();
    scenes.sort_by(|a, b| (a.datetime, &a.id).cmp(&(b.datetime, &b.id)));
    scenes.dedup_by(|a, b| a.id == b.id);
    scenes
        .into_iter()
        .map(|s| SourceScene {
            collection: s.collection.clone(),
            item_id: s.id.as_str().to_owned(),
            datetime: s.datetime,
            baseline: s.baseline.clone(),
            href: s.item_href.clone(),
            offset_declared: s.radiometry.offset_declared.and_then(Rounded::new),
            offset_used: Rounded::new(s.radiometry.offset),
            offset_rule: s.radiometry.rule.to_owned(),
            offset_evidence: s.radiometry.evidence.clone(),
            used: used(&s.id),
        })
        .collect()
}

fn rejected(e: &Evidence<'_>) -> Vec<RejectedScene> {
    let observed = e.observations.iter().filter_map(|o| o.rejected.map(|why| (o.date, &o.scene, why)));
    let skipped = e.skipped.iter().map(|s| (s.date, &s.scene, s.why));
    let mut all: Vec<_> = observed.chain(skipped).collect();
    all.sort();
    all.dedup_by(|a, b| a.1 == b.1);
    all.into_iter()
        .map(|(date, scene, why)| RejectedScene {
            item_id: scene.as_str().to_owned(),
            date,
            reason: why.word().to_owned(),
        })
        .collect()
}

type Three<T> = (Option<T>, Option<T>, Option<T>);

fn numbers<const D: u8>(interval: Option<Interval>) -> Three<Rounded<D>> {
    interval
        .map_or((None, None, None), |i| (Rounded::new(i.lower), Rounded::new(i.mid), Rounded::new(i.upper)))
}

fn dates(interval: Option<DateInterval>) -> Three<Date> {
    interval.map_or((None, None, None), |i| (Some(i.p10), Some(i.p50), Some(i.p90)))
}

fn spread(date: Option<Date>, sd_days: Option<f64>) -> (Option<Date>, Option<Date>) {
    let days = sd_days.filter(|sd| sd.is_finite()).map(|sd| (sd * P90_SD).ceil().clamp(0.0, 3660.0) as i64);
    match (date, days) {
        (Some(date), Some(days)) => (day_after(date, -days), day_after(date, days)),
        _ => (None, None),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
