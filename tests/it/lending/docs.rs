//! docs/record.md and the code are one thing: the tables in it are made from the code. `BLESS=1` rewrites
//! them; otherwise a difference fails.

use std::fmt::Write;

use crate::support::document::hold;
use croplens::record::{CODES, CONDITIONS, EligibilityRecord, Field, Form, Kind, Param, SCHEMA_VERSION};

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Text => "text".into(),
        Kind::Word(words) => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "),
        Kind::Integer => "integer".into(),
        Kind::Number { decimals } => format!("number, {decimals} decimals"),
        Kind::Bool => "boolean".into(),
        Kind::Date => "date".into(),
        Kind::Instant => "instant".into(),
        Kind::Geometry => "geometry".into(),
        Kind::Params => "object".into(),
        Kind::Object(_) => "object".into(),
        Kind::List(item) => format!(
            "list of {}",
            match item {
                Kind::Object(_) => "objects".to_owned(),
                other => self::kind(other),
            }
        ),
    }
}

fn row(out: &mut String, f: &Field) {
    let null = if f.nullable { "yes" } else { "" };
    writeln!(out, "| `{}` | {} | {} | {} | {} |", f.name, kind(&f.kind), f.unit, null, f.doc).unwrap();
}

const HEAD: &str = "| Field | Type | Unit or form | Null | Meaning |\n|---|---|---|---|---|\n";

fn fields() -> String {
    let mut out = format!("Schema version {SCHEMA_VERSION}, {} fields.\n", EligibilityRecord::FIELDS.len());
    let mut group = "";
    for f in EligibilityRecord::FIELDS {
        if f.group != group {
            group = f.group;
            write!(out, "\n### {group}\n\n{HEAD}").unwrap();
        }
        row(&mut out, f);
    }
    out
}

/// The members of every object that a record holds, in the order of the columns; columns of the same members share a table.
fn objects() -> String {
    let mut tables: Vec<(Vec<&str>, &[Field])> = Vec::new();
    for field in EligibilityRecord::FIELDS {
        let members = match &field.kind {
            Kind::Object(members) => *members,
            Kind::List(Kind::Object(members)) => *members,
            _ => continue,
        };
        match tables.iter_mut().find(|(_, m)| std::ptr::eq(*m, members)) {
            Some((names, _)) => names.push(field.name),
            None => tables.push((vec![field.name], members)),
        }
    }
    let mut out = String::new();
    for (names, members) in tables {
        let title = names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        write!(out, "\n### {title}\n\n{HEAD}").unwrap();
        members.iter().for_each(|f| row(&mut out, f));
    }
    out.trim_start().to_owned()
}

fn form(form: Form) -> &'static str {
    match form {
        Form::Count => "count",
        Form::Days => "days",
        Form::Percent => "fraction 0-1",
        Form::Hectares => "ha",
        Form::Metres => "m",
        Form::Degrees => "degrees",
        Form::Ndvi => "NDVI",
        Form::Probability => "probability",
        Form::Number => "number",
        Form::Date => "date",
        Form::Word => "word",
        Form::Text => "text",
    }
}

fn conditions() -> String {
    let mut out = "| Condition | Parameters | English | 中文 |\n|---|---|---|---|\n".to_owned();
    for c in CONDITIONS {
        writeln!(out, "| `{}` | {} | {} | {} |", c.word, params(c.params), c.en, c.zh).unwrap();
    }
    out
}

fn params(params: &[Param]) -> String {
    params.iter().map(|p| format!("`{}` ({})", p.name, form(p.form))).collect::<Vec<_>>().join(", ")
}

fn codes() -> String {
    let mut out =
        "| Code | Party | Effect | Parameters | English | 中文 |\n|---|---|---|---|---|---|\n".to_owned();
    for c in CODES {
        writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} |",
            c.code,
            c.party,
            c.effect,
            params(c.params),
            c.en,
            c.zh
        )
        .unwrap();
    }
    out
}

#[test]
fn the_document_says_what_the_code_says() {
    let blocks =
        [("fields", fields()), ("objects", objects()), ("codes", codes()), ("conditions", conditions())];
    hold("docs/record.md", &blocks, "cargo test --test it lending::docs");
}

/// `docs/schema` is what `croplens check --schema` prints.
#[test]
fn the_published_schemas_are_those_of_the_code() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema");
    for (file, schema) in [
        ("record.schema.json", croplens::record::json_schema()),
        ("policy.schema.json", croplens::lending::Policy::json_schema()),
    ] {
        let made = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(file), &made).unwrap();
        }
        let written = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
        assert!(
            written == made,
            "docs/schema/{file} differs: run `BLESS=1 cargo test --test it lending::docs`"
        );
    }
}
