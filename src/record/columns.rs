//! THE table of columns: name, type, unit and meaning of everything a record says.
//!
//! Rules: unknown is null and a reason says why; fractions run 0 to 1; money is a decimal text with an
//! ISO 4217 code; an estimate has `_lower` and `_upper` (10th and 90th percentile) and a method.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::record::schema::columns;
use crate::record::{
    Agreement, Alert, CapApplied, Change, Confidence, CropCandidate, CropSeen, FigureUsed, Grade, LimitStep,
    Link, ModelUsed, Outline, OverlapSeen, PhaseEvidence, Reason, RejectedScene, Rounded, SeasonSeen,
    SeasonSource, Software, SourceScene, Status, TranchePlan, YearLimit,
};

/// Version of the schema: the first number changes when a column is renamed or changes its meaning.
pub const SCHEMA_VERSION: &str = "1.2.0";

columns! {
    /// The appraisal of one plot for one season: what was seen, how sure that is, what it means under the
    /// lender's policy, and everything needed to re-run it. The default is an unsealed record that refers.
    #[derive(Default)]
    pub struct EligibilityRecord {
        in "Identity" {
            schema_version: String, "semver", "Version of this schema";
            record_id: String, "UUIDv5", "Made of all inputs and settings: the same inputs give the same id";
            supersedes: Option<String>, "record_id", "Earlier record of the same plot and season that this one replaces";
            record_sha256: String, "hex", "SHA-256 over this record's canonical JSON (RFC 8785) without this member";
            prev_record_sha256: Option<String>, "hex", "Hash of the record before this one, where a chain is kept";
            id: String, "text", "Plot, as the lender named it (fiboa)";
            collection: Option<String>, "text", "Collection of plots, as given (fiboa)";
            input_position: u32, "from 0", "Position of the plot in the input file";
            lender_ref: Option<String>, "opaque", "The lender's own reference";
            application_ref: Option<String>, "opaque", "The application's reference";
            borrower_ref: Option<String>, "opaque", "The borrower's pseudonym";
            as_of: Date, "ISO 8601", "Nothing sensed after this day was used";
            issued_at: Timestamp, "UTC", "Midnight UTC that begins the as_of day: never the clock of the machine, so that a re-run gives the same bytes";
            valid_until: Option<Date>, "ISO 8601", "Last day on which the record may be read as fresh, by the policy";
        }
        in "Consent" {
            consent_ref: Option<String>, "opaque", "Reference of the consent";
            consent_purpose: Option<String>, "text", "Purpose the consent was given for";
            consent_expires_at: Option<String>, "ISO 8601", "When the consent ends";
        }
        in "Outcome" {
            status: Status, "word", "The recommendation";
            confidence: Option<Confidence>, "word", "How much evidence stands behind the status";
            confidence_basis: Vec<String>, "sentences", "The rules that set the confidence, each with its number";
            reasons: Vec<Reason>, "at most 4", "Principal reasons, most important first";
            reasons_all: Vec<Reason>, "list", "Every reason found";
            what_would_change: Vec<Change>, "list", "What would have to be different for another outcome";
            next_review_date: Option<Date>, "ISO 8601", "When to look again, by the policy";
            policy_id: Option<String>, "text", "Policy applied";
            policy_sha256: Option<String>, "hex", "Hash of the policy's resolved form";
        }
        in "Amounts and dates" {
            limit_recommended: Option<String>, "decimal", "The limit by the policy, where the status is supports";
            limit_by_policy: Option<String>, "decimal", "The limit that the lender's policy and figures give: what would hold if every open question were settled in the applicant's favour";
            limit_currency: Option<String>, "ISO 4217", "Currency of the limit";
            limit_area_ha: Option<Rounded<4>>, "ha", "Area it was reckoned with";
            limit_area_basis: Option<String>, "outline, declared, cropped, cropped_lower", "Which area that is: the outline, the declared area, or the cropped part by its middle or low estimate";
            limit_cost_based: Option<String>, "decimal", "From the cost of growing the crop, add-ons included, before caps";
            limit_value_based: Option<String>, "decimal", "From the value of the harvest, before caps";
            limit_by_year: Vec<YearLimit>, "list", "Cost-based limits of the years of the loan, before caps";
            limit_steps: Vec<LimitStep>, "list", "How it was reckoned, line by line";
            caps_applied: Vec<CapApplied>, "list", "Upper bounds that lowered it";
            production_value_low: Option<String>, "decimal", "Low estimate of the harvest's value: yield exceeded in four of five cases x price x area";
            ltv_requested: Option<Rounded<4>>, "fraction", "Requested amount as part of production_value_low";
            figures: Vec<FigureUsed>, "list", "Figures of the lender's files that it rests on";
            figures_sha256: Option<String>, "hex", "Hash of all the lender's figures that the run was given";
            repay_by: Option<Date>, "ISO 8601", "Repayment date: late end of the harvest window and the policy's days; one before `as_of` has passed";
            disbursement: Vec<TranchePlan>, "list", "Parts of the loan, each with what the plot must show and until when";
            next_overpass_dates: Vec<Date>, "list of ISO 8601", "Days after as_of on which the satellites pass again, if they go on as in the last 60 days";
        }
        in "Boundary" {
            geometry: Option<Outline>, "GeoJSON, EPSG:4326", "The outline as appraised, coordinates as read (fiboa)";
            geometry_sha256: Option<String>, "hex", "SHA-256 of the outline's coordinates";
            metrics_area["metrics:area"]: Option<Rounded<1>>, "m2", "Geodesic area on WGS 84 (fiboa)";
            area_lower_m2: Option<Rounded<1>>, "m2", "Area less its measuring error";
            area_upper_m2: Option<Rounded<1>>, "m2", "Area plus its measuring error";
            area_method: Option<String>, "text", "How area and error were computed";
            metrics_perimeter["metrics:perimeter"]: Option<Rounded<1>>, "m", "Geodesic length of all rings (fiboa)";
            determination_method["determination:method"]: Option<String>, "word", "How the outline was made: manual, driven, surveyed, auto-operation, auto-imagery or unknown (fiboa)";
            determination_datetime["determination:datetime"]: Option<String>, "ISO 8601", "When the outline was made, as given (fiboa)";
            geometry_repairs: Vec<String>, "words", "Changes made to the outline that do not change the land";
            gps_accuracy_m: Option<Rounded<1>>, "m", "Accuracy of the phone's position fix, as given";
            gps_distance_m: Option<Rounded<1>>, "m", "Distance of the position fix to the outline, 0 inside";
        }
        in "Declared" {
            declared_crop: Option<String>, "text", "Crop, as declared";
            declared_area_ha: Option<Rounded<4>>, "ha", "Area, as declared";
            declared_sowing_date: Option<Date>, "ISO 8601", "Sowing date, as declared";
            requested_amount: Option<String>, "decimal", "Amount asked for";
            currency: Option<String>, "ISO 4217", "Currency of every amount";
            outline_deviation_frac: Option<Rounded<4>>, "fraction", "(outline area - declared area) / declared area";
        }
        in "Overlap" {
            overlaps: Vec<OverlapSeen>, "list", "Other applications with the same land or the same shape";
            overlap_checked_against: Option<u32>, "count", "Plots it was compared with: without it, none found says nothing";
            overlap_register_version: Option<String>, "hex", "Hash of the register's plots that it was compared with; null without a register";
        }
        in "Observability" {
            pixels_full: Option<u32>, "count", "10 m pixels wholly inside the outline after the inner buffer";
            pixels_effective: Option<Rounded<2>>, "pixels", "Sum of coverage fractions of 10 m pixels";
            pixels_lost_buffer_frac: Option<Rounded<4>>, "fraction", "Part of the pixels lost to the inner buffer";
            observability_grade: Option<Grade>, "word", "How well 10 m pixels resolve the plot, A best";
            observability_rule: Option<String>, "text", "The rule of the grade";
        }
        in "Imagery used" {
            season_start: Option<Date>, "ISO 8601", "First day of the season asked about";
            season_end: Option<Date>, "ISO 8601", "Last day of the season asked about";
            season_source: Option<SeasonSource>, "word", "Where these two dates come from";
            scenes_expected: Option<u32>, "count", "Overpasses of the season that the orbit plan lets expect, where known";
            scenes_found: Option<u32>, "count", "Overpasses of the season that the catalogue listed";
            scenes_usable: Option<u32>, "count", "Scenes that gave a value";
            scenes_failed: Option<u32>, "count", "Scenes that could not be read in this run";
            clear_obs: Option<u32>, "count", "Clear dates from season_start to as_of, or to season_end where it lies before; a reason that counts others names their days";
            clear_obs_greenup: Option<u32>, "count", "Clear dates while the crop greens up";
            clear_obs_peak: Option<u32>, "count", "Clear dates around the peak";
            clear_obs_greendown: Option<u32>, "count", "Clear dates while the crop ripens";
            max_gap_days: Option<u32>, "days", "Longest time without a clear date on the days of clear_obs";
            first_clear_date: Option<Date>, "ISO 8601", "First clear date on the days of clear_obs";
            last_clear_date: Option<Date>, "ISO 8601", "Last clear date";
            days_since_last_clear: Option<u32>, "days", "From the last clear date to as_of";
            phase_evidence: Vec<PhaseEvidence>, "list, by time", "Images that show the crop early, at full growth and ripening: the clearest of each phase";
        }
        in "Cropped land" {
            cropped: Option<CropSeen>, "word", "Whether a crop cycle is seen in the season";
            cropped_frac: Option<Rounded<4>>, "0 to 1", "Part of the outline that carries an annual crop, by 10 m pixels; null with a reason when it cannot be told, never 0 for that";
            cropped_frac_lower: Option<Rounded<4>>, "0 to 1", "Cropped part, 10th percentile";
            cropped_frac_upper: Option<Rounded<4>>, "0 to 1", "Cropped part, 90th percentile";
            cropped_area_ha: Option<Rounded<4>>, "ha", "Cropped part of the outline's geodesic area";
            cropped_area_lower_ha: Option<Rounded<4>>, "ha", "Cropped area, 10th percentile, inside the outline as drawn";
            cropped_area_upper_ha: Option<Rounded<4>>, "ha", "Cropped area, 90th percentile, inside the outline as drawn";
            area_deviation_frac: Option<Rounded<4>>, "fraction", "(cropped area - declared area) / declared area";
            cropped_area_method: Option<String>, "text", "Method behind the cropped part, with version";
            cropped_area_dates: Option<u32>, "count", "Clear dates while the crop was green that the cropped part rests on";
            cropped_area_not_told: Option<String>, "word", "Why the cropped part is null: too_few_pixels, too_few_clear_dates, too_early, crop_cannot_be_told, pixels_not_read";
            uncropped_water_frac: Option<Rounded<4>>, "0 to 1", "Part of the outline that is water";
            uncropped_evergreen_frac: Option<Rounded<4>>, "0 to 1", "Part of the outline that is green all year, as trees, hedges and permanent grass are";
            uncropped_bare_frac: Option<Rounded<4>>, "0 to 1", "Part of the outline that is built or bare all year";
            uncropped_other_frac: Option<Rounded<4>>, "0 to 1", "Part of the outline without a crop that is none of these: mown grass, weeds, a stand that failed";
            n_clusters: Option<u32>, "count", "Land uses seen inside the outline: crops with different dates, and uncropped land";
            heterogeneity_index: Option<Rounded<3>>, "ratio", "Interquartile range of the pixels' NDVI at full green over its median";
            heterogeneity_flag: Option<bool>, "true or false", "More than one land use, or a heterogeneity index above 0.25";
            seasons_seen: Option<u32>, "count", "Crop cycles seen in the whole period read";
            history: Vec<SeasonSeen>, "list, oldest first", "The crop cycles seen";
        }
        in "Crop type" {
            crop_candidates: Vec<CropCandidate>, "at most 3, best first", "Crops the plot may carry, where the method gives probabilities";
            crop_agrees_with_declared: Option<Agreement>, "word", "Whether the curve agrees with the declared crop";
            declared_verdict: Option<String>, "word", "consistent, undetermined, inconsistent, contradicted, unknown_crop";
            declared_log_odds: Option<Rounded<3>>, "natural log", "Log Bayes factor of the declared crop against the rest";
            declared_basis: Option<String>, "text", "What the verdict rests on";
            crop_method: Option<String>, "text", "Method behind crop, stage and harvest, with version";
        }
        in "Phenology and maturity" {
            emergence_date: Option<Date>, "ISO 8601", "Emergence";
            emergence_date_lower: Option<Date>, "ISO 8601", "Emergence, 10th percentile";
            emergence_date_upper: Option<Date>, "ISO 8601", "Emergence, 90th percentile";
            sos_date: Option<Date>, "ISO 8601", "Start of season: 25 % of the rise";
            sos_date_lower: Option<Date>, "ISO 8601", "Start of season, 10th percentile";
            sos_date_upper: Option<Date>, "ISO 8601", "Start of season, 90th percentile";
            peak_date: Option<Date>, "ISO 8601", "Day of the maximum";
            eos_date: Option<Date>, "ISO 8601", "End of season: 15 % of the fall";
            eos_date_lower: Option<Date>, "ISO 8601", "End of season, 10th percentile";
            eos_date_upper: Option<Date>, "ISO 8601", "End of season, 90th percentile";
            season_quality: Option<String>, "low, medium, high", "Whether the three phases of the season, as its curve dates them, were each seen on more than two clear dates";
            stage: Option<String>, "word", "bare, emergence, vegetative, peak, senescence, mature, harvested, unknown";
            stage_bbch: Option<Rounded<0>>, "BBCH", "Growth stage";
            stage_bbch_lower: Option<Rounded<0>>, "BBCH", "Growth stage, 10th percentile";
            stage_bbch_upper: Option<Rounded<0>>, "BBCH", "Growth stage, 90th percentile";
            maturity_frac: Option<Rounded<3>>, "0 to 1", "Part of the cycle from emergence to maturity";
            maturity_frac_lower: Option<Rounded<3>>, "0 to 1", "Maturity, 10th percentile";
            maturity_frac_upper: Option<Rounded<3>>, "0 to 1", "Maturity, 90th percentile";
            expected_harvest_date: Option<Date>, "ISO 8601", "Expected harvest, while the crop stands";
            expected_harvest_from: Option<Date>, "ISO 8601", "Expected harvest, 10th percentile";
            expected_harvest_to: Option<Date>, "ISO 8601", "Expected harvest, 90th percentile";
            harvest_detected_date: Option<Date>, "ISO 8601", "Harvest seen";
            harvest_detected_lower: Option<Date>, "ISO 8601", "Harvest seen, earliest";
            harvest_detected_upper: Option<Date>, "ISO 8601", "Harvest seen, latest";
        }
        in "Vigour" {
            ndvi_latest: Option<Rounded<4>>, "NDVI", "Mean over the plot on the last clear date";
            ndvi_latest_p10: Option<Rounded<4>>, "NDVI", "10th percentile of the plot's pixels on that date";
            ndvi_latest_p90: Option<Rounded<4>>, "NDVI", "90th percentile of the plot's pixels on that date";
            ndvi_peak: Option<Rounded<4>>, "NDVI", "Maximum of the season's curve";
            ndvi_base: Option<Rounded<4>>, "NDVI", "Base line of the season's curve";
            ndvi_integral: Option<Rounded<2>>, "NDVI days", "Area between curve and base line";
            vigour_class: Option<String>, "very_weak, weak, normal, strong", "Greenness among the peers, in words";
            vigour_stage_days: Option<u32>, "days", "Days since 50 % green-up that the comparison reaches";
            anomaly_own_z: Option<Rounded<2>>, "deviations", "Greenness against the plot's own other years at the same stage, shrunk by their number; what grew then is not known";
            anomaly_own_n: Option<u32>, "count", "Other seasons compared with";
            own_vci: Option<Rounded<1>>, "0 to 100", "Vegetation condition: 0 the weakest, 100 the strongest of at least four other years";
            peer_z: Option<Rounded<2>>, "deviations", "Greenness against the peers at the same stage, shrunk by their number";
            peer_percentile: Option<Rounded<4>>, "fraction", "Part of the peers that are less green at the same stage";
            peer_percentile_lower: Option<Rounded<4>>, "fraction", "Its 10th percentile";
            peer_percentile_upper: Option<Rounded<4>>, "fraction", "Its 90th percentile";
            peer_n: Option<u32>, "count", "Peers: plots of this run with the same crop group, zone and stage, of other borrowers";
            peer_radius_m: Option<u32>, "m", "Distance of the farthest of them, rounded up to 100 m";
            peer_vci: Option<Rounded<1>>, "0 to 100", "Median of the peers' own vegetation condition";
            peers_sha256: Option<String>, "hex", "SHA-256 over the peers' ids in order of distance, one a line: the run that made the record knows them";
            days_behind_peers: Option<Rounded<0>>, "days", "Green-up after the median of the same crop around; negative: before";
        }
        in "Yield" {
            yield_kg_ha: Option<Rounded<0>>, "kg/ha", "Median of what the lender's regional statistics let expect; not measured";
            yield_lower_kg_ha: Option<Rounded<0>>, "kg/ha", "10th percentile";
            yield_upper_kg_ha: Option<Rounded<0>>, "kg/ha", "90th percentile, capped at 1.2 times the reference";
            yield_p20_kg_ha: Option<Rounded<0>>, "kg/ha", "20th percentile: exceeded in four of five cases";
            yield_method: Option<String>, "reference_stat, scaled_reference", "The reference as it is, or scaled by greenness among the peers";
            yield_reference_kg_ha: Option<Rounded<0>>, "kg/ha", "Mean of the regional statistics used";
            yield_reference_years: Vec<u32>, "years", "Years of harvest that made it";
            yield_file_sha256: Option<String>, "hex", "SHA-256 of the file of regional statistics that the run was given";
            yield_source: Option<String>, "text", "Where the statistics come from, as in the file";
        }
        in "Hazards" {
            alerts: Vec<Alert>, "list, by date", "What happened to the crop of the season";
            flood_frac_max: Option<Rounded<4>>, "fraction", "Largest part of the plot under water on one date while the crop grew";
        }
        in "Provenance" {
            software: Software, "object", "Program that made the record";
            pipeline: String, "text", "Name of the pipeline file";
            config_sha256: String, "hex", "Hash of the resolved pipeline settings";
            mask_rule: Option<String>, "text", "How pixels were judged clear";
            inner_buffer_m: Option<Rounded<2>>, "m", "Inward buffer of the outline";
            sources: Vec<SourceScene>, "list, by time", "Scenes read for this plot";
            scenes_rejected: Vec<RejectedScene>, "list, by day", "Scenes found and not used, with the reason";
            models: Vec<ModelUsed>, "list", "Models and methods that took part";
            links: Vec<Link>, "list", "Files that belong to the record";
        }
    }
}
