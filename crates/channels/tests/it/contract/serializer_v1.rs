//! What only serializer 1.0.0 has: objects. That they have four keys, and which
//! reference a farewell carries, is seen to by the suite's clients with every message.

use serde_json::{Value, json};

use crate::support::{
    peer::{Came, Peer, Wire},
    server::TestServer,
};

on_v1!(
    messages_have_four_keys_and_the_ref_is_there_even_when_null,
    a_farewell_carries_the_join_ref_as_ref_and_null_for_clients_that_send_none,
    a_missing_key_ends_the_connection,
    null_values_do_not,
    keys_may_be_in_any_order_and_others_are_ignored,
    of_a_key_that_comes_twice_the_first_value_counts,
    json_in_a_binary_message_is_accepted,
    binary_payloads_are_not_sent_to_clients_that_cannot_read_them,
);

async fn text(peer: &mut Peer) -> Value {
    match peer.came().await {
        Came::Text(text) => serde_json::from_str(&text).expect("json"),
        other => panic!("{other:?}"),
    }
}

async fn messages_have_four_keys_and_the_ref_is_there_even_when_null(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send_as_is(r#"{"topic":"chat:a","event":"phx_join","payload":{"name":"Ada"},"ref":1}"#).await;
    let ok = json!({ "status": "ok", "response": {} });
    assert_eq!(
        text(&mut peer).await,
        json!({ "topic": "chat:a", "event": "phx_reply", "payload": ok, "ref": 1 })
    );
    peer.send_as_is(r#"{"topic":"chat:a","event":"new_msg","payload":{"text":"hi"},"ref":2}"#).await;
    let said = json!({ "name": "Ada", "text": "hi" });
    assert_eq!(
        text(&mut peer).await,
        json!({ "topic": "chat:a", "event": "new_msg", "payload": said, "ref": null })
    );
}

async fn a_farewell_carries_the_join_ref_as_ref_and_null_for_clients_that_send_none(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    let farewell = |event: &str, payload: Value, reference: Value| json!({ "topic": "chat:a", "event": event, "payload": payload, "ref": reference });
    for (join_ref, reference) in [
        ("", Value::Null),
        (r#","join_ref":null"#, Value::Null),
        (r#","join_ref":"1""#, json!("1")),
        (r#","join_ref":1"#, json!(1)),
    ] {
        for (event, ends) in [
            ("phx_leave", farewell("phx_close", json!({}), reference.clone())),
            ("stop", farewell("phx_close", json!({}), reference.clone())),
            ("crash", farewell("phx_error", json!({ "reason": "channel_crash" }), reference.clone())),
        ] {
            peer.send_as_is(&format!(
                r#"{{"topic":"chat:a","event":"phx_join","payload":{{"name":"Ada"}},"ref":"7"{join_ref}}}"#
            ))
            .await;
            assert_eq!(text(&mut peer).await["payload"]["status"], "ok");
            peer.send_as_is(&format!(
                r#"{{"topic":"chat:a","event":"{event}","payload":{{}},"ref":"8"{join_ref}}}"#
            ))
            .await;
            if event == "phx_leave" {
                let reply = text(&mut peer).await;
                assert_eq!((&reply["event"], &reply["ref"]), (&json!("phx_reply"), &json!("8")));
            }
            assert_eq!(text(&mut peer).await, ends);
        }
    }
}

async fn a_missing_key_ends_the_connection(wire: Wire) {
    let server = TestServer::start();
    for broken in [
        r#"{"event":"heartbeat","payload":{},"ref":"1"}"#,
        r#"{"topic":"phoenix","payload":{},"ref":"1"}"#,
        r#"{"topic":"phoenix","event":"heartbeat","ref":"1"}"#,
        r#"{"topic":"phoenix","event":"heartbeat","payload":{},"join_ref":"1"}"#,
        r#"[null,"1","phoenix","heartbeat",{}]"#,
    ] {
        let mut peer = server.peer(wire).await;
        peer.send_broken(broken).await;
        peer.expect_end(1011).await;
    }
}

async fn null_values_do_not(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send_as_is(r#"{"topic":"phoenix","event":"heartbeat","payload":null,"ref":null}"#).await;
    peer.expect_ok("null", "null", "phoenix").await;
    peer.send_as_is(r#"{"topic":null,"event":null,"payload":null,"ref":null,"join_ref":null}"#).await;
    peer.expect(r#"[null,null,null,"phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}]"#)
        .await;
}

async fn keys_may_be_in_any_order_and_others_are_ignored(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send_as_is(
        r#" { "x":[{"topic":5}], "ref" : 3 , "payload":{}, "\u0065vent":"heartbeat" , "topic":"phoenix" } "#,
    )
    .await;
    peer.expect_ok("null", "3", "phoenix").await;
}

async fn of_a_key_that_comes_twice_the_first_value_counts(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send_as_is(r#"{"ref":1,"topic":"phoenix","topic":"chat:a","event":"heartbeat","event":"x","payload":{},"payload":5,"ref":2}"#).await;
    peer.expect_ok("null", "1", "phoenix").await;
}

async fn json_in_a_binary_message_is_accepted(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send_binary(br#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}"#).await;
    peer.expect_ok("null", r#""1""#, "phoenix").await;
    peer.send_broken_binary(b"\x00\x01\x01\x07\x09\x31\x31phoenixheartbeat{}").await;
    peer.expect_end(1011).await;
    let mut peer = server.peer(wire).await;
    let not_utf8 =
        [br#"{"topic":"phoenix","event":"heartbeat","payload":"#, &b"\"\xff\""[..], br#","ref":"1"}"#];
    peer.send_broken_binary(&not_utf8.concat()).await;
    peer.expect_end(1011).await;
}

async fn binary_payloads_are_not_sent_to_clients_that_cannot_read_them(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("probe:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["1","2","probe:a","bytes",{}]"#).await;
    peer.expect_nothing().await;
}
