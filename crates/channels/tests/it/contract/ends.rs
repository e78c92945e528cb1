//! How a channel ends when its client does not leave.

use crate::support::{peer::Wire, server::TestServer};

on_every_wire!(
    a_crash_is_told_and_the_push_is_not_answered,
    an_unknown_event_or_payload_is_a_crash,
    a_push_behind_a_crash_or_a_stop_is_lost,
    a_normal_stop_is_a_close,
    a_stop_with_a_reply_replies_first,
    a_crash_ends_its_own_topic_only_and_the_topic_may_be_joined_again,
);

async fn a_crash_is_told_and_the_push_is_not_answered(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["1","2","chat:a","crash",{}]"#).await;
    peer.expect(r#"["1","1","chat:a","phx_error",{"reason":"channel_crash"}]"#).await;
    peer.expect_nothing().await;
    peer.send(r#"["1","3","chat:a","ping",{}]"#).await;
    peer.expect_error("null", r#""3""#, "chat:a", "unmatched topic").await;
}

async fn an_unknown_event_or_payload_is_a_crash(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for push in [
        r#""no such event",{}"#,
        r#""new_msg",{}"#,
        r#""new_msg",null"#,
        r#""new_msg",{"text":5}"#,
        r#""bin",{}"#,
        r#"5,{}"#,
        r#"null,{}"#,
    ] {
        peer.join("chat:a", r#"{"name":"Ada"}"#).await;
        peer.send(&format!(r#"["1","2","chat:a",{push}]"#)).await;
        peer.expect(r#"["1","1","chat:a","phx_error",{"reason":"channel_crash"}]"#).await;
    }
    peer.expect_nothing().await;
}

async fn a_push_behind_a_crash_or_a_stop_is_lost(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for event in ["crash", "stop"] {
        peer.join("chat:a", r#"{"name":"Ada"}"#).await;
        let ends = format!(r#"["1","2","chat:a","{event}",{{}}]"#);
        peer.send_together(&[&ends, r#"["1","3","chat:a","ping",{}]"#]).await;
        let rest = peer.until_heartbeat().await;
        assert_eq!(rest.len(), 1, "{rest:?}");
        assert!(rest[0].event == "phx_error" || rest[0].event == "phx_close", "{rest:?}");
    }
}

async fn a_normal_stop_is_a_close(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["1","2","chat:a","stop",{}]"#).await;
    peer.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    peer.expect_nothing().await;
    peer.send(r#"["1","3","chat:a","ping",{}]"#).await;
    peer.expect_error("null", r#""3""#, "chat:a", "unmatched topic").await;
}

async fn a_stop_with_a_reply_replies_first(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("probe:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["1","2","probe:a","stop_reply",{}]"#).await;
    peer.expect(r#"["1","2","probe:a","phx_reply",{"status":"ok","response":{"last":true}}]"#).await;
    peer.expect(r#"["1","1","probe:a","phx_close",{}]"#).await;
    peer.expect_nothing().await;
}

async fn a_crash_ends_its_own_topic_only_and_the_topic_may_be_joined_again(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.join("chat:b", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["1","2","chat:a","crash",{}]"#).await;
    peer.expect(r#"["1","1","chat:a","phx_error",{"reason":"channel_crash"}]"#).await;
    peer.send(r#"["1","3","chat:b","ping",{}]"#).await;
    peer.expect_ok(r#""1""#, r#""3""#, "chat:b").await;
    peer.send(r#"["4","4","chat:a","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_ok(r#""4""#, r#""4""#, "chat:a").await;
}
