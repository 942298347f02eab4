//! A record that anybody can check: made again it is identical, and whatever is changed shows.

use std::path::Path;

use serde_json::Value;

use super::{sample_run, stderr, stdout};
use crate::support::command::{croplens, records};

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Puts a changed record in place of a line, sealed anew, as somebody would who knows how.
fn forge(out: &Path, line: usize, change: impl Fn(&mut Value)) -> String {
    let path = out.join("records.jsonl");
    let lines: Vec<String> = text(&path).lines().map(str::to_owned).collect();
    let mut value: Value = serde_json::from_str(&lines[line]).unwrap();
    change(&mut value);
    let record: croplens::record::EligibilityRecord = serde_json::from_value(value.clone()).unwrap();
    value["record_sha256"] = Value::String(croplens::record::digest(&record));
    let mut forged = lines.clone();
    forged[line] = value.to_string();
    let whole = forged.join("\n") + "\n";
    std::fs::write(&path, &whole).unwrap();
    whole
}

#[test]
fn a_run_made_again_is_identical_and_whatever_is_changed_shows() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    sample_run("appraise").args(["--papers", "none", "--quiet", "--out"]).arg(&out).ok();
    let whole = text(&out.join("records.jsonl"));
    let all = records(&out);
    let first = all[0]["id"].as_str().unwrap().to_owned();

    let said = stdout(&croplens(&["verify"]).arg(&out).ok());
    assert!(said.contains("20 records have the hash that they state"), "{said}");
    assert!(said.contains("the chain of 20 records is whole"), "{said}");
    assert!(said.contains(&format!("{first}: identical")) && said.ends_with("identical\n"), "{said}");

    // One record in a file of its own, checked against the run.
    let alone = folder.path().join("one.json");
    std::fs::write(&alone, whole.lines().next().unwrap()).unwrap();
    let said = stdout(&croplens(&["verify"]).arg(&alone).arg("--run").arg(&out).ok());
    assert!(said.contains(&format!("{first}: identical")), "{said}");

    // A value changed by hand no longer fits its hash.
    let mut value: Value = serde_json::from_str(whole.lines().next().unwrap()).unwrap();
    value["clear_obs"] = Value::from(99);
    std::fs::write(&alone, value.to_string()).unwrap();
    let output = croplens(&["verify", "--hashes-only"]).arg(&alone).output();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("was changed after it was sealed"), "{}", stderr(&output));

    // Sealed anew, it is not in the chain, and made again it differs where it was changed.
    forge(&out, 0, |v| v["clear_obs"] = Value::from(99));
    let output = croplens(&["verify"]).arg(&out).args(["--id", &first]).output();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("is not in the chain of the run"), "{said}");
    assert!(said.contains("differs, first in clear_obs: the record says 99"), "{said}");
    std::fs::write(out.join("records.jsonl"), &whole).unwrap();

    // A link changed breaks the chain from there on.
    let chain = text(&out.join("chain.jsonl"));
    let cut: Vec<&str> = chain.lines().skip(1).collect();
    std::fs::write(out.join("chain.jsonl"), cut.join("\n")).unwrap();
    let output = croplens(&["verify", "--hashes-only"]).arg(&out).output();
    assert!(stderr(&output).contains("the chain of the run is broken"), "{}", stderr(&output));
    std::fs::write(out.join("chain.jsonl"), &chain).unwrap();

    // Another policy cannot have made it.
    let output = croplens(&["verify", "--policy", "three-phases"]).arg(&out).output();
    let said = stderr(&output);
    assert!(said.contains("the policy: not those of the run") && said.contains("--policy"), "{said}");

    // Of a run that used what is built in no file is wanted: a flag that names none is only to be left out.
    for (flag, used) in [("--policy", "policy first"), ("--pipeline", "pipeline default")] {
        let output = croplens(&["verify", flag, "fisrt.toml"]).arg(&out).output();
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("{flag} names fisrt.toml, which is not here")), "{said}");
        assert!(said.contains(&format!("built-in {used}")) && !said.contains("put it back"), "{said}");
        assert!(said.contains(&format!("leave {flag} out")), "{said}");
    }

    // Plots that are no longer there: which file is wanted, by which flag.
    let manifest = text(&out.join("run.json"));
    let plots =
        serde_json::from_str::<Value>(&manifest).unwrap()["inputs"][0]["path"].as_str().unwrap().to_owned();
    std::fs::write(out.join("run.json"), manifest.replace(&plots, "moved.geojson")).unwrap();
    let output = croplens(&["verify"]).arg(&out).output();
    let said = stderr(&output);
    assert!(
        said.contains("moved.geojson, which is not here") && said.contains("--plots (SHA-256 "),
        "{said}"
    );
    // So are settings, which are known by what they say.
    let gone = |member: &str| {
        let mut value: Value = serde_json::from_str(&manifest).unwrap();
        value[member]["path"] = Value::from("gone.toml");
        std::fs::write(out.join("run.json"), value.to_string()).unwrap();
        let said = stderr(&croplens(&["verify"]).arg(&out).output());
        let known = value[member]["sha256"].as_str().unwrap().to_owned();
        assert!(said.contains("gone.toml, which is not here: put it back, or name"), "{said}");
        assert!(said.contains(&format!("with --{member} (")) && said.contains(&known), "{said}");
    };
    gone("policy");
    gone("pipeline");
    std::fs::write(out.join("run.json"), manifest.replace(&plots, "moved.geojson")).unwrap();
    let output = croplens(&["verify", "--id", &first, "--plots", &plots]).arg(&out).output();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains(&format!("{first}: identical")), "{}", stdout(&output));
}

