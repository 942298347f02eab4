//! Axes, grid lines and the legend.

use jiff::ToSpan;
use jiff::civil::Date;

use super::SeasonChart;
use super::svg::{BOTTOM, Frame, HIGH, LEFT, RIGHT, Svg, TOP};
use super::words::named;

/// Most month labels that stand beside each other without touching.
const MOST_LABELS: usize = 13;

/// Value lines, month lines and their labels.
pub(super) fn grid(svg: &mut Svg, frame: &Frame) {
    let lowest = ((frame.low + 0.1) * 5.0).round() as i32;
    for step in lowest..=(HIGH * 5.0) as i32 {
        let value = f64::from(step) / 5.0;
        let y = frame.y(value);
        svg.put(&format!(
            "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\" stroke=\"#d4d4d4\" stroke-width=\"0.7\"/>"
        ));
        svg.text(LEFT - 6.0, y + 4.0, "end", "", &format!("{:.1}", value + 0.0));
    }
    let middle = (TOP + BOTTOM) / 2.0;
    let turned = format!("transform=\"rotate(-90 12 {middle})\"");
    svg.text(12.0, middle, "middle", &turned, svg.tongue.of("NDVI (greenness)", "NDVI（绿度）"));
    months(svg, frame);
    svg.put(&format!(
        "<rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"none\" stroke=\"#777\" stroke-width=\"0.8\"/>",
        RIGHT - LEFT,
        BOTTOM - TOP
    ));
}

fn months(svg: &mut Svg, frame: &Frame) {
    let starts: Vec<Date> = frame
        .from
        .first_of_month()
        .series(1.month())
        .take_while(|first| *first <= frame.to)
        .filter(|first| frame.has(*first))
        .collect();
    let every = starts.len().div_ceil(MOST_LABELS).max(1);
    let mut year = None;
    for (i, first) in starts.iter().enumerate() {
        let x = frame.x(*first);
        svg.put(&format!(
            "<line x1=\"{x:.1}\" y1=\"{BOTTOM}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#777\" stroke-width=\"0.8\"/>",
            BOTTOM + 4.0
        ));
        // A label needs room to the right edge of the sheet.
        if i % every != 0 || x > RIGHT - 16.0 {
            continue;
        }
        svg.text(x, BOTTOM + 16.0, "start", "", &first.strftime(svg.tongue.of("%b", "%-m月")).to_string());
        if year != Some(first.year()) {
            year = Some(first.year());
            svg.text(x, BOTTOM + 29.0, "start", "fill=\"#555\"", &first.year().to_string());
        }
    }
}

/// The line above the chart that says what the shapes are.
pub(super) fn legend(svg: &mut Svg, frame: &Frame, chart: &SeasonChart) {
    let y = 12.0;
    let tongue = svg.tongue;
    let text = |svg: &mut Svg, x: f64, text: &str| svg.text(x, y, "start", "", text);
    // What the strip counts: the dates of this chart, not those of earlier years.
    let shown = || chart.points.iter().filter(|p| frame.has(p.date));
    let used = shown().filter(|p| p.rejected.is_none()).count();
    svg.put(&format!("<circle cx=\"52\" cy=\"{:.1}\" r=\"3.6\" fill=\"#111\"/>", y - 4.0));
    let words =
        tongue.of_owned(|| format!("clear date, used ({used})"), || format!("采用的晴空日期（{used}）"));
    text(svg, 60.0, &words);
    svg.put(&format!(
        "<rect x=\"196\" y=\"{:.1}\" width=\"24\" height=\"10\" fill=\"#0072b2\" fill-opacity=\"0.16\"/>\
         <line x1=\"196\" y1=\"{:.1}\" x2=\"220\" y2=\"{:.1}\" stroke=\"#0072b2\" stroke-width=\"2\"/>",
        y - 9.0,
        y - 4.0,
        y - 4.0
    ));
    let banded = chart.curve.iter().any(|p| p.band.is_some());
    let smoothed = if banded {
        tongue.of("smoothed, with band", "平滑曲线及其范围")
    } else {
        tongue.of("smoothed", "平滑曲线")
    };
    text(svg, 226.0, smoothed);
    if shown().any(|p| p.rejected.is_some() && p.ndvi.is_some()) {
        svg.put(&format!(
            "<circle cx=\"364\" cy=\"{:.1}\" r=\"3\" fill=\"#fff\" stroke=\"#888\" stroke-width=\"1.2\"/>",
            y - 4.0
        ));
        text(svg, 372.0, tongue.of("seen, not used", "已见，未采用"));
    }
    if let Some(harvest) = &chart.harvest {
        svg.put(&format!(
            "<rect x=\"478\" y=\"{:.1}\" width=\"24\" height=\"10\" fill=\"url(#harvest-hatch)\"/>",
            y - 9.0
        ));
        text(svg, 508.0, named(&harvest.label, tongue));
    }
}
