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

/// The same, shortened: a name only beside a person. A Shapefile's column has ten letters (`FARMER_NAM`).
pub(super) const SHORT_NAMES: &str = "nam nm nme";

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
    member person father fathers mother mothers parent guardian spouse husband wife tenant kin head household hh \
    account acct cust joint mae pai conjuge conyuge epouse epoux pere mere famille bauer shetkari farmers owners \
    growers borrowers producer producers producteur productrice planter planteur surveyor enumerator officer witness \
    respondent interviewer supervisor responsable responsavel";

/// Words that may stand beside those without changing what is meant; `f_name` is a first or a father's name.
pub(super) const BESIDE: &str = "\
    user full first last middle given family sur maiden nick legal official next the of de del du la le do da \
    completo completa complet f l m s d";

/// Words that name a person's data wherever they stand.
pub(super) const ALWAYS: &str = "\
    firstname lastname surname fullname forename fname lname mname midname apellido apellidos sobrenome prenom \
    nachname vorname familienname achternaam voornaam familiya otchestvo fio фамилия отчество фио hoten \
    phone phones telephone cellphone smartphone handphone msisdn whatsapp wechat qq telegram \
    phno phnum telefono telefone telefon telefoon fone celular movil nohp simu shouji dianhua \
    lianxifangshi lianxiren sdt dienthoai waya телефон फोन मोबाइल هاتف جوال ስልክ โทรศัพท์ \
    email mail courriel correo correoelectronico youxiang \
    aadhaar aadhar adhaar cpf curp cuil cuit dni nik ktp npwp bvn nin nid ssn cni cnic cccd cmnd shenfenzheng zhengjianhao huzhao pancard kitambulisho nssf \
    nhif आधार \
    iban nuban mpesa zhanghao kahao yinhangka";

/// What persons have, and things too: `паспорт_поля` is a field's, `birth_rate` a herd's.
pub(super) const OF_PERSON_OR_THING: &str = "\
    passport passeport pasaporte passaporte reisepass paspoort паспорт \
    birthdate birthday dob dateofbirth birth nacimiento naissance nascimento aniversario geburtsdatum";

/// Pairs of words that name a person's number together: each of the first two with each of the last. The second are
/// of a person only where nothing but words of persons stands beside them (`parcel_tax_id`).
pub(super) const OF_A_PERSON: &str = "\
    national citizen citizenship taxpayer social security voter driver drivers driving huduma resident kra pan";
pub(super) const OF_A_PERSON_ALONE: &str = "identity identification personal tax";
pub(super) const IDS: &str = "id ids number no num nr card pin document";

/// Pairs of the second kind.
pub(super) const PAIRS_ALONE: &str = "id+number id+no";

/// Words for a number, which change nothing of whose it is.
pub(super) const NUMBERS: &str = "id ids number no num nr card code pin document";

/// Pairs without a person's word that mean the same.
pub(super) const PAIRS: &str = "\
    id+card identity+card ghana+card ration+card epic+no ho+ten dien+thoai whats+app we+chat m+pesa of+kin \
    home+address postal+address street+address mailing+address residential+address permanent+address \
    adresse+postale adresse+domicile endereco+residencial contact+number contact+no contact+person \
    contact+details contact+info bank+account bank+acct bank+acc bank+ac account+number account+no account+num \
    account+holder acct+no acct+number acc+no acc+number kcc+no kcc+number kcc+account conta+bancaria \
    conta+corrente numero+conta num+conta nomor+rekening no+rekening chave+pix compte+bancaire numero+compte \
    titulo+eleitor carte+identite piece+identite securite+sociale driving+licence driving+license \
    driver+licence driver+license drivers+licence drivers+license nrc+no nrc+number nrc+id fayda+no fayda+number \
    fayda+id maisha+namba maisha+no uidai+no samagra+id passbook+no tin+no tin+number co+borrower co+applicant son+of wife+of daughter+of ph+no ph+num \
    ph+number hp+no no+hp";

/// Words that name a person's data where they stand alone.
pub(super) const ALONE: &str = "address adresse endereco domicilio alamat identity pan rg nis pis rib pix";

/// Words that are a phone or something else (soil pH, a grid cell) where they stand alone or with a word for a number:
/// the value tells.
pub(super) const PHONE_OR_THING: &str = "ph cell portable hp";

/// Words for the key of a row: `cell_id` is a grid's.
pub(super) const KEYS: &str = "id ids code";

/// Words that are a phone unless other words than those of persons stand beside them (`mobile_pump`): then the value
/// tells.
pub(super) const MOBILES: &str = "mobile mob tel telp gsm handy momo";

/// An address for payments (name@bank), or a parcel's number (Rwanda): the value tells.
pub(super) const UPI: &str = "upi";

/// Words beside which a phone is a device and not a person's number.
pub(super) const DEVICES: &str = "\
    gps accuracy model os app version battery brand device photo lat lon network coverage signal \
    survey data fix pump";

/// Land, plants, animals and machines, whose number, passport or birth is no person's.
pub(super) const LAND: &str = "\
    parcel parcels plot plots field fields farm land lot block tract paddock cadastre cadastral survey soil crop seed \
    tree plant animal cattle calf livestock rate weight machine tractor vehicle equipment well pump water irrigation canal building \
    village district grid tile parcelle parcela parcella lote campo terreno predio finca talhao gleba fazenda champ \
    terrain feld schlag acker perceel shamba lahan поле поля полей участок участка земли";

/// Han words, looked for anywhere in a name.
pub(super) const HAN: &str = "\
    姓名 身份证 身份證 护照 護照 证件号 證件號 户主 戶主 户名 戶名 农户名 客户名 联系人 聯絡人 联系方式 联系电话 手机号 手機號 \
    电话号 電話號 住址 家庭地址 邮箱 qq号 氏名 银行卡 卡号 账号 帐号 賬號 账户";

/// Han words that are a person's unless a word of the next list stands in the same name (作物名字, 手机定位精度).
pub(super) const HAN_UNLESS: &str = "名字 电话 電話 手机 手機 微信 生日 出生";
pub(super) const HAN_THINGS: &str = "\
    地块 田块 地名 作物 品种 农场 合作社 公司 银行 项目 村庄 村名 乡名 镇名 县名 市名 省名 区名 定位 精度 型号 品牌 版本 系统 \
    信号 照片 牲畜 率";

/// Han words that name a person where they stand alone; with others they may be anything (借款人编号 is a number).
pub(super) const HAN_ALONE: &str = "\
    借款人 共同借款人 农户 客户 申请人 业主 承包人 承包户 种植户 担保人 受益人 经办人 负责人 法人 配偶 签字人 持卡人 农民 农民名 种植者 种植户名称";

/// Labels beside a phone number inside free words.
pub(super) const PHONE_LABELS: &str = "\
    telephone phone mobile cellphone whatsapp telefone telefono telefon fone celular movil simu sdt 电话 手机 手机号 телефон";

/// The same, where they may be the letters of a place or a kind of file (`PH-2024-001234`): more is asked of the digits.
pub(super) const DOUBTFUL_LABELS: &str = "tel mob ph hp";
