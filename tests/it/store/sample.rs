//! Records to write: one of each kind, hostile ones among them.

use croplens::record::{self, Code, EligibilityRecord, Field, Kind, Outline, Reason, SCHEMA_VERSION};
use geo::{MultiPolygon, polygon};
use serde_json::{Map, Value, json};

pub(super) const CONFIG: &str = "5f2c0d6a7be14c1f9d0b8f3e5a61c2d4e7f8091a2b3c4d5e6f708192a3b4c5d6";

/// An id that is a formula, a tag and a quote at once.
pub(super) const HOSTILE: &str = "=<script>alert(\"x\")</script>&'../../etc";

/// A record with every nullable column null and every list empty, then `set`, sealed.
pub(super) fn record(id: &str, position: u32, set: Value) -> EligibilityRecord {
    let mut members = Map::new();
    for field in EligibilityRecord::FIELDS {
        members.insert(field.name.to_owned(), empty(field));
    }
    let basics = json!({
        "schema_version": SCHEMA_VERSION,
        "record_id": format!("00000000-0000-5000-8000-{position:012}"),
        "id": id, "input_position": position,
        "as_of": "2024-07-05", "issued_at": "2024-07-05T00:00:00Z",
        "status": "refer", "pipeline": "wheat-winter", "config_sha256": CONFIG,
        "software": { "name": "croplens", "version": "0.1.0", "git_commit": null },
    });
    for (name, value) in basics.as_object().unwrap().iter().chain(set.as_object().unwrap()) {
        assert!(members.insert(name.clone(), value.clone()).is_some(), "no such column: {name}");
    }
    let mut record: EligibilityRecord = serde_json::from_value(Value::Object(members)).unwrap();
    record.record_sha256 = record::digest(&record);
    record
}

fn empty(field: &Field) -> Value {
    match field.kind {
        _ if field.nullable => Value::Null,
        Kind::List(_) => json!([]),
        _ => json!(""),
    }
}

pub(super) fn square(lon: f64, lat: f64) -> Outline {
    let d = 0.002;
    Outline(MultiPolygon(vec![polygon![
        (x: lon, y: lat), (x: lon + d, y: lat), (x: lon + d, y: lat + d), (x: lon, y: lat + d), (x: lon, y: lat),
    ]]))
}

/// A reason as a file has it: the pages show the sentence, whatever the code table says today.
fn said(code: &str, party: &str, effect: &str, text: &str) -> Reason {
    let params = json!({ "n": 14, "max": 0.5, "from": "2024-07-12", "repairs": ["closed_ring"] });
    serde_json::from_value(json!({
        "code": code, "party": party, "effect": effect, "params": params, "text_en": text, "text_zh": "",
    }))
    .unwrap()
}

fn reasons(list: &[Reason]) -> Value {
    serde_json::to_value(list).unwrap()
}

fn source(item: &str, datetime: &str, used: bool) -> Value {
    json!({ "collection": "sentinel-2-l2a", "item_id": item, "datetime": datetime, "baseline": "05.10",
        "href": format!("https://example.org/items/{item}.json"), "offset_declared": -0.1, "offset_used": 0.0,
        "offset_rule": "flag", "offset_evidence": "earthsearch:boa_offset_applied is true", "used": used })
}

fn rejected(n: usize) -> Vec<Value> {
    let words = ["cloudy", "cloudy", "cloudy", "no_data", "duplicate", "read_failed"];
    (0..n)
        .map(|i| {
            json!({ "item_id": format!("S2A_32TNT_2024{:02}{:02}_0_L2A", 1 + i % 6, 1 + i), "date": "2024-05-02", "reason": words[i % words.len()] })
        })
        .collect()
}

