//! From the start to the winner.

use serde_json::json;

use crate::kit::{Server, sprint};

#[tokio::test]
async fn a_hundred_bare_taps_win_in_the_house_room() {
    let server = Server::start();
    let (mut console, joined) = server.console("console", json!({})).await;
    assert_eq!(
        (&joined["host"], &joined["room"], &joined["phase"]),
        (&json!(true), &json!(""), &json!("lobby"))
    );
    let (mut ada, ada_joined) = server.phone("play", "Ada").await;
    let (mut bo, _) = server.phone("play", "Bo").await;
    let seen = console.event("console", "racer_joined").await;
    assert_eq!((&seen["name"], &seen["lane"], &seen["connected"]), (&json!("Ada"), &json!(1), &json!(true)));
    console.push("console", "start", sprint(100)).await.expect("started");
    ada.phase("play", "running").await;
    bo.phase("play", "running").await;
    bo.tap("play", 40).await;
    // Behind them in the same queue.
    bo.push("play", "sync", json!({ "t0": 1 })).await.expect("synced");
    ada.tap("play", 100).await;
    let results = console.final_results("console").await;
    assert_eq!(results["winner"], ada_joined["racer"]["id"]);
    assert_eq!(results["outcome"], "won");
    let places: Vec<_> = results["places"].as_array().expect("places").iter().collect();
    assert_eq!(
        (&places[0]["name"], &places[0]["taps"], &places[0]["place"]),
        (&json!("Ada"), &json!(100), &json!(1))
    );
    assert_eq!(
        (&places[1]["name"], &places[1]["taps"], &places[1]["place"]),
        (&json!("Bo"), &json!(40), &json!(2))
    );
    assert!(places[0]["time"].as_i64().is_some_and(|time| time >= 0));
    assert_eq!(ada.final_results("play").await["winner"], results["winner"]);
    let you = bo.event_where("play", "you", |you| you["final"] == true).await;
    assert_eq!((&you["taps"], &you["place"], &you["of"]), (&json!(40), &json!(2), &json!(2)));
}

#[tokio::test]
async fn a_finish_is_provisional_before_it_is_final() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", sprint(3)).await.expect("started");
    ada.phase("play", "running").await;
    ada.tap("play", 3).await;
    let first = console.event("console", "results").await;
    let second = console.event("console", "results").await;
    assert_eq!((&first["final"], &second["final"]), (&json!(false), &json!(true)));
    for phase in ["running", "finishing", "finished"] {
        let change = console.phase("console", phase).await;
        assert_eq!(change["heat"], 1);
    }
}

#[tokio::test]
async fn a_gun_fires_for_everybody_at_the_same_server_time() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", json!({ "rules": { "countdown": 300 } })).await.expect("started");
    let screen = console.phase("console", "countdown").await;
    let phone = ada.phase("play", "countdown").await;
    assert_eq!(screen["go_at"], phone["go_at"]);
    let countdown = phone["go_at"].as_i64().zip(phone["now"].as_i64()).map(|(go_at, now)| go_at - now);
    assert!(countdown.is_some_and(|countdown| (1..=300).contains(&countdown)), "{phone}");
    assert_eq!(screen["lanes"], json!([[1, 0]]));
    assert!(phone.get("lanes").is_none());
    let running = ada.phase("play", "running").await;
    assert!(running["now"].as_i64() >= running["go_at"].as_i64());
    let synced = ada.push("play", "sync", json!({ "t0": 12.5 })).await.expect("synced");
    assert_eq!(synced["t0"], 12.5);
    assert!(synced["now"].as_i64() >= running["now"].as_i64());
}

#[tokio::test]
async fn repeats_and_claims_of_other_heats_count_nothing() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", sprint(50)).await.expect("started");
    ada.phase("play", "running").await;
    for taps in [5, 9, 9, 7, 5, 12, 12] {
        ada.claim("play", 1, taps).await;
    }
    ada.claim("play", 0, 40).await;
    ada.claim("play", 2, 40).await;
    let you = ada.event_where("play", "you", |you| you["taps"].as_u64() > Some(11)).await;
    assert_eq!((&you["taps"], &you["claimed"]), (&json!(12), &json!(12)));
    ada.claim("play", 1, 50).await;
    assert_eq!(ada.final_results("play").await["places"][0]["taps"], 50);
}

