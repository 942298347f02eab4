//! Rows of a figures file, read and checked.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{AreaUnit, FigureKind, Figures, Finance, Place, Price, YieldFigure};
use crate::lending::Money;
use crate::settings::{Mistake, Mistakes};

/// Most mistakes that are listed.
const MOST_SHOWN: usize = 20;

pub(super) fn read(into: &mut Figures, kind: FigureKind, text: &str) -> Result<(), Mistakes> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.to_ascii_lowercase()).collect(),
        Err(error) => return Err(Mistakes(vec![mistake(1, "", error.to_string())])),
    };
    let wanted: &[&str] = match kind {
        FigureKind::Finance => &["crop", "amount", "currency", "per", "valid_from", "valid_to", "source"],
        FigureKind::Price => &["crop", "price", "currency", "per", "date", "source"],
        FigureKind::Yield => &["crop", "p20_kg_ha", "date", "source"],
    };
    let missing: Vec<&str> =
        wanted.iter().copied().filter(|name| !header.iter().any(|h| h == name)).collect();
    if !missing.is_empty() {
        let problem = format!("lacks the column {}; needed are {}", missing.join(", "), wanted.join(","));
        return Err(Mistakes(vec![mistake(1, "", problem)]));
    }
    let mut found = Vec::new();
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let line = error.position().map_or(1, |p| p.line() as usize);
                found.push(mistake(line, "", "the row has not as many cells as the header".to_owned()));
                continue;
            }
        };
        let line = row.position().map_or(1, |p| p.line() as usize);
        let cells = header.iter().map(String::as_str).zip(row.iter()).collect();
        let mut row = Row { line, cells, found: &mut found };
        match kind {
            FigureKind::Finance => into.finance.extend(row.finance()),
            FigureKind::Price => into.prices.extend(row.price()),
            FigureKind::Yield => into.yields.extend(row.crop_yield()),
        }
    }
    found.truncate(MOST_SHOWN);
    if found.is_empty() { Ok(()) } else { Err(Mistakes(found)) }
}

fn mistake(line: usize, path: &str, problem: String) -> Mistake {
    Mistake { line, path: path.to_owned(), problem }
}

struct Row<'a> {
    line: usize,
    cells: BTreeMap<&'a str, &'a str>,
    found: &'a mut Vec<Mistake>,
}

impl Row<'_> {
    fn cell(&self, name: &str) -> &str {
        self.cells.get(name).copied().unwrap_or_default()
    }

    fn wrong<T>(&mut self, name: &str, wanted: &str) -> Option<T> {
        let problem = format!("is \"{}\"; it must be {wanted}", self.cell(name));
        self.found.push(mistake(self.line, name, problem));
        None
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let text = self.cell(name).to_owned();
        if text.is_empty() { self.wrong(name, "given") } else { Some(text) }
    }

    fn date(&mut self, name: &str) -> Option<Date> {
        match self.cell(name).parse::<Date>() {
            Ok(date) => Some(date),
            Err(_) => self.wrong(name, "a date, YYYY-MM-DD"),
        }
    }

    fn money(&mut self, name: &str) -> Option<Money> {
        match Money::parse(self.cell(name)) {
            Some(money) => Some(money),
            None => self.wrong(name, "a decimal of at most 6 decimals, not negative, without separators"),
        }
    }

    fn currency(&mut self) -> Option<String> {
        let code = self.cell("currency");
        if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            Some(code.to_owned())
        } else {
            self.wrong("currency", "an ISO 4217 code of three capitals")
        }
    }

    fn place(&mut self, date: &str) -> Option<Place> {
        let collection = Some(self.cell("collection").to_owned()).filter(|c| !c.is_empty());
        let (crop, date, source) = (self.text("crop"), self.date(date), self.text("source"));
        Some(Place { crop: crop?, collection, date: date?, source: source? })
    }

    fn finance(&mut self) -> Option<Finance> {
        let (at, amount, currency) = (self.place("valid_from"), self.money("amount"), self.currency());
        let per = match AreaUnit::parse(self.cell("per")) {
            Some(per) => Some(per),
            None => self.wrong("per", "ha, acre or mu"),
        };
        let until = if self.cell("valid_to").is_empty() { None } else { Some(self.date("valid_to")?) };
        Some(Finance { at: at?, amount: amount?, currency: currency?, per: per?, until })
    }

    fn price(&mut self) -> Option<Price> {
        let (at, amount, currency) = (self.place("date"), self.money("price"), self.currency());
        let kg = match self.cell("per") {
            "kg" => Some(1),
            "quintal" => Some(100),
            "t" => Some(1000),
            _ => self.wrong("per", "kg, quintal (100 kg) or t"),
        };
        Some(Price { at: at?, amount: amount?, currency: currency?, kg: kg? })
    }

    fn crop_yield(&mut self) -> Option<YieldFigure> {
        let (at, p20_kg_ha) = (self.place("date"), self.money("p20_kg_ha"));
        Some(YieldFigure { at: at?, p20_kg_ha: p20_kg_ha? })
    }
}
