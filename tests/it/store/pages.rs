//! Report, index and chart: well-formed, escaped, offline, the same twice.

use croplens::record::{CropCandidate, EligibilityRecord, Rounded};
use croplens::store::{
    ChartMark, ChartPoint, ChartSpan, CurvePoint, IndexPage, Report, ReportPicture, SeasonChart, index_html,
    report_html, report_html_zh, season_chart, season_chart_zh,
};
use jiff::civil::date;
use serde_json::json;

use super::{sample, wheat_season};
use crate::lending::english_words::english_in;

fn report(record: &EligibilityRecord, svg: Option<&str>) -> String {
    let picture = ReportPicture { png: b"\x89PNG\r\n\x1a\nfake", date: date(2024, 6, 30) };
    report_html(&Report { record, chart_svg: svg, picture: Some(picture) })
}

/// Nothing that a browser would fetch: pages must open offline.
fn offline(html: &str) {
    for fetched in ["src=\"http", "href=\"http", "url(http", "@import", "<link", "src=\"//"] {
        assert!(!html.contains(fetched), "{fetched}");
    }
}

#[test]
fn hostile_text_never_becomes_markup() {
    let mut record = sample::refer();
    record.pipeline = "</style><script>1</script>".into();
    record.stage = Some("<img src=x onerror=alert(1)>".into());
    record.lender_ref = Some("\"><svg onload=alert(1)>".into());
    record.confidence_basis = vec!["<iframe>".into()];
    let records = [record];
    let svg = season_chart(&wheat_season::chart(sample::HOSTILE));
    let pages = [
        report(&records[0], Some(&svg)),
        index_html(&IndexPage { title: "<plots>&.geojson", records: &records, rerun: "croplens \"<x>\"" }),
    ];
    for page in &pages {
        for bad in [
            "<script>alert",
            "<script>1",
            "<img src=x",
            "<svg onload",
            "<iframe",
            "<b>maize",
            "<plots>",
            "<x>",
        ] {
            assert!(!page.contains(bad), "{bad}");
        }
        assert!(page.contains("&lt;script&gt;alert"), "the id is shown, as text");
        offline(page);
    }
    assert!(!pages[0].contains("<script"), "a report has no script at all");
    assert_eq!(pages[1].matches("<script").count(), 1, "the index has its own script only");
}

