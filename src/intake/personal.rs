//! Which properties look like data of a person, by their names and, in references, by their values.
//!
//! Nothing of them is ever read into a plot. Whether such a plot is refused or goes on without them is the
//! caller's to say ([`Personal`]). A name is looked at word by word, so that `farmer_name` is found and
//! `crop_name` is not; a list of words never knows all names, and this one is no leave to send personal data.

mod names;

use serde_json::Value;

pub(super) use names::Names;

/// What to do with a plot that carries data of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Personal {
    /// The plot is refused, and told which property to leave out.
    #[default]
    Refuse,
    /// The property is dropped and the plot goes on.
    Drop,
}

/// Words that name a person's name. Personal where nothing but words of persons stands beside them.
const NAMES: &str = "\
    name names nombre nombres nom nome naam jina isim nama imya xingming cedula имя नाम اسم ስም ชื่อ";

/// Words of persons, and words that may stand beside them without changing what is meant.
const PERSONS: &str = "\
    farmer grower owner borrower applicant customer client member debtor person holder contact \
    father fathers mother spouse husband wife nominee guarantor tenant landlord kin head household \
    user full first last middle given family sur maiden nick legal official the of de del du la le \
    do da agricultor agricultora productor productora produtor cliente titular dueno propietario \
    proprietario proprietaire agriculteur exploitant landwirt bauer mkulima petani kisan khatedar \
    shetkari completo complet किसान";

/// Words that name a person's data wherever they stand.
const ALWAYS: &str = "\
    firstname lastname surname fullname forename apellido apellidos sobrenome prenom nachname \
    vorname familienname achternaam voornaam familiya otchestvo fio фамилия отчество фио hoten phone \
    phones telephone tel mobile cellphone smartphone handphone msisdn whatsapp wechat telegram \
    telefono telefone telefon telefoon celular movil handy simu shouji dianhua sdt dienthoai waya \
    gsm телефон फोन मोबाइल هاتف جوال ስልክ โทรศัพท์ email mail courriel correo youxiang aadhaar aadhar \
    adhaar cpf curp dni nik ktp bvn nin ssn cnic cccd cmnd passport passeport pasaporte passaporte \
    reisepass paspoort shenfenzheng huzhao pancard iban паспорт आधार birthdate birthday dob birth \
    nacimiento naissance nascimento geburtsdatum";

/// Pairs of words that name a person's number together: each of the first with each of the second.
const OF_A_PERSON: &str = "\
    national citizen citizenship identity identification personal tax voter social security driver \
    drivers driving license licence huduma resident kra pan";
const NUMBERS: &str = "\
    id ids number no num nr card code pin document";
/// Pairs without a person's word that mean the same.
const PAIRS: &str = "\
    id+number id+no id+card identity+card ho+ten dien+thoai home+address \
    postal+address street+address bank+account account+number account+no contact+number contact+no";

/// Words that name a person's data where they stand alone.
const ALONE: &str = "\
    address identity owner farmer grower borrower applicant proprietor agricultor \
    agricultora propietario proprietario agriculteur landwirt mkulima";

/// Words beside which a phone is a device and not a person's number.
const DEVICES: &str = "\
    gps accuracy model os app version battery brand device photo lat lon network coverage signal \
    survey data fix";

/// Han words, looked for anywhere in a name.
const HAN: &str = "\
    姓名 名字 电话 電話 手机 手機 身份证 身份證 护照 護照 户主 戶主 联系人 聯絡人 住址 邮箱 微信 氏名 生日 银行卡";

/// Whether the name of a property looks like data of a person.
pub(super) fn name_looks_personal(name: &str) -> bool {
    let words = words(name);
    let any = |list: &str| words.iter().any(|w| has(list, w));
    if HAN.split_whitespace().any(|word| name.contains(word)) {
        return true;
    }
    let together = words.windows(2).any(|two| match two {
        [a, b] => has(OF_A_PERSON, a) && has(NUMBERS, b) || has(PAIRS, &format!("{a}+{b}")),
        _ => false,
    });
    // A person alone (`owner`) is a name as good as always; with another word it may be anything (`owner_type`).
    let alone = words.len() == 1 && any(ALONE);
    if together || alone {
        return true;
    }
    if any(ALWAYS) {
        return !any(DEVICES);
    }
    any(NAMES) && words.iter().all(|w| [NAMES, PERSONS, NUMBERS].iter().any(|list| has(list, w)))
}

