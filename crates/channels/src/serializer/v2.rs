//! Serializer 2.0.0: `[join_ref, ref, topic, event, payload]`, and a binary form of the same.
//!
//! Source: Phoenix's `lib/phoenix/socket/serializers/v2_json_serializer.ex`.

use std::{borrow::Cow, fmt};

use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{DecodeError, Opcode, json};
use crate::{
    message::{Incoming, IncomingPayload, Outgoing, Ref, RefText, Text},
    payload::Payload,
};

const PUSH: u8 = 0;
const REPLY: u8 = 1;
const BROADCAST: u8 = 2;

pub(super) fn decode_text(text: &str) -> Result<Incoming<'_>, DecodeError> {
    json::whole(text, |json| json.deserialize_seq(ArrayVisitor))
}

struct ArrayVisitor;

impl<'de> Visitor<'de> for ArrayVisitor {
    type Value = Incoming<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[join_ref, ref, topic, event, payload]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut next = |index| {
            array
                .next_element::<&'de RawValue>()?
                .ok_or_else(|| serde::de::Error::invalid_length(index, &self))
        };
        let incoming = Incoming {
            join_ref: json::reference(next(0)?),
            message_ref: json::reference(next(1)?),
            topic: Text::from_json(next(2)?),
            event: Text::from_json(next(3)?),
            payload: IncomingPayload::Json(next(4)?),
        };
        // Phoenix matches on the first five elements and ignores the rest.
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(incoming)
    }
}

/// `0`, the lengths of join_ref, ref, topic and event (one byte each), these four, the payload.
pub(super) fn decode_binary(bytes: &[u8]) -> Result<Incoming<'_>, DecodeError> {
    let [PUSH, join_ref, message_ref, topic, event, rest @ ..] = bytes else {
        return Err(DecodeError::Binary("no header of a push"));
    };
    let mut rest = rest;
    let mut next = |length: &u8| {
        let (text, after) =
            rest.split_at_checked(usize::from(*length)).ok_or(DecodeError::Binary("too short"))?;
        rest = after;
        simdutf8::basic::from_utf8(text).map_err(|_| DecodeError::Binary("not utf-8"))
    };
    let (join_ref, message_ref) = (RefText::Bare(next(join_ref)?), RefText::Bare(next(message_ref)?));
    let (topic, event) = (Text::Plain(next(topic)?), Text::Plain(next(event)?));
    Ok(Incoming {
        join_ref: Some(join_ref),
        message_ref: Some(message_ref),
        topic,
        event,
        payload: IncomingPayload::Binary(rest),
    })
}

pub(super) fn encode(message: &Outgoing<'_>, out: &mut Vec<u8>) -> Opcode {
    match message {
        Outgoing::Reply { join_ref, message_ref, topic, status, response } => match response {
            Payload::Json(response) => {
                array(out, *join_ref, *message_ref, *topic, "phx_reply");
                json::reply(out, *status, response);
                out.push(b']');
                Opcode::Text
            }
            Payload::Binary(bytes) => binary(
                out,
                REPLY,
                &[&bare(*join_ref), &bare(*message_ref), &topic.to_lossy(), status.as_str()],
                bytes,
            ),
        },
        Outgoing::Push { join_ref, topic, event, payload } => match payload {
            Payload::Json(json) => event_array(out, *join_ref, topic, event, json),
            Payload::Binary(bytes) => binary(out, PUSH, &[&bare(*join_ref), topic, event], bytes),
        },
        Outgoing::Broadcast { topic, event, payload } => match payload {
            Payload::Json(json) => event_array(out, None, topic, event, json),
            Payload::Binary(bytes) => binary(out, BROADCAST, &[topic, event], bytes),
        },
        Outgoing::Farewell { join_ref, topic, kind } => {
            array(out, *join_ref, *join_ref, Text::Plain(topic), kind.event());
            out.extend_from_slice(kind.payload().as_bytes());
            out.push(b']');
            Opcode::Text
        }
    }
}

fn event_array(
    out: &mut Vec<u8>,
    join_ref: Option<&Ref>,
    topic: &str,
    event: &str,
    payload: &RawValue,
) -> Opcode {
    array(out, join_ref, None, Text::Plain(topic), event);
    out.extend_from_slice(payload.get().as_bytes());
    out.push(b']');
    Opcode::Text
}

/// The array up to and including the comma in front of the payload.
fn array(out: &mut Vec<u8>, join_ref: Option<&Ref>, message_ref: Option<&Ref>, topic: Text<'_>, event: &str) {
    out.push(b'[');
    out.extend_from_slice(join_ref.map_or("null", Ref::as_json).as_bytes());
    out.push(b',');
    out.extend_from_slice(message_ref.map_or("null", Ref::as_json).as_bytes());
    out.push(b',');
    json::text(out, topic);
    out.push(b',');
    json::string(out, event);
    out.push(b',');
}

/// The lengths of the fields, the fields, the payload. A field that one length byte cannot tell is
/// cut: only a client that chose such a topic or reference itself is sent one.
fn binary(out: &mut Vec<u8>, kind: u8, fields: &[&str], payload: &[u8]) -> Opcode {
    let cut = |field: &str| field.floor_char_boundary(usize::from(u8::MAX));
    out.push(kind);
    out.extend(fields.iter().map(|field| cut(field) as u8));
    for field in fields {
        out.extend_from_slice(&field.as_bytes()[..cut(field)]);
    }
    out.extend_from_slice(payload);
    Opcode::Binary
}

fn bare(reference: Option<&Ref>) -> Cow<'_, str> {
    reference.map_or("".into(), Ref::to_bare)
}

#[cfg(test)]
mod tests;
