//! The cropped area of outlines that hold more than one field: the simulator's scenes through the whole corridor.

use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::Value;

use crate::crop::scores::{mean, quantile};
use crate::simulate::{Spec, make_with_partly_cropped};

use super::super::say::Voice;
use super::super::table::Error;
use super::super::{Cli, Verb, appraise};
use super::{Goal, Instruments, Line, figure};

/// Seeds of the scenes; the method was made with 11 to 13.
const SEEDS: [u64; 3] = [21, 22, 23];
/// Side of a scene in pixels, and outlines in it.
const SIDE: usize = 256;
const OUTLINES: usize = 90;
/// The day of the appraisal, after the harvests of the simulated year.
const AS_OF: &str = "2022-11-13";
/// Crops of the simulator; other land is no crop.
const CROPS: [&str; 5] = ["winter wheat", "maize", "rapeseed", "sunflower", "spring barley"];
/// Least size that the target is about, and share of crop below which an outline holds other land.
const LEAST_HA: f64 = 1.0;
const PARTLY: f64 = 0.97;
/// Rounding of the shares in a record.
const ROUNDED: f64 = 1e-3;

/// True share of crop of one outline, and what was told: lower end, share, upper end.
struct Outline {
    crop: f64,
    role: String,
    told: Option<(f64, f64, f64)>,
}

pub(super) fn measure(tools: &Instruments) -> Result<Vec<Line>, Error> {
    let mut all: Vec<Outline> = Vec::new();
    for seed in SEEDS {
        all.extend(outlines(seed, tools.threads)?);
    }
    let everything: Vec<&Outline> = all.iter().collect();
    let errors = errors(&everything);
    let (median, worst_tenth) = (quantile(&errors, 0.5), quantile(&errors, 0.9));
    let n = errors.len();
    let not_told = all.len() - n;
    let mut lines = vec![
        Line::new("cropped area, error of the share: median", n, figure(median, 3), "")
            .toward(Goal::AreaMedian, median),
        Line::new("the same: 90 % lie below", n, figure(worst_tenth, 3), "")
            .toward(Goal::AreaWorstTenth, worst_tenth),
        Line::new(
            "no answer, of all",
            all.len(),
            figure((!all.is_empty()).then(|| not_told as f64 / all.len() as f64), 3),
            "",
        ),
    ];
    let partly: Vec<&Outline> = all.iter().filter(|o| o.crop < PARTLY).collect();
    lines.push(part("all", &everything));
    lines.push(part("less than 97 % crop", &partly));
    for role in ["outline larger than its field", "outline beside its field", "outline of one field"] {
        let of: Vec<&Outline> = all.iter().filter(|o| o.role == role).collect();
        lines.push(part(role, &of));
    }
    Ok(lines)
}

/// Relative errors of the outlines that were told.
fn errors(part: &[&Outline]) -> Vec<f64> {
    part.iter().filter_map(|o| Some((o.told?.1 - o.crop).abs() / o.crop.max(0.05))).collect()
}

fn part(what: &str, part: &[&Outline]) -> Line {
    let errors = errors(part);
    let told = || part.iter().filter_map(|o| Some((o.crop, o.told?)));
    let bias = mean(told().map(|(crop, t)| t.1 - crop));
    let held =
        mean(told().map(|(crop, t)| f64::from(u8::from((t.0 - ROUNDED..=t.2 + ROUNDED).contains(&crop)))));
    let at = |q| figure(quantile(&errors, q), 3);
    Line::new(
        format!("{what}: median, 90 %, worst error; bias; 80 % interval covers; told of {}", part.len()),
        errors.len(),
        format!("{}, {}, {}; {}; {}", at(0.5), at(0.9), at(1.0), figure(bias, 3), figure(held, 2)),
        "",
    )
}

/// Makes the scenes of a seed, appraises its outlines, and lays both side by side.
fn outlines(seed: u64, threads: Option<u16>) -> Result<Vec<Outline>, Error> {
    let folder = Folder::new(seed)?;
    let spec = Spec { seed, size_px: SIDE, years: (2022, 2022), tiles: 1, ..Spec::default() };
    let failed =
        |problem: String| Error::Open { path: folder.0.clone(), source: std::io::Error::other(problem) };
    make_with_partly_cropped(&spec, OUTLINES, &folder.0).map_err(|e| failed(e.to_string()))?;
    let out = folder.0.join("out");
    appraised(&folder.0, &out, threads).map_err(failed)?;
    let text = read(&out.join("records.jsonl"))?;
    let records: Vec<Value> = text.lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
    let truth: Value =
        serde_json::from_str(&read(&folder.0.join("land.json"))?).map_err(|e| failed(e.to_string()))?;
    let plots = truth.get("plots").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(plots.iter().filter_map(|p| outline(p, &records)).collect())
}

fn outline(plot: &Value, records: &[Value]) -> Option<Outline> {
    let id = plot.get("id")?.as_str()?;
    if !id.starts_with("PART") || plot.get("area_ha")?.as_f64()? < LEAST_HA {
        return None;
    }
    let land = plot.get("land")?;
    let crop = CROPS.iter().filter_map(|c| land.get(*c)?.as_f64()).sum();
    let record = records.iter().find(|r| r.get("id").and_then(Value::as_str) == Some(id))?;
    let number = |name: &str| record.get(name).and_then(Value::as_f64);
    let told =
        (|| Some((number("cropped_frac_lower")?, number("cropped_frac")?, number("cropped_frac_upper")?)))();
    let role = plot.get("role").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Outline { crop, role, told })
}

/// `croplens appraise` on the made scenes, in this process.
fn appraised(folder: &Path, out: &Path, threads: Option<u16>) -> Result<(), String> {
    let words = ["croplens", "appraise", "--as-of", AS_OF, "--papers", "none", "--quiet", "--catalog"];
    let mut line: Vec<std::ffi::OsString> = words.iter().map(Into::into).collect();
    line.push(folder.into());
    line.push("--out".into());
    line.push(out.into());
    line.push(folder.join("plots.geojson").into());
    if let Some(threads) = threads {
        line.extend(["--threads".into(), threads.to_string().into()]);
    }
    let Verb::Appraise(args) = Cli::try_parse_from(line).map_err(|e| e.to_string())?.verb else {
        return Err("the verb is not appraise".to_owned());
    };
    appraise::run(&args, &Voice::new(true)).map(drop).map_err(|stop| stop.words)
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_owned(), source })
}

/// A folder for scenes that is removed with its value.
struct Folder(PathBuf);

impl Folder {
    fn new(seed: u64) -> Result<Folder, Error> {
        let path = std::env::temp_dir().join(format!("croplens-validate-{}-{seed}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|source| Error::Write { path: path.clone(), source })?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
