//! Messages of Phoenix Channels, version 2.0.0 of the serializer: arrays of five
//! (`lib/phoenix/socket/serializers/v2_json_serializer.ex`).

use std::fmt::{self, Write};

use memchr::memchr2;

/// A message where it was received. All parts are JSON as it came: texts have their quotes.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The join that it belongs to; null for a broadcast.
    pub join_ref: &'a [u8],
    /// The push that it answers; null otherwise.
    pub reference: &'a [u8],
    /// Of which topic.
    pub topic: &'a [u8],
    /// What happened.
    pub event: &'a [u8],
    /// And its details.
    pub payload: &'a [u8],
}

impl<'a> Message<'a> {
    /// The parts of a message; none if it is no array of five.
    pub fn split(text: &'a [u8]) -> Option<Message<'a>> {
        let rest = text.strip_prefix(b"[")?;
        let (join_ref, rest) = scalar(rest)?;
        let (reference, rest) = scalar(rest)?;
        let (topic, rest) = scalar(rest)?;
        let (event, rest) = scalar(rest)?;
        let payload = rest.trim_ascii().strip_suffix(b"]")?;
        Some(Message { join_ref, reference, topic, event, payload })
    }

    /// Whether this answers a push.
    pub fn is_reply(&self) -> bool {
        self.event == b"\"phx_reply\""
    }

    /// Whether it answers that all is well.
    pub fn is_ok(&self) -> bool {
        self.is_reply() && memchr::memmem::find(self.payload, b"\"status\":\"ok\"").is_some()
    }

    /// The text that stands behind a key of the payload, wherever that is, as it was escaped.
    pub fn text(&self, key: &str) -> Option<&'a [u8]> {
        let quoted = format!("\"{key}\":\"");
        let at = memchr::memmem::find(self.payload, quoted.as_bytes())? + quoted.len();
        let (text, _) = scalar_text(&self.payload[at - 1..])?;
        text.get(1..text.len() - 1)
    }

    /// The number that stands behind a key of the payload, wherever that is: `"t":12`, or `"t":"12"`.
    pub fn number(&self, key: &str) -> Option<u64> {
        let quoted = format!("\"{key}\":");
        let at = memchr::memmem::find(self.payload, quoted.as_bytes())?;
        let rest = &self.payload[at + quoted.len()..];
        let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
        let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        std::str::from_utf8(&rest[..end]).ok()?.parse().ok()
    }
}

/// A text, a number or null, up to the comma behind it; and what comes then.
fn scalar(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let bytes = bytes.trim_ascii_start();
    let (value, rest) = match bytes.first() {
        Some(b'"') => scalar_text(bytes)?,
        _ => bytes.split_at(memchr::memchr(b',', bytes)?),
    };
    Some((value.trim_ascii_end(), rest.trim_ascii_start().strip_prefix(b",")?))
}

/// A text with its quotes, and what comes behind it.
fn scalar_text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(bytes.split_at(at + 1));
        }
        // Whatever is escaped does not end the text.
        at += 2;
    }
}

/// A push, as JSON. What a client joins with and refers to are numbers; `payload` is JSON.
pub fn push(join_ref: u32, reference: u32, topic: &str, event: &str, payload: &str) -> String {
    let mut out = String::new();
    write_push(&mut out, join_ref, reference, topic, event, payload);
    out
}

/// Puts a push behind what is in `out`.
pub fn write_push(
    out: &mut String,
    join_ref: u32,
    reference: u32,
    topic: &str,
    event: &str,
    payload: impl fmt::Display,
) {
    // Writing to a string does not fail.
    let _ = write!(out, "[\"{join_ref}\",\"{reference}\",");
    write_quoted(out, topic);
    out.push(',');
    write_quoted(out, event);
    let _ = write!(out, ",{payload}]");
}

/// A text as JSON.
pub fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_quoted(&mut out, text);
    out
}

fn write_quoted(out: &mut String, text: &str) {
    let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    if text.bytes().any(is_escaped) {
        *out += &serde_json::Value::from(text).to_string();
    } else {
        out.extend(["\"", text, "\""]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Option<[String; 5]> {
        let message = Message::split(text.as_bytes())?;
        let parts = [message.join_ref, message.reference, message.topic, message.event, message.payload];
        Some(parts.map(|part| String::from_utf8(part.to_vec()).expect("text")))
    }

    #[test]
    fn a_message_is_split_into_its_five_parts() {
        let parts = ["null", "7", r#""chat:a,\"b\\""#, r#""new_msg""#, r#"{"text":"a,b]","n":[1,2]}"#];
        let tight = format!("[{}]", parts.join(","));
        let wide = format!("[ {} ]", parts.join(" , "));
        for text in [tight, wide] {
            let split = split(&text).expect("a message");
            assert_eq!(split.each_ref().map(|part| part.trim()), parts, "{text}");
        }
    }

    #[test]
    fn what_is_no_message_is_none() {
        for text in ["", "{}", "[1,2,3]", "[\"1\",\"2\",\"t\",\"e\"]", "[\"1\",\"2", "[\"\\", "[\"1\\\""] {
            assert_eq!(split(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_found_behind_its_key() {
        let text = br#"[null,null,"t","e",{"name":"at","at":"123","t":-1,"n":7}]"#;
        let message = Message::split(text).expect("a message");
        assert_eq!(["at", "n", "t", "x"].map(|key| message.number(key)), [Some(123), Some(7), None, None]);
    }

    #[test]
    fn a_text_is_found_behind_its_key() {
        let text = br#"[null,null,"t","e",{"phase":"running","name":"a\"b","n":7}]"#;
        let message = Message::split(text).expect("a message");
        let texts = ["phase", "name", "n", "x"].map(|key| message.text(key));
        assert_eq!(texts, [Some(&b"running"[..]), Some(&b"a\\\"b"[..]), None, None]);
    }

    #[test]
    fn a_push_is_what_a_client_sends() {
        let push = push(1, 2, "chat:\"", "new_msg", "{}");
        assert_eq!(push, r#"["1","2","chat:\"","new_msg",{}]"#);
        assert!(serde_json::from_str::<serde_json::Value>(&push).is_ok());
    }

    #[test]
    fn whatever_is_in_a_text_it_is_the_same_when_it_is_read() {
        for text in ["", "play:K7QF", "a\"b", "a\\b", "a\nb", "\u{1f}", "größer \u{1f3c1}\u{7f}"] {
            assert_eq!(serde_json::from_str::<String>(&quoted(text)).ok().as_deref(), Some(text));
        }
    }
}
