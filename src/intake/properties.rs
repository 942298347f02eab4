//! The properties croplens reads, with their types checked. All others are ignored and never repeated.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::defect::{Defect, Kind, Said, said};
use crate::plot::{Declaration, References};

/// Property names read; fiboa's where fiboa has one.
pub(super) const READ: [&str; 18] = [
    "id",
    "collection",
    "determination:method",
    "determination:datetime",
    "gps_lon",
    "gps_lat",
    "gps_accuracy_m",
    "declared_crop",
    "declared_area_ha",
    "declared_sowing_date",
    "requested_amount",
    "currency",
    "lender_ref",
    "application_ref",
    BORROWER,
    "consent_ref",
    "consent_purpose",
    "consent_expires_at",
];
/// The borrower's pseudonym.
pub(super) const BORROWER: &str = "borrower_ref";

/// Those whose text is carried into the record: references and free words, never an address or number of a person.
pub(super) const CARRIED: [&str; 8] = [
    "id",
    "collection",
    "lender_ref",
    "application_ref",
    BORROWER,
    "consent_ref",
    "declared_crop",
    "consent_purpose",
];

/// fiboa's terms for how an outline was made (fiboa specification 0.3.0, core).
pub(super) const METHODS: [&str; 6] =
    ["manual", "driven", "surveyed", "auto-operation", "auto-imagery", "unknown"];

/// Longest text property, bytes: a reference or a crop name, not a document.
const MAX_TEXT: usize = 200;
/// Longest decimal, bytes: 15 digits before and 6 after the point, with sign and point.
const MAX_DECIMAL: usize = 23;
/// Largest declared area, hectares: more than any plot; beyond it the unit is wrong (square metres).
const MAX_DECLARED_HA: f64 = 1e6;
/// Worst accuracy radius a phone reports for a position it calls one, metres.
const MAX_ACCURACY_M: f64 = 100_000.0;

/// A phone's fix, not yet held against the outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fix {
    pub lon: f64,
    pub lat: f64,
    pub accuracy_m: Option<f64>,
}

/// Everything read from the properties.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Properties {
    pub collection: Option<String>,
    pub determination_method: Option<String>,
    /// A method was given that is no term of fiboa: it was left out.
    pub method_unknown: bool,
    pub determination_datetime: Option<String>,
    pub fix: Option<Fix>,
    pub declared: Declaration,
    pub references: References,
    /// Properties that look like data of a person: dropped.
    pub personal: usize,
}

/// Reads the properties; those that are wrong are named in `defects` and left out.
pub(super) fn read(values: &BTreeMap<String, &str>, defects: &mut Vec<Defect>) -> Properties {
    let mut reader = Reader { values, defects };
    let method = reader.method();
    Properties {
        collection: reader.text("collection"),
        method_unknown: method.is_err(),
        determination_method: method.unwrap_or_default(),
        determination_datetime: reader.moment("determination:datetime"),
        fix: reader.fix(),
        declared: Declaration {
            crop: reader.crop(),
            area_ha: reader.area(),
            sowing_date: reader.sowing_date(),
            requested_amount: reader.amount(),
            currency: reader.currency(),
        },
        references: References {
            lender: reader.text("lender_ref"),
            application: reader.text("application_ref"),
            borrower: reader.text(BORROWER),
            consent: reader.text("consent_ref"),
            consent_purpose: reader.text("consent_purpose"),
            consent_expires_at: reader.moment("consent_expires_at"),
        },
        personal: 0,
    }
}

struct Reader<'a> {
    values: &'a BTreeMap<String, &'a str>,
    defects: &'a mut Vec<Defect>,
}

