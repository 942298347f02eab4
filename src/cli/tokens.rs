//! `croplens tokens`: two lenders find out whether they finance the same land, and show each other no outline.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};

use clap::Args;
use ring::hmac;

use crate::intake::{self, Entry, Personal};
use crate::overlap;
use crate::pipeline::Spec;
use crate::store;

use super::say::Voice;
use super::{Ended, Stop};

/// Shortest key, bytes: as long as the tokens' hash needs to be unguessable.
const LEAST_KEY_BYTES: usize = 32;

/// Bytes of a token: 128 bits, so that no two cells share one by chance.
const TOKEN_BYTES: usize = 16;

/// Fewest different bytes of a key that could be random: 64 hex digits have about 15, 32 random bytes about 30.
const LEAST_DIFFERENT_BYTES: usize = 8;

/// Longest stretch of a key whose repetition is no key.
const LONGEST_REPEATED: usize = 16;

/// Longest season text, bytes.
const LONGEST_SEASON: usize = 64;

/// First words of the line that stands for key and season.
const CHECK: &str = "check";

/// First words of the line that says how many plots were screened.
const SCREENED: &str = "plots";

/// First words of the line that says how many entries of the plots file could not be.
const UNUSED: &str = "unused";

/// Most entries that could not be screened that are told one by one.
const MOST_TOLD: usize = 5;

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
    /// The season, in words that both lenders agreed on; capitals and spaces do not count.
    #[arg(long, value_name = "WORDS", required_unless_present = "compare")]
    season: Option<String>,
    /// Where the tokens go (CSV): a new file, or the same again.
    #[arg(long, value_name = "FILE", required_unless_present = "compare")]
    out: Option<PathBuf>,
    /// Go on with plots that carry data of a person, without reading it; else they are left out.
    #[arg(long, conflicts_with = "compare")]
    ignore_personal_properties: bool,
    /// Tell which plots of two token files share cells.
    #[arg(long, conflicts_with_all = ["key", "season", "out"])]
    compare: bool,
}

/// Runs the verb.
pub(super) fn run(args: &TokensArgs, voice: &Voice) -> Result<Ended, Stop> {
    match (args.compare, args.files.as_slice(), &args.key, &args.season, &args.out) {
        (true, [a, b], ..) => compare(a, b, voice),
        (false, [plots], Some(key), Some(season), Some(out)) => {
            let personal = if args.ignore_personal_properties { Personal::Drop } else { Personal::Refuse };
            make(&Paths { plots, key, out }, season, personal, voice)
        }
        _ => Err(Stop::usage("name one file of plots, or with --compare two token files")),
    }
}

/// The files of a making.
struct Paths<'a> {
    plots: &'a Path,
    key: &'a Path,
    out: &'a Path,
}

