//! Serializer 1.0.0: `{"topic", "event", "payload", "ref"}`, the format of the oldest clients.
//!
//! What the server sends never has a `join_ref`: some clients break on it. Payloads are JSON only;
//! a binary one has no form here and is not sent.
//!
//! Source: Phoenix's `lib/phoenix/socket/serializers/v1_json_serializer.ex`.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{DecodeError, Opcode, json};
use crate::{
    message::{Incoming, IncomingPayload, Outgoing, Ref, Text},
    payload::Payload,
};

pub(super) fn decode_text(text: &str) -> Result<Incoming<'_>, DecodeError> {
    json::whole(text, |json| json.deserialize_map(ObjectVisitor))
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Incoming<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with topic, event, payload and ref")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        const KEYS: [&str; 5] = ["join_ref", "ref", "topic", "event", "payload"];
        let mut values: [Option<&'de RawValue>; 5] = [None; 5];
        while let Some(key) = object.next_key::<std::borrow::Cow<'de, str>>()? {
            // Of a key that comes twice, the first value counts.
            match KEYS.iter().position(|known| *known == key).map(|index| &mut values[index]) {
                Some(value @ None) => *value = Some(object.next_value()?),
                _ => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        let [join_ref, message_ref, topic, event, payload] = values;
        let missing = serde::de::Error::missing_field;
        Ok(Incoming {
            join_ref: join_ref.and_then(json::reference),
            message_ref: json::reference(message_ref.ok_or_else(|| missing("ref"))?),
            topic: Text::from_json(topic.ok_or_else(|| missing("topic"))?),
            event: Text::from_json(event.ok_or_else(|| missing("event"))?),
            payload: IncomingPayload::Json(payload.ok_or_else(|| missing("payload"))?),
        })
    }
}

pub(super) fn encode(message: &Outgoing<'_>, out: &mut Vec<u8>) -> Option<Opcode> {
    let (topic, event, message_ref) = match message {
        Outgoing::Reply { message_ref, topic, .. } => (*topic, "phx_reply", *message_ref),
        Outgoing::Push { topic, event, .. } | Outgoing::Broadcast { topic, event, .. } => {
            (Text::Plain(topic), *event, None)
        }
        // Clients tell by the reference whether it is the current join that has ended.
        Outgoing::Farewell { join_ref, topic, kind } => (Text::Plain(topic), kind.event(), *join_ref),
    };
    out.extend_from_slice(br#"{"topic":"#);
    json::text(out, topic);
    out.extend_from_slice(br#","event":"#);
    json::string(out, event);
    out.extend_from_slice(br#","payload":"#);
    match message {
        Outgoing::Reply { status, response: Payload::Json(response), .. } => {
            json::reply(out, *status, response)
        }
        Outgoing::Push { payload: Payload::Json(payload), .. }
        | Outgoing::Broadcast { payload: Payload::Json(payload), .. } => {
            out.extend_from_slice(payload.get().as_bytes());
        }
        Outgoing::Farewell { kind, .. } => out.extend_from_slice(kind.payload().as_bytes()),
        Outgoing::Reply { response: Payload::Binary(_), .. }
        | Outgoing::Push { payload: Payload::Binary(_), .. }
        | Outgoing::Broadcast { payload: Payload::Binary(_), .. } => return None,
    }
    out.extend_from_slice(br#","ref":"#);
    out.extend_from_slice(message_ref.map_or("null", Ref::as_json).as_bytes());
    out.push(b'}');
    Some(Opcode::Text)
}
