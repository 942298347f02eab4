//! What a reader of one page would stumble over: counts that do not fit the picture, empty charts, cut texts.

use croplens::observation::Reject;
use croplens::record::EligibilityRecord;
use croplens::store::{
    ChartPoint, Report, SeasonChart, report_html, report_html_zh, season_chart, season_chart_zh,
};
use jiff::ToSpan;
use serde_json::json;

use super::{sample, wheat_season};

/// The legend counts what the chart shows, whatever the years before it hold.
#[test]
fn the_legend_counts_the_dates_of_the_chart() {
    let chart = wheat_season::chart("counted");
    let used = |c: &SeasonChart| c.points.iter().filter(|p| p.rejected.is_none()).count();
    let mut longer = chart.clone();
    let earlier = chart.from.checked_sub(30.days()).unwrap();
    longer.points.extend((0..7).map(|_| ChartPoint { date: earlier, ndvi: Some(0.4), rejected: None }));
    for (tongue, text) in
        [("clear date, used", season_chart(&longer)), ("采用的晴空日期", season_chart_zh(&longer))]
    {
        let told = |n: usize| {
            text.contains(&format!("{tongue} ({n})")) || text.contains(&format!("{tongue}（{n}）"))
        };
        assert!(told(used(&chart)) && !told(used(&longer)), "{text}");
    }
}

/// An empty chart is not a fault of the page.
#[test]
fn a_chart_without_a_value_says_that_nothing_was_seen() {
    let mut chart = wheat_season::chart("clouds");
    let words = ["no image in this time shows the plot clearly", "此时段没有一景影像能看清地块"];
    assert!(!season_chart(&chart).contains(words[0]) && !season_chart_zh(&chart).contains(words[1]));
    chart.points.iter_mut().for_each(|p| (p.ndvi, p.rejected) = (None, Some(Reject::Cloudy)));
    chart.curve.clear();
    assert!(season_chart(&chart).contains(words[0]) && season_chart_zh(&chart).contains(words[1]));
}

/// What has not come up by the day of the answer has not emerged.
#[test]
fn a_crop_that_is_not_up_yet_has_not_emerged() {
    let page_rows = |date: &str| {
        let mut whole = serde_json::to_value(sample::supports()).unwrap();
        whole["emergence_date"] = json!(date);
        whole["emergence_date_upper"] = json!("2024-07-20");
        let record: EligibilityRecord = serde_json::from_value(whole).unwrap();
        let told = Report { record: &record, chart_svg: None, picture: None };
        (report_html(&told), report_html_zh(&told))
    };
    let (en, zh) = page_rows("2024-07-10");
    assert!(en.contains("emergence expected 10 Jul 2024") && !en.contains("emerged"), "{en}");
    assert!(zh.contains("预计出苗：2024年7月10日"), "{zh}");
    let (en, zh) = page_rows("2024-07-05");
    assert!(en.contains("emerged 5 Jul 2024") && zh.contains(">出苗：2024年7月5日"), "{en} {zh}");
}

/// The small print holds no text that was cut in the middle.
#[test]
fn the_small_print_is_whole() {
    let mut whole = serde_json::to_value(sample::supports()).unwrap();
    let rule = "Sen2Cor classes read with weight: dark 0.3, vegetation 1, bare 1, water 1; eroded 20 m";
    whole["mask_rule"] = json!(rule);
    let record: EligibilityRecord = serde_json::from_value(whole).unwrap();
    let told = Report { record: &record, chart_svg: None, picture: None };
    for page in [report_html(&told), report_html_zh(&told)] {
        let (_, footer) = page.split_once("<footer>").unwrap();
        assert!(!footer.contains('…') && !footer.contains("Sen2Cor"), "{footer}");
    }
}
