//! Guests who help the host, other names, and the end of a room.

use serde_json::json;

use crate::kit::{Server, text};

#[tokio::test]
async fn a_cohost_runs_the_race_from_a_phone_and_no_more_than_that() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = server.phone("play", "Bo").await;
    assert_eq!((&joined["cohost"], &joined["house"]), (&json!(false), &json!(true)));
    for order in ["start", "rematch", "cancel", "rules", "kick", "lock", "door", "admit", "deny", "roster"] {
        assert_eq!(ada.push("play", order, json!({})).await, Err("not the host".to_owned()), "{order}");
    }
    let id = &joined["racer"]["id"];
    console.push("console", "cohost", json!({ "id": id, "cohost": true })).await.expect("a co-host");
    assert_eq!(ada.event("play", "cohost").await, json!({ "cohost": true }));
    let changed = console.event_where("console", "racer_changed", |racer| racer["id"] == *id).await;
    assert_eq!(changed["cohost"], true);

    let rules = json!({ "rules": { "mode": "sprint", "taps": 5, "countdown": 60_000 } });
    ada.push("play", "start", rules).await.expect("started");
    console.phase("console", "countdown").await;
    assert_eq!(ada.push("play", "start", json!({})).await, Err("already running".to_owned()));
    ada.push("play", "cancel", json!({})).await.expect("cancelled");
    ada.push("play", "rules", json!({ "rules": { "taps": 7 } })).await.expect("chosen");
    assert_eq!(console.event("console", "rules").await["rules"]["taps"], 7);
    let roster = ada.push("play", "roster", json!({})).await.expect("a roster");
    assert_eq!((&roster["door"], &roster["knocks"]), (&json!("open"), &json!([])));
    assert_eq!(roster["racers"][1]["name"], "Bo");
    ada.push("play", "kick", json!({ "id": bo_joined["racer"]["id"] })).await.expect("kicked");
    bo.event("play", "kicked").await;
    ada.push("play", "lock", json!({ "locked": true })).await.expect("locked");
    for order in ["ban", "bots", "cap", "lanes", "cohost", "end"] {
        let refused = ada
            .push("play", order, json!({ "id": 1, "count": 1, "racers": 1, "lanes": 2, "cohost": true }))
            .await;
        assert_eq!(refused, Err("not the host".to_owned()), "{order}");
    }

    // It goes with the seat.
    drop(ada);
    let (mut ada, rejoined) = server.console("play", json!({ "seat": joined["seat"] })).await;
    assert_eq!(rejoined["cohost"], true);
    console.push("console", "cohost", json!({ "id": id, "cohost": false })).await.expect("dismissed");
    assert_eq!(ada.event("play", "cohost").await, json!({ "cohost": false }));
    assert_eq!(ada.push("play", "start", json!({})).await, Err("not the host".to_owned()));
}

#[tokio::test]
async fn who_is_sent_away_helps_no_more_and_a_bot_never_does() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    let id = &joined["racer"]["id"];
    console.push("console", "cohost", json!({ "id": id, "cohost": true })).await.expect("a co-host");
    console.push("console", "kick", json!({ "id": id })).await.expect("kicked");
    ada.event("play", "kicked").await;
    let again = ada.join("play", json!({ "name": "Ada", "seat": joined["seat"] })).await.expect("joined");
    assert_eq!(again["cohost"], false);
    let refused = console.push("console", "cohost", json!({ "id": id, "cohost": true })).await;
    assert_eq!(refused, Err("no such racer".to_owned()));
    console.push("console", "bots", json!({ "count": 1 })).await.expect("a bot");
    let bot = console.event_where("console", "racer_joined", |racer| racer["bot"] == true).await;
    let refused = console.push("console", "cohost", json!({ "id": bot["id"], "cohost": true })).await;
    assert_eq!(refused, Err("a bot has no phone".to_owned()));
}

#[tokio::test]
async fn a_host_renames_and_the_phone_keeps_the_seat_that_tells_it() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (_bo, _) = server.phone("play", "Bo").await;
    let (mut ada, joined) = server.phone("play", "Zipfelklatscher").await;
    let id = &joined["racer"]["id"];
    let refused = console.push("console", "rename", json!({ "id": id, "name": "Fuck you" })).await;
    assert_eq!(refused, Err("name is not allowed".to_owned()));
    console.push("console", "rename", json!({ "id": id, "name": " bo " })).await.expect("renamed");
    let renamed = ada.event("play", "renamed").await;
    assert_eq!(renamed["name"], "bo 2");
    let changed = console.event_where("console", "racer_changed", |racer| racer["id"] == *id).await;
    assert_eq!(changed["name"], "bo 2");
    ada.push("play", "phx_leave", json!({})).await.expect("left");
    let (_ada, rejoined) = server.console("play", json!({ "seat": renamed["seat"] })).await;
    assert_eq!(rejoined["racer"]["name"], "bo 2");
    let (_zoe, joined) = server.phone("play", "Zipfelklatscher").await;
    assert_eq!(joined["racer"]["name"], "Zipfelklatscher", "its old name is free");
}

