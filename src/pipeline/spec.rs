//! A pipeline file: the rooms' settings, composed and checked once; its hash stands in every record.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::band::Band;
use crate::classifier::Classifier;
use crate::crop::ensemble::{AreaShares, Ensemble, EnsembleError, EnsembleTable};
use crate::crop::events::EventRules;
use crate::crop::vigour::VigourRules;
use crate::crop::{CropRules, Profiles, dekads};
use crate::cropland::CroplandRules;
use crate::intake::Limits;
use crate::phenology::SeasonRules;
use crate::record;
use crate::series::{SeriesRules, Smoothing};
use crate::settings::{self, Mistake, Mistakes};
use crate::zonal::MaskRule;

use super::classify::{ClassifierRefused, load_classifier};

/// What to compute. Nothing in it says where to run, and nothing about where to run can change an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Short name, stands in every record.
    pub name: String,
    /// Which scenes.
    pub catalog: CatalogSettings,
    /// Which days.
    pub period: Period,
    /// Who is compared with whom.
    #[serde(default)]
    pub company: CompanySettings,
    /// What is read of a scene.
    #[serde(default)]
    pub bands: Bands,
    /// What an acceptable plot outline is.
    #[serde(default)]
    pub intake: Limits,
    /// Which pixels are believed.
    #[serde(default)]
    pub mask: MaskRule,
    /// Which dates are believed.
    #[serde(default)]
    pub series: SeriesRules,
    /// The smoother.
    #[serde(default)]
    pub smoothing: Smoothing,
    /// What counts as a season.
    #[serde(default)]
    pub season: SeasonRules,
    /// How a curve is read as a crop.
    #[serde(default)]
    pub crop: CropSettings,
    /// How pixels are read as cropped or not.
    #[serde(default)]
    pub cropland: CroplandRules,
}

/// Which scenes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogSettings {
    /// STAC collections to search.
    pub collections: Vec<String>,
}

/// Which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// Days before the as-of day from which on scenes are read, when the command does not say.
    pub history_days: u32,
    /// Length of the season window that an appraisal is about, days before the as-of day.
    pub season_days: u32,
}

/// Who is compared with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompanySettings {
    /// Plots that are read and judged together at most, 1 to 1,000,000. A larger run is cut by place (100 km squares,
    /// then raster blocks), and plots on two sides of a cut are not compared. Default 10,000 (design value); what it
    /// takes is in docs/scale.md.
    pub most_plots: usize,
}

impl Default for CompanySettings {
    fn default() -> Self {
        CompanySettings { most_plots: 10_000 }
    }
}

/// What is kept of a scene besides NDVI and classification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bands {
    /// Bands whose trimmed mean reflectance is kept per date, `["B02", "B11"]`. An appraisal keeps B04 and B08 unasked.
    pub extra: Vec<String>,
}

/// How a curve is read as a crop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CropSettings {
    /// Crop profiles: a file beside the pipeline file; the built-in table when absent.
    pub profiles: Option<PathBuf>,
    /// Table of the hypothesis ensemble: a file beside the pipeline file; the built-in table when absent.
    pub ensemble: Option<PathBuf>,
    /// Area shares of the region as prior of the crops: a file beside the pipeline file. Without, every group of
    /// crops counts alike.
    pub shares: Option<PathBuf>,
    /// A trained classifier to be pooled with the profiles: an ONNX file beside the pipeline file, its card beside that.
    /// None when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classifier: Option<PathBuf>,
    /// Thresholds of the reading.
    pub rules: CropRules,
    /// Thresholds of events.
    pub events: EventRules,
    /// Who is a peer, and when a comparison with peers says something.
    pub vigour: VigourRules,
}

/// A pipeline ready to run.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The settings, nothing left open.
    pub settings: Settings,
    /// Bands whose mean reflectance is asked for, in table order.
    pub bands: Vec<Band>,
    /// Crop profiles.
    pub profiles: Profiles,
    /// The hypothesis ensemble.
    pub ensemble: Ensemble,
    /// Prior by area, if the pipeline names one.
    pub shares: Option<AreaShares>,
    /// Trained classifier, if the pipeline names one.
    pub classifier: Option<Arc<Classifier>>,
    /// SHA-256 over the canonical JSON of settings, profiles, ensemble table, area shares and the classifier's card, hex.
    pub sha256: String,
}

