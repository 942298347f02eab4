//! `croplens observe` as a whole process against the physical limit L, in one run on the same files.
//!
//! `cargo bench --bench engine -- [--size PX] [--dates N] [--plots N,N,..] [--runs N] [--keep DIR]`
//!
//! The scenes are simulated with a fixed seed. Whole processes are measured by the operating system's count of
//! their CPU seconds (user and system), L likewise, in turn; medians are printed. L reads, inflates and
//! un-predicts every block of every raster once, on one thread. Wall time is measured only over a slow network,
//! where a busy machine hardly shows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod limit;
mod network;
#[path = "../../tests/it/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use croplens::simulate::{self, Spec};
use serde_json::Value;

/// Overpasses of the simulated archive come every fifth day.
const DAYS_A_DATE: i64 = 5;
const FIRST: jiff::civil::Date = jiff::civil::date(2022, 4, 2);

struct Options {
    size: usize,
    dates: usize,
    plots: Vec<usize>,
    runs: usize,
    keep: Option<PathBuf>,
}

fn options() -> Options {
    let mut options = Options { size: 2744, dates: 6, plots: vec![100, 1000], runs: 3, keep: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} needs a value"));
        match word.as_str() {
            "--size" => options.size = value().parse().unwrap(),
            "--dates" => options.dates = value().parse().unwrap(),
            "--plots" => options.plots = value().split(',').map(|n| n.parse().unwrap()).collect(),
            "--runs" => options.runs = value().parse().unwrap(),
            "--keep" => options.keep = Some(value().into()),
            "--bench" => {}
            other => panic!("{other} is no option of this benchmark"),
        }
    }
    options
}

/// CPU seconds of this process, and of its children that have ended.
fn cpu() -> (f64, f64) {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<f64> = text
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .skip(1)
        .map(|f| f.parse().unwrap_or(0.0))
        .collect();
    // utime, stime, cutime, cstime are fields 14 to 17 (proc(5)), in hundredths of a second.
    ((fields[10] + fields[11]) / 100.0, (fields[12] + fields[13]) / 100.0)
}

/// Waits for a process; its peak memory in MB, as often as one could look.
fn peak_mb(mut child: Child) -> f64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0f64;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        let kib: f64 = line.split_whitespace().next().unwrap().parse().unwrap();
        peak = peak.max(kib / 1024.0);
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success(), "{ended}");
            return peak;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The simulated archive, its rasters, and a portfolio of each size: plots evenly drawn from all.
fn archive(options: &Options, root: &Path) -> (Vec<PathBuf>, Vec<(usize, PathBuf)>) {
    let last = FIRST.checked_add(jiff::Span::new().days(DAYS_A_DATE * (options.dates as i64 - 1))).unwrap();
    let spec = Spec {
        size_px: options.size,
        plots: *options.plots.iter().max().unwrap(),
        tiles: 1,
        years: (2022, 2022),
        from: Some(FIRST),
        to: Some(last),
        ..Spec::default()
    };
    if !root.join("plots.geojson").exists() {
        simulate::make(&spec, root).unwrap();
    }
    let mut rasters = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "tif") {
                rasters.push(path);
            }
        }
    }
    rasters.sort();
    let all: Value = serde_json::from_slice(&std::fs::read(root.join("plots.geojson")).unwrap()).unwrap();
    let features = all["features"].as_array().unwrap();
    let portfolios = options.plots.iter().map(|n| {
        let step = (features.len() / n).max(1);
        let some: Vec<&Value> = features.iter().step_by(step).take(*n).collect();
        let path = root.join(format!("portfolio-{n}.json"));
        let text = serde_json::json!({ "type": "FeatureCollection", "features": some }).to_string();
        std::fs::write(&path, text).unwrap();
        (some.len(), path)
    });
    let portfolios = portfolios.collect();
    (rasters, portfolios)
}

fn main() {
    let options = options();
    let scratch = tempfile::tempdir().unwrap();
    let root = options.keep.clone().unwrap_or_else(|| scratch.path().join("archive"));
    let (rasters, portfolios) = archive(&options, &root);
    let table = scratch.path().join("table.csv");
    let mut limits = Vec::new();
    let mut limit = || {
        let before = cpu().0;
        std::hint::black_box(limit::run(&rasters));
        limits.push(cpu().0 - before);
    };
    println!(
        "{} rasters of {} px, {} dates, median of {} runs",
        rasters.len(),
        options.size,
        options.dates,
        options.runs
    );
    println!("| plots | statistics | threads | CPU s | x L | peak MB |\n|---|---|---|---|---|---|");
    let mut rows = Vec::new();
    for (n, plots) in &portfolios {
        for (statistics, threads) in [("mean", "1"), ("all", "1"), ("mean", "2")] {
            let (mut seconds, mut peaks) = (Vec::new(), Vec::new());
            for _ in 0..options.runs {
                limit();
                let before = cpu().1;
                let child = Command::new(env!("CARGO_BIN_EXE_croplens"))
                    .args(["observe", "--scl-valid", "4,5", "--quiet", "--threads", threads])
                    .args(["--statistics", statistics, "--from", &FIRST.to_string(), "--as-of", "2022-12-31"])
                    .arg("--catalog")
                    .arg(&root)
                    .arg("--out")
                    .arg(&table)
                    .arg(plots)
                    .stdout(Stdio::null())
                    .spawn();
                peaks.push(peak_mb(child.unwrap()));
                seconds.push(cpu().1 - before);
            }
            rows.push((*n, statistics, threads, median(seconds), median(peaks)));
        }
    }
    let limit = median(limits);
    for (n, statistics, threads, seconds, peak) in rows {
        println!("| {n} | {statistics} | {threads} | {seconds:.2} | {:.2} | {peak:.0} |", seconds / limit);
    }
    println!("L: {limit:.2} CPU s");
    if let Some((_, plots)) = portfolios.last() {
        network::run(&root, plots, &[1e9, 20e6, 5e6]);
    }
}
