//! `index.html`: a run at a glance, offline.
//!
//! Comes in: the records and how to run again. Goes out: one HTML file that works without script; with
//! it, columns sort and a box filters. No clock times: the same records give the same page.

use maud::{Markup, PreEscaped, html};

use crate::record::{EligibilityRecord, Status};
use crate::store::finished::deferring_reason;
use crate::store::page::{Shell, page};
use crate::store::plain_words as words;

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub struct IndexPage<'a> {
    /// Heading: the name of the input.
    pub title: &'a str,
    /// The records, in input order. A row links to the record's link with `rel` `report`, when it has one.
    pub records: &'a [EligibilityRecord],
    /// The command that finishes deferred plots, as it is to be typed.
    pub rerun: &'a str,
}

/// Every status, in the order of the counts.
const STATUSES: [Status; 4] = [Status::Supports, Status::Refer, Status::DoesNotSupport, Status::NotAppraised];

/// Deferred plots named on the page; the rest are counted.
const NAMED: usize = 20;

/// Files of the folder, and what they are.
const FILES: [(&str, &str); 6] = [
    ("records.jsonl", "records, one a line"),
    ("records.parquet", "records as GeoParquet"),
    ("records.geojson", "records on a map"),
    ("timeseries.csv", "what every image showed"),
    ("timeseries.parquet", "the same as Parquet"),
    ("run.json", "what the run did"),
];

/// What the page tells of all records, though it may not show them all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexTally {
    total: usize,
    by_status: [usize; STATUSES.len()],
    deferred: usize,
    /// The first of them.
    named: Vec<String>,
}

impl IndexTally {
    /// Rows that a browser still opens without trouble; a larger run's page shows the first ones.
    pub const SHOWN: usize = 5_000;

    /// Counts a record.
    pub fn add(&mut self, record: &EligibilityRecord) {
        self.total += 1;
        for (count, _) in self.by_status.iter_mut().zip(STATUSES).filter(|(_, s)| *s == record.status) {
            *count += 1;
        }
        if deferring_reason(record).is_some() {
            self.deferred += 1;
            if self.named.len() < NAMED {
                self.named.push(record.id.clone());
            }
        }
    }
}

/// Writes the page.
pub fn index_html(index: &IndexPage<'_>) -> String {
    let mut tally = IndexTally::default();
    index.records.iter().for_each(|record| tally.add(record));
    index_html_of(index, &tally)
}

/// Writes the page of a run of which `index` holds the first records only.
pub fn index_html_of(index: &IndexPage<'_>, tally: &IndexTally) -> String {
    let body = html! {
        main {
            h1 { "Plots in " (words::name(index.title)) }
            p class="sub" {
                (tally.total) " plots, one record each"
                @if let Some(first) = index.records.first() { " · as of " (words::day(first.as_of)) " · croplens " (first.software.version) }
            }
            (counts(tally))
            (deferred(index, tally))
            @if tally.total > index.records.len() {
                p { "The table shows the first " (index.records.len()) " of them; the files hold all." }
            }
            (table(index.records))
            (files())
        }
        script { (PreEscaped(SCRIPT)) }
    };
    let title = format!("croplens: {}", words::name(index.title));
    page(
        &Shell {
            lang: "en",
            title: &title,
            may: "; script-src 'unsafe-inline'",
            styles: &[STYLE, words::SIGN_STYLE],
        },
        &body,
    )
}

fn counts(tally: &IndexTally) -> Markup {
    html! {
        ul class="counts" {
            @for (status, n) in STATUSES.into_iter().zip(tally.by_status) {
                li class=(words::status_class(status)) {
                    span class="number" { (words::status_sign(status)) " " (n) }
                    span class="word" { (words::status(status).0) }
                }
            }
        }
    }
}

fn deferred(index: &IndexPage<'_>, tally: &IndexTally) -> Markup {
    html! {
        @if tally.deferred > 0 {
            section class="deferred" {
                h2 { (tally.deferred) (if tally.deferred == 1 { " plot is not finished" } else { " plots are not finished" }) }
                p {
                    "Images that could matter were unreadable in this run. Until they are read, such a plot is referred to a person, never refused. Run again; only what is missing is done:"
                }
                p { code { (index.rerun) }
                }
                p {
                    @for (i, id) in tally.named.iter().enumerate() { @if i > 0 { ", " } (words::name(id)) }
                    @if tally.deferred > tally.named.len() { " and " (tally.deferred - tally.named.len()) " more, marked in the table" }
                }
            }
        }
    }
}

fn table(records: &[EligibilityRecord]) -> Markup {
    html! {
        p class="find" hidden { label { "Show rows with " input type="search" id="find"; } " " span id="shown" {} }
        table id="plots" {
            thead {
                tr {
                    @for name in ["Plot", "Result", "How sure", "Main reason", "Crop declared", "Agrees", "Area, ha", "Stage", "Last clear image"] {
                        th scope="col" { (name) }
                    }
                }
            }
            tbody {
                @for record in records { (row(record)) }
            }
        }
    }
}