/// Why a pipeline file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file says something it may not.
    #[error("{0}")]
    Mistakes(#[from] Mistakes),
    /// The profile table is not usable.
    #[error("crop profiles: {0}")]
    Profiles(#[from] crate::crop::ProfileError),
    /// The classifier is not usable.
    #[error(transparent)]
    Classifier(#[from] ClassifierRefused),
    /// The ensemble's table or the area shares are not usable.
    #[error("crop ensemble: {0}")]
    Ensemble(#[from] EnsembleError),
}

/// The bands of NDVI, whose pixels are read in any case.
pub(super) const PAIR: [Band; 2] = [Band::B04, Band::B08];

const BUILT_IN: &str = include_str!("../../pipelines/default.toml");
const BUILT_IN_CROPS: &str = include_str!("../../pipelines/crops.toml");
const BUILT_IN_ENSEMBLE: &str = include_str!("../../pipelines/ensemble.toml");

impl Spec {
    /// The built-in pipeline, `pipelines/default.toml`.
    ///
    /// # Errors
    /// None in a released build: a test loads it.
    pub fn built_in() -> Result<Spec, SpecError> {
        Spec::parse(BUILT_IN, Path::new("."))
    }

    /// Reads a pipeline file; paths in it are relative to it.
    ///
    /// # Errors
    /// Every mistake found, with dotted path and line.
    pub fn load(path: &Path) -> Result<Spec, SpecError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        Spec::parse(&text_of(path)?, folder)
    }

    /// Bands whose mean reflectance an appraisal keeps, in table order: those asked for, and red and near infrared,
    /// whose pixels are at hand. Near infrared tells a loss from ripening leaves.
    pub fn appraised_bands(&self) -> Vec<Band> {
        let mut bands = self.bands.clone();
        bands.extend(PAIR);
        bands.sort_unstable();
        bands.dedup();
        bands
    }

    fn parse(text: &str, folder: &Path) -> Result<Spec, SpecError> {
        let settings: Settings = settings::read(text)?;
        let bands = checked(&settings, text)?;
        let beside = |file: &Option<PathBuf>, built_in: &str| match file {
            Some(file) => text_of(&folder.join(file)),
            None => Ok(built_in.to_owned()),
        };
        let crops = beside(&settings.crop.profiles, BUILT_IN_CROPS)?;
        let table = beside(&settings.crop.ensemble, BUILT_IN_ENSEMBLE)?;
        let shares = settings.crop.shares.as_ref().map(|file| text_of(&folder.join(file))).transpose()?;
        let profiles = Profiles::parse(&crops)?;
        let ensemble = Ensemble::new(EnsembleTable::parse(&table)?);
        let model = settings.crop.classifier.as_ref().map(|file| folder.join(file));
        let classifier = model.map(|file| load_classifier(&file, &ensemble, &profiles)).transpose()?;
        let mut whole = serde_json::json!({
            "settings": serde_json::to_value(&settings).unwrap_or_default(),
            "profiles": record::sha256_hex(crops.as_bytes()),
            "ensemble": record::sha256_hex(table.as_bytes()),
            "shares": shares.as_ref().map(|text| record::sha256_hex(text.as_bytes())),
        });
        // Named only where there is one: settings without it are what they were before there could be one.
        if let (Some(classifier), Some(whole)) = (&classifier, whole.as_object_mut()) {
            whole.insert("classifier".to_owned(), classifier.card_sha256().into());
        }
        let sha256 = record::sha256_hex(record::canonical_json(&whole).as_bytes());
        let shares = shares.as_deref().map(AreaShares::parse).transpose()?;
        let classifier = classifier.map(Arc::new);
        Ok(Spec { settings, bands, profiles, ensemble, shares, classifier, sha256 })
    }
}

fn text_of(path: &Path) -> Result<String, SpecError> {
    std::fs::read_to_string(path).map_err(|source| SpecError::Unreadable { path: path.to_owned(), source })
}

/// What the types cannot say.
fn checked(settings: &Settings, text: &str) -> Result<Vec<Band>, Mistakes> {
    let mut found = Vec::new();
    let mut add = |path: &str, problem: String| found.push(Mistake::at_path(text, path, problem));
    if settings.name.trim().is_empty() {
        add("name", "is empty".into());
    }
    if settings.catalog.collections.is_empty() {
        add("catalog.collections", "names no collection".into());
    }
    let Period { history_days, season_days } = settings.period;
    if !(30..=3660).contains(&history_days) {
        add("period.history_days", format!("is {history_days}; it must lie from 30 to 3660"));
    }
    if !(30..=history_days).contains(&season_days) {
        add("period.season_days", format!("is {season_days}; it must lie from 30 to history_days"));
    }
    if !(1..=1_000_000).contains(&settings.company.most_plots) {
        let most = settings.company.most_plots;
        add("company.most_plots", format!("is {most}; it must lie from 1 to 1000000"));
    }
    if let Err(problem) = settings.mask.check() {
        add("mask", problem);
    }
    let mut bands = Vec::new();
    for name in &settings.bands.extra {
        match Band::parse(name) {
            Some(Band::Scl) => {
                add(
                    "bands.extra",
                    format!("{name} holds classes: it has no reflectance, and is read anyway"),
                );
            }
            Some(band) => bands.push(band),
            None => add("bands.extra", format!("{name} is not a band of Sentinel-2 L2A that can be read")),
        }
    }
    let lacking: Vec<&str> = (dekads::BANDS.iter())
        .filter(|band| settings.crop.classifier.is_some() && !bands.contains(band) && !PAIR.contains(band))
        .map(|band| band.name())
        .collect();
    if !lacking.is_empty() {
        let problem = format!("reads ten bands; name in bands.extra, too: {}", lacking.join(", "));
        found.push(Mistake::at_path(text, "crop.classifier", problem));
    }
    bands.sort_unstable();
    bands.dedup();
    if found.is_empty() { Ok(bands) } else { Err(Mistakes(found)) }
}
