//! `index.html` of a bundle: what is in it, and how to check it, in English and Chinese.

use maud::html;

use crate::record::EligibilityRecord;
use crate::store::chain_file::ChainLink;
use crate::store::page::{Shell, page};
use crate::store::plain_words as words;

/// Files that may be in a bundle, and what they are.
const KNOWN: [(&str, &str, &str); 22] = [
    ("report.html", "The report, one page", "报告（英文，一页）"),
    ("report.zh.html", "The report in Chinese, one page", "报告（中文，一页）"),
    ("record.json", "The record itself: every number, reason and source", "记录：全部数值、理由与来源"),
    ("evidence.qgs", "All layers as one map: open it with QGIS", "全部图层合成的地图：用QGIS打开"),
    ("record.geojson", "Outline with the record, for a map (QGIS)", "地块边界与记录（QGIS）"),
    ("record.qml", "Its QGIS style", "其QGIS样式"),
    ("series.svg", "Greenness through the season", "生长季绿度曲线"),
    (
        "series.csv",
        "What every image showed, the unused ones too, with the reason",
        "每景影像的结果（含未采用的影像及原因）",
    ),
    ("phase_early.png", "The plot in early growth", "生长初期的地块"),
    ("phase_full.png", "The plot at full growth", "旺盛生长期的地块"),
    ("phase_ripening.png", "The plot while ripening", "成熟期的地块"),
    ("ndvi.png", "Greenness near the peak, picture", "峰值附近的绿度图"),
    ("ndvi.tif", "The same as a raster (GeoTIFF, QGIS)", "同上，栅格（GeoTIFF，QGIS）"),
    ("ndvi.qml", "Its QGIS style", "其QGIS样式"),
    ("ndvi.json", "Its STAC item: scene, time, processing", "其STAC条目：影像、时间、处理方式"),
    (
        "chain.jsonl",
        "Hashes of all records of the run, linked; it names no plot",
        "本次运行全部记录的哈希链（不含地块名称）",
    ),
    ("erased.jsonl", "Records erased from the run since, by hash only", "此后删除的记录（仅哈希）"),
    ("signature.json", "Signature over the end of the chain", "链末端的签名"),
    ("policy.toml", "The lender's policy as applied", "所用的贷款政策"),
    ("model-card.md", "What the method can and cannot do", "方法说明卡"),
    ("methods.md", "Formulas, constants and their sources", "公式、常数与出处"),
    ("record.md", "What every field and reason code means", "字段与理由代码说明"),
];

pub(super) fn index(record: &EligibilityRecord, link: &ChainLink, records: usize, names: &[&str]) -> String {
    let has = |name: &str| names.contains(&name);
    let pictures = ["phase_early.png", "phase_full.png", "phase_ripening.png"];
    let pictures: Vec<&str> = pictures.into_iter().filter(|name| has(name)).collect();
    let about = |name: &str| KNOWN.iter().find(|row| row.0 == name).map_or(("", ""), |row| (row.1, row.2));
    let listed = KNOWN.iter().filter(|row| has(row.0));
    let (status, meaning) = words::status(record.status);
    let body = html! {
        main {
            h1 { "Evidence for plot " (words::name(&record.id)) " " span lang="zh" { "地块证据包" } }
            p class=(words::status_class(record.status)) { b { (words::status_sign(record.status)) " " (status) } }
            p { (meaning) " As of " (words::day(record.as_of)) @if let Some(until) = record.valid_until { ", fresh until " (words::day(until)) } "." }
            @if !pictures.is_empty() {
                div class="phases" {
                    @for name in pictures {
                        figure { img src=(name) alt=(about(name).0); figcaption { (about(name).0) " " span lang="zh" { (about(name).1) } } }
                    }
                }
            }
            table {
                tbody {
                    @for (name, en, zh) in listed {
                        tr { th scope="row" { a href=(name) { (name) } } td { (en) } td lang="zh" { (zh) } }
                    }
                }
            }
            h2 { "How to check it " span lang="zh" { "如何核验" } }
            p { "Whether files were changed: " code { "sha256sum -c SHA256SUMS" } }
            p { "Whether record, chain and signature fit: " code { "croplens verify record.json --run . --hashes-only" } }
            p { "Whether the same images give the same record again: " code { "croplens verify record.json --run FOLDER" } ", with the run's folder, plots and catalogue." }
            p { "Record " code { (record.record_id) } ", SHA-256 " code { (record.record_sha256) } ", number " (link.position + 1) " of " (records) " in the chain, link " code { (link.chain_sha256) } "." }
            p class="small" { "A recommendation from public Sentinel-2 images, for a person to weigh; not a credit decision. Contains modified Copernicus Sentinel data." }
        }
    };
    let title = format!("Evidence: plot {}", words::name(&record.id));
    page(
        &Shell {
            lang: "en",
            title: &title,
            may: "; img-src 'self' file:",
            styles: &[STYLE, words::SIGN_STYLE],
        },
        &body,
    )
}

const STYLE: &str = "\
@page{size:A4;margin:12mm}\
*{box-sizing:border-box}\
body{margin:0;background:#fff;color:#1c1c1c;font:10.5pt/1.4 'Helvetica Neue',Helvetica,Arial,'DejaVu Sans','Noto Sans CJK SC',sans-serif}\
main{max-width:186mm;margin:0 auto;padding:8mm 4mm}\
h1{font-size:17pt;margin:0 0 3mm;overflow-wrap:anywhere}h2{font-size:12pt;margin:6mm 0 1mm}\
p{margin:0 0 1.5mm;overflow-wrap:anywhere}\
.phases{display:grid;grid-template-columns:repeat(3,1fr);gap:4mm;margin:4mm 0}\
figure{margin:0}.phases img{width:100%;image-rendering:pixelated}figcaption{font-size:8.5pt;color:#444}\
table{border-collapse:collapse;width:100%;font-size:9.5pt}th,td{text-align:left;vertical-align:top;padding:.8mm 3mm .8mm 0;border-bottom:.2mm solid #ccc}\
th{font-weight:normal;white-space:nowrap}a{color:#00578a}\
code{font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:8pt}.small{font-size:8.5pt;color:#555}\
";
