//! docs/methods.md and the code are one thing: its tables of facts are made from the code, and what the
//! code calls a section of it is one.

use std::fmt::Write;

use croplens::band::BANDS;
use croplens::catalog::{DIALECTS, RULES, Verdict};
use croplens::crop::CropRules;
use croplens::crop::events::EventRules;
use croplens::crop::vigour::VigourRules;
use croplens::cropland::CroplandRules;
use croplens::intake::Limits;
use croplens::observation::Reject;
use croplens::phenology::SeasonRules;
use croplens::scl::SCL;
use croplens::series::{SeriesRules, Smoothing};
use croplens::zonal::{
    FEWEST_INNER_PIXELS, GOOD_INNER_PIXELS, INNER_BUFFER_M, MAX_LOST_FRACTION, MIN_INNER_PIXELS, MaskRule,
};
use serde::Serialize;

use crate::support::document::hold;

const COMMAND: &str = "cargo test --test it docs::";

fn bands() -> String {
    let mut out = "| Band | Common name | Pixel, m | Centre, nm |\n|---|---|---:|---:|\n".to_owned();
    for b in &BANDS {
        let centre = if b.centre_nm > 0.0 { b.centre_nm.to_string() } else { "–".to_owned() };
        writeln!(out, "| {} | `{}` | {} | {centre} |", b.name, b.common_name, b.gsd_m).unwrap();
    }
    out
}

fn classes() -> String {
    let mut out = "| SCL | Word | Counts as | Weight | Reaches, m |\n|---:|---|---|---:|---:|\n".to_owned();
    for f in &SCL {
        let group = format!("{:?}", f.group).to_lowercase();
        writeln!(out, "| {} | `{}` | {group} | {} | {} |", f.class as u8, f.name, f.weight, f.dilate_m)
            .unwrap();
    }
    out
}

fn radiometry() -> String {
    let mut out =
        "| | Word in the record | When | Reflectance still to be added | Trust |\n|---:|---|---|---|---:|\n"
            .to_owned();
    for (i, rule) in RULES.iter().enumerate() {
        let verdict = match rule.verdict {
            Verdict::Zero => "0".to_owned(),
            Verdict::Add(offset) => offset.to_string(),
            Verdict::AddDeclared => "as declared".to_owned(),
            Verdict::Unsettled => "**unsettled: not read**".to_owned(),
        };
        writeln!(out, "| {} | `{}` | {} | {verdict} | {} |", i + 1, rule.word, rule.when, rule.trust)
            .unwrap();
    }
    out
}

fn dialects() -> String {
    let mut out = "| Row | Collection | Belongs to | Family | Flag |\n|---|---|---|---|---|\n".to_owned();
    for d in DIALECTS {
        let family = format!("{:?}", d.offset).to_lowercase();
        let flag = d.flag.map_or_else(String::new, |f| format!("`{f}`"));
        writeln!(out, "| `{}` | `{}` | {} | {family} | {flag} |", d.name, d.collection, d.belongs_to)
            .unwrap();
    }
    out
}

fn grades() -> String {
    let lost = 100.0 * MAX_LOST_FRACTION;
    format!(
        "| Grade | Pixels wholly inside the outline less {INNER_BUFFER_M} m | Lost to the edge |\n|---|---:|---:|\n\
         | A | {GOOD_INNER_PIXELS} and more | below {lost} % |\n\
         | B | {MIN_INNER_PIXELS} to {} | below {lost} % |\n\
         | C | {FEWEST_INNER_PIXELS} to {}, or more with | {lost} % and more |\n\
         | D | fewer than {FEWEST_INNER_PIXELS} | any |\n",
        GOOD_INNER_PIXELS - 1,
        MIN_INNER_PIXELS - 1,
    )
}

fn reasons() -> String {
    let words: Vec<String> = Reject::ALL.iter().map(|r| format!("`{}`", r.word())).collect();
    format!("{}.\n", words.join(", "))
}

/// A default as the pipeline file would write it, key by key in the order of the type.
fn settings<T: Default + Serialize>(table: &str) -> String {
    let mut out = format!("| `[{table}]` | Default |\n|---|---:|\n");
    let mut inner = String::new();
    for line in toml::to_string(&T::default()).unwrap().lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            inner = format!("{name}.");
        } else if let Some((key, value)) = line.split_once(" = ") {
            writeln!(out, "| `{inner}{key}` | {} |", value.trim_matches('"')).unwrap();
        }
    }
    out
}

#[test]
fn the_tables_of_facts_are_those_of_the_code() {
    let blocks = [
        ("bands", bands()),
        ("scene classes", classes()),
        ("radiometry", radiometry()),
        ("dialects", dialects()),
        ("observability", grades()),
        ("reasons not to use a date", reasons()),
        ("settings: intake", settings::<Limits>("intake")),
        ("settings: mask", settings::<MaskRule>("mask")),
        ("settings: series", settings::<SeriesRules>("series")),
        ("settings: smoothing", settings::<Smoothing>("smoothing")),
        ("settings: season", settings::<SeasonRules>("season")),
        ("settings: crop", settings::<CropRules>("crop.rules")),
        ("settings: events", settings::<EventRules>("crop.events")),
        ("settings: vigour", settings::<VigourRules>("crop.vigour")),
        ("settings: cropland", settings::<CroplandRules>("cropland")),
    ];
    hold("docs/methods.md", &blocks, COMMAND);
}

/// Every `docs/methods.md`, "Section" in the sources is a heading of the document.
#[test]
fn sections_that_the_code_names_exist() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let methods = std::fs::read_to_string(root.join("docs/methods.md")).unwrap();
    let headings: Vec<&str> =
        methods.lines().filter(|l| l.starts_with('#')).map(|l| l.trim_start_matches(['#', ' '])).collect();
    let mut named = 0;
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            // A comment may break the line anywhere.
            let flat = text.replace("///", " ").replace("//!", " ").replace("//", " ");
            let flat: String = flat.split_whitespace().collect::<Vec<_>>().join(" ");
            for after in flat.split("docs/methods.md`, \"").skip(1) {
                let section = after.split('"').next().unwrap();
                named += 1;
                assert!(headings.contains(&section), "{} names the section {section:?}", path.display());
            }
        }
    }
    assert!(named >= 3, "only {named} sections are named by the sources");
}
