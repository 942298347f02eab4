//! The shell of every page: self-contained, nothing fetched, the same bytes for the same content.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What differs between the shells.
pub(super) struct Shell<'a> {
    /// Language of the page, `en` or `zh`.
    pub(super) lang: &'a str,
    /// Title of the window.
    pub(super) title: &'a str,
    /// What the page may load besides its own style, as its Content-Security-Policy says it; mostly nothing.
    pub(super) may: &'a str,
    /// Style sheets, in order.
    pub(super) styles: &'a [&'a str],
}

/// The page as text.
pub(super) fn page(shell: &Shell<'_>, body: &Markup) -> String {
    let policy = format!("default-src 'none'; style-src 'unsafe-inline'{}", shell.may);
    let page = html! {
        (DOCTYPE)
        html lang=(shell.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                title { (shell.title) }
                style { @for sheet in shell.styles { (PreEscaped(sheet)) } }
            }
            body { (body) }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}
