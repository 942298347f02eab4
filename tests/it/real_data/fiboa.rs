//! Real field outlines of many countries through `intake`, areas against the sets' own.
//!
//! Three areas are compared: the plot's (geodesic, WGS 84), the set's own attribute, and what GDAL gives
//! for the same outline in an equal-area projection centred on it. An attribute that is the area in a
//! national grid differs from the land by the grid's areal scale there (up to 0.2 % and more), so the ratio
//! equal-area / grid, from GDAL, is applied to it before the comparison.

use std::collections::BTreeMap;
use std::path::Path;

use croplens::intake::{self, Entry, Limits};
use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use gdal::vector::{Geometry, LayerAccess};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::data_set;

const HA: f64 = 10_000.0;
const ACRE: f64 = 4_046.856_422_4;

/// What the set's area attribute is, as its own numbers show.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Definition {
    /// Area in the set's own grid: compared after the grid's scale is taken out.
    Grid,
    /// Planar area in another system, named to PROJ (from, to): compared after its scale is taken out.
    Projected(&'static str, &'static str),
    /// Area on the ellipsoid or in an equal-area projection: compared as it is.
    Ground,
    /// Declared or measured otherwise (net of something, or of another outline): only reported.
    Other,
    /// No attribute.
    None,
}
use Definition::{Grid, Ground, Other, Projected};

