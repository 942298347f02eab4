//! The end of a run: its manifest, the register, and what a person or a program is told.

use std::path::Path;

use serde_json::json;

use crate::cli::say::{Voice, counted};
use crate::cli::{Ended, Stop};
use crate::pipeline::{self, Outcome, Shard};
use crate::record::Status;
use crate::store::{self, Exit, Parts, RunManifest};

use super::now;

/// Scenes and plots named at the end of a run; all are in its manifest.
const NAMED: usize = 5;

/// Writes the manifest of a joined run, enters the register, removes the parts unless they are still of use.
pub(in crate::cli) fn conclude(
    out: &Path,
    mut manifest: RunManifest,
    keep_parts: bool,
    as_json: bool,
    voice: &Voice,
) -> Result<Ended, Stop> {
    let failed = |e: store::Error| Stop::failed(e.to_string());
    manifest.exit = if manifest.deferred.is_empty() { Exit::Done } else { Exit::Deferred };
    manifest.finished_at = now();
    store::write_manifest(out, &manifest).map_err(failed)?;
    if let Some(folder) = &manifest.register {
        let folder = Path::new(folder);
        let entered = store::enter_register(folder, out).map_err(failed)?;
        // Whoever enters later sees who entered before, so of two runs at the same time at least one is told.
        let register = store::read_register(folder).map_err(failed)?;
        if pipeline::register_moved(&entered, &register) {
            manifest.notes.push(
                "the register changed while this run was made, so its plots were not compared with all that is in it now: run the same command again"
                    .to_owned(),
            );
            store::write_manifest(out, &manifest).map_err(failed)?;
        }
    }
    if !keep_parts {
        Parts::of(out).remove().map_err(failed)?;
    }
    tell(out, &manifest, as_json, voice);
    Ok(if manifest.exit == Exit::Deferred { Ended::Deferred } else { Ended::Done })
}

/// The end of a shard.
pub(in crate::cli) fn shard(
    shard: Shard,
    out: &Path,
    outcome: &Outcome,
    as_json: bool,
    voice: &Voice,
) -> Ended {
    let units = outcome.units;
    if as_json {
        let summary = json!({
            "shard": shard.to_string(), "units": units.own, "finished_before": units.before,
            "units_of_run": units.planned, "deferred": outcome.deferred, "out": out,
        });
        voice.result(&summary.to_string());
    } else {
        voice.note(&format!(
            "shard {shard}: {} of {} units are done, {} of them by an earlier run; when all shards are, `croplens \
             merge {}` joins them",
            units.own,
            units.planned,
            units.before,
            out.display()
        ));
        for plot in outcome.deferred.iter().take(NAMED) {
            voice.note(&format!("  {}: {}", plot.id, plot.why));
        }
    }
    if outcome.deferred.is_empty() { Ended::Done } else { Ended::Deferred }
}

/// What a person who expected more than this would ask first.
fn worth_knowing(manifest: &RunManifest) -> Option<String> {
    let plots = &manifest.plots;
    let looked_for = plots.total - plots.by_status.get(Status::NotAppraised.word()).copied().unwrap_or(0);
    if plots.total == 0 {
        let files: Vec<&str> = manifest.inputs.iter().map(|input| input.path.as_str()).collect();
        Some(format!("{} holds no plot: there is nothing to appraise", files.join(", ")))
    } else if plots.reused > 0 {
        let (kept, all) = (plots.reused, plots.total);
        Some(format!(
            "{kept} of {all} plots were finished by an earlier run and kept; --fresh does them anew"
        ))
    } else if manifest.scenes.found == 0 && looked_for > 0 {
        Some(format!(
            "the catalogue lists no image over any plot from {} to {}: are the days right, does it cover the place, and are \
             the coordinates longitude, latitude?",
            manifest.from, manifest.to
        ))
    } else {
        None
    }
}

/// The end of a run, for a person or for a program.
fn tell(out: &Path, manifest: &RunManifest, as_json: bool, voice: &Voice) {
    let count = |status: Status| manifest.plots.by_status.get(status.word()).copied().unwrap_or(0);
    if as_json {
        let summary = json!({
            "records": manifest.plots.total,
            "by_status": manifest.plots.by_status,
            "reused": manifest.plots.reused,
            "deferred": manifest.deferred,
            "scenes": manifest.scenes,
            "traffic": manifest.traffic,
            "timings_s": manifest.timings_s,
            "out": out,
            "exit": manifest.exit,
        });
        voice.result(&summary.to_string());
        return;
    }
    for note in &manifest.notes {
        voice.note(&format!("note: {note}"));
    }
    if let Some(note) = worth_knowing(manifest) {
        voice.note(&format!("note: {note}"));
    }
    for scene in manifest.scenes_skipped.iter().filter(|s| s.reason == "unread").take(NAMED) {
        voice.note(&format!("scene {} was not read: {}", scene.item_id, scene.detail));
    }
    voice.note(&format!(
        "{}: {} supported, {} to refer to a person, {} not supported, {} not appraised",
        counted(manifest.plots.total, "plot"),
        count(Status::Supports),
        count(Status::Refer),
        count(Status::DoesNotSupport),
        count(Status::NotAppraised),
    ));
    if !manifest.deferred.is_empty() {
        voice.note(&format!(
            "{} of them could not be finished because images or catalogue could not be read; run the same command \
             again to finish them:",
            manifest.deferred.len()
        ));
        for plot in manifest.deferred.iter().take(NAMED) {
            voice.note(&format!("  {}: {}", plot.id, plot.why));
        }
    }
    let index = out.join("index.html");
    voice.note(&format!("open {} in a browser; the records are in {}", index.display(), out.display()));
}
