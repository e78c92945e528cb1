//! Heats in rooms with more racers than lanes.

use serde_json::{Value, json};

use crate::kit::{Client, Server};

/// Starts a heat, and tells who is in it.
async fn heat(console: &mut Client, number: u32) -> Vec<u64> {
    let rules = json!({ "rules": { "mode": "sprint", "taps": 3, "countdown": 0, "max_taps_per_second": 0 } });
    console.push("console", "start", rules).await.expect("started");
    let is_it = |change: &Value| change["phase"] == "running" && change["heat"] == number;
    let running = console.event_where("console", "phase", is_it).await;
    lanes(&running["field"])
}

fn lanes(json: &Value) -> Vec<u64> {
    json.as_array().expect("lanes").iter().filter_map(Value::as_u64).collect()
}

#[tokio::test]
async fn who_waited_longest_races_next_and_everybody_is_told_who() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let mut phones = Vec::new();
    for name in ["A", "B", "C", "D", "E"] {
        phones.push(server.phone("play", name).await.0);
    }
    console.push("console", "lanes", json!({ "lanes": 2 })).await.expect("two lanes");
    assert_eq!(console.event("console", "room").await["lanes"], 2);
    let mut raced = Vec::new();
    for number in 1..=7 {
        if number == 6 {
            // Who comes late races next, and then waits like everybody.
            phones.push(server.phone("play", "F").await.0);
        }
        let field = heat(&mut console, number).await;
        let phone = &mut phones[field[0] as usize - 1];
        let told = phone.event_where("play", "phase", |change| change["heat"] == number).await;
        assert_eq!(lanes(&told["field"]), field);
        phone
            .event_where("play", "phase", |change| change["phase"] == "running" && change["heat"] == number)
            .await;
        phone.claim("play", number, 3).await;
        let results = console
            .event_where("console", "results", |results| {
                results["heat"] == number && results["final"] == true
            })
            .await;
        assert_eq!(results["places"].as_array().map(Vec::len), Some(2));
        raced.push(field);
    }
    assert_eq!(raced, [[1, 2], [3, 4], [1, 5], [2, 3], [4, 5], [1, 6], [2, 3]].map(Vec::from));
}

#[tokio::test]
async fn who_does_not_race_does_not_count_and_who_comes_waits() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "A").await;
    let (_bo, _) = server.phone("play", "B").await;
    let (mut cy, cy_joined) = server.phone("play", "C").await;
    console.push("console", "lanes", json!({ "lanes": 2 })).await.expect("two lanes");
    let rules = json!({ "rules": { "mode": "sprint", "taps": 3, "countdown": 60_000 } });
    console.push("console", "start", rules).await.expect("started");
    let told = cy.phase("play", "countdown").await;
    assert_eq!(told["field"], json!([1, 2]));
    let (_dan, dan) = server.phone("play", "D").await;
    assert_eq!((&dan["in_heat"], &dan["field"]), (&json!(false), &json!([1, 2])));
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!(second["racers"][2]["in_heat"], false);
    // A heat that was called off before the gun was nobody's turn.
    console.push("console", "cancel", json!({})).await.expect("cancelled");
    assert_eq!(heat(&mut console, 2).await, [1, 2]);
    cy.event_where("play", "phase", |change| change["phase"] == "running").await;
    cy.claim("play", 2, 3).await;
    cy.push("play", "sync", json!({ "t0": 1 })).await.expect("handled");
    ada.claim("play", 2, 3).await;
    let results = console
        .event_where("console", "results", |results| results["heat"] == 2 && results["final"] == true)
        .await;
    let raced: Vec<&Value> =
        results["places"].as_array().expect("places").iter().map(|place| &place["id"]).collect();
    assert!(!raced.contains(&&cy_joined["racer"]["id"]), "{raced:?}");
}

#[tokio::test]
async fn with_lanes_enough_everybody_races_and_the_lost_come_last() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (ada, _) = server.phone("play", "A").await;
    let (_bo, _) = server.phone("play", "B").await;
    console.push("console", "lanes", json!({ "lanes": 2 })).await.expect("two lanes");
    console.push("console", "start", json!({ "rules": { "countdown": 60_000 } })).await.expect("started");
    let told = console.phase("console", "countdown").await;
    assert_eq!(told["field"], json!(null));
    console.push("console", "cancel", json!({})).await.expect("cancelled");
    let (_cy, _) = server.phone("play", "C").await;
    drop(ada);
    console.event_where("console", "racer_changed", |racer| racer["connected"] == false).await;
    assert_eq!(heat(&mut console, 2).await, [2, 3]);
}
