//! Observations and the chart of a winter wheat season.

use std::collections::BTreeMap;

use croplens::band::Band;
use croplens::observation::{NdviStats, Observation, Reject, SkyFractions};
use croplens::scene::SceneId;
use croplens::store::{ChartMark, ChartPoint, ChartSpan, CurvePoint, SeasonChart};
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// A clear and a cloudy observation.
pub(super) fn observations() -> Vec<Observation> {
    let clear = Observation {
        joined: Vec::new(),
        scene: SceneId::new("S2A_32TNT_20240630_0_L2A").unwrap(),
        datetime: "2024-06-30T10:26:51.024Z".parse().unwrap(),
        date: date(2024, 6, 30),
        ndvi: Some(NdviStats {
            mean: 1.0 / 3.0,
            median: 0.34,
            std: 0.05,
            p10: 0.27,
            p25: 0.3,
            p75: 0.37,
            p90: 0.4,
        }),
        bands: BTreeMap::from([(Band::B11, 0.2123456789), (Band::B02, 0.041)]),
        sky: SkyFractions { clear: 0.95, cloud: 0.05, ..SkyFractions::default() },
        valid_fraction: 0.95,
        pixel_count: 234.125,
        rejected: None,
    };
    let cloudy = Observation {
        joined: Vec::new(),
        scene: SceneId::new("S2B_32TNT_20240702_0_L2A").unwrap(),
        datetime: "2024-07-02T10:26:49Z".parse().unwrap(),
        date: date(2024, 7, 2),
        ndvi: None,
        bands: BTreeMap::new(),
        sky: SkyFractions { cloud: 0.75, shadow: 0.25, ..SkyFractions::default() },
        valid_fraction: 0.0,
        pixel_count: 234.125,
        rejected: Some(Reject::Cloudy),
    };
    vec![clear, cloudy]
}

/// A winter wheat season: a curve, used and unused dates of every kind.
pub(super) fn chart(title: &str) -> SeasonChart {
    let (from, to, as_of) = (date(2023, 10, 1), date(2024, 8, 31), date(2024, 7, 5));
    let greenness = |day: Date| {
        let t = f64::from((day - from).get_days());
        0.18 + 0.12 / (1.0 + (-(t - 45.0) / 8.0).exp()) + 0.55 / (1.0 + (-(t - 170.0) / 12.0).exp())
            - 0.65 / (1.0 + (-(t - 278.0) / 9.0).exp())
    };
    let mut points = Vec::new();
    let mut day = from;
    let mut i = 0_usize;
    while day <= as_of {
        let wobble = 0.03 * (i as f64 * 2.4).sin();
        let (ndvi, rejected) = match i % 9 {
            0 | 4 | 7 => (Some(greenness(day) + wobble), None),
            2 => (Some(0.08 + wobble), Some(Reject::Spike)),
            5 => (None, Some(Reject::NoData)),
            8 => (None, Some(if i > 40 { Reject::ReadFailed } else { Reject::Duplicate })),
            _ => (None, Some(Reject::Cloudy)),
        };
        points.push(ChartPoint { date: day, ndvi, rejected });
        day = day.saturating_add(5.days());
        i += 1;
    }
    let days = from.series(1.day()).take_while(|day| *day <= as_of);
    let curve = days
        .map(|day| CurvePoint {
            date: day,
            ndvi: greenness(day),
            band: Some((greenness(day) - 0.04, greenness(day) + 0.04)),
        })
        .collect();
    let span = |from: Date, to: Date, label: &str| ChartSpan { from, to, label: label.to_owned() };
    SeasonChart {
        title: title.to_owned(),
        from,
        to,
        as_of,
        points,
        curve,
        marks: vec![
            ChartMark {
                date: date(2024, 3, 4),
                interval: Some((date(2024, 2, 22), date(2024, 3, 14))),
                label: "start".into(),
            },
            ChartMark { date: date(2024, 5, 18), interval: None, label: "peak".into() },
        ],
        stages: vec![
            span(date(2023, 11, 2), date(2024, 3, 4), "emerging"),
            span(date(2024, 3, 4), date(2024, 5, 5), "growing"),
            span(date(2024, 5, 5), date(2024, 6, 1), "full green"),
            span(date(2024, 6, 1), date(2024, 7, 12), "ripening"),
        ],
        harvest: Some(span(date(2024, 7, 12), date(2024, 8, 2), "expected harvest")),
    }
}
