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

/// A phone number in international form (`+254 712 345 678`, ITU-T E.164), where the plus begins a word or follows a
/// label. A position (`+47.08209+001.73325/`) and an offset of a time (`+0200`) are none.
pub(super) fn holds_international_phone(text: &str, is_label: impl Fn(&str) -> bool) -> bool {
    text.match_indices('+').any(|(at, _)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        let joined = before.ends_with(|c: char| c.is_ascii_alphanumeric() || "-_/.".contains(c));
        let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let length =
            after.find(|c: char| !(c.is_ascii_digit() || " -.()/".contains(c))).unwrap_or(after.len());
        let written = after.get(..length).unwrap_or_default().trim_end();
        let digits = written.chars().filter(char::is_ascii_digit).count();
        let country = written.trim_start_matches('(').starts_with(|c: char| ('1'..='9').contains(&c));
        (!joined || is_label(word))
            && country
            && (LEAST_INTERNATIONAL..=15).contains(&digits)
            && !is_decimal(written)
    })
}

/// Fewest digits of a number with its country's code.
const LEAST_INTERNATIONAL: usize = 8;

/// Digits, a point, digits.
fn is_decimal(written: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    written.split_once('.').is_some_and(|(whole, fraction)| digits(whole) && digits(fraction))
}

/// A phone number as it is spoken in its country, where its grouping shows it: `06 12 34 56 78` (a French mobile; 01 to
/// 05 may be codes of places), `(11) 98765-4321` (Brazil), `138-1234-5678` (China). It stands by itself: a piece of a
/// UUID is none.
pub(super) fn holds_grouped_phone(text: &str) -> bool {
    let written = |c: char| c.is_ascii_digit() || " -.()".contains(c);
    let mut rest = text;
    while let Some(start) = rest.find(written) {
        let from = rest.get(start..).unwrap_or_default();
        let piece = from.get(..from.find(|c| !written(c)).unwrap_or(from.len())).unwrap_or_default();
        let left = rest.get(..start).and_then(|t| t.chars().next_back());
        rest = from.get(piece.len()..).unwrap_or_default();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "_/+".contains(c));
        let apart = (!joins(left) || piece.starts_with([' ', '(']))
            && (!joins(rest.chars().next()) || piece.ends_with([' ', ')']));
        if apart && is_grouped_phone(piece.trim()) {
            return true;
        }
    }
    false
}

fn is_grouped_phone(piece: &str) -> bool {
    let groups: Vec<&str> = piece.split([' ', '-', '.', '(', ')']).filter(|g| !g.is_empty()).collect();
    let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    match (lengths.as_slice(), groups.as_slice()) {
        ([2, 2, 2, 2, 2], [first, ..]) => matches!(*first, "06" | "07") && !piece.contains('-'),
        ([2, 4 | 5, 4], [_, middle, _]) => piece.starts_with('(') && !is_year(middle),
        ([3, 4, 4], _) => is_chinese_mobile(&groups.concat()),
        _ => false,
    }
}

/// Eleven digits, with or without the country's 86, that begin as the numbers given out do. Digits that repeat four
/// times and more (`15000000001`) count something.
pub(super) fn is_chinese_mobile(digits: &str) -> bool {
    const GIVEN_OUT: &str = "\
        130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 159 162 165 166 167 170 171 \
        172 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 197 198 199";
    let own = digits.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(digits);
    let counts = own.as_bytes().windows(4).any(|four| four.iter().all(|d| Some(d) == four.first()));
    own.len() == 11
        && own.bytes().all(|b| b.is_ascii_digit())
        && own.get(..3).is_some_and(|start| super::spelling::has(GIVEN_OUT, start))
        && !counts
}

/// Whether a value can be a phone number and is nothing else: from `least` to 15 digits; no number of a file (a year and
/// a serial number, a serial number filled with noughts, several slashes) and no decimal.
pub(super) fn is_number_of_a_phone(value: &str, least: usize) -> bool {
    let groups: Vec<&str> = value.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).collect();
    let count: usize = groups.iter().map(|g| g.len()).sum();
    let all_but_last = groups.len().saturating_sub(1);
    let of_a_file = !value.starts_with('+') && groups.iter().take(all_but_last).any(|g| is_year(g))
        || groups.concat().starts_with("00") && count < LEAST_WITH_NOUGHTS
        || value.matches('/').count() > 1;
    (least..=15).contains(&count)
        && value.chars().all(|c| c.is_ascii_digit() || "+ -.()/".contains(c))
        && !of_a_file
        && !is_decimal(value)
}

/// Four digits that are a year of a file.
pub(super) fn is_year(digits: &str) -> bool {
    digits.len() == 4 && digits.parse::<u32>().is_ok_and(|year| (1950..2050).contains(&year))
}

/// Fewest digits of a number that is dialled with 00 and a country's code.
const LEAST_WITH_NOUGHTS: usize = 11;

/// Whether a word is the number of a person's document or account.
pub(super) fn is_document(word: &str) -> bool {
    is_chinese_identity(word)
        || is_pan(word)
        || is_kra_pin(word)
        || is_cpf(word)
        || is_nir(word)
        || is_iban(word)
}

/// Eighteen characters with a day of birth, whose check digit fits (GB 11643-1999). Codes of farm land in China have
/// eighteen digits too.
fn is_chinese_identity(word: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let signs: Vec<char> = word.chars().collect();
    let Some((last, digits)) = signs.split_last().filter(|(_, digits)| digits.len() == 17) else {
        return false;
    };
    let part = |from: usize, to: usize| word.get(from..to).and_then(|t| t.parse::<u32>().ok());
    let born = part(6, 10).is_some_and(|year| (1900..2100).contains(&year))
        && part(10, 12).is_some_and(|month| (1..=12).contains(&month))
        && part(12, 14).is_some_and(|day| (1..=31).contains(&day));
    if !born {
        return false;
    }
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
            && !groups.first().is_some_and(|first| is_year(first))
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
            // A code of farm land: the check digit fits, and no day of birth stands in it.
            "371525102201010009",
            "110105994912310023",
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