/// Whether a word stands in a list.
fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

/// Whether the value of a reference looks like an address or number of a person: an e-mail address, a phone
/// number in international form, or the number of a Chinese identity card or mobile phone.
pub(super) fn value_looks_personal(value: &str) -> bool {
    let value = value.trim();
    is_email(value) || is_phone(value) || is_chinese_identity(value)
}

/// Whether free words hold such an address or number, alone or among others.
pub(super) fn words_look_personal(text: &str) -> bool {
    value_looks_personal(text) || text.split_whitespace().any(value_looks_personal)
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
            let by_itself = words(key).len() > 1 && name_looks_personal(key);
            by_itself || name_looks_personal(&path) || any_member(&path, inner)
        }),
        Value::Array(items) => items.iter().any(|item| any_member(path, item)),
        _ => false,
    }
}

/// The words of a name in small letters without marks: `farmerName`, `FARMER-NAME` and `farmername` give the same.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_small = false;
    for c in name.chars() {
        if !(c.is_alphabetic() || is_mark(c)) {
            words.push(std::mem::take(&mut word));
            was_small = false;
            continue;
        }
        if c.is_uppercase() && was_small {
            words.push(std::mem::take(&mut word));
        }
        was_small = c.is_lowercase();
        word.extend(c.to_lowercase().map(plain));
    }
    words.push(word);
    words.into_iter().filter(|w| !w.is_empty()).flat_map(split_joined).collect()
}

/// Vowel signs of Indic and other scripts belong to the word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{97f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{64b}'..='\u{65f}')
}

/// Latin letters without their marks.
fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

/// `farmername` as `farmer`, `name`; a word that is no such pair stays whole.
fn split_joined(word: String) -> Vec<String> {
    let known = [NAMES, ALWAYS, PERSONS, NUMBERS, OF_A_PERSON];
    let is_known = |w: &str| known.iter().any(|list| has(list, w));
    if is_known(&word) {
        return vec![word];
    }
    let cut = (2..word.len().saturating_sub(1)).find(|at| match word.split_at_checked(*at) {
        Some((a, b)) => is_known(a) && is_known(b),
        None => false,
    });
    match cut.and_then(|at| word.split_at_checked(at)) {
        Some((a, b)) => vec![a.to_owned(), b.to_owned()],
        None => vec![word],
    }
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else { return false };
    let Some((host, ending)) = domain.rsplit_once('.') else { return false };
    let plain = |t: &str| !t.is_empty() && !t.contains(char::is_whitespace) && !t.contains('@');
    plain(local) && plain(host) && ending.len() >= 2 && ending.chars().all(char::is_alphabetic)
}

/// International form (`+254 712 345 678`, ITU-T E.164: 7 to 15 digits), or a Chinese mobile number.
fn is_phone(value: &str) -> bool {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let written = |c: char| c.is_ascii_digit() || " -.()/".contains(c);
    if let Some(rest) = value.strip_prefix('+') {
        return rest.chars().all(written) && (7..=15).contains(&digits.len());
    }
    let b = digits.as_bytes();
    digits.len() == 11
        && digits == value
        && b.first() == Some(&b'1')
        && b.get(1).is_some_and(|d| (b'3'..=b'9').contains(d))
}

