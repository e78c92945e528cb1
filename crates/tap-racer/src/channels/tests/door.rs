//! How long somebody at the door is waited for.

use std::time::Duration;

use serde_json::{Value, json};

use super::{House, obeys, read, reason, refuses};

async fn knock(house: &House, params: Value) -> Value {
    let refusal = house.refusal("play", params).await;
    assert_eq!(refusal["reason"], "waiting for approval");
    refusal["seat"].clone()
}

/// Second by second: after a leap everybody would seem to have been silent for all of it.
async fn pass(seconds: u32) {
    for _ in 0..seconds {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_stops_trying_is_forgotten_and_who_goes_on_is_not() {
    let house = House::open();
    let console = house.console().await;
    obeys(&console, "door", json!({ "door": "approve" })).await;
    knock(&house, json!({ "name": "Ada" })).await;
    let ada = read(&console.assert_push("knock").await);
    let seat = knock(&house, json!({ "name": "Bo" })).await;
    let bo = read(&console.assert_push("knock").await);
    tokio::time::advance(Duration::from_secs(14)).await;
    knock(&house, json!({ "name": "Bo", "seat": seat })).await;
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(console.assert_push("knock_gone").await, json!({ "id": ada["id"] }));
    refuses(&console, "admit", json!({ "id": ada["id"] }), "no such knock").await;
    obeys(&console, "admit", json!({ "id": bo["id"] })).await;
    // The name that was forgotten is free again.
    knock(&house, json!({ "name": "Ada" })).await;
    console.assert_push("knock_gone").await;
    assert_eq!(read(&console.assert_push("knock").await)["name"], "Ada");
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_good_for_a_minute() {
    let house = House::open();
    let console = house.console().await;
    obeys(&console, "door", json!({ "door": "approve" })).await;
    let mut seats = Vec::new();
    for (name, answer) in [("Ada", "admit"), ("Bo", "deny"), ("Cy", "admit")] {
        seats.push(knock(&house, json!({ "name": name })).await);
        let shown = read(&console.assert_push("knock").await);
        obeys(&console, answer, json!({ "id": shown["id"] })).await;
        console.assert_push("knock_gone").await;
    }
    pass(59).await;
    let (_ada, _) = house.join("play", json!({ "seat": seats[0] })).await.expect("let in");
    assert_eq!(house.refusal("play", json!({ "seat": seats[1] })).await, reason("not let in"));
    pass(2).await;
    knock(&house, json!({ "name": "Bo", "seat": seats[1] })).await;
    knock(&house, json!({ "name": "Cy", "seat": seats[2] })).await;
}
