//! The nested objects of the record.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::record::Rounded;
use crate::record::schema::columns;

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
            text_en: String, "sentence", "The condition, in English";
            text_zh: String, "sentence", "The condition, in Chinese";
        }
    }
}

columns! {
    /// Something that happened to the crop.
    pub struct Alert {
        in "" {
            code: String, "sudden_loss, early_harvest, decline, flood, not_planted", "What";
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
