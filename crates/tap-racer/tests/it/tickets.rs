//! Tickets: seats that are not taken yet, and how fast guests may come.

use serde_json::{Value, json};

use crate::kit::{Server, text};

async fn ticket(server: &Server, room: Value) -> (u16, Value) {
    let (status, body) = server.post("/api/tickets", &json!({ "room": room })).await;
    (status, serde_json::from_str(&body).expect("json"))
}

#[tokio::test]
async fn whoever_joins_twice_with_a_ticket_is_the_same_racer() {
    let server = Server::start();
    let (status, given) = ticket(&server, json!(null)).await;
    assert_eq!(status, 201, "{given}");
    let wish = json!({ "name": "Ada", "ticket": given["ticket"] });
    let (mut first, joined) = server.console("play", wish.clone()).await;
    let (_second, again) = server.console("play", wish).await;
    assert_eq!(again["racer"], joined["racer"]);
    first.event("play", "seat_taken").await;
    // A seat of one's own counts more than a ticket.
    let (_, other) = ticket(&server, json!(null)).await;
    let (_third, mine) =
        server.console("play", json!({ "seat": joined["seat"], "ticket": other["ticket"] })).await;
    assert_eq!(mine["racer"], joined["racer"]);
}

#[tokio::test]
async fn a_ticket_is_good_in_its_own_room_and_past_no_door() {
    let server = Server::start();
    let (code, _) = server.make_room().await;
    let (_, given) = ticket(&server, json!(code.to_lowercase())).await;
    let wish = json!({ "name": "Ada", "ticket": given["ticket"] });
    let (_here, here) = server.console(&format!("play:{code}"), wish.clone()).await;
    let (_there, there) = server.console(&format!("play:{code}"), wish.clone()).await;
    assert_eq!(here["racer"], there["racer"]);
    // In the house room it is nothing: two different guests.
    let (_one, one) = server.console("play", wish.clone()).await;
    let (_two, two) = server.console("play", wish).await;
    assert_ne!(one["racer"]["id"], two["racer"]["id"]);
    let (mut console, _) = server.console("console", json!({})).await;
    console.push("console", "lock", json!({ "locked": true })).await.expect("locked");
    let (_, given) = ticket(&server, json!(null)).await;
    let answer = server.client().await.join("play", json!({ "name": "Bo", "ticket": given["ticket"] })).await;
    assert_eq!(answer, Err("room is locked".to_owned()));
}

#[tokio::test]
async fn who_is_banned_comes_back_with_no_ticket_either() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (_, given) = ticket(&server, json!(null)).await;
    let wish = json!({ "name": "Ada", "ticket": given["ticket"] });
    let (mut ada, joined) = server.console("play", wish.clone()).await;
    console.push("console", "ban", json!({ "id": joined["racer"]["id"] })).await.expect("banned");
    ada.event("play", "kicked").await;
    assert_eq!(ada.join("play", wish).await, Err("banned".to_owned()));
}

#[tokio::test]
async fn a_ticket_is_asked_for_by_a_room() {
    let server = Server::start();
    assert_eq!(ticket(&server, json!("7777")).await, (404, json!({ "reason": "no such room" })));
    assert_eq!(ticket(&server, json!("")).await.0, 404);
    assert_eq!(ticket(&server, json!(5)).await.0, 400);
    assert_eq!(server.post("/api/tickets", &json!("x".repeat(2000))).await.0, 413);
    assert_eq!(server.http("GET", "/api/tickets", "").await.0, 404);
    let mut client = server.client().await;
    for forged in [json!("a.b.c"), json!(7), json!({})] {
        let (name, ticket) = ("Ada", forged);
        client.join("play", json!({ "name": name, "ticket": ticket })).await.expect("joined without one");
    }
}

#[tokio::test]
async fn guests_of_whom_nothing_is_known_are_let_in_more_slowly() {
    let server = Server::with(&["--joins-per-second", "1"]);
    let mut clients = Vec::new();
    let mut refused = 0;
    for number in 0..12 {
        let mut client = server.client().await;
        match client.join("play", json!({ "name": format!("Guest {number}") })).await {
            Ok(joined) => clients.push((client, text(&joined["seat"]))),
            Err(why) => {
                assert_eq!(why, "rate limited");
                refused += 1;
            }
        }
    }
    // Ten at once and one a second: on the slowest machine somebody had to wait, and somebody was in.
    assert!(refused > 0 && clients.len() >= 10, "{refused} refused");
    for (mut client, seat) in clients {
        client.join("play", json!({ "seat": seat })).await.expect("who is in comes back as often as need be");
    }
    for number in 0..12 {
        let (_, given) = ticket(&server, json!(null)).await;
        let wish = json!({ "name": format!("Holder {number}"), "ticket": given["ticket"] });
        server.client().await.join("play", wish).await.expect("joined");
    }
}
