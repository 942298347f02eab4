//! Which properties look like data of a person, by their names and, in references, by their values.
//!
//! Nothing of them is ever read into a plot. Whether such a plot is refused or goes on without them is the
//! caller's to say ([`Personal`]). A name is looked at word by word, so that `farmer_name` is found and
//! `crop_name` is not; a list of words never knows all names, and this one is no leave to send personal data.
//!
//! The words are in `personal/table`, one spelling for the many of them in `personal/spelling`; what values hold is
//! judged in `personal/values`, by the forms of `personal/numbers`.

mod names;
mod numbers;
mod spelling;
mod table;
mod values;

use serde_json::Value;

use spelling::{has, plain_width, words};
use table::{
    ALONE, ALWAYS, BESIDE, DEVICES, HAN, HAN_ALONE, HAN_THINGS, HAN_UNLESS, IDS, KEYS, LAND, MOBILES, NAMES,
    NUMBERS, OF_A_PERSON, OF_A_PERSON_ALONE, OF_PERSON_OR_THING, PAIRS, PAIRS_ALONE, PERSONS, PERSONS_BESIDE,
    PHONE_OR_THING, SHORT_NAMES, UPI,
};

pub(super) use names::Names;
pub(super) use values::is_a_name;

/// What to do with a plot that carries data of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Personal {
    /// The plot is refused, and told which property to leave out.
    #[default]
    Refuse,
    /// The property is dropped and the plot goes on.
    Drop,
}

/// Fewest digits that are a phone number where the name of the property leaves it open.
const OPEN_DIGITS: usize = 9;

/// Letters of a column's name in a Shapefile (dBASE).
const DBASE_LETTERS: usize = 10;

/// Fewest letters of a word that was cut at that length.
const LEAST_CUT: usize = 3;

/// What the name of a property says of what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Data of a person.
    Person,
    /// A phone number, or a thing of the same name.
    PhoneOrThing,
    /// An address for payments, or a thing of the same name.
    AddressOrThing,
    /// Something else.
    Thing,
}

impl Meaning {
    /// Whether a property with this name and value (JSON text) is data of a person. One that holds nothing is none:
    /// programs write a column for every feature, filled or not.
    fn is_personal(self, value: &str) -> bool {
        match self {
            Meaning::Thing => false,
            _ if holds_nothing(value) => false,
            Meaning::Person => true,
            Meaning::PhoneOrThing => {
                numbers::is_number_of_a_phone(plain_width(value).trim_matches(['"', ' ']), OPEN_DIGITS)
            }
            Meaning::AddressOrThing => value.contains('@'),
        }
    }
}

/// Null, yes or no, zero, a text without letters and digits, and lists and objects of nothing else.
fn holds_nothing(value: &str) -> bool {
    match serde_json::from_str::<Value>(value) {
        Ok(value) => is_nothing(&value),
        Err(_) => false,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => !text.chars().any(char::is_alphanumeric),
        Value::Array(items) => items.iter().all(is_nothing),
        Value::Object(members) => members.values().all(is_nothing),
    }
}

/// What the name of a property says.
pub(super) fn meaning(name: &str) -> Meaning {
    let words = words(name);
    let alone = |list: &str| matches!(words.as_slice(), [word] if has(list, word));
    let all = |lists: &[&str]| words.iter().all(|w| lists.iter().any(|list| has(list, w)));
    let any = |list: &str| words.iter().any(|w| has(list, w));
    if is_of_an_area(name) {
        Meaning::Thing
    } else if names_data(name)
        || alone(PERSONS)
        || alone(ALONE)
        || has(HAN_ALONE, plain_width(name).trim())
        || is_cut(name, &words)
    {
        Meaning::Person
    } else if any(MOBILES) && !any(DEVICES)
        || any(PHONE_OR_THING) && !any(KEYS) && all(&[PHONE_OR_THING, NUMBERS])
    {
        Meaning::PhoneOrThing
    } else if any(UPI) && all(&[UPI, NUMBERS]) {
        Meaning::AddressOrThing
    } else {
        Meaning::Thing
    }
}

