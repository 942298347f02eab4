//! The lender's dated figures: amounts per area, prices, yields. Nothing in them is ours.
//!
//! Comes in: the text of a CSV file with a header. Goes out: [`Figures`], or every mistake with its line.
//! Not here: files, and what a figure is used for.

mod csv_rows;

use jiff::civil::Date;

use crate::lending::Money;
use crate::lending::money::millionths;
use crate::settings::Mistakes;

/// Parts of a unit of area that count.
const AREA_PARTS: i128 = 10_000;

/// Hectare: 10,000 square metres.
pub(super) const HA: AreaUnit = AreaUnit { word: "ha", m2: 10_000, over: 1 };
/// International acre: 4046.8564224 square metres exactly.
const ACRE: AreaUnit = AreaUnit { word: "acre", m2: 40_468_564_224, over: 10_000_000 };
/// Chinese mu: a fifteenth of a hectare.
const MU: AreaUnit = AreaUnit { word: "mu", m2: 10_000, over: 15 };

/// A unit of area as an exact ratio: `m2 / over` square metres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AreaUnit {
    pub(super) word: &'static str,
    m2: i128,
    over: i128,
}

impl AreaUnit {
    fn parse(word: &str) -> Option<AreaUnit> {
        [HA, ACRE, MU].into_iter().find(|unit| unit.word == word)
    }

    /// An amount per unit times an area, to the nearest hundredth. The area counts to four decimals of the unit, as it is
    /// shown, so that anybody can do the sum again.
    pub(super) fn amount(self, per_unit: Money, area_m2: f64) -> Money {
        per_unit.times(self.parts(area_m2), AREA_PARTS).hundredths()
    }

    /// An area in this unit, to four decimals.
    pub(super) fn of(self, area_m2: f64) -> f64 {
        self.parts(area_m2) as f64 / AREA_PARTS as f64
    }

    /// The nearest number of ten thousandths of the unit.
    fn parts(self, area_m2: f64) -> i128 {
        let area = millionths(area_m2).saturating_mul(self.over).saturating_mul(AREA_PARTS);
        let unit = self.m2 * millionths(1.0);
        area.saturating_add(unit / 2) / unit
    }
}

/// Amount lent per area of a crop: the scale of finance.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finance {
    pub(super) at: Place,
    pub(super) amount: Money,
    pub(super) currency: String,
    pub(super) per: AreaUnit,
    pub(super) until: Option<Date>,
}

/// Price of a crop.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Price {
    pub(super) at: Place,
    pub(super) amount: Money,
    pub(super) currency: String,
    /// Kilograms that the amount is for.
    pub(super) kg: u32,
}

/// Yield of a crop that is exceeded in four of five cases.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct YieldFigure {
    pub(super) at: Place,
    pub(super) p20_kg_ha: Money,
}

/// What a figure is of: crop, collection of plots (any when empty), day, and who says so.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) crop: String,
    pub(super) collection: Option<String>,
    pub(super) date: Date,
    pub(super) source: String,
}

/// Which kind of figures a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FigureKind {
    /// Amounts per area: `crop,amount,currency,per,valid_from,valid_to,source`; `per` is `ha`, `acre` or `mu`.
    Finance,
    /// Prices: `crop,price,currency,per,date,source`; `per` is `kg`, `quintal` (100 kg) or `t`.
    Price,
    /// Yields: `crop,p20_kg_ha,date,source`; exceeded in four of five cases.
    Yield,
}

impl FigureKind {
    /// Word used in records.
    pub fn word(self) -> &'static str {
        match self {
            FigureKind::Finance => "finance",
            FigureKind::Price => "price",
            FigureKind::Yield => "yield",
        }
    }
}

/// The lender's figures, each file with its hash.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub(super) finance: Vec<Finance>,
    pub(super) prices: Vec<Price>,
    pub(super) yields: Vec<YieldFigure>,
    files: Vec<(FigureKind, String)>,
}

impl Figures {
    /// Adds the figures of a file. A `collection` column is optional: a row with one holds for plots of that
    /// collection only, and goes before rows without.
    ///
    /// # Errors
    /// Every row that cannot be read, with its line.
    pub fn add(&mut self, kind: FigureKind, text: &str) -> Result<(), Mistakes> {
        csv_rows::read(self, kind, text)?;
        self.files.push((kind, crate::record::sha256_hex(text.as_bytes())));
        Ok(())
    }

    /// One hash of all figures, hex; `None` without any. Part of a record's identity.
    pub fn sha256(&self) -> Option<String> {
        let mut all: Vec<String> = self.files.iter().map(|(k, h)| format!("{} {h}", k.word())).collect();
        all.sort();
        (!all.is_empty()).then(|| crate::record::sha256_hex(all.join("\n").as_bytes()))
    }

    /// Who says so, of every figure.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let places = self.finance.iter().map(|f| &f.at).chain(self.prices.iter().map(|p| &p.at));
        places.chain(self.yields.iter().map(|y| &y.at)).map(|at| at.source.as_str())
    }

    /// Hash of the file of one kind, hex; empty without one.
    pub fn file_sha256(&self, kind: FigureKind) -> String {
        self.files.iter().rev().find(|(k, _)| *k == kind).map(|(_, hash)| hash.clone()).unwrap_or_default()
    }
}

/// The row that holds: of the crop, for the plot's collection if it names one, newest by the as-of day.
pub(super) fn holding<'a, T>(
    rows: &'a [T],
    place: impl Fn(&T) -> &Place,
    crops: &[&str],
    collection: Option<&str>,
    as_of: Date,
) -> Option<&'a T> {
    let of_crop = |row: &&T| crops.iter().any(|crop| same_crop(crop, &place(row).crop));
    let of_collection = |row: &&T| place(row).collection.as_deref().is_none_or(|own| Some(own) == collection);
    rows.iter()
        .filter(|row| of_crop(row) && of_collection(row) && place(row).date <= as_of)
        .max_by_key(|row| (place(row).collection.is_some(), place(row).date))
}

/// Whether two names mean the same crop: case, spaces, hyphens and underscores do not matter.
pub(super) fn same_crop(a: &str, b: &str) -> bool {
    let folded = |text: &str| -> String {
        text.chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
            .flat_map(char::to_lowercase)
            .collect()
    };
    folded(a) == folded(b)
}
