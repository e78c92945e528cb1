//! Where Phoenix's versions differ, 1.9-dev counts.

use crate::support::{peer::Wire, server::TestServer};

on_every_wire!(
    a_push_with_a_stale_join_ref_is_ignored,
    a_leave_without_a_join_ref_leaves,
    a_leave_with_a_stale_join_ref_is_ignored,
    a_forced_disconnect_ends_all_connections_of_a_user_without_a_farewell,
);
on_v2!(a_binary_push_with_an_empty_join_ref_is_ignored);

async fn a_push_with_a_stale_join_ref_is_ignored(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["2","2","chat:a","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_ok(r#""2""#, r#""2""#, "chat:a").await;
    peer.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    for event in ["ping", "new_msg", "crash"] {
        peer.send(&format!(r#"["1","3","chat:a","{event}",{{"text":"hi"}}]"#)).await;
    }
    peer.expect_nothing().await;
    peer.send(r#"["2","4","chat:a","ping",{}]"#).await;
    peer.expect_ok(r#""2""#, r#""4""#, "chat:a").await;
}

async fn a_leave_without_a_join_ref_leaves(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"[null,"5","chat:a","phx_leave",{}]"#).await;
    peer.expect_ok(r#""1""#, r#""5""#, "chat:a").await;
    peer.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    peer.expect_nothing().await;
}

async fn a_leave_with_a_stale_join_ref_is_ignored(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["9","5","chat:a","phx_leave",{}]"#).await;
    peer.expect_nothing().await;
    peer.send(r#"["1","6","chat:a","ping",{}]"#).await;
    peer.expect_ok(r#""1""#, r#""6""#, "chat:a").await;
}

async fn a_forced_disconnect_ends_all_connections_of_a_user_without_a_farewell(wire: Wire) {
    let server = TestServer::start();
    let mut ada = [server.peer_with(wire, "&user=ada").await, server.peer_with(wire, "&user=ada").await];
    let mut bo = server.peer_with(wire, "&user=bo").await;
    let mut nobody = server.peer(wire).await;
    for peer in &mut ada {
        peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    }
    bo.send(r#"["1","1","room:a","phx_join",{"name":"Bo"}]"#).await;
    bo.until_heartbeat().await;
    bo.send(r#"["1","2","room:a","kick",{"user":"ada"}]"#).await;
    for peer in &mut ada {
        peer.expect_end(1001).await;
    }
    bo.until_heartbeat().await;
    nobody.expect_nothing().await;
}

async fn a_binary_push_with_an_empty_join_ref_is_ignored(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send_binary(b"\x00\x00\x01\x06\x032chat:abin\x07").await;
    peer.expect_nothing().await;
    peer.send_binary(b"\x00\x01\x01\x06\x0312chat:abin\x07").await;
    peer.expect_binary(b"\x01\x01\x01\x06\x0212chat:aok\x07").await;
}
