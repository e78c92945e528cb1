//! An open finish: for whom it waits, and for how long.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::kit::{Client, Server, sprint};

/// A phone that promises signs of life, and with them a last word.
async fn promising(server: &Server, name: &str) -> (Client, Value) {
    server.console("play", json!({ "name": name, "alive": 1000 })).await
}

/// Two phones in a sprint of ten taps, with a screen.
async fn heat(server: &Server, ada: &mut Client, bo: &mut Client) -> Client {
    let (mut console, _) = server.console("console", json!({})).await;
    console.push("console", "start", sprint(10)).await.expect("started");
    ada.phase("play", "running").await;
    bo.phase("play", "running").await;
    console
}

fn counts(results: &Value) -> Vec<(&str, u64)> {
    let places = results["places"].as_array().expect("places");
    let count = |place: &'static str, of: &Value| of[place].as_u64().expect("a number");
    places.iter().map(|place| (place["name"].as_str().expect("a name"), count("taps", place))).collect()
}

#[tokio::test]
async fn it_waits_for_the_last_word_of_a_phone_that_promised_one() {
    let server = Server::start();
    let (mut ada, _) = promising(&server, "Ada").await;
    let (mut bo, _) = promising(&server, "Bo").await;
    let mut console = heat(&server, &mut ada, &mut bo).await;
    let begun = Instant::now();
    ada.send("play", "tap", json!({ "heat": 1, "n": 10, "last": true })).await;
    let waiting = bo.event_where("play", "you", |you| you["waiting_for"] == 1).await;
    assert_eq!(waiting["final"], false);
    // Far beyond what a finish takes of which nobody is missing.
    tokio::time::sleep(Duration::from_millis(700)).await;
    bo.send("play", "tap", json!({ "heat": 1, "n": 8 })).await;
    bo.event_where("play", "you", |you| you["taps"] == 8).await;
    bo.send("play", "tap", json!({ "heat": 1, "n": 9, "last": true })).await;
    let results = console.final_results("console").await;
    assert_eq!(counts(&results), [("Ada", 10), ("Bo", 9)]);
    assert!(begun.elapsed() < Duration::from_secs(4), "it closes at once: {:?}", begun.elapsed());
    let you = bo.event_where("play", "you", |you| you["final"] == true).await;
    assert_eq!(you.get("waiting_for"), None);
}

#[tokio::test]
async fn the_screens_see_for_how_many_phones_it_waits() {
    let server = Server::start();
    let (mut ada, _) = promising(&server, "Ada").await;
    let (mut bo, _) = promising(&server, "Bo").await;
    let (mut cy, _) = promising(&server, "Cy").await;
    let mut console = heat(&server, &mut ada, &mut bo).await;
    cy.phase("play", "running").await;
    ada.send("play", "tap", json!({ "heat": 1, "n": 10, "last": true })).await;
    let waiting = console.event_where("console", "results", |results| results["waiting_for"] == 2).await;
    assert_eq!(waiting["final"], false);
    let (_late, joined) = server.console("console", json!({})).await;
    assert_eq!(joined["results"]["waiting_for"], 2);
    bo.send("play", "tap", json!({ "heat": 1, "n": 3, "last": true })).await;
    console.event_where("console", "results", |results| results["waiting_for"] == 1).await;
    cy.send("play", "tap", json!({ "heat": 1, "n": 2, "last": true })).await;
    let results = console.final_results("console").await;
    assert_eq!(results.get("waiting_for"), None);
}