#[test]
fn a_report_says_what_was_seen_how_sure_why_and_what_next() {
    let record = sample::supports();
    let page = report(&record, Some(&season_chart(&wheat_season::chart("Plot KIT-0417"))));
    for words in [
        "Plot KIT-0417",
        "Supports",
        "How sure: high",
        "season 1 Oct 2023 to 31 Aug 2024, until 5 Jul 2024; 14 clear dates from 61 images listed",
        "NDVI rose by 0.62 to 0.84",
        "LAND_CROPPED",
        "1 further finding is in the record",
        "What to do next",
        "Look again on 20 Jul 2024",
        "winter wheat 81 %",
        "2.34 ha (2.22 ha to 2.47 ha), 2.4 % less than declared",
        "12 Jul 2024 to 2 Aug 2024",
        "86 % of the way to ripe",
        "data:image/png;base64,iVBORw0KGgpmYWtl",
        "S2A_32TNT_20240630_0_L2A",
        sample::CONFIG,
        "does not predict repayment",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for reason in &record.reasons {
        assert!(page.contains(&maud::html! { (reason.text_en()) }.into_string()));
    }
}

#[test]
fn no_report_of_a_referred_plot_reads_as_a_refusal() {
    let page = report(&sample::refer(), None);
    for words in [
        "This is not a refusal",
        "Run croplens again",
        "do not decline",
        "cannot tell whether it is the declared crop",
        "3 could not be read",
        "cannot be told",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let page = report(&sample::not_appraised(), None);
    assert!(page.contains("crosses itself near longitude 8.5"));
    assert!(!page.contains("Declared"), "nothing was looked at, so no table of evidence");
}

#[test]
fn the_index_counts_links_and_names_what_is_deferred() {
    let mut records = sample::all();
    records[2].links.push(
        serde_json::from_value(
            json!({ "rel": "report", "href": "javascript:alert(1)", "type": "text/html" }),
        )
        .unwrap(),
    );
    let page = index_html(&IndexPage {
        title: "plots.geojson",
        records: &records,
        rerun: "croplens appraise plots.geojson --out out",
    });
    assert!(page.contains("href=\"plots/KIT-0417/report.html\""));
    assert!(!page.contains("javascript:"), "a link with a scheme is not followed");
    assert!(page.contains("1 plot is not finished"));
    assert!(page.contains("croplens appraise plots.geojson --out out"));
    assert_eq!(page.matches("<tr>").count(), 1 + records.len());
    let again = index_html(&IndexPage {
        title: "plots.geojson",
        records: &records,
        rerun: "croplens appraise plots.geojson --out out",
    });
    assert_eq!(page, again);
}

/// Elements of the drawing with this tag and attribute.
fn count(svg: &roxmltree::Document<'_>, tag: &str, attribute: (&str, &str)) -> usize {
    svg.descendants()
        .filter(|n| n.has_tag_name(tag) || n.tag_name().name() == tag)
        .filter(|n| n.attribute(attribute.0) == Some(attribute.1))
        .count()
}

#[test]
fn the_chart_is_xml_and_shows_every_observation() {
    let chart = wheat_season::chart(sample::HOSTILE);
    let text = season_chart(&chart);
    assert_eq!(text, season_chart(&chart));
    let svg = roxmltree::Document::parse(&text).unwrap();
    let title = svg.descendants().find(|n| n.tag_name().name() == "title").unwrap();
    assert_eq!(title.text(), Some(sample::HOSTILE));
    let used = chart.points.iter().filter(|p| p.rejected.is_none()).count();
    let hollow = chart.points.iter().filter(|p| p.rejected.is_some() && p.ndvi.is_some()).count();
    let unused = chart.points.len() - used;
    // One more of each in the legend.
    assert_eq!(count(&svg, "circle", ("fill", "#111")), used + 1);
    assert_eq!(count(&svg, "circle", ("fill", "#fff")), hollow + 1);
    let shapes = svg
        .descendants()
        .filter(|n| n.tag_name().name() == "path" && n.attribute("transform").is_some())
        .count();
    // cloud, no data, duplicate, unreadable, untrusted: five shapes in the legend of this chart.
    assert_eq!(shapes, unused + 5);
    assert!(text.contains("as of 5 Jul") && text.contains("start 4 Mar") && text.contains("peak 18 May"));
}

#[test]
fn dates_and_values_fall_where_the_axes_say() {
    let (from, to) = (date(2024, 1, 1), date(2024, 12, 31));
    let point = |date, ndvi| ChartPoint { date, ndvi: Some(ndvi), rejected: None };
    let chart = SeasonChart {
        title: "t".into(),
        from,
        to,
        as_of: date(2025, 6, 1),
        points: vec![
            point(from, 0.0),
            point(to, 1.0),
            point(date(2025, 1, 1), 0.5),
            point(date(2024, 7, 1), f64::NAN),
        ],
        curve: vec![],
        marks: vec![],
        stages: vec![],
        harvest: None,
    };
    let text = season_chart(&chart);
    let svg = roxmltree::Document::parse(&text).unwrap();
    let dots: Vec<(f64, f64)> = svg
        .descendants()
        .filter(|n| n.attribute("stroke") == Some("#fff"))
        .map(|n| (n.attribute("cx").unwrap().parse().unwrap(), n.attribute("cy").unwrap().parse().unwrap()))
        .collect();
    let frame = svg
        .descendants()
        .find(|n| n.tag_name().name() == "rect" && n.attribute("fill") == Some("none"))
        .unwrap();
    let edge = |name| frame.attribute(name).unwrap().parse::<f64>().unwrap();
    assert_eq!(dots.len(), 2, "a day after the axis and a NaN are left out");
    assert_eq!(dots[0].0, edge("x"));
    assert!((dots[1].0 - edge("x") - edge("width")).abs() < 0.06);
    assert!((dots[1].1 - edge("y")).abs() < 0.06);
    // The axis runs from -0.1 to 1.0, so 0 lies one eleventh above the foot.
    assert!((dots[0].1 - (edge("y") + edge("height") * 10.0 / 11.0)).abs() < 0.06);
    assert!(!text.contains("as of"), "an as-of day outside the axis has no line");
}

#[test]
fn a_flood_is_marked_in_the_language_of_the_chart() {
    let mut chart = wheat_season::chart("t");
    let (first, last) = (date(2024, 6, 2), date(2024, 6, 12));
    chart.marks.push(ChartMark { date: first, interval: Some((first, last)), label: "flood".into() });
    assert!(season_chart(&chart).contains("flood 2 Jun"));
    assert!(season_chart_zh(&chart).contains("积水 6月2日"));
}

#[test]
fn odd_charts_are_still_xml() {
    let day = date(2024, 5, 1);
    let nothing = SeasonChart {
        title: String::new(),
        from: day,
        to: day,
        as_of: day,
        points: vec![],
        curve: vec![],
        marks: vec![],
        stages: vec![],
        harvest: None,
    };
    let backwards = SeasonChart { from: date(2024, 6, 1), to: day, ..nothing.clone() };
    let wild = SeasonChart {
        from: date(1900, 1, 1),
        to: date(2100, 1, 1),
        title: "\u{0}\u{1b}<&>'\"".into(),
        curve: vec![
            CurvePoint { date: day, ndvi: f64::INFINITY, band: Some((-9.0, 9.0)) },
            CurvePoint { date: day, ndvi: -5.0, band: None },
        ],
        marks: (0..20)
            .map(|_| ChartMark { date: day, interval: Some((day, day)), label: "<x>".into() })
            .collect(),
        stages: vec![ChartSpan { from: day, to: date(2020, 1, 1), label: "backwards".into() }],
        harvest: Some(ChartSpan { from: day, to: day, label: "&".into() }),
        ..nothing.clone()
    };
    for chart in [nothing, backwards, wild] {
        let text = season_chart(&chart);
        roxmltree::Document::parse(&text).unwrap();
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

/// The words of a table's row, without markup.
fn row(page: &str, head: &str) -> String {
    let (_, after) = page.split_once(&format!(">{head}</th>")).unwrap_or_else(|| panic!("no row {head}"));
    let (inside, _) = after.split_once("</tr>").unwrap();
    inside.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

#[test]
fn the_parts_that_a_confidence_rests_on_least_are_told_first() {
    let mut record = sample::supports();
    record.confidence_basis =
        ["high: a", "high: b", "medium: c", "high: d", "low: e", "medium: f"].map(Into::into).into();
    let page = report(&record, None);
    assert!(page.contains("e: low; c: medium; f: medium."), "{page}");
}

/// What the English page tells of how sure the record is, and of the plot, the Chinese one tells too.
#[test]
fn the_chinese_page_says_how_sure_and_what_was_seen_in_full() {
    let mut record = sample::supports();
    record.confidence_basis = vec![
        "high: grade A of A to D for 10 m images, 280 full pixels".into(),
        "high: 31 clear dates from 2023-10-01 to 2024-07-05 (high from 15, medium from 8)".into(),
        "medium: longest time without a clear date 41 days, of those from 2023-10-01 to 2024-07-05 (high to 25, medium to 45)".into(),
    ];
    let page = report_html_zh(&Report {
        record: &record,
        chart_svg: None,
        picture: Some(ReportPicture { png: b"x", date: date(2024, 6, 30) }),
    });
    // What it is no surer of than this stands first.
    let sure = "最长41天没有晴空影像（查看时段2023-10-01至2024-07-05；25天以内为高，45天以内为中）：中；10 m影像可观测等级A（A最好，D最差），\
                280个完整像元：高；晴空日期31个（2023-10-01至2024-07-05；15个起为高，8个起为中）：高。";
    assert!(page.contains(sure), "{page}");
    let days = "生长季2023年10月1日至2024年8月31日（截至2024年7月5日）；目录中61景影像，其中14个晴空日期";
    assert!(page.contains(days), "{page}");
    assert_eq!(row(&page, "像元"), "地块内186个完整的10 m像元，A级（A最好，D最差）");
    assert_eq!(row(&page, "绿度NDVI"), "0.53（2024年6月30日）；最高0.84（2024年5月18日）");
    // The mask rule is in the record: half of it, in English, tells nobody anything.
    assert!(page.contains(&record.config_sha256) && !page.contains("云掩膜"), "{page}");
    // The picture has English letters only: its legend is told beneath it.
    assert!(page.contains("为未读取（边界外、云、雪）"), "{page}");
    record.uncropped_water_frac = Rounded::new(0.03);
    let part = json!({ "cropped_area_ha": 2.0, "cropped_area_lower_ha": 1.9, "cropped_area_upper_ha": 2.1 });
    let mut whole = serde_json::to_value(&record).unwrap();
    whole.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    let record: EligibilityRecord = serde_json::from_value(whole).unwrap();
    let page = report_html_zh(&Report { record: &record, chart_svg: None, picture: None });
    assert!(row(&page, "种植部分").ends_with("；其余：水面3 %"), "{}", row(&page, "种植部分"));
    // Candidates are crops and covers of the tables, by their Chinese names.
    let table = croplens::crop::ensemble::EnsembleTable::builtin().unwrap();
    for (name, _) in table.covers() {
        let mut record = record.clone();
        record.crop_candidates =
            vec![CropCandidate { crop: name.into(), probability: Rounded::new(0.63).unwrap() }];
        let told = report_html_zh(&Report { record: &record, chart_svg: None, picture: None });
        assert_eq!(english_in(&row(&told, "作物"), &[]), [""; 0], "{name}: {}", row(&told, "作物"));
    }
}

#[test]
fn every_alert_is_told_in_both_languages() {
    use croplens::crop::events::EventKind;
    let kinds = [
        EventKind::Loss,
        EventKind::EarlyHarvest,
        EventKind::CoverGone,
        EventKind::Decline,
        EventKind::Flood,
    ];
    let codes = kinds.into_iter().map(EventKind::word).chain(["not_planted"]);
    for code in codes {
        let mut record = sample::supports();
        record.alerts = vec![
            serde_json::from_value(json!({
                "code": code, "from": "2024-05-02", "to": "2024-05-12", "last": "2024-06-01", "severity": 0.5,
                "drop_ndvi": 0.3, "area_frac": 0.8, "ripe_probability": 0.0, "neighbours_n": 12,
                "neighbours_alike_frac": 0.25, "evidence_item_ids": [],
            }))
            .unwrap(),
        ];
        let told = Report { record: &record, chart_svg: None, picture: None };
        let (en, zh) = (row(&report_html(&told), "Events"), row(&report_html_zh(&told), "事件"));
        assert!(en.contains("2024") && zh.contains("2024年"), "{code}: {en} / {zh}");
        // A code without a sentence would be told by its bare name.
        let bare = code.replace('_', " ");
        assert!(!en.to_lowercase().starts_with(&bare), "{code}: {en}");
        assert_eq!(english_in(&zh, &[]), [""; 0], "{code}: {zh}");
    }
}
