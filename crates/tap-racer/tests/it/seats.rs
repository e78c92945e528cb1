//! Phones that reload, get lost, come back, and leave.

use serde_json::json;

use crate::kit::{Server, sprint};

#[tokio::test]
async fn a_reload_keeps_the_racer_its_lane_and_its_taps() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (_other, _) = server.phone("play", "Zoe").await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    console.push("console", "start", sprint(30)).await.expect("started");
    ada.phase("play", "running").await;
    ada.claim("play", 1, 17).await;
    ada.event_where("play", "you", |you| you["taps"] == 17).await;
    drop(ada);
    console.event_where("console", "racer_changed", |racer| racer["connected"] == false).await;
    let (mut again, rejoined) =
        server.console("play", json!({ "name": "Ada", "seat": joined["seat"] })).await;
    assert_eq!(rejoined["racer"], joined["racer"]);
    assert_eq!(
        (&rejoined["taps"], &rejoined["claimed"], &rejoined["in_heat"]),
        (&json!(17), &json!(17), &json!(true))
    );
    assert_eq!((&rejoined["phase"], &rejoined["heat"]), (&json!("running"), &json!(1)));
    console.event_where("console", "racer_changed", |racer| racer["connected"] == true).await;
    again.claim("play", 1, 30).await;
    assert_eq!(console.final_results("console").await["winner"], joined["racer"]["id"]);
}

#[tokio::test]
async fn a_seat_whose_racer_timed_out_gets_one_that_looks_the_same() {
    let server = Server::with(&["--grace", "50ms"]);
    let (mut console, _) = server.console("console", json!({})).await;
    let (ada, joined) = server.phone("play", "Ada").await;
    drop(ada);
    let left = console.event("console", "racer_left").await;
    assert_eq!(left, json!({ "id": joined["racer"]["id"], "why": "timeout" }));
    let (_again, rejoined) = server.console("play", json!({ "seat": joined["seat"] })).await;
    assert_ne!(rejoined["racer"]["id"], joined["racer"]["id"]);
    for field in ["name", "colour", "shape"] {
        assert_eq!(rejoined["racer"][field], joined["racer"][field], "{field}");
    }
}

#[tokio::test]
async fn a_seat_is_good_after_a_restart() {
    let server = Server::start();
    let (zoe, _) = server.phone("play", "Zoe").await;
    let (ada, joined) = server.phone("play", "Ada").await;
    drop((zoe, ada));
    let server = server.restart().await;
    let (mut again, rejoined) = server.console("play", json!({ "seat": joined["seat"] })).await;
    for field in ["name", "colour", "shape"] {
        assert_eq!(rejoined["racer"][field], joined["racer"][field], "{field}");
    }
    // And what it got now is its seat as well.
    let (_, third) = server.console("play", json!({ "seat": joined["seat"] })).await;
    assert_eq!(third["racer"], rejoined["racer"]);
    again.event("play", "seat_taken").await;
}

#[tokio::test]
async fn a_seat_of_another_room_or_of_nobody_is_none() {
    let server = Server::start();
    let (code, host) = server.make_room().await;
    let (_ada, joined) = server.phone("play", "Ada").await;
    let elsewhere = format!("play:{code}");
    let (_other, other) = server.console(&elsewhere, json!({ "name": "Bo", "seat": joined["seat"] })).await;
    assert_eq!(other["racer"]["name"], "Bo");
    let mut client = server.client().await;
    for seat in [json!("forged"), json!(host), json!(5), json!({}), json!("a.b.c")] {
        let answer = client.join("play", json!({ "seat": seat })).await;
        assert_eq!(answer, Err("name is missing".to_owned()), "{seat}");
    }
}

#[tokio::test]
async fn who_leaves_in_mid_race_is_gone_and_the_race_goes_on() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let wish = json!({ "name": "Ada", "colour": "teal", "shape": "heart" });
    let (mut ada, ada_joined) = server.console("play", wish).await;
    let (mut bo, bo_joined) = server.phone("play", "Bo").await;
    console.push("console", "start", sprint(10)).await.expect("started");
    for phone in [&mut ada, &mut bo] {
        phone.phase("play", "running").await;
    }
    ada.claim("play", 1, 6).await;
    ada.push("play", "phx_leave", json!({})).await.expect("left");
    let left = console.event("console", "racer_left").await;
    assert_eq!(left, json!({ "id": ada_joined["racer"]["id"], "why": "left" }));
    bo.claim("play", 1, 10).await;
    let results = console.final_results("console").await;
    assert_eq!(results["winner"], bo_joined["racer"]["id"]);
    let gone = &results["places"][1];
    assert_eq!((&gone["name"], &gone["taps"], &gone["gone"]), (&json!("Ada"), &json!(6), &json!(true)));
    assert_eq!((&gone["colour"], &gone["shape"]), (&json!("teal"), &json!("heart")));
    console.push("console", "rematch", json!({})).await.expect("started");
    let countdown = console.event_where("console", "phase", |change| change["heat"] == 2).await;
    assert_eq!(countdown["lanes"], json!([[2, 0]]));
}

#[tokio::test]
async fn who_comes_late_races_in_the_next_heat() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", sprint(5)).await.expect("started");
    ada.phase("play", "running").await;
    let (mut late, joined) = server.phone("play", "Bo").await;
    assert_eq!((&joined["in_heat"], &joined["phase"]), (&json!(false), &json!("running")));
    late.claim("play", 1, 5).await;
    late.push("play", "sync", json!({ "t0": 1 })).await.expect("synced");
    ada.claim("play", 1, 5).await;
    let results = console.final_results("console").await;
    assert_eq!(results["places"].as_array().map(Vec::len), Some(1));
    console.push("console", "rematch", json!({})).await.expect("started");
    late.event_where("play", "phase", |change| change["phase"] == "running" && change["heat"] == 2).await;
    late.claim("play", 2, 5).await;
    let results = console
        .event_where("console", "results", |results| results["heat"] == 2 && results["final"] == true)
        .await;
    assert_eq!(results["winner"], joined["racer"]["id"]);
}

#[tokio::test]
async fn a_join_again_on_the_same_socket_goes_on_with_its_seat() {
    let server = Server::start();
    let (mut ada, joined) = server.phone("play", "Ada").await;
    let rejoined = ada.join("play", json!({ "name": "Ada", "seat": joined["seat"] })).await.expect("joined");
    assert_eq!(rejoined["racer"], joined["racer"]);
    let seen = ada.everything().await;
    assert!(seen.iter().all(|frame| frame.event != "seat_taken"), "{seen:?}");
}

#[tokio::test]
async fn when_the_server_stops_clients_are_told_to_come_back() {
    let server = Server::start();
    let (mut ada, _) = server.phone("play", "Ada").await;
    let stopping = tokio::spawn(server.restart());
    assert_eq!(ada.closed().await, Some(1012));
    drop(ada);
    stopping.await.expect("restarted");
}
