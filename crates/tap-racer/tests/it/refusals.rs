//! Every reason of the protocol, one by one. A channel lives on after each.

use serde_json::{Value, json};

use crate::kit::{Server, sprint};

fn no(reason: &str) -> Result<Value, String> {
    Err(reason.to_owned())
}

#[tokio::test]
async fn a_phone_needs_a_name_that_may_be_shown() {
    let server = Server::start();
    let mut client = server.client().await;
    for (params, reason) in [
        (json!({}), "name is missing"),
        (json!(null), "name is missing"),
        (json!(["Ada"]), "name is missing"),
        (json!({ "name": "" }), "name is missing"),
        (json!({ "name": " \u{200b}\n" }), "name is missing"),
        (json!({ "name": 7 }), "name is missing"),
        (json!({ "name": "x".repeat(25) }), "name is too long"),
        (json!({ "name": "x".repeat(100_000) }), "name is too long"),
        (json!({ "name": "Fuck this" }), "name is not allowed"),
    ] {
        assert_eq!(client.join("play", params.clone()).await, no(reason), "{params}");
        assert_eq!(client.join("chat:lobby", params.clone()).await, no(reason), "{params}");
    }
}

#[tokio::test]
async fn names_are_cleaned_and_told_apart() {
    let server = Server::start();
    let named = async |name: &str| server.phone("play", name).await;
    let (_ada, first) = named("  Ada \u{202e} Lovelace\t").await;
    let (_other, second) = named("ada lovelace").await;
    let (_long, third) = named(&"x".repeat(24)).await;
    let (_longer, fourth) = named(&"x".repeat(24)).await;
    assert_eq!(first["racer"]["name"], "Ada Lovelace");
    assert_eq!(second["racer"]["name"], "ada lovelace 2");
    assert_eq!(third["racer"]["name"], "x".repeat(24));
    assert_eq!(fourth["racer"]["name"], format!("{} 2", "x".repeat(22)));
}

#[tokio::test]
async fn a_chosen_look_is_worn_and_another_one_is_given() {
    let server = Server::start();
    let mut looks = Vec::new();
    let mut phones = Vec::new();
    for params in [
        json!({ "name": "A", "colour": "teal", "shape": "heart" }),
        json!({ "name": "B", "colour": "teal" }),
        json!({ "name": "C", "colour": "no colour", "shape": 5 }),
    ] {
        let (phone, joined) = server.console("play", params).await;
        looks.push((joined["racer"]["colour"].clone(), joined["racer"]["shape"].clone()));
        phones.push(phone);
    }
    assert_eq!(looks[0], (json!("teal"), json!("heart")));
    assert_eq!(looks[1].0, "teal");
    assert_ne!(looks[1].1, "heart");
    assert!(looks[2].0.is_string() && looks[2].1.is_string());
}

#[tokio::test]
async fn rooms_that_are_not_there_are_not_joined() {
    let server = Server::start();
    let mut client = server.client().await;
    for topic in [
        "play:7777",
        "play:",
        "play:lobby",
        "console:7777",
        "console:k7qf",
        "chat:7777",
        "chat:",
        "play:K7QF:",
    ] {
        assert_eq!(client.join(topic, json!({ "name": "Ada" })).await, no("no such room"), "{topic}");
    }
    assert_eq!(client.join("plays", json!({ "name": "Ada" })).await, no("unmatched topic"));
    assert_eq!(client.join("chat:secret", json!({ "name": "Ada" })).await, no("You don't have permission!"));
}

#[tokio::test]
async fn a_full_room_takes_nobody() {
    let server = Server::with(&["--max-racers", "2"]);
    let (_ada, _) = server.phone("play", "Ada").await;
    let (mut bo, _) = server.phone("play", "Bo").await;
    let mut cy = server.client().await;
    assert_eq!(cy.join("play", json!({ "name": "Cy" })).await, no("room is full"));
    bo.push("play", "phx_leave", json!({})).await.expect("left");
    let joined = cy.join("play", json!({ "name": "Cy" })).await.expect("joined");
    assert_eq!(joined["racer"]["lane"], 2);
}

