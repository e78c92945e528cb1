//! Joins and second joins.

use serde_json::json;

use crate::support::{peer::Wire, server::TestServer};

on_every_wire!(
    a_join_is_answered_with_its_references,
    a_second_join_is_answered_before_the_first_one_is_closed,
    a_second_join_that_is_refused_still_closes_the_first,
    a_second_join_that_crashes_still_closes_the_first,
    the_same_topic_on_another_socket_is_no_second_join,
    a_join_that_no_channel_matches_has_a_null_join_ref,
    a_refused_join_echoes_its_join_ref_and_tells_why,
    a_join_that_crashes_or_panics_is_an_ordinary_error,
    the_hundred_and_first_topic_is_refused_and_the_hundred_may_be_joined_again,
    topics_match_exactly_or_by_their_beginning,
);

async fn a_join_is_answered_with_its_references(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send(r#"["6","7","chat:a","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_ok(r#""6""#, r#""7""#, "chat:a").await;
    peer.expect_nothing().await;
}

async fn a_second_join_is_answered_before_the_first_one_is_closed(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["2","2","chat:a","phx_join",{"name":"Bo"}]"#).await;
    peer.expect_ok(r#""2""#, r#""2""#, "chat:a").await;
    peer.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    // There is one channel, which is the new one.
    peer.send(r#"["2","3","chat:a","new_msg",{"text":"hi"}]"#).await;
    peer.expect(r#"[null,null,"chat:a","new_msg",{"name":"Bo","text":"hi"}]"#).await;
    peer.expect_nothing().await;
}

async fn a_second_join_that_is_refused_still_closes_the_first(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("probe:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["2","2","probe:a","phx_join",{"name":"nobody"}]"#).await;
    peer.expect_error(r#""2""#, r#""2""#, "probe:a", "no such name").await;
    peer.expect(r#"["1","1","probe:a","phx_close",{}]"#).await;
    peer.send(r#"["1","3","probe:a","ping",{}]"#).await;
    peer.expect_error("null", r#""3""#, "probe:a", "unmatched topic").await;
}

async fn a_second_join_that_crashes_still_closes_the_first(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["2","2","chat:a","phx_join",{}]"#).await;
    peer.expect_error(r#""2""#, r#""2""#, "chat:a", "join crashed").await;
    peer.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    peer.send(r#"["1","3","chat:a","ping",{}]"#).await;
    peer.expect_error("null", r#""3""#, "chat:a", "unmatched topic").await;
}

async fn the_same_topic_on_another_socket_is_no_second_join(wire: Wire) {
    let server = TestServer::start();
    let (mut one, mut two) = (server.peer(wire).await, server.peer(wire).await);
    one.join("chat:a", r#"{"name":"Ada"}"#).await;
    two.join("chat:a", r#"{"name":"Bo"}"#).await;
    one.expect_nothing().await;
    one.send(r#"["1","2","chat:a","ping",{}]"#).await;
    one.expect_ok(r#""1""#, r#""2""#, "chat:a").await;
}

async fn a_join_that_no_channel_matches_has_a_null_join_ref(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send(r#"["3","5","nowhere","phx_join",{}]"#).await;
    peer.expect_error("null", r#""5""#, "nowhere", "unmatched topic").await;
}

async fn a_refused_join_echoes_its_join_ref_and_tells_why(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send(r#"["3","4","chat:secret","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_error(r#""3""#, r#""4""#, "chat:secret", "You don't have permission!").await;
    peer.send(r#"["3","5","chat:secret","ping",{}]"#).await;
    peer.expect_error("null", r#""5""#, "chat:secret", "unmatched topic").await;
}

async fn a_join_that_crashes_or_panics_is_an_ordinary_error(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for (topic, params) in [
        ("chat:a", "{}"),
        ("chat:a", "null"),
        ("chat:a", "[1]"),
        ("chat:a", r#"["Ada"]"#),
        ("chat:a", r#"{"name":5}"#),
        ("probe:panic", "{}"),
    ] {
        peer.send(&format!(r#"["5","5","{topic}","phx_join",{params}]"#)).await;
        peer.expect_error(r#""5""#, r#""5""#, topic, "join crashed").await;
    }
    peer.expect_nothing().await;
}

async fn the_hundred_and_first_topic_is_refused_and_the_hundred_may_be_joined_again(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    let joins: Vec<_> = (0..100)
        .map(|number| format!(r#"["{number}","{number}","chat:{number}","phx_join",{{"name":"Ada"}}]"#))
        .collect();
    peer.send_together(&joins.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for number in 0..100 {
        let reference = format!(r#""{number}""#);
        peer.expect_ok(&reference, &reference, &format!("chat:{number}")).await;
    }
    peer.send(r#"["j","r","chat:100","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_error(r#""j""#, r#""r""#, "chat:100", "too many channels joined").await;
    peer.send(r#"["j","r","chat:7","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_ok(r#""j""#, r#""r""#, "chat:7").await;
    peer.expect(r#"["7","7","chat:7","phx_close",{}]"#).await;
    // One that is left makes room for another.
    peer.send(r#"["8","l","chat:8","phx_leave",{}]"#).await;
    peer.expect_ok(r#""8""#, r#""l""#, "chat:8").await;
    peer.expect(r#"["8","8","chat:8","phx_close",{}]"#).await;
    peer.send(r#"["j","r","chat:100","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_ok(r#""j""#, r#""r""#, "chat:100").await;
}

async fn topics_match_exactly_or_by_their_beginning(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    let mut joined = Vec::new();
    let topics =
        ["chat:", "chat", "Chat:a", "chat:a", "chat:*", "console", "console:a", "consol", "CONSOLE", ""];
    for topic in topics {
        peer.send(&format!(r#"["1","1","{topic}","phx_join",{{"name":"Ada"}}]"#)).await;
        let reply = peer.next().await;
        assert_eq!((&reply.topic, &reply.event), (&json!(topic), &json!("phx_reply")));
        if reply.payload["status"] == "ok" {
            joined.push(topic);
        } else {
            assert_eq!(reply.payload["response"], json!({ "reason": "unmatched topic" }), "{topic}");
        }
    }
    assert_eq!(joined, ["chat:", "chat:a", "chat:*", "console"]);
}
