//! The decoders against generated messages: messages that are almost right, judged by another
//! parser. `FUZZ_INPUTS` is how many there are of each kind.

use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::Config,
};
use serde_json::Value;

use super::Serializer;
use crate::message::{IncomingPayload, Outgoing, Ref, Status};

fn config() -> Config {
    let inputs = std::env::var("FUZZ_INPUTS").ok().and_then(|inputs| inputs.parse().ok());
    Config { cases: inputs.unwrap_or(3000), failure_persistence: None, ..Config::default() }
}

const MESSAGES: [&str; 10] = [
    r#"["1","1","chat:a","phx_join",{"name":"Ada"}]"#,
    r#"[null,7,"phoenix","heartbeat",null]"#,
    r#"[ {"b":[2]} ,-3e2,"\u00e4\ud83d\ude00",5, "x\\y", {"more":[true,false]}]"#,
    r#"["007","",{"a":1.5},[],[[[[[]]]]]]"#,
    r#"["ä☃😀",1e308,"t","e",{"text":"\"\\\/\b\f\n\r\t"}]"#,
    r#"{"topic":"chat:a","event":"phx_join","payload":{"name":"Ada"},"ref":"1","join_ref":"1"}"#,
    r#"{"topic":"phoenix","event":"heartbeat","payload":null,"ref":7}"#,
    r#" { "ref" : {"b":[2]}, "x":[{"topic":1}],"event":"\u00e4\ud83d\ude00","topic":null,"payload":[-0.5e-3] } "#,
    r#"{"topic":"t","event":"e","payload":{},"ref":null,"ref":2,"topic":"u"}"#,
    r#"{"topic":"","event":[],"payload":"\"\\\/\b\f\n\r\t","ref":1e308,"join_ref":null}"#,
];

/// What is put somewhere into a message.
const PIECES: [&str; 34] = [
    "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0000", "[", "]", "{", "}", ",", ":", " ", "\n", "\t", "0",
    "9", "-", "+", ".", "e", "E", "e999", "1e400", "null", "true", "NaN", "\"a\"", "\u{feff}", "é", "😀",
    "\u{0}", "topic", "//",
];

/// A change of a message at some place.
#[derive(Clone, Debug)]
enum Change {
    Insert(Index, &'static str),
    Replace(Index, &'static str),
    Delete(Index, usize),
    Repeat(Index, usize),
    Cut(Index),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), select(&PIECES[..])).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (any::<Index>(), select(&PIECES[..])).prop_map(|(at, piece)| Change::Replace(at, piece)),
        (any::<Index>(), 1..8usize).prop_map(|(at, count)| Change::Delete(at, count)),
        (any::<Index>(), 1..20usize).prop_map(|(at, count)| Change::Repeat(at, count)),
        any::<Index>().prop_map(Change::Cut),
    ]
}

fn message() -> impl Strategy<Value = String> {
    let almost = (select(&MESSAGES[..]), prop::collection::vec(change(), 0..4));
    prop_oneof![
        20 => almost.prop_map(|(message, changes)| {
            let mut characters: Vec<char> = message.chars().collect();
            for change in changes {
                apply(&mut characters, &change);
            }
            characters.into_iter().collect()
        }),
        1 => ".{0,64}",
    ]
}

fn apply(characters: &mut Vec<char>, change: &Change) {
    let place = |at: &Index| at.index(characters.len() + 1);
    match change {
        Change::Insert(at, piece) => {
            let at = place(at);
            characters.splice(at..at, piece.chars());
        }
        Change::Replace(at, piece) => {
            let at = place(at);
            let end = (at + 1).min(characters.len());
            characters.splice(at..end, piece.chars());
        }
        Change::Delete(at, count) => {
            let at = place(at);
            let end = (at + count).min(characters.len());
            characters.drain(at..end);
        }
        Change::Repeat(at, count) => {
            let at = place(at);
            let end = (at + count).min(characters.len());
            let piece = characters[at..end].to_vec();
            characters.splice(at..at, piece);
        }
        Change::Cut(at) => characters.truncate(place(at)),
    }
}

/// Whether the text is a message, by way of a whole tree.
fn is_message(serializer: Serializer, text: &str) -> bool {
    match (serializer, serde_json::from_str::<Value>(text)) {
        (Serializer::V2, Ok(Value::Array(elements))) => elements.len() >= 5,
        (Serializer::V1, Ok(Value::Object(object))) => {
            ["topic", "event", "payload", "ref"].iter().all(|key| object.contains_key(*key))
        }
        _ => false,
    }
}

fn check(serializer: Serializer, text: &str) {
    let decoded = serializer.decode_text(text);
    assert_eq!(decoded.is_ok(), is_message(serializer, text), "{text:?} was decoded to {decoded:?}");
    let Ok(incoming) = decoded else { return };
    let IncomingPayload::Json(payload) = incoming.payload else { panic!("no json in {text:?}") };
    assert!(serde_json::from_str::<Value>(payload.get()).is_ok());
    // The answer carries the references and the topic, and is a message itself.
    let (join_ref, message_ref) = (incoming.join_ref.map(Ref::from), incoming.message_ref.map(Ref::from));
    let reply = Outgoing::Reply {
        join_ref: join_ref.as_ref(),
        message_ref: message_ref.as_ref(),
        topic: incoming.topic,
        status: Status::Ok,
        response: &incoming.payload.to_payload(),
    };
    let mut out = Vec::new();
    serializer.encode(&reply, &mut out).expect("a form");
    let out = String::from_utf8(out).expect("utf-8");
    let answer = serializer.decode_text(&out).expect("a message");
    assert_eq!(answer.message_ref.map(Ref::from), message_ref);
    assert_eq!(answer.topic.to_text(), incoming.topic.to_text());
    if serializer == Serializer::V2 {
        assert_eq!(answer.join_ref.map(Ref::from), join_ref);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn fuzz_text_is_decoded_just_when_it_is_a_message(text in message()) {
        check(Serializer::V1, &text);
        check(Serializer::V2, &text);
        let _ = Serializer::V1.decode_binary(text.as_bytes());
        let _ = Serializer::V2.decode_binary(text.as_bytes());
    }

    #[test]
    fn fuzz_bytes_are_no_matter(bytes in prop::collection::vec(any::<u8>(), 0..64), lengths in any::<[u8; 4]>()) {
        let push = [&[0][..], &lengths.map(|length| length % 12), &bytes].concat();
        for bytes in [bytes, push] {
            let _ = Serializer::V1.decode_binary(&bytes);
            if let Ok(incoming) = Serializer::V2.decode_binary(&bytes) {
                let (IncomingPayload::Binary(payload), 0) = (incoming.payload, bytes[0]) else {
                    panic!("{incoming:?} of {bytes:?}");
                };
                let fields: usize = bytes[1..5].iter().map(|length| usize::from(*length)).sum();
                assert_eq!(payload, &bytes[5 + fields..]);
            }
        }
    }
}
