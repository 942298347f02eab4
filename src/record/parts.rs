//! The nested objects of the record.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::record::schema::columns;
use crate::record::{Met, ParamValue, Phase, Rounded};

columns! {
    /// The program that made the record.
    #[derive(Default)]
    pub struct Software {
        in "" {
            name: String, "text", "Program";
            version: String, "semver", "Version";
            git_commit: Option<String>, "hex", "Source commit, when the build knows it";
        }
    }
}

columns! {
    /// One scene that was read for the plot, with how its numbers were understood.
    pub struct SourceScene {
        in "" {
            collection: String, "STAC collection id", "Collection";
            item_id: String, "STAC item id", "Scene";
            datetime: Timestamp, "UTC", "Sensing time";
            baseline: Option<String>, "as 05.09", "Processing baseline";
            href: Option<String>, "URL or path", "Where the item was read from; of a local catalogue, the path inside it";
            offset_declared: Option<Rounded<6>>, "reflectance", "Offset the item declares, whether or not it must still be applied";
            offset_used: Option<Rounded<6>>, "reflectance", "Offset that was added after scaling";
            offset_rule: String, "word", "The rule that decided";
            offset_evidence: String, "text", "What the decision rests on";
            used: bool, "true or false", "Whether the scene gave a value to the series";
        }
    }
}

columns! {
    /// One scene that was found and not used.
    pub struct RejectedScene {
        in "" {
            item_id: String, "STAC item id", "Scene";
            date: Date, "ISO 8601", "Solar day at the plot";
            reason: String, "word", "Why: no_data, cloudy, snow, too_few_pixels, implausible, offset_unsettled, asset_missing, read_failed, duplicate, spike";
        }
    }
}

columns! {
    /// A model or method that took part.
    pub struct ModelUsed {
        in "" {
            id: String, "text", "Name";
            version: String, "text", "Version";
            sha256: Option<String>, "hex", "Hash of its parameters or file";
            card_href: Option<String>, "URL or path", "Its model card";
        }
    }
}

columns! {
    /// A file that belongs to the record.
    pub struct Link {
        in "" {
            rel: String, "word", "What it is: report, series, ndvi, timeseries";
            href: String, "relative path or URL", "Where it lies, relative to the record";
            r#type["type"]: String, "media type", "Its media type";
        }
    }
}

columns! {
    /// A crop the plot may carry.
    pub struct CropCandidate {
        in "" {
            crop: String, "name of the profile table", "Crop";
            probability: Rounded<4>, "0 to 1", "Probability";
        }
    }
}

columns! {
    /// One growing season on the curve.
    pub struct SeasonSeen {
        in "" {
            sos_date: Option<Date>, "ISO 8601", "Start of season";
            peak_date: Option<Date>, "ISO 8601", "Day of the maximum";
            eos_date: Option<Date>, "ISO 8601", "End of season";
            peak_ndvi: Option<Rounded<4>>, "NDVI", "Maximum";
            amplitude_ndvi: Option<Rounded<4>>, "NDVI", "Maximum less base";
            clear_obs: u32, "count", "Clear dates in it";
            quality: String, "low, medium, high", "How well its three phases were seen";
        }
    }
}

columns! {
    /// Something that would change the outcome.
    pub struct Change {
        in "" {
            code: String, "reason code", "The reason it would remove";
            condition: String, "word", "Row of the table of conditions";
            params: BTreeMap<String, ParamValue>, "see the condition", "Its numbers by name";
            text_en: String, "sentence", "The condition, in English";
            text_zh: String, "sentence", "The condition, in Chinese";
        }
    }
}

columns! {
    /// One line of how the limit was reckoned.
    pub struct LimitStep {
        in "" {
            step: String, "word", "What is reckoned: crop_cost, an add-on, cost_based, production_value, value_based, a cap, rounded";
            amount: String, "decimal", "Its amount";
            basis: String, "formula", "The numbers it was reckoned from";
        }
    }
}

columns! {
    /// The limit of one year.
    pub struct YearLimit {
        in "" {
            year: u32, "from 1", "Year of the loan";
            amount: String, "decimal", "Limit before caps";
        }
    }
}

columns! {
    /// An upper bound that lowered the limit.
    pub struct CapApplied {
        in "" {
            name: String, "text", "Name of the bound in the policy";
            before: String, "decimal", "Limit before";
            after: String, "decimal", "Limit after";
        }
    }
}

