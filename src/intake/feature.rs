//! One feature: its id, its properties and its outline, or everything that is wrong with it.

use std::collections::BTreeMap;

use geo::{Coord, MultiPolygon};
use serde::de::IgnoredAny;

use super::defect::{Defect, Kind, Said, said};
use super::limits::Limits;
use super::object::{self, What};
use super::personal::{self, Personal};
use super::properties::{self, Fix, Properties};
use super::{coordinates, measure, range, reference_system, split, validity};
use crate::plot::{Plot, PlotId, Repair, Size, outline_sha256};

/// What a feature came to, before ids are held against each other.
#[derive(Debug)]
pub(super) struct Draft {
    /// The id as given, or `feature-<position>`.
    pub id: PlotId,
    /// Properties that could be read.
    pub properties: Properties,
    /// The plot, or what is wrong.
    pub outcome: Result<Outline, Vec<Defect>>,
}

/// A good outline and its measures.
#[derive(Debug)]
pub(super) struct Outline {
    geometry: MultiPolygon<f64>,
    geometry_sha256: String,
    repairs: Vec<Repair>,
    size: Size,
}

impl Outline {
    /// The plot of this outline.
    pub(super) fn into_plot(self, id: PlotId, position: usize, properties: Properties) -> Plot {
        let gps = properties.fix.map(|fix| measure::gps_tag(fix, &self.geometry));
        Plot {
            id,
            position,
            geometry_sha256: self.geometry_sha256,
            geometry: self.geometry,
            size: self.size,
            repairs: self.repairs,
            collection: properties.collection,
            determination_method: properties.determination_method,
            determination_datetime: properties.determination_datetime,
            gps,
            declared: properties.declared,
            references: properties.references,
        }
    }
}

/// A GPS fix this near the outline read the other way round, and farther than [`SWAP_FAR_M`] from it as
/// given, shows that the axes are swapped. Metres: wider than any plot walk, narrower than a district.
const SWAP_NEAR_M: f64 = 10_000.0;
const SWAP_FAR_M: f64 = 100_000.0;

const FEATURE_MEMBERS: [&str; 6] = ["type", "id", "geometry", "properties", "bbox", "crs"];

/// Reads one feature. `crs` is the collection's `crs` member.
pub(super) fn read(
    text: &str,
    position: usize,
    crs: Option<&str>,
    limits: &Limits,
    personal: Personal,
    names: &mut personal::Names,
) -> Draft {
    let mut draft = Draft {
        id: PlotId::from_position(position),
        properties: Properties::default(),
        outcome: Err(Vec::new()),
    };
    let mut defects = Vec::new();
    match members(text, limits, &mut defects) {
        Ok(Members { geometry, properties, id }) => {
            let (properties, mut held) = property_values(properties, names, &mut defects);
            let id = id.filter(|raw| {
                let of_a_person = personal::held_in(raw);
                if of_a_person {
                    held.like_a_mobile |= personal::is_like_a_mobile(raw);
                    if !held.names.iter().any(|name| name == "id") {
                        held.names.push("id".to_owned());
                    }
                }
                !of_a_person
            });
            if personal == Personal::Refuse && !held.names.is_empty() {
                defects.push(personal_defect(&held));
            }
            match identity(id, &properties) {
                Ok(Some(id)) => draft.id = id,
                Ok(None) => {}
                Err(defect) => defects.push(defect),
            }
            let personal = held.names.len();
            draft.properties = Properties { personal, ..properties::read(&properties, &mut defects) };
            if defects.iter().all(|defect| defect.kind != Kind::FeatureInvalid) {
                match crs
                    .map_or(Ok(()), reference_system::check)
                    .and_then(|()| outline(geometry.unwrap_or("null"), draft.properties.fix, limits))
                {
                    Ok(outline) if defects.is_empty() => {
                        draft.outcome = Ok(outline);
                        return draft;
                    }
                    Ok(_) => {}
                    Err(defect) => defects.push(defect),
                }
            }
        }
        Err(defect) => defects.push(defect),
    }
    draft.outcome = Err(defects);
    draft
}