fn make(files: &Paths<'_>, season: &str, personal: Personal, voice: &Voice) -> Result<Ended, Stop> {
    let Paths { plots, key, out } = *files;
    let read = |path: &Path| {
        std::fs::read(path).map_err(|e| Stop::usage(format!("cannot read {}: {e}", path.display())))
    };
    let season = season_text(season)?;
    for (what, file) in [("plots", plots), ("key", key)] {
        if same_file(out, file) {
            return Err(Stop::usage(format!(
                "--out {} is the file of the {what}: name another",
                out.display()
            )));
        }
    }
    let secret = read(key)?;
    if let Some(why) = weak(&secret) {
        let words = format!("{} is no key: {why}; {LEAST_KEY_BYTES} random bytes are needed", key.display());
        return Err(Stop::usage(words));
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let spec = Spec::built_in().map_err(|e| Stop::failed(e.to_string()))?;
    let intake = intake::read_with(&read(plots)?, &spec.settings.intake, personal)
        .map_err(|e| Stop::usage(format!("{}: {e}", plots.display())))?;
    let token = |kind: &str, text: &str| -> String {
        let message = format!("croplens {kind} 1\u{0}{season}\u{0}{text}");
        let tag = hmac::sign(&key, message.as_bytes());
        tag.as_ref().iter().take(TOKEN_BYTES).map(|b| format!("{b:02x}")).collect()
    };
    let mut lines: BTreeSet<(String, String)> = BTreeSet::new();
    let (mut screened, mut unused) = (0usize, BTreeMap::<&str, usize>::new());
    for entry in &intake.entries {
        let (plot, cells) = match entry {
            Entry::Plot(plot) => (plot, overlap::cells(&plot.geometry)),
            Entry::Rejected(rejected) => {
                let codes: BTreeSet<&str> =
                    rejected.reasons.iter().map(|reason| reason.kind.code()).collect();
                if unused.values().sum::<usize>() < MOST_TOLD {
                    let said: Vec<&str> =
                        rejected.reasons.iter().map(|reason| reason.text.as_str()).collect();
                    let n = rejected.position + 1;
                    voice.note(&format!("feature {n} of the file is not screened: {}", said.join("; ")));
                }
                codes.into_iter().for_each(|code| *unused.entry(code).or_default() += 1);
                continue;
            }
        };
        if cells.is_empty() {
            *unused.entry("too large for cells").or_default() += 1;
            continue;
        }
        screened += 1;
        let name = token("plot", plot.id.as_str());
        // In order of the tokens, which says nothing of where the cells lie.
        lines.extend(
            cells.iter().map(|(row, column)| (name.clone(), token("cell", &format!("{row},{column}")))),
        );
    }
    let skipped = intake.entries.len() - screened;
    let why: Vec<String> = unused.iter().map(|(code, n)| format!("{n} {code}")).collect();
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    if screened == 0 {
        return Err(Stop::usage(format!(
            "{}: none of {skipped} entries could be screened{why}, so there is nothing to compare and no file is written",
            plots.display()
        )));
    }
    let mut text =
        format!("plot,cell\n{CHECK},{}\n{SCREENED},{screened}\n{UNUSED},{skipped}\n", token(CHECK, ""));
    lines.iter().for_each(|(plot, cell)| text.push_str(&format!("{plot},{cell}\n")));
    // Whatever stands there may be all that there is of it: another lender's tokens, a key.
    if std::fs::read(out).map_or_else(|e| e.kind() != NotFound, |there| there != text.as_bytes()) {
        let words = format!("{} is there already and holds something else: name another", out.display());
        return Err(Stop::usage(words));
    }
    store::write_whole(out, text.as_bytes()).map_err(|e| Stop::failed(e.to_string()))?;
    let n = lines.len();
    voice.note(&format!(
        "{n} tokens of {screened} plots of season \"{season}\" written; {skipped} entries could not be used{why}"
    ));
    Ok(Ended::Done)
}

/// The season as it counts: small letters, one space between words, none around.
fn season_text(given: &str) -> Result<String, Stop> {
    let words: Vec<&str> = given.split_whitespace().collect();
    let season = words.join(" ").to_lowercase();
    let fits = season.len() <= LONGEST_SEASON && !season.chars().any(char::is_control);
    if !fits || !season.chars().any(char::is_alphanumeric) {
        return Err(Stop::usage(format!(
            "--season must be words or a year of at most {LONGEST_SEASON} bytes, spelled alike by both lenders, such as \
             \"2024 summer\""
        )));
    }
    Ok(season)
}

/// Why bytes cannot be a key that nobody guesses; `None` where they may be one.
fn weak(secret: &[u8]) -> Option<&'static str> {
    let different: BTreeSet<u8> = secret.iter().copied().collect();
    let repeats = |n: usize| secret.iter().zip(secret.iter().skip(n)).all(|(a, b)| a == b);
    let steps: BTreeSet<u8> =
        secret.windows(2).filter_map(|two| Some(two.last()?.wrapping_sub(*two.first()?))).collect();
    let faults = [
        (secret.len() < LEAST_KEY_BYTES, "it is too short"),
        (different.len() < LEAST_DIFFERENT_BYTES, "it has few different bytes"),
        ((1..=LONGEST_REPEATED).any(repeats), "it repeats itself"),
        (steps.len() == 1, "its bytes count up or down"),
    ];
    faults.into_iter().find(|(is, _)| *is).map(|(_, why)| why)
}

