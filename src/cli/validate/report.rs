//! The tables as Markdown and CSV, and the figures as SVG, in a folder.

use std::path::Path;

use super::super::table::Error;
use super::figures;
use super::line::{Drawn, Line};

/// The table of one set as Markdown.
pub(super) fn markdown(title: &str, lines: &[Line]) -> String {
    let mut out = format!("\n## {title}\n\n| what | n | reached | target |\n|---|---|---|---|\n");
    for l in lines {
        out.push_str(&format!("| {} | {} | {} | {} |\n", l.what, l.n, l.reached, l.target));
    }
    out
}

/// The lines of a set as CSV.
pub(super) fn csv(set: &str, lines: &[Line]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "'"));
    (lines.iter())
        .map(|l| format!("{set},{},{},{},{}\n", quoted(&l.what), l.n, quoted(&l.reached), quoted(&l.target)))
        .collect()
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
