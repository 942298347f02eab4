//! Text cells of CSV files that a spreadsheet program would run as a formula.

use std::borrow::Cow;

/// First characters that make Excel, LibreOffice or Google Sheets read a cell as a formula, the
/// full-width forms included (OWASP, "CSV Injection").
const STARTERS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A text cell that no spreadsheet program runs: text that would be read as a formula gets a leading
/// apostrophe, which those programs take as "this is text".
///
/// Plain numbers (`-5`, `+27.5`) stay as they are. Text that already begins with apostrophes before
/// such a character gets one more, so removing one apostrophe before a starter gives the text back.
/// Parquet and JSON files always carry the text unchanged.
pub fn text_cell(text: &str) -> Cow<'_, str> {
    let runs = text.trim_start_matches('\'').starts_with(STARTERS);
    if runs && !is_number(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_can_be_told_back() {
        for (given, cell) in [
            ("KIT-0417", "KIT-0417"),
            ("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
            ("@SUM(1)", "'@SUM(1)"),
            ("-2+3", "'-2+3"),
            ("-5", "-5"),
            ("+27.5", "+27.5"),
            ("-", "'-"),
            ("'=x", "''=x"),
            ("'t Hof", "'t Hof"),
            ("＝1+1", "'＝1+1"),
            ("", ""),
        ] {
            assert_eq!(text_cell(given), cell, "{given}");
        }
    }
}
