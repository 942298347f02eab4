//! The crop calendar as a whole: read, checked, and asked for what a word means at a place.

use serde::Deserialize;

use super::profile::{Clock, Crop, Profile, Zone};

/// The calendar that ships with croplens, `pipelines/crops.toml`.
const BUILTIN: &str = include_str!("../../pipelines/crops.toml");

/// A place this near to a zone's box still belongs to it when no box holds it, degrees.
const ZONE_MARGIN_DEG: f64 = 1.0;

/// A crop calendar that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Not TOML, an unknown key, or a value of the wrong kind; the message names line and key.
    #[error("the crop calendar cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A row contradicts itself or another one.
    #[error("the crop calendar's {row}: {problem}")]
    Row {
        /// Which row, `profile maize in kenya-west`.
        row: String,
        /// What is wrong.
        problem: String,
    },
}

/// The whole calendar, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Profiles {
    version: String,
    zones: Vec<Zone>,
    crops: Vec<Crop>,
    profiles: Vec<Profile>,
    clocks: Vec<Clock>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    zone: Vec<Zone>,
    crop: Vec<Crop>,
    profile: Vec<Profile>,
    #[serde(default)]
    clock: Vec<Clock>,
}

/// What a declared word means at a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning<'a> {
    /// The word names no crop of the calendar.
    UnknownWord,
    /// It names crops, but none has a row for this place.
    NoCalendar {
        /// Names of those crops.
        crops: Vec<&'a str>,
    },
    /// The rows it may mean, at least one.
    Rows(Vec<&'a Profile>),
}

impl Profiles {
    /// The calendar that ships with croplens.
    ///
    /// # Errors
    /// None in a build whose tests pass.
    pub fn builtin() -> Result<Profiles, ProfileError> {
        Profiles::parse(BUILTIN)
    }

    /// Reads and checks a calendar.
    ///
    /// # Errors
    /// Syntax with line and key; rows that name unknown crops or zones, lack a source, or cannot be true.
    pub fn parse(text: &str) -> Result<Profiles, ProfileError> {
        let File { version, zone, crop, profile, clock } = toml::from_str(text)?;
        let table = Profiles { version, zones: zone, crops: crop, profiles: profile, clocks: clock };
        super::check::check(&table)?;
        Ok(table)
    }

    /// Version word of the calendar.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All zones.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// All crops.
    pub fn crops(&self) -> &[Crop] {
        &self.crops
    }

    /// All rows.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// All stage clocks.
    pub fn clocks(&self) -> &[Clock] {
        &self.clocks
    }

    /// The zone of that name.
    pub fn zone(&self, name: &str) -> Option<&Zone> {
        self.zones.iter().find(|z| z.name == name)
    }

    /// The stage clock of a crop in a zone: the first one that fits both.
    pub fn clock(&self, crop: &str, zone: &str) -> Option<&Clock> {
        self.clocks.iter().find(|c| {
            c.crops.iter().any(|n| n == crop) && (c.zones.is_empty() || c.zones.iter().any(|z| z == zone))
        })
    }

    /// Zones whose boxes hold the place, the smallest first; then those within one degree, which serve for crops
    /// that the others do not have.
    pub fn zones_at(&self, lat: f64, lon: f64) -> Vec<&Zone> {
        let within = |z: &Zone, margin: f64| {
            z.boxes_deg.iter().any(|[w, s, e, n]| {
                (w - margin..=e + margin).contains(&lon) && (s - margin..=n + margin).contains(&lat)
            })
        };
        let mut found: Vec<&Zone> = self.zones.iter().filter(|z| within(z, ZONE_MARGIN_DEG)).collect();
        // A stable sort: zones of equal size stay in the order of the file.
        found.sort_by(|a, b| {
            let outside = |z: &Zone| !within(z, 0.0);
            outside(a).cmp(&outside(b)).then(size(a).total_cmp(&size(b)))
        });
        found
    }

    /// The named zone, then those that hold the place, or where there is none the middle of the zone's first box: they
    /// have the rows that it lacks.
    pub fn zones_from(&self, name: &str, place: Option<(f64, f64)>) -> Vec<&Zone> {
        let Some(named) = self.zone(name) else { return Vec::new() };
        let middle = || named.boxes_deg.first().map(|[w, s, e, n]| (0.5 * (s + n), 0.5 * (w + e)));
        let around = place.or_else(middle).map(|(lat, lon)| self.zones_at(lat, lon)).unwrap_or_default();
        std::iter::once(named).chain(around.into_iter().filter(|z| z.name != name)).collect()
    }

    /// What a declared word means in these zones: rows that the word names itself, else, for every crop it
    /// names, the rows of the first zone that has the crop.
    pub fn meaning(&self, word: &str, zones: &[&Zone]) -> Meaning<'_> {
        let word = plain(word);
        let named: Vec<&Crop> = (self.crops.iter())
            .filter(|c| plain(&c.name) == word || c.synonyms.iter().any(|s| plain(s) == word))
            .collect();
        let in_zone = |zone: &Zone, fits: &dyn Fn(&Profile) -> bool| -> Vec<&Profile> {
            self.profiles.iter().filter(|p| p.zone == zone.name && fits(p)).collect()
        };
        let own_name = |p: &Profile| p.synonyms.iter().any(|s| plain(s) == word);
        if word.is_empty() {
            return Meaning::UnknownWord;
        }
        for zone in zones {
            let rows = in_zone(zone, &own_name);
            if !rows.is_empty() {
                return Meaning::Rows(rows);
            }
        }
        let mut rows = Vec::new();
        for crop in &named {
            let of_crop = |p: &Profile| p.crop == crop.name;
            if let Some(found) = zones.iter().map(|z| in_zone(z, &of_crop)).find(|r| !r.is_empty()) {
                rows.extend(found);
            }
        }
        if !rows.is_empty() {
            return Meaning::Rows(rows);
        }
        let mut crops: Vec<&str> = named.iter().map(|c| c.name.as_str()).collect();
        crops.extend(self.profiles.iter().filter(|p| own_name(p)).map(|p| p.crop.as_str()));
        crops.sort_unstable();
        crops.dedup();
        if crops.is_empty() { Meaning::UnknownWord } else { Meaning::NoCalendar { crops } }
    }

    /// Every row that is used in these zones: for each crop, those of the first zone that has it.
    pub fn rows_in(&self, zones: &[&Zone]) -> Vec<&Profile> {
        let mut rows = Vec::new();
        for crop in &self.crops {
            let of_crop = |z: &&Zone| -> Vec<&Profile> {
                self.profiles.iter().filter(|p| p.zone == z.name && p.crop == crop.name).collect()
            };
            rows.extend(zones.iter().map(of_crop).find(|r| !r.is_empty()).unwrap_or_default());
        }
        rows
    }
}

/// Letters and digits only, lower case.
pub(super) fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Sum of the boxes, square degrees.
fn size(zone: &Zone) -> f64 {
    zone.boxes_deg.iter().map(|[w, s, e, n]| (e - w) * (n - s)).sum()
}
