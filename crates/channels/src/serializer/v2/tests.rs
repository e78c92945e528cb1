use proptest::prelude::*;

use super::*;

fn json(text: &str) -> Payload {
    Payload::Json(RawValue::from_string(text.to_owned()).expect("json"))
}

fn text(message: &Outgoing<'_>) -> String {
    let mut out = Vec::new();
    assert_eq!(encode(message, &mut out), Opcode::Text);
    String::from_utf8(out).expect("utf-8")
}

proptest! {
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
