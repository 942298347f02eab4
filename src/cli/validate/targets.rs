//! What is aimed at: one row a target, and the table that holds what was reached against it, missed ones first.

use super::Line;

/// A bound on a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Aim {
    AtLeast(f64),
    AtMost(f64),
    Between(f64, f64),
    /// Shown beside the others; no number was set.
    NoNumber,
}

use Aim::{AtLeast, AtMost, Between, NoNumber};

impl Aim {
    /// Whether a figure reaches it; `None` where no number was set.
    fn met(self, value: f64) -> Option<bool> {
        match self {
            AtLeast(least) => Some(value >= least),
            AtMost(most) => Some(value <= most),
            Between(least, most) => Some((least..=most).contains(&value)),
            NoNumber => None,
        }
    }

    /// In words, with `decimals`.
    fn words(self, decimals: usize) -> String {
        match self {
            AtLeast(least) => format!("at least {least:.decimals$}"),
            AtMost(most) => format!("at most {most:.decimals$}"),
            Between(least, most) => format!("{least:.decimals$} to {most:.decimals$}"),
            NoNumber => "no number".to_owned(),
        }
    }

    /// How far a figure stays away, in the figure's own unit; 0 when it is reached.
    fn short_by(self, value: f64) -> f64 {
        match self {
            AtLeast(least) => (least - value).max(0.0),
            AtMost(most) => (value - most).max(0.0),
            Between(least, most) => (least - value).max(value - most).max(0.0),
            NoNumber => 0.0,
        }
    }
}

/// One figure that has a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    FranceAccuracy,
    FranceAccepted,
    FranceReferred,
    FranceCalibration,
    DeclaredRanked,
    DeclaredCaught,
    AsiaAccuracy,
    AsiaRivalsWrong,
    SeasonsPerYear,
    AnnualCropPresent,
    AnnualCropFound,
    SoyThenWhat,
    StageError,
    MacroStage,
    StageCovered,
    PeakToMaturity,
    StagesInOrder,
    GppError,
    GppWithin,
    JolandaStart,
    JolandaEnd,
    HarvestError,
    HarvestWithin,
    AheadCereals,
    AheadOthers,
    PaddySignal,
    PaddyFalse,
    PaddyUnseen,
    AreaMedian,
    AreaWorstTenth,
    LossFound,
    FalseAlarm,
    Cost,
}

/// A target: which figure, on which set (`--only`), in words, its bound, and its decimals.
struct Target(Goal, &'static str, &'static str, Aim, usize);

/// Every target, in the order in which they were set.
const TARGETS: [Target; 33] = [
    Target(
        Goal::FranceAccuracy,
        "france",
        "western France, season end: accuracy, nothing referred",
        AtLeast(0.75),
        3,
    ),
    Target(
        Goal::FranceAccepted,
        "france",
        "western France, season end: of the pixels named, right",
        AtLeast(0.85),
        3,
    ),
    Target(Goal::FranceReferred, "france", "western France, season end: referred", AtMost(0.40), 3),
    Target(
        Goal::FranceCalibration,
        "france",
        "western France, season end: expected calibration error",
        AtMost(0.05),
        3,
    ),
    Target(
        Goal::DeclaredRanked,
        "france",
        "declared crop, western France: area under the curve",
        AtLeast(0.94),
        3,
    ),
    Target(
        Goal::DeclaredCaught,
        "france",
        "declared crop, western France: false ones caught, 5 % of honest ones flagged",
        AtLeast(0.75),
        3,
    ),
    Target(
        Goal::AsiaAccuracy,
        "asia",
        "Central Asia, cotton / wheat / wheat then second: accuracy",
        AtLeast(0.88),
        3,
    ),
    Target(
        Goal::AsiaRivalsWrong,
        "asia",
        "Central Asia, every rival allowed, land outside the three: named wrongly, not referred",
        NoNumber,
        3,
    ),
    Target(Goal::SeasonsPerYear, "brazil", "Mato Grosso: seasons a year right", AtLeast(0.90), 3),
    Target(
        Goal::AnnualCropPresent,
        "brazil",
        "Mato Grosso: annual crop present or not, right, by the range of the curve",
        AtLeast(0.96),
        3,
    ),
    Target(
        Goal::AnnualCropFound,
        "brazil",
        "Mato Grosso: land with an annual crop, crop seen",
        AtLeast(0.96),
        3,
    ),
    Target(Goal::SoyThenWhat, "brazil", "Mato Grosso: soy then what", AtLeast(0.80), 3),
    Target(Goal::StageError, "swiss", "wheat stage in season: mean absolute error, BBCH", AtMost(3.0), 2),
    Target(Goal::MacroStage, "swiss", "wheat stage in season: macro stage right", AtLeast(0.88), 3),
    Target(
        Goal::StageCovered,
        "swiss",
        "wheat stage in season: 80 % interval covers",
        Between(0.75, 0.85),
        3,
    ),
    Target(Goal::PeakToMaturity, "us", "US wheat: peak of NDVI to maturity, days", Between(36.0, 46.0), 0),
    Target(Goal::StagesInOrder, "us", "US wheat: stages in the right order", AtLeast(1.0), 0),
    Target(
        Goal::GppError,
        "gpp",
        "end of season against measured GPP: median absolute error, days",
        AtMost(8.0),
        1,
    ),
    Target(Goal::GppWithin, "gpp", "end of season against measured GPP: within 15 days", AtLeast(0.80), 2),
    Target(
        Goal::JolandaStart,
        "jolanda",
        "Jolanda, start of season: median absolute error, days",
        AtMost(7.0),
        1,
    ),
    Target(
        Goal::JolandaEnd,
        "jolanda",
        "Jolanda, end of season: median absolute error, days",
        AtMost(7.0),
        1,
    ),
    Target(
        Goal::HarvestError,
        "simulated",
        "harvest after the fact, simulated: root mean square error, days",
        AtMost(10.0),
        1,
    ),
    Target(
        Goal::HarvestWithin,
        "simulated",
        "harvest after the fact, simulated: within 10 days",
        AtLeast(0.80),
        2,
    ),
    Target(
        Goal::AheadCereals,
        "simulated",
        "harvest 30 days ahead, simulated, cereals: mean absolute error, days",
        AtMost(8.0),
        1,
    ),
    Target(
        Goal::AheadOthers,
        "simulated",
        "harvest 30 days ahead, simulated, other crops: mean absolute error, days",
        AtMost(12.0),
        1,
    ),
    Target(
        Goal::PaddySignal,
        "simulated",
        "paddies with a flood signal at 55 % cloud, simulated",
        AtLeast(0.85),
        2,
    ),
    Target(Goal::PaddyFalse, "simulated", "other crops with a flood signal, simulated", AtMost(0.0), 3),
    Target(
        Goal::PaddyUnseen,
        "simulated",
        "rice whose water nobody could see, simulated: declarations contradicted",
        AtMost(0.0),
        0,
    ),
    Target(
        Goal::AreaMedian,
        "area",
        "cropped area, outlines of 1 ha and more, simulated: median error",
        AtMost(0.03),
        3,
    ),
    Target(
        Goal::AreaWorstTenth,
        "area",
        "cropped area, outlines of 1 ha and more, simulated: 90 % of the errors lie below",
        AtMost(0.08),
        3,
    ),
    Target(
        Goal::LossFound,
        "simulated",
        "loss of half the leaves or more, simulated: found",
        AtLeast(0.85),
        2,
    ),
    Target(Goal::FalseAlarm, "simulated", "unharmed season, simulated: false alarm", AtMost(0.02), 3),
    Target(
        Goal::Cost,
        "cost",
        "crop ensemble, a plot-season of 40 dates: ms of processor time, least of 12 batches",
        AtMost(15.0),
        1,
    ),
];

