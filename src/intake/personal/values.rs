//! Whether what a reference, an id or free words hold is data of a person.

use super::names_data;
use super::numbers::{
    holds_aadhaar, holds_grouped_phone, holds_international_phone, is_chinese_mobile, is_document, is_email,
    is_iban, is_number_of_a_phone, is_year,
};
use super::spelling::{has, is_han, is_mark, plain_width};
use super::table::{DOUBTFUL_LABELS, PHONE_LABELS};

/// Fewest digits of a phone number behind a label that means nothing else, and behind one that may be a place's.
const LABELLED_DIGITS: usize = 7;
const DOUBTFUL_DIGITS: usize = 9;

/// Whether a text holds an address or number of a person, alone or among other words, or one that is labelled as
/// such (`tel 0712345678`, `name: …`).
pub(super) fn holds_personal(text: &str) -> bool {
    // Nearly all texts are plain words: nothing below finds anything in them.
    if !text.chars().any(|c| c.is_numeric() || "@＠:：=＝".contains(c)) {
        return false;
    }
    let text = plain_width(text);
    let of_word = |c: char| c.is_alphanumeric() || "@._-+".contains(c);
    let mut pieces = text.split(|c: char| !of_word(c)).map(|word| word.trim_matches(['.', '-', '_']));
    // A number that is part of a longer one (`LN-13812345678`, a UUID) is no phone.
    let mut apart = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-/_.+".contains(c)));
    pieces.any(is_personal_word)
        || apart.any(|piece| is_chinese_mobile(piece.trim_matches('.')))
        || is_iban(&text.split_whitespace().collect::<String>())
        || holds_international_phone(&text, is_label)
        || holds_grouped_phone(&text)
        || holds_aadhaar(&text)
        || holds_labelled_phone(&text)
        || is_labelled_name(&text)
}

/// Han signs may stand right before a number.
fn is_personal_word(word: &str) -> bool {
    is_email(word) || is_document(word) || word.split(|c: char| !c.is_ascii_alphanumeric()).any(is_document)
}

/// Whether a word says that a phone number stands beside it.
fn is_label(word: &str) -> bool {
    let word = word.to_lowercase();
    has(PHONE_LABELS, &word) || has(DOUBTFUL_LABELS, &word)
}

/// A phone number right after a label (`tel. 0712345678`, `电话：…`), or before one (`0712345678 (mobile)`). A hyphen or
/// a slash is no separator: `TEL-2024-00123` and `C/tel/2024-0000123` are references.
fn holds_labelled_phone(text: &str) -> bool {
    let of_number = |c: char| c.is_ascii_digit() || "+ -.()/".contains(c);
    let mut from = 0;
    while let Some(start) =
        text.get(from..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit() || "+(".contains(c)))
    {
        let start = from + start;
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.find(|c: char| !of_number(c)).unwrap_or(rest.len());
        let written = rest.get(..length).unwrap_or_default();
        let after = rest.get(length..).unwrap_or_default();
        from = start + length.max(1);
        // `0712345678 / 0722345678` are two numbers.
        let number =
            written.split(" /").next().unwrap_or_default().trim_end_matches([' ', '-', '.', '(', '/', '+']);
        let before = label_before(text.get(..start).unwrap_or_default());
        let behind = if written.ends_with([' ', '(']) { first_word(after) } else { String::new() };
        let of_a_file = number.len() > 4 && number.get(..4).is_some_and(is_year);
        let surely = is_number_of_a_phone(number, DOUBTFUL_DIGITS) && !of_a_file;
        let fits = |label: &str| match has(PHONE_LABELS, label) {
            true => is_number_of_a_phone(number, LABELLED_DIGITS),
            false => has(DOUBTFUL_LABELS, label) && surely,
        };
        if before.is_some_and(|label| fits(&label)) || has(PHONE_LABELS, &behind) && surely {
            return true;
        }
    }
    false
}

/// The word before a number, past its separator and a word for number (`tel no. `); Han signs need no separator.
fn label_before(text: &str) -> Option<String> {
    const SEPARATORS: [char; 5] = [' ', ':', '.', '=', '#'];
    let last = |text: &str| -> String {
        let letters = text.chars().rev().take_while(|c| c.is_alphabetic());
        letters.collect::<Vec<_>>().into_iter().rev().collect::<String>().to_lowercase()
    };
    let head = text.trim_end_matches(SEPARATORS);
    let word = last(head);
    if let Some(label) = ["手机号", "手机", "电话"].into_iter().find(|label| word.ends_with(label)) {
        return Some(label.to_owned());
    }
    if head.len() == text.len() {
        return None;
    }
    match ["no", "nr", "num", "number", "numero"].contains(&word.as_str()) {
        true => Some(last(head.get(..head.len() - word.len())?.trim_end_matches(SEPARATORS))),
        false => Some(word),
    }
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphabetic()).collect::<String>().to_lowercase()
}

/// A label of a name before what it names. Phones have their own rule.
fn is_labelled_name(text: &str) -> bool {
    let mut parts = text.split([';', ',', '|', '\n']);
    parts.any(|part| {
        part.split_once([':', '=']).is_some_and(|(label, rest)| {
            let last = label.split(|c: char| !c.is_alphabetic()).rfind(|word| !word.is_empty());
            !rest.trim().is_empty() && !last.is_some_and(is_label) && names_data(label)
        })
    })
}