#[tokio::test]
async fn ticks_bring_every_tap_to_the_screen() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", sprint(1000)).await.expect("started");
    ada.phase("play", "running").await;
    ada.claim("play", 1, 321).await;
    let tick = console.event_where("console", "tick", |tick| tick["lanes"] == json!([[1, 321]])).await;
    assert_eq!(tick["heat"], 1);
    assert!(tick["t"].as_i64().is_some_and(|t| t >= 0));
}

#[tokio::test]
async fn taps_beyond_what_hands_can_do_are_refused_and_said_to_be() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", json!({ "rules": { "countdown": 0 } })).await.expect("started");
    ada.phase("play", "running").await;
    ada.tap("play", 100).await;
    let you = ada.event_where("play", "you", |you| you["claimed"] == 100).await;
    let refused = you["refused"].as_u64().expect("a count");
    assert!(refused > 0);
    assert_eq!(you["taps"].as_u64().map(|taps| taps + refused), Some(100));
    let flag = console.event("console", "flag").await;
    assert_eq!(flag["refused"].as_u64(), Some(refused));
}

#[tokio::test]
async fn taps_before_the_gun_are_false_starts() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    let rules = json!({ "rules": { "taps": 3, "countdown": 400, "max_taps_per_second": 0 } });
    console.push("console", "start", rules).await.expect("started");
    ada.phase("play", "countdown").await;
    ada.claim("play", 1, 2).await;
    ada.phase("play", "running").await;
    let you = ada.event_where("play", "you", |you| you["heat"] == 1).await;
    assert_eq!((&you["taps"], &you["false_starts"], &you["claimed"]), (&json!(0), &json!(2), &json!(2)));
    ada.claim("play", 1, 5).await;
    let place = &console.final_results("console").await["places"][0];
    assert_eq!((&place["taps"], &place["false_starts"]), (&json!(3), &json!(2)));
}

#[tokio::test]
async fn a_rematch_runs_by_the_same_rules_from_nothing() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", sprint(4)).await.expect("started");
    for heat in 1..=3 {
        let running = ada.phase("play", "running").await;
        assert_eq!((&running["heat"], &running["rules"]["taps"]), (&json!(heat), &json!(4)));
        ada.claim("play", heat, 4).await;
        let results = ada.final_results("play").await;
        assert_eq!((&results["heat"], &results["places"][0]["taps"]), (&json!(heat), &json!(4)));
        console.push("console", "rematch", json!({})).await.expect("started");
    }
}

#[tokio::test]
async fn a_cancelled_heat_is_back_in_the_lobby() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", sprint(100)).await.expect("started");
    ada.phase("play", "running").await;
    console.push("console", "cancel", json!({})).await.expect("cancelled");
    ada.phase("play", "lobby").await;
    assert_eq!(ada.final_results("play").await["outcome"], "cancelled");
    assert_eq!(console.push("console", "cancel", json!({})).await, Err("not running".to_owned()));
    console.push("console", "start", sprint(1)).await.expect("started again");
}

#[tokio::test]
async fn a_screen_that_comes_late_sees_the_same() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", sprint(10)).await.expect("started");
    ada.phase("play", "running").await;
    ada.claim("play", 1, 6).await;
    console.event_where("console", "tick", |tick| tick["lanes"] == json!([[1, 6]])).await;
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!((&second["phase"], &second["heat"]), (&json!("running"), &json!(1)));
    assert_eq!(second["racers"][0]["taps"], 6);
    assert!(second["go_at"].is_i64());
    ada.claim("play", 1, 10).await;
    let results = console.final_results("console").await;
    let (_, third) = server.console("console", json!({})).await;
    assert_eq!(third["results"], results);
}