fn target(goal: Goal) -> Option<&'static Target> {
    TARGETS.iter().find(|t| t.0 == goal)
}

/// The bound of a goal in words.
pub(super) fn bound(goal: Goal) -> String {
    target(goal).map_or_else(String::new, |t| t.3.words(t.4))
}

/// The table of targets as Markdown, from the lines of every set: missed first, then what was not measured, then met.
pub(super) fn table(lines: &[Line]) -> String {
    let mut rows: Vec<(u8, String)> = (TARGETS.iter())
        .map(|Target(goal, set, what, aim, decimals)| {
            let aimed = aim.words(*decimals);
            let reached = lines.iter().find_map(|l| Some((l.n, l.goal.filter(|(g, _)| g == goal)?.1)));
            let Some((n, value)) = reached else {
                return (1, format!("| {what} | {set} | – | – | {aimed} | not measured |"));
            };
            // One decimal more where rounding would hide on which side of the bound a figure lies.
            let shown = |d: usize| format!("{value:.d$}");
            let d = if aim.met(value) == aim.met(shown(*decimals).parse().unwrap_or(value)) {
                *decimals
            } else {
                decimals + 2
            };
            let (order, verdict) = match aim.met(value) {
                Some(false) => (0, format!("**missed by {:.d$}**", aim.short_by(value))),
                Some(true) => (3, "met".to_owned()),
                None => (2, "–".to_owned()),
            };
            (order, format!("| {what} | {set} | {n} | {} | {aimed} | {verdict} |", shown(d)))
        })
        .collect();
    rows.sort_by_key(|r| r.0);
    let missed = rows.iter().filter(|r| r.0 == 0).count();
    let met = rows.iter().filter(|r| r.0 == 3).count();
    let unmeasured = rows.iter().filter(|r| r.0 == 1).count();
    let mut out = format!(
        "\n## Targets\n\n{missed} missed, {met} met, {unmeasured} not measured. Simulated figures stand beside real ones, never instead of them.\n\n| target | set | n | reached | aim | |\n|---|---|---|---|---|---|\n"
    );
    rows.iter().for_each(|r| {
        out.push_str(&r.1);
        out.push('\n');
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(goal: Goal, value: f64) -> Line {
        Line::new("x", 7, String::new(), "").toward(goal, Some(value))
    }

    #[test]
    fn missed_targets_come_first_and_what_is_absent_is_said() {
        let text = table(&[line(Goal::FranceAccuracy, 0.80), line(Goal::Cost, 16.5)]);
        let rows: Vec<&str> = text.lines().filter(|l| l.contains(" | at ")).collect();
        assert!(
            rows.first().is_some_and(|r| r.contains("16.5") && r.contains("**missed by 1.5**")),
            "{text}"
        );
        assert!(rows.last().is_some_and(|r| r.contains("0.800") && r.ends_with("met |")), "{text}");
        assert_eq!(text.matches("not measured |").count(), TARGETS.len() - 2);
    }

    #[test]
    fn rounding_never_makes_a_missed_target_look_met() {
        let text = table(&[line(Goal::AreaMedian, 0.0304)]);
        assert!(text.contains("| 0.03040 | at most 0.030 | **missed by 0.00040** |"), "{text}");
        assert!(table(&[line(Goal::StageCovered, 0.9)]).contains("missed by 0.050"));
    }

    #[test]
    fn every_goal_has_one_row() {
        for (k, t) in TARGETS.iter().enumerate() {
            assert!(TARGETS.iter().skip(k + 1).all(|o| o.0 != t.0), "{:?} twice", t.0);
        }
    }
}