/// `NAME_0` to `NAME_5` are countries, districts and villages in the tables that most maps come from (GADM).
fn is_of_an_area(name: &str) -> bool {
    let level = name.strip_prefix("NAME_").or_else(|| name.strip_prefix("name_"));
    level.is_some_and(|level| matches!(level.as_bytes(), [b'0'..=b'5']))
}

/// Whether a name of ten letters ends in the beginning of a word for a person's data (`farmer_pho`).
fn is_cut(name: &str, words: &[String]) -> bool {
    let Some((last, before)) = words.split_last().filter(|_| name.len() == DBASE_LETTERS) else {
        return false;
    };
    last.len() >= LEAST_CUT
        && before.iter().any(|w| has(PERSONS, w))
        && [NAMES, ALWAYS, MOBILES]
            .iter()
            .any(|list| list.split_whitespace().any(|word| word.starts_with(last)))
}

/// Whether words name a person's data by what they say together; a person alone (`owner`) does not.
fn names_data(name: &str) -> bool {
    let words = words(name);
    let any = |list: &str| words.iter().any(|w| has(list, w));
    let beside = [NAMES, PERSONS, PERSONS_BESIDE, BESIDE, NUMBERS, MOBILES, OF_A_PERSON, OF_A_PERSON_ALONE];
    let of_persons = words.iter().all(|w| beside.iter().any(|list| has(list, w)));
    let folded = plain_width(name).to_lowercase();
    let holds = |list: &str| list.split_whitespace().any(|word| folded.contains(word));
    if holds(HAN) || holds(HAN_UNLESS) && !holds(HAN_THINGS) {
        return true;
    }
    let person = |w: &String| has(PERSONS, w) || has(PERSONS_BESIDE, w);
    let together = words.windows(2).any(|two| match two {
        [a, b] => {
            has(OF_A_PERSON, a) && has(IDS, b) && !any(LAND)
                || has(OF_A_PERSON_ALONE, a) && has(IDS, b) && of_persons
                || has(PAIRS_ALONE, &format!("{a}+{b}")) && of_persons
                || has(PERSONS, a) && has(PHONE_OR_THING, b)
                || person(a) && (has(NAMES, b) || has(SHORT_NAMES, b))
                || (has(NAMES, a) || has(SHORT_NAMES, a)) && person(b)
                || has(PAIRS, &format!("{a}+{b}"))
        }
        _ => false,
    });
    together
        || any(ALWAYS) && !any(DEVICES)
        || any(OF_PERSON_OR_THING) && !any(LAND)
        || (any(NAMES) || any(MOBILES)) && of_persons
}

/// Whether the text of a JSON value, or any text inside it, holds data of a person by what it is.
pub(super) fn held_in(value: &str) -> bool {
    match serde_json::from_str::<Value>(value) {
        Ok(value) => any_text(&value),
        Err(_) => values::holds_personal(value),
    }
}

/// Whether the text of a JSON value is nothing but a number like a Chinese mobile phone's, which may be one of a parcel.
pub(super) fn is_like_a_mobile(value: &str) -> bool {
    numbers::is_chinese_mobile(plain_width(value).trim_matches(['"', ' ']))
}

fn any_text(value: &Value) -> bool {
    match value {
        Value::String(text) => values::holds_personal(text),
        Value::Array(items) => items.iter().any(any_text),
        Value::Object(members) => members.values().any(any_text),
        Value::Number(number) => values::holds_personal(&number.to_string()),
        Value::Null | Value::Bool(_) => false,
    }
}

/// Whether a value holds personal properties, by their names; only objects, and lists of objects, have such.
pub(super) fn inside(name: &str, value: &str) -> bool {
    value.starts_with(['{', '['])
        && serde_json::from_str::<Value>(value).is_ok_and(|value| any_member(name, &value))
}

