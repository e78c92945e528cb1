//! Events, answers, pushes and broadcasts.

use tokio_tungstenite::tungstenite::Message;

use crate::client::TestServer;

#[tokio::test]
async fn an_event_is_answered_with_the_join_ref_of_its_channel() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"[null,"2","chat:a","ping",{"deep":[1,{"a":null}]}]"#).await;
    client
        .expect(r#"["1","2","chat:a","phx_reply",{"status":"ok","response":{"deep":[1,{"a":null}]}}]"#)
        .await;
    client.send(r#"["1","3","chat:a","refuse",{}]"#).await;
    client.expect(r#"["1","3","chat:a","phx_reply",{"status":"error","response":{"reason":"no"}}]"#).await;
}

#[tokio::test]
async fn a_broadcast_reaches_everybody_on_the_topic_and_nobody_else() {
    let server = TestServer::start();
    let (mut ada, mut bo, mut cy) = (server.client().await, server.client().await, server.client().await);
    ada.join("chat:a", r#"{"name":"Ada"}"#).await;
    bo.join("chat:a", r#"{"name":"Bo"}"#).await;
    cy.join("chat:b", r#"{"name":"Cy"}"#).await;
    ada.send(r#"["1","2","chat:a","new_msg",{"text":"hi"}]"#).await;
    for client in [&mut ada, &mut bo] {
        client.expect(r#"[null,null,"chat:a","new_msg",{"name":"Ada","text":"hi"}]"#).await;
    }
    cy.expect_nothing().await;
}

#[tokio::test]
async fn a_broadcast_from_a_client_leaves_that_client_out() {
    let server = TestServer::start();
    let (mut ada, mut bo) = (server.client().await, server.client().await);
    ada.join("chat:a", r#"{"name":"Ada"}"#).await;
    bo.join("chat:a", r#"{"name":"Bo"}"#).await;
    ada.send(r#"["1","2","chat:a","to_others",{"text":"hi"}]"#).await;
    bo.expect(r#"[null,null,"chat:a","new_msg",{"text":"hi"}]"#).await;
    ada.expect_nothing().await;
}

#[tokio::test]
async fn the_server_broadcasts_without_a_channel() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    server.endpoint.broadcast("chat:a", "news", serde_json::json!({ "n": 1 })).expect("json");
    client.expect(r#"[null,null,"chat:a","news",{"n":1}]"#).await;
}

#[tokio::test]
async fn a_push_carries_the_join_ref() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","chat:a","push",{"n":1}]"#).await;
    client.expect(r#"["1",null,"chat:a","pushed",{"n":1}]"#).await;
}

#[tokio::test]
async fn an_answer_may_come_later_from_another_task() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.send_together(&[r#"["1","2","chat:a","later",{}]"#, r#"["1","3","chat:a","ping",{}]"#]).await;
    client.expect(r#"["1","3","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"["1","2","chat:a","phx_reply",{"status":"ok","response":{"late":true}}]"#).await;
}

#[tokio::test]
async fn a_channel_is_sent_messages_from_elsewhere() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","chat:a","info",{"text":"psst"}]"#).await;
    client.expect(r#"["1",null,"chat:a","told",{"text":"psst"}]"#).await;
}

#[tokio::test]
async fn what_a_join_sends_to_itself_comes_after_its_answer() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:greeting", r#"{"name":"Ada"}"#).await;
    client.expect(r#"["1",null,"chat:greeting","welcome",{"name":"Ada"}]"#).await;
}

#[tokio::test]
async fn an_intercepted_broadcast_goes_through_handle_out() {
    let server = TestServer::start();
    let (mut one, mut two) = (server.client().await, server.client().await);
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
            got.push(client.next().await.into_text().expect("text").to_string());
        }
        // What is not intercepted may overtake what is.
        let plain = got.iter().position(|text| text.contains("other")).expect("the plain event");
        assert_eq!(got.remove(plain), r#"[null,null,"loud:a","other",{"text":"as it is"}]"#);
        assert_eq!(got[0], r#"["1",null,"loud:a","new_msg",{"heard":1,"text":"HI"}]"#);
        assert_eq!(got[1], r#"["1",null,"loud:a","new_msg",{"heard":2,"text":"HO"}]"#);
    }
}

#[tokio::test]
async fn a_channel_that_stops_is_closed_and_its_topic_unmatched() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","chat:a","stop_reply",{}]"#).await;
    client.expect(r#"["1","2","chat:a","phx_reply",{"status":"ok","response":{"last":true}}]"#).await;
    client.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    client.send(r#"["1","3","chat:a","ping",{}]"#).await;
    client
        .expect(
            r#"[null,"3","chat:a","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}]"#,
        )
        .await;
}

#[tokio::test]
async fn binary_payloads_go_both_ways() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    let push = |event: &str| {
        Message::binary(
            [&[0, 1, 2, 6, event.len() as u8][..], b"112chat:a", event.as_bytes(), &[7, 8]].concat(),
        )
    };
    client.message(push("bin")).await;
    assert_eq!(client.next().await, Message::binary(b"\x01\x01\x02\x06\x02112chat:aok\x07\x08".to_vec()));
    client.message(push("bin_all")).await;
    assert_eq!(client.next().await, Message::binary(b"\x02\x06\x07chat:abin_all\x07\x08".to_vec()));
    client.send(r#"["1","3","chat:a","bytes",{}]"#).await;
    assert_eq!(client.next().await, Message::binary(b"\x00\x01\x06\x051chat:abytes\x01\x02".to_vec()));
}

#[tokio::test]
async fn terminate_is_called_on_every_way_out() {
    let server = TestServer::start();
    let mut console = server.client().await;
    console.join("console", "{}").await;
    let ways = [
        (r#"["1","2","chat:a","phx_leave",{}]"#, "Left"),
        (r#"["1","2","chat:a","stop",{}]"#, "Stopped"),
        (r#"["1","2","chat:a","panic",{}]"#, "Crashed"),
        (r#"["1","2","chat:a","no such event",{}]"#, "Crashed"),
    ];
    for (message, reason) in ways {
        let mut client = server.client().await;
        client.join("chat:a", r#"{"name":"Ada"}"#).await;
        client.send(message).await;
        console
            .expect(&format!(r#"[null,null,"console","ended",{{"name":"Ada","reason":"{reason}"}}]"#))
            .await;
    }
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    drop(client);
    console.expect(r#"[null,null,"console","ended",{"name":"Ada","reason":"Closed"}]"#).await;
}
