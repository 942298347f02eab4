//! Reliability and risk by coverage as SVG.

use std::fmt::Write;

use crate::crop::scores::{Case, accuracy, mean};

use super::Drawn;

/// Side of the square, and the margin around it, pixels.
const SIDE: f64 = 320.0;
const MARGIN: f64 = 48.0;
/// Bins of equal count in the reliability figure.
const BINS: usize = 12;

/// Stated probability against the share that was right, in bins of equal count; on the diagonal nothing is overstated.
pub(super) fn reliability(drawn: &Drawn) -> String {
    let mut sorted = drawn.cases.clone();
    sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability).then(a.right.cmp(&b.right)));
    let n = sorted.len();
    let points: Vec<(f64, f64)> = (0..BINS)
        .filter_map(|k| {
            let part = sorted.get(k * n / BINS..(k + 1) * n / BINS)?;
            Some((mean(part.iter().map(|c| c.probability))?, accuracy(part)?))
        })
        .collect();
    let mut body = line(&[(0.0, 0.0), (1.0, 1.0)], "#999", "4 4");
    body.push_str(&line(&points, "#2a6f3c", ""));
    for (x, y) in &points {
        let _ = write!(
            body,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"#2a6f3c\"/>",
            across(*x),
            up(*y)
        );
    }
    frame(&format!("{}: reliability, n = {n}", drawn.title), "stated probability", "share right", &body)
}

/// Share of wrong answers among the surest, by how many are answered.
pub(super) fn risk_coverage(drawn: &Drawn) -> String {
    let mut sorted = drawn.cases.clone();
    // Of equally sure cases the wrong ones come first: the figure never flatters.
    sorted.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.right.cmp(&b.right)));
    let n = sorted.len();
    let mut wrong = 0.0;
    let points: Vec<(f64, f64)> = (sorted.iter().enumerate())
        .map(|(k, c): (usize, &Case)| {
            wrong += f64::from(u8::from(!c.right));
            ((k + 1) as f64 / n.max(1) as f64, wrong / (k + 1) as f64)
        })
        .collect();
    let title = format!("{}: risk by coverage, n = {n}", drawn.title);
    frame(&title, "share answered, surest first", "share wrong", &line(&points, "#9c3030", ""))
}

fn across(x: f64) -> f64 {
    MARGIN + x * SIDE
}

fn up(y: f64) -> f64 {
    MARGIN + (1.0 - y) * SIDE
}

fn line(points: &[(f64, f64)], colour: &str, dash: &str) -> String {
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{:.1},{:.1}", across(*x), up(*y))).collect();
    format!(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" stroke-dasharray=\"{dash}\"/>",
        path.join(" ")
    )
}

fn frame(title: &str, x: &str, y: &str, body: &str) -> String {
    let whole = SIDE + 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{whole}\" \
         font-family=\"sans-serif\" font-size=\"11\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\
         <rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#333\"/>\
         <text x=\"{MARGIN}\" y=\"24\">{title}</text>"
    );
    for k in 0..=5 {
        let v = f64::from(k) / 5.0;
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{v:.1}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{v:.1}</text>",
            across(v),
            MARGIN + SIDE + 16.0,
            MARGIN - 6.0,
            up(v) + 4.0
        );
    }
    let middle = MARGIN + SIDE / 2.0;
    let _ = writeln!(
        out,
        "<text x=\"{middle}\" y=\"{:.1}\" text-anchor=\"middle\">{x}</text>\
         <text x=\"14\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {middle})\">{y}</text>\
         {body}</svg>",
        MARGIN + SIDE + 34.0
    );
    out
}
