//! Leaves.

use crate::support::{peer::Wire, server::TestServer};

on_every_wire!(
    a_leave_of_a_topic_that_is_not_joined_is_ok,
    a_leave_is_answered_and_then_closed,
    of_two_leaves_in_one_segment_there_is_one_close,
    a_push_behind_a_leave_is_lost,
    a_leave_and_a_join_in_one_segment_end_in_the_new_join,
);

async fn a_leave_of_a_topic_that_is_not_joined_is_ok(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for topic in ["nowhere", "chat:a", "phoenix", ""] {
        peer.send(&format!(r#"["3","5","{topic}","phx_leave",{{}}]"#)).await;
        peer.expect_ok(r#""3""#, r#""5""#, topic).await;
    }
    peer.send(r#"["3","5",{"a":1},"phx_leave",{}]"#).await;
    peer.expect(r#"["3","5",{"a":1},"phx_reply",{"status":"ok","response":{}}]"#).await;
    peer.expect_nothing().await;
}

async fn a_leave_is_answered_and_then_closed(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send(r#"["10","10","chat:a","phx_join",{"name":"Ada"}]"#).await;
    peer.expect_ok(r#""10""#, r#""10""#, "chat:a").await;
    peer.send(r#"["10","12","chat:a","phx_leave",{}]"#).await;
    peer.expect_ok(r#""10""#, r#""12""#, "chat:a").await;
    peer.expect(r#"["10","10","chat:a","phx_close",{}]"#).await;
    // It has left: it hears nothing more, and may leave again.
    server.endpoint.broadcast("chat:a", "news", 1).expect("json");
    peer.send(r#"["10","13","chat:a","phx_leave",{}]"#).await;
    peer.expect_ok(r#""10""#, r#""13""#, "chat:a").await;
    peer.expect_nothing().await;
}

async fn of_two_leaves_in_one_segment_there_is_one_close(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send_together(&[r#"["1","2","chat:a","phx_leave",{}]"#, r#"["1","3","chat:a","phx_leave",{}]"#])
        .await;
    peer.expect_ok(r#""1""#, r#""2""#, "chat:a").await;
    let rest = peer.until_heartbeat().await;
    let closes = rest.iter().filter(|message| message.event == "phx_close").count();
    let oks = rest.iter().filter(|message| message.payload["status"] == "ok").count();
    assert_eq!(closes, 1, "{rest:?}");
    // The second leave is swallowed, or answered.
    assert_eq!(rest.len(), closes + oks, "{rest:?}");
    assert!(oks <= 1, "{rest:?}");
}

async fn a_push_behind_a_leave_is_lost(wire: Wire) {
    let server = TestServer::start();
    let mut bo = server.peer(wire).await;
    // The end of the second one takes its time.
    for topic in ["chat:a", "probe:lingering"] {
        let mut ada = server.peer(wire).await;
        ada.join(topic, r#"{"name":"Ada"}"#).await;
        bo.join(topic, r#"{"name":"Bo"}"#).await;
        let leave = format!(r#"["1","2","{topic}","phx_leave",{{}}]"#);
        let push = format!(r#"["1","3","{topic}","new_msg",{{"text":"wait!"}}]"#);
        let ping = format!(r#"[null,"4","{topic}","ping",{{}}]"#);
        ada.send_together(&[&leave, &push, &ping]).await;
        ada.expect_ok(r#""1""#, r#""2""#, topic).await;
        ada.expect(&format!(r#"["1","1","{topic}","phx_close",{{}}]"#)).await;
        ada.expect_nothing().await;
        bo.expect_nothing().await;
        // Whoever knows that it has left is told so.
        ada.send(&ping).await;
        ada.expect_error("null", r#""4""#, topic, "unmatched topic").await;
    }
}

async fn a_leave_and_a_join_in_one_segment_end_in_the_new_join(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send_together(&[
        r#"["1","2","chat:a","phx_leave",{}]"#,
        r#"["3","3","chat:a","phx_join",{"name":"Ada"}]"#,
    ])
    .await;
    let messages = peer.until_heartbeat().await;
    let count = |wanted: &dyn Fn(&crate::support::peer::Received) -> bool| {
        messages.iter().filter(|message| wanted(message)).count()
    };
    assert_eq!(count(&|message| message.event == "phx_close"), 1, "{messages:?}");
    assert_eq!(count(&|message| message.message_ref == "3" && message.payload["status"] == "ok"), 1);
    peer.send(r#"["3","4","chat:a","ping",{}]"#).await;
    peer.expect_ok(r#""3""#, r#""4""#, "chat:a").await;
}
