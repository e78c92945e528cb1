//! A tournament, from the draw to the champion.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::kit::{Client, Server};

fn ids(group: &Value) -> Vec<u64> {
    group["racers"].as_array().expect("racers").iter().filter_map(|racer| racer["id"].as_u64()).collect()
}

fn next_group(tournament: &Value) -> Option<Value> {
    tournament["groups"].as_array()?.iter().find(|group| group["done"] == false).cloned()
}

/// Its state on the console, once `is_meant`.
async fn state(console: &mut Client, is_meant: impl Fn(&Value) -> bool) -> Value {
    console.event_where("console", "tournament", |told| is_meant(&told["tournament"])).await["tournament"]
        .clone()
}

async fn standing(phone: &mut Client, state: &str) -> Value {
    phone.event_where("play", "tournament", |told| told["state"] == state).await
}

async fn standing_none(phone: &mut Client) {
    phone.event_where("play", "tournament", |told| told["state"].is_null()).await;
}

/// A sprint of three taps without a countdown.
fn dash() -> Value {
    json!({ "rules": { "mode": "sprint", "taps": 3, "countdown": 0, "max_taps_per_second": 0 } })
}

#[tokio::test]
async fn eleven_racers_on_four_lanes_have_one_champion() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let mut phones: HashMap<u64, Client> = HashMap::new();
    for number in 1..=11 {
        let (phone, joined) = server.phone("play", &format!("Racer {number}")).await;
        phones.insert(joined["racer"]["id"].as_u64().expect("an id"), phone);
    }
    console.push("console", "lanes", json!({ "lanes": 4 })).await.expect("four lanes");
    console.push("console", "tournament", json!({ "on": true })).await.expect("a tournament");
    let mut now = state(&mut console, Value::is_object).await;
    assert_eq!((&now["round"], &now["rounds"], &now["lanes"]), (&json!(1), &json!(2), &json!(4)));
    assert_eq!((&now["heat_of_round"], &now["heats_in_round"]), (&json!(1), &json!(3)));
    let refused = console.push("console", "tournament", json!({ "on": true })).await;
    assert_eq!(refused, Err("a tournament is on".to_owned()));

    // Whoever comes now waits for its end, in the countdown too.
    let (mut late, late_joined) = server.phone("play", "Late").await;
    assert_eq!(standing(&mut late, "waiting").await["rounds"], 2);
    let late_id = late_joined["racer"]["id"].as_u64().expect("an id");

    let mut heat = 0;
    let mut champion = 0;
    while let Some(group) = next_group(&now) {
        heat += 1;
        let racers = ids(&group);
        assert!((2..=4).contains(&racers.len()) && !racers.contains(&late_id), "{group}");
        console.push("console", "start", dash()).await.expect("started");
        let running = |change: &Value| change["phase"] == "running" && change["heat"] == heat;
        let told = console.event_where("console", "phase", running).await;
        assert_eq!(told["field"].as_array().map(Vec::len), Some(racers.len()));
        // Each in turn finishes but the last, which ends with two taps.
        for (position, id) in racers.iter().enumerate() {
            let phone = phones.get_mut(id).expect("a phone");
            standing(phone, "racing").await;
            phone.event_where("play", "phase", running).await;
            phone.claim("play", heat, 2).await;
            phone.event_where("play", "you", |you| you["heat"] == heat && you["taps"] == 2).await;
            if position == 0 {
                champion = *id;
            }
        }
        phones.get_mut(&racers[0]).expect("a phone").claim("play", heat, 3).await;
        console
            .event_where("console", "results", |results| results["heat"] == heat && results["final"] == true)
            .await;
        now = state(&mut console, |state| {
            let group = state["groups"].as_array().and_then(|groups| groups.get(heat as usize - 1));
            group.is_some_and(|group| group["done"] == true)
        })
        .await;
        assert!(heat < 10, "it never ends");
    }
    assert_eq!(heat, 4, "three heats and the final");
    assert_eq!((&now["champion"]["id"], &now["over"]), (&json!(champion), &json!(true)));
    assert!(now["champion"]["name"].as_str().is_some_and(|name| name.starts_with("Racer")));
    standing(phones.get_mut(&champion).expect("a phone"), "champion").await;
    let outs = now["groups"][0]["racers"].as_array().expect("racers").iter();
    for out in outs.filter(|racer| racer["through"] == false) {
        standing(phones.get_mut(&out["id"].as_u64().expect("an id")).expect("a phone"), "out").await;
    }
    // Whoever came later waits no longer; a screen that comes now sees it, and the next race is everybody's.
    standing_none(&mut late).await;
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!(second["tournament"], now);
    console.push("console", "lanes", json!({ "lanes": 0 })).await.expect("all");
    console.push("console", "rematch", json!({})).await.expect("started");
    state(&mut console, Value::is_null).await;
    standing_none(phones.get_mut(&champion).expect("a phone")).await;
    let told = console.event_where("console", "phase", |change| change["heat"] == 5).await;
    assert_eq!(told["field"], json!(null));
}