#[tokio::test]
async fn bad_orders_are_refused_with_their_reasons() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    for (event, payload, reason) in [
        ("start", json!({}), "no racers"),
        ("rematch", json!({}), "no racers"),
        ("cancel", json!({}), "not running"),
        ("start", json!({ "rules": "fast" }), "bad rules: they must be an object"),
        ("start", json!({ "rules": { "mode": "chess" } }), "bad rules: mode must be sprint, timed or tug"),
        ("start", json!({ "rules": { "taps": 0 } }), "bad rules: taps must be between 1 and 10000"),
        (
            "start",
            json!({ "rules": { "mode": "timed", "seconds": 601 } }),
            "bad rules: seconds must be between 1 and 600",
        ),
        (
            "start",
            json!({ "rules": { "mode": "tug", "lead": -1 } }),
            "bad rules: lead must be between 1 and 10000",
        ),
        ("kick", json!({ "id": 99 }), "no such racer"),
        ("kick", json!({}), "no such racer"),
        ("ban", json!({ "id": "Ada" }), "no such racer"),
        ("lock", json!({}), "locked must be true or false"),
        ("bots", json!({ "count": -1 }), "bad rules: count must be between 0 and 100"),
        ("bots", json!({ "count": 1, "level": 9 }), "bad rules: level must be easy, medium or hard"),
        ("dance", json!({}), "unknown event"),
        ("start", json!([1, 2, 3]), "no racers"),
    ] {
        assert_eq!(console.push("console", event, payload.clone()).await, no(reason), "{event} {payload}");
    }
    let (_ada, _) = server.phone("play", "Ada").await;
    console.push("console", "start", sprint(5)).await.expect("started");
    assert_eq!(console.push("console", "start", sprint(5)).await, no("already running"));
    assert_eq!(console.push("console", "rematch", json!({})).await, no("already running"));
}

#[tokio::test]
async fn what_phones_send_amiss_is_answered() {
    let server = Server::start();
    let (mut ada, _) = server.phone("play", "Ada").await;
    for (event, payload, reason) in [
        ("tap", json!({ "n": 5 }), "bad tap"),
        ("tap", json!({ "heat": 1 }), "bad tap"),
        ("tap", json!({ "heat": 1, "n": -5 }), "bad tap"),
        ("tap", json!({ "heat": 1, "n": 1e12 as u64 }), "bad tap"),
        ("tap", json!({ "heat": 1, "n": 1, "at": "now" }), "bad tap"),
        ("tap", json!("tap"), "bad tap"),
        ("sync", json!({}), "t0 is missing"),
        ("cheer", json!({ "emoji": "you all lose" }), "emoji is missing"),
        ("start", json!({}), "unknown event"),
    ] {
        assert_eq!(ada.push("play", event, payload.clone()).await, no(reason), "{event} {payload}");
    }
    let cheers =
        async |ada: &mut crate::kit::Client| ada.push("play", "cheer", json!({ "emoji": "🎉" })).await;
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(cheers(&mut ada).await);
    }
    assert_eq!(answers[0], Ok(json!({})));
    assert_eq!(answers[9], no("rate limited"));
    // A tap outside of a heat is no error: it only counts nothing.
    ada.tap("play", 1).await;
    ada.push("play", "sync", json!({ "t0": 1 })).await.expect("still there");
}

#[tokio::test]
async fn only_a_host_gives_orders_when_there_is_a_key() {
    let server = Server::with(&["--host-key", "open sesame"]);
    let (mut watching, joined) = server.console("console", json!({})).await;
    assert_eq!((&joined["host"], &joined["host_required"]), (&json!(false), &json!(true)));
    for event in ["start", "rematch", "cancel", "kick", "ban", "lock", "bots"] {
        assert_eq!(watching.push("console", event, json!({})).await, no("not the host"), "{event}");
    }
    let mut client = server.client().await;
    assert_eq!(client.join("console", json!({ "host": "open barley" })).await, no("wrong host token"));
    let joined = client.join("console", json!({ "host": "open sesame" })).await.expect("joined");
    assert_eq!(joined["host"], true);
    client.push("console", "lock", json!({ "locked": true })).await.expect("obeyed");
}
