//! STAC items in the words of Earth Search v1, and the static catalog around them.

use serde_json::{Map, Value, json};

use crate::band::Band;
use crate::grid::Grid;

use super::acquisitions::{Archive, Files, Overpass, SceneFile};
use super::error::Error;
use super::place::{EPSG, LAT_DEG, TILES, ToLonLat};
use super::sky::sun;

/// Media type of the archive's rasters.
const COG_TYPE: &str = "image/tiff; application=geotiff; profile=cloud-optimized";

/// Shares of scene classes, counted while a scene was made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Pixels of each scene class.
    pub(super) class: [u64; 12],
}

impl Counts {
    fn all(&self) -> f64 {
        self.class.iter().sum::<u64>() as f64
    }

    /// Percent of all pixels without data.
    fn nodata_percent(&self) -> f64 {
        round6(100.0 * self.class[0] as f64 / self.all().max(1.0))
    }

    /// Percent of the valid pixels under cloud of any kind.
    fn cloud_percent(&self) -> f64 {
        let cloudy = self.class[8] + self.class[9] + self.class[10];
        let valid = self.all() - self.class[0] as f64;
        round6(100.0 * cloudy as f64 / valid.max(1.0))
    }
}

fn round6(v: f64) -> f64 {
    (v * 1e6).round() / 1e6
}

impl Archive {
    /// Collection id.
    pub(super) fn collection(self) -> &'static str {
        match self {
            Archive::L2a => "sentinel-2-l2a",
            Archive::Collection1 => "sentinel-2-c1-l2a",
        }
    }

    /// Folder of the collection: bucket and prefix, as the archive has them.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Archive::L2a => "sentinel-cogs/sentinel-s2-l2a-cogs",
            Archive::Collection1 => "e84-earth-search-sentinel-data/sentinel-2-c1-l2a",
        }
    }
}

impl SceneFile {
    /// Folder of the scene under the collection's: `31/T/CN/2021/4/<id>`, month without leading zero.
    pub(super) fn folder(&self, overpass: &Overpass) -> String {
        let (zone, band, square) = TILES[self.tile].name;
        format!("{zone}/{band}/{square}/{}/{}/{}", overpass.date.year(), overpass.date.month(), self.id)
    }
}

