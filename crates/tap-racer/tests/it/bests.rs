//! Boards of the best runs, and the ghost of the very best.

use serde_json::{Value, json};

use crate::kit::{Client, Server};

fn rules(more: Value) -> Value {
    let mut rules = json!({ "mode": "sprint", "taps": 8, "countdown": 0, "max_taps_per_second": 0 });
    rules.as_object_mut().expect("rules").extend(more.as_object().expect("more").clone());
    json!({ "rules": rules })
}

/// One after the other these do the course.
async fn race(console: &mut Client, phones: &mut [&mut Client], heat: u32, rules: &Value) -> Value {
    console.push("console", "start", rules.clone()).await.expect("started");
    for phone in phones {
        phone.event_where("play", "phase", |told| told["phase"] == "running" && told["heat"] == heat).await;
        phone.claim("play", heat, 4).await;
        phone.event_where("play", "you", |you| you["taps"] == 4).await;
        phone.claim("play", heat, 8).await;
    }
    console
        .event_where("console", "results", |results| results["heat"] == heat && results["final"] == true)
        .await
}

#[tokio::test]
async fn the_best_run_is_on_the_board_and_is_the_ghost_of_the_next_race() {
    let server = Server::start();
    let (mut console, joined) = server.console("console", json!({})).await;
    assert_eq!((&joined["bests"], &joined["ghost"]), (&json!([]), &json!(null)));
    let (mut ada, _) = server.phone("play", "Ada").await;
    let results = race(&mut console, &mut [&mut ada], 1, &rules(json!({}))).await;
    let time = results["places"][0]["time"].clone();
    let boards = console.event("console", "bests").await;
    let entry = &boards["boards"][0]["entries"][0];
    assert_eq!((&entry["name"], &entry["taps"], &entry["time"]), (&json!("Ada"), &json!(8), &time));
    assert!(entry["colour"].is_string() && entry["shape"].is_string());
    assert_eq!(boards["boards"][0]["rules"]["taps"], 8);

    console.push("console", "start", rules(json!({ "countdown": 60_000 }))).await.expect("started");
    let told = console
        .event_where("console", "phase", |told| told["phase"] == "countdown" && told["heat"] == 2)
        .await;
    let ghost = &told["ghost"];
    assert_eq!((&ghost["name"], &ghost["taps"], &ghost["time"]), (&json!("Ada"), &json!(8), &time));
    let trace = ghost["trace"].as_array().expect("a trace");
    assert_eq!(trace.last(), Some(&json!([time, 8])));
    assert!(trace.iter().all(|point| point[0].as_i64() <= time.as_i64()), "{trace:?}");
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!((&second["ghost"], &second["bests"]), (ghost, &boards["boards"]));
    let on_phone = ada.event_where("play", "phase", |told| told["heat"] == 2).await;
    assert_eq!(on_phone["ghost"], json!(null));
}

#[tokio::test]
async fn other_rules_have_a_board_and_a_ghost_of_their_own() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    for (heat, more) in [(1, json!({})), (2, json!({ "input": "hold" })), (3, json!({ "handicap": true }))] {
        race(&mut console, &mut [&mut ada], heat, &rules(more)).await;
        console.event("console", "bests").await;
    }
    let (_, joined) = server.console("console", json!({})).await;
    let keys: Vec<&Value> =
        joined["bests"].as_array().expect("boards").iter().map(|board| &board["key"]).collect();
    assert_eq!(
        keys,
        ["sprint-8-tap-limit-0", "sprint-8-hold-limit-0", "sprint-8-tap-handicap-limit-0"]
            .map(|key| json!(key))
            .iter()
            .collect::<Vec<_>>()
    );
    console.push("console", "rules", rules(json!({ "taps": 9 }))).await.expect("chosen");
    let (_, joined) = server.console("console", json!({})).await;
    assert_eq!(joined["ghost"], json!(null));
}

#[tokio::test]
async fn bots_and_the_sent_away_are_on_no_board_and_who_is_renamed_is_there_by_the_new_name() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = server.phone("play", "Bo").await;
    console.push("console", "bots", json!({ "count": 1, "level": "hard" })).await.expect("a bot");
    let timed = rules(json!({ "mode": "timed", "seconds": 3 }));
    console.push("console", "start", timed).await.expect("started");
    for phone in [&mut bo, &mut ada] {
        phone.phase("play", "running").await;
    }
    bo.claim("play", 1, 9).await;
    bo.event_where("play", "you", |you| you["taps"] == 9).await;
    console.push("console", "kick", json!({ "id": bo_joined["racer"]["id"] })).await.expect("kicked");
    ada.claim("play", 1, 8).await;
    console.final_results("console").await;
    let names = |boards: &Value| -> Vec<String> {
        let entries = boards["boards"][0]["entries"].as_array().expect("entries");
        entries.iter().filter_map(|entry| entry["name"].as_str().map(str::to_owned)).collect()
    };
    let boards = console.event("console", "bests").await;
    assert_eq!(names(&boards), ["Ada"]);
    ada.push("play", "rename", json!({ "name": "Countess" })).await.expect("renamed");
    let boards = console.event("console", "bests").await;
    assert_eq!(names(&boards), ["Countess"]);
    assert_eq!(boards["boards"][0]["entries"].as_array().map(Vec::len), Some(1), "{joined}");
}
