//! The English words of a Chinese sentence: what is not a unit, a name of the trade or quoted from the input.

/// Units, abbreviations that Chinese texts of the trade use as they are, GeoJSON's own words, and names of tools.
const ALLOWED: &str = "\
    m ha kg km NDVI WGS GPS ISO JSON EPSG NaN Infinity Z T YYYY-MM-DD \
    Point Polygon MultiPolygon MultiLineString GeometryCollection Feature FeatureCollection \
    type properties geometry geometries coordinates \
    ogr2ogr -t_srs -lco RFC7946 YES urn ogc def crs \
    --ignore-personal-properties scheme code name \
    manual driven surveyed auto-operation auto-imagery unknown";

/// Properties of a plots file, as a sentence about one of them names it.
const PROPERTIES: &str = "\
    id collection determination:method determination:datetime gps_lon gps_lat gps_accuracy_m declared_crop \
    declared_area_ha declared_sowing_date requested_amount currency lender_ref application_ref borrower_ref \
    consent_ref consent_purpose consent_expires_at";

/// English words in a Chinese sentence; `quoted` are texts of the input that it may repeat.
pub(crate) fn english_in(sentence: &str, quoted: &[&str]) -> Vec<String> {
    let mut bare = sentence.to_owned();
    for text in quoted.iter().filter(|text| !text.is_empty()) {
        bare = bare.replace(text, " ");
    }
    let of_word = |c: char| c.is_ascii_alphanumeric() || "_-:".contains(c);
    let words =
        bare.split(|c: char| !of_word(c)).filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()));
    let known = |word: &str| {
        let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        let listed =
            |w: &str| ALLOWED.split_whitespace().chain(PROPERTIES.split_whitespace()).any(|k| k == w);
        let number = word.parse::<f64>().is_ok();
        let place = word.starts_with("EPSG:") || word.starts_with("urn:");
        let moment = word.chars().all(|c| c.is_ascii_digit() || "T:-Z".contains(c));
        number || place || moment || listed(word) || listed(unit)
    };
    words.filter(|word| !known(word)).map(str::to_owned).collect()
}

/// The checker itself: it finds English and lets units, ids and quotations pass.
#[test]
fn english_is_found_where_it_is() {
    for (text, english) in [
        ("地块含有个人信息：leave it out", vec!["leave", "it", "out"]),
        ("属性currency应为text", vec!["text"]),
        ("面积2.00 ha，NDVI上升0.12，宽8 m，10m像元", vec![]),
        ("位于35.200000,0.500000附近，2024-05-01T10:00:00Z", vec![]),
        ("与“the ridge”重叠", vec![]),
        ("共2ha、3km", vec![]),
        ("a", vec!["a"]),
    ] {
        assert_eq!(english_in(text, &["the ridge"]), english, "{text}");
    }
}
