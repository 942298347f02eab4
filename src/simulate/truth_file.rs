//! `truth.json`: per plot what is true and what must be answered, per scene what was done to it.

use std::path::Path;

use geo::Coord;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::grid::Grid;

use super::acquisitions::{Files, Overpass, SceneFile};
use super::error::Error;
use super::item::Counts;
use super::place::TILES;
use super::plots::ground_area_ha;
use super::truth::{land_word, pairs, seasons};
use super::village::{Application, Cover, Expect};
use super::world::World;

/// Opacity up to which a sky counts as truly clear.
const CLEAR: f32 = 0.005;
/// Length of the step between the points of the true curve, days.
const CURVE_STEP: usize = 5;
/// How far around a plot the sky must be clear, metres.
const AROUND_M: f64 = 20.0;

fn on(grid: &Grid, p: Coord<f64>) -> bool {
    p.x > grid.x0 && p.x < grid.x1() && p.y > grid.y1() && p.y < grid.y0
}

/// Days (numbers) on which every corner of the plot was seen through a clear sky and can be read.
fn clear_days(
    application: &Application,
    world: &World,
    overpasses: &[Overpass],
    made: &[(usize, SceneFile, Counts)],
    grids: &[Grid],
) -> Vec<usize> {
    let corners: Vec<Coord<f64>> = application
        .outline
        .iter()
        .flat_map(|p| p.exterior().coords())
        .flat_map(|c| {
            [(0.0, 0.0), (AROUND_M, 0.0), (-AROUND_M, 0.0), (0.0, AROUND_M), (0.0, -AROUND_M)]
                .map(|(dx, dy)| Coord { x: c.x + dx, y: c.y + dy })
        })
        .chain([application.inside])
        .collect();
    let readable = |n: usize, p: Coord<f64>| {
        made.iter().any(|(o, s, _)| *o == n && s.files == Files::Whole && on(&grids[s.tile], p))
    };
    (0..overpasses.len())
        .filter(|n| {
            let o = &overpasses[*n];
            let snow = world.weather.get(o.day).is_some_and(|w| w.snow > 0.05);
            !snow
                && readable(*n, application.inside)
                && corners.iter().all(|c| {
                    let sky = o.sky.above(c.x, c.y);
                    o.sees(c.x, c.y) && sky.cloud <= CLEAR && sky.shadow <= CLEAR && sky.veil <= CLEAR
                })
        })
        .map(|n| overpasses[n].day)
        .collect()
}

fn plot(
    application: &Application,
    world: &mut World,
    overpasses: &[Overpass],
    made: &[(usize, SceneFile, Counts)],
    grids: &[Grid],
    as_of: Date,
) -> Value {
    let id = world.land.parcel_at(application.inside.x, application.inside.y);
    let cover = world.cover(id);
    let curve = world.true_ndvi(id);
    let cycles = world.life(id).cycles.clone();
    let clear = clear_days(application, world, overpasses, made, grids);
    let last_day = super::world::day_index(world.first_day, as_of);
    let first = overpasses.first().map_or(0, |o| o.day);
    let last_crop = cycles.iter().rev().find(|c| c.year == world.years.1);
    let grown = match &cover {
        Cover::Lasting(land) => land_word(*land),
        Cover::Rotation(_) => last_crop.map_or("nothing", |c| c.species.name),
    };
    // what can be known from above, not what is: a plot nobody can see has no answer
    let visible =
        matches!(application.expect, Expect::Supports | Expect::SupportsOrRefer | Expect::NotSupports);
    let mut dated = seasons(world, &cover, &cycles, &curve, &clear, (first, last_day));
    let flooded = application.expect == Expect::Refer && !application.always_cloudy;
    if flooded && let Some(season) = dated.last_mut() {
        // the water cuts the curve short: its maximum and fall are no dates of the crop
        for event in ["pos", "senescence50", "eos"] {
            season[event] = Value::Null;
        }
    }
    let shown = pairs(world, &curve, (first..=last_day).step_by(CURVE_STEP));
    json!({
        "id": application.id,
        "role": application.role,
        "status_in": application.expect.statuses(),
        "declared_crop": application.declared,
        "grows": grown,
        "cropped": last_crop.is_some(),
        "can_be_told": visible,
        "area_ha": (application.expect != Expect::NotAppraised)
            .then(|| (ground_area_ha(&application.outline) * 1e4).round() / 1e4),
        "inside_utm": [(application.inside.x * 100.0).round() / 100.0, (application.inside.y * 100.0).round() / 100.0],
        "flood": flooded.then(|| {
            let flood = world.flood();
            json!({ "from": world.date_of(flood.day).to_string(),
                    "to": world.date_of(flood.day + flood.days).to_string() })
        }),
        "seasons": dated,
        "clear": pairs(world, &curve, clear.iter().copied())
            .into_iter().map(|(d, v)| json!([d.to_string(), v])).collect::<Vec<_>>(),
        "ndvi": {
            "from": world.date_of(first).to_string(),
            "step_days": CURVE_STEP,
            "values": shown.into_iter().map(|p| p.1).collect::<Vec<_>>(),
        },
    })
}

fn scene(overpass: &Overpass, scene: &SceneFile, counts: &Counts) -> Value {
    let total = counts.class.iter().sum::<u64>().max(1) as f64;
    let clear = (counts.class[4] + counts.class[5] + counts.class[6]) as f64 / total;
    json!({
        "id": scene.id,
        "date": overpass.date.to_string(),
        "collection": scene.archive.collection(),
        "tile": TILES[scene.tile].code(),
        "dn_offset": scene.dn_offset(),
        "files": match scene.files {
            Files::Whole => "whole".to_owned(),
            Files::Jp2Only => "jp2_only".to_owned(),
            Files::Without(band) => format!("without_{band}"),
        },
        "clear_fraction": (clear * 1000.0).round() / 1000.0,
    })
}

/// Writes the file.
pub(super) fn write(
    path: &Path,
    world: &mut World,
    applications: &[Application],
    overpasses: &[Overpass],
    made: &[(usize, SceneFile, Counts)],
    grids: &[Grid],
    as_of: Date,
) -> Result<(), Error> {
    let about = json!({
        "made_by": "croplens simulate",
        "seed": world.seed,
        "harvest_years": [world.years.0, world.years.1],
        "as_of": as_of.to_string(),
        "definitions": "sos, pos, eos: HR-VPP (25 % of the rise, maximum, 15 % of the fall) on the daily \
            NDVI in the middle of the field without sky, noise and blur; tolerance_days: half the gap between \
            truly clear dates around the event, plus the days in which the curve moves by 0.05, plus 6; \
            pos.from and pos.to: days within 0.03 of the maximum; clear: [date, NDVI] where the whole plot \
            lay under a clear sky; dn_offset: what the pixels of the scene carry.",
    });
    let scenes: Vec<Value> = made.iter().map(|(n, s, c)| scene(&overpasses[*n], s, c)).collect();
    let rows: Vec<Value> =
        applications.iter().map(|a| plot(a, world, overpasses, made, grids, as_of)).collect();
    let text = |value: &Value| serde_json::to_string(value).map_err(super::json_error(path));
    let scene_lines = scenes.iter().map(text).collect::<Result<Vec<_>, _>>()?.join(",\n");
    let head = format!("{{\"about\":{},\n\"scenes\":[\n{scene_lines}\n],\n\"plots\":", text(&about)?);
    super::write_lines(path, &head, &rows)
}
