//! The dates that were looked at and not used, with the reason by shape.

use crate::observation::Reject;

use super::SeasonChart;
use super::svg::{BOTTOM, Frame, LEFT, RIGHT, Svg, label_width};

/// Middle line of the strip.
const STRIP: f64 = BOTTOM + 42.0;
/// Base lines of the strip's legend.
const LEGEND: [f64; 2] = [STRIP + 19.0, STRIP + 33.0];

/// One shape of the strip: the reasons it stands for, its words in each language, its path around (0, 0).
struct Shape {
    reasons: &'static [Reject],
    /// English and Chinese.
    words: (&'static str, &'static str),
    path: &'static str,
}

const SHAPES: [Shape; 6] = [
    Shape {
        reasons: &[Reject::Cloudy],
        words: ("cloud or shadow", "云或云影"),
        path: "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
    },
    Shape {
        reasons: &[Reject::Snow],
        words: ("snow", "雪"),
        path: "M-3 0H3M-1.5 -2.6L1.5 2.6M1.5 -2.6L-1.5 2.6",
    },
    Shape {
        reasons: &[Reject::NoData], words: ("plot not in the image", "地块不在影像内"), path: "M-3 0H3"
    },
    Shape {
        reasons: &[Reject::ReadFailed, Reject::AssetMissing],
        words: ("image not readable", "影像无法读取"),
        path: "M-3 -3L3 3M3 -3L-3 3",
    },
    Shape {
        reasons: &[Reject::Duplicate],
        words: ("same overpass, better image used", "同次过境，采用更好的影像"),
        path: "M-2 -3V3M2 -3V3",
    },
    Shape {
        reasons: &[Reject::TooFewPixels, Reject::Implausible, Reject::OffsetUnsettled, Reject::Spike],
        words: ("value not trusted", "数值不可信"),
        path: "M-3 3L0 -3L3 3Z",
    },
];

/// Unused dates that have a value: hollow dots at it.
pub(super) fn hollow(svg: &mut Svg, frame: &Frame, chart: &SeasonChart) {
    for point in chart.points.iter().filter(|p| p.rejected.is_some() && frame.has(p.date)) {
        if let Some(ndvi) = point.ndvi.filter(|v| v.is_finite() && (-1.0..=1.0).contains(v)) {
            let (x, y) = (frame.x(point.date), frame.y(ndvi));
            svg.put(&format!(
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"#fff\" stroke=\"#888\" stroke-width=\"1.2\"/>"
            ));
        }
    }
}

/// Every unused date as a shape in the strip below the axis, and what the shapes mean.
pub(super) fn strip(svg: &mut Svg, frame: &Frame, chart: &SeasonChart) {
    let rejected =
        || chart.points.iter().filter(|p| frame.has(p.date)).filter_map(|p| Some((p.date, p.rejected?)));
    if rejected().next().is_none() {
        return;
    }
    svg.text(
        LEFT - 6.0,
        STRIP + 4.0,
        "end",
        "font-size=\"10\" fill=\"#555\"",
        svg.tongue.of("unused", "未采用"),
    );
    svg.put(&format!(
        "<line x1=\"{LEFT}\" y1=\"{STRIP}\" x2=\"{RIGHT}\" y2=\"{STRIP}\" stroke=\"#ddd\" stroke-width=\"0.7\"/>"
    ));
    let (mut x, mut row) = (LEFT, 0);
    for shape in &SHAPES {
        let dates: Vec<_> = rejected().filter(|(_, reason)| shape.reasons.contains(reason)).collect();
        if dates.is_empty() {
            continue;
        }
        for (date, _) in &dates {
            draw(svg, shape, frame.x(*date), STRIP);
        }
        let words = format!("{} ({})", svg.tongue.of(shape.words.0, shape.words.1), dates.len());
        let width = 14.0 + label_width(&words);
        if x > LEFT && x + width > RIGHT && row + 1 < LEGEND.len() {
            (x, row) = (LEFT, row + 1);
        }
        draw(svg, shape, x + 5.0, LEGEND[row] - 4.0);
        svg.text(x + 13.0, LEGEND[row], "start", "fill=\"#444\"", &words);
        x += width + 14.0;
        svg.reach(LEGEND[row] + 5.0);
    }
}

fn draw(svg: &mut Svg, shape: &Shape, x: f64, y: f64) {
    svg.put(&format!(
        "<path transform=\"translate({x:.1} {y:.1})\" d=\"{}\" fill=\"none\" stroke=\"#555\" stroke-width=\"1.2\"/>",
        shape.path
    ));
}
