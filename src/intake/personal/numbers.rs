//! Addresses and numbers of persons, by their form and, where there is one, their check digit.
//!
//! Digits alone cannot be told from an account number or a reference: only what has a form of its own is taken.

/// `a.b@example.org`.
pub(super) fn is_email(word: &str) -> bool {
    let Some((local, domain)) = word.split_once('@') else { return false };
    let Some((host, ending)) = domain.rsplit_once('.') else { return false };
    let plain = |t: &str| !t.is_empty() && !t.contains(char::is_whitespace) && !t.contains('@');
    plain(local) && plain(host) && ending.len() >= 2 && ending.chars().all(char::is_alphabetic)
}

/// A phone number in international form anywhere in a text (`+254 712 345 678`, ITU-T E.164: 7 to 15 digits).
pub(super) fn holds_international_phone(text: &str) -> bool {
    text.split('+').skip(1).any(|after| {
        let written = after.chars().take_while(|c| c.is_ascii_digit() || " -.()/".contains(*c));
        let digits = written.filter(char::is_ascii_digit).count();
        after.starts_with(|c: char| c.is_ascii_digit() || c == '(') && (7..=15).contains(&digits)
    })
}

/// A phone number as it is spoken in its country, where its grouping shows it: `06 12 34 56 78` (France),
/// `(11) 98765-4321` (Brazil), `138-1234-5678` (China).
pub(super) fn holds_grouped_phone(text: &str) -> bool {
    let written = |c: char| c.is_ascii_digit() || " -.()".contains(c);
    let pieces = text.split(|c: char| !written(c));
    pieces.map(str::trim).any(|piece| {
        let groups: Vec<&str> = piece.split([' ', '-', '.', '(', ')']).filter(|g| !g.is_empty()).collect();
        let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
        let first = groups.first().copied().unwrap_or_default();
        match lengths.as_slice() {
            [2, 2, 2, 2, 2] => first.starts_with('0') && !piece.contains('-'),
            [2, 4 | 5, 4] => piece.starts_with('('),
            [3, 4, 4] => is_chinese_mobile(&groups.concat()),
            _ => false,
        }
    })
}

/// Eleven digits from 13 to 19, with or without the country's 86.
pub(super) fn is_chinese_mobile(digits: &str) -> bool {
    let own = digits.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(digits).as_bytes();
    own.len() == 11
        && own.iter().all(u8::is_ascii_digit)
        && own.first() == Some(&b'1')
        && own.get(1).is_some_and(|d| (b'3'..=b'9').contains(d))
}

/// Whether a value is digits enough for a phone number and nothing else.
pub(super) fn is_number_of_a_phone(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits) && value.chars().all(|c| c.is_ascii_digit() || "+ -.()/".contains(c))
}

/// Whether a word is the number of a person's document or account.
pub(super) fn is_document(word: &str) -> bool {
    is_chinese_identity(word)
        || is_pan(word)
        || is_kra_pin(word)
        || is_cpf(word)
        || is_nir(word)
        || is_iban(word)
}

/// Eighteen characters whose check digit fits (GB 11643-1999).
fn is_chinese_identity(word: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let signs: Vec<char> = word.chars().collect();
    let Some((last, digits)) = signs.split_last().filter(|(_, digits)| digits.len() == 17) else {
        return false;
    };
    let sum: Option<u32> = digits.iter().zip(WEIGHTS).map(|(d, w)| Some(d.to_digit(10)? * w)).sum();
    sum.and_then(|sum| CHECK.get(sum as usize % 11)).is_some_and(|check| *check == last.to_ascii_uppercase())
}

/// Whether a word is letters (`A`), digits (`0`) and given capitals, sign by sign.
fn is_of_form(word: &str, form: &str) -> bool {
    word.len() == form.len()
        && word.bytes().zip(form.bytes()).all(|(c, wanted)| match wanted {
            b'A' => c.is_ascii_alphabetic(),
            b'0' => c.is_ascii_digit(),
            sign => c.eq_ignore_ascii_case(&sign),
        })
}

/// India's permanent account number of a person: the fourth letter is a P.
fn is_pan(word: &str) -> bool {
    is_of_form(word, "AAAPA0000A")
}

/// Kenya's tax number of a person: it begins with an A.
fn is_kra_pin(word: &str) -> bool {
    is_of_form(word, "A000000000A") && word.starts_with(['A', 'a'])
}

