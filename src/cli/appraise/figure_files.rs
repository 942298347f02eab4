//! The lender's dated figures: files on the command line.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Stop;
use crate::lending::{FigureKind, Figures};
use crate::store::SettingsUsed;

/// The lender's dated figures.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "The lender's figures (CSV with a header; see pipelines/README.md)")]
pub(in crate::cli) struct FigureFiles {
    /// Amounts lent per area of a crop.
    #[arg(long, value_name = "FILE")]
    finance: Option<PathBuf>,
    /// Prices.
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Yields that are exceeded in four of five cases, for value-based limits.
    #[arg(long, value_name = "FILE")]
    cautious_yields: Option<PathBuf>,
}

impl FigureFiles {
    /// Each kind with its flag and the file that is named.
    pub(in crate::cli) fn each(&self) -> [(FigureKind, &'static str, Option<&PathBuf>); 3] {
        [
            (FigureKind::Finance, "--finance", self.finance.as_ref()),
            (FigureKind::Price, "--prices", self.prices.as_ref()),
            (FigureKind::Yield, "--cautious-yields", self.cautious_yields.as_ref()),
        ]
    }

    /// Reads the files that are named.
    pub(in crate::cli) fn read(&self) -> Result<Figures, Stop> {
        let mut figures = Figures::default();
        for (kind, _, path) in self.each() {
            let Some(path) = path else { continue };
            let shown = path.display();
            let text = std::fs::read_to_string(path)
                .map_err(|e| Stop::usage(format!("cannot read {shown}: {e}")))?;
            figures.add(kind, &text).map_err(|e| Stop::usage(format!("{shown}: {e}")))?;
        }
        Ok(figures)
    }
}

impl FigureFiles {
    /// The files as the manifest names them.
    pub(super) fn used(&self, figures: &Figures) -> Vec<SettingsUsed> {
        let used = |(kind, _, path): (FigureKind, &str, Option<&PathBuf>)| SettingsUsed {
            name: kind.word().to_owned(),
            path: path.map(|p| p.display().to_string()),
            sha256: figures.file_sha256(kind),
        };
        self.each().into_iter().filter(|(_, _, path)| path.is_some()).map(used).collect()
    }

    /// These files, and for those that are not named the ones of a run.
    pub(in crate::cli) fn or_of(&self, run: &[SettingsUsed]) -> FigureFiles {
        let of = |given: &Option<PathBuf>, kind: FigureKind| {
            let of_run = run.iter().find(|u| u.name == kind.word()).and_then(|u| u.path.as_ref());
            given.clone().or(of_run.map(PathBuf::from))
        };
        FigureFiles {
            finance: of(&self.finance, FigureKind::Finance),
            prices: of(&self.prices, FigureKind::Price),
            cautious_yields: of(&self.cautious_yields, FigureKind::Yield),
        }
    }
}
