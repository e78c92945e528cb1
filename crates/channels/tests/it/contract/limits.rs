//! Limits of ours.

use channels::Limits;
use serde_json::json;

use crate::{
    reference,
    support::{peer::Wire, server::TestServer},
};

on_every_wire!(
    messages_past_the_rate_are_answered_that_they_are,
    joins_past_the_rate_are_answered_that_they_are,
    a_join_is_counted_however_its_name_is_written,
    a_message_past_the_limit_ends_the_connection,
    who_reads_too_slowly_is_ended_and_nobody_else,
    states_are_conflated_for_who_reads_slowly,
);

async fn messages_past_the_rate_are_answered_that_they_are(wire: Wire) {
    let server = TestServer::with(Limits { messages_per_second: 5, ..reference::limits() });
    let mut peer = server.peer(wire).await;
    let messages: Vec<_> =
        (0..20).map(|number| format!(r#"["j",{number},"phoenix","heartbeat",{{}}]"#)).collect();
    peer.send_together(&messages.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for number in 0..5 {
        peer.expect_ok("null", &number.to_string(), "phoenix").await;
    }
    for number in 5..20 {
        peer.expect_error(r#""j""#, &number.to_string(), "phoenix", "rate limited").await;
    }
}

async fn joins_past_the_rate_are_answered_that_they_are(wire: Wire) {
    let server = TestServer::with(Limits { joins_per_second: 2, ..reference::limits() });
    let mut peer = server.peer(wire).await;
    let join = |number| format!(r#"["{number}","{number}","chat:{number}","phx_join",{{"name":"Ada"}}]"#);
    peer.send_together(&[&join(1), &join(2), &join(3), r#"[null,"4","phoenix","heartbeat",{}]"#]).await;
    peer.expect_ok(r#""1""#, r#""1""#, "chat:1").await;
    peer.expect_ok(r#""2""#, r#""2""#, "chat:2").await;
    peer.expect_error(r#""3""#, r#""3""#, "chat:3", "rate limited").await;
    peer.expect_ok("null", r#""4""#, "phoenix").await;
}

async fn a_join_is_counted_however_its_name_is_written(wire: Wire) {
    let server = TestServer::with(Limits { joins_per_second: 1, ..reference::limits() });
    let mut peer = server.peer(wire).await;
    let join =
        |number| format!(r#"["{number}","{number}","chat:{number}","phx_j\u006fin",{{"name":"Ada"}}]"#);
    peer.send_together(&[&join(1), &join(2)]).await;
    peer.expect_ok(r#""1""#, r#""1""#, "chat:1").await;
    peer.expect_error(r#""2""#, r#""2""#, "chat:2", "rate limited").await;
}

async fn a_message_past_the_limit_ends_the_connection(wire: Wire) {
    let server = TestServer::with(Limits { message_bytes: 1000, ..reference::limits() });
    let mut peer = server.peer(wire).await;
    let empty = peer.encode_raw(r#""""#).len();
    let at_the_limit = peer.encode_raw(&format!(r#""{}""#, "x".repeat(1000 - empty)));
    peer.send_as_is(&at_the_limit).await;
    peer.expect_error("null", r#""2""#, "chat:a", "unmatched topic").await;
    let past_it = peer.encode_raw(&format!(r#""{}""#, "x".repeat(1001 - empty)));
    peer.send_broken(&past_it).await;
    peer.expect_end(1009).await;
}

async fn who_reads_too_slowly_is_ended_and_nobody_else(wire: Wire) {
    let server = TestServer::with(Limits { outbox_bytes: 200_000, ..reference::limits() });
    let (mut stalled, mut lively) = (server.peer(wire).await, server.peer(wire).await);
    stalled.join("chat:a", r#"{"name":"Ada"}"#).await;
    lively.join("chat:a", r#"{"name":"Bo"}"#).await;
    let filler = "x".repeat(50_000);
    // More than the kernel's buffers and the outbox together hold.
    for _ in 0..200 {
        server.endpoint.broadcast("chat:a", "flood", &filler).expect("json");
        assert_eq!(lively.next().await.event, "flood");
    }
    stalled.expect_end_of_anything(1008).await;
    lively.expect_nothing().await;
}

async fn states_are_conflated_for_who_reads_slowly(wire: Wire) {
    let server = TestServer::with(Limits { outbox_bytes: 200_000, ..reference::limits() });
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    let filler = "x".repeat(50_000);
    for number in 0..400 {
        let state = json!({ "number": number, "filler": filler });
        server.endpoint.broadcast_conflated("chat:a", "state", state).expect("json");
        tokio::task::yield_now().await;
    }
    let mut numbers = Vec::new();
    while numbers.last() != Some(&399) {
        numbers.push(peer.next().await.payload["number"].as_u64().expect("a number"));
    }
    assert!(numbers.is_sorted());
    assert!(numbers.len() < 400, "older states are left out");
    peer.expect_nothing().await;
}
