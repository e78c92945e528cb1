//! What clients send, read without trust: whatever is missing or of another shape is simply not
//! there, and the caller says what that means.

use channels::Payload;
use serde_json::{Map, Number, Value};

/// The fields of a payload that is meant to be an object; none for anything else.
#[derive(Clone, Debug, Default)]
pub struct Params(Map<String, Value>);

impl Params {
    /// Reads a payload.
    pub fn of(payload: &Payload) -> Params {
        Params(payload.parse().unwrap_or_default())
    }

    /// A field as it is; `null` is nothing.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    /// A field that is a text.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.get(field)?.as_str()
    }

    /// A field that is a truth value.
    pub fn truth(&self, field: &str) -> Option<bool> {
        self.get(field)?.as_bool()
    }

    /// A field that is a whole number from 0.
    pub fn whole(&self, field: &str) -> Option<u64> {
        self.get(field)?.as_u64()
    }

    /// A field that is any number, as it was written.
    pub fn number(&self, field: &str) -> Option<&Number> {
        self.get(field)?.as_number()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One emoji: short, and no words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emoji(String);

impl Emoji {
    /// Joined ones, with skin and hair, are this long.
    const LONGEST: usize = 10;

    /// Reads a text that is one.
    pub fn parse(text: &str) -> Option<Emoji> {
        let is_picture = |character| {
            matches!(character, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{2049}' | '\u{2122}'..='\u{2139}'
                | '\u{2190}'..='\u{27ff}' | '\u{2900}'..='\u{2bff}' | '\u{3030}'..='\u{303d}' | '\u{3297}'..='\u{3299}'
                | '\u{1f000}'..='\u{1faff}')
        };
        let is_joiner =
            |character| matches!(character, '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{e0061}'..='\u{e007f}');
        let is_one = text.chars().count() <= Emoji::LONGEST
            && text.starts_with(is_picture)
            && text.chars().all(|character| is_picture(character) || is_joiner(character));
        is_one.then(|| Emoji(text.to_owned()))
    }

    /// As it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn params(json: &Value) -> Params {
        Params::of(&Payload::json(json).expect("a payload"))
    }

    #[test]
    fn a_payload_of_another_shape_has_no_fields() {
        for json in [json!(null), json!([1, 2]), json!("name"), json!(7)] {
            assert!(params(&json).is_empty(), "{json}");
        }
        assert!(Params::of(&Payload::Binary(bytes::Bytes::from_static(b"{}"))).is_empty());
    }

    #[test]
    fn a_field_of_another_type_is_not_there() {
        let params = params(&json!({"text": 5, "whole": -1, "truth": "yes", "nothing": null}));
        assert_eq!(params.text("text"), None);
        assert_eq!(params.whole("whole"), None);
        assert_eq!(params.truth("truth"), None);
        assert_eq!(params.get("nothing"), None);
    }

    #[test]
    fn an_emoji_is_a_picture_and_no_text() {
        for emoji in ["🎉", "❤️", "👩‍🚀", "🏳️‍🌈", "👍🏽", "⚡"] {
            assert!(Emoji::parse(emoji).is_some(), "{emoji}");
        }
        for other in ["", "a", "hello", "🎉 go", "1", "🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉", "<b>", "\u{200d}"]
        {
            assert!(Emoji::parse(other).is_none(), "{other}");
        }
    }
}
