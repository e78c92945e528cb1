//! Events, answers, pushes and broadcasts: what callbacks may do.

use serde_json::json;

use crate::support::{peer::Wire, server::TestServer};

on_every_wire!(
    a_broadcast_from_a_client_leaves_that_client_out,
    the_server_broadcasts_without_a_channel,
    an_answer_may_come_later_from_another_task,
    a_channel_is_sent_messages_from_elsewhere,
    what_a_join_sends_to_itself_comes_after_its_answer,
    an_intercepted_broadcast_goes_through_handle_out,
    a_channel_that_intercepts_nothing_at_present_is_passed_by,
    terminate_is_called_on_every_way_out_of_a_channel,
    an_error_reply_has_a_reason,
);

async fn a_broadcast_from_a_client_leaves_that_client_out(wire: Wire) {
    let server = TestServer::start();
    let (mut ada, mut bo) = (server.peer(wire).await, server.peer(wire).await);
    ada.join("probe:a", r#"{"name":"Ada"}"#).await;
    bo.join("probe:a", r#"{"name":"Bo"}"#).await;
    ada.send(r#"["1","2","probe:a","to_others",{"text":"hi"}]"#).await;
    bo.expect(r#"[null,null,"probe:a","new_msg",{"text":"hi"}]"#).await;
    ada.expect_nothing().await;
}

async fn the_server_broadcasts_without_a_channel(wire: Wire) {
    let server = TestServer::start();
    let mut client = server.peer(wire).await;
    client.join("probe:a", r#"{"name":"Ada"}"#).await;
    server.endpoint.broadcast("probe:a", "news", serde_json::json!({ "n": 1 })).expect("json");
    client.expect(r#"[null,null,"probe:a","news",{"n":1}]"#).await;
}

async fn an_answer_may_come_later_from_another_task(wire: Wire) {
    let server = TestServer::start();
    let mut client = server.peer(wire).await;
    client.join("probe:a", r#"{"name":"Ada"}"#).await;
    client.send_together(&[r#"["1","2","probe:a","later",{}]"#, r#"["1","3","probe:a","ping",{}]"#]).await;
    client.expect(r#"["1","3","probe:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"["1","2","probe:a","phx_reply",{"status":"ok","response":{"late":true}}]"#).await;
}

async fn a_channel_is_sent_messages_from_elsewhere(wire: Wire) {
    let server = TestServer::start();
    let mut client = server.peer(wire).await;
    client.join("probe:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","probe:a","info",{"text":"psst"}]"#).await;
    client.expect(r#"["1",null,"probe:a","told",{"text":"psst"}]"#).await;
}

async fn what_a_join_sends_to_itself_comes_after_its_answer(wire: Wire) {
    let server = TestServer::start();
    let mut client = server.peer(wire).await;
    client.join("probe:greeting", r#"{"name":"Ada"}"#).await;
    client.expect(r#"["1",null,"probe:greeting","welcome",{"name":"Ada"}]"#).await;
}

async fn an_intercepted_broadcast_goes_through_handle_out(wire: Wire) {
    let server = TestServer::start();
    let (mut one, mut two) = (server.peer(wire).await, server.peer(wire).await);
    one.join("loud:a", "{}").await;
    two.join("loud:a", "{}").await;
    one.send_together(&[
        r#"["1","2","loud:a","new_msg",{"text":"hi"}]"#,
        r#"["1","3","loud:a","new_msg",{"text":"ho"}]"#,
        r#"["1","4","loud:a","other",{"text":"as it is"}]"#,
    ])
    .await;
    for client in [&mut one, &mut two] {
        let mut got = Vec::new();
        for _ in 0..3 {
            got.push(client.next().await);
        }
        // What is not intercepted may overtake what is.
        let plain = got.iter().position(|message| message.event == "other").expect("the plain event");
        assert_eq!(got.remove(plain).payload, json!({ "text": "as it is" }));
        assert_eq!(got[0].payload, json!({ "heard": 1, "text": "HI" }));
        assert_eq!(got[1].payload, json!({ "heard": 2, "text": "HO" }));
    }
}

async fn a_channel_that_intercepts_nothing_at_present_is_passed_by(wire: Wire) {
    let server = TestServer::start();
    let (mut one, mut two) = (server.peer(wire).await, server.peer(wire).await);
    one.join("loud:a", "{}").await;
    two.join("loud:a", "{}").await;
    one.send(r#"["1","2","loud:a","plain",{}]"#).await;
    one.send(r#"["1","3","loud:a","new_msg",{"text":"hi"}]"#).await;
    assert_eq!(one.next().await.payload, json!({ "text": "hi" }));
    assert_eq!(two.next().await.payload, json!({ "heard": 1, "text": "HI" }));
    one.send(r#"["1","4","loud:a","loud",{}]"#).await;
    one.send(r#"["1","5","loud:a","new_msg",{"text":"ho"}]"#).await;
    assert_eq!(one.next().await.payload, json!({ "heard": 1, "text": "HO" }));
}

async fn terminate_is_called_on_every_way_out_of_a_channel(wire: Wire) {
    let server = TestServer::start();
    let mut console = server.peer(wire).await;
    console.join("console", "{}").await;
    let ways = [
        (r#"["1","2","probe:a","phx_leave",{}]"#, "Left"),
        (r#"["1","2","probe:a","stop",{}]"#, "Stopped"),
        (r#"["1","2","probe:a","panic",{}]"#, "Crashed"),
        (r#"["1","2","probe:a","no such event",{}]"#, "Crashed"),
    ];
    for (message, reason) in ways {
        let mut client = server.peer(wire).await;
        client.join("probe:a", r#"{"name":"Ada"}"#).await;
        client.send(message).await;
        console
            .expect(&format!(r#"[null,null,"console","ended",{{"name":"Ada","reason":"{reason}"}}]"#))
            .await;
    }
}

async fn an_error_reply_has_a_reason(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("probe:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["1","3","probe:a","refuse",{}]"#).await;
    peer.expect_error(r#""1""#, r#""3""#, "probe:a", "no").await;
}