/// Eighteen characters whose check digit fits (GB 11643-1999).
fn is_chinese_identity(value: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let signs: Vec<char> = value.chars().collect();
    let Some((last, digits)) = signs.split_last().filter(|(_, digits)| digits.len() == 17) else {
        return false;
    };
    let sum: Option<u32> = digits.iter().zip(WEIGHTS).map(|(d, w)| Some(d.to_digit(10)? * w)).sum();
    sum.and_then(|sum| CHECK.get(sum as usize % 11)).is_some_and(|check| *check == last.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_persons_are_found_in_many_languages_and_names_of_things_are_not() {
        let personal = [
            "name",
            "Name",
            "farmer_name",
            "farmerName",
            "FARMERNAME",
            "full name",
            "nombre",
            "Nombre del agricultor",
            "nom",
            "prénom",
            "nome_completo",
            "naam",
            "jina",
            "simu",
            "telefono",
            "teléfono",
            "phone",
            "phone_number",
            "PhoneNo",
            "mobile",
            "mobileno",
            "contact_phone",
            "next_of_kin_phone",
            "e_mail",
            "email",
            "aadhaar_no",
            "CPF",
            "national_id",
            "nationalid",
            "NationalIdNumber",
            "passport",
            "passport_no",
            "bvn",
            "姓名",
            "农户姓名",
            "电话",
            "手机号",
            "身份证号",
            "имя",
            "ФИО",
            "किसान का नाम मोबाइल",
            "voter_id",
            "pan_no",
            "id_number",
            "date_of_birth",
            "address",
            "home_address",
            "shouji",
            "xingming",
            "ho_ten",
            "name_2",
            "surname",
            "owner",
            "Farmer",
            "propietario",
        ];
        for name in personal {
            assert!(name_looks_personal(name), "{name} {:?}", words(name));
        }
        let things = [
            "crop_name",
            "village_name",
            "field_name",
            "plot_name",
            "variety",
            "district",
            "nombre_cultivo",
            "bank_name",
            "scheme_name",
            "id",
            "plot_id",
            "parcel_no",
            "phone_gps_accuracy",
            "phone_model",
            "mobile_app_version",
            "cell_id",
            "tile",
            "area_ha",
            "soil_address_unit",
            "作物名称",
            "村",
            "地块编号",
            "layer",
            "stroke",
            "fid",
            "tenure",
            "hotel",
            "yield_kg",
            "telemetry",
            "sowing",
            "photo_url",
            "notes",
            "season",
            "code",
            "panel",
            "pan_sharpened",
            "holding",
            "number_of_plots",
            "card",
            "owner_type",
            "farmer_group_id",
        ];
        for name in things {
            assert!(!name_looks_personal(name), "{name} {:?}", words(name));
        }
    }

    #[test]
    fn values_of_persons_are_found_and_references_are_not() {
        for value in [
            "a.b@coop.example.org",
            "+254 712 345 678",
            "+86-138-1234-5678",
            "13812345678",
            "11010519491231002X",
        ] {
            assert!(value_looks_personal(value), "{value}");
        }
        for value in [
            "A-2024-000123",
            "0012345678",
            "9876543210",
            "B-7",
            "2024/05/01-17",
            "110105194912310021",
            "a@b",
            "+1",
        ] {
            assert!(!value_looks_personal(value), "{value}");
        }
        for words in ["call +254712345678", "a.b@coop.example.org", "maize; 13812345678"] {
            assert!(words_look_personal(words), "{words}");
        }
        for words in ["winter wheat", "crop loan appraisal", "maize 2024", "credit_appraisal"] {
            assert!(!words_look_personal(words), "{words}");
        }
    }

    #[test]
    fn objects_are_looked_into_with_the_name_they_stand_under() {
        assert!(inside("farmer", r#"{"name":"x"}"#));
        assert!(inside("a", r#"{"b":{"phone":1}}"#));
        assert!(inside("a", r#"{"farmer_name":"x"}"#));
        assert!(inside("members", r#"[{"plot":1},{"phone":2}]"#));
        assert!(!inside("crops", r#"[{"name":"maize"},{"name":"bean"}]"#));
        assert!(!inside("crop", r#"{"scheme":"x","name":"maize"}"#));
        assert!(!inside("a", "7"));
    }
}