#[tokio::test]
async fn it_waits_for_nobody_who_promised_nothing() {
    let server = Server::start();
    let (mut ada, _) = server.phone("play", "Ada").await;
    let (mut bo, _) = server.phone("play", "Bo").await;
    let mut console = heat(&server, &mut ada, &mut bo).await;
    let begun = Instant::now();
    ada.claim("play", 1, 10).await;
    console.final_results("console").await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn it_is_open_for_five_seconds_at_most_and_not_again_for_a_promise_that_was_broken() {
    let server = Server::start();
    let (mut ada, _) = promising(&server, "Ada").await;
    let (mut bo, _) = promising(&server, "Bo").await;
    let mut console = heat(&server, &mut ada, &mut bo).await;
    for (heat, span) in [(1, 4_900..8_000), (2, 100..4_000)] {
        ada.send("play", "tap", json!({ "heat": heat, "n": 10, "last": true })).await;
        let opened = console.phase("console", "finishing").await["now"].as_i64();
        // Bo lives, and keeps to itself that it has no more taps.
        let lives = async {
            loop {
                bo.send("play", "alive", json!({})).await;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        let closed = tokio::select! {
            closed = console.phase("console", "finished") => closed["now"].as_i64(),
            () = lives => None,
        };
        let open = closed.zip(opened).map(|(closed, opened)| closed - opened);
        assert!(open.is_some_and(|open| span.contains(&open)), "heat {heat}: {open:?}");
        if heat == 1 {
            console.push("console", "rematch", json!({})).await.expect("started");
            ada.phase("play", "running").await;
        }
    }
}

#[tokio::test]
async fn who_was_lost_a_moment_ago_comes_back_and_is_counted() {
    let server = Server::start();
    let (mut ada, _) = server.phone("play", "Ada").await;
    let (mut bo, joined) = server.phone("play", "Bo").await;
    let mut console = heat(&server, &mut ada, &mut bo).await;
    bo.claim("play", 1, 4).await;
    bo.event_where("play", "you", |you| you["taps"] == 4).await;
    drop(bo);
    console.event_where("console", "racer_changed", |racer| racer["connected"] == false).await;
    ada.claim("play", 1, 10).await;
    console.phase("console", "finishing").await;
    // Far beyond what a finish takes of which nobody is missing.
    tokio::time::sleep(Duration::from_millis(700)).await;
    let (mut bo, rejoined) = server.console("play", json!({ "seat": joined["seat"] })).await;
    assert_eq!(rejoined["phase"], "finishing");
    bo.claim("play", 1, 9).await;
    assert_eq!(counts(&console.final_results("console").await), [("Ada", 10), ("Bo", 9)]);
}

#[tokio::test]
async fn it_closes_when_the_last_one_who_is_missing_leaves() {
    let server = Server::start();
    let (mut ada, _) = promising(&server, "Ada").await;
    let (mut bo, _) = promising(&server, "Bo").await;
    let mut console = heat(&server, &mut ada, &mut bo).await;
    let begun = Instant::now();
    ada.send("play", "tap", json!({ "heat": 1, "n": 10, "last": true })).await;
    console.phase("console", "finishing").await;
    bo.push("play", "phx_leave", json!({})).await.expect("left");
    console.final_results("console").await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_last_word_of_another_heat_or_said_early_is_what_it_is() {
    let server = Server::start();
    let (mut ada, _) = promising(&server, "Ada").await;
    let (mut bo, _) = promising(&server, "Bo").await;
    let mut console = heat(&server, &mut ada, &mut bo).await;
    // Long before anybody finishes: nobody has to wait for it later.
    bo.send("play", "tap", json!({ "heat": 1, "n": 3, "last": true })).await;
    bo.push("play", "sync", json!({ "t0": 1 })).await.expect("synced");
    let begun = Instant::now();
    ada.send("play", "tap", json!({ "heat": 1, "n": 10, "last": true })).await;
    console.final_results("console").await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    console.push("console", "rematch", json!({})).await.expect("started");
    for phone in [&mut ada, &mut bo] {
        phone
            .event_where("play", "phase", |change| change["phase"] == "running" && change["heat"] == 2)
            .await;
    }
    bo.send("play", "tap", json!({ "heat": 1, "n": 3, "last": true })).await;
    bo.push("play", "sync", json!({ "t0": 1 })).await.expect("synced");
    ada.send("play", "tap", json!({ "heat": 2, "n": 10, "last": true })).await;
    bo.event_where("play", "you", |you| you["heat"] == 2 && you["waiting_for"] == 1).await;
}

#[tokio::test]
async fn a_phone_that_falls_silent_is_shown_as_lost_until_it_is_heard_again() {
    let server = Server::start();
    let (mut ada, joined) = server.console("play", json!({ "name": "Ada", "alive": 300 })).await;
    assert_eq!(joined["alive"], 300);
    let (mut bo, without) = server.phone("play", "Bo").await;
    assert_eq!(without.get("alive"), None);
    let mut console = heat(&server, &mut ada, &mut bo).await;
    let lost = console.event_where("console", "racer_changed", |racer| racer["connected"] == false).await;
    assert_eq!(lost["id"], joined["racer"]["id"], "who promised nothing may be silent");
    ada.send("play", "alive", json!({})).await;
    let back = console.event_where("console", "racer_changed", |racer| racer["connected"] == true).await;
    assert_eq!(back["id"], joined["racer"]["id"]);
}

#[tokio::test]
async fn who_waits_for_the_next_heat_may_be_silent() {
    let server = Server::start();
    let (mut ada, joined) = server.console("play", json!({ "name": "Ada", "alive": 300 })).await;
    let (mut bo, _) = server.phone("play", "Bo").await;
    let mut console = heat(&server, &mut ada, &mut bo).await;
    let (_late, late) = server.console("play", json!({ "name": "Late", "alive": 300 })).await;
    // So that the late one has been silent for longer.
    ada.send("play", "alive", json!({})).await;
    let lost = console.event_where("console", "racer_changed", |racer| racer["connected"] == false).await;
    assert_eq!(lost["id"], joined["racer"]["id"]);
    let seen = console.everything().await;
    let of_late = |frame: &crate::kit::Frame| frame.payload["id"] == late["racer"]["id"];
    assert!(seen.iter().filter(|frame| of_late(frame)).all(|frame| frame.payload["connected"] == true));
}

#[tokio::test]
async fn a_phone_whose_seat_was_given_up_while_its_socket_lived_is_told_to_join_again() {
    let server = Server::with(&["--grace", "100ms"]);
    let (mut ada, joined) = server.console("play", json!({ "name": "Ada", "alive": 300 })).await;
    let (mut bo, _) = server.phone("play", "Bo").await;
    let mut console = heat(&server, &mut ada, &mut bo).await;
    let left = console.event("console", "racer_left").await;
    assert_eq!(left, json!({ "id": joined["racer"]["id"], "why": "timeout" }));
    ada.event("play", "phx_error").await;
    let again = ada.join("play", json!({ "seat": joined["seat"], "alive": 300 })).await.expect("joined");
    assert_eq!(again["racer"]["name"], "Ada");
}

#[tokio::test]
async fn a_promise_is_held_to_what_makes_sense() {
    let server = Server::start();
    for (promised, held_to) in
        [(json!(1), json!(250)), (json!(1_000_000), json!(10_000)), (json!(1000), json!(1000))]
    {
        let (_phone, joined) = server.console("play", json!({ "name": "Ada", "alive": promised })).await;
        assert_eq!(joined["alive"], held_to);
    }
    for nothing in [json!(null), json!("soon"), json!(-5), json!({})] {
        let (_phone, joined) = server.console("play", json!({ "name": "Ada", "alive": nothing })).await;
        assert_eq!(joined.get("alive"), None, "{nothing}");
    }
}
