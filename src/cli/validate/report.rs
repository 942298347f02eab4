//! The tables as Markdown, CSV and JSON, and the figures as SVG, in a folder.

use std::path::Path;

use serde_json::{Value, json};

use super::super::table::Error;
use super::figures;
use super::line::{Drawn, Line, Measured};

/// The table of one set as Markdown.
pub(super) fn markdown(title: &str, measured: &Measured) -> String {
    let mut out = format!("\n## {title}\n");
    if !measured.intake.is_empty() {
        out.push('\n');
        measured.intake.iter().for_each(|words| out.push_str(&format!("- {words}\n")));
    }
    out.push_str("\n| what | n | reached | target |\n|---|---|---|---|\n");
    for l in &measured.lines {
        out.push_str(&format!("| {} | {} | {} | {} |\n", l.what, l.n, l.reached, l.target()));
    }
    out
}

/// The lines of a set as CSV.
pub(super) fn csv(set: &str, lines: &[Line]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "'"));
    (lines.iter())
        .map(|l| {
            format!("{set},{},{},{},{}\n", quoted(&l.what), l.n, quoted(&l.reached), quoted(&l.target()))
        })
        .collect()
}

/// The table of one set for programs.
pub(super) fn json(name: &str, title: &str, measured: &Measured) -> Value {
    let line = |l: &Line| {
        let (least, most) = l.aim.map_or((None, None), |a| a.aim.ends());
        let value = l.aim.and_then(|a| a.value).filter(|v| v.is_finite());
        json!({
            "what": l.what, "n": l.n, "reached": l.reached, "value": value,
            "at_least": least, "at_most": most, "remark": l.remark,
        })
    };
    let lines: Vec<Value> = measured.lines.iter().map(line).collect();
    json!({
        "set": name, "title": title, "status": "measured", "intake": measured.intake,
        "problems": measured.problems, "lines": lines,
    })
}

/// Writes the tables and figures into a folder.
pub(super) fn write(dir: &Path, tables: &str, csv: &str, drawn: &[Drawn]) -> Result<(), Error> {
    let write = |name: String, text: &str| {
        let path = dir.join(name);
        std::fs::write(&path, text).map_err(|source| Error::Write { path, source })
    };
    std::fs::create_dir_all(dir).map_err(|source| Error::Write { path: dir.to_owned(), source })?;
    write("validation.md".to_owned(), tables)?;
    write("validation.csv".to_owned(), &format!("set,what,n,reached,target\n{csv}"))?;
    for d in drawn {
        write(format!("{}_reliability.svg", d.name), &figures::reliability(d))?;
        write(format!("{}_risk_coverage.svg", d.name), &figures::risk_coverage(d))?;
    }
    Ok(())
}
