//! Stages, harvest window, season dates and the as-of day.

use super::svg::{BOTTOM, Frame, LEFT, RIGHT, Svg, TOP, label_width};
use super::words::named;
use super::{ChartSpan, SeasonChart};

/// Alternating shades, so that neighbours differ without colour.
const SHADES: [&str; 2] = ["#f3f3f0", "#e6e6e0"];
/// Base lines of the rows above the chart in which date labels stand.
const ROWS: [f64; 2] = [41.0, 28.0];

/// Stage shading, with names at the foot where they fit.
pub(super) fn stages(svg: &mut Svg, frame: &Frame, chart: &SeasonChart) {
    let mut drawn = 0;
    for stage in &chart.stages {
        let Some((x, width)) = extent(frame, stage) else { continue };
        let shade = SHADES[drawn % SHADES.len()];
        drawn += 1;
        svg.put(&format!(
            "<rect x=\"{x:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{shade}\"/>",
            BOTTOM - TOP
        ));
        let label = named(&stage.label, svg.tongue);
        if label_width(label) * 0.9 + 6.0 <= width {
            let style = "font-size=\"10.5\" fill=\"#444\"";
            svg.text(x + width / 2.0, BOTTOM - 5.0, "middle", style, label);
        }
    }
}

/// The harvest window, hatched. The legend names it.
pub(super) fn harvest(svg: &mut Svg, frame: &Frame, chart: &SeasonChart) {
    if let Some((x, width)) = chart.harvest.as_ref().and_then(|span| extent(frame, span)) {
        svg.put(&format!(
            "<rect x=\"{x:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"url(#harvest-hatch)\" fill-opacity=\"0.55\"/>",
            width.max(2.0),
            BOTTOM - TOP
        ));
    }
}

/// Season dates as dashed lines with their interval, the as-of day as a solid one.
pub(super) fn lines(svg: &mut Svg, frame: &Frame, chart: &SeasonChart) {
    let mut labels: Vec<(f64, String, bool)> = Vec::new();
    for mark in chart.marks.iter().filter(|mark| frame.has(mark.date)) {
        let x = frame.x(mark.date);
        svg.put(&format!(
            "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{BOTTOM}\" stroke=\"#b34700\" stroke-width=\"1.2\" stroke-dasharray=\"4 3\"/>"
        ));
        if let Some((low, high)) = mark.interval {
            let (x0, x1, y) = (frame.x(low), frame.x(high), TOP + 7.0);
            svg.put(&format!(
                "<path d=\"M{x0:.1} {:.1}V{:.1}M{x0:.1} {y:.1}H{x1:.1}M{x1:.1} {:.1}V{:.1}\" fill=\"none\" stroke=\"#b34700\" stroke-width=\"1.2\"/>",
                y - 3.0,
                y + 3.0,
                y - 3.0,
                y + 3.0
            ));
        }
        labels.push((
            x,
            format!("{} {}", named(&mark.label, svg.tongue), svg.tongue.short_day(mark.date)),
            false,
        ));
    }
    if frame.has(chart.as_of) {
        let x = frame.x(chart.as_of);
        svg.put(&format!(
            "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{BOTTOM}\" stroke=\"#111\" stroke-width=\"1.6\"/>"
        ));
        labels.push((
            x,
            format!("{} {}", svg.tongue.of("as of", "评估日"), svg.tongue.short_day(chart.as_of)),
            true,
        ));
    }
    place(svg, labels);
}

/// Puts each label above its line, in the first row where it touches no earlier one.
fn place(svg: &mut Svg, mut labels: Vec<(f64, String, bool)>) {
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut taken = [f64::NEG_INFINITY; ROWS.len()];
    for (x, text, strong) in labels {
        let width = label_width(&text);
        let start = (x - width / 2.0).clamp(LEFT, (RIGHT - width).max(LEFT));
        let last = ROWS.len() - 1;
        let row = (0..last).find(|row| taken.get(*row).is_some_and(|end| start >= end + 8.0)).unwrap_or(last);
        let start = start.max(taken[row] + 8.0).min((RIGHT - width).max(LEFT));
        taken[row] = start + width;
        let style = if strong { "font-weight=\"bold\"" } else { "fill=\"#8a3700\"" };
        svg.text(start + width / 2.0, ROWS[row], "middle", style, &text);
    }
}

/// Left edge and width of the part of a span that is on the axis.
fn extent(frame: &Frame, span: &ChartSpan) -> Option<(f64, f64)> {
    if span.to < frame.from || span.from > frame.to || span.to < span.from {
        return None;
    }
    let (x0, x1) = (frame.x(span.from), frame.x(span.to));
    Some((x0, x1 - x0))
}
