//! A JSON object in which every member has one value.

use std::collections::BTreeMap;

use super::defect::{Defect, Kind, Said, said};
use super::split::{self, MAX_MEMBERS, Stop};

/// An object that is read, as messages name it.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Feature,
    Properties,
    Geometry,
}

impl What {
    fn said(self) -> Said {
        match self {
            What::Feature => said!("feature", "条目"),
            What::Properties => said!("properties", "属性（properties）"),
            What::Geometry => said!("geometry", "几何（geometry）"),
        }
    }
}

/// The members of an object as JSON text. Refused: anything but an object, and a member given twice.
///
/// `named` are the members whose name may be repeated there (others
/// are the sender's words and are not).
pub(super) fn once<'a>(
    text: &'a str,
    what: What,
    named: &[&str],
) -> Result<BTreeMap<String, &'a str>, Defect> {
    let refuse = |said: Said| Defect::new(Kind::FeatureInvalid, said);
    let Said { en, zh } = what.said();
    let members = split::members(text).map_err(|stop| match stop {
        Stop::TooManyMembers => {
            refuse(said!("The {en} has more than {MAX_MEMBERS} members", "{zh}的成员超过{MAX_MEMBERS}个"))
        }
        Stop::End | Stop::At(_) => refuse(said!("The {en} is not a JSON object", "{zh}不是JSON对象")),
    })?;
    let mut found = BTreeMap::new();
    for (key, value) in members {
        let name: String = serde_json::from_str(key).map_err(|_| {
            refuse(said!(
                "A member name of the {en} is not valid JSON text",
                "{zh}的某个成员名不是有效的JSON文本"
            ))
        })?;
        if found.contains_key(&name) {
            let (name, name_zh) = match named.contains(&name.as_str()) {
                true => (name.as_str(), name.as_str()),
                false => ("a member", "某个成员"),
            };
            return Err(refuse(said!(
                "The {en} gives {name} twice; keep one of them",
                "{zh}中{name_zh}出现两次，请保留一个"
            )));
        }
        found.insert(name, value);
    }
    Ok(found)
}