/// Outline of what the scene shows, lon/lat: the raster, cut by the swath.
fn footprint(grid: &Grid, overpass: &Overpass, to: &ToLonLat) -> Result<Vec<[f64; 2]>, Error> {
    let corners = [(grid.x0, grid.y0), (grid.x0, grid.y1()), (grid.x1(), grid.y1()), (grid.x1(), grid.y0)];
    let mut ring = Vec::new();
    for (n, a) in corners.iter().enumerate() {
        let b = corners[(n + 1) % 4];
        let (sees_a, sees_b) = (overpass.sees(a.0, a.1), overpass.sees(b.0, b.1));
        if sees_a {
            ring.push(*a);
        }
        if sees_a != sees_b {
            // halve until the swath edge is known to a centimetre
            let (mut low, mut high) = (0.0, 1.0);
            let at = |t: f64| (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
            for _ in 0..30 {
                let mid = f64::midpoint(low, high);
                let p = at(mid);
                if overpass.sees(p.0, p.1) == sees_a { low = mid } else { high = mid }
            }
            ring.push(at(low));
        }
    }
    let mut out = ring.iter().map(|p| to.at(p.0, p.1)).collect::<Result<Vec<_>, _>>()?;
    out.extend(out.first().copied());
    Ok(out)
}

fn asset(scene: &SceneFile, grid: &Grid, band: Band) -> Value {
    let facts = band.facts();
    let size = (grid.width as f64 * grid.dx / facts.gsd_m).round() as u64;
    let classes = band == Band::Scl;
    let mut raster = json!({
        "nodata": 0,
        "data_type": if classes { "uint8" } else { "uint16" },
        "spatial_resolution": facts.gsd_m as u32,
    });
    if !classes {
        raster["scale"] = json!(0.0001);
        raster["offset"] = json!(scene.declared_offset());
    }
    let mut out = json!({
        "href": format!("./{}.tif", facts.name),
        "type": COG_TYPE,
        "proj:shape": [size, size],
        "proj:transform": [facts.gsd_m, 0, grid.x0, 0, -facts.gsd_m, grid.y0],
        "raster:bands": [raster],
        "roles": if classes { json!(["data"]) } else { json!(["data", "reflectance"]) },
    });
    if !classes {
        out["gsd"] = json!(facts.gsd_m as u32);
        out["eo:bands"] = json!([{
            "name": if scene.archive == Archive::L2a { facts.common_name } else { facts.name },
            "common_name": facts.common_name,
            "center_wavelength": facts.centre_nm / 1000.0,
        }]);
    }
    out
}

/// The STAC item of one scene. `None` when the scene shows nothing of the raster.
pub(super) fn item(
    scene: &SceneFile,
    overpass: &Overpass,
    grid: &Grid,
    bands: &[Band],
    counts: &Counts,
    to: &ToLonLat,
) -> Result<Option<Value>, Error> {
    let ring = footprint(grid, overpass, to)?;
    if ring.len() < 4 {
        return Ok(None);
    }
    let fold = |pick: usize, f: fn(f64, f64) -> f64, start: f64| ring.iter().map(|p| p[pick]).fold(start, f);
    let bbox = [
        fold(0, f64::min, f64::INFINITY),
        fold(1, f64::min, f64::INFINITY),
        fold(0, f64::max, f64::NEG_INFINITY),
        fold(1, f64::max, f64::NEG_INFINITY),
    ];
    let (zone, band, square) = TILES[scene.tile].name;
    let (azimuth, zenith) = sun(f64::from(overpass.date.day_of_year()), LAT_DEG);
    let take = overpass.datetime_text().replace([':', '-'], "");
    let take = take.get(..15).unwrap_or(&take);
    let letter = overpass.satellite.to_ascii_uppercase();
    let mut properties = json!({
        "datetime": overpass.datetime_text(),
        "platform": format!("sentinel-2{}", overpass.satellite),
        "constellation": "sentinel-2",
        "instruments": ["msi"],
        "eo:cloud_cover": counts.cloud_percent(),
        "proj:epsg": EPSG.0,
        "mgrs:utm_zone": zone,
        "mgrs:latitude_band": band,
        "mgrs:grid_square": square,
        "grid:code": format!("MGRS-{zone}{band}{square}"),
        "view:sun_azimuth": round6(azimuth),
        "view:sun_elevation": round6(90.0 - zenith),
        "s2:nodata_pixel_percentage": counts.nodata_percent(),
        "s2:processing_baseline": scene.baseline,
        "s2:datatake_id": format!("GS2{letter}_{take}_{:03}_N{}", overpass.orbit, scene.baseline),
        "s2:product_type": "S2MSI2A",
    });
    if let Some(applied) = scene.boa_offset_applied() {
        properties["earthsearch:boa_offset_applied"] = json!(applied);
        properties["s2:sequence"] = json!(scene.sequence.to_string());
    }
    let mut assets = Map::new();
    for b in bands {
        if scene.files == Files::Without(*b) {
            continue;
        }
        let mut a = asset(scene, grid, *b);
        let key = b.facts().common_name;
        if scene.files == Files::Jp2Only {
            let date = overpass.date;
            a["href"] = json!(format!(
                "s3://sentinel-s2-l2a/tiles/{zone}/{band}/{square}/{}/{}/{}/0/{}.jp2",
                date.year(),
                date.month(),
                date.day(),
                b.name()
            ));
            a["type"] = json!("image/jp2");
            assets.insert(format!("{key}-jp2"), a);
        } else {
            assets.insert(key.to_owned(), a);
        }
    }
    Ok(Some(json!({
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [
            "https://stac-extensions.github.io/eo/v1.1.0/schema.json",
            "https://stac-extensions.github.io/grid/v1.1.0/schema.json",
            "https://stac-extensions.github.io/mgrs/v1.0.0/schema.json",
            "https://stac-extensions.github.io/projection/v1.1.0/schema.json",
            "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
            "https://stac-extensions.github.io/view/v1.0.0/schema.json",
        ],
        "id": scene.id,
        "collection": scene.archive.collection(),
        "geometry": { "type": "Polygon", "coordinates": [ring] },
        "bbox": bbox,
        "properties": properties,
        "links": [
            { "rel": "self", "type": "application/geo+json", "href": format!("./{}.json", scene.id) },
            { "rel": "collection", "type": "application/json", "href": "../../../../../../collection.json" },
            { "rel": "root", "type": "application/json", "href": "../../../../../../../../catalog.json" },
        ],
        "assets": assets,
    })))
}

/// The collection document of one archive folder; `items` are paths from it.
pub(super) fn collection(archive: Archive, items: &[String], bbox: [f64; 4], span: [String; 2]) -> Value {
    let mut links = vec![
        json!({ "rel": "root", "type": "application/json", "href": "../../catalog.json" }),
        json!({ "rel": "parent", "type": "application/json", "href": "../../catalog.json" }),
    ];
    links.extend(items.iter().map(|i| json!({ "rel": "item", "type": "application/geo+json", "href": i })));
    json!({
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": archive.collection(),
        "title": "Simulated scenes in the layout of the public Sentinel-2 archive",
        "description": "Made by `croplens simulate`. Not satellite data.",
        "license": "Apache-2.0",
        "extent": { "spatial": { "bbox": [bbox] }, "temporal": { "interval": [span] } },
        "links": links,
    })
}

/// The root catalog over these archive folders.
pub(super) fn root(archives: &[Archive]) -> Value {
    let children = archives.iter().map(|a| {
        json!({ "rel": "child", "type": "application/json", "href": format!("./{}/collection.json", a.folder()) })
    });
    let mut links = vec![json!({ "rel": "root", "type": "application/json", "href": "./catalog.json" })];
    links.extend(children);
    json!({
        "type": "Catalog",
        "stac_version": "1.0.0",
        "id": "croplens-simulated",
        "title": "Simulated Sentinel-2 scenes with a known truth",
        "description": "Made by `croplens simulate`. Not satellite data.",
        "links": links,
    })
}
