//! Whether what a reference, an id or free words hold is data of a person.

use super::names_data;
use super::numbers::{
    holds_aadhaar, holds_grouped_phone, holds_international_phone, is_chinese_mobile, is_document, is_email,
    is_iban, is_number_of_a_phone,
};
use super::spelling::{has, is_han, is_mark, plain_width};
use super::table::PHONE_LABELS;

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
    pieces.any(is_personal_word)
        || is_iban(&text.split_whitespace().collect::<String>())
        || holds_international_phone(&text)
        || holds_grouped_phone(&text)
        || holds_aadhaar(&text)
        || is_labelled(&text)
}

/// Han signs may stand right before a number.
fn is_personal_word(word: &str) -> bool {
    is_email(word)
        || is_document(word)
        || word.split(|c: char| !c.is_ascii_alphanumeric()).any(is_document)
        || word.split(|c: char| !c.is_ascii_alphanumeric()).any(is_chinese_mobile)
}

/// A label before what it names.
fn is_labelled(text: &str) -> bool {
    let number = |run: &str| is_number_of_a_phone(run.trim());
    let numbers = text.split(|c: char| !(c.is_ascii_digit() || "+ -.()/".contains(c)));
    let mut labels = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let phone = numbers.clone().any(number) && labels.any(|word| has(PHONE_LABELS, &word.to_lowercase()));
    let mut parts = text.split([';', ',', '|', '\n']);
    let named = parts.any(|part| {
        part.split_once([':', '=']).is_some_and(|(label, rest)| !rest.trim().is_empty() && names_data(label))
    });
    phone || named
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
        ] {
            assert!(!holds_personal(value), "{value}");
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
