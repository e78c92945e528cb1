//! What a host has set up outlives the server.

use serde_json::json;

use crate::kit::{Server, sprint};

#[tokio::test]
async fn a_restart_changes_nothing_of_what_was_set_up() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = server.console("chat:lobby", json!({ "name": "Bo" })).await;
    let (seat, id) = (&joined["seat"], &joined["racer"]["id"]);
    console.push("console", "start", sprint(3)).await.expect("started");
    ada.phase("play", "running").await;
    ada.claim("play", 1, 3).await;
    let bests = console.event("console", "bests").await["boards"].clone();
    bo.push("chat:lobby", "new_msg", json!({ "text": "nasty" })).await.expect("said");
    let message = bo.event("chat:lobby", "new_msg").await["id"].clone();
    ada.push("play", "calibrate", json!({ "taps": 10, "ms": 5000 })).await.expect("calibrated");
    console.push("console", "bots", json!({ "count": 3 })).await.expect("bots");
    for (order, payload) in [
        ("door", json!({ "door": "approve" })),
        ("cap", json!({ "racers": 40 })),
        ("lanes", json!({ "lanes": 3 })),
        ("cohost", json!({ "id": id, "cohost": true })),
        ("mute", json!({ "by": bo_joined["by"], "muted": true })),
        ("delete_msg", json!({ "id": message })),
        ("rules", json!({ "rules": { "taps": 20, "handicap": true } })),
        ("tournament", json!({ "on": true })),
    ] {
        console.push("console", order, payload).await.expect(order);
    }
    let (_, before) = server.console("console", json!({})).await;
    drop((console, ada, bo));
    let server = server.restart().await;

    let (mut console, after) = server.console("console", json!({})).await;
    for field in ["door", "cap", "lanes", "muted", "bests", "tournament", "next_rules", "ghost"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(after["bests"], bests);
    let racer = &after["racers"][0];
    assert_eq!(
        (&racer["cohost"], &racer["handicap"], &racer["course"]),
        (&json!(true), &json!(307), &json!(7))
    );
    let (mut ada, rejoined) = server.console("play", json!({ "seat": seat })).await;
    assert_eq!((&rejoined["cohost"], &rejoined["racer"]["id"]), (&json!(true), id));
    ada.event_where("play", "tournament", |told| told["state"] == "waiting").await;
    ada.push("play", "start", json!({ "rules": { "countdown": 60_000 } })).await.expect("started");
    let told = console.phase("console", "countdown").await;
    assert_eq!(told["field"].as_array().map(Vec::len), Some(2), "the first group of four on three lanes");
    let (mut bo, again) = server.console("chat:lobby", json!({ "name": "Bo", "me": bo_joined["me"] })).await;
    assert_eq!((&again["messages"], &again["deleted"]), (&json!([]), &json!([message])));
    let refused = bo.push("chat:lobby", "new_msg", json!({ "text": "nasty" })).await;
    assert_eq!(refused, Err("muted".to_owned()));
}

#[tokio::test]
async fn a_room_that_was_ended_is_not_there_after_a_restart() {
    let server = Server::start();
    let (code, host) = server.make_room().await;
    let topic = format!("console:{code}");
    let (mut console, _) = server.console(&topic, json!({ "host": host })).await;
    console.push(&topic, "end", json!({})).await.expect("ended");
    console.event(&topic, "phx_close").await;
    let server = server.restart().await;
    assert_eq!(server.http("GET", &format!("/api/rooms/{code}"), "").await.0, 404);
    let answer = server.client().await.join(&format!("play:{code}"), json!({ "name": "Ada" })).await;
    assert_eq!(answer, Err("no such room".to_owned()));
}
