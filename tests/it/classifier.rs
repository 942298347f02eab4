//! A classifier of somebody else's: the contract, the refusals, and its word in the answer.

use std::path::{Path, PathBuf};

use croplens::classifier::{Classifier, ClassifierError, DEKADS, VALUES};

use crate::support::command;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/classifier")
}

#[test]
fn logits_are_those_of_onnxruntime() {
    let tiny = Classifier::load(&data().join("tiny.onnx")).unwrap();
    let logits = tiny.logits(&[[0.5; VALUES]; DEKADS], &[1.0; DEKADS]).unwrap();
    // printed by tests/data/classifier/make_tiny.py
    let expected = [-1.737319, -0.69626683, -3.5034156];
    for (found, expected) in logits.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-5, "{logits:?}");
    }
    assert_eq!(tiny.card().labels, ["winter_wheat", "maize", "grass"]);
}

/// The tiny model with another card, or none.
fn with_card(card: Option<&str>) -> Result<Classifier, ClassifierError> {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("m.onnx");
    std::fs::copy(data().join("tiny.onnx"), &model).unwrap();
    if let Some(card) = card {
        std::fs::write(folder.path().join("m.toml"), card).unwrap();
    }
    Classifier::load(&model)
}

#[test]
fn a_model_without_a_card_labels_hash_or_calibration_is_refused() {
    let card = std::fs::read_to_string(data().join("tiny.toml")).unwrap();
    assert!(with_card(Some(&card)).is_ok());
    assert!(with_card(None).unwrap_err().to_string().contains("has no card"));
    let refused = |from: &str, to: &str, why: &str| {
        assert!(card.contains(from), "{from}");
        let error = with_card(Some(&card.replacen(from, to, 1))).unwrap_err().to_string();
        assert!(error.contains(why), "{from} -> {to}: {error}");
    };
    refused("labels = [\"winter_wheat\", \"maize\", \"grass\"]", "", "labels");
    refused(", \"grass\"]", "]", "not [1, 2] finite logits");
    refused("\"maize\", \"grass\"", "\"maize\", \"maize\"", "line 5: labels: names a label twice");
    refused("onnx_sha256 = \"", "onnx_sha256 = \"0", "64 hexadecimal digits");
    refused("temperature = 1.5", "temperature = 0.0", "calibration.temperature");
    refused("weight = 0.7", "weight = 1.7", "calibration.weight");
    refused("[calibration]", "[calibrations]", "calibrations");
    refused("fitted_on = \"nothing: random weights\"", "fitted_on = \"\"", "calibration.fitted_on: is empty");
    let other = format!("onnx_sha256 = \"{}\"", "a".repeat(64));
    let line = card.lines().find(|l| l.starts_with("onnx_sha256")).unwrap();
    refused(line, &other, "calibrate it again");
}

#[test]
fn bytes_that_are_no_model_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("m.onnx");
    std::fs::write(&model, b"not a model").unwrap();
    let card = std::fs::read_to_string(data().join("tiny.toml")).unwrap();
    let line = card.lines().find(|l| l.starts_with("onnx_sha256")).unwrap();
    let sha = croplens::record::sha256_hex(b"not a model");
    std::fs::write(folder.path().join("m.toml"), card.replacen(line, &format!("onnx_sha256 = \"{sha}\""), 1))
        .unwrap();
    assert!(Classifier::load(&model).unwrap_err().to_string().contains("not an ONNX model"));
}

/// Two samples of a wheat-like year with all ten bands, every ten days.
fn table() -> String {
    let mut rows = "sample_id,date,ndvi,lat,lon,b02,b03,b04,b05,b06,b07,b08,b8a,b11,b12\n".to_owned();
    for sample in ["a", "b"] {
        for (k, month) in (1..=9).enumerate() {
            for day in [5, 15, 25] {
                let ndvi = [0.4, 0.45, 0.6, 0.8, 0.9, 0.7, 0.25, 0.22, 0.2][k];
                let (red, nir) = (0.3 * (1.0 - ndvi) / 2.0, 0.3 * (1.0 + ndvi) / 2.0);
                // Leaves lift the far side of the red edge more than the near one.
                let (near, far) = (0.2 + 0.16 * ndvi, 0.2 + 0.28 * ndvi);
                rows.push_str(&format!(
                    "{sample},2023-{month:02}-{day:02},{ndvi},47.5,0.5,.04,.06,{red},.1,{near},{far},{nir},.3,.2,.1\n"
                ));
            }
        }
    }
    rows
}

#[test]
fn its_word_is_pooled_with_the_profiles_and_dates_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (series, plain, pooled) =
        (folder.path().join("s.csv"), folder.path().join("p.csv"), folder.path().join("m.csv"));
    std::fs::write(&series, table()).unwrap();
    let run = |out: &Path, more: &[&str]| {
        let mut args = vec!["crop", series.to_str().unwrap(), "--out", out.to_str().unwrap()];
        args.extend(["--as-of", "2023-09-30"]);
        args.extend(more);
        command::croplens(&args).ok();
        let mut reader = csv::Reader::from_path(out).unwrap();
        let heads = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        heads.iter().zip(row.iter()).map(|(h, v)| (h.to_owned(), v.to_owned())).collect()
    };
    let alone: std::collections::BTreeMap<String, String> = run(&plain, &[]);
    let model = data().join("tiny.onnx");
    let both: std::collections::BTreeMap<String, String> =
        run(&pooled, &["--model", model.to_str().unwrap()]);
    let told = |row: &std::collections::BTreeMap<String, String>| {
        ["crop1", "p1", "crop2", "p2", "crop3", "p3"].map(|column| row[column].clone())
    };
    assert_ne!(told(&alone), told(&both));
    // Stage and harvest come from the hypotheses of the crop that is assumed; the model only weighs crops.
    assert_eq!(alone["seasons"], both["seasons"]);
}
