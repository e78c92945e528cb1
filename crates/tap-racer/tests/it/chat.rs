//! Talk.

use serde_json::{Value, json};

use crate::kit::{Client, Server};

async fn talker(server: &Server, topic: &str, name: &str) -> (Client, Value) {
    server.console(topic, json!({ "name": name })).await
}

async fn say(client: &mut Client, text: &str) -> Result<Value, String> {
    client.push("chat:lobby", "new_msg", json!({ "text": text })).await
}

/// Fills the log faster than one talker may.
async fn fill(server: &Server, messages: usize) {
    let (mut listener, _) = talker(server, "chat:lobby", "Listener").await;
    for first in (0..messages).step_by(8) {
        let (mut client, _) = talker(server, "chat:lobby", "Filler").await;
        for number in first..messages.min(first + 8) {
            say(&mut client, &format!("message {number}")).await.expect("said");
        }
    }
    listener
        .event_where("chat:lobby", "new_msg", |message| {
            message["text"] == format!("message {}", messages - 1)
        })
        .await;
}

fn texts(joined: &Value) -> Vec<&str> {
    joined["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter_map(|message| message["text"].as_str())
        .collect()
}

#[tokio::test]
async fn a_newcomer_is_shown_the_last_fifty() {
    let server = Server::start();
    fill(&server, 60).await;
    let (_, joined) = talker(&server, "chat:lobby", "Late").await;
    let shown = texts(&joined);
    assert_eq!((shown.len(), shown[0], shown[49]), (50, "message 10", "message 59"));
}

#[tokio::test]
async fn who_comes_back_is_shown_all_that_was_missed() {
    let server = Server::start();
    fill(&server, 3).await;
    let (_, joined) = talker(&server, "chat:lobby", "Ada").await;
    let last_seen = joined["messages"][0]["id"].clone();
    let (_, joined) = server.console("chat:lobby", json!({ "name": "Ada", "last_seen": last_seen })).await;
    assert_eq!(texts(&joined), ["message 1", "message 2"]);
    assert_eq!(joined["recovered"], true);
    fill(&server, 200).await;
    let (_, joined) = server.console("chat:lobby", json!({ "name": "Ada", "last_seen": last_seen })).await;
    assert_eq!((texts(&joined).len(), &joined["recovered"]), (200, &json!(false)));
    for stranger in [json!(1), json!("x"), json!(-4), json!(u64::MAX)] {
        let (_, joined) = server.console("chat:lobby", json!({ "name": "Ada", "last_seen": stranger })).await;
        assert_eq!((texts(&joined).len(), &joined["recovered"]), (50, &json!(false)), "{stranger}");
    }
}

#[tokio::test]
async fn a_room_has_a_chat_of_its_own() {
    let server = Server::start();
    let (code, _) = server.make_room().await;
    let topic = format!("chat:{code}");
    let (mut ada, _) = talker(&server, &topic, "Ada").await;
    let (mut lobby, _) = talker(&server, "chat:lobby", "Bo").await;
    ada.push(&topic, "new_msg", json!({ "text": "here" })).await.expect("said");
    assert_eq!(ada.event(&topic, "new_msg").await["text"], "here");
    assert!(lobby.everything().await.iter().all(|frame| frame.event.starts_with("presence_")));
    let (_, joined) = talker(&server, &topic, "Cy").await;
    assert_eq!(texts(&joined), ["here"]);
}
