//! The applications as files: `plots.geojson`, and extra plots drawn from the lattice.

use geo::{Area, BoundingRect, Centroid, ConvexHull, Coord, LineString, MultiPolygon, Validation};
use serde_json::{Value, json};

use crate::grid::Grid;

use super::dice::{Dice, node, unit};
use super::error::Error;
use super::landscape::ParcelId;
use super::place::ToLonLat;
use super::village::{Application, Cover, Drawn, Expect};
use super::world::World;

/// Central scale of UTM, and the radius used for its growth away from the central meridian, metres.
const UTM: (f64, f64) = (0.9996, 6_380_000.0);
/// Extra plots whose declaration is false.
const FALSE_DECLARATIONS: f64 = 0.05;
/// Least area of an extra plot, square metres.
const LEAST_M2: f64 = 1500.0;

/// Area on the ground of an outline drawn on the UTM plane, hectares.
pub(super) fn ground_area_ha(outline: &MultiPolygon<f64>) -> f64 {
    let x = outline.centroid().map_or(500_000.0, |c| c.x());
    let off = (x - 500_000.0) / UTM.0 / UTM.1;
    let scale = UTM.0 * (1.0 + off * off / 2.0);
    outline.unsigned_area() / (scale * scale) / 10_000.0
}

/// `count` plots on lattice parcels with annual crops, scattered over the grid.
pub(super) fn scattered(world: &World, grid: &Grid, count: usize) -> Vec<Application> {
    let mut found = Vec::new();
    let step = 100.0;
    let (cols, rows) = ((grid.width as f64 / 10.0) as i64, (grid.height as f64 / 10.0) as i64);
    let mut places: Vec<(u64, i64, i64)> = (0..rows)
        .flat_map(|r| (0..cols).map(move |c| (r, c)))
        .map(|(r, c)| (node(world.seed ^ 0x5CA7, r, c), r, c))
        .collect();
    places.sort_unstable();
    let mut taken = std::collections::BTreeSet::new();
    for (key, r, c) in places {
        if found.len() == count {
            break;
        }
        let id = world.land.parcel_at(grid.x0 + (c as f64 + 0.5) * step, grid.y0 - (r as f64 + 0.5) * step);
        let Cover::Rotation(crops) = world.cover(id) else { continue };
        if !matches!(id, ParcelId::Lattice { .. }) || !taken.insert(id) {
            continue;
        }
        let Some(outline) = world.land.outline(id, 2.5) else { continue };
        let inside_grid = outline.bounding_rect().is_some_and(|b| {
            b.min().x > grid.x0 && b.max().x < grid.x1() && b.min().y > grid.y1() && b.max().y < grid.y0
        });
        let (Some(middle), Some(crop)) = (outline.centroid(), crops.last()) else { continue };
        if !inside_grid || outline.unsigned_area() < LEAST_M2 {
            continue;
        }
        let honest = unit(key) >= FALSE_DECLARATIONS;
        let other = if crop.autumn { "maize" } else { "winter wheat" };
        found.push(Application {
            id: format!("SIM-{:05}", found.len() + 1),
            outline: MultiPolygon::new(vec![outline]),
            drawn: Drawn::Manual,
            declared: Some(if honest { crop.name } else { other }),
            expect: if honest { Expect::SupportsOrRefer } else { Expect::NotSupports },
            role: if honest {
                "field of the surrounding land"
            } else {
                "field declared with a crop it does not grow"
            },
            always_cloudy: false,
            inside: middle.into(),
        });
    }
    found
}

fn ring(line: &LineString<f64>, to: &ToLonLat) -> Result<Vec<[f64; 2]>, Error> {
    let mut points: Vec<[f64; 2]> = line.coords().map(|c| to.at(c.x, c.y)).collect::<Result<_, _>>()?;
    if points.first() != points.last() {
        points.extend(points.first().copied());
    }
    Ok(points)
}

/// RFC 7946 wants the outer ring counter-clockwise and holes clockwise.
fn turned(mut points: Vec<[f64; 2]>, counter_clockwise: bool) -> Vec<[f64; 2]> {
    let twice: f64 = points.windows(2).map(|w| w[0][0] * w[1][1] - w[1][0] * w[0][1]).sum();
    if (twice > 0.0) != counter_clockwise {
        points.reverse();
    }
    points
}

fn geometry(application: &Application, to: &ToLonLat) -> Result<Value, Error> {
    let parts = application
        .outline
        .iter()
        .map(|polygon| {
            let outer = turned(ring(polygon.exterior(), to)?, true);
            let mut rings = vec![outer];
            for hole in polygon.interiors() {
                rings.push(turned(ring(hole, to)?, false));
            }
            Ok(rings)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(match (application.drawn, parts.as_slice()) {
        (Drawn::Walked, [rings]) => json!({ "type": "LineString", "coordinates": rings.first() }),
        (_, [rings]) => json!({ "type": "Polygon", "coordinates": rings }),
        _ => json!({ "type": "MultiPolygon", "coordinates": parts }),
    })
}

/// One feature of `plots.geojson`.
pub(super) fn feature(
    application: &Application,
    world: &mut World,
    number: usize,
    to: &ToLonLat,
) -> Result<Value, Error> {
    let mut dice = Dice::new(world.seed ^ 0xAF, &[number as u64]);
    let meant = if application.outline.is_valid() {
        application.outline.clone()
    } else {
        MultiPolygon::new(vec![application.outline.convex_hull()])
    };
    let area_ha = ground_area_ha(&meant);
    let parcel = world.land.parcel_at(application.inside.x, application.inside.y);
    let last = world.life(parcel).cycles.last().copied();
    let method = match application.drawn {
        Drawn::Manual => "manual",
        Drawn::Walked => "driven",
        Drawn::Surveyed => "surveyed",
    };
    let year = world.years.1;
    let tens = (area_ha * 900.0 / 50.0).round().max(1.0) * 50.0;
    let mut properties = json!({
        "id": application.id,
        "collection": "croplens-demo",
        "determination:method": method,
        "determination:datetime": format!("{year}-02-{:02}T09:30:00Z", 1 + number % 27),
        "declared_area_ha": (area_ha * 100.0).round().max(1.0) / 100.0,
        "requested_amount": format!("{tens:.2}"),
        "currency": "EUR",
        "lender_ref": "lender-demo",
        "application_ref": format!("APP-{year}-{:05}", 1001 + number),
        "borrower_ref": format!("B-{:08x}", node(world.seed ^ 0xB0, number as i64, 0) as u32),
        "consent_ref": format!("CONSENT-{:05}", 501 + number),
        "consent_purpose": "crop loan appraisal",
        "consent_expires_at": format!("{}-12-31T23:59:59Z", year + 2),
    });
    if let Some(crop) = application.declared {
        properties["declared_crop"] = json!(crop);
        let sown = last.filter(|c| c.year == year && c.species.name == crop);
        if let Some(cycle) = sown {
            let said = cycle.sown as f64 + dice.normal(0.0, 2.0).round();
            properties["declared_sowing_date"] = json!(world.date_of(said.max(0.0) as usize).to_string());
        }
    }
    if application.drawn == Drawn::Walked {
        let tag = Coord {
            x: application.inside.x + dice.normal(0.0, 4.0),
            y: application.inside.y + dice.normal(0.0, 4.0),
        };
        let [lon, lat] = to.at(tag.x, tag.y)?;
        properties["gps_lon"] = json!(lon);
        properties["gps_lat"] = json!(lat);
        properties["gps_accuracy_m"] = json!(4.5);
    }
    Ok(json!({ "type": "Feature", "properties": properties, "geometry": geometry(application, to)? }))
}
