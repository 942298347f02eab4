//! Tables in the documents that are made from the code: a test holds them to it, `BLESS=1` rewrites them.

use std::path::Path;

/// Holds the named blocks of a document to their contents.
///
/// A block stands between `<!-- begin: NAME -->` and `<!-- end: NAME -->`. With `BLESS` in the environment
/// the document is rewritten; without, a difference fails and names the command.
pub fn hold(document: &str, blocks: &[(&str, String)], command: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = std::fs::read_to_string(&path).unwrap();
    let marks = text.matches("<!-- begin: ").count();
    assert_eq!(marks, blocks.len(), "{document} has blocks that nothing makes, or the other way round");
    let made = blocks.iter().fold(text.clone(), |text, (name, made)| with_block(document, &text, name, made));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, made).unwrap();
        return;
    }
    if text != made {
        let line = text.lines().zip(made.lines()).position(|(a, b)| a != b).unwrap_or(0);
        let of = |text: &str| text.lines().nth(line).unwrap_or_default().to_owned();
        panic!(
            "{document} differs from the code, first in line {}:\n  is     {}\n  ought  {}\nrun `BLESS=1 {command}`",
            line + 1,
            of(&text),
            of(&made)
        );
    }
}

/// The text with the block of this name replaced.
fn with_block(document: &str, text: &str, name: &str, made: &str) -> String {
    let (open, close) = (format!("<!-- begin: {name} -->\n"), format!("<!-- end: {name} -->"));
    let start = text.find(&open).unwrap_or_else(|| panic!("{document} lacks {open}")) + open.len();
    let end = text.find(&close).unwrap_or_else(|| panic!("{document} lacks {close}"));
    assert!(start <= end, "{document}: the block {name} ends before it begins");
    format!("{}\n{}\n\n{}", &text[..start], made.trim_end(), &text[end..])
}
