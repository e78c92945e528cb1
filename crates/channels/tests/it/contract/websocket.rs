//! The WebSocket transport: who gets in, and how a socket ends. What RFC 6455 says
//! has a suite of its own.

use std::time::Duration;

use channels::Limits;
use futures::{SinkExt, StreamExt};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::{Message, http::StatusCode};

use crate::{
    reference,
    support::{
        client::Client,
        clock::Clock,
        http,
        peer::{Peer, Wire},
        server::TestServer,
        soon,
    },
};

on_websockets!(
    who_has_read_everything_may_be_sent_more_at_once_than_may_wait_for_it,
    connect_decides_who_gets_in,
    pages_of_other_hosts_are_forbidden_unless_all_are_let_in,
    what_is_no_upgrade_is_a_bad_request,
    the_handshakes_lists_may_be_spread_over_headers,
    a_connection_that_is_gone_ends_its_channels,
    the_first_message_may_come_with_the_request,
    a_shutdown_closes_with_1012,
    a_silent_client_is_closed_after_a_minute_though_it_hears_broadcasts,
    pings_alone_keep_a_socket_open,
    a_close_is_answered_with_its_code,
    the_path_may_end_in_a_slash_and_the_query_may_be_encoded,
);

fn path(wire: Wire) -> String {
    format!("/socket/websocket?vsn={}", wire.vsn())
}