fn row(r: &EligibilityRecord) -> Markup {
    let report = r.links.iter().find(|link| link.rel == "report").map(|link| link.href.as_str());
    // A link of ours is relative; anything with a scheme or a root is not followed.
    let report = report.filter(|href| !href.contains(':') && !href.starts_with('/'));
    let order = STATUSES.iter().position(|status| *status == r.status);
    let reason = r.reasons.first();
    let area = r.metrics_area.map(|m2| m2.get() / 10_000.0);
    html! {
        tr {
            th scope="row" {
                @match report {
                    Some(href) => a href=(href) { (words::name(&r.id)) },
                    None => (words::name(&r.id)),
                }
            }
            td class={ "result " (words::status_class(r.status)) } data-v=(order.unwrap_or_default()) {
                (words::status_sign(r.status)) " " (words::status(r.status).0)
                @if deferring_reason(r).is_some() { " (not finished)" }
            }
            td { (if r.status == Status::NotAppraised { "" } else { words::confidence(r.confidence) }) }
            td class="reason" { @if let Some(reason) = reason { (reason.text_en()) } }
            td class="crop" { (r.declared_crop.as_deref().map(words::name).unwrap_or_default()) }
            td { (r.crop_agrees_with_declared.map_or(String::new(), |a| words::name(a.word()))) }
            td class="n" data-v=(area.map_or(String::new(), |ha| format!("{ha:.4}"))) {
                (area.map_or(String::new(), |ha| format!("{ha:.2}")))
            }
            td { (r.stage.as_deref().map(words::stage).unwrap_or_default()) }
            td class="d" { (r.last_clear_date.map_or(String::new(), |date| date.to_string())) }
        }
    }
}

fn files() -> Markup {
    html! {
        h2 { "Files of this run" }
        ul class="files" {
            @for (file, what) in FILES { li { a href=(file) { (file) } " " (what) } }
        }
        p class="sub" {
            "Recommendations from public Sentinel-2 images, for a person to weigh; not credit decisions, and they do not predict repayment. \
             Contains modified Copernicus Sentinel data."
        }
    }
}

const STYLE: &str = "\
*{box-sizing:border-box}\
body{margin:0;background:#fff;color:#1c1c1c;font:14px/1.4 'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif}\
main{max-width:1240px;margin:0 auto;padding:24px}\
h1{font-size:24px;margin:0;overflow-wrap:anywhere}h2{font-size:16px;margin:24px 0 6px}\
.sub{color:#555;margin:2px 0 0}\
.counts{list-style:none;display:flex;flex-wrap:wrap;gap:12px;padding:0;margin:18px 0}\
.counts li{border:2px solid currentColor;padding:8px 16px;min-width:150px}\
.number{font-size:24px;font-weight:bold;display:block}.word{color:#1c1c1c}\
.deferred{border-left:6px solid #8a5a00;background:#faf4e6;padding:8px 16px;margin:0 0 18px}\
.deferred h2{margin:0}.deferred p{margin:4px 0;overflow-wrap:anywhere}\
.find{margin:0 0 8px}.find input{font:inherit;padding:3px 6px;width:240px}#shown{color:#555}\
table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid #ddd}\
thead th{position:sticky;top:0;background:#fff;border-bottom:2px solid #1c1c1c;white-space:nowrap}\
thead button{all:unset;cursor:pointer}thead button:focus-visible{outline:2px solid #00578a}\
th[aria-sort] button::after{content:' \\25B2'}th[aria-sort=descending] button::after{content:' \\25BC'}\
tbody th{font-weight:normal;min-width:90px;max-width:200px;overflow-wrap:anywhere}tbody tr:hover{background:#f6f6f3}\
.result{font-weight:bold;min-width:165px}.crop{max-width:120px;overflow-wrap:anywhere}.reason{min-width:220px}.n{text-align:right}.d{white-space:nowrap}\
a{color:#00578a}.files{columns:2;padding-left:18px}code{background:#fff;padding:1px 4px;overflow-wrap:anywhere}\
@media(max-width:760px){table{display:block;overflow-x:auto}.files{columns:1}}\
@media print{.find{display:none}thead th{position:static}main{padding:0;max-width:none}body{font-size:9px}.reason{min-width:0}}\
";

/// Sorts by a column's `data-v` or text, and hides rows without the typed words.
const SCRIPT: &str = "\
(function(){var t=document.getElementById('plots'),b=t.tBodies[0],rows=[].slice.call(b.rows),heads=t.tHead.rows[0].cells;\
function value(r,i){var c=r.cells[i],v=c.getAttribute('data-v');return v===null?c.textContent:v}\
[].forEach.call(heads,function(h,i){var k=document.createElement('button');k.type='button';k.textContent=h.textContent;h.textContent='';h.appendChild(k);\
k.addEventListener('click',function(){var down=h.getAttribute('aria-sort')==='ascending';\
[].forEach.call(heads,function(o){o.removeAttribute('aria-sort')});h.setAttribute('aria-sort',down?'descending':'ascending');\
rows.sort(function(x,y){var p=value(x,i),q=value(y,i);if(p===''||q==='')return(p==='')-(q==='');var c=p.localeCompare(q,'en',{numeric:true});return down?-c:c});\
rows.forEach(function(r){b.appendChild(r)})})});\
var f=document.getElementById('find'),s=document.getElementById('shown');document.querySelector('.find').hidden=false;\
f.addEventListener('input',function(){var w=f.value.toLowerCase(),n=0;rows.forEach(function(r){var on=r.textContent.toLowerCase().indexOf(w)>=0;r.hidden=!on;if(on)n++});\
s.textContent=w?n+' of '+rows.length:''})})();";
