//! Cuts JSON text at its own brackets, without judging what lies between: so that one feature with a
//! `NaN` or a stray word in it can be refused alone, while a strict reader would refuse the whole file.
//! Every piece that is used is read again by `serde_json`, strictly.

/// Why a piece of text could not be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The text ended inside a value.
    End,
    /// Something else than expected, at this byte.
    At(usize),
    /// An object with more than [`MAX_MEMBERS`] members.
    TooManyMembers,
}

/// Most members of one object: real features have tens; a list of millions would only fill memory.
pub(super) const MAX_MEMBERS: usize = 10_000;

/// Whether a byte is JSON white space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The next position from `at` that is not white space.
pub(super) fn skip_space(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| is_space(**byte)).count()
}

/// The end (exclusive) of the value that starts at `start`.
pub(super) fn value_end(text: &str, start: usize) -> Result<usize, Stop> {
    let bytes = text.as_bytes();
    let mut open: Vec<u8> = Vec::new();
    let mut at = start;
    loop {
        let byte = *bytes.get(at).ok_or(Stop::End)?;
        match byte {
            b'"' => at = string_end(bytes, at)?,
            b'{' | b'[' => {
                open.push(byte + 2); // '{' + 2 is '}', '[' + 2 is ']'
                at += 1;
            }
            b'}' | b']' => {
                if open.pop() != Some(byte) {
                    return Err(Stop::At(at));
                }
                at += 1;
            }
            _ if open.is_empty() => {
                let word = |byte: &u8| !is_space(*byte) && !b",]}:\"[{".contains(byte);
                let length = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| word(byte)).count();
                return if length == 0 { Err(Stop::At(at)) } else { Ok(at + length) };
            }
            _ => at += plain(bytes, at),
        }
        if open.is_empty() {
            return Ok(at);
        }
    }
}

/// How many bytes from `at` on are neither brackets nor quotes.
fn plain(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |byte: &u8| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']');
    rest.iter().position(ends).unwrap_or(rest.len())
}

/// The end (exclusive) of the string whose opening quote is at `start`.
fn string_end(bytes: &[u8], start: usize) -> Result<usize, Stop> {
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            None => return Err(Stop::End),
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// The members of the object that `text` starts with (after white space): key and value as written.
pub(super) fn members(text: &str) -> Result<Vec<(&str, &str)>, Stop> {
    let mut found = Vec::new();
    walk(text, b'{', b'}', |at| {
        if found.len() == MAX_MEMBERS {
            return Err(Stop::TooManyMembers);
        }
        let key_end = match text.as_bytes().get(at) {
            Some(b'"') => string_end(text.as_bytes(), at)?,
            Some(_) => return Err(Stop::At(at)),
            None => return Err(Stop::End),
        };
        let colon = skip_space(text, key_end);
        match text.as_bytes().get(colon) {
            Some(b':') => {}
            Some(_) => return Err(Stop::At(colon)),
            None => return Err(Stop::End),
        }
        let start = skip_space(text, colon + 1);
        let end = value_end(text, start)?;
        found.push((slice(text, at, key_end)?, slice(text, start, end)?));
        Ok(end)
    })?;
    Ok(found)
}

/// The elements of the array that `text` starts with, at most `limit` + 1 of them.
pub(super) fn elements(text: &str, limit: usize) -> Result<Vec<&str>, Stop> {
    let mut found = Vec::new();
    let walked = walk(text, b'[', b']', |at| {
        if found.len() > limit {
            return Err(Stop::At(at));
        }
        let end = value_end(text, at)?;
        found.push(slice(text, at, end)?);
        Ok(end)
    });
    if found.len() > limit { Ok(found) } else { walked.map(|()| found) }
}

/// Walks over the comma-separated items between two brackets; `item` returns each one's end.
fn walk(
    text: &str,
    open: u8,
    close: u8,
    mut item: impl FnMut(usize) -> Result<usize, Stop>,
) -> Result<(), Stop> {
    let byte = |at: usize| text.as_bytes().get(at).copied().ok_or(Stop::End);
    let mut at = skip_space(text, 0);
    if byte(at)? != open {
        return Err(Stop::At(at));
    }
    at = skip_space(text, at + 1);
    if byte(at)? == close {
        return Ok(());
    }
    loop {
        at = skip_space(text, item(at)?);
        match byte(at)? {
            b',' => at = skip_space(text, at + 1),
            other if other == close => return Ok(()),
            _ => return Err(Stop::At(at)),
        }
    }
}

fn slice(text: &str, start: usize, end: usize) -> Result<&str, Stop> {
    text.get(start..end).ok_or(Stop::End)
}

/// Deepest nesting of brackets, brackets in strings not counted.
pub(super) fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut at) = (0usize, 0usize, 0usize);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => match string_end(bytes, at) {
                Ok(end) => {
                    at = end;
                    continue;
                }
                Err(_) => break,
            },
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {
                at += plain(bytes, at);
                continue;
            }
        }
        at += 1;
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_brackets_and_not_inside_strings() {
        let text = r#" {"a" : [1, {"x":"]}\""}], "b":NaN , "a":"é"} "#;
        let expected = vec![("\"a\"", r#"[1, {"x":"]}\""}]"#), ("\"b\"", "NaN"), ("\"a\"", "\"é\"")];
        assert_eq!(members(text), Ok(expected));
        assert_eq!(elements("[{}, [1,2], 3]", 9), Ok(vec!["{}", "[1,2]", "3"]));
        assert_eq!(elements("[ ]", 9), Ok(vec![]));
        assert_eq!(elements("[1,2,3,4", 1).map(|found| found.len()), Ok(2));
        assert_eq!(depth(r#"{"a":[[{"[[[[":1}]]}"#), 4);
    }

    #[test]
    fn says_where_it_stopped() {
        assert_eq!(members("{\"a\":[1}"), Err(Stop::At(7)));
        assert_eq!(members("{\"a\":[1"), Err(Stop::End));
        assert_eq!(members("{\"a\" 1}"), Err(Stop::At(5)));
        assert_eq!(members("{a:1}"), Err(Stop::At(1)));
        assert_eq!(elements("[1,]", 9), Err(Stop::At(3)));
        assert_eq!(elements("[1 2]", 9), Err(Stop::At(3)));
        assert_eq!(value_end("\"abc\\", 0), Err(Stop::End));
    }
}
