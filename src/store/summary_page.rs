//! `portfolio.html`: tables of a whole run, for a committee. Opens offline, needs no script, prints on A4.
//!
//! Comes in: tables of plain cells. Goes out: one HTML file. Not here: what is counted.

use maud::{Markup, html};

use crate::store::page::{Shell, page};
use crate::store::plain_words as words;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct SummaryPage<'a> {
    /// Heading.
    pub title: &'a str,
    /// Line below it.
    pub subtitle: &'a str,
    /// Things a reader should know before the tables.
    pub notes: &'a [String],
    /// Tables, in the order in which they are read.
    pub tables: &'a [SummaryTable],
}

/// One table.
#[derive(Clone, Debug)]
pub struct SummaryTable {
    /// Short name: the anchor.
    pub name: String,
    /// Heading.
    pub title: String,
    /// What it means.
    pub note: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<SummaryCell>>,
    /// File with the same rows, beside the page.
    pub file: String,
}

/// A cell as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum SummaryCell {
    /// Words, to the left.
    Text(String),
    /// A number, to the right.
    Number(String),
    /// A fraction 0 to 1, shown in percent, with a bar.
    Share(f64),
    /// A fraction with its interval.
    Rate(f64, f64, f64),
}

/// Writes the page.
pub fn summary_html(summary: &SummaryPage<'_>) -> String {
    let body = html! {
        main {
            h1 { (words::name(summary.title)) }
            p class="sub" { (summary.subtitle) }
            @for note in summary.notes { p class="warn" { (note) } }
            nav { @for t in summary.tables { a href={ "#" (t.name) } { (t.title) } " " } }
            @for table in summary.tables { (section(table)) }
            footer {
                "Recommendations from public Sentinel-2 images, for people to weigh; not credit decisions, and they do not predict repayment. Contains modified Copernicus Sentinel data."
            }
        }
    };
    let title = format!("croplens: {}", words::name(summary.title));
    page(&Shell { lang: "en", title: &title, may: "", styles: &[STYLE] }, &body)
}

fn section(table: &SummaryTable) -> Markup {
    let is_number = |column: usize| {
        let cells = table.rows.iter().filter_map(|row| row.get(column));
        let mut cells =
            cells.filter(|cell| !matches!(cell, SummaryCell::Text(text) if text.is_empty())).peekable();
        cells.peek().is_some() && cells.all(|cell| !matches!(cell, SummaryCell::Text(_)))
    };
    html! {
        section id=(table.name) {
            h2 { (table.title) }
            p class="note" { (table.note) }
            @if table.rows.is_empty() {
                p { "Nothing to list." }
            } @else {
                table {
                    thead {
                        tr {
                            @for (i, name) in table.columns.iter().enumerate() {
                                th scope="col" class=[is_number(i).then_some("n")] { (words::name(name)) }
                            }
                        }
                    }
                    tbody { @for row in &table.rows { tr { @for cell in row { (shown(cell)) } } } }
                }
            }
            p class="file" { a href=(table.file) { (table.file) } }
        }
    }
}

fn shown(cell: &SummaryCell) -> Markup {
    html! {
        @match cell {
            SummaryCell::Text(text) => td { (text) },
            SummaryCell::Number(text) => td class="n" { (text) },
            SummaryCell::Share(share) => {
                td class="n" { span class="bar" style={ "width:" (format!("{:.1}", share.clamp(0.0, 1.0) * 12.0)) "mm" } {} (format!("{:.1} %", share * 100.0)) }
            }
            SummaryCell::Rate(share, low, high) => {
                td class="n" { (format!("{:.1} %", share * 100.0)) " " span class="range" { (format!("({:.0} to {:.0})", low * 100.0, high * 100.0)) } }
            }
        }
    }
}

const STYLE: &str = "\
@page{size:A4;margin:12mm}\
*{box-sizing:border-box}\
body{margin:0;background:#fff;color:#1c1c1c;font:9.5pt/1.35 'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif}\
main{max-width:186mm;margin:0 auto;padding:6mm 0}\
h1{font-size:17pt;margin:0;overflow-wrap:anywhere}\
h2{font-size:11.5pt;margin:6mm 0 1mm;break-after:avoid}\
.sub,.note,.file,footer{color:#555}.note{font-size:8.4pt;margin:0 0 1.5mm;break-after:avoid}\
.warn{border-left:1.2mm solid #8a5a00;background:#faf4e6;padding:1mm 3mm;margin:2mm 0}\
nav{margin:3mm 0;font-size:8.6pt}nav a{margin-right:3mm;white-space:nowrap}\
a{color:#00578a}\
table{border-collapse:collapse;width:100%;font-size:8.4pt}\
th,td{text-align:left;vertical-align:top;padding:.7mm 2.5mm .7mm 0;border-bottom:.2mm solid #ccc;overflow-wrap:anywhere}\
thead th{border-bottom:.4mm solid #1c1c1c;vertical-align:bottom}\
thead{display:table-header-group}tr{break-inside:avoid}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
.bar{display:inline-block;height:2mm;background:#7aa6c2;margin-right:1.2mm;print-color-adjust:exact;-webkit-print-color-adjust:exact}\
.range{color:#555;white-space:nowrap}\
.file{font-size:7.6pt;margin:.8mm 0 0}\
footer{margin-top:7mm;border-top:.3mm solid #1c1c1c;padding-top:1.5mm;font-size:8pt}\
@media print{nav,.file{display:none}main{padding:0}}\
@media screen{main{padding:8mm}}\
";