/// Brazil's taxpayer number as it is printed, with both check digits.
fn is_cpf(word: &str) -> bool {
    if !is_of_form(word, "000.000.000-00") {
        return false;
    }
    let digits: Vec<u32> = word.chars().filter_map(|c| c.to_digit(10)).collect();
    let check = |n: usize| {
        let sum: u32 =
            digits.iter().take(n).zip((2..=n as u32 + 1).rev()).map(|(d, weight)| d * weight).sum();
        digits.get(n) == Some(&(sum * 10 % 11 % 10))
    };
    check(9) && check(10) && digits.iter().any(|d| Some(d) != digits.first())
}

/// France's number of social security: sex, year, month, place, and a check of two digits.
fn is_nir(word: &str) -> bool {
    if !is_of_form(word, "000000000000000") || !word.starts_with(['1', '2']) {
        return false;
    }
    let part = |from: usize, to: usize| word.get(from..to).and_then(|t| t.parse::<u64>().ok());
    let month = part(3, 5).is_some_and(|m| (1..=12).contains(&m));
    month && part(0, 13).zip(part(13, 15)).is_some_and(|(number, check)| 97 - number % 97 == check)
}

/// India's Aadhaar number as it is printed, in three groups, with Verhoeff's check digit.
pub(super) fn holds_aadhaar(text: &str) -> bool {
    let alone = |word: &str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    let pieces = text.split(|c: char| !(c.is_ascii_digit() || c == ' '));
    pieces.map(|piece| piece.split(' ').filter(|g| !g.is_empty()).collect::<Vec<_>>()).any(|groups| {
        groups.len() == 3
            && groups.iter().all(|g| alone(g))
            && groups.concat().starts_with(|c: char| ('2'..='9').contains(&c))
            && verhoeff(&groups.concat())
    })
}

/// Whether the last digit is Verhoeff's check of those before: the digits as turns and mirrors of a pentagon.
fn verhoeff(digits: &str) -> bool {
    const TURN: [usize; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let product = |a: usize, b: usize| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let turned =
        |digit: usize, times: usize| (0..times % 8).fold(digit, |d, _| TURN.get(d).copied().unwrap_or(d));
    let digits = digits.bytes().rev().map(|b| usize::from(b.wrapping_sub(b'0')));
    digits.enumerate().fold(0, |sum, (place, digit)| product(sum, turned(digit, place))) == 0
}

/// Countries with account numbers by ISO 13616, with the length of each.
const IBAN_LENGTHS: &str = "\
    NO15 BE16 DK18 FI18 NL18 SI19 AT20 EE20 KZ20 LT20 LU20 CH21 HR21 LV21 BG22 DE22 GB22 IE22 RS22 CZ24 ES24 RO24 \
    SE24 SK24 MD24 PT25 TR26 FR27 GR27 IT27 CY28 HU28 PL28 EG29 BR29 UA29 MT31";

/// An account number by ISO 13616, of its country's length and with a remainder of one by 97; without spaces.
pub(super) fn is_iban(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    let of_country = upper.get(..2).map(|country| format!("{country}{}", upper.len()));
    let fits = of_country.is_some_and(|form| super::spelling::has(IBAN_LENGTHS, &form))
        && upper.bytes().all(|b| b.is_ascii_alphanumeric());
    let Some((head, rest)) = upper.split_at_checked(4).filter(|(head, _)| fits && is_of_form(head, "AA00"))
    else {
        return false;
    };
    let values = rest.chars().chain(head.chars()).filter_map(|c| c.to_digit(36));
    values.fold(0, |left, v| (if v < 10 { left * 10 } else { left * 100 } + v) % 97) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_tell_a_document_from_a_number_like_it() {
        // Published examples: GB 11643-1999, ISO 13616, and numbers made by each rule.
        for word in [
            "11010519491231002X",
            "ABCPE1234F",
            "A001234567Z",
            "529.982.247-25",
            "GB82WEST12345698765432",
            "184127645108946",
        ] {
            assert!(is_document(word), "{word}");
        }
        for word in [
            "110105194912310021",
            "ABCCE1234F",
            "B001234567Z",
            "529.982.247-26",
            "111.111.111-11",
            "GB82WEST12345698765433",
            "184127645108947",
            "",
        ] {
            assert!(!is_document(word), "{word}");
        }
        // Verhoeff's own example is 236 with the check 3.
        assert!(verhoeff("2363") && !verhoeff("2364"));
    }

    #[test]
    fn every_slip_of_one_digit_breaks_the_checks() {
        let digits = "2363";
        for place in 0..4 {
            for digit in '0'..='9' {
                let mut other: Vec<char> = digits.chars().collect();
                other[place] = digit;
                let other: String = other.into_iter().collect();
                assert_eq!(verhoeff(&other), other == digits, "{other}");
            }
        }
    }
}
