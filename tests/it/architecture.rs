//! Which crate may know which: the layout is the architecture.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

/// The packages that a crate of the workspace is built from, directly and through others, in
/// every configuration but its tests.
fn dependencies(of: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--all-features", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo's json");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let list = |value: &Value| value.as_array().expect("an array").clone();
    let names: BTreeMap<String, String> = list(&metadata["packages"])
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let graph: BTreeMap<String, Vec<String>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| {
            let built_from = list(&node["deps"])
                .iter()
                .filter(|dependency| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev"))
                .map(|dependency| text(&dependency["pkg"]))
                .collect();
            (text(&node["id"]), built_from)
        })
        .collect();
    let root =
        names.iter().find(|(_, name)| *name == of).map(|(id, _)| id.clone()).expect("a crate of that name");
    let mut found = BTreeSet::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        for dependency in &graph[&id] {
            if found.insert(dependency.clone()) {
                open.push(dependency.clone());
            }
        }
    }
    found.iter().map(|id| names[id].clone()).collect()
}

fn assert_ignorant(of: &str, forbidden: &[&str]) {
    let known = dependencies(of);
    let known: Vec<_> = forbidden.iter().filter(|name| known.contains(**name)).collect();
    assert!(known.is_empty(), "{of} must not know {known:?}");
}

#[test]
fn the_race_knows_no_sockets_no_clock_and_no_json() {
    let forbidden = [
        "tokio",
        "warp",
        "hyper",
        "futures",
        "serde_json",
        "tracing",
        "log",
        "rand",
        "chrono",
        "time",
        "channels",
        "tap-racer",
    ];
    assert_ignorant("race", &forbidden);
}

#[test]
fn hangman_knows_no_sockets_no_clock_no_chance_and_no_json() {
    let forbidden = [
        "tokio",
        "warp",
        "hyper",
        "futures",
        "serde_json",
        "tracing",
        "log",
        "rand",
        "chrono",
        "time",
        "channels",
        "race",
        "tap-racer",
    ];
    assert_ignorant("hangman", &forbidden);
}

#[test]
fn the_channels_know_no_game() {
    // Their example serves Hangman; they are built without their examples.
    assert_ignorant("channels", &["race", "hangman", "tap-racer"]);
}

#[test]
fn the_application_knows_both() {
    let known = dependencies("tap-racer");
    assert!(known.contains("race") && known.contains("channels"));
}

#[test]
fn simulated_phones_know_the_server_by_its_wire_alone() {
    assert_ignorant("stampede", &["channels", "race", "tap-racer"]);
}
