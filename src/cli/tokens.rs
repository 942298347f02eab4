//! `croplens tokens`: two lenders find out whether they finance the same land, and show each other no outline.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use ring::hmac;

use crate::intake::{self, Entry};
use crate::overlap;
use crate::pipeline::Spec;
use crate::store;

use super::say::Voice;
use super::{Ended, Stop};

/// Shortest key, bytes: as long as the tokens' hash needs to be unguessable.
const LEAST_KEY_BYTES: usize = 32;

/// Bytes of a token: 128 bits, so that no two cells share one by chance.
const TOKEN_BYTES: usize = 16;

/// Part of the smaller plot's cells from which a pair is told.
const LEAST_SHARED_FRAC: f64 = 0.1;

/// Arguments of `croplens tokens`.
#[derive(Clone, Debug, Args)]
pub(super) struct TokensArgs {
    /// Plot outlines (GeoJSON), or with --compare two token files.
    #[arg(value_name = "FILE", required = true, num_args = 1..=2)]
    files: Vec<PathBuf>,
    /// The secret that both lenders were given: a file of at least 32 bytes.
    #[arg(long, value_name = "FILE", required_unless_present = "compare")]
    key: Option<PathBuf>,
    /// The season, in words that both lenders agreed on: other seasons give other tokens.
    #[arg(long, value_name = "WORDS", required_unless_present = "compare")]
    season: Option<String>,
    /// Where the tokens go (CSV).
    #[arg(long, value_name = "FILE", required_unless_present = "compare")]
    out: Option<PathBuf>,
    /// Tell which plots of two token files share cells.
    #[arg(long)]
    compare: bool,
}

/// Runs the verb.
pub(super) fn run(args: &TokensArgs, voice: &Voice) -> Result<Ended, Stop> {
    match (args.compare, args.files.as_slice(), &args.key, &args.season, &args.out) {
        (true, [a, b], ..) => compare(a, b, voice),
        (false, [plots], Some(key), Some(season), Some(out)) => make(plots, key, season, out, voice),
        _ => Err(Stop::usage("name one file of plots, or with --compare two token files")),
    }
}

fn make(plots: &Path, key: &Path, season: &str, out: &Path, voice: &Voice) -> Result<Ended, Stop> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|e| Stop::usage(format!("cannot read {}: {e}", path.display())))
    };
    let secret = read(key)?;
    if secret.len() < LEAST_KEY_BYTES {
        let words =
            format!("{} is too short a key: {LEAST_KEY_BYTES} random bytes are needed", key.display());
        return Err(Stop::usage(words));
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let spec = Spec::built_in().map_err(|e| Stop::failed(e.to_string()))?;
    let intake = intake::read(&read(plots)?, &spec.settings.intake)
        .map_err(|e| Stop::usage(format!("{}: {e}", plots.display())))?;
    let token = |kind: &str, text: &str| -> String {
        let message = format!("croplens {kind} 1\u{0}{season}\u{0}{text}");
        let tag = hmac::sign(&key, message.as_bytes());
        tag.as_ref().iter().take(TOKEN_BYTES).map(|b| format!("{b:02x}")).collect()
    };
    let mut lines: BTreeSet<(String, String)> = BTreeSet::new();
    let mut skipped = 0;
    for entry in &intake.entries {
        let cells = match entry {
            Entry::Plot(plot) => overlap::cells(&plot.geometry),
            Entry::Rejected(_) => Vec::new(),
        };
        let Entry::Plot(plot) = entry else {
            skipped += 1;
            continue;
        };
        let name = token("plot", plot.id.as_str());
        // In order of the tokens, which says nothing of where the cells lie.
        lines.extend(
            cells.iter().map(|(row, column)| (name.clone(), token("cell", &format!("{row},{column}")))),
        );
    }
    let mut text = "plot,cell\n".to_owned();
    lines.iter().for_each(|(plot, cell)| text.push_str(&format!("{plot},{cell}\n")));
    store::write_whole(out, text.as_bytes()).map_err(|e| Stop::failed(e.to_string()))?;
    voice.note(&format!("{} tokens written; {skipped} entries could not be used", lines.len()));
    Ok(Ended::Done)
}

fn compare(a: &Path, b: &Path, voice: &Voice) -> Result<Ended, Stop> {
    let (ours, theirs) = (token_file(a)?, token_file(b)?);
    let mut of_cell: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (plot, cells) in &theirs {
        cells.iter().for_each(|cell| of_cell.entry(cell).or_default().push(plot));
    }
    voice.result("plot,other,shared_frac");
    for (plot, cells) in &ours {
        let mut met: BTreeMap<&str, usize> = BTreeMap::new();
        for other in cells.iter().filter_map(|cell| of_cell.get(cell.as_str())).flatten() {
            *met.entry(other).or_default() += 1;
        }
        for (other, shared) in met {
            let smaller = cells.len().min(theirs.get(other).map_or(usize::MAX, BTreeSet::len));
            let frac = shared as f64 / smaller.max(1) as f64;
            if frac >= LEAST_SHARED_FRAC {
                voice.result(&format!("{plot},{other},{frac:.2}"));
            }
        }
    }
    Ok(Ended::Done)
}

/// Cells by plot.
fn token_file(path: &Path) -> Result<BTreeMap<String, BTreeSet<String>>, Stop> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| Stop::usage(format!("cannot read {shown}: {e}")))?;
    let mut cells: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (n, line) in text.lines().enumerate() {
        match (n, line.split_once(',')) {
            (0, Some(("plot", "cell"))) => {}
            (1.., Some((plot, cell))) => {
                cells.entry(plot.to_owned()).or_default().insert(cell.to_owned());
            }
            _ => {
                return Err(Stop::usage(format!(
                    "{shown} line {}: not a file that croplens tokens wrote",
                    n + 1
                )));
            }
        }
    }
    Ok(cells)
}
