//! The table that comes first: every line that has a bound, with what was reached against it, the missed ones on top.
//!
//! It is made from the lines themselves, so a bound in a table below cannot be missing here.

use serde_json::{Value, json};

use super::aim::{Aimed, Standing};
use super::line::Line;
use super::targets::{TARGETS, target};

/// One row: a figure and its bound.
pub(super) struct Verdict {
    what: String,
    set: &'static str,
    n: usize,
    aimed: Aimed,
    mind: String,
}

/// A row for every line with a bound, of each set by its name, and for every target whose set was not measured.
pub(super) fn verdicts(lines: &[(&'static str, &Line)]) -> Vec<Verdict> {
    let of_line = |(set, l): &(&'static str, &Line)| -> Option<Verdict> {
        let aimed = l.aim?;
        let words = aimed.goal.map(target);
        let what = words.map_or_else(|| l.what.clone(), |t| t.what.to_owned());
        let mind = words.map_or_else(|| l.remark.clone(), |t| t.mind.to_owned());
        Some(Verdict { what, set, n: l.n, aimed, mind })
    };
    let mut rows: Vec<Verdict> = lines.iter().filter_map(of_line).collect();
    let measured: Vec<_> = rows.iter().filter_map(|r| r.aimed.goal).collect();
    rows.extend(TARGETS.iter().filter(|t| !measured.contains(&t.goal)).map(|t| Verdict {
        what: t.what.to_owned(),
        set: t.set,
        n: 0,
        aimed: Aimed { goal: Some(t.goal), aim: t.aim, decimals: t.decimals, value: None },
        mind: t.mind.to_owned(),
    }));
    // Targets that were set beforehand stand before the other bounds of the tables.
    rows.sort_by_key(|r| {
        (r.standing(), r.aimed.goal.is_none(), r.aimed.goal.map_or(usize::MAX, |g| g as usize))
    });
    rows
}

impl Verdict {
    fn standing(&self) -> Standing {
        self.aimed.standing(self.n)
    }

    fn json(&self) -> Value {
        let (least, most) = self.aimed.aim.ends();
        let value = self.aimed.value.filter(|v| v.is_finite());
        json!({
            "target": self.what, "set": self.set, "n": self.n, "reached": value,
            "at_least": least, "at_most": most,
            "short_by": self.aimed.short_by().filter(|v| v.is_finite()),
            "verdict": match self.standing() {
                Standing::Missed | Standing::Few(false) => "missed",
                Standing::NotMeasured => "not measured",
                Standing::Met | Standing::Few(true) => "met",
            },
            "too_few_cases": matches!(self.standing(), Standing::Few(_)),
            "set_beforehand": self.aimed.goal.is_some(), "mind": self.mind,
        })
    }
}

/// How many rows stand so.
fn count(rows: &[Verdict], of: &dyn Fn(Standing) -> bool) -> usize {
    rows.iter().filter(|r| of(r.standing())).count()
}

/// The rows as Markdown.
pub(super) fn table(rows: &[Verdict]) -> String {
    let missed = count(rows, &|s| s == Standing::Missed);
    let met = count(rows, &|s| s == Standing::Met);
    let few = count(rows, &|s| matches!(s, Standing::Few(_)));
    let unmeasured = count(rows, &|s| s == Standing::NotMeasured);
    let mut out = format!(
        "\n## Targets\n\n{missed} missed, {met} met, {few} on too few cases to say, {unmeasured} not measured: every bound of the tables below. Simulated figures stand beside real ones, never instead of them.\n\n| target | set | n | reached | aim | | mind |\n|---|---|---|---|---|---|---|\n"
    );
    for r in rows {
        let n = if r.aimed.value.is_some() { r.n.to_string() } else { "–".to_owned() };
        out.push_str(&format!(
            "| {} | {} | {n} | {} | {} | {} | {} |\n",
            r.what,
            r.set,
            r.aimed.reached(),
            r.aimed.aim.words(r.aimed.decimals),
            r.aimed.verdict(r.n),
            r.mind
        ));
    }
    out
}

/// The rows for programs.
pub(super) fn json(rows: &[Verdict]) -> Value {
    rows.iter().map(Verdict::json).collect()
}

#[cfg(test)]
mod tests {
    use super::super::aim::Aim;
    use super::super::targets::Goal;
    use super::*;

    fn line(goal: Goal, value: f64) -> Line {
        Line::new("x", 70, String::new(), "").toward(goal, Some(value))
    }

    fn text(lines: &[Line]) -> String {
        let named: Vec<(&'static str, &Line)> = lines.iter().map(|l| ("france", l)).collect();
        table(&verdicts(&named))
    }

    #[test]
    fn missed_targets_come_first_and_what_is_absent_is_said() {
        let text = text(&[line(Goal::FranceAccuracy, 0.80), line(Goal::Cost, 16.5)]);
        let rows: Vec<&str> = text.lines().filter(|l| l.contains(" | at ")).collect();
        assert!(rows[0].contains("16.5") && rows[0].contains("**missed by 1.5**"), "{text}");
        assert!(rows.last().is_some_and(|r| r.contains("0.800") && r.contains("| met |")), "{text}");
        assert_eq!(text.matches("| not measured |").count(), TARGETS.len() - 2);
    }

    #[test]
    fn a_line_with_a_bound_of_its_own_is_counted_beside_the_targets() {
        let own = |n, value| Line::new("ECE", n, String::new(), "").aimed(Aim::AtMost(0.05), 3, Some(value));
        let said = text(&[own(70, 0.155), line(Goal::FranceAccuracy, 0.70), own(70, 0.01)]);
        assert!(said.contains("2 missed, 1 met, 0 on too few cases"), "{said}");
        assert!(
            said.contains("| ECE | france | 70 | 0.155 | at most 0.050 | **missed by 0.105** |"),
            "{said}"
        );
        // Two cases prove nothing, whichever way they fall.
        let said = text(&[own(2, 0.155), own(2, 0.01)]);
        assert!(said.contains("0 missed, 0 met, 2 on too few cases"), "{said}");
        assert!(said.contains("n = 2, says little: missed by 0.105"), "{said}");
    }

    #[test]
    fn rounding_never_makes_a_missed_target_look_met() {
        let said = text(&[line(Goal::AreaMedian, 0.0304)]);
        assert!(said.contains("| 0.03040 | at most 0.030 | **missed by 0.00040** |"), "{said}");
        assert!(text(&[line(Goal::StageCovered, 0.9)]).contains("missed by 0.050"));
        assert!(text(&[line(Goal::GppErrorAll, f64::INFINITY)]).contains("missed by inf"));
    }
}
