//! Whatever a client sends, it gets an answer and its channel lives on.

use serde_json::{Value, json};

use crate::kit::{Client, Server};

/// Each for every event: of other shapes, out of bounds, and much.
fn payloads() -> Vec<Value> {
    let mut payloads = vec![json!(null), json!([]), json!("x"), json!(-1), json!({}), json!([[[[]]]])];
    let values = [
        json!(null),
        json!(-1),
        json!(1),
        json!(1.5),
        json!(u64::MAX),
        json!(1e300),
        json!(true),
        json!("\u{0}\u{202e}"),
        json!("x".repeat(2_000)),
        json!(vec![0; 500]),
        json!({ "id": { "id": 1 } }),
    ];
    let fields = [
        "id", "name", "door", "racers", "lanes", "on", "cohost", "by", "muted", "text", "taps", "ms",
        "rules", "t0", "emoji", "locked", "count", "level",
    ];
    for value in values {
        payloads.push(fields.iter().map(|field| ((*field).to_owned(), value.clone())).collect());
    }
    payloads
}

/// Sends it all, and then is told what `alive` asks for.
async fn survives(client: &mut Client, topic: &str, event: &str, alive: (&str, Value)) {
    for payload in payloads() {
        // Refused or not: there is an answer.
        let _ = client.push(topic, event, payload).await;
    }
    let answer = client.push(topic, alive.0, alive.1).await;
    assert!(answer.is_ok(), "after {event}: {answer:?}");
    let ended = client.everything().await.into_iter().find(|frame| frame.event == "phx_error");
    assert!(ended.is_none(), "after {event}: {ended:?}");
}

const ORDERS: [&str; 21] = [
    "rules",
    "start",
    "rematch",
    "cancel",
    "kick",
    "ban",
    "lock",
    "bots",
    "door",
    "cap",
    "lanes",
    "admit",
    "deny",
    "rename",
    "cohost",
    "tournament",
    "mute",
    "delete_msg",
    "end",
    "roster",
    "sync",
];

#[tokio::test]
async fn a_console_outlives_every_order() {
    let server = Server::start();
    let (_ada, _) = server.phone("play", "Ada").await;
    for event in ORDERS {
        let (mut console, _) = server.console("console", json!({})).await;
        survives(&mut console, "console", event, ("sync", json!({ "t0": 1 }))).await;
    }
}

#[tokio::test]
async fn a_phone_outlives_every_event_and_a_cohosts_too() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    for event in ORDERS.into_iter().chain(["calibrate", "cheer"]) {
        for cohost in [false, true] {
            let (mut phone, joined) = server.phone("play", "Ada").await;
            let id = &joined["racer"]["id"];
            console.push("console", "cohost", json!({ "id": id, "cohost": cohost })).await.expect("set");
            survives(&mut phone, "play", event, ("sync", json!({ "t0": 1 }))).await;
            console.push("console", "lock", json!({ "locked": false })).await.expect("open");
        }
    }
}

#[tokio::test]
async fn a_chat_outlives_every_event() {
    let server = Server::start();
    for event in ["new_msg", "ignore", "unignore", "shout"] {
        let join = json!({ "name": "Ada", "me": [1], "ignored": vec![json!({}); 5000], "last_seen": {} });
        let (mut chat, _) = server.console("chat:lobby", join).await;
        let by = json!({ "by": "0".repeat(16) });
        survives(&mut chat, "chat:lobby", event, ("unignore", by)).await;
    }
}

#[tokio::test]
async fn a_join_of_any_shape_is_answered() {
    let server = Server::start();
    for topic in ["play", "console", "chat:lobby"] {
        for payload in payloads() {
            let mut join = json!({ "name": "Ada" });
            if let (Some(join), Some(more)) = (join.as_object_mut(), payload.as_object()) {
                for field in ["seat", "ticket", "alive", "me", "ignored", "colour", "shape", "last_seen"] {
                    join.insert(field.to_owned(), more.values().next().cloned().unwrap_or_default());
                }
            }
            let answer = server.client().await.join(topic, join.clone()).await;
            assert!(answer.is_ok(), "{topic} {join}: {answer:?}");
        }
    }
}
