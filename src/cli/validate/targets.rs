//! What is aimed at: one row a target that was set beforehand, with what to bear in mind where its figure is read.

use super::aim::Aim::{self, AtLeast, AtMost, Between};
pub(super) use super::goal::Goal;

/// A target: which figure, on which set (`--only`), in words, its bound, its decimals, and what a reader of the figure
/// must know: what was given, what was left out, what was chosen in sight of these data.
pub(super) struct Target {
    pub goal: Goal,
    pub set: &'static str,
    pub what: &'static str,
    pub aim: Aim,
    pub decimals: usize,
    pub mind: &'static str,
}

const fn row(
    goal: Goal,
    set: &'static str,
    what: &'static str,
    aim: Aim,
    decimals: usize,
    mind: &'static str,
) -> Target {
    Target { goal, set, what, aim, decimals, mind }
}

const SIGHT_FRANCE: &str = "settings and some calendar rows were chosen in sight of these pixels";
const CLOSED: &str = "a closed world: three answers only, of fields known to be one of them. Calendar rows and coarse unit were chosen in sight of these regions";
const CHAINS: &str = "Calendar rows and coarse unit were chosen in sight of these regions";
const SIGHT_SWISS: &str = "not independent: the clock was written in sight of these visits";
const MATCHED: &str = "seasons without one of ours within 60 days left out; calendar rows were written in sight of these towers";
const JOLANDA: &str = "series of the author, weighted by quality; cycles that were not found left out";
const HARVEST: &str = "true crop and sowing date (7 days wrong at most) given; no failed, struck, green-cut or mislabelled fields";
const LOSSES: &str = "true crop and sowing date given; no failed or mislabelled fields";

