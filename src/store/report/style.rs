//! The report's style sheet: A4, black on white, readable when photocopied.

pub(super) const STYLE: &str = "\
@page{size:A4;margin:9mm 12mm}\
*{box-sizing:border-box}\
body{margin:0;background:#eceae6;color:#1c1c1c;font:8.7pt/1.3 'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif}\
main{width:186mm;max-width:100%;margin:0 auto}\
p,ol,ul,figure,h1,h2{margin:0;padding:0}\
header{display:grid;grid-template-columns:1fr 82mm;gap:6mm;align-items:start;border-bottom:.5mm solid #1c1c1c;padding-bottom:3mm}\
.kind{color:#555}\
h1{font-size:16pt;line-height:1.15;margin:.5mm 0 1mm;overflow-wrap:anywhere}\
.long{font-size:12pt}\
.refs{color:#333;overflow-wrap:anywhere}\
.status{border:.6mm solid currentColor;padding:2mm 3mm}\
.verdict{font-size:14pt;font-weight:bold;line-height:1.2}\
.meaning{color:#1c1c1c;margin-top:.8mm}\
.columns{display:grid;grid-template-columns:1fr 72mm;gap:6mm;margin-top:3mm}\
h2{font-size:10.5pt;margin:0 0 1mm}\
.sure{margin-top:1.5mm;overflow-wrap:anywhere}\
.why ol{list-style:none}\
.why li{display:grid;grid-template-columns:6mm 1fr;gap:1.5mm;margin-bottom:1.2mm}\
.effect{border:.35mm solid #1c1c1c;border-radius:50%;width:5.4mm;height:5.4mm;line-height:4.5mm;text-align:center;font-weight:bold}\
.code{color:#666;font-size:7.6pt;white-space:nowrap}\
.more{color:#555;font-size:8.4pt}\
ul{padding-left:4mm}\
li{overflow-wrap:anywhere}\
.columns ul li{margin-bottom:.7mm}\
.amounts{margin-top:2.5mm;border-top:.2mm solid #bbb;padding-top:1.5mm}\
.amounts .parts{margin-top:1mm}.amounts .parts th:first-child{width:42mm}.amounts .parts td:nth-child(2){width:34mm}\
.chart{margin-top:2.5mm}\
.chart svg{width:100%;height:auto;display:block}\
.crowded .chart svg{max-height:63mm}\
.evidence{display:grid;grid-template-columns:1fr 46mm;gap:5mm;margin-top:2mm;align-items:start}\
.evidence.alone{grid-template-columns:1fr}\
table{border-collapse:collapse;width:100%;font-size:8.3pt;table-layout:fixed}\
th,td{text-align:left;vertical-align:top;padding:.45mm 2mm .45mm 0;border-top:.2mm solid #bbb;overflow-wrap:anywhere}\
th:first-child{width:19mm;color:#333;font-weight:normal}\
thead th{border-top:0;padding-top:0;font-weight:bold}\
.compared th:nth-child(2){width:36mm}\
td.none{color:#777}\
.picture img{width:100%;max-height:58mm;object-fit:contain;object-position:left top}\
figcaption{font-size:7.4pt;color:#444;margin-top:.6mm}\
footer{margin-top:2.5mm;border-top:.3mm solid #1c1c1c;padding-top:1.5mm;font-size:7pt;line-height:1.32;color:#333}\
footer p{margin-bottom:.7mm;overflow-wrap:anywhere}\
code{font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:6.2pt}\
@media screen{main{background:#fff;padding:11mm 12mm;width:210mm;min-height:297mm;margin:6mm auto;box-shadow:0 1mm 4mm #0003}}\
@media screen and (max-width:640px){main{padding:4mm;margin:0}header,.columns,.evidence{grid-template-columns:1fr}}\
@media print{body{background:#fff}}\
";
