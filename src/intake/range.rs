//! Whether positions can be places on land that Sentinel-2 maps, before any geometry is done with them.

use geo::Coord;

use super::defect::{Defect, Kind, Place, said};
use super::limits::Limits;
use super::ring::{Ring, metres};

/// Beyond any spelling of degrees (0 to 360 included): such numbers are metres of a projection.
const SURELY_NOT_DEGREES: f64 = 360.0;
/// Where the UTM grids of Sentinel-2 tiles end, degrees north and south.
const UTM_NORTH: f64 = 84.0;
const UTM_SOUTH: f64 = -80.0;

/// Checks all positions of an outline, then its edges, then how far it stretches.
pub(super) fn check(parts: &[Vec<Ring>], limits: &Limits) -> Result<(), Defect> {
    degrees(parts)?;
    land(parts)?;
    edges(parts)?;
    extent(parts, limits)
}

/// Every position with its place.
fn positions(parts: &[Vec<Ring>]) -> impl Iterator<Item = (Coord<f64>, Place)> + '_ {
    parts.iter().enumerate().flat_map(|(part, rings)| {
        rings.iter().enumerate().flat_map(move |(ring, positions)| {
            let places = positions.points.iter().zip(&positions.given);
            places.map(move |(at, given)| (*at, Place::new(*at, (part, ring, *given))))
        })
    })
}

fn degrees(parts: &[Vec<Ring>]) -> Result<(), Defect> {
    let fits = |at: Coord<f64>| at.x.abs() <= 180.0 && at.y.abs() <= 90.0;
    let Some((at, place)) = positions(parts).find(|(at, _)| !fits(*at)) else { return Ok(()) };
    if positions(parts).any(|(at, _)| at.x.abs() > SURELY_NOT_DEGREES || at.y.abs() > SURELY_NOT_DEGREES) {
        let said = said!(
            "The coordinates look like metres of a map projection; expected longitude, latitude in degrees \
             (convert with ogr2ogr -t_srs EPSG:4326),",
            "坐标疑似为地图投影的米制坐标，应为以度为单位的经度、纬度（可用ogr2ogr -t_srs EPSG:4326转换）"
        );
        return Err(Defect::at(Kind::OutOfRange, place, said));
    }
    if positions(parts).all(|(at, _)| fits(Coord { x: at.y, y: at.x })) {
        let said = said!(
            "Coordinates look like latitude,longitude; expected longitude,latitude,",
            "坐标疑似为“纬度,经度”，应为“经度,纬度”"
        );
        return Err(Defect::at(Kind::AxisSwapped, place, said));
    }
    if positions(parts).all(|(at, _)| at.y.abs() <= 90.0) {
        let said = said!(
            "Longitudes run from -180 to 180; write a plot across the 180° meridian as a MultiPolygon split there,",
            "经度范围为-180至180；跨越180°经线的地块请在该处分割为MultiPolygon"
        );
        let kind = if at.x.abs() < 190.0 { Kind::Antimeridian } else { Kind::OutOfRange };
        return Err(Defect::at(kind, place, said));
    }
    let said = said!(
        "A position is not on Earth (longitude -180 to 180, latitude -90 to 90),",
        "某个位置不在地球上（经度-180至180，纬度-90至90）"
    );
    Err(Defect::at(Kind::OutOfRange, place, said))
}

fn land(parts: &[Vec<Ring>]) -> Result<(), Defect> {
    for (at, place) in positions(parts) {
        if at.x == 0.0 && at.y == 0.0 {
            let said = said!(
                "A position is 0,0, which lies in the sea: a phone writes it when it has no fix,",
                "某个位置为0,0，位于海上：手机未定位时会写入该值"
            );
            return Err(Defect::at(Kind::NotOnLand, place, said));
        }
        if !(UTM_SOUTH..=UTM_NORTH).contains(&at.y) {
            let said = said!(
                "The plot lies outside the area Sentinel-2 maps (80° south to 84° north),",
                "地块位于哨兵二号测绘范围（南纬80°至北纬84°）之外"
            );
            return Err(Defect::at(Kind::OutOfCoverage, place, said));
        }
    }
    Ok(())
}

/// No edge of a plot is half the Earth long: such an edge goes the other way, over the 180° meridian.
fn edges(parts: &[Vec<Ring>]) -> Result<(), Defect> {
    for (part, rings) in parts.iter().enumerate() {
        for (ring, positions) in rings.iter().enumerate() {
            if let Some((at, _, given)) = positions.edges().find(|(a, b, _)| (a.x - b.x).abs() > 180.0) {
                let said = said!(
                    "The plot outline crosses the 180° meridian (or spans the world): split it there into a \
                     MultiPolygon,",
                    "地块边界跨越180°经线（或环绕全球）：请在该处分割为MultiPolygon"
                );
                return Err(Defect::at(Kind::Antimeridian, Place::new(at, (part, ring, given)), said));
            }
        }
    }
    Ok(())
}

fn extent(parts: &[Vec<Ring>], limits: &Limits) -> Result<(), Defect> {
    let far_east = positions(parts).any(|(at, _)| at.x > 90.0);
    let far_west = positions(parts).any(|(at, _)| at.x < -90.0);
    // A plot split at the 180° meridian is measured across it.
    let shift = |x: f64| if far_east && far_west && x < 0.0 { x + 360.0 } else { x };
    let (mut low, mut high) = (Coord { x: f64::MAX, y: f64::MAX }, Coord { x: f64::MIN, y: f64::MIN });
    for (at, _) in positions(parts) {
        low = Coord { x: low.x.min(shift(at.x)), y: low.y.min(at.y) };
        high = Coord { x: high.x.max(shift(at.x)), y: high.y.max(at.y) };
    }
    // A degree is at most 111.7 km: what cannot be too large is not measured.
    if 111.7 * (high.x - low.x).hypot(high.y - low.y) <= limits.max_extent_km {
        return Ok(());
    }
    let unshift = |x: f64| if x > 180.0 { x - 360.0 } else { x };
    let diagonal =
        |width: f64| metres(Coord { x: 0.0, y: low.y }, Coord { x: width.min(180.0), y: high.y }) / 1000.0;
    let km = diagonal(high.x - low.x);
    if km <= limits.max_extent_km {
        return Ok(());
    }
    let place = Place::new(Coord { x: unshift(low.x), y: low.y }, (0, 0, 0));
    let most = limits.max_extent_km;
    let said = said!(
        "The plot stretches over {km:.0} km; the limit for one plot is {most} km (a position may be wrong)",
        "地块跨度达{km:.0} km，单个地块的上限为{most} km（可能有位置错误）"
    );
    Err(Defect { place: Some(place), ..Defect::new(Kind::TooLarge, said) })
}
