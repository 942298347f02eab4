//! Real Swiss winter wheat 2022: three fields, March to July, growth stages scored in the field.

use std::collections::BTreeMap;

use croplens::crop::{Assessment, CropRules, Cropped, Profiles, Reading, Stage, Verdict, assess};
use croplens::phenology::{Season, SeasonRules, seasons};
use croplens::series::{Series, SeriesRules, Sight, Smooth, Smoothing, from_sights, smooth};
use jiff::civil::{Date, date};

use crate::phenology::real::data;

/// Latitude, longitude and sights of one field.
type Field = (f64, f64, Vec<Sight>);

/// Sights of each field: weight is the clear share, dates below 60 % clear left out as the rules ask.
pub(super) fn fields() -> Option<BTreeMap<String, Field>> {
    let file = std::fs::File::open(data("swiss_wheat_s2_bbch/series.csv.gz")?).unwrap();
    let mut csv = csv::Reader::from_reader(flate2::read::GzDecoder::new(file));
    let mut fields: BTreeMap<String, Field> = BTreeMap::new();
    for row in csv.deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let clear = number("n_clear") / number("n_pix");
        let field = fields.entry(row["sample_id"].clone()).or_insert((number("lat"), number("lon"), vec![]));
        if clear >= 0.6 {
            field.2.push(Sight {
                date: row["date"].parse().unwrap(),
                ndvi: number("ndvi"),
                weight: clear,
                blue: None,
            });
        }
    }
    Some(fields)
}

/// Everything up to the seasons.
pub(super) fn curve(sights: &[Sight], as_of: Date, lat: f64) -> (Series, Smooth, Vec<Season>) {
    let (series, _) = from_sights(sights, as_of, &SeriesRules::default());
    let smooth = smooth(&series, &Smoothing::default());
    let seasons = seasons(&series, &smooth, Some(lat), &SeasonRules::default());
    (series, smooth, seasons)
}

fn read(field: &Field, as_of: Date, declared: Option<&str>) -> Assessment {
    let (lat, lon, sights) = field;
    let (series, smooth, seasons) = curve(sights, as_of, *lat);
    let reading = Reading {
        place: Some((*lat, *lon)),
        declared_crop: declared,
        window: Some((date(2021, 9, 1), date(2022, 8, 31))),
        ..Reading::of(&series, &smooth, &seasons)
    };
    assess(&reading, &Profiles::builtin().unwrap(), &CropRules::default())
}

#[test]
fn wheat_is_green_in_may_ripens_in_july_and_is_cut_by_the_end() {
    let Some(fields) = fields() else { return };
    assert_eq!(fields.len(), 3);
    for declared in [Some("wheat"), Some("Winterweizen"), None] {
        for (name, field) in &fields {
            let may = read(field, date(2022, 5, 15), declared);
            assert!(
                !matches!(may.stage, Stage::Mature | Stage::Harvested),
                "{name} {declared:?}: {:?}",
                may.stage
            );
            assert!(
                matches!(may.stage, Stage::Vegetative | Stage::Peak),
                "{name} {declared:?}: {:?}",
                may.stage
            );
            assert!(may.harvested.is_none());
            let july = read(field, date(2022, 7, 5), declared);
            assert!(matches!(july.stage, Stage::Senescence | Stage::Mature), "{name} {declared:?}: {july:?}");
            assert_eq!(july.cropped, Cropped::Yes);
            let end = read(field, date(2022, 7, 31), declared);
            println!(
                "{name} {declared:?}: May {} {:?}, July {} {:?} harvest {:?}, end {} {:?} {:?}",
                may.stage.word(),
                may.bbch.map(|b| b.mid.round()),
                july.stage.word(),
                july.bbch.map(|b| b.mid.round()),
                july.harvest.map(|h| (h.p10, h.p90)),
                end.stage.word(),
                end.harvested,
                end.declared.as_ref().map(|d| (d.verdict, d.basis.clone())),
            );
            assert!(matches!(end.stage, Stage::Mature | Stage::Harvested), "{name}: {:?}", end.stage);
            if let Some(h) = end.harvested {
                assert!(h.p10 > date(2022, 6, 28) && h.p90 <= date(2022, 7, 31), "{name}: {h:?}");
            }
            if let Some(h) = july.harvest {
                assert!(h.p10 >= date(2022, 7, 5) && h.p50 <= date(2022, 8, 5), "{name}: {h:?}");
            }
        }
    }
}

#[test]
fn declared_wheat_is_never_held_against_the_farmer_and_maize_is() {
    let Some(fields) = fields() else { return };
    for (name, field) in &fields {
        for as_of in [date(2022, 4, 1), date(2022, 5, 15), date(2022, 6, 20), date(2022, 7, 31)] {
            let verdict = read(field, as_of, Some("wheat")).declared.unwrap().verdict;
            assert!(
                matches!(verdict, Verdict::Consistent | Verdict::Undetermined),
                "{name} {as_of}: {verdict:?}"
            );
        }
        assert_eq!(
            read(field, date(2022, 7, 31), Some("blé tendre")).declared.unwrap().verdict,
            Verdict::Consistent
        );
        let maize = read(field, date(2022, 7, 31), Some("maize")).declared.unwrap();
        assert!(matches!(maize.verdict, Verdict::Inconsistent | Verdict::Contradicted), "{name}: {maize:?}");
        let unknown = read(field, date(2022, 7, 31), Some("dragon fruit")).declared.unwrap();
        assert_eq!(unknown.verdict, Verdict::UnknownCrop);
    }
}

#[test]
fn bbch_follows_the_scores_of_the_field_visits() {
    let Some(fields) = fields() else { return };
    let Some(scores) = data("swiss_wheat_s2_bbch/bbch_insitu_2022.csv") else { return };
    let mut visits: BTreeMap<(String, Date), Vec<f64>> = BTreeMap::new();
    for row in csv::Reader::from_path(scores).unwrap().deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let key = (row["parcel"].clone(), row["date"].parse().unwrap());
        visits.entry(key).or_default().push(row["bbch"].parse().unwrap());
    }
    let (mut errors, mut covered) = (Vec::new(), 0);
    for ((parcel, day), mut seen) in visits {
        let Some(field) = fields.get(&parcel) else { continue };
        seen.sort_by(f64::total_cmp);
        let truth = seen[seen.len() / 2];
        let Some(bbch) = read(field, day, Some("wheat")).bbch else { continue };
        println!(
            "  {parcel} {day}: scored {truth}, read {:.0} ({:.0} to {:.0})",
            bbch.mid, bbch.lower, bbch.upper
        );
        errors.push(bbch.mid - truth);
        covered += usize::from((bbch.lower..=bbch.upper).contains(&truth));
    }
    let n = errors.len() as f64;
    let mean = errors.iter().map(|e| e.abs()).sum::<f64>() / n;
    let bias = errors.iter().sum::<f64>() / n;
    println!(
        "Swiss wheat, {n} visits: BBCH error {mean:.1}, bias {bias:+.1}, 80 % interval covers {:.2}",
        covered as f64 / n
    );
    // The prototype's ensemble: 2.9. This reading has no ensemble; twice that is its bar.
    assert!(n >= 15.0 && mean <= 6.0, "{n} visits, {mean}");
}