/// A version, and whether what it names is serializer 2.0.0.
#[tokio::test]
async fn a_version_selects_its_serializer() {
    let server = TestServer::start();
    for (query, v2) in [
        ("", false),
        ("?vsn=1.0.0", false),
        ("?vsn=1.0.5", false),
        ("?vsn=2.0.0", true),
        ("?vsn=2.0.17", true),
        ("?vsn=%32%2e0.0&x=%20", true),
    ] {
        let mut client = server.connect(&format!("/socket/websocket{query}"), &[]).await.expect(query);
        if v2 {
            client.send(r#"["9","1","phoenix","heartbeat",{}]"#).await;
            client.expect(r#"[null,"1","phoenix","phx_reply",{"status":"ok","response":{}}]"#).await;
        } else {
            client.send(r#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}"#).await;
            client
                .expect(
                    r#"{"topic":"phoenix","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"1"}"#,
                )
                .await;
        }
    }
}

const HANDSHAKE: [(&str, &str); 4] = [
    ("connection", "upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

#[tokio::test]
async fn versions_that_are_not_served_are_forbidden_with_an_empty_body() {
    let server = TestServer::start();
    for vsn in ["2.0", "2", "", "2.1.0", "3.0.0", "1.1.0", "1", "2.0.0.0", "v2.0.0"] {
        let path = format!("/socket/websocket?vsn={vsn}");
        let refused = http::request(server.address, "GET", &path, &HANDSHAKE, b"").await;
        assert_eq!((refused.status, &*refused.body), (403, &b""[..]), "{vsn:?}");
    }
}

async fn connect_decides_who_gets_in(wire: Wire) {
    let server = TestServer::start();
    let path = path(wire);
    let refused = http::request(server.address, "GET", &format!("{path}&token=bad"), &HANDSHAKE, b"").await;
    assert_eq!((refused.status, &*refused.body), (403, &b""[..]));
    assert!(server.connect(&format!("{path}&token=good"), &[]).await.is_ok());
}

async fn pages_of_other_hosts_are_forbidden_unless_all_are_let_in(wire: Wire) {
    let server = TestServer::start();
    let guarded = format!("/guarded/websocket?vsn={}", wire.vsn());
    let evil = [("origin", "https://evil.example")];
    assert_eq!(server.connect(&guarded, &evil).await.err(), Some(StatusCode::FORBIDDEN));
    let own = format!("http://{}", server.address);
    assert!(server.connect(&guarded, &[("origin", &own)]).await.is_ok());
    assert!(server.connect(&guarded, &[]).await.is_ok());
    assert!(server.connect(&path(wire), &evil).await.is_ok());
}

async fn what_is_no_upgrade_is_a_bad_request(wire: Wire) {
    let server = TestServer::start();
    let path = path(wire);
    let without =
        |name: &str| HANDSHAKE.into_iter().filter(|(header, _)| *header != name).collect::<Vec<_>>();
    let with = |name: &'static str, value: &'static str| {
        without(name).into_iter().chain([(name, value)]).collect::<Vec<_>>()
    };
    for (method, headers) in [
        ("GET", vec![]),
        ("POST", vec![]),
        ("POST", HANDSHAKE.to_vec()),
        ("PUT", vec![]),
        ("GET", without("upgrade")),
        ("GET", with("upgrade", "h2c")),
        ("GET", without("sec-websocket-version")),
        ("GET", with("sec-websocket-version", "8")),
        ("GET", without("sec-websocket-key")),
        ("GET", with("sec-websocket-key", "short")),
    ] {
        let response = http::request(server.address, method, &path, &headers, b"").await;
        assert_eq!(response.status, 400, "{method} with {headers:?}");
    }
    assert!(server.connect(&path, &[]).await.is_ok());
}

async fn the_handshakes_lists_may_be_spread_over_headers(wire: Wire) {
    let server = TestServer::start();
    let spread = [&[("connection", "keep-alive"), ("upgrade", "h2c")][..], &HANDSHAKE].concat();
    let response = http::request(server.address, "GET", &path(wire), &spread, b"").await;
    assert_eq!(response.status, 101);
    assert_eq!(response.header("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

async fn a_connection_that_is_gone_ends_its_channels(wire: Wire) {
    let server = TestServer::start();
    let (mut console, mut peer) = (server.peer(wire).await, server.peer(wire).await);
    console.join("console", "{}").await;
    peer.join("probe:a", r#"{"name":"Ada"}"#).await;
    drop(peer);
    console.expect(r#"[null,null,"console","ended",{"name":"Ada","reason":"Closed"}]"#).await;
}

async fn the_first_message_may_come_with_the_request(wire: Wire) {
    let server = TestServer::start();
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let head = HANDSHAKE.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
    let request = format!("GET {} HTTP/1.1\r\nhost: {}\r\n{head}\r\n", path(wire), server.address);
    let text = match wire.vsn() {
        "1.0.0" => r#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}"#,
        _ => r#"[null,"1","phoenix","heartbeat",{}]"#,
    };
    let frame = [&[0x81, 0x80 | text.len() as u8, 0, 0, 0, 0], text.as_bytes()].concat();
    stream.write_all(&[request.as_bytes(), &frame].concat()).await.expect("an open connection");
    let mut answer = Vec::new();
    while !String::from_utf8_lossy(&answer).contains(r#"{"status":"ok","response":{}}"#) {
        assert_ne!(soon(stream.read_buf(&mut answer)).await.expect("an open connection"), 0);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"));
}

async fn a_shutdown_closes_with_1012(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    let endpoint = server.endpoint.clone();
    let shutdown = tokio::spawn(async move { endpoint.drain(channels::Drain::default()).await });
    peer.expect_end(1012).await;
    drop(peer);
    soon(shutdown).await.expect("no panic");
    assert_eq!(server.endpoint.connections(), 0);
}

async fn connect(server: &TestServer, wire: Wire) -> Client {
    server.connect(&path(wire), &[]).await.expect("a connection")
}

async fn a_silent_client_is_closed_after_a_minute_though_it_hears_broadcasts(wire: Wire) {
    let server = TestServer::start();
    let mut client = connect(&server, wire).await;
    let mut speaker = server.peer(wire).await;
    let (join, heartbeat) = match wire.vsn() {
        "1.0.0" => (r#"{"topic":"console","event":"phx_join","payload":{},"ref":1}"#, "{"),
        _ => (r#"["1","1","console","phx_join",{}]"#, "["),
    };
    client.send(join).await;
    assert!(matches!(client.next().await, Message::Text(text) if text.starts_with(heartbeat)));
    let clock = Clock::stop();
    let mut heard = 0;
    let ended = async {
        loop {
            match client.0.next().await.expect("a message").expect("a message") {
                Message::Close(frame) => break u16::from(frame.expect("a code").code),
                _ => heard += 1,
            }
        }
    };
    let speaking = async {
        loop {
            server.endpoint.broadcast("console", "news", 1).expect("json");
            speaker.expect_nothing().await;
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
    };
    let both = async {
        tokio::select! {
            code = ended => code,
            () = speaking => unreachable!("it speaks for ever"),
        }
    };
    let (seconds, code) = clock.until(both).await;
    assert_eq!(code, 1002);
    assert!((60..=63).contains(&seconds), "{seconds}");
    assert!(heard >= 5, "{heard}");
    speaker.expect_nothing().await;
}

async fn pings_alone_keep_a_socket_open(wire: Wire) {
    let server = TestServer::start();
    let mut client = connect(&server, wire).await;
    let clock = Clock::stop();
    for _ in 0..6 {
        clock.seconds(40).await;
        client.0.send(Message::Ping(b"still here"[..].into())).await.expect("an open socket");
        let pong = client.0.next().await.expect("a message").expect("a message");
        assert_eq!(pong, Message::Pong(b"still here"[..].into()));
    }
    let mut peer = Peer::websocket(wire.version, client);
    peer.expect_nothing().await;
}

async fn a_close_is_answered_with_its_code(wire: Wire) {
    let server = TestServer::start();
    let mut client = connect(&server, wire).await;
    let frame =
        tokio_tungstenite::tungstenite::protocol::CloseFrame { code: 1001.into(), reason: "bye".into() };
    client.message(Message::Close(Some(frame))).await;
    client.expect_close(1001).await;
}

async fn the_path_may_end_in_a_slash_and_the_query_may_be_encoded(wire: Wire) {
    let server = TestServer::start();
    let vsn = wire.vsn().replace('.', "%2E");
    assert!(server.connect(&format!("/socket/websocket/?vsn={vsn}"), &[]).await.is_ok());
    let refused = server.connect(&format!("/socket/websocket/?vsn={vsn}&token=b%61d"), &[]).await;
    assert_eq!(refused.err(), Some(StatusCode::FORBIDDEN));
    let elsewhere = server.connect(&format!("/socket/websockets?vsn={vsn}"), &[]).await;
    assert_eq!(elsewhere.err(), Some(StatusCode::NOT_FOUND));
}

async fn who_has_read_everything_may_be_sent_more_at_once_than_may_wait_for_it(wire: Wire) {
    let server = TestServer::with(Limits { outbox_bytes: 100_000, ..reference::limits() });
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    // More than its queue holds, and less than the kernel's takes beside it.
    let filler = "x".repeat(1000);
    for number in 0..150 {
        server
            .endpoint
            .broadcast("chat:a", "flood", json!({ "number": number, "filler": filler }))
            .expect("json");
    }
    for number in 0..150 {
        assert_eq!(peer.next().await.payload["number"], number);
    }
    peer.expect_nothing().await;
}
