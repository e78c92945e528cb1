//! What one channel or one client does harms no other.

use channels::Limits;
use serde_json::json;

use crate::support::server::TestServer;

#[tokio::test]
async fn a_callback_that_waits_delays_neither_other_topics_nor_heartbeats() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("probe:a", r#"{"name":"Ada"}"#).await;
    client.join("probe:b", r#"{"name":"Ada"}"#).await;
    client
        .send_together(&[
            r#"["1","2","probe:a","wait",100]"#,
            r#"["1","3","probe:a","ping",{}]"#,
            r#"["1","4","probe:b","ping",{}]"#,
            r#"[null,"5","phoenix","heartbeat",{}]"#,
        ])
        .await;
    client.expect(r#"["1","4","probe:b","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"[null,"5","phoenix","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"["1","2","probe:a","phx_reply",{"status":"ok","response":{"waited":true}}]"#).await;
    client.expect(r#"["1","3","probe:a","phx_reply",{"status":"ok","response":{}}]"#).await;
}

#[tokio::test]
async fn a_push_that_waits_for_a_channel_that_ends_is_lost_with_it() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("probe:a", r#"{"name":"Ada"}"#).await;
    client
        .send_together(&[
            r#"["1","2","probe:a","wait",50]"#,
            r#"["1","3","probe:a","stop",{}]"#,
            r#"["1","4","probe:a","ping",{}]"#,
        ])
        .await;
    client.expect(r#"["1","2","probe:a","phx_reply",{"status":"ok","response":{"waited":true}}]"#).await;
    client.expect(r#"["1","1","probe:a","phx_close",{}]"#).await;
    client.expect_nothing().await;
}

#[tokio::test]
async fn a_callback_that_never_ends_is_ended_when_its_client_joins_again() {
    let server = TestServer::start();
    let mut console = server.client().await;
    console.join("console", "{}").await;
    let mut client = server.client().await;
    client.join("probe:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","probe:a","hang",{}]"#).await;
    client.send(r#"["3","3","probe:a","phx_join",{"name":"Ada"}]"#).await;
    client.send(r#"["4","4","probe:a","phx_join",{"name":"Ada"}]"#).await;
    // There is a queue of one join, not of any number.
    client
        .expect(r#"["4","4","probe:a","phx_reply",{"status":"error","response":{"reason":"join crashed"}}]"#)
        .await;
    client.expect(r#"["3","3","probe:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"["1","1","probe:a","phx_close",{}]"#).await;
    console.expect(r#"[null,null,"console","ended",{"name":"Ada","reason":"Killed"}]"#).await;
}

#[tokio::test]
async fn a_join_that_never_ends_is_ended_with_its_connection() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.send(r#"["1","1","probe:hang","phx_join",{"name":"Ada"}]"#).await;
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
    client.join("probe:a", r#"{"name":"Ada"}"#).await;
    client.join("probe:b", r#"{"name":"Ada"}"#).await;
    client.send(r#"["1","2","probe:a","hang",{}]"#).await;
    let mut filler = 0;
    let error = loop {
        client
            .send(&format!(r#"["1","f{filler}","probe:a","ping",{{"filler":"{}"}}]"#, "x".repeat(1000)))
            .await;
        client.send(r#"["1","p","probe:b","ping",{}]"#).await;
        let answer = client.next().await.into_text().expect("text").to_string();
        if !answer.contains("probe:b") {
            break answer;
        }
        filler += 1;
        assert!(filler < 100, "the mailbox takes any number of messages");
    };
    assert!(filler > 3, "{filler} messages of 1,000 bytes fit 10,000");
    assert_eq!(error, r#"["1","1","probe:a","phx_error",{"reason":"channel_crash"}]"#);
}

#[tokio::test]
async fn broadcasts_of_one_sender_arrive_in_order_at_every_subscriber() {
    let server = TestServer::start();
    let mut clients = Vec::new();
    for _ in 0..50 {
        let mut client = server.client().await;
        client.join("probe:a", r#"{"name":"Ada"}"#).await;
        clients.push(client);
    }
    for number in 0..100 {
        server.endpoint.broadcast("probe:a", "count", json!(number)).expect("json");
    }
    for client in &mut clients {
        for number in 0..100 {
            client.expect(&format!(r#"[null,null,"probe:a","count",{number}]"#)).await;
        }
    }
}
