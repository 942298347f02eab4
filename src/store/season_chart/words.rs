//! The names that a chart is given, in each language.

use crate::store::tongue::Tongue;

/// English and Chinese.
const NAMES: [(&str, &str); 10] = [
    ("start", "开始"),
    ("peak", "峰值"),
    ("end", "结束"),
    ("flood", "积水"),
    ("greening up", "返青"),
    ("green", "绿色期"),
    ("ripening", "成熟"),
    ("harvest seen", "已见收获"),
    ("harvest expected", "预计收获期"),
    ("harvest by its dates", "按生长日期推算的收获期"),
];

/// A name in the language of the chart; one that is not in the table stands as it is.
pub(super) fn named(name: &str, tongue: Tongue) -> &str {
    let row = NAMES.iter().find(|(en, _)| *en == name && tongue == Tongue::Chinese);
    row.map_or(name, |(_, zh)| zh)
}
