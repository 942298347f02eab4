//! The features of one unit judged: each among the others, and handed on a few at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::crop::Assessment;
use crate::crop::vigour::Peers;
use crate::intake::{Entry, Rejection};
use crate::lending::{self, Refused};
use crate::observation::Observation;
use crate::plot::Plot;
use crate::record::EligibilityRecord;
use crate::scene::SceneId;
use crate::store::{self, FinishedRecord};

use crate::pipeline::bridge::words_of;
use crate::pipeline::earlier::Earlier;
use crate::pipeline::judge::{Bench, observability};
use crate::pipeline::neighbours::Look;
use crate::pipeline::papers::{Papers, choose, links};
use crate::pipeline::search::Catalogued;
use crate::pipeline::survey::{PlotSurvey, Survey};

use super::{Error, RunRequest};

/// Records held at a time: each is some ten kilobytes before it is written.
const AT_A_TIME: usize = 256;

/// A record with the observations behind it.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) record: EligibilityRecord,
    pub(super) observations: Vec<Observation>,
}

/// What judging the units of a run shares.
#[derive(Debug)]
pub(super) struct Court<'a> {
    pub(super) request: &'a RunRequest,
    pub(super) bench: &'a Bench<'a>,
    pub(super) catalogued: &'a Catalogued,
    pub(super) earlier: &'a Earlier,
}

