//! What is read from good input: the forms of the file, ids, properties, the phone's position.

use croplens::intake::{self, Limits};

use super::{collection, feature, only, plot, polygon_feature, read, rejection, square};

#[test]
fn all_forms_of_a_file_give_the_same_plots() {
    let features: Vec<String> = (0..3).map(|n| polygon_feature(&format!("p{n}"), &square(n))).collect();
    let expected = read(&collection(&features)).unwrap();
    assert_eq!(expected.plots().count(), 3);
    let lines = features.join("\n");
    let forms = [
        ("byte order mark", format!("\u{feff}{}", collection(&features))),
        ("spread over lines", collection(&features).replace(',', ",\n  ")),
        ("a feature per line", lines.clone()),
        ("lines of Windows, blank ones between", lines.replace('\n', "\r\n\r\n") + "\r\n"),
        ("RFC 8142", features.iter().map(|f| format!("\u{1e}{f}\n")).collect()),
        ("RFC 8142, spread", features.iter().map(|f| format!("\u{1e}{}\n", f.replace(',', ",\n"))).collect()),
    ];
    for (name, text) in forms {
        assert_eq!(read(&text).unwrap(), expected, "{name}");
    }
    assert_eq!(plot(&only(&features[0])).geometry, expected.plots().next().unwrap().geometry);
}