/// Whether two paths lead to one file that is there.
fn same_file(a: &Path, b: &Path) -> bool {
    a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b)
}

fn compare(a: &Path, b: &Path, voice: &Voice) -> Result<Ended, Stop> {
    let (ours, theirs) = (token_file(a)?, token_file(b)?);
    if ours.check != theirs.check {
        return Err(Stop::usage(format!(
            "{} and {} were made with different keys or for different seasons: nothing in them can be compared. Both \
             lenders need the same key file, byte by byte, and the same words after --season",
            a.display(),
            b.display()
        )));
    }
    for (path, tokens) in [(a, &ours), (b, &theirs)] {
        let (shown, n, unused) = (path.display(), tokens.screened, tokens.unused);
        match unused {
            0 => voice.note(&format!("{shown}: {n} plots")),
            _ => voice.error(&format!(
                "{shown} stands for {n} plots; {unused} entries of its source were not screened"
            )),
        }
    }
    let (ours, theirs) = (ours.cells, theirs.cells);
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

/// A file of tokens.
struct Tokens {
    /// Stands for key and season: files with another one share no token.
    check: String,
    /// Plots that it stands for.
    screened: usize,
    /// Entries of the plots file that it does not stand for.
    unused: usize,
    /// Cells by plot.
    cells: BTreeMap<String, BTreeSet<String>>,
}

fn token_file(path: &Path) -> Result<Tokens, Stop> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| Stop::usage(format!("cannot read {shown}: {e}")))?;
    let mut cells: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut check, mut screened, mut unused) = (None, None, None);
    let is_token = |t: &str| t.len() == 2 * TOKEN_BYTES && t.bytes().all(|b| b.is_ascii_hexdigit());
    for (n, line) in text.lines().enumerate() {
        match (n, line.split_once(',')) {
            (0, Some(("plot", "cell"))) => {}
            (1, Some((CHECK, token))) if is_token(token) => check = Some(token.to_owned()),
            (1.., Some((SCREENED, n))) if n.parse::<usize>().is_ok() => screened = n.parse().ok(),
            (1.., Some((UNUSED, n))) if n.parse::<usize>().is_ok() => unused = n.parse().ok(),
            (1.., Some((plot, cell))) if is_token(plot) && is_token(cell) => {
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
    let Some(((check, screened), unused)) = check.zip(screened).zip(unused) else {
        return Err(Stop::usage(format!(
            "{shown} does not say which key and season it was made with and how many plots it stands for, as files of \
             earlier versions did not: make it again with croplens tokens"
        )));
    };
    if cells.len() != screened || screened == 0 {
        return Err(Stop::usage(format!(
            "{shown} says that it stands for {screened} plots and holds {}: it was cut or changed",
            cells.len()
        )));
    }
    Ok(Tokens { check, screened, unused, cells })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_season_is_one_however_it_is_typed_and_never_nothing() {
        for typed in ["2024 summer", " 2024  Summer ", "2024\tSUMMER", "2024\u{3000}summer"] {
            assert_eq!(season_text(typed).ok().as_deref(), Some("2024 summer"), "{typed:?}");
        }
        assert_eq!(season_text("2024夏").ok().as_deref(), Some("2024夏"));
        for typed in ["", "  ", "-", "a\u{7}b", &"x".repeat(65)] {
            assert!(season_text(typed).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn keys_that_anybody_could_guess_are_none() {
        let counted: Vec<u8> = (0..32).collect();
        let hex = b"3f0a9c1e5d7b2846a1c0e9f83b5d7264f0a1b2c3d4e5968778695a4b3c2d1e0f";
        assert_eq!(weak(hex), None);
        let hashed = ring::digest::digest(&ring::digest::SHA256, b"x");
        assert_eq!(weak(hashed.as_ref()), None);
        for key in [
            &[0u8; 32][..],
            &[7; 64],
            &hashed.as_ref()[..31],
            &counted,
            &b"password".repeat(8),
            &b"0123456789abcdef".repeat(2),
        ] {
            assert!(weak(key).is_some(), "{key:?}");
        }
    }
}