/// Whether a borrower's reference is a name and no pseudonym: two to five words of letters and nothing else, or two
/// to four Han signs.
pub(in crate::intake) fn is_a_name(text: &str) -> bool {
    let text = plain_width(text);
    let text = text.trim();
    let letters = |word: &str| {
        word.chars().any(|c| c.is_alphabetic())
            && word.chars().all(|c| c.is_alphabetic() || is_mark(c) || "'’.-".contains(c))
    };
    let count = text.split_whitespace().count();
    let han = text.chars().count();
    (2..=5).contains(&count) && text.split_whitespace().all(letters)
        || (2..=4).contains(&han) && text.chars().all(is_han)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_persons_are_found_and_references_are_not() {
        for value in [
            "a.b@coop.example.org",
            "+254 712 345 678",
            "+86-138-1234-5678",
            "13812345678",
            "8613812345678",
            "138 1234 5678",
            "11010519491231002X",
            "call +254712345678",
            "call +254 712 345 678 (Jane)",
            "maize; 13812345678",
            "电话13812345678",
            "loan 7 <w.k@example.org>",
            "B-7/w.k@example.org",
            "tel 0712345678",
            "B-7, mob. 9876543210",
            "Ph: 080 2345 678",
            "06 12 34 56 78",
            "(11) 98765-4321",
            "name: Wanjiku",
            "B-7; nom=Diallo",
            "姓名：张三",
            "2234 5678 9127",
            "pan ABCPE1234F",
            "GB82 WEST 1234 5698 7654 32",
            "Tel+254712345678",
            "tel no. 0712 345 678",
            "0712345678 (mobile)",
            "Phone: 234 5678",
            "手机：0538-1234567",
            "tel 00254712345678",
            "07.12.34.56.78",
            "(11) 3456-7890",
            "tel 0712345678 / 0722345678",
            "phone number 0712345678",
            "150-1234-5678",
            "＋２５４７１２３４５６７８",
            "ｗ．ｋ＠ｅｘａｍｐｌｅ．ｏｒｇ",
        ] {
            assert!(holds_personal(value), "{value}");
        }
        for value in [
            "A-2024-000123",
            "0012345678",
            "9876543210",
            "B-7",
            "2024/05/01-17",
            "2024 0001 1234 5678",
            "2024-0001-1234",
            "110105194912310021",
            "a@b",
            "+1",
            "winter wheat",
            "crop loan appraisal",
            "maize 2024",
            "credit_appraisal",
            "customer:42",
            "urn:lender:7",
            "Kitale North 12",
            "cell 8a2a1072b59ffff",
            "01-02-03-04-05",
            "x+y",
            "'; DROP TABLE x;--<script>../..=cmd()",
            "10:30",
            // Numbers of files, with letters of places and kinds.
            "PH-2024-001234",
            "HP-2023-0012345",
            "PH-NCR-2024-01234567",
            "PH0012345",
            "HP 0012345",
            "HP 2023001234",
            "TEL-2024-00123",
            "C/tel/2024-0000123",
            "Mob 3 / 2024-000123",
            "tel: 2024-00123",
            "phone 2024/0001234",
            // Codes of places, parcels, land and farmers.
            "01.02.03.04.05",
            "01 02 03 04 05",
            "15000000001",
            "LN-13812345678",
            "123/4A",
            "Sy.No. 45/2",
            "MT-5107040-1F9B1A5B2C3D4E5F60718293A4B5C6D7",
            "012345678",
            "KITALE/BLOCK 7/1234",
            "LR No. 209/12345",
            "B-10234",
            "RWF 1/02/05/01/1234",
            "371525102201010009",
            "2024 0001 1236",
            // Identifiers, positions, moments.
            "550e8400-e29b-41d4-a716-446655440000",
            "abcde138-1234-4678-a716-446655440abc",
            "+47.08209+001.73325/",
            "+47.0820912+001.7332512/",
            "8FW4V75V+8Q",
            "6PH57VP3+PR2",
            "20220501T101530+0200",
            "2022-05-01T10:15:30+02:00",
            "area_1+1234567",
            "A+B-2024-0001234",
        ] {
            assert!(!holds_personal(value), "{value}");
        }
    }

    #[test]
    fn identifiers_drawn_at_random_are_no_phones() {
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state >> 32
        };
        for _ in 0..20_000 {
            let (a, b, c) = (next(), next(), next());
            let uuid = format!(
                "{a:08x}-{:04x}-4{:03x}-a{:03x}-{c:08x}{:04x}",
                b >> 16,
                b & 0xfff,
                c & 0xfff,
                a & 0xffff
            );
            assert!(!holds_personal(&uuid), "{uuid}");
        }
    }

    #[test]
    fn a_pseudonym_is_no_name() {
        for name in [
            "Jane Wanjiku",
            "RAMESH KUMAR",
            "J. O'Neil-Diaz",
            "张三",
            "欧阳小明",
            "राम कुमार",
            "José da Silva",
        ] {
            assert!(is_a_name(name), "{name}");
        }
        for code in ["B-1", "B 1", "XKQZ", "jane7", "A-2024 B", "", "7", "借款人编号甲"] {
            assert!(!is_a_name(code), "{code}");
        }
    }
}
