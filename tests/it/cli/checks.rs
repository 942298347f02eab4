//! `croplens check`: what a settings file means, or where it is wrong.

use super::{stderr, stdout};
use crate::support::command::croplens;

const DEFAULT: &str = include_str!("../../../pipelines/default.toml");
const POLICY: &str = include_str!("../../../pipelines/policies/first.toml");

/// The complaint about a file, and the line in it that holds `needle`.
fn complaint(text: &str, needle: &str) -> (String, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, text).unwrap();
    let output = croplens(&["check"]).arg(&path).exits(2);
    assert!(stdout(&output).is_empty());
    let line = text.lines().position(|l| l.contains(needle)).unwrap() + 1;
    (stderr(&output), line)
}

#[test]
fn the_committed_files_pass_and_tell_their_hash() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    for file in ["default.toml", "more-bands.toml", "policies/first.toml"] {
        let text = stdout(&croplens(&["check"]).arg(root.join(file)).ok());
        let hash = text.split(|c: char| !c.is_ascii_hexdigit()).find(|w| w.len() == 64);
        assert!(hash.is_some(), "{file}: {text}");
        let again = stdout(&croplens(&["check"]).arg(root.join(file)).ok());
        assert_eq!(text, again);
        let json = stdout(&croplens(&["check", "--json"]).arg(root.join(file)).ok());
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
    }
}

#[test]
fn an_unknown_pipeline_key_is_named_by_path_and_line() {
    let (said, line) = complaint(&format!("{DEFAULT}\n[smoothing]\nlambda_dayz4 = 300.0\n"), "lambda_dayz4");
    assert!(said.contains("smoothing.lambda_dayz4"), "{said}");
    assert!(said.contains(&format!("line {line}")), "line {line}: {said}");
}

#[test]
fn an_unknown_policy_key_is_named_by_path_and_line() {
    let wrong = POLICY.replacen("[rules.flood_water_frac]", "[rules.flood_water_fraction]", 1);
    assert_ne!(wrong, POLICY);
    let (said, line) = complaint(&wrong, "flood_water_fraction");
    assert!(said.contains("rules.flood_water_fraction"), "{said}");
    assert!(said.contains(&format!("line {line}")), "line {line}: {said}");
}

#[test]
fn a_value_of_the_wrong_kind_and_no_toml_at_all_are_said_with_their_place() {
    let wrong = DEFAULT.replacen("history_days = 800", "history_days = \"two years\"", 1);
    let (said, line) = complaint(&wrong, "two years");
    assert!(said.contains("period.history_days") || said.contains("history_days"), "{said}");
    assert!(said.contains(&line.to_string()), "line {line}: {said}");
    let (said, _) = complaint("name = \n", "name");
    assert!(said.contains("line 1"), "{said}");
    croplens(&["check", "no/such/file.toml"]).exits(2);
}
