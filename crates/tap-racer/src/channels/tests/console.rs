//! What hosts may want, and who is one.

use serde_json::json;

use super::{House, obeys, reason, refuses};

#[tokio::test]
async fn bad_orders_are_refused_with_their_reasons() {
    let house = House::open();
    let console = house.console().await;
    for (event, payload, why) in [
        ("start", json!({}), "no racers"),
        ("rematch", json!({}), "no racers"),
        ("cancel", json!({}), "not running"),
        ("start", json!({ "rules": "fast" }), "bad rules: they must be an object"),
        ("start", json!({ "rules": { "mode": "chess" } }), "bad rules: mode must be sprint, timed or tug"),
        ("rules", json!({ "rules": { "taps": 0 } }), "bad rules: taps must be between 1 and 10000"),
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
        ("bots", json!({ "count": 1, "level": 2 }), "bad rules: level must be easy, medium or hard"),
        ("dance", json!({}), "unknown event"),
        ("start", json!([1, 2, 3]), "no racers"),
    ] {
        refuses(&console, event, payload, why).await;
    }
    let (_ada, _) = house.phone("Ada").await;
    obeys(&console, "start", json!({})).await;
    refuses(&console, "start", json!({}), "already running").await;
    refuses(&console, "rematch", json!({}), "already running").await;
}

#[tokio::test]
async fn only_a_host_gives_orders_when_there_is_a_key() {
    let house = House::with(&["--host-key", "open sesame"]);
    let (watching, joined) = house.join("console", json!({})).await.expect("joined");
    assert_eq!((&joined["host"], &joined["host_required"]), (&json!(false), &json!(true)));
    for event in [
        "rules",
        "start",
        "rematch",
        "cancel",
        "kick",
        "ban",
        "lock",
        "bots",
        "door",
        "cap",
        "lanes",
        "admit",
        "deny",
        "rename",
        "cohost",
        "tournament",
        "mute",
        "delete_msg",
        "end",
        "roster",
    ] {
        refuses(&watching, event, json!({}), "not the host").await;
    }
    assert_eq!(house.refusal("console", json!({ "host": "open barley" })).await, reason("wrong host token"));
    let (hosting, joined) = house.join("console", json!({ "host": "open sesame" })).await.expect("joined");
    assert_eq!(joined["host"], true);
    obeys(&hosting, "lock", json!({ "locked": true })).await;
    assert_eq!(watching.assert_push("lock").await, json!({ "locked": true }));
}

#[tokio::test]
async fn a_screen_sees_who_comes_and_who_goes() {
    let house = House::open();
    let console = house.console().await;
    let (ada, joined) = house.phone("Ada").await;
    assert_eq!(super::read(&console.assert_push("racer_joined").await)["name"], "Ada");
    ada.leave().await;
    let left = json!({ "id": joined["racer"]["id"], "why": "left" });
    assert_eq!(console.assert_push("racer_left").await, left);
    console.refute_push("racer_changed").await;
}
