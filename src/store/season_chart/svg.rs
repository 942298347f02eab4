//! The sheet: sizes, the place of a date and a value, text made safe.

use jiff::civil::Date;

use super::SeasonChart;
use crate::store::tongue::Tongue;

/// Width of the sheet, user units; at 180 mm print width 11.5 units are a type of 7.7 points.
pub(super) const WIDTH: f64 = 760.0;
/// Edges of the plotting area.
pub(super) const LEFT: f64 = 46.0;
pub(super) const RIGHT: f64 = 748.0;
pub(super) const TOP: f64 = 46.0;
pub(super) const BOTTOM: f64 = 218.0;
/// Mean width of a character of the 11.5 unit type; labels are placed by it.
pub(super) const CHAR: f64 = 6.1;

/// The drawing so far.
pub(super) struct Svg {
    /// Language of the labels.
    pub(super) tongue: Tongue,
    title: String,
    body: String,
    /// Lowest line drawn.
    foot: f64,
}

impl Svg {
    pub(super) fn new(title: &str, tongue: Tongue) -> Svg {
        Svg { tongue, title: escape(title), body: String::new(), foot: BOTTOM + 34.0 }
    }

    /// Makes the sheet reach down to here.
    pub(super) fn reach(&mut self, y: f64) {
        self.foot = self.foot.max(y);
    }

    /// Adds an element.
    pub(super) fn put(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    /// Adds a label; `anchor` is `start`, `middle` or `end`, `style` further attributes.
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: &str, style: &str, text: &str) {
        let text = escape(text);
        self.put(&format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" {style}>{text}</text>"));
    }

    pub(super) fn finish(self) -> String {
        let Svg { tongue, title, body, foot } = self;
        let fonts =
            tongue.of("", "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', ");
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {foot}\" width=\"{WIDTH}\" \
             height=\"{foot}\" role=\"img\" aria-label=\"{title}\" \
             font-family=\"{fonts}Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"11.5\" fill=\"#222\">\n\
             <title>{title}</title>\n\
             <defs><pattern id=\"harvest-hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect width=\"7\" height=\"7\" fill=\"#f6ead7\"/>\
             <line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\" stroke=\"#b0752a\" stroke-width=\"1.6\"/></pattern></defs>\n\
             <rect width=\"{WIDTH}\" height=\"{foot}\" fill=\"#fff\"/>\n{body}</svg>\n"
        )
    }
}

/// Where dates and values lie on the sheet.
pub(super) struct Frame {
    pub(super) from: Date,
    pub(super) to: Date,
    /// Lowest NDVI of the axis, a multiple of 0.2 less 0.1 for the stage names.
    pub(super) low: f64,
}

/// Highest NDVI of the axis.
pub(super) const HIGH: f64 = 1.0;

impl Frame {
    pub(super) fn new(chart: &SeasonChart) -> Frame {
        let values = chart.points.iter().filter_map(|p| p.ndvi).chain(chart.curve.iter().map(|p| p.ndvi));
        let lowest = values.filter(|v| v.is_finite()).fold(0.0, f64::min).max(-1.0);
        Frame { from: chart.from, to: chart.to, low: (lowest * 5.0).floor() / 5.0 - 0.1 }
    }

    pub(super) fn has(&self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }

    pub(super) fn x(&self, date: Date) -> f64 {
        let days = |from: Date, to: Date| f64::from((to - from).get_days());
        let whole = days(self.from, self.to).max(1.0);
        LEFT + (RIGHT - LEFT) * (days(self.from, date) / whole).clamp(0.0, 1.0)
    }

    pub(super) fn y(&self, ndvi: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * ((ndvi - self.low) / (HIGH - self.low)).clamp(0.0, 1.0)
    }

    pub(super) fn point(&self, date: Date, ndvi: f64) -> String {
        format!("{:.1},{:.1}", self.x(date), self.y(ndvi))
    }
}

/// Text for XML: the five characters with a meaning are escaped, those XML forbids are dropped.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// Width a label takes, units; characters outside ASCII count double, as Chinese does.
pub(super) fn label_width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { CHAR } else { 2.0 * CHAR }).sum()
}
