//! What made a record, in words with numbers; the same for every plot of a run.

use std::borrow::Cow;

use crate::classifier::Classifier;
use crate::crop::Departure;
use crate::lending::Provenance;
use crate::record::{EligibilityRecord, ModelUsed, Software};
use crate::scl::SCL;
use crate::zonal::{
    FEWEST_INNER_PIXELS, GOOD_INNER_PIXELS, INNER_BUFFER_M, MAX_LOST_FRACTION, MIN_INNER_PIXELS, MaskRule,
};

use super::neighbours::Look;
use super::run::TemperatureFile;
use super::spec::Spec;

/// The program as it stands in every record.
pub fn software() -> Software {
    Software {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        git_commit: option_env!("CROPLENS_GIT_COMMIT").map(str::to_owned),
    }
}

/// The provenance of every record made with these settings.
pub(super) fn provenance(spec: &Spec) -> Provenance {
    Provenance {
        software: software(),
        pipeline: spec.settings.name.clone(),
        config_sha256: spec.sha256.clone(),
        mask_rule: mask_words(&spec.settings.mask),
        inner_buffer_m: INNER_BUFFER_M,
        observability_rule: format!(
            "full pixels inside the outline less {INNER_BUFFER_M} m: A from {GOOD_INNER_PIXELS}, B from \
             {MIN_INNER_PIXELS} with less than {:.0} % lost, C from {FEWEST_INNER_PIXELS}, else D",
            100.0 * MAX_LOST_FRACTION
        ),
        models: models(spec),
    }
}

/// What the daily temperatures did to a plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum DaysUsed {
    /// They moved the curve of a crop that was weighed, and so odds, verdict and dates.
    Yes,
    /// Nothing: there are none for the place, it is not known what is usual there, or no crop has a row.
    No,
    /// Nothing: they are too far from what is usual to be believed.
    Strange(Departure),
}

impl DaysUsed {
    pub(super) fn of(by_degree_days: bool, strange: Option<Departure>) -> DaysUsed {
        match strange {
            _ if by_degree_days => DaysUsed::Yes,
            Some(departure) => DaysUsed::Strange(departure),
            None => DaysUsed::No,
        }
    }
}

/// The provenance of one plot's record: with a classifier or a file of temperatures it names them, and whether they
/// served this plot.
pub(super) fn of_plot<'a>(
    run: &'a Provenance,
    spec: &Spec,
    temperature: Option<&TemperatureFile>,
    look: &Look,
) -> Cow<'a, Provenance> {
    let classifier = spec.classifier.as_deref().map(|c| classifier(c, spec, look.silent.as_deref()));
    let thermal = temperature.map(|file| thermal(file, look.days));
    if classifier.is_none() && thermal.is_none() {
        return Cow::Borrowed(run);
    }
    let mut own = run.clone();
    own.models.extend(classifier.into_iter().chain(thermal));
    Cow::Owned(own)
}

fn thermal(file: &TemperatureFile, days: DaysUsed) -> ModelUsed {
    let method = crate::crop::THERMAL_METHOD;
    ModelUsed {
        id: match days {
            DaysUsed::Yes => method.to_owned(),
            DaysUsed::No => format!("{method}, not used: calendar days"),
            DaysUsed::Strange(departure) => format!("{method}, not used: {departure}"),
        },
        version: file.thermal.version().to_owned(),
        sha256: Some(file.sha256.clone()),
        card_href: None,
    }
}

/// The classifier as the record names it, with the reason why it said nothing of the plot, where there is one.
fn classifier(classifier: &Classifier, spec: &Spec, silent: Option<&str>) -> ModelUsed {
    let card = classifier.card();
    let named = spec.settings.crop.classifier.as_ref();
    ModelUsed {
        id: match silent {
            None => format!("classifier {}", card.id),
            Some(why) => format!("classifier {}, not used: {why}", card.id),
        },
        version: card.version.clone(),
        sha256: Some(card.onnx_sha256.to_lowercase()),
        // The name alone: where the lender keeps it is nobody's business.
        card_href: named
            .and_then(|f| Some(f.with_extension("toml").file_name()?.to_string_lossy().into_owned())),
    }
}

/// Hash of the temperatures that a record was made with, where it was made with any.
pub(super) fn of_temperatures(record: &EligibilityRecord) -> Option<&str> {
    let thermal = record.models.iter().find(|m| m.id.starts_with(crate::crop::THERMAL_METHOD));
    thermal.and_then(|m| m.sha256.as_deref())
}

/// The methods that took part.
fn models(spec: &Spec) -> Vec<ModelUsed> {
    let used =
        |id: &str, version: String| ModelUsed { id: id.to_owned(), version, sha256: None, card_href: None };
    let mut models = vec![
        used(crate::crop::ensemble::METHOD, spec.ensemble.table().version().to_owned()),
        used(crate::crop::METHOD, spec.profiles.version().to_owned()),
    ];
    if spec.settings.cropland.measure {
        models.push(used(crate::cropland::METHOD, software().version));
    }
    models
}

/// The cloud mask in one sentence, from the rule itself.
fn mask_words(rule: &MaskRule) -> String {
    let mut read = Vec::new();
    let mut grown = Vec::new();
    for facts in &SCL {
        let weight = rule.weight.of(facts.class);
        if weight > 0.0 {
            read.push(format!("{} {weight}", facts.name));
        }
        let reach = rule.dilate_m.of(facts.class);
        if reach > 0.0 {
            grown.push(format!("{} {reach} m", facts.name));
        }
    }
    format!(
        "Sen2Cor classes read with weight: {}; eroded {} m, then grown: {}, no data {} m",
        read.join(", "),
        rule.erode_m,
        if grown.is_empty() { "none".to_owned() } else { grown.join(", ") },
        rule.no_data_border_m
    )
}