/// The members of a feature that are read, as JSON text.
struct Members<'a> {
    geometry: Option<&'a str>,
    properties: Option<&'a str>,
    id: Option<&'a str>,
}

/// Takes a feature (or a bare geometry) apart. Broken JSON is a defect, but the id is still looked for.
fn members<'a>(text: &'a str, limits: &Limits, defects: &mut Vec<Defect>) -> Result<Members<'a>, Defect> {
    let invalid = |said: Said| Defect::new(Kind::FeatureInvalid, said);
    if !text.starts_with('{') {
        return Err(invalid(said!("The feature is not a JSON object", "该条目不是JSON对象")));
    }
    let depth = split::depth(text);
    if depth > limits.max_depth {
        let limit = limits.max_depth;
        return Err(invalid(said!(
            "The feature is nested {depth} levels deep; the limit is {limit}",
            "该条目嵌套{depth}层，上限为{limit}层"
        )));
    }
    if let Err(cause) = serde_json::from_str::<IgnoredAny>(text) {
        let (line, column) = (cause.line(), cause.column());
        let what = cause.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        defects.push(invalid(said!(
            "The feature is not valid JSON: {what} (its line {line}, column {column}); NaN, Infinity, hexadecimal \
             numbers and comments are not JSON",
            "该条目不是有效的JSON（其第{line}行第{column}列）；NaN、Infinity、十六进制数和注释都不属于JSON"
        )));
    }
    let found = object::once(text, What::Feature, &FEATURE_MEMBERS)?;
    let get = |name: &str| found.get(name).copied();
    let kind = get("type").and_then(|raw| serde_json::from_str::<String>(raw).ok());
    match kind.as_deref() {
        Some("Feature") => {
            if let Some(crs) = get("crs") {
                reference_system::check(crs)?;
            }
            Ok(Members { geometry: get("geometry"), properties: get("properties"), id: get("id") })
        }
        Some("FeatureCollection") => Err(invalid(said!(
            "A FeatureCollection inside a list of features",
            "条目列表中出现了FeatureCollection"
        ))),
        Some(_) if found.contains_key("coordinates") || found.contains_key("geometries") => {
            Ok(Members { geometry: Some(text), properties: None, id: None })
        }
        Some(_) => Err(invalid(said!("The feature's type is not \"Feature\"", "该条目的类型不是“Feature”"))),
        None => Err(invalid(said!("The feature has no \"type\":\"Feature\"", "该条目没有“type”:“Feature”"))),
    }
}

/// What of a feature is data of a person.
#[derive(Debug, Default)]
struct Held {
    /// The properties.
    names: Vec<String>,
    /// Whether one of them holds a number that is like a mobile phone's, and may be another.
    like_a_mobile: bool,
}

/// The values of the properties that are read, without personal ones, and what those are.
fn property_values<'a>(
    text: Option<&'a str>,
    known: &mut personal::Names,
    defects: &mut Vec<Defect>,
) -> (BTreeMap<String, &'a str>, Held) {
    let Some(text) = text.filter(|text| *text != "null") else { return Default::default() };
    match object::once(text, What::Properties, &properties::READ) {
        Ok(mut values) => {
            let is_read = |name: &str| properties::READ.contains(&name);
            let mut is_personal = |name: &str, value: &str| match is_read(name) {
                true => {
                    let held = personal::held_in(value);
                    properties::CARRIED.contains(&name) && held
                        || name == properties::BORROWER && personal::is_a_name(&text_of(value))
                }
                false => known.look_personal(name, value) || personal::inside(name, value),
            };
            let mut held = Held::default();
            for (name, value) in values.iter().filter(|(name, value)| is_personal(name, value)) {
                held.names.push(name.clone());
                held.like_a_mobile |= is_read(name) && personal::is_like_a_mobile(value);
            }
            values.retain(|name, _| is_read(name) && !held.names.contains(name));
            (values, held)
        }
        Err(defect) => {
            defects.push(defect);
            Default::default()
        }
    }
}

/// The text of a JSON value; of anything but text, as it is written.
fn text_of(raw: &str) -> String {
    serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned())
}

