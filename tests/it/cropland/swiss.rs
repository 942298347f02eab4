//! Real wheat fields: their own outlines, and outlines moved or enlarged by a known share of outside land.

use geo::{Area, BooleanOps, MapCoords, MultiPolygon};
use geojson::GeoJson;
use serde_json::{Value, json};

use crate::real_data::{data_set, swiss_archive};
use crate::support::command::{croplens, records};

/// Metres of a degree of latitude, and of longitude at 47 degrees north.
const DEGREE_M: (f64, f64) = (111_200.0, 76_000.0);

fn moved(outline: &MultiPolygon<f64>, east: f64, north: f64) -> MultiPolygon<f64> {
    outline.map_coords(|c| geo::Coord { x: c.x + east / DEGREE_M.1, y: c.y + north / DEGREE_M.0 })
}

#[test]
fn real_fields_are_cropped_throughout_and_outside_land_is_not_all_taken_for_theirs() {
    let Some(set) = data_set("swiss_wheat_s2_bbch") else { return };
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    swiss_archive::write(&set, &archive);
    let text = std::fs::read_to_string(set.join("parcels.geojson")).unwrap();
    let mut parcels: Value = serde_json::from_str(&text).unwrap();
    parcels.as_object_mut().unwrap().retain(|key, _| key == "type" || key == "features");
    let parcels: geojson::FeatureCollection =
        parcels.to_string().parse::<GeoJson>().unwrap().try_into().unwrap();
    let mut features = Vec::new();
    let mut inside = std::collections::BTreeMap::new();
    for feature in parcels.features {
        let name = feature.properties.as_ref().unwrap()["parcel"].as_str().unwrap().to_owned();
        let geometry: geo::Geometry<f64> = feature.geometry.unwrap().try_into().unwrap();
        let outline: MultiPolygon<f64> = match geometry {
            geo::Geometry::Polygon(p) => p.into(),
            geo::Geometry::MultiPolygon(m) => m,
            other => panic!("{other:?}"),
        };
        for (tag, east, north) in [
            ("own", 0.0, 0.0),
            ("east30", 30.0, 0.0),
            ("west30", -30.0, 0.0),
            ("north30", 0.0, 30.0),
            ("south30", 0.0, -30.0),
            ("east80", 80.0, 0.0),
            ("north80", 0.0, 80.0),
        ] {
            let shifted = moved(&outline, east, north);
            let share = shifted.intersection(&outline).unsigned_area() / shifted.unsigned_area();
            let id = format!("{name}-{tag}");
            let geometry = geojson::Geometry::from(&shifted);
            features.push(json!({ "type": "Feature", "properties": { "id": id, "declared_crop": "wheat" }, "geometry": geometry }));
            inside.insert(id, share);
        }
    }
    let plots = folder.path().join("plots.geojson");
    std::fs::write(&plots, json!({ "type": "FeatureCollection", "features": features }).to_string()).unwrap();
    let out = folder.path().join("out");
    croplens(&["appraise"])
        .arg(&plots)
        .arg("--catalog")
        .arg(&archive)
        .args(["--as-of", "2022-07-31", "--papers", "none", "--quiet", "--out"])
        .arg(&out)
        .ok();
    let mut wrong = Vec::new();
    for record in records(&out) {
        let id = record["id"].as_str().unwrap().to_owned();
        println!(
            "{id}: {:.2} of it in the field; {} {} ({} to {}) {} uses {} rest {} {} {} {}",
            inside[&id],
            record["cropped"],
            record["cropped_frac"],
            record["cropped_frac_lower"],
            record["cropped_frac_upper"],
            record["cropped_area_not_told"],
            record["n_clusters"],
            record["uncropped_water_frac"],
            record["uncropped_evergreen_frac"],
            record["uncropped_bare_frac"],
            record["uncropped_other_frac"],
        );
        // The field itself is wheat throughout; what lies beside it may be a crop, too.
        if let Some(upper) = record["cropped_frac_upper"].as_f64() {
            if upper < inside[&id] - 0.03 {
                wrong.push(format!("{id}: at most {upper} cropped, {:.2} is the field", inside[&id]));
            }
        } else if id.ends_with("own") {
            wrong.push(format!("{id}: {}", record["cropped_area_not_told"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