/// A member is looked at with the name it stands under (`farmer` and `name`), and by itself where it says enough.
fn any_member(path: &str, value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(key, inner)| {
            let path = format!("{path} {key}");
            let held = inner.to_string();
            let by_itself = words(key).len() > 1 && meaning(key).is_personal(&held);
            by_itself || meaning(&path).is_personal(&held) || any_member(&path, inner)
        }),
        Value::Array(items) => items.iter().any(|item| any_member(path, item)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_persons_are_found_in_many_languages_and_names_of_things_are_not() {
        #[rustfmt::skip]
        let personal = [
            "name", "Name", "farmer_name", "farmerName", "FARMERNAME", "full name", "nombre",
            "Nombre del agricultor", "nom", "prénom", "nome_completo", "naam", "jina", "simu", "telefono",
            "teléfono", "phone", "phone_number", "PhoneNo", "mobile", "mobileno", "contact_phone",
            "next_of_kin_phone", "e_mail", "email", "aadhaar_no", "CPF", "national_id", "nationalid",
            "NationalIdNumber", "passport", "passport_no", "bvn", "姓名", "农户姓名", "电话", "手机号", "身份证号", "имя",
            "ФИО", "किसान का नाम मोबाइल", "voter_id", "pan_no", "id_number", "date_of_birth", "address",
            "home_address", "shouji", "xingming", "ho_ten", "surname", "owner", "Farmer",
            "propietario", "fname", "lname", "mname", "f_name", "l_name", "F Name", "mob_no", "mob",
            "MobNo", "contact", "client", "Client", "holder", "beneficiary", "beneficiary_name",
            "applicant_name", "nid", "NID", "ph_no", "PhNo", "phno",
            "farmer_cell", "owner_ph", "signatory", "nominee", "guarantor", "customer", "loanee",
            "borrower", "co_borrower", "co-applicant", "cust_name", "account_name", "account_holder",
            "acct_no", "ｎａｍｅ", "ｆａｒｍｅｒ＿ｎａｍｅ", "ＣＰＦ", "pan", "rg", "kra_pin", "KRAPIN", "huduma_no",
            "mpesa_no", "m-pesa", "ration_card", "epic_no", "kcc_no", "prenom", "Nom de famille",
            "adresse", "carte_identite", "numero_compte", "date_naissance", "rib", "titulaire", "telefone",
            "fone", "celular", "nome_mae", "chave_pix", "titulo_eleitor", "conta_corrente",
            "data_nascimento", "mutuario", "endereco", "msisdn", "WhatsApp", "iban", "dob", "DateOfBirth",
            "next_of_kin", "contact_person", "son_of", "nama", "no_hp", "npwp", "身份证", "手机", "证件号码",
            "银行账号", "户名", "借款人", "农户", "联系方式", "出生日期", "QQ号", "ｑｑ", "shenfenzheng", "lianxiren",
            "Farmer's Name", "Farmer’s name", "FARMER_NAM", "owner_nam", "cust_nm", "FarmerNm", "farmer_pho",
            "farmer_name_en", "farmer_name_local", "producer_name", "nom_producteur", "nom de l'exploitant",
            "hh_head_name", "surveyor_name", "field_officer_name", "respondent_name", "nrc_no", "farmer_names",
            "农民姓名", "村民名字", "联系手机", "手机号码", "id_no", "tax_id", "farmer_id_no", "national_id_no",
            "drivers_license_no", "farmer_mobile", "mobile_no_2", "phone1", "passport_of_owner", "name",
            "kenya_national_id", "farm_phone", "地块户主姓名",
        ];
        let missed: Vec<&str> = personal.into_iter().filter(|n| meaning(n) != Meaning::Person).collect();
        assert_eq!(missed, [""; 0]);
        #[rustfmt::skip]
        let things = [
            "crop_name", "village_name", "field_name", "plot_name", "variety", "district",
            "nombre_cultivo", "bank_name", "scheme_name", "id", "plot_id", "parcel_no",
            "phone_gps_accuracy", "phone_model", "mobile_app_version", "cell_id", "tile", "area_ha",
            "soil_address_unit", "作物名称", "村", "地块编号", "layer", "stroke", "fid", "tenure", "hotel",
            "yield_kg", "telemetry", "sowing", "photo_url", "notes", "season", "code", "panel",
            "pan_sharpened", "holding", "number_of_plots", "card", "owner_type", "farmer_group_id",
            "applicant_id", "farmer_id", "customer_no", "member_no", "borrower_ref", "client_type",
            "holder_type", "contact_frequency", "beneficiary_count", "pin_code", "uid", "nir", "soil_ph",
            "tenant", "head_count", "nom_parcelle", "nome_fazenda", "variety_name", "market_name",
            "season_name", "cellar", "co_op", "phase", "phosphorus", "mobility", "panicle", "ribbon",
            "pixel", "rgb", "hp_pump", "id_num", "sample_id_no",
            "parcel_identification_number", "plot_identification_code", "plot_id_no", "field_id_number",
            "parcel_id_no", "national_code", "parcel_tax_id", "irrigation_license_no", "NAME_0", "NAME_1",
            "NAME_2", "NL_NAME_1", "name_2", "grid_cell_number", "地块名字", "作物名字", "手机定位精度", "村名字",
            "паспорт_поля", "field_passport", "birth_rate", "mobile_pump", "出生率", "co_name", "upi_area",
 "地址", "借款人编号", "客户类型", "作物名", "地块名称", "ac_no", "signature",
            "account_type", "first_cell", "full_cover", "l_band", "m2", "f1", "idle", "denim", "cono",
        ];
        let taken: Vec<&str> = things.into_iter().filter(|n| meaning(n) != Meaning::Thing).collect();
        assert_eq!(taken, [""; 0]);
    }

    #[test]
    fn a_word_that_is_a_phone_or_a_thing_is_judged_by_its_value() {
        for name in ["ph", "PH", "cell", "portable", "cell_no", "CellNumber", "registered_mobile"] {
            let meaning = meaning(name);
            assert_eq!(meaning, Meaning::PhoneOrThing, "{name}");
            assert!(meaning.is_personal("\"0712 345 678\"") && meaning.is_personal("712345678"));
            for thing in ["6.5", "\"8a2a1072b59ffff\"", "12345", "12345.6789", "\"01/02/03/04/1234\""] {
                assert!(!meaning.is_personal(thing), "{name} {thing}");
            }
        }
        // India's address for payments, Rwanda's number of a parcel.
        let meaning = meaning("upi");
        assert!(meaning.is_personal("\"jane@bank\"") && !meaning.is_personal("\"1/02/05/01/1234\""));
    }

    #[test]
    fn a_property_that_holds_nothing_is_no_data_of_a_person() {
        for name in ["name", "phone", "contact", "has_phone", "farmer_name", "national_id", "手机号"] {
            let meaning = meaning(name);
            for nothing in
                ["null", "\"\"", "\"  \"", "\"-\"", "false", "true", "0", "[]", "{}", "[null,\"\"]"]
            {
                assert!(!meaning.is_personal(nothing), "{name}: {nothing}");
            }
            assert!(meaning.is_personal("\"x\"") && meaning.is_personal("7"), "{name}");
        }
        assert!(!inside("farmer", r#"{"name":"","phone":null}"#));
    }

    #[test]
    fn objects_are_looked_into_with_the_name_they_stand_under() {
        assert!(inside("farmer", r#"{"name":"x"}"#));
        assert!(inside("a", r#"{"b":{"phone":1}}"#));
        assert!(inside("a", r#"{"farmer_name":"x"}"#));
        assert!(inside("members", r#"[{"plot":1},{"phone":2}]"#));
        assert!(inside("farmer", r#"{"cell":"0712345678"}"#));
        assert!(!inside("crops", r#"[{"name":"maize"},{"name":"bean"}]"#));
        assert!(!inside("crop", r#"{"scheme":"x","name":"maize"}"#));
        assert!(!inside("soil", r#"{"ph":6.5}"#));
        assert!(!inside("a", "7"));
        assert!(held_in(r#"{"scheme":"x","name":"maize w.k@example.org"}"#) && held_in("13812345678"));
        assert!(!held_in(r#"{"scheme":"x","name":"maize"}"#));
    }
}
