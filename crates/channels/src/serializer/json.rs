//! What both serializers read and write alike.

use serde_json::value::RawValue;

use super::DecodeError;
use crate::message::{RefText, Status, Text};

type Deserializer<'de> = serde_json::Deserializer<serde_json::de::StrRead<'de>>;

/// Reads a text that is one JSON value and nothing more.
pub(super) fn whole<'de, T>(
    text: &'de str,
    read: impl FnOnce(&mut Deserializer<'de>) -> serde_json::Result<T>,
) -> Result<T, DecodeError> {
    let malformed = |error: serde_json::Error| DecodeError::Malformed(error.to_string());
    check(text)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let value = read(&mut json).map_err(malformed)?;
    json.end().map_err(malformed)?;
    Ok(value)
}

/// Refuses what a payload that is passed on as text could carry to others although it stands for
/// nothing: half of a surrogate pair, and numbers that no double holds. Phoenix's decoder does too.
fn check(text: &str) -> Result<(), DecodeError> {
    let bytes = text.as_bytes();
    let mut index = 0;
    let mut in_string = false;
    while let Some(byte) = bytes.get(index) {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                match (surrogate(&bytes[index..]), bytes.get(index + 6..).and_then(surrogate)) {
                    (None, _) => {}
                    (Some(Half::High), Some(Half::Low)) => index += 10,
                    _ => return Err(DecodeError::Malformed("half of a surrogate pair".into())),
                }
                index += 1;
            }
            b'e' | b'E' if !in_string && index > 0 && bytes[index - 1].is_ascii_digit() => {
                let number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                let start =
                    bytes[..index].iter().rposition(|byte| !number(byte)).map_or(0, |before| before + 1);
                let end = bytes[index..]
                    .iter()
                    .position(|byte| !number(byte))
                    .map_or(bytes.len(), |after| index + after);
                if text[start..end].parse::<f64>().is_ok_and(f64::is_infinite) {
                    return Err(DecodeError::Malformed("number out of range".into()));
                }
                index = end - 1;
            }
            _ => {}
        }
        index += 1;
    }
    Ok(())
}

enum Half {
    High,
    Low,
}

/// Which half of a surrogate pair an escape is, if it is one.
fn surrogate(escape: &[u8]) -> Option<Half> {
    match escape {
        [b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', ..] => Some(Half::High),
        [b'\\', b'u', b'd' | b'D', b'c'..=b'f' | b'C'..=b'F', ..] => Some(Half::Low),
        _ => None,
    }
}

pub(super) fn reference(json: &RawValue) -> Option<RefText<'_>> {
    (json.get() != "null").then_some(RefText::Json(json.get()))
}

pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    // Writing a string to memory cannot fail.
    let _ = serde_json::to_writer(out, text);
}

pub(super) fn text(out: &mut Vec<u8>, text: Text<'_>) {
    match text {
        Text::Plain(plain) => string(out, plain),
        Text::Json(json) => out.extend_from_slice(json.get().as_bytes()),
    }
}

/// The payload of a `phx_reply`.
pub(super) fn reply(out: &mut Vec<u8>, status: Status, response: &RawValue) {
    out.extend_from_slice(br#"{"status":""#);
    out.extend_from_slice(status.as_str().as_bytes());
    out.extend_from_slice(br#"","response":"#);
    out.extend_from_slice(response.get().as_bytes());
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_surrogate_pair_is_refused() {
        for text in [
            r#""\ud83d""#,
            r#""\udc00""#,
            r#""\ud83d\ud83d""#,
            r#""\uD83D x""#,
            r#""\\\ud83d""#,
            r#"["a","\udfff"]"#,
        ] {
            assert!(check(text).is_err(), "{text}");
        }
        for text in
            [r#""\ud83d\ude00""#, r#""\\ud83d""#, r#""\u00e4""#, r#""\"\\""#, r#""\ud83d\uDE00\ud83d\ude00""#]
        {
            assert!(check(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn numbers_that_no_double_holds_are_refused() {
        for text in ["1e999999", "[-1.5E400]", r#"{"a":1e+309}"#] {
            assert!(check(text).is_err(), "{text}");
        }
        for text in ["1e308", "[1e-999999]", r#"{"1e999":"1e999"}"#, "true", "1e", "[1e5,2e5]"] {
            assert!(check(text).is_ok(), "{text}");
        }
    }
}
