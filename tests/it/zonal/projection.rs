//! `crs` against GDAL's PROJ.

use croplens::crs::{points_to_lonlat, project, project_points, to_lonlat, utm_zone};
use croplens::grid::Epsg;
use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use geo::{Coord, MultiPolygon, Rect};

fn by_gdal(points: &[Coord<f64>], from: u32, to: u32) -> Vec<Coord<f64>> {
    let named = |code| {
        let mut crs = SpatialRef::from_epsg(code).unwrap();
        crs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        crs
    };
    let step = CoordTransform::new(&named(from), &named(to)).unwrap();
    let mut x: Vec<f64> = points.iter().map(|c| c.x).collect();
    let mut y: Vec<f64> = points.iter().map(|c| c.y).collect();
    step.transform_coords(&mut x, &mut y, &mut []).unwrap();
    x.into_iter().zip(y).map(|(x, y)| Coord { x, y }).collect()
}

fn farthest(a: &[Coord<f64>], b: &[Coord<f64>]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a.x - b.x).hypot(a.y - b.y)).fold(0.0, f64::max)
}

#[test]
fn utm_equals_gdal_in_every_zone_and_both_halves() {
    let mut worst: f64 = 0.0;
    for zone in 1..=60u32 {
        let middle = f64::from(zone) * 6.0 - 183.0;
        for (base, sign) in [(32600, 1.0), (32700, -1.0)] {
            // Sentinel-2 tiles reach past their zone: 4.5 degrees either side
            let points: Vec<Coord<f64>> = (0..60)
                .map(|i| {
                    let i = f64::from(i);
                    Coord { x: middle - 4.5 + 9.0 * i / 59.0, y: sign * (0.001 + (i * 7.3) % 80.0) }
                })
                .map(|c| Coord { x: c.x.clamp(-179.99, 179.99), y: c.y })
                .collect();
            let epsg = Epsg(base + zone);
            let metres = project_points(&points, epsg).unwrap();
            worst = worst.max(farthest(&metres, &by_gdal(&points, 4326, epsg.0)));
            let back = points_to_lonlat(&metres, epsg).unwrap();
            assert!(farthest(&back, &points) < 1e-11, "{epsg} does not come back");
        }
    }
    assert!(worst <= 1e-6, "worst {worst:e} m");
}

#[test]
fn other_systems_go_through_gdal_in_lon_lat_order() {
    // ETRS89 / LAEA Europe has northing first in its definition; ours is always x, y
    let laea = Epsg(3035);
    let metres = project_points(&[Coord { x: 10.0, y: 52.0 }], laea).unwrap();
    assert!(farthest(&metres, &[Coord { x: 4_321_000.0, y: 3_210_000.0 }]) < 1e-3, "{metres:?}");
    let back = points_to_lonlat(&metres, laea).unwrap();
    assert!(farthest(&back, &[Coord { x: 10.0, y: 52.0 }]) < 1e-9);
}

#[test]
fn an_outline_keeps_its_shape_of_rings() {
    let outer = Rect::new((34.70, -0.30), (34.72, -0.28)).to_polygon();
    let hole = Rect::new((34.705, -0.295), (34.71, -0.29)).to_polygon();
    let with_hole = geo::Polygon::new(outer.exterior().clone(), vec![hole.exterior().clone()]);
    let other = Rect::new((34.73, -0.30), (34.74, -0.28)).to_polygon();
    let shape = MultiPolygon(vec![with_hole, other]);
    let epsg = utm_zone(34.7, -0.29);
    assert_eq!(epsg, Epsg(32736));
    let metres = project(&shape, epsg).unwrap();
    let corner = project_points(&[hole.exterior().0[1]], epsg).unwrap();
    assert_eq!(metres.0[0].interiors()[0].0[1], corner[0]);
    let back = to_lonlat(&metres, epsg).unwrap();
    let flat = |m: &MultiPolygon<f64>| -> Vec<Coord<f64>> { geo::CoordsIter::coords_iter(m).collect() };
    assert!(farthest(&flat(&back), &flat(&shape)) < 1e-11);
    assert_eq!(project(&MultiPolygon(Vec::new()), Epsg(3035)).unwrap(), MultiPolygon(Vec::new()));
}
