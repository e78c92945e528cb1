//! Connecting, the versions, the ends of a connection.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::{Message, http::StatusCode};

use crate::client::TestServer;

#[tokio::test]
async fn versions_that_are_not_served_are_forbidden() {
    let server = TestServer::start();
    for query in ["?vsn=2.0", "?vsn=2", "?vsn=", "?vsn=2.1.0", "?vsn=3.0.0"] {
        let refused = server.connect(&format!("/socket/websocket{query}"), &[]).await.err();
        assert_eq!(refused, Some(StatusCode::FORBIDDEN), "{query}");
    }
    for query in ["?vsn=2.0.0", "?vsn=2.0.17", "?vsn=%32.0.0"] {
        assert!(server.connect(&format!("/socket/websocket{query}"), &[]).await.is_ok(), "{query}");
    }
    assert!(server.connect("/socket/websocket/?vsn=2.0.0", &[]).await.is_ok(), "a path that ends in a slash");
}

#[tokio::test]
async fn connect_decides_who_gets_in() {
    let server = TestServer::start();
    let refused = server.connect("/socket/websocket?vsn=2.0.0&token=bad", &[]).await.err();
    assert_eq!(refused, Some(StatusCode::FORBIDDEN));
}

#[tokio::test]
async fn pages_of_other_hosts_are_forbidden() {
    let server = TestServer::start();
    let path = "/socket/websocket?vsn=2.0.0";
    let refused = server.connect(path, &[("origin", "https://evil.example")]).await.err();
    assert_eq!(refused, Some(StatusCode::FORBIDDEN));
    let own = format!("http://{}", server.address);
    assert!(server.connect(path, &[("origin", &own)]).await.is_ok());
}

#[tokio::test]
async fn what_is_no_upgrade_is_a_bad_request() {
    let server = TestServer::start();
    let requests = [
        "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        "POST /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 8\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: short\r\n\r\n",
    ];
    for request in requests {
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("an open connection");
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.expect("an answer");
        assert_eq!(&status, b"HTTP/1.1 400", "{request}");
    }
}

#[tokio::test]
async fn a_message_that_is_none_closes_with_1011() {
    let server = TestServer::start();
    for text in
        ["", "{", "[]", r#"{"topic":"a"}"#, r#"["1","2","t","e"]"#, "NaN", r#"["1","2","t","e",{}] x"#]
    {
        let mut client = server.client().await;
        client.send(text).await;
        client.expect_close(1011).await;
    }
    let mut client = server.client().await;
    client.message(Message::binary(vec![9, 9, 9])).await;
    client.expect_close(1011).await;
}

#[tokio::test]
async fn what_came_before_a_malformed_message_is_still_handled() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.send_together(&[r#"["1","1","chat:a","phx_join",{"name":"Ada"}]"#, "garbage"]).await;
    client.expect(r#"["1","1","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect_close(1011).await;
}

#[tokio::test]
async fn a_message_past_the_limit_closes_with_1009() {
    let server = TestServer::start();
    let mut client = server.client().await;
    let _ = futures::SinkExt::send(&mut client.0, Message::text("x".repeat(1_000_001))).await;
    client.expect_close(1009).await;
}

#[tokio::test]
async fn a_long_message_goes_both_ways() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    let filler = "x".repeat(900_000);
    client.send(&format!(r#"["1","2","chat:a","ping",{{"filler":"{filler}"}}]"#)).await;
    client
        .expect(&format!(
            r#"["1","2","chat:a","phx_reply",{{"status":"ok","response":{{"filler":"{filler}"}}}}]"#
        ))
        .await;
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.message(Message::Ping(b"are you there"[..].into())).await;
    let pong = futures::StreamExt::next(&mut client.0).await.expect("a message").expect("a message");
    assert_eq!(pong, Message::Pong(b"are you there"[..].into()));
}

#[tokio::test]
async fn a_close_is_answered_with_its_code() {
    let server = TestServer::start();
    let mut client = server.client().await;
    let frame =
        tokio_tungstenite::tungstenite::protocol::CloseFrame { code: 1001.into(), reason: "bye".into() };
    client.message(Message::Close(Some(frame))).await;
    client.expect_close(1001).await;
}

#[tokio::test]
async fn the_first_message_may_come_with_the_request() {
    let server = TestServer::start();
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let request = format!(
        "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.address
    );
    let text = br#"[null,"1","phoenix","heartbeat",{}]"#;
    let frame = [&[0x81, 0x80 | text.len() as u8, 0, 0, 0, 0], &text[..]].concat();
    stream.write_all(&[request.as_bytes(), &frame].concat()).await.expect("an open connection");
    let mut answer = Vec::new();
    while !answer.ends_with(br#"{"status":"ok","response":{}}]"#) {
        let length = tokio::time::timeout(Duration::from_secs(10), stream.read_buf(&mut answer)).await;
        assert_ne!(length.expect("an answer in time").expect("an open connection"), 0);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"));
}

#[tokio::test]
async fn a_silent_client_is_closed() {
    let limits = channels::Limits { silence: Duration::from_secs(1), ..channels::Limits::default() };
    let server = TestServer::with(limits);
    let mut client = server.client().await;
    client.expect_close(1002).await;
}

#[tokio::test]
async fn a_shutdown_closes_with_1012() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    let endpoint = server.endpoint.clone();
    let shutdown = tokio::spawn(async move { endpoint.drain(channels::Drain::default()).await });
    client.expect_close(1012).await;
    drop(client);
    shutdown.await.expect("no panic");
    assert_eq!(server.endpoint.connections(), 0);
}
