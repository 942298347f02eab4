//! The header: which column stands where.

use super::{Error, Options};
use crate::band::{BANDS, Band};

/// Positions of the columns.
pub(super) struct Columns {
    pub(super) id: usize,
    pub(super) date: usize,
    pub(super) ndvi: usize,
    pub(super) lat: Option<usize>,
    pub(super) lon: Option<usize>,
    pub(super) label: Option<usize>,
    pub(super) weight: Option<usize>,
    /// Where a table that croplens wrote says whether a date is used.
    pub(super) used: Option<usize>,
    pub(super) declared: Option<usize>,
    pub(super) bands: Vec<(Band, usize)>,
}

pub(super) fn columns(header: &csv::ByteRecord, options: &Options) -> Result<Columns, Error> {
    let names: Vec<String> = header
        .iter()
        .map(|n| String::from_utf8_lossy(n.trim_ascii()).trim_start_matches('\u{feff}').trim().to_lowercase())
        .collect();
    let optional = |name: &str| -> Result<Option<usize>, Error> {
        let mut places = names.iter().enumerate().filter(|(_, n)| n.as_str() == name).map(|(i, _)| i);
        match (places.next(), places.next()) {
            (Some(_), Some(_)) => Err(Error::ColumnTwice { column: name.to_owned() }),
            (place, _) => Ok(place),
        }
    };
    let needed = |name: &str| {
        optional(name)?
            .ok_or_else(|| Error::ColumnMissing { column: name.to_owned(), found: names.join(", ") })
    };
    // What `observe` and `appraise` write has other names: a plot may be more than a sample, a mean more than a value.
    let ours = optional("sample_id")?.is_none()
        && ["plot_id", "ndvi_mean"].iter().all(|n| names.iter().any(|m| m == n));
    let mut bands = Vec::new();
    for facts in BANDS.iter().filter(|f| f.band != Band::Scl) {
        if let Some(place) = optional(&facts.name.to_lowercase())? {
            bands.push((facts.band, place));
        }
    }
    Ok(Columns {
        id: needed(if ours { "plot_id" } else { "sample_id" })?,
        date: needed("date")?,
        ndvi: needed(if ours { "ndvi_mean" } else { "ndvi" })?,
        lat: optional("lat")?,
        lon: optional("lon")?,
        label: optional("label")?,
        weight: optional(if ours { "valid_fraction" } else { "weight" })?,
        used: if ours { optional("used")? } else { None },
        declared: options.declared_column.as_deref().map(|n| needed(&n.trim().to_lowercase())).transpose()?,
        bands,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Error, Options, SeriesTable, read};
    use crate::band::Band;

    fn parse_text(text: &str) -> Result<SeriesTable, Error> {
        read(text.as_bytes(), &Options { declared_column: Some("crop".into()) })
    }

    #[test]
    fn the_tables_that_croplens_writes_are_read_without_the_dates_that_are_not_used() {
        let wide = "plot_id,date,ndvi_mean,valid_fraction,b08,used,reject_reason\n\
                    p,2022-03-01,0.4,0.9,0.3,true,\n\
                    p,2022-03-06,0.1,0.2,0.3,false,cloudy\n\
                    p,2022-03-11,,0.0,,false,cloudy\n";
        let table = parse_text(
            &wide
                .replace("used,", "used,crop,")
                .replace("true,", "true,maize,")
                .replace("false,", "false,maize,"),
        )
        .unwrap();
        let rows = &table.samples["p"].rows;
        assert_eq!((rows.len(), rows[0].ndvi, rows[0].weight), (1, 0.4, 0.9));
        assert_eq!(rows[0].bands, [(Band::B08, 0.3)].into());
        assert_eq!((table.empty_count, table.bad_count), (2, 0));
        // Written again by a program that spells it otherwise, or not at all: no date that was refused becomes a value.
        for (word, used, bad) in
            [("FALSE", 0, 0), ("False", 0, 0), ("0", 0, 0), ("TRUE", 1, 0), ("", 0, 1), ("no", 0, 1)]
        {
            let text = format!(
                "plot_id,date,ndvi_mean,valid_fraction,b08,used,crop\np,2022-03-06,0.1,0.2,6.4,{word},maize\n"
            );
            let text = if used == 1 { text.replace("6.4", "0.3") } else { text };
            let table = parse_text(&text).unwrap();
            let rows = table.samples.get("p").map_or(0, |s| s.rows.len());
            assert_eq!((rows, table.bad_count), (used, bad), "{word}");
            assert_eq!(table.samples.contains_key("p"), bad == 0, "{word}");
        }
        let narrow =
            "plot_id,date,ndvi_mean,valid_fraction,pixel_count,crop\np,2022-03-01,0.4,0.5,120.5,maize\n";
        assert_eq!(parse_text(narrow).unwrap().samples["p"].rows[0].weight, 0.5);
        // A table of somebody else's that holds such columns, too, goes by the usual names.
        let other = "sample_id,plot_id,date,ndvi,ndvi_mean,used,crop\ns,p,2022-03-01,0.4,0.7,false,maize\n";
        let table = parse_text(other).unwrap();
        assert_eq!(
            (table.samples.keys().next().unwrap().as_str(), table.samples["s"].rows[0].ndvi),
            ("s", 0.4)
        );
        let twice = "sample_id,plot_id,plot_id,date,ndvi,crop\ns,p,q,2022-03-01,0.4,maize\n";
        assert!(parse_text(twice).unwrap().samples.contains_key("s"), "further columns are ignored");
        let missing = parse_text("plot_id,date,ndvi,crop\np,2022-03-01,0.4,maize\n").unwrap_err().to_string();
        assert!(missing.contains("no column `sample_id`"), "{missing}");
    }
}
