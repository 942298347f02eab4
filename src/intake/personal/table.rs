//! THE table of words by which data of a person is known, by what each word is.
//!
//! Languages of the places where plots are financed and whose exports were thought through: English, Spanish, French,
//! Portuguese, German, Dutch, Swahili, Indonesian, Vietnamese, Turkish, Hindi, Chinese (signs and pinyin), Russian,
//! Arabic, Amharic, Thai. What is left out on purpose: an id of the lender's own (`applicant_id`, `farmer_id`,
//! `customer_no`, `member_no`) is a pseudonym as `borrower_ref` is; `pin_code` is a postal code, `uid` any key, `nir`
//! near infrared.

/// Words that name a person's name. Personal where nothing but words of persons stands beside them.
pub(super) const NAMES: &str = "\
    name names nombre nombres nom nome naam jina isim nama imya xingming cedula имя नाम اسم ስም ชื่อ";

/// Persons. Alone, such a word is a person's name as good as always; beside another it may be anything
/// (`owner_type`), but with a word for a name or a number it is that person's.
pub(super) const PERSONS: &str = "\
    owner farmer grower borrower coborrower applicant coapplicant proprietor client customer holder contact \
    beneficiary signatory nominee guarantor cosigner payee loanee debtor depositor landlord landowner cultivator \
    mortgagor khatedar pattadar kisan किसान agricultor agricultora productor productora produtor produtora \
    propietario propietaria proprietario proprietaria proprietaire agriculteur agricultrice exploitant \
    emprunteur beneficiaire beneficiario beneficiaria titular titulaire mutuario avalista fiador solicitante \
    cliente dueno landwirt kreditnehmer antragsteller mkulima mkopaji petani nonghu huzhu";

/// Persons whose word alone may be something else (`tenant`, `head`).
pub(super) const PERSONS_BESIDE: &str = "\
    member person father fathers mother mothers parent guardian spouse husband wife tenant kin head household \
    account acct cust co joint mae pai conjuge conyuge epouse epoux pere mere famille bauer shetkari";

/// Words that may stand beside those without changing what is meant; `f_name` is a first or a father's name.
pub(super) const BESIDE: &str = "\
    user full first last middle given family sur maiden nick legal official next the of de del du la le do da \
    completo completa complet f l m";

/// Words that name a person's data wherever they stand.
pub(super) const ALWAYS: &str = "\
    firstname lastname surname fullname forename fname lname mname midname apellido apellidos sobrenome prenom \
    nachname vorname familienname achternaam voornaam familiya otchestvo fio фамилия отчество фио hoten \
    lianxiren email mail courriel correo correoelectronico youxiang aadhaar aadhar adhaar cpf curp cuil cuit dni \
    nik ktp npwp bvn nin nid ssn cni cnic cccd cmnd passport passeport pasaporte passaporte reisepass paspoort \
    shenfenzheng zhengjianhao huzhao pancard kitambulisho nssf nhif паспорт आधार iban nuban mpesa zhanghao kahao \
    yinhangka birthdate birthday dob dateofbirth birth nacimiento naissance nascimento aniversario geburtsdatum";

/// Words for a person's phone wherever they stand, but beside one of [`DEVICES`].
pub(super) const PHONES: &str = "\
    phone phones telephone tel telp mob mobile cellphone smartphone handphone msisdn whatsapp wechat qq telegram \
    phno phnum telefono telefone telefon telefoon fone celular movil handy nohp simu shouji dianhua \
    lianxifangshi sdt dienthoai waya gsm телефон फोन मोबाइल هاتف جوال ስልክ โทรศัพท์";

/// Pairs of words that name a person's number together: each of the first with each of the second.
pub(super) const OF_A_PERSON: &str = "\
    national citizen citizenship identity identification personal tax taxpayer voter social security driver \
    drivers driving license licence huduma resident kra pan";
pub(super) const NUMBERS: &str = "\
    id ids number no num nr card code pin document";

/// Pairs without a person's word that mean the same.
pub(super) const PAIRS: &str = "\
    id+number id+no id+card identity+card ghana+card ration+card epic+no ho+ten dien+thoai whats+app we+chat m+pesa of+kin \
    home+address postal+address street+address mailing+address residential+address permanent+address \
    adresse+postale adresse+domicile endereco+residencial contact+number contact+no contact+person \
    contact+details contact+info bank+account bank+acct bank+acc bank+ac account+number account+no account+num \
    account+holder acct+no acct+number acc+no acc+number kcc+no kcc+number kcc+account conta+bancaria \
    conta+corrente numero+conta num+conta nomor+rekening no+rekening chave+pix compte+bancaire numero+compte \
    titulo+eleitor carte+identite piece+identite securite+sociale driving+licence driving+license tin+no \
    tin+number co+borrower co+applicant son+of wife+of daughter+of cell+no cell+num cell+number ph+no ph+num \
    ph+number hp+no no+hp";

/// Words that name a person's data where they stand alone.
pub(super) const ALONE: &str =
    "address adresse endereco domicilio alamat identity pan rg nis pis rib pix upi";

/// Words that are a phone or something else (soil pH, a grid cell): the value tells.
pub(super) const PHONE_OR_THING: &str = "ph cell portable hp";

/// Words beside which a phone is a device and not a person's number.
pub(super) const DEVICES: &str = "\
    gps accuracy model os app version battery brand device photo lat lon network coverage signal \
    survey data fix";

/// Han words, looked for anywhere in a name.
pub(super) const HAN: &str = "\
    姓名 名字 电话 電話 手机 手機 身份证 身份證 护照 護照 证件号 證件號 户主 戶主 户名 戶名 农户名 客户名 联系人 聯絡人 联系方式 \
    住址 家庭地址 邮箱 微信 qq号 氏名 生日 出生 银行卡 卡号 账号 帐号 賬號 账户";

/// Han words that name a person where they stand alone; with others they may be anything (借款人编号 is a number).
pub(super) const HAN_ALONE: &str = "\
    借款人 共同借款人 农户 客户 申请人 业主 承包人 承包户 种植户 担保人 受益人 经办人 负责人 法人 配偶 签字人 持卡人";

/// Labels before a phone number inside free words.
pub(super) const PHONE_LABELS: &str = "\
    tel telephone phone mob mobile ph cellphone whatsapp telefone telefono fone celular simu sdt hp 电话 手机";