#[test]
fn a_signature_holds_for_its_key_and_its_records_only() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let out = at("out");
    sample_run("appraise").args(["--papers", "none", "--quiet", "--out"]).arg(&out).ok();
    croplens(&["sign", "--new-key"]).arg(at("ours")).ok();
    croplens(&["sign", "--new-key"]).arg(at("theirs")).ok();
    let check =
        |key: &str| croplens(&["verify", "--hashes-only"]).arg(&out).arg("--key").arg(at(key)).output();

    let unsigned = check("ours.pub");
    assert!(stderr(&unsigned).contains("not signed with this key"), "{}", stderr(&unsigned));
    croplens(&["sign"]).arg(&out).arg("--key").arg(at("ours")).ok();
    let signed = check("ours.pub");
    assert_eq!(signed.status.code(), Some(0), "{}", stderr(&signed));
    let other = check("theirs.pub");
    assert!(stderr(&other).contains("signed with another key"), "{}", stderr(&other));

    // Every member of the signature counts.
    let path = out.join("signature.json");
    let whole = text(&path);
    let value: Value = serde_json::from_str(&whole).unwrap();
    for member in ["algorithm", "chain_sha256", "public_key", "signature"] {
        let mut changed = value.clone();
        let mut letters: Vec<char> = value[member].as_str().unwrap().chars().collect();
        letters[0] = if letters[0] == '0' { '1' } else { '0' };
        changed[member] = Value::String(letters.into_iter().collect());
        std::fs::write(&path, changed.to_string()).unwrap();
        assert_eq!(check("ours.pub").status.code(), Some(1), "{member}");
    }
    std::fs::write(&path, &whole).unwrap();

    // Records forged with everything that can be computed without the key: hash, chain.
    forge(&out, 3, |v| v["status"] = Value::from("supports"));
    let forged: Vec<croplens::record::EligibilityRecord> =
        text(&out.join("records.jsonl")).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    croplens::store::write_chain(&out, &forged).unwrap();
    let output = check("ours.pub");
    assert!(stderr(&output).contains("for another chain"), "{}", stderr(&output));
    // A key is never overwritten.
    assert_eq!(croplens(&["sign", "--new-key"]).arg(at("ours")).output().status.code(), Some(2));
}
