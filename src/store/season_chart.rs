//! `series.svg`: the season of one plot as a chart that prints.
//!
//! Comes in: [`SeasonChart`], dates and values only. Goes out: SVG text, the same for the same
//! content, without scripts, fonts or links. Colours are of the Okabe-Ito set and no meaning rests on
//! colour alone: used dates are filled dots, unused ones hollow or in the strip below, by shape.

mod axes;
mod marks;
mod svg;
mod unused;
mod words;

use jiff::civil::Date;

use crate::observation::Reject;
use crate::store::tongue::Tongue;

use self::svg::{BOTTOM, Frame, LEFT, RIGHT, Svg, TOP};

/// What the chart shows. Dates outside `from..=to` are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct SeasonChart {
    /// What a screen reader says, and the tooltip: `Plot KIT-0417, season 2024`.
    pub title: String,
    /// First day of the axis.
    pub from: Date,
    /// Last day of the axis.
    pub to: Date,
    /// Nothing after this day was used.
    pub as_of: Date,
    /// The observations, used and unused.
    pub points: Vec<ChartPoint>,
    /// The smoothed curve, by date.
    pub curve: Vec<CurvePoint>,
    /// Start, peak and end of season, and floods.
    pub marks: Vec<ChartMark>,
    /// Stages, shaded.
    pub stages: Vec<ChartSpan>,
    /// Expected or seen harvest, hatched.
    pub harvest: Option<ChartSpan>,
}

/// One observation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChartPoint {
    /// Solar day.
    pub date: Date,
    /// Mean NDVI of the plot, where there is a value worth showing.
    pub ndvi: Option<f64>,
    /// Why it is not used; `None` when it is.
    pub rejected: Option<Reject>,
}

/// One day of the smoothed curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Day.
    pub date: Date,
    /// NDVI.
    pub ndvi: f64,
    /// Lower and upper edge of the band around it.
    pub band: Option<(f64, f64)>,
}

/// A date on the curve.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartMark {
    /// The date.
    pub date: Date,
    /// Earliest and latest, when known.
    pub interval: Option<(Date, Date)>,
    /// `start`, `peak`, `end`, `flood`.
    pub label: String,
}

/// A time span with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSpan {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Its name, in plain words.
    pub label: String,
}

/// Draws the chart, in English.
pub fn season_chart(chart: &SeasonChart) -> String {
    draw(chart, Tongue::English)
}

/// Draws the chart, in Chinese.
pub fn season_chart_zh(chart: &SeasonChart) -> String {
    draw(chart, Tongue::Chinese)
}

fn draw(chart: &SeasonChart, tongue: Tongue) -> String {
    let frame = Frame::new(chart);
    let mut svg = Svg::new(&chart.title, tongue);
    marks::stages(&mut svg, &frame, chart);
    marks::harvest(&mut svg, &frame, chart);
    axes::grid(&mut svg, &frame);
    curve(&mut svg, &frame, chart);
    unused::hollow(&mut svg, &frame, chart);
    used(&mut svg, &frame, chart);
    nothing_seen(&mut svg, &frame, chart);
    marks::lines(&mut svg, &frame, chart);
    unused::strip(&mut svg, &frame, chart);
    axes::legend(&mut svg, &frame, chart);
    svg.finish()
}

fn curve(svg: &mut Svg, frame: &Frame, chart: &SeasonChart) {
    let shown: Vec<&CurvePoint> =
        chart.curve.iter().filter(|p| frame.has(p.date) && p.ndvi.is_finite()).collect();
    let banded = || shown.iter().filter_map(|p| Some((p.date, p.band?)));
    let upper = banded().map(|(date, (_, high))| frame.point(date, high));
    let lower: Vec<String> = banded().map(|(date, (low, _))| frame.point(date, low)).collect();
    let edge: Vec<String> = upper.chain(lower.into_iter().rev()).collect();
    if edge.len() > 2 {
        svg.put(&format!("<polygon points=\"{}\" fill=\"#0072b2\" fill-opacity=\"0.16\"/>", edge.join(" ")));
    }
    let line: Vec<String> = shown.iter().map(|p| frame.point(p.date, p.ndvi)).collect();
    if line.len() > 1 {
        svg.put(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#0072b2\" stroke-width=\"2\" stroke-linejoin=\"round\"/>",
            line.join(" ")
        ));
    }
}

/// An empty chart says that it is empty because nothing was seen.
fn nothing_seen(svg: &mut Svg, frame: &Frame, chart: &SeasonChart) {
    let has_value = |p: &ChartPoint| frame.has(p.date) && p.ndvi.is_some_and(f64::is_finite);
    if chart.points.iter().any(has_value) {
        return;
    }
    let (x, y) = ((LEFT + RIGHT) / 2.0, (TOP + BOTTOM) / 2.0);
    let words = svg.tongue.of("no image in this time shows the plot clearly", "此时段没有一景影像能看清地块");
    svg.text(x, y, "middle", "fill=\"#555\"", words);
}

fn used(svg: &mut Svg, frame: &Frame, chart: &SeasonChart) {
    for point in chart.points.iter().filter(|p| p.rejected.is_none() && frame.has(p.date)) {
        if let Some(ndvi) = point.ndvi.filter(|v| v.is_finite()) {
            let (x, y) = (frame.x(point.date), frame.y(ndvi));
            svg.put(&format!(
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.6\" fill=\"#111\" stroke=\"#fff\" stroke-width=\"0.8\"/>"
            ));
        }
    }
}