struct Set {
    name: &'static str,
    /// File below `original/`; a part behind `!` is a path inside that archive.
    file: &'static str,
    /// Area attribute, its unit in square metres, and its last digit in that unit.
    area: Option<(&'static str, f64, f64)>,
    definition: Definition,
}

const fn set(
    name: &'static str,
    file: &'static str,
    area: Option<(&'static str, f64, f64)>,
    definition: Definition,
) -> Set {
    Set { name, file, area, definition }
}

#[rustfmt::skip]
const SETS: [Set; 30] = [
    set("Vietnam", "ai4sf/1_vietnam_areas.gpkg", None, Definition::None),
    set("Cambodia", "ai4sf/4_cambodia_areas.gpkg", None, Definition::None),
    set("Austria fields", "at/inspire_schlaege_2025-1_polygon.gpkg.zip!", Some(("SL_FLAECHE_BRUTTO_HA", HA, 1e-4)), Grid),
    set("Austria blocks", "at_block/inspire_referenzen_2021_polygon.gpkg.zip!", Some(("BRUTTOFLAECHE_HA", HA, 1e-4)), Grid),
    set("Flanders", "be_vlg/Landbouwgebruikspercelen_2023_-_Definitief_(extractie_28-03-2024)_GPKG.zip!", Some(("GRAF_OPP", HA, 1e-4)), Grid),
    set("Bulgaria", "bg/bg_arable_land_2024.zip!", Some(("AREA", 1.0, 1e-2)), Grid),
    set("Brazil LEM", "br_ba_lem/LEM_dataset.zip!", None, Definition::None),
    set("Switzerland", "ch/lwb_nutzungsflaechen_v2_0_lv95.gpkg", Some(("flaeche_m2", 1.0, 1.0)), Grid),
    set("Czechia", "cz/bd51ec4dea8697946b9a570a6b7c9fe587e2f8334cee74778d2339da43178d38!", None, Definition::None),
    set("Brandenburg", "de_bb/antrag.zip!", Some(("groesse", HA, 1e-4)), Grid),
    set("Schleswig-Holstein", "de_sh/Feldbloecke_2026_GPKG.zip!", Some(("Flaeche", HA, 1e-4)), Grid),
    set("Denmark", "dk/Marker_2026.zip!", Some(("IMK_areal", HA, 1e-2)), Other),
    set("Latvia EuroCrops", "ec_lv/LV_2021.zip!LV_2021/LV_2021_EC21.shp", Some(("SHAPE.AREA", 1.0, 1e-2)), Grid),
    // square metres, whatever the column is called
    set("Romania EuroCrops", "ec_ro/RO_ny.zip!RO/RO_ny_EC21.shp", Some(("AREA_HA", 1.0, 1e-4)), Grid),
    set("Slovenia EuroCrops", "ec_si/SI_2021.zip!", Some(("AREA", 1.0, 1.0)), Grid),
    set("Catalonia", "es_cat/Cultius_DUN2023_GPKG.zip!Cultius_DUN2023_GPKG/CULTIUS_DUN2023.gpkg", Some(("ha", HA, 1e-2)), Grid),
    set("Finland", "fi/LandUse.ExistingLandUse.GSAAAgriculturalParcel.gpkg", Some(("PINTA_ALA", HA, 1e-2)), Grid),
    set("Croatia", "hr/land_parcels.gpkg", Some(("area", 1.0, 1e-2)), Grid),
    set("Ireland", "ie/GSAA_2024.zip!", None, Definition::None),
    // a sphere of the mean radius; any equal-area projection of it
    set("India", "india_10k/india_10k.zip!", Some(("area", 1.0, 1e-9)), Projected("+proj=longlat +R=6371008.8", "+proj=cea +R=6371008.8")),
    set("Italy AI4B", "it_1/iti1_2023.parquet", Some(("area_ha", HA, 1e-8)), Ground),
    // near UTM 30 north, but some values are not of these outlines
    set("JECAM", "jecam/BD_JECAM_CIRAD_2023_feb.shp", Some(("Area_ha", HA, 1e-3)), Other),
    set("Japan", "jp/jp_field_polygons_2024.parquet", None, Definition::None),
    set("Latvia", "lv/1_100.xml", Some(("SHAPE.AREA", 1.0, 1e-2)), Grid),
    set("Netherlands", "nl/brpgewaspercelen_definitief_2023.gpkg", None, Definition::None),
    set("Netherlands blocks", "nl_block/referentiepercelen.gpkg", None, Definition::None),
    set("Slovakia", "sk/003b211508235a729804b1d7db871e8928250ed76d7058a36c73cb65a3c7d04c!HU2024_20240917shp/HU2024_20240917.shp", Some(("Shape_Area", 1.0, 1e-2)), Grid),
    set("Sweden", "se/se2023.zip!", Some(("faststalld", HA, 1e-2)), Other),
    set("California", "us_ca_scm/i15_crop_mapping_2023_provisional_20241127.gdb.zip!i15_Crop_Mapping_2023_Provisional_20241127.gdb", Some(("ACRES", ACRE, 1e-2)), Ground),
    set("USA CSB", "us_usda_cropland/NationalCSB_2017-2024_rev23.zip!NationalCSB_2017-2024_rev23/CSB1724.gdb", Some(("CSBACRES", ACRE, 1e-2)), Ground),
];

/// An outline as its set gives it.
struct Outline {
    /// In the set's own reference system.
    own: Geometry,
    /// WGS 84 longitude, latitude.
    lonlat: Geometry,
    /// The set's own area, square metres.
    area_m2: Option<f64>,
}

fn lonlat() -> SpatialRef {
    let mut system = SpatialRef::from_epsg(4326).unwrap();
    system.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    system
}

fn outlines(root: &Path, set: &Set) -> Vec<Outline> {
    let file = match set.file.split_once('!') {
        Some((archive, inner)) => format!("/vsizip/{{{}}}/{inner}", root.join(archive).display()),
        None => root.join(set.file).display().to_string(),
    };
    if file.ends_with(".parquet") {
        return parquet_outlines(&file, set);
    }
    let dataset = gdal::Dataset::open(file.trim_end_matches('/')).unwrap();
    let mut layer = dataset.layer(0).unwrap();
    let mut from = layer.spatial_ref().unwrap();
    from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    let to_lonlat = CoordTransform::new(&from, &lonlat()).unwrap();
    let mut found = Vec::new();
    for feature in layer.features() {
        let Some(geometry) = feature.geometry() else { continue };
        let area_m2 = set.area.and_then(|(field, unit, _)| {
            let index = feature.field_index(field).unwrap();
            Some(feature.field_as_double(index).unwrap()? * unit)
        });
        found.push(Outline {
            lonlat: geometry.transform(&to_lonlat).unwrap(),
            own: geometry.clone(),
            area_m2,
        });
    }
    found
}

/// GeoParquet, which this GDAL may not read: WKB and the reference system named in the file.
fn parquet_outlines(file: &str, set: &Set) -> Vec<Outline> {
    let reader = SerializedFileReader::new(std::fs::File::open(file).unwrap()).unwrap();
    let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let geo = metadata.iter().find(|entry| entry.key == "geo").unwrap().value.clone().unwrap();
    let geo: serde_json::Value = serde_json::from_str(&geo).unwrap();
    let column = geo["primary_column"].as_str().unwrap();
    let code = geo["columns"][column]["crs"]["id"]["code"].as_u64().unwrap();
    let mut from = SpatialRef::from_epsg(u32::try_from(code).unwrap()).unwrap();
    from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    let to_lonlat = CoordTransform::new(&from, &lonlat()).unwrap();
    let mut found = Vec::new();
    for row in reader.get_row_iter(None).unwrap() {
        let row = row.unwrap();
        let value =
            |name: &str| row.get_column_iter().find(|(found, _)| *found == name).map(|(_, value)| value);
        let Some(Field::Bytes(wkb)) = value(column) else { continue };
        let area_m2 = set.area.and_then(|(field, unit, _)| match value(field) {
            Some(Field::Double(area)) => Some(area * unit),
            _ => None,
        });
        let own = Geometry::from_wkb(wkb.data()).unwrap();
        found.push(Outline { lonlat: own.transform(&to_lonlat).unwrap(), own, area_m2 });
    }
    found
}

/// Lambert azimuthal equal-area projections by GDAL and PROJ, one for each square degree.
#[derive(Default)]
struct EqualArea(BTreeMap<(i32, i32), CoordTransform>);

impl EqualArea {
    /// Area of a lon/lat outline, square metres, in the projection centred near it.
    fn area(&mut self, outline: &Geometry) -> f64 {
        let bounds = outline.envelope();
        let (lon, lat) = (bounds.MinX.round() as i32, bounds.MinY.round() as i32);
        let projection = self.0.entry((lon, lat)).or_insert_with(|| {
            let centred = format!("+proj=laea +lat_0={lat} +lon_0={lon} +ellps=WGS84 +units=m +no_defs");
            CoordTransform::new(&proj("+proj=longlat +ellps=WGS84 +no_defs"), &proj(&centred)).unwrap()
        });
        outline.transform(projection).unwrap().area()
    }
}

fn proj(text: &str) -> SpatialRef {
    let mut system = SpatialRef::from_proj4(text).unwrap();
    system.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    system
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What one set came to.
#[derive(Default)]
struct Tally {
    plots: usize,
    refused: BTreeMap<&'static str, usize>,
    /// Largest relative difference to the equal-area projection.
    level: f64,
    /// Relative differences to the attribute: as given, and with its projection's scale taken out.
    raw: Vec<f64>,
    scaled: Vec<f64>,
    /// Plots further off than 0.1 % and half the attribute's last digit.
    far: usize,
}

fn tally(set: &Set, given: &[Outline]) -> Tally {
    let features: Vec<String> = given
        .iter()
        .map(|outline| {
            let geometry = outline.lonlat.json().unwrap();
            format!(r#"{{"type":"Feature","properties":{{"metrics:area":1}},"geometry":{geometry}}}"#)
        })
        .collect();
    let found = intake::read(features.join("\n").as_bytes(), &Limits::default()).unwrap();
    assert_eq!(found.entries.len(), given.len(), "{}", set.name);
    let mut tally = Tally::default();
    let mut equal_area = EqualArea::default();
    for (entry, outline) in found.entries.iter().zip(given) {
        let plot = match entry {
            Entry::Plot(plot) => plot,
            Entry::Rejected(rejection) => {
                for reason in &rejection.reasons {
                    *tally.refused.entry(reason.kind.code()).or_default() += 1;
                    if reason.kind == intake::Kind::Invalid {
                        assert!(!outline.lonlat.is_valid(), "{}: {}", set.name, reason.text);
                    }
                }
                continue;
            }
        };
        assert!(outline.lonlat.is_valid(), "{}: GEOS refuses {}", set.name, plot.id);
        tally.plots += 1;
        let level = equal_area.area(&outline.lonlat);
        tally.level = tally.level.max((plot.area_m2() / level - 1.0).abs());
        if let (Some(attribute), Some((_, unit, digit))) = (outline.area_m2, set.area)
            && attribute > 0.0
        {
            let scale = match set.definition {
                Grid => level / outline.own.area(),
                Projected(from, to) => {
                    let transform = CoordTransform::new(&proj(from), &proj(to)).unwrap();
                    level / outline.lonlat.transform(&transform).unwrap().area()
                }
                Ground | Other | Definition::None => 1.0,
            };
            tally.raw.push((plot.area_m2() / attribute - 1.0).abs());
            tally.scaled.push((plot.area_m2() / (attribute * scale) - 1.0).abs());
            let allowed = 1e-3 * plot.area_m2() + 0.5 * digit * unit;
            tally.far += usize::from((plot.area_m2() - attribute * scale).abs() > allowed);
        }
    }
    tally
}

#[test]
fn fields_of_many_countries_are_read_and_their_areas_agree() {
    let Some(root) = data_set("field_polygons_fiboa_20_countries") else { return };
    let root = root.join("original");
    let (mut all, mut compared, mut worst) = (0, 0, 0.0f64);
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    println!(
        "set: plots of outlines, refused; area against equal-area, worst; against the attribute, median"
    );
    for set in &SETS {
        let given = outlines(&root, set);
        assert!(!given.is_empty(), "{}", set.name);
        let mut found = tally(set, &given);
        all += given.len();
        worst = worst.max(found.level);
        for (code, count) in &found.refused {
            *refused.entry(code).or_default() += count;
        }
        print!(
            "{}: {} of {}, {:?}; {:.1e}; ",
            set.name,
            found.plots,
            given.len(),
            found.refused,
            found.level
        );
        let Some((field, ..)) = set.area else {
            println!("no area attribute");
            continue;
        };
        let count = found.scaled.len();
        println!(
            "{field} ({:?}): {:.4} % as given, {:.4} % on the ground; {} of {count} over 0.1 % and rounding",
            set.definition,
            100.0 * median(&mut found.raw),
            100.0 * median(&mut found.scaled),
            found.far
        );
        if set.definition != Other {
            compared += count;
            assert!(found.far * 50 <= count, "{}: {} of {count} areas differ", set.name, found.far);
        }
    }
    println!(
        "{all} outlines; {compared} areas compared; worst against equal-area {worst:.1e}; refused {refused:?}"
    );
    // Karney's area against GDAL's equal-area projection: edges are bent a little differently.
    assert!(worst < 2e-5);
    let known = ["GEOM_INVALID", "GEOM_SLIVER", "GEOM_TOO_COMPLEX", "GEOM_TOO_LARGE", "GEOM_TOO_SMALL"];
    assert!(refused.keys().all(|code| known.contains(code)), "{refused:?}");
    assert_eq!(refused.get("GEOM_INVALID"), Some(&5), "four of the USA, one of Slovakia; GEOS says the same");
}
