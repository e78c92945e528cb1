use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::message::{Farewell, Status};

fn json(text: &str) -> Payload {
    Payload::Json(RawValue::from_string(text.to_owned()).expect("json"))
}

fn reference(json: &str) -> Option<Ref> {
    Some(RefText::Json(json).into())
}

fn encoded(message: &Outgoing<'_>) -> (Opcode, Vec<u8>) {
    let mut out = Vec::new();
    (encode(message, &mut out), out)
}

fn text(message: &Outgoing<'_>) -> String {
    let (opcode, out) = encoded(message);
    assert_eq!(opcode, Opcode::Text);
    String::from_utf8(out).expect("utf-8")
}

#[test]
fn references_come_back_verbatim_and_typed() {
    for written in ["7", r#""007""#, r#""""#, "null", "-3", "9007199254740993", "1.5", r#"{"b":[2]}"#] {
        let message = format!(r#"[{written},{written},"t","e",{{}}]"#);
        let incoming = decode_text(&message).expect("a message");
        let (join_ref, message_ref) = (incoming.join_ref.map(Ref::from), incoming.message_ref.map(Ref::from));
        let reply = Outgoing::Reply {
            join_ref: join_ref.as_ref(),
            message_ref: message_ref.as_ref(),
            topic: incoming.topic,
            status: Status::Ok,
            response: &json("{}"),
        };
        let expected = format!(r#"[{written},{written},"t","phx_reply",{{"status":"ok","response":{{}}}}]"#);
        assert_eq!(text(&reply), expected);
    }
}

#[test]
fn a_topic_that_is_no_string_is_echoed_as_it_was() {
    let incoming = decode_text(r#"["1","2",{"a":1},"x",{}]"#).expect("a message");
    assert_eq!(incoming.topic.to_text(), None);
    let reply = Outgoing::Reply {
        join_ref: None,
        message_ref: None,
        topic: incoming.topic,
        status: Status::Error,
        response: &json("{}"),
    };
    assert_eq!(text(&reply), r#"[null,null,{"a":1},"phx_reply",{"status":"error","response":{}}]"#);
}

#[test]
fn escapes_in_a_topic_are_understood() {
    let incoming = decode_text(r#"["1","2","chat:\u00e4\"","x",{}]"#).expect("a message");
    assert_eq!(incoming.topic.to_text().as_deref(), Some("chat:ä\""));
}

#[test]
fn what_follows_the_fifth_element_is_ignored() {
    assert!(decode_text(r#"["1","2","t","e",{},6,[7]]"#).is_ok());
}

#[test]
fn what_is_no_array_of_five_is_malformed() {
    for text in [
        "",
        "{}",
        "null",
        "[]",
        r#"["1","2","t","e"]"#,
        r#"["1","2","t","e",{}"#,
        r#"["1","2","t","e",{}]x"#,
        "\u{feff}[]",
    ] {
        assert!(matches!(decode_text(text), Err(DecodeError::Malformed(_))), "{text:?}");
    }
}

#[test]
fn a_payload_may_be_nested_as_deeply_as_a_message_is_long() {
    let deep = format!(r#"["1","2","t","e",{}{}]"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(decode_text(&deep).is_ok());
}

#[test]
fn pushes_broadcasts_and_farewells_have_their_references() {
    let payload = json(r#"{"a":1}"#);
    let join_ref = reference(r#""5""#);
    let push = Outgoing::Push { join_ref: join_ref.as_ref(), topic: "t", event: "e", payload: &payload };
    assert_eq!(text(&push), r#"["5",null,"t","e",{"a":1}]"#);
    let broadcast = Outgoing::Broadcast { topic: "t\n", event: "é", payload: &payload };
    assert_eq!(text(&broadcast), "[null,null,\"t\\n\",\"é\",{\"a\":1}]");
    let close = Outgoing::Farewell { join_ref: join_ref.as_ref(), topic: "t", kind: Farewell::Close };
    assert_eq!(text(&close), r#"["5","5","t","phx_close",{}]"#);
    let error = Outgoing::Farewell { join_ref: None, topic: "t", kind: Farewell::Error };
    assert_eq!(text(&error), r#"[null,null,"t","phx_error",{"reason":"channel_crash"}]"#);
}

#[test]
fn binary_messages_have_the_layout_of_the_wire() {
    let incoming = decode_binary(b"\x00\x01\x02\x01\x03112tevt\x01\x02").expect("a message");
    assert_eq!(incoming.join_ref.map(Ref::from), reference(r#""1""#));
    assert_eq!(incoming.message_ref.map(Ref::from), reference(r#""12""#));
    assert_eq!(incoming.event.to_text().as_deref(), Some("evt"));
    assert!(matches!(incoming.payload, IncomingPayload::Binary([1, 2])));

    let bytes = Payload::Binary(Bytes::from_static(&[1, 2]));
    let (join_ref, message_ref) = (reference(r#""1""#), reference("12"));
    let push = Outgoing::Push { join_ref: join_ref.as_ref(), topic: "t", event: "evt", payload: &bytes };
    assert_eq!(encoded(&push), (Opcode::Binary, b"\x00\x01\x01\x031tevt\x01\x02".to_vec()));
    let broadcast = Outgoing::Broadcast { topic: "t", event: "evt", payload: &bytes };
    assert_eq!(encoded(&broadcast), (Opcode::Binary, b"\x02\x01\x03tevt\x01\x02".to_vec()));
    let reply = Outgoing::Reply {
        join_ref: join_ref.as_ref(),
        message_ref: message_ref.as_ref(),
        topic: Text::Plain("t"),
        status: Status::Ok,
        response: &bytes,
    };
    assert_eq!(encoded(&reply), (Opcode::Binary, b"\x01\x01\x02\x01\x02112tok\x01\x02".to_vec()));
}

#[test]
fn binary_messages_that_are_cut_short_are_refused() {
    let whole = b"\x00\x01\x02\x01\x03112tevt";
    assert!(decode_binary(whole).is_ok());
    for length in 0..whole.len() {
        assert!(matches!(decode_binary(&whole[..length]), Err(DecodeError::Binary(_))), "{length} bytes");
    }
    assert!(decode_binary(b"\x01\x01\x01\x01\x01abcd").is_err(), "a client sends pushes only");
}

proptest! {
    #[test]
    fn no_text_and_no_bytes_make_the_decoders_panic(text in ".{0,64}", bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = decode_text(&text);
        let _ = decode_binary(&bytes);
    }

    #[test]
    fn any_topic_and_event_arrive_as_they_were(topic in ".{0,24}", event in ".{0,24}") {
        let message = serde_json::to_string(&("1", "2", &topic, &event, 3)).expect("json");
        let incoming = decode_text(&message).expect("a message");
        prop_assert!(incoming.topic.to_text().as_deref() == Some(&*topic));
        prop_assert!(incoming.event.to_text().as_deref() == Some(&*event));
        let payload = json("3");
        let pushed = text(&Outgoing::Push { join_ref: None, topic: &topic, event: &event, payload: &payload });
        let back = decode_text(&pushed).expect("a message");
        prop_assert!(back.topic.to_text().as_deref() == Some(&*topic));
        prop_assert!(back.event.to_text().as_deref() == Some(&*event));
    }
}