/// Names the properties, never what they hold.
fn personal_defect(held: &Held) -> Defect {
    const MOST: usize = 5;
    const LONGEST: usize = 40;
    let shown = |name: &String| -> String {
        let printable = name.chars().filter(|c| !c.is_control());
        printable.take(LONGEST).collect()
    };
    let names = &held.names;
    let mut list = names.iter().take(MOST).map(shown).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        list.push_str(", …");
    }
    let (or_else, or_else_zh) = match held.like_a_mobile {
        true => (
            "; a number that is no phone's is taken with a letter before it",
            "；若该数字并非手机号，在其前加一个字母即可接受",
        ),
        false => ("", ""),
    };
    Defect::new(
        Kind::PersonalData,
        said!(
            "{list}; leave it out (references must be pseudonyms), or run with --ignore-personal-properties to go on \
             without it{or_else}",
            "{list}；请删去（编号应为化名），或以--ignore-personal-properties运行，系统将不读取它而继续{or_else_zh}"
        ),
    )
}

/// The id: of the properties, else of the feature, else none. Blank and null are none. Whole numbers are
/// ids by their digits: 7 and "7" are one id.
fn identity(feature_id: Option<&str>, properties: &BTreeMap<String, &str>) -> Result<Option<PlotId>, Defect> {
    for raw in [properties.get("id").copied(), feature_id].into_iter().flatten() {
        if raw == "null" {
            continue;
        }
        let text = match serde_json::from_str::<String>(raw) {
            Ok(text) => text,
            Err(_) if properties::is_whole_number(raw) => raw.to_owned(),
            Err(_) => {
                let said = said!("The id must be text or a whole number", "编号必须是文本或整数");
                return Err(Defect::new(Kind::IdInvalid, said));
            }
        };
        if text.chars().all(char::is_whitespace) && !text.chars().any(char::is_control) {
            continue;
        }
        return PlotId::new(&text).map(Some).ok_or_else(|| {
            let most = PlotId::MAX_LEN;
            let said = said!(
                "The id must have at most {most} bytes and no control or direction characters",
                "编号最多{most}字节，且不得含有控制字符或方向字符"
            );
            Defect::new(Kind::IdInvalid, said)
        });
    }
    Ok(None)
}

/// From JSON to an outline that has passed every check, in the order in which they are safe and cheap.
fn outline(text: &str, fix: Option<Fix>, limits: &Limits) -> Result<Outline, Defect> {
    let sketch = coordinates::read(text, fix.and_then(|fix| fix.accuracy_m), limits)?;
    range::check(&sketch.parts, limits)?;
    validity::check(&sketch.parts)?;
    let (geometry, turned) = measure::oriented(&sketch.parts);
    let size = measure::size(&geometry, limits)?;
    if let Some(fix) = fix {
        refuse_swapped(fix, &geometry)?;
    }
    let mut repairs = sketch.repairs;
    if turned {
        repairs.insert(Repair::Reoriented);
    }
    let geometry_sha256 = outline_sha256(&geometry);
    Ok(Outline { geometry, geometry_sha256, repairs: repairs.into_iter().collect(), size })
}

/// Axes swapped within range show only by the phone's fix.
fn refuse_swapped(fix: Fix, outline: &MultiPolygon<f64>) -> Result<(), Defect> {
    let at = Coord { x: fix.lon, y: fix.lat };
    let swapped = Coord { x: fix.lat, y: fix.lon };
    let far = measure::distance(at, outline);
    if far <= SWAP_FAR_M || measure::distance(swapped, outline) > SWAP_NEAR_M {
        return Ok(());
    }
    let km = far / 1000.0;
    Err(Defect::new(
        Kind::AxisSwapped,
        said!(
            "Coordinates look like latitude,longitude; expected longitude,latitude: the GPS position is {km:.0} km \
             from the outline as given and at it when one of the two is read the other way round",
            "坐标疑似为“纬度,经度”，应为“经度,纬度”：GPS位置距所给边界{km:.0} km，而将其中之一反过来读时正好位于边界处"
        ),
    ))
}
