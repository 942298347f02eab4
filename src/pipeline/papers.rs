//! A plot's papers: season chart, NDVI picture and raster with its STAC item, report.

use std::collections::BTreeSet;
use std::path::Path;

use geo::Coord;
use jiff::civil::Date;

use crate::crop::DateInterval;
use crate::crop::events::EventKind;
use crate::cropland::Cover;
use crate::crs;
use crate::grid::{Grid, Raster};
use crate::phenology::Season;
use crate::plot::Plot;
use crate::record::{Alert, Link, Phase};
use crate::scene::Scene;
use crate::series::{days_between, plus_days};
use crate::store::{
    self, ChartMark, ChartPoint, ChartSpan, CurvePoint, NdviItem, NdviSource, Report, ReportPicture,
    SeasonChart,
};
use crate::zonal::quicklook;

use super::chips::{Chip, Sight};
use super::judge::{Bench, Judged};
use super::pixel_days::first_place;
use super::survey::PlotSurvey;

/// Days of the chart before the season window, so that the soil before the crop shows.
const CHART_LEAD_DAYS: i32 = 45;

/// Half width of the curve's band, standard deviations (10th to 90th percentile).
const BAND_SD: f64 = 1.2816;

/// What a plot's papers are made of.
pub(super) struct Papers<'a> {
    pub(super) bench: &'a Bench<'a>,
    pub(super) plot: &'a Plot,
    pub(super) judged: &'a Judged,
}

/// The files that will lie in a plot's folder, as links of its record.
pub(super) fn links(plot: &Plot, picture: bool) -> Vec<Link> {
    let folder = format!("plots/{}", store::plot_folder(plot.id.as_str()));
    let link = |rel: &str, file: &str, kind: &str| Link {
        rel: rel.to_owned(),
        href: format!("{folder}/{file}"),
        r#type: kind.to_owned(),
    };
    let mut links = vec![
        link("report", "report.html", "text/html"),
        link("report_zh", "report.zh.html", "text/html"),
        link("series", "series.svg", "image/svg+xml"),
    ];
    if picture {
        links.push(link("ndvi", "ndvi.tif", "image/tiff; application=geotiff; profile=cloud-optimized"));
        links.push(link("item", "ndvi.json", "application/geo+json"));
        links.push(link("preview", "ndvi.png", "image/png"));
    }
    links
}

/// The date whose picture says most: clear, and nearest to the season's peak; the last one without a season.
pub(super) fn choose(seen: &PlotSurvey, judged_peak: Option<Date>) -> Option<&Sight> {
    fn best<'a>(sights: impl Iterator<Item = &'a Sight>, peak: Option<Date>) -> Option<&'a Sight> {
        sights.min_by_key(|c| match peak {
            Some(peak) => (days_between(peak, c.date).abs(), c.date),
            None => (-days_between(Date::MIN, c.date), c.date),
        })
    }
    best(seen.sights.iter().filter(|c| c.valid_fraction >= 0.9), judged_peak)
        .or_else(|| best(seen.sights.iter().filter(|c| c.valid_fraction >= 0.6), judged_peak))
}

