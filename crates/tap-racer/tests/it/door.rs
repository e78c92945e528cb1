//! Who comes in: the door, those who knock, and how many fit.

use serde_json::{Value, json};

use crate::kit::{Client, Server};

/// The same refusal, whole.
async fn knock(client: &mut Client, params: Value) -> (String, Value) {
    let reference = client.send("play", "phx_join", params).await;
    let reply = client.reply(&reference).await;
    assert_eq!(reply["status"], "error", "{reply}");
    let refusal = &reply["response"];
    (refusal["reason"].as_str().expect("a reason").to_owned(), refusal["seat"].clone())
}

#[tokio::test]
async fn a_stranger_waits_at_the_door_until_the_host_lets_them_in() {
    let server = Server::start();
    let (mut console, joined) = server.console("console", json!({})).await;
    assert_eq!((&joined["door"], &joined["cap"], &joined["lanes"]), (&json!("open"), &json!(0), &json!(0)));
    let (_zoe, _) = server.phone("play", "Ada").await;
    console.push("console", "door", json!({ "door": "approve" })).await.expect("approve");
    let told = console.event("console", "room").await;
    assert_eq!(told, json!({ "door": "approve", "cap": 0, "lanes": 0 }));

    let mut ada = server.client().await;
    let (reason, seat) = knock(&mut ada, json!({ "name": "Ada", "colour": "teal" })).await;
    assert_eq!(reason, "waiting for approval");
    let shown = console.event("console", "knock").await;
    assert_eq!((&shown["name"], &shown["colour"]), (&json!("Ada 2"), &json!("teal")));
    // Whoever joins now sees it too, and trying again is no second knock.
    let (reason, seat) = knock(&mut ada, json!({ "name": "Ada", "seat": seat })).await;
    assert_eq!(reason, "waiting for approval");
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!(second["knocks"], json!([shown]));

    console.push("console", "admit", json!({ "id": shown["id"] })).await.expect("admitted");
    assert_eq!(console.event("console", "knock_gone").await, json!({ "id": shown["id"] }));
    let let_in = ada.join("play", json!({ "name": "Someone else", "seat": seat })).await.expect("let in");
    for field in ["name", "colour", "shape"] {
        assert_eq!(let_in["racer"][field], shown[field], "{field}");
    }
    // With the seat it was given now, and with the one it knocked by, it is the same racer.
    let again = ada.join("play", json!({ "seat": seat })).await.expect("joined");
    assert_eq!(again["racer"], let_in["racer"]);
    assert_eq!(
        console.push("console", "admit", json!({ "id": shown["id"] })).await,
        Err("no such knock".to_owned())
    );
}

#[tokio::test]
async fn who_is_not_let_in_is_told_so_and_the_name_is_free() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    console.push("console", "door", json!({ "door": "approve" })).await.expect("approve");
    let mut ada = server.client().await;
    let (_, seat) = knock(&mut ada, json!({ "name": "Ada" })).await;
    let shown = console.event("console", "knock").await;
    console.push("console", "deny", json!({ "id": shown["id"] })).await.expect("denied");
    console.event("console", "knock_gone").await;
    assert_eq!(knock(&mut ada, json!({ "name": "Ada", "seat": seat })).await.0, "not let in");
    let mut other = server.client().await;
    knock(&mut other, json!({ "name": "Ada" })).await;
    assert_eq!(console.event("console", "knock").await["name"], "Ada");
}

#[tokio::test]
async fn a_knock_is_no_seat_once_the_door_is_locked() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    console.push("console", "door", json!({ "door": "approve" })).await.expect("approve");
    let (mut ada, mut bo) = (server.client().await, server.client().await);
    let (_, ada_seat) = knock(&mut ada, json!({ "name": "Ada" })).await;
    let ada_shown = console.event("console", "knock").await;
    let (_, bo_seat) = knock(&mut bo, json!({ "name": "Bo" })).await;
    let bo_shown = console.event("console", "knock").await;
    console.push("console", "admit", json!({ "id": bo_shown["id"] })).await.expect("admitted");
    console.push("console", "lock", json!({ "locked": true })).await.expect("locked");
    console.event_where("console", "knock_gone", |gone| gone["id"] == ada_shown["id"]).await;
    assert_eq!(console.event("console", "lock").await, json!({ "locked": true }));
    assert_eq!(ada.join("play", json!({ "seat": ada_seat })).await, Err("room is locked".to_owned()));
    // A promise is kept.
    bo.join("play", json!({ "seat": bo_seat })).await.expect("joined");
    console.push("console", "door", json!({ "door": "open" })).await.expect("open");
    ada.join("play", json!({ "name": "Ada", "seat": ada_seat })).await.expect("joined");
}

#[tokio::test]
async fn those_who_have_a_seat_pass_the_door_and_the_banned_never_knock() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (ada, ada_joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = server.phone("play", "Bo").await;
    let (mut cy, cy_joined) = server.phone("play", "Cy").await;
    console.push("console", "door", json!({ "door": "approve" })).await.expect("approve");
    drop(ada);
    let (_ada, rejoined) = server.console("play", json!({ "seat": ada_joined["seat"] })).await;
    assert_eq!(rejoined["racer"], ada_joined["racer"]);
    console.push("console", "ban", json!({ "id": bo_joined["racer"]["id"] })).await.expect("banned");
    console.push("console", "kick", json!({ "id": cy_joined["racer"]["id"] })).await.expect("kicked");
    assert_eq!(knock(&mut bo, json!({ "name": "Bo", "seat": bo_joined["seat"] })).await.0, "banned");
    let (reason, _) = knock(&mut cy, json!({ "name": "Cyd", "seat": cy_joined["seat"] })).await;
    assert_eq!(reason, "waiting for approval");
    assert_eq!(console.event("console", "knock").await["name"], "Cyd");
}

#[tokio::test]
async fn a_hundred_may_wait_and_no_more() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    console.push("console", "door", json!({ "door": "approve" })).await.expect("approve");
    let mut clients = Vec::new();
    for number in 0..100 {
        // Few joins a second are let through for each socket.
        if number % 10 == 0 {
            clients.push(server.client().await);
        }
        let client = clients.last_mut().expect("a client");
        let (reason, _) = knock(client, json!({ "name": format!("Guest {number}") })).await;
        assert_eq!(reason, "waiting for approval");
    }
    let mut late = server.client().await;
    assert_eq!(knock(&mut late, json!({ "name": "Late" })).await.0, "rate limited");
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!(second["knocks"].as_array().map(Vec::len), Some(100));
}

#[tokio::test]
async fn a_room_takes_as_many_as_the_host_says() {
    let server = Server::with(&["--max-racers", "50"]);
    let (mut console, _) = server.console("console", json!({})).await;
    let refused = console.push("console", "cap", json!({ "racers": 51 })).await;
    assert_eq!(refused, Err("racers must be between 0 and 50".to_owned()));
    console.push("console", "cap", json!({ "racers": 2 })).await.expect("capped");
    assert_eq!(console.event("console", "room").await["cap"], 2);
    let (_ada, _) = server.phone("play", "Ada").await;
    console.push("console", "bots", json!({ "count": 1 })).await.expect("a bot");
    let mut bo = server.client().await;
    assert_eq!(bo.join("play", json!({ "name": "Bo" })).await, Err("room is full".to_owned()));
    let refused = console.push("console", "bots", json!({ "count": 2 })).await;
    assert_eq!(refused, Err("room is full".to_owned()));
    console.push("console", "cap", json!({ "racers": 0 })).await.expect("no cap");
    bo.join("play", json!({ "name": "Bo" })).await.expect("joined");
}
