//! Talk, and its bounds.

use serde_json::json;

use super::{House, obeys, read, refuses};

#[tokio::test]
async fn what_is_said_is_heard_by_all() {
    let house = House::open();
    let (ada, joined) = house.join("chat:lobby", json!({ "name": " Ada " })).await.expect("joined");
    assert_eq!((&joined["messages"], &joined["recovered"]), (&json!([]), &json!(false)));
    let (bo, _) = house.join("chat:lobby", json!({ "name": "Bo" })).await.expect("joined");
    obeys(&ada, "new_msg", json!({ "text": "  <b>hello</b>\u{7}  " })).await;
    for channel in [&ada, &bo] {
        let message = read(&channel.assert_push("new_msg").await);
        assert_eq!((&message["name"], &message["text"]), (&json!("Ada"), &json!("<b>hello</b>")));
        assert_eq!(message["by"], joined["by"]);
        assert!(message["id"].is_u64() && message["at"].as_i64() > Some(1_500_000_000_000), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn texts_have_bounds_and_talkers_too() {
    let house = House::open();
    let (ada, _) = house.join("chat:lobby", json!({ "name": "Ada" })).await.expect("joined");
    for nothing in [json!({}), json!({ "text": " \n\u{200b}" }), json!({ "text": 5 }), json!(null)] {
        refuses(&ada, "new_msg", nothing, "text is missing").await;
    }
    refuses(&ada, "new_msg", json!({ "text": "é".repeat(501) }), "text is too long").await;
    refuses(&ada, "shout", json!({}), "unknown event").await;
    // Those did not count; these do.
    for _ in 0..8 {
        obeys(&ada, "new_msg", json!({ "text": "é".repeat(500) })).await;
    }
    refuses(&ada, "new_msg", json!({ "text": "spam" }), "rate limited").await;
    let (bo, _) = house.join("chat:lobby", json!({ "name": "Bo" })).await.expect("joined");
    obeys(&bo, "new_msg", json!({ "text": "I am another one" })).await;
}

#[tokio::test]
async fn who_is_in_the_chat_is_told() {
    let house = House::open();
    let (ada, _) = house.join("chat:lobby", json!({ "name": "Ada" })).await.expect("joined");
    let state = read(&ada.assert_push("presence_state").await);
    assert!(state["Ada"]["metas"][0]["online_at"].as_i64() > Some(1_500_000_000_000), "{state}");
    let (bo, _) = house.join("chat:lobby", json!({ "name": "Bo" })).await.expect("joined");
    let state = read(&bo.assert_push("presence_state").await);
    assert_eq!(
        state.as_object().map(|state| state.keys().cloned().collect()),
        Some(vec!["Ada".to_owned(), "Bo".to_owned()])
    );
    // The first diff is of the one who hears it.
    ada.assert_push("presence_diff").await;
    let diff = read(&ada.assert_push("presence_diff").await);
    assert_eq!(diff["joins"]["Bo"]["metas"], state["Bo"]["metas"]);
    bo.leave().await;
    let diff = read(&ada.assert_push("presence_diff").await);
    assert_eq!(diff["leaves"]["Bo"]["metas"], state["Bo"]["metas"]);
}