#[test]
fn a_broken_line_costs_only_its_plot() {
    let mut lines: Vec<String> = (0..4).map(|n| polygon_feature(&format!("p{n}"), &square(n))).collect();
    lines[0].truncate(40);
    lines[2] = lines[2].replace("\"Feature\"", "NaN");
    let last = lines[3].len() - 3;
    lines[3].truncate(last);
    let found = read(&lines.join("\n")).unwrap();
    let codes: Vec<_> = found.rejections().map(|r| (r.position, r.reasons[0].kind.code())).collect();
    assert_eq!(codes, [(0, "FEATURE_INVALID"), (2, "FEATURE_INVALID"), (3, "FEATURE_INVALID")]);
    assert_eq!(found.plots().map(|plot| plot.position).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_bare_geometry_is_a_plot_named_by_its_position() {
    let text = format!(r#"{{"type":"MultiPolygon","coordinates":[{},{}]}}"#, square(0), square(5));
    let entry = only(&text);
    assert_eq!(plot(&entry).id.as_str(), "feature-0");
    assert_eq!(plot(&entry).geometry.0.len(), 2);
}

#[test]
fn ids_come_from_properties_then_feature_then_position() {
    let id_of = |properties: &str, member: &str| {
        let text = format!(
            r#"{{"type":"Feature",{member}"properties":{properties},"geometry":{{"type":"Polygon","coordinates":{}}}}}"#,
            square(0)
        );
        plot(&only(&text)).id.as_str().to_owned()
    };
    assert_eq!(id_of(r#"{"id":"a"}"#, r#""id":"b","#), "a");
    assert_eq!(id_of("{}", r#""id":"b","#), "b");
    assert_eq!(id_of(r#"{"id":null}"#, r#""id":"  ","#), "feature-0");
    assert_eq!(id_of("null", ""), "feature-0");
    assert_eq!(id_of(r#"{"id":9007199254740993}"#, ""), "9007199254740993");
    assert_eq!(id_of(r#"{"id":" a "}"#, ""), " a ");
}

#[test]
fn neither_of_two_equal_ids_wins() {
    let seven = polygon_feature("7", &square(0));
    let number = polygon_feature("7", &square(1)).replace("\"7\"", "7");
    let bad = feature("7", "null");
    let found = read(&collection(&[seven, polygon_feature("8", &square(2)), number, bad])).unwrap();
    assert_eq!(found.plots().map(|plot| plot.id.as_str()).collect::<Vec<_>>(), ["8"]);
    for refused in found.rejections() {
        assert_eq!(refused.id.as_str(), "7");
        assert_eq!(refused.reasons[0].kind.code(), "ID_DUPLICATE");
        assert!(
            refused.reasons[0].text.contains("features 1, 3, 4 of the file"),
            "{}",
            refused.reasons[0].text
        );
    }
    let codes: Vec<_> = found.rejections().map(|r| r.reasons.len()).collect();
    assert_eq!(codes, [1, 1, 2], "the third keeps its own reason too");
}

#[test]
fn ids_that_only_look_alike_stay_apart_and_are_mentioned() {
    let names = ["a", "A", "a ", "\u{e9}", "e\u{301}"];
    let features: Vec<_> = names.iter().enumerate().map(|(n, id)| polygon_feature(id, &square(n))).collect();
    let found = read(&collection(&features)).unwrap();
    assert_eq!(found.plots().map(|plot| plot.id.as_str()).collect::<Vec<_>>(), names);
    assert!(found.warnings[0].starts_with("3 plot ids differ only"), "{:?}", found.warnings);
}

#[test]
fn properties_of_the_interface_are_read() {
    let text = format!(
        r#"{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":{}}},"properties":{{
            "id":"KIT-0417","collection":"kitale-2024","determination:method":"driven","metrics:area":999,
            "determination:datetime":"2024-03-01T10:00:00Z","gps_lon":35.001,"gps_lat":0.501,"gps_accuracy_m":4.5,
            "declared_crop":{{"scheme":"hcat","code":"3301010000","name":"maize"}},"declared_area_ha":"4.9",
            "declared_sowing_date":"2024-03-20","requested_amount":125000.50,"currency":"kes","lender_ref":"L1",
            "application_ref":20240001,"borrower_ref":"b-77","consent_ref":"c-1","consent_purpose":"credit",
            "consent_expires_at":"2025-12-31"}}}}"#,
        square(0)
    );
    let entry = only(&text);
    let found = plot(&entry);
    assert_eq!(found.collection.as_deref(), Some("kitale-2024"));
    assert_eq!(found.determination_method.as_deref(), Some("driven"));
    assert_eq!(found.determination_datetime.as_deref(), Some("2024-03-01T10:00:00Z"));
    let gps = found.gps.unwrap();
    assert_eq!((gps.lon, gps.lat, gps.accuracy_m, gps.distance_m), (35.001, 0.501, Some(4.5), 0.0));
    assert_eq!(found.declared.crop.as_deref(), Some("maize"));
    assert_eq!(found.declared.area_ha, Some(4.9));
    assert_eq!(found.declared.sowing_date, Some(jiff::civil::date(2024, 3, 20)));
    assert_eq!(found.declared.requested_amount.as_deref(), Some("125000.50"));
    assert_eq!(found.declared.currency.as_deref(), Some("KES"));
    assert_eq!(found.references.application.as_deref(), Some("20240001"));
    assert_eq!(found.references.consent_expires_at.as_deref(), Some("2025-12-31"));
    assert!(found.repairs.is_empty());
}

#[test]
fn a_rejected_feature_keeps_what_its_record_needs() {
    let text = polygon_feature("KIT-1", "[[[0,0],[1,1]]]").replace(
        r#""id":"KIT-1""#,
        r#""id":"KIT-1","lender_ref":"L1","declared_crop":"maize","currency":"shilling""#,
    );
    let entry = only(&text);
    let refused = rejection(&entry);
    assert_eq!(refused.id.as_str(), "KIT-1");
    assert_eq!(refused.references.lender.as_deref(), Some("L1"));
    assert_eq!(refused.declared.crop.as_deref(), Some("maize"));
    let codes: Vec<_> = refused.reasons.iter().map(|reason| reason.kind.code()).collect();
    assert_eq!(codes, ["PROPERTY_INVALID", "GEOM_EMPTY"]);
}

#[test]
fn the_place_of_a_fault_is_told_in_the_input_as_given() {
    // A repeated position before the crossing: indexes still count in the input.
    let bow = "[[[35.999,0.999],[35.999,0.999],[36,1],[36.002,1.002],[36.002,1],[36,1.002],[35.999,0.999]]]";
    let fine = "[[[36.01,1],[36.012,1],[36.012,1.002],[36.01,1]]]";
    let text = feature("x", &format!(r#"{{"type":"MultiPolygon","coordinates":[{fine},{bow}]}}"#));
    let entry = only(&text);
    let place = rejection(&entry).reasons[0].place.unwrap();
    assert_eq!((place.part, place.ring, place.vertex), (1, 0, 2));
    assert!((place.lon - 36.001).abs() < 1e-9 && (place.lat - 1.001).abs() < 1e-9, "{place}");
}

#[test]
fn a_crs_of_the_collection_concerns_every_plot() {
    let features = [polygon_feature("a", &square(0)), polygon_feature("b", &square(1))];
    let crs = |name: &str| format!(r#"{{"crs":{{"type":"name","properties":{{"name":"{name}"}}}},"#);
    let utm = read(&collection(&features).replacen('{', &crs("EPSG:32636"), 1)).unwrap();
    assert_eq!(
        utm.rejections().map(|r| r.reasons[0].kind.code()).collect::<Vec<_>>(),
        ["GEOM_CRS_UNSUPPORTED"; 2]
    );
    let lonlat =
        read(&collection(&features).replacen('{', &crs("urn:ogc:def:crs:OGC:1.3:CRS84"), 1)).unwrap();
    assert_eq!(lonlat.plots().count(), 2);
}

#[test]
fn limits_are_named_and_kept() {
    let features: Vec<String> = (0..3).map(|n| polygon_feature(&format!("p{n}"), &square(n))).collect();
    let text = collection(&features);
    let few = Limits { max_features: 2, ..Limits::default() };
    for form in [text.clone(), features.join("\n")] {
        let refused = intake::read(form.as_bytes(), &few).unwrap_err().to_string();
        assert!(refused.contains("more than 2 features"), "{refused}");
    }
    let short = Limits { max_bytes: 100, ..Limits::default() };
    let refused = intake::read(text.as_bytes(), &short).unwrap_err().to_string();
    assert!(refused.contains("the limit is 100"), "{refused}");
    assert_eq!(intake::read(text.as_bytes(), &Limits { max_features: 3, ..few }).unwrap().plots().count(), 3);
}

#[test]
fn holes_and_parts_that_touch_at_a_point_are_fine() {
    let good = [
        // a hole touching the outline at one of its vertices, and on an edge
        r#"{"type":"Polygon","coordinates":[[[36,1],[36.004,1],[36.004,1.004],[36,1.004],[36,1]],[[36,1],[36.001,1.002],[36.002,1.001],[36,1]]]}"#,
        r#"{"type":"Polygon","coordinates":[[[36,1],[36.004,1],[36.004,1.004],[36,1.004],[36,1]],[[36.002,1],[36.001,1.002],[36.003,1.002],[36.002,1]]]}"#,
        // two parts meeting at a corner; a part in the hole of another
        r#"{"type":"MultiPolygon","coordinates":[[[[36,1],[36.002,1],[36.002,1.002],[36,1]]],[[[36.002,1.002],[36.004,1.002],[36.004,1.004],[36.002,1.002]]]]}"#,
        r#"{"type":"MultiPolygon","coordinates":[[[[36,1],[36.008,1],[36.008,1.008],[36,1.008],[36,1]],[[36.002,1.002],[36.002,1.006],[36.006,1.006],[36.006,1.002],[36.002,1.002]]],[[[36.003,1.003],[36.005,1.003],[36.005,1.005],[36.003,1.003]]]]}"#,
        // ... and touching the hole's corner from inside
        r#"{"type":"MultiPolygon","coordinates":[[[[36,1],[36.008,1],[36.008,1.008],[36,1.008],[36,1]],[[36.002,1.002],[36.002,1.006],[36.006,1.006],[36.006,1.002],[36.002,1.002]]],[[[36.002,1.002],[36.005,1.003],[36.005,1.005],[36.002,1.002]]]]}"#,
    ];
    for geometry in good {
        assert!(plot(&only(&feature("x", geometry))).repairs.is_empty(), "{geometry}");
    }
}
