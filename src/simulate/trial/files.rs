//! A trial as two tables: the series as anybody could have extracted them, and the truth.

use std::path::Path;

use jiff::civil::Date;

use super::super::Error;
use super::Trial;

/// Columns of the series table.
const SERIES: &str = "sample_id,date,ndvi,lat,lon,label,weight,b02,b03,b04,b05,b06,b07,b08,b8a,b11,b12";
/// Columns of the truth table, a row per crop cycle; a cover has one row without dates.
const TRUTH: &str = "sample_id,region,area_ha,label,mislabelled,failed,unusual,window_from,window_to,cycle,crop,\
                     open_set,cut_green,asked,sown,emerged,greenup,flowered,ripe,harvested,peak_lai,flooded,event,event_from,\
                     event_to,event_loss";

/// Writes `series.csv` and `truth.csv` into a folder.
///
/// # Errors
/// A folder that cannot be written.
pub fn write(trial: &Trial, out: &Path) -> Result<(), Error> {
    super::super::create(out)?;
    let mut series = format!("{SERIES}\n");
    for f in &trial.fields {
        for l in &f.looks {
            series.push_str(&format!(
                "{},{},{:.4},{:.5},{:.5},{},{:.2}",
                f.id,
                l.date,
                l.ndvi(),
                f.lat,
                f.lon,
                f.label,
                l.weight
            ));
            for band in l.bands {
                series.push_str(&format!(",{band:.4}"));
            }
            series.push('\n');
        }
    }
    super::super::write_text(&out.join("series.csv"), &series)?;
    super::super::write_text(&out.join("truth.csv"), &truth(trial))
}

fn truth(trial: &Trial) -> String {
    let mut text = format!("{TRUTH}\n");
    let word = |d: Option<Date>| d.map(|d| d.to_string()).unwrap_or_default();
    for f in &trial.fields {
        let head = format!(
            "{},{},{:.2},{},{},{},{},{},{}",
            f.id, f.region, f.area_ha, f.label, f.mislabelled, f.failed, f.unusual, f.window.0, f.window.1
        );
        let tail = f
            .event
            .map_or(",,,".to_owned(), |e| format!("{},{},{},{:.3}", e.kind.word(), e.from, e.to, e.loss));
        if let Some(cover) = f.cover {
            text.push_str(&format!("{head},1,{cover},false,false,true,,,,,,,,,{tail}\n"));
        }
        for (k, c) in f.cycles.iter().enumerate() {
            let flooded: Vec<String> = c.flooded.iter().map(|(a, b)| format!("{a}/{b}")).collect();
            text.push_str(&format!(
                "{head},{},{},{},{},{},{},{},{},{},{},{},{:.2},{},{}\n",
                k + 1,
                c.crop,
                c.open_set,
                c.cut_green,
                c.asked,
                c.sown,
                word(c.emerged),
                word(c.greenup),
                word(c.flowered),
                word(c.ripe),
                word(c.harvested),
                c.peak_lai,
                flooded.join(" "),
                if c.asked { tail.as_str() } else { ",,," }
            ));
        }
    }
    text
}
