//! The serializers, held to vectors: `tests/vectors/*.json`, which other implementations may read
//! as well.
//!
//! A reference or a payload is given as its JSON text, since it is to come back verbatim; bytes are
//! in hexadecimal. A text may be given in parts, of which some are repeated.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{Opcode, Serializer};
use crate::{
    message::{Farewell, Incoming, IncomingPayload, Outgoing, Ref, RefText, Status, Text as Name},
    payload::Payload,
};

#[derive(Deserialize)]
struct Vectors {
    decode: Vec<Decode>,
    encode: Vec<Encode>,
}

#[derive(Deserialize)]
struct Decode {
    name: String,
    text: Option<Text>,
    hex: Option<String>,
    /// What is decoded; without it the message is to be refused.
    message: Option<Message>,
    #[serde(default)]
    error: bool,
}

#[derive(Deserialize)]
struct Message {
    join_ref: Option<String>,
    r#ref: Option<String>,
    topic: Value,
    event: Value,
    payload: Text,
}

#[derive(Deserialize)]
struct Encode {
    name: String,
    kind: String,
    join_ref: Option<String>,
    r#ref: Option<String>,
    topic: Value,
    #[serde(default)]
    event: String,
    status: Option<String>,
    /// The payload as JSON.
    payload: Option<String>,
    /// The payload as bytes.
    hex: Option<String>,
    /// What comes out: text, or bytes, or nothing.
    text: Option<String>,
    encoded: Option<String>,
    #[serde(default)]
    unsent: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Whole(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Once(String),
    Often { repeat: String, times: usize },
}

impl Text {
    fn to_text(&self) -> String {
        match self {
            Self::Whole(text) => text.clone(),
            Self::Parts(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Once(text) => text.clone(),
                    Part::Often { repeat, times } => repeat.repeat(*times),
                })
                .collect(),
        }
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).expect("a hexadecimal digit") as u8;
    hex.as_bytes().chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn json(text: Option<RefText<'_>>) -> Option<String> {
    text.map(|text| Ref::from(text).as_json().to_owned())
}

/// A topic or an event as JSON.
fn value(name: Name<'_>) -> Value {
    name.to_text().map_or_else(
        || serde_json::from_str(&name.to_lossy()).expect("json"),
        |text| Value::String(text.into_owned()),
    )
}

fn check_decoded(name: &str, incoming: Incoming<'_>, message: &Message) {
    assert_eq!(json(incoming.join_ref), message.join_ref, "the join_ref of {name}");
    assert_eq!(json(incoming.message_ref), message.r#ref, "the ref of {name}");
    assert_eq!(value(incoming.topic), message.topic, "the topic of {name}");
    assert_eq!(value(incoming.event), message.event, "the event of {name}");
    let payload = match incoming.payload {
        IncomingPayload::Json(json) => json.get().to_owned(),
        IncomingPayload::Binary(bytes) => hex(bytes),
    };
    // Some are long: no diff of these.
    assert!(payload == message.payload.to_text(), "the payload of {name}");
}

fn check(serializer: Serializer, vectors: &str) {
    let vectors: Vectors = serde_json::from_str(vectors).expect("vectors");
    for Decode { name, text, hex, message, error } in &vectors.decode {
        let text = text.as_ref().map(Text::to_text);
        let binary = hex.as_ref().map(|hex| bytes(hex));
        let decoded = match (&text, &binary) {
            (Some(text), None) => serializer.decode_text(text),
            (None, Some(binary)) => serializer.decode_binary(binary),
            _ => panic!("{name} has one of text and hex"),
        };
        match (decoded, message) {
            (Ok(incoming), Some(message)) => check_decoded(name, incoming, message),
            (Err(_), None) => assert!(error, "{name} says what is expected"),
            (Ok(incoming), None) => panic!("{name} was decoded: {incoming:?}"),
            (Err(error), Some(_)) => panic!("{name} was refused: {error}"),
        }
    }
    for vector in &vectors.encode {
        check_encoded(serializer, vector);
    }
    assert!(vectors.decode.len() > 20 && vectors.encode.len() > 10);
}

fn check_encoded(serializer: Serializer, vector: &Encode) {
    let reference = |json: &Option<String>| json.as_ref().map(|json| Ref::from(RefText::Json(json)));
    let (join_ref, message_ref) = (reference(&vector.join_ref), reference(&vector.r#ref));
    let (join_ref, message_ref) = (join_ref.as_ref(), message_ref.as_ref());
    let raw = serde_json::to_string(&vector.topic).expect("json");
    let raw: &RawValue = serde_json::from_str(&raw).expect("json");
    let topic = vector.topic.as_str().unwrap_or_default();
    let event = &*vector.event;
    let payload = match (&vector.payload, &vector.hex) {
        (Some(json), None) => Payload::Json(RawValue::from_string(json.clone()).expect("json")),
        (None, Some(hex)) => Payload::Binary(bytes(hex).into()),
        _ => Payload::empty(),
    };
    let payload = &payload;
    let message = match &*vector.kind {
        "reply" => {
            let status = if vector.status.as_deref() == Some("ok") { Status::Ok } else { Status::Error };
            let topic = Name::from_json(raw);
            Outgoing::Reply { join_ref, message_ref, topic, status, response: payload }
        }
        "push" => Outgoing::Push { join_ref, topic, event, payload },
        "broadcast" => Outgoing::Broadcast { topic, event, payload },
        "close" => Outgoing::Farewell { join_ref, topic, kind: Farewell::Close },
        "error" => Outgoing::Farewell { join_ref, topic, kind: Farewell::Error },
        kind => panic!("{kind} is no kind of message"),
    };
    let mut out = Vec::new();
    let opcode = serializer.encode(&message, &mut out);
    let name = &vector.name;
    match (&vector.text, &vector.encoded) {
        (Some(text), None) => {
            assert_eq!(
                (opcode, String::from_utf8_lossy(&out).as_ref()),
                (Some(Opcode::Text), &**text),
                "{name}"
            );
        }
        (None, Some(encoded)) => {
            assert_eq!((opcode, hex(&out)), (Some(Opcode::Binary), encoded.clone()), "{name}");
        }
        _ => assert!(vector.unsent && opcode.is_none(), "{name}"),
    }
}

#[test]
fn serializer_1_0_0_follows_its_vectors() {
    check(Serializer::V1, include_str!("../../tests/vectors/v1.json"));
}

#[test]
fn serializer_2_0_0_follows_its_vectors() {
    check(Serializer::V2, include_str!("../../tests/vectors/v2.json"));
}

#[test]
fn binary_messages_follow_their_vectors() {
    check(Serializer::V2, include_str!("../../tests/vectors/v2-binary.json"));
}
