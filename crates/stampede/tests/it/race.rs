//! Races of the game are measured to the last tap.

use std::net::TcpListener;

use serde_json::Value;

use crate::{
    game::{self, Folder, Game},
    stampede, text,
};

/// What was measured, and that every tap counted.
fn measure(arguments: &str) -> Value {
    let output = stampede(&format!("bench {arguments} --json --seconds 1 --warm-up 0.3"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let measured: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(measured["faults"], serde_json::json!([]), "{measured}");
    measured
}

fn race(arguments: &str) -> Value {
    let game = Game::start();
    measure(&format!("race --url {} --pid {} {arguments}", game.url, std::process::id()))
}

#[test]
fn every_tap_of_a_race_counts_and_the_console_hears_of_it() {
    let measured = race("--clients 60 --taps-per-second 8");
    // 480 taps in the second that is measured; some of them are told together.
    assert!(measured["count"].as_u64().is_some_and(|count| (200..=600).contains(&count)), "{measured}");
    for told in ["latency", "ticks_late", "generator_late"] {
        assert!(measured[told]["p99"].as_f64().is_some(), "{told}: {measured}");
    }
    assert!(measured["latency"]["p50"].as_f64().is_some_and(|p50| p50 > 0.0), "{measured}");
}

#[test]
fn several_rooms_race_at_once() {
    let measured = race("--clients 12 --rooms 3");
    assert_eq!(measured["scenario"], "race in 3 rooms");
    assert!(measured["count"].as_u64().is_some_and(|count| count > 20), "{measured}");
}

#[test]
fn all_phones_come_back_to_their_seats_after_a_restart() {
    let data = Folder::new();
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let address = format!("127.0.0.1:{port}");
    let server = game::command(&["--listen", &address, "--data", data.path(), "--joins-per-second", "0"]);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_stampede"))
        .args(["bench", "return", "--clients", "40", "--warm-up", "0.2", "--json"])
        .args(["--url", &format!("ws://{address}"), "--server", &server])
        .output()
        .expect("stampede runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let measured: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!((&measured["count"], &measured["faults"]), (&40.into(), &serde_json::json!([])), "{measured}");
}

#[test]
fn a_race_that_is_not_let_in_is_told() {
    let game = Game::start();
    let told = format!("--url {} --pid {}", game.url, std::process::id());
    let output = stampede(&format!("bench race {told} --clients 50 --rooms 25 --seconds 1"));
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("rate limited"), "{}", text(&output.stderr));
}
