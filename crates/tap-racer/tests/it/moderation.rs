//! The chat in the hands of its hosts, and of everybody for themselves.

use serde_json::{Value, json};

use crate::kit::{Client, Server};

const LOBBY: &str = "chat:lobby";

async fn talker(server: &Server, params: Value) -> (Client, Value) {
    server.console(LOBBY, params).await
}

async fn say(client: &mut Client, text: &str) -> Result<Value, String> {
    client.push(LOBBY, "new_msg", json!({ "text": text })).await
}

async fn heard(client: &mut Client) -> String {
    client.event(LOBBY, "new_msg").await["text"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn who_talks_is_known_by_a_token_whatever_their_name() {
    let server = Server::start();
    let (mut ada, joined) = talker(&server, json!({ "name": "Ada" })).await;
    say(&mut ada, "hello").await.expect("said");
    assert_eq!(ada.event(LOBBY, "new_msg").await["by"], joined["by"]);
    drop(ada);
    let (_, again) = talker(&server, json!({ "name": "Bo", "me": joined["me"] })).await;
    assert_eq!(again["by"], joined["by"]);
    for stranger in [json!(null), json!("forged"), joined["by"].clone(), json!(5)] {
        let (_, other) = talker(&server, json!({ "name": "Ada", "me": stranger })).await;
        assert_ne!(other["by"], joined["by"], "{stranger}");
    }
}

#[tokio::test]
async fn a_deleted_message_is_gone_for_all_and_for_those_who_come_later() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = talker(&server, json!({ "name": "Ada" })).await;
    say(&mut ada, "nice").await.expect("said");
    say(&mut ada, "nasty").await.expect("said");
    let id = ada.event_where(LOBBY, "new_msg", |message| message["text"] == "nasty").await["id"].clone();
    console.push("console", "delete_msg", json!({ "id": id })).await.expect("deleted");
    assert_eq!(ada.event(LOBBY, "msg_deleted").await, json!({ "id": id }));
    let (_, late) = talker(&server, json!({ "name": "Late", "last_seen": id })).await;
    assert_eq!((&late["messages"], &late["deleted"]), (&json!([]), &json!([id])));
    assert_eq!(late["recovered"], true);
    let (_, new) = talker(&server, json!({ "name": "New" })).await;
    assert_eq!(new["messages"].as_array().map(Vec::len), Some(1));
    for nothing in [json!({}), json!({ "id": id }), json!({ "id": -1 }), json!({ "id": "x" })] {
        let refused = console.push("console", "delete_msg", nothing).await;
        assert_eq!(refused, Err("no such message".to_owned()));
    }
}

#[tokio::test]
async fn who_is_muted_stays_so_under_another_name_until_the_host_relents() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut bo, _) = talker(&server, json!({ "name": "Bo" })).await;
    let (mut ada, joined) = talker(&server, json!({ "name": "Ada" })).await;
    let by = &joined["by"];
    console.push("console", "mute", json!({ "by": by, "muted": true })).await.expect("muted");
    let muted = json!({ "by": by, "muted": true });
    assert_eq!(console.event("console", "muted").await, muted);
    assert_eq!(bo.event(LOBBY, "muted").await, muted);
    assert_eq!(say(&mut ada, "nasty").await, Err("muted".to_owned()));
    let (mut again, _) = talker(&server, json!({ "name": "Eve", "me": joined["me"] })).await;
    assert_eq!(say(&mut again, "nasty").await, Err("muted".to_owned()));
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!(second["muted"], json!([by]));
    console.push("console", "mute", json!({ "by": by, "muted": false })).await.expect("unmuted");
    say(&mut ada, "sorry").await.expect("said");
    assert_eq!(heard(&mut bo).await, "sorry");
    for (payload, why) in [
        (json!({ "muted": true }), "by is missing"),
        (json!({ "by": "x".repeat(10_000), "muted": true }), "by is missing"),
        (json!({ "by": 7, "muted": true }), "by is missing"),
        (json!({ "by": by }), "muted must be true or false"),
    ] {
        assert_eq!(console.push("console", "mute", payload).await, Err(why.to_owned()));
    }
}

#[tokio::test]
async fn a_cohost_moderates_from_the_phone() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = talker(&server, json!({ "name": "Bo" })).await;
    say(&mut bo, "nasty").await.expect("said");
    let id = bo.event(LOBBY, "new_msg").await["id"].clone();
    let mute = json!({ "by": bo_joined["by"], "muted": true });
    assert_eq!(ada.push("play", "mute", mute.clone()).await, Err("not the host".to_owned()));
    let cohost = json!({ "id": joined["racer"]["id"], "cohost": true });
    console.push("console", "cohost", cohost).await.expect("a co-host");
    ada.push("play", "mute", mute).await.expect("muted");
    ada.push("play", "delete_msg", json!({ "id": id })).await.expect("deleted");
    bo.event(LOBBY, "msg_deleted").await;
    assert_eq!(say(&mut bo, "nasty").await, Err("muted".to_owned()));
}

#[tokio::test]
async fn who_ignores_somebody_does_not_hear_them_and_everybody_else_does() {
    let server = Server::start();
    let (mut ada, joined) = talker(&server, json!({ "name": "Ada" })).await;
    let (mut bo, _) = talker(&server, json!({ "name": "Bo" })).await;
    let (mut cy, _) = talker(&server, json!({ "name": "Cy" })).await;
    let by = &joined["by"];
    bo.push(LOBBY, "ignore", json!({ "by": by })).await.expect("ignored");
    say(&mut ada, "one").await.expect("said");
    say(&mut cy, "two").await.expect("said");
    assert_eq!(heard(&mut cy).await, "one");
    assert_eq!(heard(&mut bo).await, "two");
    bo.push(LOBBY, "unignore", json!({ "by": by })).await.expect("no longer");
    say(&mut ada, "three").await.expect("said");
    assert_eq!(heard(&mut bo).await, "three");
    // Who comes back says whom.
    let (mut dan, _) = talker(&server, json!({ "name": "Dan", "ignored": [by, 5, "x"] })).await;
    say(&mut ada, "four").await.expect("said");
    say(&mut cy, "five").await.expect("said");
    assert_eq!(heard(&mut dan).await, "five");
}

#[tokio::test]
async fn one_may_ignore_a_hundred() {
    let server = Server::start();
    let (mut ada, _) = talker(&server, json!({ "name": "Ada" })).await;
    let by = |number: u32| json!({ "by": format!("{number:016x}") });
    for bad in [json!({}), json!({ "by": 7 }), json!({ "by": "short" }), json!({ "by": "g".repeat(16) })] {
        assert_eq!(ada.push(LOBBY, "ignore", bad).await, Err("by is missing".to_owned()));
    }
    for number in 0..100 {
        ada.push(LOBBY, "ignore", by(number)).await.expect("ignored");
    }
    assert_eq!(ada.push(LOBBY, "ignore", by(100)).await, Err("too many ignored".to_owned()));
    ada.push(LOBBY, "ignore", by(7)).await.expect("ignored already");
    ada.push(LOBBY, "unignore", by(7)).await.expect("no longer");
    ada.push(LOBBY, "ignore", by(100)).await.expect("ignored");
}
