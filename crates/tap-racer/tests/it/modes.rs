//! The other two kinds of race.

use serde_json::json;

use crate::kit::Server;

#[tokio::test]
async fn a_timed_heat_is_won_by_the_most_taps() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, ada_joined) = server.phone("play", "Ada").await;
    let (mut bo, _) = server.phone("play", "Bo").await;
    let rules =
        json!({ "rules": { "mode": "timed", "seconds": 1, "countdown": 0, "max_taps_per_second": 0 } });
    console.push("console", "start", rules).await.expect("started");
    let running = ada.phase("play", "running").await;
    let length = running["ends_at"].as_i64().zip(running["go_at"].as_i64()).map(|(end, go)| end - go);
    assert_eq!(length, Some(1000));
    bo.phase("play", "running").await;
    ada.claim("play", 1, 9).await;
    bo.claim("play", 1, 7).await;
    let results = console.final_results("console").await;
    assert_eq!((&results["mode"], &results["winner"]), (&json!("timed"), &ada_joined["racer"]["id"]));
    assert_eq!((&results["places"][0]["taps"], &results["places"][1]["taps"]), (&json!(9), &json!(7)));
    assert!(results["places"][0]["time"].is_null());
}

#[tokio::test]
async fn equal_taps_are_a_dead_heat() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    let (mut bo, _) = server.phone("play", "Bo").await;
    let rules =
        json!({ "rules": { "mode": "timed", "seconds": 1, "countdown": 0, "max_taps_per_second": 0 } });
    console.push("console", "start", rules).await.expect("started");
    for phone in [&mut ada, &mut bo] {
        phone.phase("play", "running").await;
        phone.claim("play", 1, 5).await;
    }
    let results = console.final_results("console").await;
    assert_eq!((&results["outcome"], &results["winner"]), (&json!("dead_heat"), &json!(null)));
    assert_eq!(results["winners"].as_array().map(Vec::len), Some(2));
    let you = bo.event_where("play", "you", |you| you["final"] == true).await;
    assert_eq!((&you["place"], &you["dead_heat"]), (&json!(1), &json!(true)));
}

#[tokio::test]
async fn a_tug_is_won_by_a_team() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, ada_joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = server.phone("play", "Bo").await;
    let rules = json!({ "rules": { "mode": "tug", "lead": 20, "countdown": 0, "max_taps_per_second": 0 } });
    console.push("console", "start", rules).await.expect("started");
    let running = ada.phase("play", "running").await;
    let team = |joined: &serde_json::Value| running["teams"][joined["racer"]["lane"].to_string()].clone();
    assert_ne!(team(&ada_joined), team(&bo_joined));
    bo.phase("play", "running").await;
    bo.claim("play", 1, 10).await;
    let tick = console.event("console", "tick").await;
    let sign = if team(&bo_joined) == "left" { -1 } else { 1 };
    assert_eq!(tick["rope"], json!(500 * sign));
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!(second["rope"], json!(500 * sign));
    assert!(second["racers"][0]["team"].is_string());
    ada.claim("play", 1, 30).await;
    let results = console.final_results("console").await;
    assert_eq!((&results["mode"], &results["outcome"]), (&json!("tug"), &json!("won")));
    assert_eq!(results["team"], team(&ada_joined));
    assert_eq!(results["places"][0]["name"], "Ada");
}
