//! What one channel or one client does harms no other.

use channels::Limits;
use serde_json::json;

use crate::client::TestServer;

#[tokio::test]
async fn a_panic_ends_its_own_topic_only() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.join("chat:b", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","chat:a","panic",{}]"#).await;
    client.expect(r#"["1","1","chat:a","phx_error",{"reason":"channel_crash"}]"#).await;
    client.send(r#"["1","3","chat:b","ping",{}]"#).await;
    client.expect(r#"["1","3","chat:b","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.send(r#"["4","4","chat:a","phx_join",{"name":"Ada"}]"#).await;
    client.expect(r#"["4","4","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
}

#[tokio::test]
async fn a_callback_that_waits_delays_neither_other_topics_nor_heartbeats() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.join("chat:b", r#"{"name":"Ada"}"#).await;
    client
        .send_together(&[
            r#"["1","2","chat:a","wait",100]"#,
            r#"["1","3","chat:a","ping",{}]"#,
            r#"["1","4","chat:b","ping",{}]"#,
            r#"[null,"5","phoenix","heartbeat",{}]"#,
        ])
        .await;
    client.expect(r#"["1","4","chat:b","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"[null,"5","phoenix","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"["1","2","chat:a","phx_reply",{"status":"ok","response":{"waited":true}}]"#).await;
    client.expect(r#"["1","3","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
}

#[tokio::test]
async fn a_callback_that_never_ends_is_ended_when_its_client_joins_again() {
    let server = TestServer::start();
    let mut console = server.client().await;
    console.join("console", "{}").await;
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","chat:a","hang",{}]"#).await;
    client.send(r#"["3","3","chat:a","phx_join",{"name":"Ada"}]"#).await;
    client.send(r#"["4","4","chat:a","phx_join",{"name":"Ada"}]"#).await;
    // There is a queue of one join, not of any number.
    client
        .expect(r#"["4","4","chat:a","phx_reply",{"status":"error","response":{"reason":"join crashed"}}]"#)
        .await;
    client.expect(r#"["3","3","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    console.expect(r#"[null,null,"console","ended",{"name":"Ada","reason":"Killed"}]"#).await;
}

#[tokio::test]
async fn a_join_that_never_ends_is_ended_with_its_connection() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.send(r#"["1","1","chat:hang","phx_join",{"name":"Ada"}]"#).await;
    client.expect_nothing().await;
    drop(client);
    let gone = async {
        while server.endpoint.connections() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), gone).await.expect("the connection is gone");
}

#[tokio::test]
async fn a_channel_that_is_flooded_while_it_waits_ends_and_no_other() {
    let server =
        TestServer::with(Limits { mailbox_bytes: 10_000, messages_per_second: 0, ..Limits::default() });
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.join("chat:b", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","chat:a","hang",{}]"#).await;
    let mut filler = 0;
    let error = loop {
        client
            .send(&format!(r#"["1","f{filler}","chat:a","ping",{{"filler":"{}"}}]"#, "x".repeat(1000)))
            .await;
        client.send(r#"["1","p","chat:b","ping",{}]"#).await;
        let answer = client.next().await.into_text().expect("text").to_string();
        if !answer.contains("chat:b") {
            break answer;
        }
        filler += 1;
        assert!(filler < 100, "the mailbox takes any number of messages");
    };
    assert!(filler > 3, "{filler} messages of 1,000 bytes fit 10,000");
    assert_eq!(error, r#"["1","1","chat:a","phx_error",{"reason":"channel_crash"}]"#);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_and_the_others_are_not() {
    let server =
        TestServer::with(Limits { messages_per_second: 0, outbox_bytes: 200_000, ..Limits::default() });
    let (mut stalled, mut lively) = (server.client().await, server.client().await);
    stalled.join("chat:a", r#"{"name":"Ada"}"#).await;
    lively.join("chat:a", r#"{"name":"Bo"}"#).await;
    // More than the kernel's buffers and the outbox together hold.
    for _ in 0..400 {
        lively.send(r#"["1","2","chat:a","flood",1]"#).await;
        assert!(lively.next().await.into_text().expect("text").contains("flood"));
    }
    let mut messages = 0;
    let close = loop {
        match stalled.next().await {
            tokio_tungstenite::tungstenite::Message::Close(frame) => break frame.expect("a close code"),
            _ => messages += 1,
        }
    };
    assert!(messages < 400);
    assert_eq!((u16::from(close.code), &*close.reason), (1008, "slow consumer"));
    lively.expect_nothing().await;
}

#[tokio::test]
async fn states_are_conflated_for_a_client_that_does_not_read() {
    let server =
        TestServer::with(Limits { messages_per_second: 0, outbox_bytes: 200_000, ..Limits::default() });
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","chat:a","states",400]"#).await;
    let mut numbers = Vec::new();
    while numbers.last() != Some(&399) {
        let text = client.next().await.into_text().expect("text, and no close").to_string();
        let (_, _, _, _, state): ((), (), (), (), serde_json::Value) = serde_json::from_str(
            &text.replacen("\"1\"", "null", 1).replacen("\"chat:a\",\"state\"", "null,null", 1),
        )
        .expect("json");
        numbers.push(state["number"].as_u64().expect("a number"));
    }
    assert!(numbers.is_sorted());
    assert!(numbers.len() < 400, "older states were left out");
}

#[tokio::test]
async fn a_client_that_sends_too_much_is_told() {
    let server =
        TestServer::with(Limits { messages_per_second: 5, joins_per_second: 2, ..Limits::default() });
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.join("chat:b", r#"{"name":"Ada"}"#).await;
    client.send(r#"["3","3","chat:c","phx_join",{"name":"Ada"}]"#).await;
    client
        .expect(r#"["3","3","chat:c","phx_reply",{"status":"error","response":{"reason":"rate limited"}}]"#)
        .await;
    let mut limited = 0;
    for _ in 0..20 {
        client.send(r#"["1","4","chat:a","ping",{}]"#).await;
        limited += usize::from(client.next().await.into_text().expect("text").contains("rate limited"));
    }
    assert!(limited > 0 && limited < 20);
}

#[tokio::test]
async fn who_disconnects_a_user_closes_all_its_sockets_and_no_other() {
    let server = TestServer::start();
    let path = |user: &str| format!("/socket/websocket?vsn=2.0.0&user={user}");
    let mut one = server.connect(&path("ada"), &[]).await.expect("a connection");
    let mut two = server.connect(&path("ada"), &[]).await.expect("a connection");
    let mut bo = server.connect(&path("bo"), &[]).await.expect("a connection");
    bo.join("chat:a", r#"{"name":"Bo"}"#).await;
    one.expect_nothing().await;
    two.expect_nothing().await;
    bo.send(r#"["1","2","chat:a","kick",{"name":"ada"}]"#).await;
    one.expect_close(1001).await;
    two.expect_close(1001).await;
    bo.expect_nothing().await;
}

#[tokio::test]
async fn broadcasts_of_one_sender_arrive_in_order_at_every_subscriber() {
    let server = TestServer::start();
    let mut clients = Vec::new();
    for _ in 0..50 {
        let mut client = server.client().await;
        client.join("chat:a", r#"{"name":"Ada"}"#).await;
        clients.push(client);
    }
    for number in 0..100 {
        server.endpoint.broadcast("chat:a", "count", json!(number)).expect("json");
    }
    for client in &mut clients {
        for number in 0..100 {
            client.expect(&format!(r#"[null,null,"chat:a","count",{number}]"#)).await;
        }
    }
}
