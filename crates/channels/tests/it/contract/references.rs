//! References: any JSON, chosen by the client.

use crate::support::{peer::Wire, server::TestServer};

const REFERENCES: [&str; 12] = [
    "7",
    r#""007""#,
    r#""""#,
    "0",
    "-3",
    "9007199254740993",
    "1.5",
    r#"{"b":[2]}"#,
    "[]",
    "true",
    r#""ä\"\\ \u0001""#,
    r#""\ud83d\ude00""#,
];

on_every_wire!(
    references_come_back_verbatim_and_typed,
    everything_of_a_channel_carries_the_reference_of_its_join,
    a_null_reference_comes_back_as_null,
    a_number_and_a_string_are_different_references,
    a_join_without_a_join_ref_lends_its_own_ref_to_what_follows,
    a_push_without_a_join_ref_is_answered_with_that_of_the_channel,
);

async fn references_come_back_verbatim_and_typed(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for reference in REFERENCES {
        peer.send(&format!(r#"[null,{reference},"phoenix","heartbeat",{{}}]"#)).await;
        peer.expect_ok("null", reference, "phoenix").await;
        peer.send(&format!(r#"[{reference},{reference},"nowhere","phx_leave",{{}}]"#)).await;
        peer.expect_ok(reference, reference, "nowhere").await;
        peer.send(&format!(r#"[{reference},{reference},"nowhere","x",{{}}]"#)).await;
        peer.expect_error("null", reference, "nowhere", "unmatched topic").await;
    }
}

async fn everything_of_a_channel_carries_the_reference_of_its_join(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for reference in REFERENCES {
        peer.send(&format!(r#"[{reference},"1","probe:a","phx_join",{{"name":"Ada"}}]"#)).await;
        peer.expect_ok(reference, r#""1""#, "probe:a").await;
        peer.send(&format!(r#"[{reference},{reference},"probe:a","ping",{{}}]"#)).await;
        peer.expect_ok(reference, reference, "probe:a").await;
        peer.send(&format!(r#"[{reference},"3","probe:a","push",{{}}]"#)).await;
        peer.expect(&format!(r#"[{reference},null,"probe:a","pushed",{{}}]"#)).await;
        peer.send(&format!(r#"[{reference},"4","probe:a","phx_leave",{{}}]"#)).await;
        peer.expect_ok(reference, r#""4""#, "probe:a").await;
        peer.expect(&format!(r#"[{reference},{reference},"probe:a","phx_close",{{}}]"#)).await;
    }
}

async fn a_null_reference_comes_back_as_null(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send(r#"[null,null,"phoenix","heartbeat",{}]"#).await;
    peer.expect_ok("null", "null", "phoenix").await;
    peer.send(r#"["1",null,"chat:a","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_ok(r#""1""#, "null", "chat:a").await;
    peer.send(r#"["1",null,"chat:a","ping",{}]"#).await;
    peer.expect_ok(r#""1""#, "null", "chat:a").await;
}

async fn a_number_and_a_string_are_different_references(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for (joined, other) in [("5", r#""5""#), (r#""5""#, "5"), ("5", "5.0"), (r#""""#, "0")] {
        peer.send(&format!(r#"[{joined},"1","chat:a","phx_join",{{"name":"Ada"}}]"#)).await;
        peer.expect_ok(joined, r#""1""#, "chat:a").await;
        peer.send(&format!(r#"[{other},"2","chat:a","ping",{{}}]"#)).await;
        peer.expect_nothing().await;
        peer.send(&format!(r#"[{joined},"3","chat:a","ping",{{}}]"#)).await;
        peer.expect_ok(joined, r#""3""#, "chat:a").await;
        peer.send(&format!(r#"[{joined},"4","chat:a","phx_leave",{{}}]"#)).await;
        peer.expect_ok(joined, r#""4""#, "chat:a").await;
        peer.expect(&format!(r#"[{joined},{joined},"chat:a","phx_close",{{}}]"#)).await;
    }
}

async fn a_join_without_a_join_ref_lends_its_own_ref_to_what_follows(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send(r#"[null,"77","probe:a","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_ok("null", r#""77""#, "probe:a").await;
    peer.send(r#"[null,"78","probe:a","ping",{}]"#).await;
    peer.expect_ok(r#""77""#, r#""78""#, "probe:a").await;
    peer.send(r#"[null,"79","probe:a","push",{}]"#).await;
    peer.expect(r#"["77",null,"probe:a","pushed",{}]"#).await;
    peer.send(r#"[null,"80","probe:a","phx_leave",{}]"#).await;
    peer.expect_ok(r#""77""#, r#""80""#, "probe:a").await;
    peer.expect(r#"[null,null,"probe:a","phx_close",{}]"#).await;
    peer.expect_nothing().await;
}

async fn a_push_without_a_join_ref_is_answered_with_that_of_the_channel(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send(r#"["6","6","chat:a","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_ok(r#""6""#, r#""6""#, "chat:a").await;
    peer.send(r#"[null,"7","chat:a","ping",{}]"#).await;
    peer.expect_ok(r#""6""#, r#""7""#, "chat:a").await;
}
