//! Stages, harvest window, season dates and the as-of day.

use super::svg::{BOTTOM, Frame, LEFT, RIGHT, Svg, TOP, label_width};
use super::words::named;
use super::{ChartSpan, SeasonChart};

/// Alternating shades, so that neighbours differ without colour.
const SHADES: [&str; 2] = ["#f3f3f0", "#e6e6e0"];
/// Base lines of the rows above the chart in which date labels stand.
const ROWS: [f64; 2] = [41.0, 28.0];
/// Least space between two labels of a row.
const LABEL_GAP: f64 = 8.0;

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
            // At its start: the line of the peak stands in the middle.
            svg.text(x + 4.0, BOTTOM - 5.0, "start", style, label);
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

/// Puts each label above its line, in the first row where it touches no earlier one; where it would touch one in every
/// row, beside it, and those before it give way to the left.
fn place(svg: &mut Svg, mut labels: Vec<(f64, String, bool)>) {
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut rows: [Vec<(f64, String, bool)>; ROWS.len()] = Default::default();
    let end = |row: &[(f64, String, bool)]| {
        row.last().map_or(f64::NEG_INFINITY, |(start, text, _)| start + label_width(text) + LABEL_GAP)
    };
    for (x, text, strong) in labels {
        let width = label_width(&text);
        let start = (x - width / 2.0).clamp(LEFT, (RIGHT - width).max(LEFT));
        let free = rows.iter().position(|row| end(row) <= start);
        let roomiest =
            || (0..ROWS.len()).min_by(|a, b| end(&rows[*a]).total_cmp(&end(&rows[*b]))).unwrap_or(0);
        let row = free.unwrap_or_else(roomiest);
        let start = start.max(end(&rows[row])).min((RIGHT - width).max(LEFT));
        rows[row].push((start, text, strong));
    }
    for (row, y) in rows.into_iter().zip(ROWS) {
        let mut bound = f64::INFINITY;
        for (start, text, strong) in row.into_iter().rev() {
            let width = label_width(&text);
            let start = start.min(bound - LABEL_GAP - width);
            bound = start;
            let style = if strong { "font-weight=\"bold\"" } else { "fill=\"#8a3700\"" };
            svg.text(start + width / 2.0, y, "middle", style, &text);
        }
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

#[cfg(test)]
mod tests {
    use super::super::svg::label_width;
    use super::*;
    use crate::store::tongue::Tongue;

    #[test]
    fn labels_that_crowd_at_the_edge_do_not_touch() {
        let mut svg = Svg::new("", Tongue::Chinese);
        let labels = ["开始 2月27日", "峰值 6月3日", "结束 7月9日", "评估日 8月13日"];
        let at = [RIGHT - 160.0, RIGHT - 70.0, RIGHT - 30.0, RIGHT - 8.0];
        place(&mut svg, at.into_iter().zip(labels).map(|(x, t)| (x, t.to_owned(), false)).collect());
        let drawn = svg.finish();
        let placed: Vec<(f64, f64, f64)> = labels
            .iter()
            .map(|label| {
                let node = drawn.split("<text").find(|n| n.contains(label)).unwrap();
                let number = |name: &str| -> f64 {
                    let from = node.split(&format!(" {name}=\"")).nth(1).unwrap();
                    from.split('"').next().unwrap().parse().unwrap()
                };
                let (x, y, half) = (number("x"), number("y"), label_width(label) / 2.0);
                (y, x - half, x + half)
            })
            .collect();
        for (n, a) in placed.iter().enumerate() {
            assert!(a.2 <= RIGHT + 0.1 && a.1 >= 0.0, "{a:?} leaves the sheet");
            for b in &placed[n + 1..] {
                assert!(a.0 != b.0 || a.2 < b.1 || b.2 < a.1, "{a:?} touches {b:?}");
            }
        }
    }
}
