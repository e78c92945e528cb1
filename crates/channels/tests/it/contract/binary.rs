//! Binary payloads of serializer 2.0.0.

use crate::support::{peer::Wire, server::TestServer};

on_v2!(
    a_push_and_its_reply_have_their_layouts,
    a_broadcast_has_its_layout_and_reaches_the_others,
    a_push_of_the_server_has_its_layout,
    an_empty_payload_is_a_payload,
    a_join_may_be_binary,
    what_is_no_binary_message_ends_the_connection,
    bytes_where_json_is_expected_crash_the_channel,
);

/// A push of a client.
fn push(join_ref: &str, message_ref: &str, topic: &str, event: &str, payload: &[u8]) -> Vec<u8> {
    let fields = [join_ref, message_ref, topic, event];
    let mut message = vec![0];
    message.extend(fields.map(|field| field.len() as u8));
    message.extend(fields.concat().into_bytes());
    message.extend(payload);
    message
}

async fn a_push_and_its_reply_have_their_layouts(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:ä", r#"{"name":"Ada"}"#).await;
    let bytes: Vec<u8> = (0..=255).collect();
    peer.send_binary(&push("1", "12", "chat:ä", "bin", &bytes)).await;
    peer.expect_binary(&[&b"\x01\x01\x02\x07\x02112chat:\xc3\xa4ok"[..], &bytes].concat()).await;
}

async fn a_broadcast_has_its_layout_and_reaches_the_others(wire: Wire) {
    let server = TestServer::start();
    let (mut ada, mut bo) = (server.peer(wire).await, server.peer(wire).await);
    ada.join("chat:a", r#"{"name":"Ada"}"#).await;
    bo.join("chat:a", r#"{"name":"Bo"}"#).await;
    ada.send_binary(&push("1", "2", "chat:a", "bin_all", &[0, 255, 13, 10])).await;
    for peer in [&mut ada, &mut bo] {
        peer.expect_binary(b"\x02\x06\x07chat:abin_all\x00\xff\x0d\x0a").await;
        peer.expect_nothing().await;
    }
}

async fn a_push_of_the_server_has_its_layout(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("probe:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["1","3","probe:a","bytes",{}]"#).await;
    peer.expect_binary(b"\x00\x01\x07\x051probe:abytes\x01\x02").await;
}

async fn an_empty_payload_is_a_payload(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send_binary(&push("1", "2", "chat:a", "bin", b"")).await;
    peer.expect_binary(b"\x01\x01\x01\x06\x0212chat:aok").await;
}

async fn a_join_may_be_binary(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send_binary(&push("4", "5", "console", "phx_join", b"")).await;
    peer.expect_ok(r#""4""#, r#""5""#, "console").await;
    peer.send_binary(&push("", "", "console", "phx_join", b"")).await;
    peer.expect_ok(r#""""#, r#""""#, "console").await;
    peer.expect(r#"["4","4","console","phx_close",{}]"#).await;
    peer.send_binary(&push("9", "9", "phoenix", "heartbeat", b"")).await;
    peer.expect_ok("null", r#""9""#, "phoenix").await;
}

async fn what_is_no_binary_message_ends_the_connection(wire: Wire) {
    let server = TestServer::start();
    let whole = push("1", "12", "t", "evt", b"");
    let cut = (0..whole.len()).map(|length| whole[..length].to_vec());
    let others = [
        b"\x01\x01\x01\x01\x01abcd".to_vec(),
        b"\x02\x01\x03tevt".to_vec(),
        b"\x03\x00\x00\x00\x00".to_vec(),
        b"\xff\xff\xff\xff\xff".to_vec(),
        push("1", "2", "t", "\u{0}", b"")
            .iter()
            .map(|byte| if *byte == b't' { 0xff } else { *byte })
            .collect(),
        br#"["1","2","phoenix","heartbeat",{}]"#.to_vec(),
    ];
    for broken in cut.chain(others) {
        // No line of a batch is empty.
        if !broken.is_empty() {
            let mut peer = server.peer(wire).await;
            peer.send_broken_binary(&broken).await;
            peer.expect_end(1011).await;
        }
    }
}

async fn bytes_where_json_is_expected_crash_the_channel(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    peer.send_binary(&push("1", "2", "chat:a", "new_msg", b"{}")).await;
    peer.expect(r#"["1","1","chat:a","phx_error",{"reason":"channel_crash"}]"#).await;
    peer.send_binary(&push("3", "3", "chat:a", "phx_join", br#"{"name":"Ada"}"#)).await;
    peer.expect_error(r#""3""#, r#""3""#, "chat:a", "join crashed").await;
}
