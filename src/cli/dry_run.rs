//! `--dry-run`: what a run would cost, from the catalogue and a few file headers per tile.

use serde_json::json;

use crate::intake::Intake;
use crate::pipeline::{self, Doors, Job, Spec};

use super::run_flags::{Days, RunFlags};
use super::say::Voice;
use super::{Ended, Stop, wait_for};

/// Tells scenes, requests and bytes; reads nothing but metadata.
pub(super) fn tell(
    flags: &RunFlags,
    spec: &Spec,
    intake: &Intake,
    job: Job,
    days: &Days,
    doors: &Doors,
    voice: &Voice,
) -> Result<Ended, Stop> {
    let estimate = wait_for(pipeline::estimate(intake, spec, job, (days.from, days.to), doors))?;
    if flags.json {
        let text = json!({
            "plots": estimate.plots, "tiles": estimate.tiles, "scenes": estimate.scenes,
            "items_skipped": estimate.items_skipped, "requests": estimate.requests,
            "bytes": estimate.bytes, "cpu_s": estimate.cpu_s, "memory_bytes": estimate.memory_bytes,
            "requests_at_most": estimate.requests_at_most,
            "bytes_at_most": estimate.bytes_at_most, "headers_unread": estimate.headers_unread,
            "search_failed": estimate.search_failed,
        });
        voice.result(&text.to_string());
    } else {
        voice.result(&format!(
            "{} plots on {} tiles; {} scenes from {} to {} ({} items cannot be used)",
            estimate.plots, estimate.tiles, estimate.scenes, days.from, days.to, estimate.items_skipped
        ));
        voice.result(&format!(
            "about {} requests and {:.1} MB by the cloud cover that the catalogue tells, at most {} requests and \
             {:.1} MB; about {:.0} CPU seconds and {:.1} GB of memory; nothing was read but the catalogue and a few \
             headers",
            estimate.requests,
            estimate.bytes as f64 / 1e6,
            estimate.requests_at_most,
            estimate.bytes_at_most as f64 / 1e6,
            estimate.cpu_s,
            estimate.memory_bytes as f64 / 1e9
        ));
        if estimate.headers_unread > 0 {
            voice.result(&format!(
                "{} scenes could not be looked into and are not counted",
                estimate.headers_unread
            ));
        }
    }
    if estimate.search_failed > 0 {
        return Err(Stop::failed(format!(
            "the catalogue could not be searched for {} plots",
            estimate.search_failed
        )));
    }
    Ok(Ended::Done)
}