impl Reader<'_> {
    /// The JSON text of a property that is there and not null.
    fn raw(&self, name: &str) -> Option<&str> {
        self.values.get(name).copied().filter(|raw| *raw != "null")
    }

    fn refuse<T>(&mut self, name: &str, Said { en, zh }: Said) -> Option<T> {
        let said = said!("The property {name} must be {en}", "属性{name}应为{zh}");
        self.defects.push(Defect::new(Kind::PropertyInvalid, said));
        None
    }

    /// Text, or a whole number as text. Blank is absent.
    fn text(&mut self, name: &str) -> Option<String> {
        match short_text(self.raw(name)?) {
            Ok(text) => text,
            Err(()) => self.refuse(
                name,
                said!(
                    "text of at most {MAX_TEXT} bytes without control characters",
                    "不超过{MAX_TEXT}字节且不含控制字符的文本"
                ),
            ),
        }
    }

    /// A term of fiboa, in small letters and with its hyphen. Anything else is left out, for it could be a person's
    /// name, and stops nothing, for no answer rests on it.
    fn method(&self) -> Result<Option<String>, ()> {
        let Some(raw) = self.raw("determination:method") else { return Ok(None) };
        let Some(text) = short_text(raw)? else { return Ok(None) };
        let term = text.trim().to_ascii_lowercase().replace(['_', ' '], "-");
        if METHODS.contains(&term.as_str()) { Ok(Some(term)) } else { Err(()) }
    }

    fn number(&mut self, name: &str, wanted: Said, fits: impl Fn(f64) -> bool) -> Option<f64> {
        let raw = self.raw(name)?;
        let number = serde_json::from_str::<f64>(raw).ok().or_else(|| decimal(raw)?.parse().ok());
        match number.filter(|number| number.is_finite() && fits(*number)) {
            Some(number) => Some(number),
            None => self.refuse(name, wanted),
        }
    }

    fn fix(&mut self) -> Option<Fix> {
        let wanted = said!("a longitude from -180 to 180", "-180至180的经度");
        let lon = self.number("gps_lon", wanted, |lon| lon.abs() <= 180.0);
        let wanted = said!("a latitude from -90 to 90", "-90至90的纬度");
        let lat = self.number("gps_lat", wanted, |lat| lat.abs() <= 90.0);
        let wanted = said!("metres from 0 to {MAX_ACCURACY_M}", "0至{MAX_ACCURACY_M}米");
        let accuracy_m =
            self.number("gps_accuracy_m", wanted, |accuracy| (0.0..=MAX_ACCURACY_M).contains(&accuracy));
        match (lon, lat) {
            (Some(lon), Some(lat)) => Some(Fix { lon, lat, accuracy_m }),
            _ => {
                if self.raw("gps_lon").is_some() != self.raw("gps_lat").is_some() {
                    return self.refuse("gps_lon", said!("given together with gps_lat", "与gps_lat同时提供"));
                }
                None
            }
        }
    }

    /// A word, or fiboa's `{scheme, code, name}`: the name, else the code.
    fn crop(&mut self) -> Option<String> {
        let wanted = || {
            said!(
                "text, or an object with the texts scheme, code and name",
                "文本，或含有文本scheme、code和name的对象"
            )
        };
        let raw = self.raw("declared_crop")?;
        if !raw.starts_with('{') {
            return match short_text(raw) {
                Ok(text) => text,
                Err(()) => self.refuse("declared_crop", wanted()),
            };
        }
        let members: Option<BTreeMap<String, serde_json::Value>> = serde_json::from_str(raw).ok();
        let found = members.and_then(|members| {
            let part = |name: &str| short_text(&members.get(name)?.to_string()).ok()?;
            part("name").or_else(|| part("code"))
        });
        found.or_else(|| self.refuse("declared_crop", wanted()))
    }

    fn area(&mut self) -> Option<f64> {
        let wanted =
            said!("a number of hectares, more than 0 and at most a million", "大于0且不超过一百万的公顷数");
        self.number("declared_area_ha", wanted, |area| area > 0.0 && area <= MAX_DECLARED_HA)
    }

    fn sowing_date(&mut self) -> Option<Date> {
        let raw = self.raw("declared_sowing_date")?;
        let day = serde_json::from_str::<String>(raw).ok().and_then(|text| day(&text));
        match day.filter(|day| (date(1900, 1, 1)..=date(2100, 12, 31)).contains(day)) {
            Some(day) => Some(day),
            None => self.refuse(
                "declared_sowing_date",
                said!("a date that exists, as YYYY-MM-DD", "存在的日期，写作YYYY-MM-DD"),
            ),
        }
    }

    /// A day or a moment of ISO 8601, kept as written.
    fn moment(&mut self, name: &str) -> Option<String> {
        match short_text(self.raw(name)?) {
            Ok(None) => None,
            Ok(Some(text)) if day(&text).is_some() || text.parse::<Timestamp>().is_ok() => Some(text),
            _ => self.refuse(
                name,
                said!(
                    "a date (YYYY-MM-DD) or a time with its offset (2024-05-01T10:00:00Z)",
                    "日期（YYYY-MM-DD）或带时区的时间（2024-05-01T10:00:00Z）"
                ),
            ),
        }
    }

    fn amount(&mut self) -> Option<String> {
        match decimal(self.raw("requested_amount")?) {
            Some(amount) => Some(amount),
            None => self.refuse(
                "requested_amount",
                said!(
                    "a decimal of at most 15 digits and 6 decimals, not negative, without separators or currency",
                    "最多15位整数和6位小数的非负十进制数，不含分隔符和币种"
                ),
            ),
        }
    }

    fn currency(&mut self) -> Option<String> {
        match short_text(self.raw("currency")?) {
            Ok(None) => None,
            Ok(Some(code)) if code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic()) => {
                Some(code.to_ascii_uppercase())
            }
            _ => self.refuse("currency", said!("an ISO 4217 code of three letters", "ISO 4217的三字母代码")),
        }
    }
}

/// Short printable text from a JSON string or whole number; `None` when blank.
fn short_text(raw: &str) -> Result<Option<String>, ()> {
    let text = match serde_json::from_str::<String>(raw) {
        Ok(text) => text,
        Err(_) if is_whole_number(raw) => raw.to_owned(),
        Err(_) => return Err(()),
    };
    if text.len() > MAX_TEXT || text.chars().any(char::is_control) {
        return Err(());
    }
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// Whether JSON text is a number without fraction or exponent.
pub(super) fn is_whole_number(raw: &str) -> bool {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A decimal that is not negative, exactly as written, from a JSON number or string.
fn decimal(raw: &str) -> Option<String> {
    let text = serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    (text.len() <= MAX_DECIMAL && digits(whole, 15) && digits(fraction, 6)).then_some(text)
}

/// A day written `YYYY-MM-DD` and in no other way.
fn day(text: &str) -> Option<Date> {
    if text.len() == 10 { text.parse().ok() } else { None }
}