/// Every target, in the order of the goals.
pub(super) const TARGETS: [Target; 35] = [
    row(
        Goal::FranceAccuracy,
        "france",
        "western France, season end: accuracy, nothing referred",
        AtLeast(0.75),
        3,
        SIGHT_FRANCE,
    ),
    row(
        Goal::FranceAccepted,
        "france",
        "western France, season end: of the pixels named, right",
        AtLeast(0.85),
        3,
        SIGHT_FRANCE,
    ),
    row(
        Goal::FranceReferred,
        "france",
        "western France, season end: referred",
        AtMost(0.40),
        3,
        SIGHT_FRANCE,
    ),
    row(
        Goal::FranceCalibration,
        "france",
        "western France, season end: expected calibration error",
        AtMost(0.05),
        3,
        SIGHT_FRANCE,
    ),
    row(
        Goal::DeclaredRanked,
        "france",
        "declared crop, western France: area under the curve",
        AtLeast(0.94),
        3,
        SIGHT_FRANCE,
    ),
    row(
        Goal::DeclaredCaught,
        "france",
        "declared crop, western France: false ones caught, 5 % of honest ones flagged",
        AtLeast(0.75),
        3,
        SIGHT_FRANCE,
    ),
    row(
        Goal::AsiaAccuracy,
        "asia",
        "Central Asia, cotton / wheat / wheat then second: accuracy",
        AtLeast(0.88),
        3,
        CLOSED,
    ),
    row(
        Goal::AsiaOpenAccuracy,
        "asia",
        "Central Asia, every rival allowed, the three sequences: accuracy",
        AtLeast(0.88),
        3,
        CHAINS,
    ),
    row(
        Goal::AsiaRivalsWrong,
        "asia",
        "Central Asia, every rival allowed, land outside the three: named wrongly, not referred",
        AtMost(0.10),
        3,
        "no number was set beforehand; one in ten is ours. Calendar rows and coarse unit were chosen in sight of these regions",
    ),
    row(
        Goal::SeasonsPerYear,
        "brazil",
        "Mato Grosso: seasons a year right",
        AtLeast(0.90),
        3,
        "the least rise of a season was chosen in sight of this set",
    ),
    row(
        Goal::AnnualCropPresent,
        "brazil",
        "Mato Grosso: annual crop present or not, the product's own answer right, of all samples",
        AtLeast(0.96),
        3,
        "an open answer (*cannot tell*) is not right",
    ),
    row(
        Goal::SoyThenWhat,
        "brazil",
        "Mato Grosso: soy then what",
        AtLeast(0.80),
        3,
        "four answers only, of fields known to be one of them. Calendar rows and coarse unit were chosen in sight of these regions",
    ),
    row(
        Goal::StageError,
        "swiss",
        "wheat stage in season: mean absolute error, BBCH",
        AtMost(3.0),
        2,
        SIGHT_SWISS,
    ),
    row(Goal::MacroStage, "swiss", "wheat stage in season: macro stage right", AtLeast(0.88), 3, SIGHT_SWISS),
    row(
        Goal::StageCovered,
        "swiss",
        "wheat stage in season: 80 % interval covers",
        Between(0.75, 0.85),
        3,
        "in-sample: its width was fitted on these very visits; the row with the field left out is the fair one",
    ),
    row(
        Goal::PeakToMaturity,
        "us",
        "US wheat: days from the peak of NDVI to maturity, ours less the scouted median",
        Between(-5.0, 5.0),
        0,
        "ours is one constant, a median of the whole set, so not independent of these rows",
    ),
    row(
        Goal::StagesInOrder,
        "us",
        "US wheat: field-years whose stages, said by calendar on the scouted days, are in the right order",
        AtLeast(1.0),
        3,
        "two stages on different days must get different codes",
    ),
    row(
        Goal::GppError,
        "gpp",
        "end of season against measured GPP: median absolute error, days, of the seasons matched",
        AtMost(8.0),
        1,
        MATCHED,
    ),
    row(
        Goal::GppErrorAll,
        "gpp",
        "end of season against measured GPP: median absolute error, days, of all, one without a season of ours infinitely far",
        AtMost(8.0),
        1,
        "",
    ),
    row(
        Goal::GppWithin,
        "gpp",
        "end of season against measured GPP: within 15 days, of the seasons matched",
        AtLeast(0.80),
        2,
        MATCHED,
    ),
    row(
        Goal::GppWithinAll,
        "gpp",
        "end of season against measured GPP: within 15 days, of all, one without a season of ours a failure",
        AtLeast(0.80),
        2,
        "a few are catch crops or volunteers",
    ),
    row(
        Goal::JolandaStart,
        "jolanda",
        "Jolanda, start of season: median absolute error, days, of the cycles matched",
        AtMost(7.0),
        1,
        JOLANDA,
    ),
    row(
        Goal::JolandaEnd,
        "jolanda",
        "Jolanda, end of season: median absolute error, days, of the cycles matched",
        AtMost(7.0),
        1,
        JOLANDA,
    ),
    row(
        Goal::HarvestError,
        "simulated",
        "harvest after the fact, simulated: root mean square error, days",
        AtMost(10.0),
        1,
        HARVEST,
    ),
    row(
        Goal::HarvestWithin,
        "simulated",
        "harvest after the fact, simulated: within 10 days, of the fields with a date",
        AtLeast(0.80),
        2,
        HARVEST,
    ),
    row(
        Goal::AheadCereals,
        "simulated",
        "harvest 30 days ahead, simulated, cereals: mean absolute error, days",
        AtMost(8.0),
        1,
        HARVEST,
    ),
    row(
        Goal::AheadOthers,
        "simulated",
        "harvest 30 days ahead, simulated, other crops: mean absolute error, days",
        AtMost(12.0),
        1,
        HARVEST,
    ),
    row(
        Goal::PaddySignal,
        "simulated",
        "paddies with a flood signal at 55 % cloud, simulated, by the product's own rule",
        AtLeast(0.85),
        2,
        "nothing declared: the calendar's time of flooding",
    ),
    row(
        Goal::PaddyFalse,
        "simulated",
        "crops of land that is no paddy with a flood signal, simulated, by the product's own rule",
        AtMost(0.0),
        3,
        "asked as rice at the calendar's time of flooding; winter crops of paddies left out",
    ),
    row(
        Goal::PaddyUnseen,
        "simulated",
        "rice whose water the product did not see, simulated: declarations contradicted",
        AtMost(0.0),
        0,
        "true sowing date given",
    ),
    row(
        Goal::AreaMedian,
        "area",
        "cropped area, outlines of 1 ha and more, simulated: median error",
        AtMost(0.03),
        3,
        "of the outlines told; one in seven has no answer",
    ),
    row(
        Goal::AreaWorstTenth,
        "area",
        "cropped area, outlines of 1 ha and more, simulated: 90 % of the errors lie below",
        AtMost(0.08),
        3,
        "of the outlines told; one in seven has no answer",
    ),
    row(
        Goal::LossFound,
        "simulated",
        "loss of half the leaves or more, simulated: found",
        AtLeast(0.85),
        2,
        LOSSES,
    ),
    row(Goal::FalseAlarm, "simulated", "unharmed season, simulated: false alarm", AtMost(0.02), 3, LOSSES),
    row(
        Goal::Cost,
        "cost",
        "crop ensemble, a plot-season of 40 dates: ms of processor time, median of 12 batches",
        AtMost(15.0),
        1,
        "differs from run to run",
    ),
];

/// The row of a goal.
pub(super) fn target(goal: Goal) -> &'static Target {
    &TARGETS[goal as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_goal_has_its_own_row() {
        for (k, t) in TARGETS.iter().enumerate() {
            assert_eq!(t.goal as usize, k, "{}", t.what);
            assert_eq!(target(t.goal).what, t.what);
        }
    }
}
