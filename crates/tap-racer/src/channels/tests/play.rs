//! Phones: their names and looks, their seats, and what they send amiss.

use serde_json::{Value, json};

use super::{House, obeys, read, reason, refuses};
use crate::accounts::AccountId;

#[tokio::test]
async fn names_are_cleaned_and_told_apart() {
    let house = House::open();
    let mut phones = Vec::new();
    let long = "x".repeat(24);
    for (typed, shown) in [
        ("  Ada \u{202e} Lovelace\t", "Ada Lovelace"),
        ("ada lovelace", "ada lovelace 2"),
        (&long, &long),
        (&long, &format!("{} 2", "x".repeat(22))),
    ] {
        let (phone, joined) = house.phone(typed).await;
        assert_eq!(joined["racer"]["name"], shown);
        phones.push(phone);
    }
}

#[tokio::test]
async fn a_chosen_look_is_worn_and_another_one_is_given() {
    let house = House::open();
    let mut phones = Vec::new();
    let mut look = async |params: Value| {
        let (phone, joined) = house.join("play", params).await.expect("joined");
        phones.push(phone);
        (joined["racer"]["colour"].clone(), joined["racer"]["shape"].clone())
    };
    let first = look(json!({ "name": "A", "colour": "teal", "shape": "heart" })).await;
    assert_eq!(first, (json!("teal"), json!("heart")));
    let second = look(json!({ "name": "B", "colour": "teal" })).await;
    assert_eq!(second.0, "teal");
    assert_ne!(second.1, "heart");
    let third = look(json!({ "name": "C", "colour": "no colour", "shape": 5 })).await;
    assert!(third.0.is_string() && third.1.is_string());
}

#[tokio::test]
async fn a_full_room_takes_nobody_until_somebody_leaves() {
    let house = House::with(&["--max-racers", "2"]);
    let (_ada, _) = house.phone("Ada").await;
    let (bo, _) = house.phone("Bo").await;
    assert_eq!(house.refusal("play", json!({ "name": "Cy" })).await, reason("room is full"));
    bo.leave().await;
    let (_cy, joined) = house.phone("Cy").await;
    assert_eq!(joined["racer"]["lane"], 2);
}

#[tokio::test]
async fn the_newest_socket_of_a_seat_plays_and_the_older_one_is_told() {
    let house = House::open();
    let console = house.console().await;
    let (older, joined) = house.phone("Ada").await;
    let (newer, rejoined) = house.join("play", json!({ "seat": joined["seat"] })).await.expect("joined");
    assert_eq!(rejoined["racer"], joined["racer"]);
    assert_eq!(older.assert_push("seat_taken").await, json!({}));
    older.assert_push("phx_close").await;
    refuses(&older, "tap", json!({}), "unmatched topic").await;
    obeys(&newer, "sync", json!({ "t0": 1 })).await;
    // The older socket's end did not take the seat away.
    console.refute_push("racer_left").await;
}

#[tokio::test]
async fn what_phones_send_amiss_is_answered() {
    let house = House::open();
    let (ada, _) = house.phone("Ada").await;
    for (event, payload, why) in [
        ("tap", json!({ "n": 5 }), "bad tap"),
        ("tap", json!({ "heat": 1 }), "bad tap"),
        ("tap", json!({ "heat": 1, "n": -5 }), "bad tap"),
        ("tap", json!({ "heat": 1, "n": 1e12 as u64 }), "bad tap"),
        ("tap", json!({ "heat": 1, "n": 1, "at": "now" }), "bad tap"),
        ("tap", json!("tap"), "bad tap"),
        ("sync", json!({}), "t0 is missing"),
        ("cheer", json!({ "emoji": "you all lose" }), "emoji is missing"),
        ("start", json!({}), "not the host"),
        ("dance", json!({}), "unknown event"),
    ] {
        refuses(&ada, event, payload, why).await;
    }
    // A tap outside of a heat is no error: it only counts nothing.
    ada.push("tap", json!({})).refute_reply().await;
    obeys(&ada, "sync", json!({ "t0": 1 })).await;
}

#[tokio::test(start_paused = true)]
async fn cheers_are_seen_and_their_number_has_bounds() {
    let house = House::open();
    let console = house.console().await;
    let (ada, joined) = house.phone("Ada").await;
    let cheer = || json!({ "emoji": "🎉" });
    for _ in 0..5 {
        obeys(&ada, "cheer", cheer()).await;
    }
    refuses(&ada, "cheer", cheer(), "rate limited").await;
    let seen = read(&console.assert_push("cheer").await);
    assert_eq!(seen, json!({ "id": joined["racer"]["id"], "name": "Ada", "emoji": "🎉" }));
    tokio::time::advance(std::time::Duration::from_millis(500)).await;
    obeys(&ada, "cheer", cheer()).await;
}

#[tokio::test]
async fn a_seat_is_still_the_accounts_however_often_it_was_given_up() {
    let house = House::with(&["--grace", "50ms"]);
    let console = house.console().await;
    let phone =
        house.client_of(AccountId(7)).await.subscribe_and_join("play", json!({ "name": "Ada" })).await;
    let (mut phone, joined) = phone.map(|(phone, joined)| (phone, read(&joined))).expect("joined");
    assert_eq!(joined["account"], "Ada");
    for _ in 0..2 {
        // Its line is cut, and it comes back without a token after the seat was given up.
        drop(phone);
        let left = read(&console.assert_push("racer_left").await);
        assert_eq!(left["why"], "timeout");
        let (back, rejoined) = house.join("play", json!({ "seat": joined["seat"] })).await.expect("joined");
        assert_eq!(rejoined["account"], "Ada");
        phone = back;
    }
    let (_stranger, joined) = house.phone("Bo").await;
    assert_eq!(joined.get("account"), None);
}