impl Court<'_> {
    /// Pictures that the papers need and that are not at hand, by scene: positions of plots.
    pub(super) fn lacking(
        &self,
        positions: &[usize],
        looks: &[Option<Look>],
        seen: &Survey,
    ) -> BTreeMap<SceneId, Vec<usize>> {
        let mut lacking: BTreeMap<SceneId, Vec<usize>> = BTreeMap::new();
        for (at, look) in positions.iter().zip(looks) {
            let Some((seen, look)) = seen.plots.get(at).zip(look.as_ref()) else { continue };
            if self.request.papers_of(*at).is_none() {
                continue;
            }
            let at_hand = |scene: &SceneId| seen.chips.iter().any(|chip| chip.scene == *scene);
            if seen.sights.iter().all(|sight| at_hand(&sight.scene)) {
                continue;
            }
            let mut wanted = self.phases(*at, seen, look);
            wanted.extend(choose(seen, peak(&look.assessment)).map(|sight| sight.scene.clone()));
            for scene in wanted.into_iter().filter(|scene| !at_hand(scene)) {
                lacking.entry(scene).or_default().push(*at);
            }
        }
        lacking
    }

    /// Scenes whose pictures show the phases of a plot's crop: neighbours change nothing about them.
    fn phases(&self, at: usize, seen: &PlotSurvey, look: &Look) -> BTreeSet<SceneId> {
        let Some(Entry::Plot(plot)) = self.request.intake.entries.get(at) else { return BTreeSet::new() };
        let alone = Peers::new(Vec::new());
        let judged = catch_unwind(AssertUnwindSafe(|| {
            self.bench.judge(plot, seen, look, &alone, None, Vec::new()).record.phase_evidence
        }));
        // A plot that cannot be judged is told of where it is judged in earnest.
        let named = judged.unwrap_or_default();
        let is_named = |scene: &SceneId| named.iter().any(|phase| phase.item_id == scene.as_str());
        seen.sights.iter().map(|sight| &sight.scene).filter(|scene| is_named(scene)).cloned().collect()
    }

    /// Judges the features at these positions among each other, and hands on each record in order.
    pub(super) fn judge(
        &self,
        positions: &[usize],
        looks: &[Option<Look>],
        seen: &Survey,
        mut take: impl FnMut(Made) -> Result<(), store::Error>,
    ) -> Result<(), Error> {
        let facts = looks.iter().flatten().map(|l| l.befallen.facts.clone()).collect();
        let peers = Peers::new(facts);
        let all: Vec<(usize, Option<&Look>)> =
            positions.iter().copied().zip(looks.iter().map(Option::as_ref)).collect();
        for some in all.chunks(AT_A_TIME) {
            let made: Vec<Result<Made, store::Error>> =
                some.par_iter().map(|(at, look)| self.one(*at, *look, &peers, seen)).collect();
            for one in made {
                take(one?)?;
            }
        }
        Ok(())
    }

    fn one(
        &self,
        at: usize,
        look: Option<&Look>,
        peers: &Peers,
        seen: &Survey,
    ) -> Result<Made, store::Error> {
        let (request, bench) = (self.request, self.bench);
        let alone = |record| Ok(Made { record, observations: Vec::new() });
        match &request.intake.entries[at] {
            Entry::Rejected(rejection) => {
                let refused = refused(rejection);
                alone(lending::not_appraised(&refused, request.as_of, &request.policy, bench.provenance))
            }
            Entry::Plot(plot) => {
                let barred = lending::without_consent(plot, request.as_of, &request.policy, bench.provenance);
                if let Some(record) = barred {
                    return alone(record);
                }
                if let Some(FinishedRecord { record, .. }) = self.earlier.finished.get(plot.id.as_str()) {
                    let observations = self.earlier.observations.get(plot.id.as_str()).cloned();
                    return Ok(Made {
                        record: record.clone(),
                        observations: observations.unwrap_or_default(),
                    });
                }
                let unseen = PlotSurvey::default();
                let seen = seen.plots.get(&at).unwrap_or(&unseen);
                let failed = self.catalogued.failed.get(&at).map(String::as_str);
                self.plot(plot, seen, look.map(|l| (l, peers)), failed)
            }
        }
    }

    /// The first pass, one for each feature; none where the program failed on a plot, or nothing needs to be judged.
    pub(super) fn look_all(&self, positions: &[usize], seen: &Survey) -> Vec<Option<Look>> {
        let entries = &self.request.intake.entries;
        let missing = |at: &usize| match &entries[*at] {
            Entry::Plot(plot) => !self.earlier.finished.contains_key(plot.id.as_str()),
            Entry::Rejected(_) => false,
        };
        if !positions.iter().any(missing) {
            return positions.iter().map(|_| None).collect();
        }
        let unseen = PlotSurvey::default();
        let look = |at: &usize| -> Option<Look> {
            let Entry::Plot(plot) = &entries[*at] else { return None };
            let looked =
                catch_unwind(AssertUnwindSafe(|| match self.earlier.finished.get(plot.id.as_str()) {
                    // Finished before: it only takes part as a neighbour.
                    Some(done) => {
                        let observations = self.earlier.observations.get(plot.id.as_str());
                        let grade = done.record.observability_grade;
                        self.bench.look(plot, observations.map_or(&[], Vec::as_slice), grade)
                    }
                    None => {
                        let seen = seen.plots.get(at).unwrap_or(&unseen);
                        self.bench.look(plot, &seen.observations, observability(plot, seen).map(|o| o.grade))
                    }
                }));
            looked
                .inspect_err(|panic| {
                    let cause = words_of(panic.as_ref());
                    tracing::error!(plot = %plot.id, %cause, "internal error while reading");
                })
                .ok()
        };
        positions.par_iter().map(look).collect()
    }

    /// One plot's record and papers. A panic costs this plot its appraisal, and nobody else's.
    fn plot(
        &self,
        plot: &Plot,
        seen: &PlotSurvey,
        look: Option<(&Look, &Peers)>,
        search_failed: Option<&str>,
    ) -> Result<Made, store::Error> {
        let (request, bench) = (self.request, self.bench);
        let judged = look.map(|(look, peers)| {
            catch_unwind(AssertUnwindSafe(|| {
                let linked = request.papers() && search_failed.is_none();
                let links = if linked { links(plot, choose(seen, None).is_some()) } else { Vec::new() };
                bench.judge(plot, seen, look, peers, search_failed, links)
            }))
        });
        let judged = match judged {
            Some(Ok(judged)) => judged,
            failed => {
                if let Some(Err(panic)) = failed {
                    let cause = words_of(panic.as_ref());
                    tracing::error!(plot = %plot.id, %cause, "internal error while appraising");
                }
                let record = lending::internal_error(plot, request.as_of, &request.policy, bench.provenance);
                return Ok(Made { record, observations: seen.observations.clone() });
            }
        };
        let folder = request.papers_of(plot.position).filter(|_| search_failed.is_none());
        if let Some(folder) = folder {
            let sight = choose(seen, peak(&judged.assessment));
            let chip = sight.and_then(|sight| seen.chips.iter().find(|chip| chip.scene == sight.scene));
            Papers { bench, plot, judged: &judged }.write(folder, chip, &seen.chips)?;
        }
        Ok(Made { record: judged.record, observations: judged.observations })
    }
}

/// The peak of the season that is appraised.
fn peak(assessment: &Assessment) -> Option<Date> {
    assessment.current.and_then(|k| assessment.seasons.get(k)).and_then(|s| s.pos)
}

/// An entry that could not be used, as `lending` takes it.
fn refused(rejection: &Rejection) -> Refused {
    let defect = |d: &crate::intake::Defect| lending::Defect {
        code: d.kind.code().to_owned(),
        detail: d.text.clone(),
        detail_zh: d.text_zh.clone(),
    };
    Refused {
        id: Some(rejection.id.as_str().to_owned()),
        position: rejection.position,
        references: rejection.references.clone(),
        declared: rejection.declared.clone(),
        defects: rejection.reasons.iter().map(defect).collect(),
    }
}