#[tokio::test]
async fn a_heat_that_is_called_off_is_raced_again_and_who_leaves_is_out() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let mut phones = Vec::new();
    for name in ["A", "B", "C", "D"] {
        phones.push(server.phone("play", name).await);
    }
    console.push("console", "lanes", json!({ "lanes": 2 })).await.expect("two lanes");
    console.push("console", "tournament", json!({ "on": true })).await.expect("a tournament");
    let drawn = state(&mut console, Value::is_object).await;
    let first = ids(&next_group(&drawn).expect("a group"));
    let wait = json!({ "rules": { "countdown": 60_000 } });
    for heat in 1..=2 {
        console.push("console", "start", wait.clone()).await.expect("started");
        let told = console
            .event_where("console", "phase", |change| {
                change["phase"] == "countdown" && change["heat"] == heat
            })
            .await;
        let lanes: Vec<u64> =
            told["field"].as_array().expect("lanes").iter().filter_map(Value::as_u64).collect();
        assert_eq!(lanes, first, "ids are lanes here");
        let refused = console.push("console", "tournament", json!({ "on": true })).await;
        assert_eq!(refused, Err("already running".to_owned()));
        console.push("console", "cancel", json!({})).await.expect("cancelled");
    }
    // One of the first group leaves: the other one is through without a race.
    let (leaver, _) = &mut phones[first[0] as usize - 1];
    leaver.push("play", "phx_leave", json!({})).await.expect("left");
    let now = state(&mut console, |state| state["groups"][0]["done"] == true).await;
    assert_eq!(ids(&now["groups"][0]), [first[1]]);
    assert_eq!(now["groups"][0]["racers"][0]["through"], true);
    // The others leave too but one, who is champion without a rival.
    for id in ids(&now["groups"][1]) {
        let (phone, _) = &mut phones[id as usize - 1];
        phone.push("play", "phx_leave", json!({})).await.expect("left");
    }
    let now = state(&mut console, |state| state["over"] == true).await;
    assert_eq!(now["champion"]["id"], first[1]);
}

#[tokio::test]
async fn a_tournament_is_called_off_and_a_phone_that_reloads_knows_how_it_stands() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    let refused = console.push("console", "tournament", json!({ "on": true })).await;
    assert_eq!(refused, Err("a tournament needs two racers".to_owned()));
    for bad in [json!({}), json!({ "on": 1 })] {
        let refused = console.push("console", "tournament", bad).await;
        assert_eq!(refused, Err("on must be true or false".to_owned()));
    }
    console.push("console", "bots", json!({ "count": 9 })).await.expect("bots");
    console.push("console", "tournament", json!({ "on": true })).await.expect("a tournament");
    let drawn = state(&mut console, Value::is_object).await;
    assert_eq!(drawn["lanes"], 8);
    standing(&mut ada, "waiting").await;
    let (mut again, _) = server.console("play", json!({ "seat": joined["seat"] })).await;
    standing(&mut again, "waiting").await;
    let rename = json!({ "id": joined["racer"]["id"], "name": "Eve" });
    console.push("console", "rename", rename).await.expect("renamed");
    let named = state(&mut console, |state| state.to_string().contains("Eve")).await;
    assert!(!named.to_string().contains("Ada"));
    console.push("console", "tournament", json!({ "on": false })).await.expect("called off");
    assert_eq!(state(&mut console, Value::is_null).await, json!(null));
    standing_none(&mut again).await;
}