impl Papers<'_> {
    /// Writes everything into the plot's folder.
    pub(super) fn write(&self, out: &Path, chip: Option<&Chip>, chips: &[Chip]) -> Result<(), store::Error> {
        let folder = store::papers_folder(out, self.plot.id.as_str());
        store::remove_papers(&folder)?;
        let shown = self.chart();
        let chart = store::season_chart(&shown);
        store::write_whole(&folder.join("series.svg"), chart.as_bytes())?;
        let picture = match chip {
            Some(chip) => self.picture(&folder, chip)?,
            None => None,
        };
        self.phases(&folder, chips)?;
        let report = Report {
            record: &self.judged.record,
            chart_svg: Some(&chart),
            picture: picture.as_ref().map(|(png, date)| ReportPicture { png, date: *date }),
        };
        let chart_zh = store::season_chart_zh(&shown);
        let chinese = Report { chart_svg: Some(&chart_zh), ..report };
        store::write_whole(&folder.join("report.zh.html"), store::report_html_zh(&chinese).as_bytes())?;
        store::write_whole(&folder.join("report.html"), store::report_html(&report).as_bytes())
    }

    fn picture(&self, folder: &Path, chip: &Chip) -> Result<Option<(Vec<u8>, Date)>, store::Error> {
        let grid = chip.own_grid();
        let raster = store::Chip { grid, ndvi: chip.ndvi() };
        store::write_ndvi_cog(&folder.join("ndvi.tif"), &raster)?;
        let style = store::ndvi_style(&quicklook::stops());
        store::write_whole(&folder.join("ndvi.qml"), style.as_bytes())?;
        let observed = self.judged.observations.iter().find(|o| o.scene == chip.scene);
        let png = self.png(chip, observed.and_then(|o| o.ndvi).map(|n| n.mean));
        if let Some(png) = &png {
            store::write_whole(&folder.join("ndvi.png"), png)?;
        }
        if let Some(scene) = self.bench.scenes.get(&chip.scene) {
            self.item(folder, scene, &raster, chip)?;
        }
        Ok(png.map(|png| (png, chip.date)))
    }

    /// The plot in the phases of its crop, by the images that the record names for them.
    fn phases(&self, folder: &Path, chips: &[Chip]) -> Result<(), store::Error> {
        for phase in [Phase::Early, Phase::Full, Phase::Ripening] {
            let named = self.judged.record.phase_evidence.iter().find(|seen| seen.phase == phase);
            let chip = named.and_then(|seen| chips.iter().find(|c| c.scene.as_str() == seen.item_id));
            let drawn = chip.and_then(|chip| {
                let observed = self.judged.observations.iter().find(|o| o.scene == chip.scene);
                self.png(chip, observed.and_then(|o| o.ndvi).map(|n| n.mean))
            });
            if let Some(png) = drawn {
                store::write_whole(&folder.join(format!("phase_{}.png", phase.word())), &png)?;
            }
        }
        Ok(())
    }

    fn png(&self, chip: &Chip, mean: Option<f64>) -> Option<Vec<u8>> {
        let grid = chip.own_grid();
        let outline = crs::project(&self.plot.geometry, grid.epsg).ok()?;
        let data = ndarray::Array2::from_shape_vec((grid.height, grid.width), chip.ndvi()).ok()?;
        let ndvi = Raster { window: grid.window(), data };
        let picture = quicklook::draw(&quicklook::Chip {
            ndvi: &ndvi,
            grid: &grid,
            outline: &outline,
            uncropped: &self.uncropped(&grid),
            title: self.plot.id.as_str(),
            date: chip.date,
            mean,
        });
        quicklook::png(&picture).ok()
    }

    /// Pixels of a picture (row, column) that carry no crop, where a part of the plot does.
    fn uncropped(&self, grid: &Grid) -> BTreeSet<(usize, usize)> {
        let land = &self.judged.cropland;
        let (top, left) = first_place(grid);
        let reach = i64::try_from(land.step).unwrap_or(1);
        if self.judged.places_in != Some(grid.epsg) {
            return BTreeSet::new();
        }
        let marks = land.marks.iter().filter(|m| m.cover != Cover::Crop);
        let places = marks.flat_map(|m| {
            (0..reach).flat_map(move |dr| (0..reach).map(move |dc| (m.row + dr - top, m.col + dc - left)))
        });
        places.filter_map(|(r, c)| Some((usize::try_from(r).ok()?, usize::try_from(c).ok()?))).collect()
    }

    fn item(
        &self,
        folder: &Path,
        scene: &Scene,
        raster: &store::Chip,
        chip: &Chip,
    ) -> Result<(), store::Error> {
        let grid = raster.grid;
        let corners =
            [(grid.x0, grid.y0), (grid.x1(), grid.y0), (grid.x1(), grid.y1()), (grid.x0, grid.y1())]
                .map(|(x, y)| Coord { x, y });
        let Ok(lonlat) = crs::points_to_lonlat(&corners, grid.epsg) else { return Ok(()) };
        let [a, b, c, d] = lonlat.as_slice() else { return Ok(()) };
        let software = &self.judged.record.software;
        let sources = [NdviSource { item_id: scene.id.as_str(), href: scene.item_href.as_deref() }];
        store::write_ndvi_item(
            folder,
            &NdviItem {
                plot_id: self.plot.id.as_str(),
                datetime: scene.datetime,
                chip: raster,
                corners: [a, b, c, d].map(|p| (p.x, p.y)),
                valid_fraction: chip.valid_fraction,
                platform: scene.platform.as_deref(),
                sources: &sources,
                software: (&software.name, &software.version),
                mask_rule: &self.bench.provenance.mask_rule,
            },
        )
    }

    fn chart(&self) -> SeasonChart {
        let Judged { record, observations, curve, assessment, .. } = self.judged;
        let as_of = self.bench.as_of;
        let season: Option<&Season> = assessment.current.and_then(|k| assessment.seasons.get(k));
        let span =
            |name: &str, d: &DateInterval| ChartSpan { from: d.p10, to: d.p90, label: name.to_owned() };
        let harvest = match (&assessment.harvested, &assessment.harvest) {
            (Some(seen), _) => Some(span("harvest seen", seen)),
            (None, Some(dated)) if dated.p90 < as_of => Some(span("harvest by its dates", dated)),
            (None, Some(expected)) => Some(span("harvest expected", expected)),
            (None, None) => None,
        };
        let back = i32::try_from(self.bench.spec.settings.period.season_days).unwrap_or(365);
        let window_start = plus_days(as_of, -back);
        let from = season.and_then(|s| s.sos).map_or(window_start, |sos| sos.min(window_start));
        let last = harvest.as_ref().map_or(as_of, |h| h.to.max(as_of));
        let points = observations.iter().map(|o| ChartPoint {
            date: o.date,
            ndvi: o.ndvi.map(|n| n.mean),
            rejected: o.rejected,
        });
        let curve = curve.values.iter().zip(&curve.sd).enumerate().map(|(day, (ndvi, sd))| CurvePoint {
            date: curve.date(day),
            ndvi: *ndvi,
            band: Some((ndvi - BAND_SD * sd, ndvi + BAND_SD * sd)),
        });
        SeasonChart {
            title: format!("Plot {}, NDVI up to {as_of}", record.id),
            from: plus_days(from, -CHART_LEAD_DAYS),
            to: plus_days(last, 10),
            as_of,
            points: points.collect(),
            curve: curve.collect(),
            marks: season.map(marks).into_iter().flatten().chain(floods(&record.alerts)).collect(),
            stages: season.map(|s| stages(s, as_of)).unwrap_or_default(),
            harvest,
        }
    }
}

