//! What a host may do with guests.

use serde_json::json;

use crate::kit::{Server, sprint};

#[tokio::test]
async fn who_is_kicked_is_told_and_may_come_back() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    console.push("console", "kick", json!({ "id": joined["racer"]["id"] })).await.expect("kicked");
    ada.event("play", "kicked").await;
    ada.event("play", "phx_close").await;
    let left = console.event("console", "racer_left").await;
    assert_eq!(left, json!({ "id": joined["racer"]["id"], "why": "kicked" }));
    let rejoined = ada.join("play", json!({ "name": "Ada", "seat": joined["seat"] })).await.expect("joined");
    assert_ne!(rejoined["racer"]["id"], joined["racer"]["id"]);
}

#[tokio::test]
async fn who_is_banned_stays_out() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    console.push("console", "ban", json!({ "id": joined["racer"]["id"] })).await.expect("banned");
    ada.event("play", "kicked").await;
    let answer = ada.join("play", json!({ "name": "Ada", "seat": joined["seat"] })).await;
    assert_eq!(answer, Err("banned".to_owned()));
}

#[tokio::test]
async fn a_locked_room_keeps_its_guests_and_takes_no_others() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (ada, joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = server.phone("play", "Bo").await;
    console.push("console", "lock", json!({ "locked": true })).await.expect("locked");
    assert_eq!(console.event("console", "lock").await, json!({ "locked": true }));
    let mut stranger = server.client().await;
    assert_eq!(stranger.join("play", json!({ "name": "Cy" })).await, Err("room is locked".to_owned()));
    drop(ada);
    let (_ada, rejoined) = server.console("play", json!({ "seat": joined["seat"] })).await;
    assert_eq!((&rejoined["racer"], &rejoined["locked"]), (&joined["racer"], &json!(true)));
    // Who was sent away is a stranger.
    console.push("console", "kick", json!({ "id": bo_joined["racer"]["id"] })).await.expect("kicked");
    let answer = bo.join("play", json!({ "seat": bo_joined["seat"] })).await;
    assert_eq!(answer, Err("room is locked".to_owned()));
    console.push("console", "lock", json!({ "locked": false })).await.expect("unlocked");
    stranger.join("play", json!({ "name": "Cy" })).await.expect("joined");
}

#[tokio::test]
async fn bots_race_by_themselves_and_go_when_told() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    console.push("console", "bots", json!({ "count": 3, "level": "hard" })).await.expect("bots");
    let mut names = Vec::new();
    for _ in 0..3 {
        let bot = console.event("console", "racer_joined").await;
        assert_eq!((&bot["bot"], &bot["connected"]), (&json!(true), &json!(true)));
        names.push(bot["name"].clone());
    }
    names.dedup();
    assert_eq!(names.len(), 3);
    console.push("console", "start", sprint(8)).await.expect("started");
    let results = console.final_results("console").await;
    assert_eq!(results["places"].as_array().map(Vec::len), Some(3));
    assert_eq!(results["places"][0]["taps"], 8);
    let time = results["places"][0]["time"].as_u64().expect("a time");
    assert!((500..4000).contains(&time), "eight taps at a human pace took {time} ms");
    console.push("console", "bots", json!({ "count": 1 })).await.expect("bots");
    for _ in 0..2 {
        assert_eq!(console.event("console", "racer_left").await["why"], "left");
    }
    let (_, joined) = server.console("console", json!({})).await;
    assert_eq!(joined["racers"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_bot_may_be_kicked() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    console.push("console", "bots", json!({ "count": 2 })).await.expect("bots");
    let bot = console.event("console", "racer_joined").await;
    console.push("console", "kick", json!({ "id": bot["id"] })).await.expect("kicked");
    assert_eq!(console.event("console", "racer_left").await["id"], bot["id"]);
    console.push("console", "bots", json!({ "count": 2 })).await.expect("bots");
    let (_, joined) = server.console("console", json!({})).await;
    let names: Vec<_> =
        joined["racers"].as_array().expect("racers").iter().map(|racer| &racer["name"]).collect();
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1]);
}

#[tokio::test]
async fn what_the_host_chooses_is_shown_to_all_and_raced_next() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    let chosen = json!({ "mode": "timed", "seconds": 1, "countdown": 0 });
    console.push("console", "rules", json!({ "rules": chosen })).await.expect("chosen");
    for (client, topic) in [(&mut console, "console"), (&mut ada, "play")] {
        let told = client.event(topic, "rules").await;
        assert_eq!((&told["rules"]["mode"], &told["rules"]["seconds"]), (&json!("timed"), &json!(1)));
    }
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!(
        (&second["next_rules"]["mode"], &second["rules"]["mode"]),
        (&json!("timed"), &json!("sprint"))
    );
    let (_bo, joined) = server.phone("play", "Bo").await;
    assert_eq!(joined["next_rules"]["mode"], "timed");
    console.push("console", "start", json!({})).await.expect("started");
    assert_eq!(console.final_results("console").await["mode"], "timed");
    let (_, third) = server.console("console", json!({})).await;
    assert_eq!((&third["next_rules"], &third["rules"]["mode"]), (&json!(null), &json!("timed")));
}

#[tokio::test]
async fn who_was_sent_away_for_a_name_comes_back_under_another_one() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Zipfelklatscher").await;
    console.push("console", "kick", json!({ "id": joined["racer"]["id"] })).await.expect("kicked");
    ada.event("play", "kicked").await;
    let seat = &joined["seat"];
    let again = ada.join("play", json!({ "name": "Ada", "seat": seat })).await.expect("joined");
    assert_eq!(
        (&again["racer"]["name"], &again["racer"]["colour"]),
        (&json!("Ada"), &joined["racer"]["colour"])
    );
}