columns! {
    /// A figure of the lender's files that the limit rests on.
    pub struct FigureUsed {
        in "" {
            kind: String, "word", "finance, price or yield";
            crop: String, "as in the file", "Crop";
            value: String, "as in the file", "The figure";
            unit: String, "text", "Its unit";
            date: Date, "ISO 8601", "Day from which it holds, or of which it is";
            source: String, "text", "Who says so, as in the file";
            file_sha256: String, "hex", "Hash of the file";
        }
    }
}

columns! {
    /// One part of the loan and what the plot must show before it is paid.
    pub struct TranchePlan {
        in "" {
            name: String, "text", "Name of the part in the policy";
            share_frac: Rounded<6>, "fraction", "Part of the limit";
            amount: Option<String>, "decimal", "Part of the recommended limit, where there is one";
            event: String, "word", "signing, land_preparation, emergence, closed_canopy";
            measure: String, "column of timeseries", "What is measured on used dates";
            at_most: Option<Rounded<4>>, "as measured", "It shows on a date with this or less";
            at_least: Option<Rounded<4>>, "as measured", "It shows on a date with this or more";
            from: Option<Date>, "ISO 8601", "First day looked at";
            deadline: Option<Date>, "ISO 8601", "Last day looked at";
            met: Met, "word", "Whether it was seen by as_of";
            met_on: Option<Date>, "ISO 8601", "First day on which it was seen";
        }
    }
}

columns! {
    /// Land that another application offers too, or an outline of the same shape.
    pub struct OverlapSeen {
        in "" {
            kind: String, "word", "shared: land in both outlines; copied: the same shape in another place";
            other_id: String, "text", "Plot of the other application";
            other_lender_ref: Option<String>, "opaque", "Its lender";
            other_application_ref: Option<String>, "opaque", "Its application";
            other_record_id: Option<String>, "UUIDv5", "Its record, where it comes from the register";
            same_season: bool, "true or false", "Whether both are about one season";
            same_borrower: bool, "true or false", "Whether both name the same borrower";
            overlap_m2: Option<Rounded<1>>, "m2", "Land shared";
            frac_of_this: Option<Rounded<4>>, "fraction", "Part of this plot";
            frac_of_smaller: Option<Rounded<4>>, "fraction", "Part of the smaller of the two";
            iou: Option<Rounded<4>>, "fraction", "Land shared over land of both together";
            width_m: Option<Rounded<1>>, "m", "Mean width of the widest piece shared: an edge drawn twice is a few metres wide";
            distance_m: Option<Rounded<1>>, "m", "From one middle to the other, of a copied shape";
        }
    }
}

impl OverlapSeen {
    /// How the other is called in a sentence: by references only.
    pub fn other_named(&self) -> String {
        OverlapSeen::named(self.other_application_ref.as_deref(), &self.other_id)
    }

    /// As [`OverlapSeen::other_named`], of an application and a plot's id.
    pub fn named(application: Option<&str>, id: &str) -> String {
        match application {
            Some(application) => format!("{application} / {id}"),
            None => id.to_owned(),
        }
    }
}

columns! {
    /// An image that shows the plot in one phase of its crop.
    pub struct PhaseEvidence {
        in "" {
            phase: Phase, "word", "Phase";
            item_id: String, "STAC item id", "Scene";
            date: Date, "ISO 8601", "Solar day at the plot";
            plot_cloud_frac: Rounded<4>, "fraction", "Cloud and shadow over the plot in it";
            ndvi_mean: Option<Rounded<4>>, "NDVI", "Mean over the plot";
        }
    }
}

columns! {
    /// Something that happened to the crop.
    pub struct Alert {
        in "" {
            code: String, "sudden_loss, early_harvest, cover_gone, decline, flood, not_planted", "What";
            from: Date, "ISO 8601", "Last clear date before it";
            to: Date, "ISO 8601", "First clear date that shows it: it began between these two";
            last: Date, "ISO 8601", "Last clear date that shows it";
            severity: Option<Rounded<4>>, "fraction", "Part of the greenness expected over the 30 days after it that is missing; for a decline, over its clear dates";
            drop_ndvi: Option<Rounded<4>>, "NDVI", "How far NDVI lay below what was expected at its worst";
            area_frac: Option<Rounded<4>>, "fraction", "Part of the plot that it took, where the pixels tell";
            ripe_probability: Option<Rounded<4>>, "0 to 1", "Probability that the crop was ripe by then, as known before it";
            neighbours_n: Option<u32>, "count", "Plots of the same crop around that were seen at the same time";
            neighbours_alike_frac: Option<Rounded<4>>, "fraction", "Part of them that fell at the same time";
            evidence_item_ids: Vec<String>, "STAC item ids, by date", "Scenes that show it";
        }
    }
}
