//! What those who are many are told, and in which order.

use serde_json::json;

use crate::kit::{Frame, Server};

#[tokio::test]
async fn in_a_tug_of_too_many_to_list_a_phone_hears_of_its_team_once_it_knows_of_the_heat() {
    let server = Server::with(&["--max-racers", "2000", "--joins-per-second", "0"]);
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    for number in 1..=1000 {
        // The seat is kept for a while.
        drop(server.phone("play", &format!("Guest {number}")).await);
    }
    let rules = json!({ "rules": { "mode": "tug", "countdown": 60_000 } });
    console.push("console", "start", rules).await.expect("started");
    let is_told = |frame: &Frame| match &*frame.event {
        "phase" => frame.payload["heat"] == 1,
        "you" => frame.payload["team"].is_string(),
        _ => false,
    };
    assert_eq!(ada.next("the heat", is_told).await.event, "phase");
    assert_eq!(ada.next("the team", is_told).await.event, "you");
}