fn marks(season: &Season) -> Vec<ChartMark> {
    let around = |date: Date, sd: Option<f64>| {
        sd.map(|sd| {
            let days = (BAND_SD * sd).round().clamp(0.0, 120.0) as i32;
            (plus_days(date, -days), plus_days(date, days))
        })
    };
    let named = [
        ("start", season.sos, season.sos_sd_days),
        ("peak", season.pos, None),
        ("end", season.eos, season.eos_sd_days),
    ];
    named
        .into_iter()
        .filter_map(|(label, date, sd)| {
            let date = date?;
            Some(ChartMark { date, interval: around(date, sd), label: label.to_owned() })
        })
        .collect()
}

/// The days on which water stood.
fn floods(alerts: &[Alert]) -> impl Iterator<Item = ChartMark> {
    let floods = alerts.iter().filter(|a| a.code == EventKind::Flood.word());
    floods.map(|a| ChartMark { date: a.to, interval: Some((a.to, a.last)), label: "flood".to_owned() })
}

/// The parts of a season: it greens up, it is green, it ripens.
fn stages(season: &Season, as_of: Date) -> Vec<ChartSpan> {
    let until = |date: Option<Date>| date.unwrap_or(as_of);
    let mut spans = Vec::new();
    let mut add = |from: Option<Date>, to: Date, name: &str| {
        if let Some(from) = from.filter(|f| *f < to) {
            spans.push(ChartSpan { from, to, label: name.to_owned() });
        }
    };
    add(season.sos, until(season.greenup50), "greening up");
    add(season.greenup50, until(season.senescence50), "green");
    add(season.senescence50, until(season.eos), "ripening");
    spans
}
