//! What a question to the ensemble costs: processor time of this thread, so other work on the machine counts little.
//!
//! `cargo bench --bench rooms ensemble` measures the same with more care; this is the figure beside the others.

use std::hint::black_box;
use std::time::Instant;

use jiff::civil::date;

use crate::crop::ensemble::{Question, Unit, View};
use crate::crop::scores::quantile;
use crate::series::plus_days;

use super::{Goal, Instruments, Line, figure};

/// Clear dates of a season.
const DATES: [usize; 3] = [12, 24, 40];
/// Batches of questions; the first warms up and does not count. A batch is long beside the system's own tick.
const BATCHES: usize = 13;
const BATCH: usize = 10;

pub(super) fn measure(tools: &Instruments) -> Vec<Line> {
    (DATES.iter())
        .map(|count| {
            let spent = spent(*count, tools);
            // A processor shared with other work is slower than one alone: the least is nearest to the latter, the median
            // is what was paid, and the verdict is on that.
            let (least, middle) = (quantile(&spent, 0.0), quantile(&spent, 0.5));
            let text = format!("{}, {}", figure(least, 1), figure(middle, 1));
            let what = format!(
                "a plot-season, five indices, {count} dates: ms, least and median of batches of {BATCH}"
            );
            let line = Line::new(what, spent.len(), text, "5 on the way");
            if *count == 40 { line.toward(Goal::Cost, middle) } else { line }
        })
        .collect()
}

/// Milliseconds of a question in each batch.
fn spent(count: usize, tools: &Instruments) -> Vec<f64> {
    let (lat, lon) = (46.6, 0.4);
    let views = views(count);
    let zones = tools.profiles.zones_at(lat, lon);
    let question = Question {
        views: &views,
        as_of: date(2023, 10, 20),
        latitude: Some(lat),
        zones: &zones,
        window: Some((date(2022, 9, 18), date(2023, 11, 22))),
        declared_crop: Some("winter wheat"),
        declared_sowing: None,
        unit: Unit::Field,
        shares: None,
        crops: &[],
    };
    let all = (0..BATCHES).map(|_| {
        let before = now();
        for _ in 0..BATCH {
            black_box(tools.ensemble.answer(black_box(&question), &tools.profiles, &tools.rules));
        }
        1e3 * (now() - before) / BATCH as f64
    });
    all.skip(1).collect()
}

/// Seconds of processor time of this thread where the system tells them, else of the clock.
fn now() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat");
    let nanos = told.ok().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanos.map_or_else(
        || {
            static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
            START.get_or_init(Instant::now).elapsed().as_secs_f64()
        },
        |n| n / 1e9,
    )
}

/// Clear dates of a winter crop, unevenly spread.
fn views(count: usize) -> Vec<View> {
    let step = |x: f64| 1.0 / (1.0 + (-x).exp());
    (0..count)
        .map(|k| {
            let uneven = (k * 37 % 11) as f64 / 11.0;
            let day = 400.0 * (k as f64 + 0.8 * uneven) / count as f64;
            let green = step((day - 190.0) / 11.0) - step((day - 285.0) / 9.0);
            let noise = 0.03 * ((k * 53 % 17) as f64 / 17.0 - 0.5);
            View {
                date: plus_days(date(2022, 9, 18), day as i32),
                ndvi: 0.25 + 0.6 * green + noise,
                lswi: Some(-0.05 + 0.45 * green + noise),
                ndyi: Some(0.2 + 0.05 * green + noise),
                nir: Some(0.23 + 0.18 * green + 0.5 * noise),
                red_edge: Some(0.05 + 0.11 * green + 0.3 * noise),
                blue: Some(0.05 - 0.02 * green),
            }
        })
        .collect()
}
