//! What the reference application does beyond what the other cases see of it.

use serde_json::{Value, json};

use crate::support::{peer::Wire, server::TestServer};

on_every_wire!(
    the_console_hears_of_players_and_their_taps,
    a_player_without_a_name_does_not_get_in,
    intercepted_messages_reach_everybody_as_pushes,
);

async fn the_console_hears_of_players_and_their_taps(wire: Wire) {
    let server = TestServer::start();
    let (mut console, mut ada) = (server.peer(wire).await, server.peer(wire).await);
    console.join("console", r#"{"any":"params"}"#).await;
    ada.join("play", r#"{"name":"Ada"}"#).await;
    let joined = console.next().await;
    let user_id = joined.payload["user_id"].as_str().expect("an id").to_owned();
    assert_eq!((joined.topic, joined.event), (json!("console"), json!("user_join")));
    assert_eq!(joined.payload, json!({ "name": "Ada", "user_id": user_id }));
    ada.send(r#"["1","2","play","tap",{}]"#).await;
    let told = |event: &str, payload: Value| format!(r#"[null,null,"console","{event}",{payload}]"#);
    console.expect(&told("user_tap", json!({ "name": "Ada", "user_id": user_id }))).await;
    ada.expect_nothing().await;
    ada.send(r#"["1","3","play","phx_leave",{}]"#).await;
    console.expect(&told("user_terminate", json!({ "user_id": user_id }))).await;
    console.expect_nothing().await;
}

async fn a_player_without_a_name_does_not_get_in(wire: Wire) {
    let server = TestServer::start();
    let (mut console, mut ada) = (server.peer(wire).await, server.peer(wire).await);
    console.join("console", "{}").await;
    ada.send(r#"["1","2","play","phx_join",{}]"#).await;
    ada.expect_error(r#""1""#, r#""2""#, "play", "join crashed").await;
    console.expect_nothing().await;
}

async fn intercepted_messages_reach_everybody_as_pushes(wire: Wire) {
    let server = TestServer::start();
    let (mut ada, mut bo) = (server.peer(wire).await, server.peer(wire).await);
    ada.join("ichat:a", r#"{"name":"Ada"}"#).await;
    bo.send(r#"["5","5","ichat:a","phx_join",{"name":"Bo"}]"#).await;
    bo.expect_ok(r#""5""#, r#""5""#, "ichat:a").await;
    ada.send(r#"["1","2","ichat:a","new_msg",{"text":"hi"}]"#).await;
    ada.expect(r#"["1",null,"ichat:a","new_msg",{"name":"Ada","text":"hi"}]"#).await;
    bo.expect(r#"["5",null,"ichat:a","new_msg",{"name":"Ada","text":"hi"}]"#).await;
}