/// A well-seen wheat field.
pub(super) fn supports() -> EligibilityRecord {
    let all = [
        said(
            "LAND_CROPPED",
            "plot",
            "for",
            "A crop cycle is seen on 14 clear dates: NDVI rose by 0.62 to 0.84.",
        ),
        said("CROP_MATCHES", "plot", "for", "What is seen agrees with the declared crop (winter wheat)."),
        said(
            "AREA_MATCHES",
            "plot",
            "for",
            "The outline measures 2.34 ha against 2.40 ha declared, within the 10 % allowed.",
        ),
        said(
            "MATURITY_ON_TRACK",
            "plot",
            "for",
            "86 % of the way to maturity; harvest expected between 2024-07-12 and 2024-08-02.",
        ),
        said(
            "GEOM_REPAIRED",
            "applicant",
            "info",
            "The outline was tidied without changing the land: the ring was closed.",
        ),
    ];
    let mut set = json!({
            "lender_ref": "AGB-17", "application_ref": "2024-001873", "valid_until": "2024-08-04", "collection": "demo",
            "status": "supports", "confidence": "high",
            "confidence_basis": ["14 clear dates; 8 needed", "longest gap 17 days; at most 30 allowed", "38 whole pixels inside; 30 needed for grade A"],
            "reasons": reasons(&all[..4]), "reasons_all": reasons(&all),
            "next_review_date": "2024-07-20", "policy_id": "demo-1", "policy_sha256": CONFIG,
            "geometry": serde_json::to_value(square(8.51, 47.42)).unwrap(),
            "geometry_sha256": CONFIG, "metrics:area": 23_412.5, "area_lower_m2": 22_180.0, "area_upper_m2": 24_660.0,
            "area_method": "geodesic, WGS 84", "metrics:perimeter": 642.3, "determination:method": "driven",
            "determination:datetime": "2024-03-02T09:30:00Z", "geometry_repairs": ["closed_ring"],
            "declared_crop": "winter wheat", "declared_area_ha": 2.4, "declared_sowing_date": "2023-10-12",
            "requested_amount": "1800.00", "currency": "CHF", "outline_deviation_frac": -0.024,
            "pixels_full": 186, "pixels_effective": 234.1, "pixels_lost_buffer_frac": 0.21, "observability_grade": "A",
    });
    let seen = json!({
    "season_start": "2023-10-01", "season_end": "2024-08-31", "season_source": "calendar",
        "scenes_found": 61, "scenes_usable": 14, "scenes_failed": 0, "clear_obs": 14, "max_gap_days": 17,
        "last_clear_date": "2024-06-30", "days_since_last_clear": 5, "cropped": "yes", "seasons_seen": 1,
        "history": [{ "sos_date": "2024-03-04", "peak_date": "2024-05-18", "eos_date": null, "peak_ndvi": 0.84,
            "amplitude_ndvi": 0.62, "clear_obs": 14, "quality": "high" }],
        "crop_candidates": [{ "crop": "winter_wheat", "probability": 0.81 }, { "crop": "winter_barley", "probability": 0.12 }],
        "crop_agrees_with_declared": "yes", "declared_verdict": "consistent",
        "emergence_date": "2023-11-02", "emergence_date_lower": "2023-10-25", "emergence_date_upper": "2023-11-14",
        "sos_date": "2024-03-04", "peak_date": "2024-05-18", "stage": "senescence",
        "stage_bbch": 81.0, "stage_bbch_lower": 77.0, "stage_bbch_upper": 85.0,
        "maturity_frac": 0.86, "maturity_frac_lower": 0.78, "maturity_frac_upper": 0.94,
        "expected_harvest_date": "2024-07-21", "expected_harvest_from": "2024-07-12", "expected_harvest_to": "2024-08-02",
        "ndvi_latest": 0.5312, "ndvi_peak": 0.8421, "mask_rule": "SCL classes weighted, cloud dilated by 100 m, shadow by 60 m",
        "sources": [source("S2B_32TNT_20231015_0_L2A", "2023-10-15T10:26:51Z", true), source("S2A_32TNT_20240630_0_L2A", "2024-06-30T10:26:51.024Z", true)],
        "scenes_rejected": rejected(29),
        "links": [{ "rel": "report", "href": "plots/KIT-0417/report.html", "type": "text/html" }],
    });
    set.as_object_mut().unwrap().extend(seen.as_object().unwrap().clone());
    record("KIT-0417", 0, set)
}

