//! The sentences of `confidence_basis`: what each part of the evidence says of how sure the record is.
//!
//! A record holds them in English; the table reads them back, so that a page can say them in another language.

/// A sentence with holes for its numbers, in each language.
#[derive(Clone, Copy, Debug)]
pub struct Basis {
    /// English, with `{}` for each number.
    pub en: &'static str,
    /// Chinese, with `{}` for the same numbers in the same order.
    pub zh: &'static str,
}

impl Basis {
    /// Pixels of the plot.
    pub const PIXELS: Basis = b(
        "grade {} of A to D for 10 m images, {} full pixels",
        "10 m影像可观测等级{}（A最好，D最差），{}个完整像元",
    );
    /// Nothing was read.
    pub const NO_IMAGE: Basis = b("no image was read over the plot", "未读取该地块的任何影像");
    /// Clear dates on the days looked at for the crop.
    pub const CLEAR_DATES: Basis = b(
        "{} clear dates from {} to {} (high from {}, medium from {})",
        "晴空日期{}个（{}至{}；{}个起为高，{}个起为中）",
    );
    /// The longest gap of these days.
    pub const GAP: Basis = b(
        "longest time without a clear date {} days, of those from {} to {} (high to {}, medium to {})",
        "最长{}天没有晴空影像（查看时段{}至{}；{}天以内为高，{}天以内为中）",
    );
    /// How old the last clear date is.
    pub const AGE: Basis = b(
        "last clear date {} days old (high to {}, medium to {})",
        "最近一次晴空影像在{}天前（{}天以内为高，{}天以内为中）",
    );
    /// There is none.
    pub const NEVER_CLEAR: Basis = b("no clear date at all", "没有任何晴空日期");
    /// Phases that were seen.
    pub const PHASES: Basis = b(
        "{} of {} phases past by the calendar were seen on more than {} clear dates",
        "按日历已看到{}个（共已过{}个）生长阶段，每个超过{}个晴空日期",
    );

    /// The same where no crop's calendar dates them.
    pub const THIRDS: Basis = b(
        "{} of {} thirds of the days asked about were seen on more than {} clear dates",
        "所查时段三等分，已看到{}段（共{}段），每段超过{}个晴空日期",
    );
    /// While no phase is past.
    pub const PHASE_BEGUN: Basis = b(
        "{} clear dates so far in the phase that has begun, no phase being past (high above {})",
        "尚无生长阶段结束，已开始的阶段至今有{}个晴空日期（超过{}个为高）",
    );

    /// All sentences.
    pub const ALL: [Basis; 9] = [
        Basis::PIXELS,
        Basis::NO_IMAGE,
        Basis::CLEAR_DATES,
        Basis::GAP,
        Basis::AGE,
        Basis::NEVER_CLEAR,
        Basis::PHASES,
        Basis::THIRDS,
        Basis::PHASE_BEGUN,
    ];

    /// The English sentence with its numbers.
    pub fn said(self, numbers: &[&dyn std::fmt::Display]) -> String {
        filled(self.en, numbers.iter().map(ToString::to_string))
    }

    /// The Chinese of an English sentence; `None` of one that is not of the table.
    pub fn in_chinese(sentence: &str) -> Option<String> {
        Basis::ALL.iter().find_map(|row| Some(filled(row.zh, numbers_in(row.en, sentence)?.into_iter())))
    }
}

/// A template with its holes filled, in order.
fn filled(template: &str, mut numbers: impl Iterator<Item = String>) -> String {
    let mut pieces = template.split("{}");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text.push_str(&numbers.next().unwrap_or_default());
        text.push_str(piece);
    }
    text
}

/// What stands in the holes of a template.
fn numbers_in(template: &str, sentence: &str) -> Option<Vec<String>> {
    let mut pieces = template.split("{}");
    let mut rest = sentence.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let end = match pieces.peek() {
            None => rest.len().checked_sub(piece.len()).filter(|at| rest.get(*at..) == Some(piece))?,
            Some(_) => rest.find(piece)?,
        };
        let (number, after) = rest.split_at_checked(end)?;
        let fits = !number.is_empty() && number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        found.push(number.to_owned());
        rest = after.get(piece.len()..).filter(|_| fits)?;
    }
    rest.is_empty().then_some(found)
}

const fn b(en: &'static str, zh: &'static str) -> Basis {
    Basis { en, zh }
}
