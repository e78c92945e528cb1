//! The test kit, on the application that the contract is tested on.

use bytes::Bytes;
use channels::{Binary, Endpoint, Limits, Payload, Refusal, Status, test::TestClient};
use serde_json::json;

use crate::app;

async fn client(endpoint: &Endpoint) -> TestClient {
    TestClient::connect(endpoint, app::socket(), &[]).await.expect("let in")
}

#[tokio::test]
async fn a_client_is_refused_by_connect_and_by_join() {
    let endpoint = Endpoint::new(Limits::default());
    let refused = TestClient::connect(&endpoint, app::socket(), &[("token", "bad")]).await;
    assert_eq!(refused.err(), Some(Refusal));
    let refused = client(&endpoint).await.subscribe_and_join("chat:secret", json!({})).await;
    assert_eq!(refused.err().expect("refused"), json!({ "reason": "You don't have permission!" }));
}

#[tokio::test]
async fn pushes_are_answered_and_broadcast() {
    let endpoint = Endpoint::new(Limits::default());
    let ada = client(&endpoint).await;
    let (chat, reply) = ada.subscribe_and_join("chat:a", json!({ "name": "Ada" })).await.expect("joined");
    assert_eq!(reply, json!({}));
    assert_eq!(chat.push("ping", json!({ "n": 1 })).assert_reply(Status::Ok).await, json!({ "n": 1 }));
    assert_eq!(chat.push("refuse", json!({})).assert_reply(Status::Error).await, json!({ "reason": "no" }));

    let said = json!({ "name": "Ada", "text": "hi" });
    let push = chat.push("new_msg", json!({ "text": "hi" }));
    assert_eq!(chat.assert_broadcast("new_msg").await, said);
    assert_eq!(chat.assert_push("new_msg").await, said);
    push.refute_reply().await;
    chat.refute_push("new_msg").await;
    chat.refute_broadcast("new_msg").await;
}

#[tokio::test]
async fn binary_payloads_go_both_ways_in_the_kit() {
    let endpoint = Endpoint::new(Limits::default());
    let ada = client(&endpoint).await;
    let (chat, _) = ada.subscribe_and_join("chat:a", json!({ "name": "Ada" })).await.expect("joined");
    let bytes = Bytes::from_static(b"\x00\x01\xff");
    let is_same = |payload: Payload| matches!(payload, Payload::Binary(got) if got == bytes);
    assert!(is_same(chat.push("bin", Binary(bytes.clone())).assert_reply(Status::Ok).await));
    chat.push("bin_all", Binary(bytes.clone()));
    assert!(is_same(chat.assert_push("bin_all").await));
    assert!(is_same(chat.assert_broadcast("bin_all").await));
}

#[tokio::test]
async fn leaving_and_closing_end_the_channel() {
    let endpoint = Endpoint::new(Limits::default());
    let (console, _) =
        client(&endpoint).await.subscribe_and_join("console", json!({})).await.expect("joined");
    let ada = client(&endpoint).await;
    let (chat, _) = ada.subscribe_and_join("chat:a", json!({ "name": "Ada" })).await.expect("joined");
    chat.leave().await;
    assert_eq!(console.assert_push("ended").await, json!({ "name": "Ada", "reason": "Left" }));
    let (_chat, _) = ada.subscribe_and_join("chat:b", json!({ "name": "Bo" })).await.expect("joined");
    ada.close();
    assert_eq!(console.assert_push("ended").await, json!({ "name": "Bo", "reason": "Closed" }));
}

#[tokio::test]
#[should_panic(expected = "a push of pushed on chat:a")]
async fn a_refutation_fails_when_it_should() {
    let endpoint = Endpoint::new(Limits::default());
    let ada = client(&endpoint).await;
    let (chat, _) = ada.subscribe_and_join("chat:a", json!({ "name": "Ada" })).await.expect("joined");
    chat.push("push", json!({}));
    chat.refute_push("pushed").await;
}

#[tokio::test]
#[should_panic(expected = "was answered otherwise")]
async fn an_assertion_of_another_status_fails() {
    let endpoint = Endpoint::new(Limits::default());
    let ada = client(&endpoint).await;
    let (chat, _) = ada.subscribe_and_join("chat:a", json!({ "name": "Ada" })).await.expect("joined");
    chat.push("refuse", json!({})).assert_reply(Status::Ok).await;
}