/// Too few clear dates and a scene that could not be read; its id is hostile.
pub(super) fn refer() -> EligibilityRecord {
    let all = [
        Reason::new(Code::SrcReadFailed, [3_usize.into(), 5_usize.into()]),
        said("IMG_TOO_FEW_CLEAR", "imagery", "refer", "3 clear dates while the crop greens up; 4 needed."),
        said(
            "IMG_GAP_LONG",
            "imagery",
            "refer",
            "No clear image for 52 days, from 2024-04-02 to 2024-05-24; at most 30 days are allowed.",
        ),
    ];
    record(
        HOSTILE,
        1,
        json!({
            "status": "refer", "confidence": "low", "confidence_basis": ["3 clear dates; 8 needed"],
            "reasons": reasons(&all), "reasons_all": reasons(&all),
            "what_would_change": [{ "code": "IMG_TOO_FEW_CLEAR", "condition": "more_clear_dates", "params": {}, "text_en": "One more clear date while the crop greens up.", "text_zh": "返青期再有一个晴空日期。" }],
            "geometry": serde_json::to_value(square(8.52, 47.43)).unwrap(), "metrics:area": 9_876.5,
            "determination:datetime": "spring 2023", "declared_crop": "<b>maize</b> & \"beans\"",
            "clear_obs": 3, "scenes_found": 44, "scenes_failed": 3, "max_gap_days": 52,
            "last_clear_date": "2024-05-24", "days_since_last_clear": 42, "cropped": "cannot_tell", "stage": "unknown",
            "scenes_rejected": rejected(12),
        }),
    )
}

/// No crop on well-seen land.
pub(super) fn against() -> EligibilityRecord {
    let all = [
        said(
            "LAND_NOT_CROPPED",
            "plot",
            "against",
            "No crop cycle is seen from 2023-10-01 to 2024-07-05: 19 clear dates were examined (8 needed), and NDVI never rose above 0.21.",
        ),
        said(
            "CROP_NOT_DECLARED",
            "applicant",
            "info",
            "No crop was declared, so there is nothing to compare the curve with.",
        ),
    ];
    record(
        "fallow 3",
        2,
        json!({
            "status": "does_not_support", "confidence": "high", "confidence_basis": ["19 clear dates; 8 needed"],
            "reasons": reasons(&all), "reasons_all": reasons(&all),
            "geometry": serde_json::to_value(square(8.53, 47.41)).unwrap(), "metrics:area": 51_200.0,
            "clear_obs": 19, "scenes_found": 58, "cropped": "no", "stage": "bare",
            "last_clear_date": "2024-07-01", "days_since_last_clear": 4, "ndvi_latest": 0.18, "ndvi_peak": 0.21,
        }),
    )
}

/// An entry that could not be used.
pub(super) fn not_appraised() -> EligibilityRecord {
    let all = [said(
        "GEOM_INVALID",
        "applicant",
        "block",
        "The plot outline crosses itself near longitude 8.5, latitude 47.4. Redraw the outline there.",
    )];
    let list = reasons(&all);
    record("bowtie", 3, json!({ "status": "not_appraised", "reasons": list, "reasons_all": list }))
}

/// As much text as a page ever has to hold.
pub(super) fn crowded() -> EligibilityRecord {
    let mut record = supports();
    let long = "x".repeat(200);
    record.id = format!("Plot with a long name, {long}")[..200].to_owned();
    record.status = croplens::record::Status::Refer;
    record.reasons = vec![
        said(
            "IMG_START_UNSEEN",
            "imagery",
            "refer",
            "The first 64 days of the season (2023-10-01 to 2023-12-04) have no clear image; at most 30 days are allowed before a plot may be called uncropped.",
        ),
        said(
            "LAND_NOT_CROPPED",
            "plot",
            "against",
            "No crop cycle is seen from 2023-10-01 to 2024-07-05: 19 clear dates were examined (8 needed), and NDVI never rose above 0.21.",
        ),
        said(
            "AREA_UNDER_DECLARED",
            "plot",
            "against",
            "The outline measures 2.34 ha, at most 2.47 ha with measuring error, against 3.10 ha declared: 20.3 % less, where 10 % is allowed.",
        ),
        Reason::new(Code::SrcReadFailed, [3_usize.into(), 5_usize.into()]),
    ];
    record.reasons_all = [record.reasons.clone(), record.reasons.clone()].concat();
    record.confidence_basis =
        (0..9).map(|i| format!("{i} clear dates while the crop greens up; 4 needed")).collect();
    let change = json!({ "code": "X", "condition": "visit", "params": {}, "text_en": "At least one more clear date while the crop greens up, or a visit to the plot.", "text_zh": "" });
    record.what_would_change = (0..5).map(|_| serde_json::from_value(change.clone()).unwrap()).collect();
    record.borrower_ref = Some(long.clone());
    record.declared_crop = Some(long.clone());
    record.requested_amount = Some(long.clone());
    record.mask_rule = Some(long);
    record.record_sha256 = record::digest(&record);
    record
}

pub(super) fn all() -> Vec<EligibilityRecord> {
    vec![supports(), refer(), against(), not_appraised()]
}
