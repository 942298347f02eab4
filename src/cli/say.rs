//! How the command speaks: results on standard output, everything else on standard error.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::{Event, Watcher};

/// Writes lines to the terminal, or keeps quiet.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    quiet: bool,
}

impl Voice {
    pub(super) fn new(quiet: bool) -> Voice {
        Voice { quiet }
    }

    /// A line for whoever watches, on standard error.
    pub(super) fn note(&self, line: &str) {
        if !self.quiet {
            drop(writeln!(std::io::stderr().lock(), "{line}"));
        }
    }

    /// A line that is always said, on standard error.
    pub(super) fn error(&self, line: &str) {
        drop(writeln!(std::io::stderr().lock(), "croplens: {line}"));
    }

    /// The result itself, on standard output. A closed pipe is no error.
    pub(super) fn result(&self, text: &str) {
        drop(writeln!(std::io::stdout().lock(), "{text}"));
    }

    /// Bars on a terminal, a few plain lines elsewhere, nothing when quiet.
    pub(super) fn watcher(&self) -> Watcher {
        if self.quiet {
            return crate::pipeline::nobody();
        }
        if std::io::stderr().is_terminal() { bars() } else { lines(self.clone()) }
    }
}

fn bars() -> Watcher {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let counted = ProgressStyle::with_template("{msg:<28} {wide_bar} {pos}/{len} scenes  {eta}");
    let bar_style = counted.unwrap_or_else(|_| ProgressStyle::default_bar());
    let shared = Arc::new(Mutex::new(bar));
    Arc::new(move |event| {
        let Ok(bar) = shared.lock() else { return };
        match event {
            Event::Searching { plots } => bar.set_message(format!("searching, {plots} plots")),
            Event::Found { scenes, .. } => {
                bar.set_style(bar_style.clone());
                bar.set_length(*scenes as u64);
                bar.set_message("reading scenes");
            }
            Event::SceneDone { tile, done, .. } => {
                bar.set_message(format!("reading {tile}"));
                bar.set_position(*done as u64);
            }
            Event::Appraising { plots } => bar.set_message(format!("appraising {plots} plots")),
            Event::Written { .. } => bar.finish_and_clear(),
        }
    })
}

/// `1 plot`, `20 plots`.
pub(super) fn counted(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn lines(voice: Voice) -> Watcher {
    Arc::new(move |event| match event {
        // A run that finds everything finished asks for nothing.
        Event::Searching { plots: 0 }
        | Event::Found { tiles: 0, skipped: 0, .. }
        | Event::Appraising { plots: 0 } => {}
        Event::Searching { plots } => {
            voice.note(&format!("asking the catalogue for scenes over {}", counted(*plots as u64, "plot")))
        }
        Event::Found { scenes, skipped, tiles } => {
            voice.note(&format!("found {scenes} scenes on {tiles} tiles; {skipped} items cannot be used"));
        }
        Event::SceneDone { done, total, .. } if *done == *total || done % 50 == 0 => {
            voice.note(&format!("read {done} of {total} scenes"));
        }
        Event::SceneDone { .. } => {}
        Event::Appraising { plots } => voice.note(&format!("appraising {}", counted(*plots as u64, "plot"))),
        Event::Written { records } => voice.note(&format!("wrote {}", counted(*records as u64, "record"))),
    })
}

#[expect(clippy::disallowed_methods, reason = "the environment is read here, at the rim")]
/// Logging to standard error: warnings by default, more with `-v`, errors only when quiet.
pub(super) fn start_logging(quiet: bool, verbose: u8) {
    let level = match (quiet, verbose) {
        (true, _) => "croplens=error",
        (_, 0) => "croplens=error",
        (_, 1) => "croplens=info",
        _ => "croplens=debug",
    };
    let filter = std::env::var("CROPLENS_LOG").unwrap_or_else(|_| level.to_owned());
    let built = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .finish();
    // A second call in one process (tests) keeps the first subscriber.
    drop(tracing::subscriber::set_global_default(built));
}