#[tokio::test]
async fn a_phone_takes_another_name_but_not_in_mid_race() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    for (name, why) in [
        (json!({}), "name is missing"),
        (json!({ "name": 5 }), "name is missing"),
        (json!({ "name": "x".repeat(25) }), "name is too long"),
        (json!({ "name": "Fuck you" }), "name is not allowed"),
    ] {
        assert_eq!(ada.push("play", "rename", name).await, Err(why.to_owned()));
    }
    let renamed = ada.push("play", "rename", json!({ "name": "Ada Lovelace" })).await.expect("renamed");
    assert_eq!(renamed["name"], "Ada Lovelace");
    let id = &joined["racer"]["id"];
    let changed = console.event_where("console", "racer_changed", |racer| racer["id"] == *id).await;
    assert_eq!(changed["name"], "Ada Lovelace");
    console.push("console", "start", json!({ "rules": { "countdown": 60_000 } })).await.expect("started");
    let refused = ada.push("play", "rename", json!({ "name": "Bo" })).await;
    assert_eq!(refused, Err("not while racing".to_owned()));
    // The host may: it may have to.
    console.push("console", "rename", json!({ "id": id, "name": "Eve" })).await.expect("renamed");
    console.push("console", "cancel", json!({})).await.expect("cancelled");
    for name in ["B", "C", "D"] {
        ada.push("play", "rename", json!({ "name": name })).await.expect("renamed");
    }
    assert_eq!(ada.push("play", "rename", json!({ "name": "F" })).await, Err("rate limited".to_owned()));
}

#[tokio::test]
async fn a_room_that_is_ended_is_gone_for_good() {
    let server = Server::start();
    let (code, host) = server.make_room().await;
    let (play, screens) = (format!("play:{code}"), format!("console:{code}"));
    let (mut console, joined) = server.console(&screens, json!({ "host": host })).await;
    let url = text(&joined["host_url"]);
    let (page, token) = url.split_once("#host=").expect("a token");
    assert!(page.ends_with(&format!("/console/{code}")), "{page}");
    let (_, elsewhere) = server.console(&screens, json!({ "host": token })).await;
    assert_eq!(elsewhere["host"], true);
    let (mut watching, _) = server.console(&screens, json!({})).await;
    let (mut ada, _) = server.phone(&play, "Ada").await;
    assert_eq!(watching.push(&screens, "end", json!({})).await, Err("not the host".to_owned()));
    console.push(&screens, "end", json!({})).await.expect("ended");
    for (client, topic) in [(&mut console, &screens), (&mut watching, &screens), (&mut ada, &play)] {
        assert_eq!(client.event(topic, "room_ended").await, json!({}));
        client.event(topic, "phx_close").await;
    }
    assert_eq!(ada.join(&play, json!({ "name": "Ada" })).await, Err("no such room".to_owned()));
    let back = console.join(&screens, json!({ "host": host })).await;
    assert_eq!(back, Err("no such room".to_owned()));
    assert_eq!(server.http("GET", &format!("/api/rooms/{code}"), "").await.0, 404);
}

#[tokio::test]
async fn the_house_room_stays() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    assert_eq!(console.push("console", "end", json!({})).await, Err("the house room stays".to_owned()));
    server.phone("play", "Ada").await;
}

#[tokio::test]
async fn the_host_link_opens_the_console_as_host_and_only_hosts_are_told_it() {
    let server = Server::with(&["--host-key", "open sesame & more"]);
    let address = server.running.local_addr();
    let (_, joined) = server.console("console", json!({ "host": "open sesame & more" })).await;
    let url = format!("http://{address}/console#host=open%20sesame%20%26%20more");
    assert_eq!(joined["host_url"], url);
    assert!(joined["host_qr"]["path"].is_string(), "{}", joined["host_qr"]);
    let (_, watching) = server.console("console", json!({})).await;
    assert_eq!((&watching["host_url"], &watching["host_qr"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn any_screen_may_ask_for_the_time() {
    let server = Server::with(&["--host-key", "open sesame"]);
    let (mut watching, joined) = server.console("console", json!({})).await;
    let answer = watching.push("console", "sync", json!({ "t0": 17.5 })).await.expect("the time");
    assert_eq!(answer["t0"], 17.5);
    assert!(answer["now"].as_i64() >= joined["now"].as_i64());
    assert_eq!(watching.push("console", "sync", json!({})).await, Err("t0 is missing".to_owned()));
}
