//! A JSON object in which every member has one value.

use std::collections::BTreeMap;

use super::defect::{Defect, Kind};
use super::split::{self, MAX_MEMBERS, Stop};

/// The members of an object as JSON text. Refused: anything but an object, and a member given twice.
///
/// `what` names the object in messages; `named` are the members whose name may be repeated there (others
/// are the sender's words and are not).
pub(super) fn once<'a>(
    text: &'a str,
    what: &str,
    named: &[&str],
) -> Result<BTreeMap<String, &'a str>, Defect> {
    let refuse = |text: String| Defect::new(Kind::FeatureInvalid, text);
    let members = split::members(text).map_err(|stop| match stop {
        Stop::TooManyMembers => refuse(format!("The {what} has more than {MAX_MEMBERS} members")),
        Stop::End | Stop::At(_) => refuse(format!("The {what} is not a JSON object")),
    })?;
    let mut found = BTreeMap::new();
    for (key, value) in members {
        let name: String = serde_json::from_str(key)
            .map_err(|_| refuse(format!("A member name of the {what} is not valid JSON text")))?;
        if found.contains_key(&name) {
            let name = if named.contains(&name.as_str()) { name.as_str() } else { "a member" };
            return Err(refuse(format!("The {what} gives {name} twice; keep one of them")));
        }
        found.insert(name, value);
    }
    Ok(found)
}
