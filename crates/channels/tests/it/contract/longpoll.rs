//! The long-poll transport: sessions and statuses.

use channels::Limits;
use serde_json::json;

use crate::{
    reference,
    support::{
        clock::Clock,
        http,
        longpoll::{Polled, Session, status},
        peer::Wire,
        server::TestServer,
        soon,
    },
};

on_longpolls!(
    a_session_is_opened_with_a_fresh_token,
    one_session_too_many_may_try_again,
    who_is_refused_is_told_so_in_the_body,
    nothing_for_ten_seconds_is_204_and_the_session_goes_on,
    a_poll_that_waits_is_answered_when_something_comes,
    everything_buffered_comes_at_once_as_strings_in_order,
    a_token_that_is_none_is_410_on_post_and_a_new_session_on_get,
    the_token_may_come_in_a_header,
    other_methods_are_bad_requests,
    every_answer_may_be_read_by_pages_of_any_origin,
    options_tell_what_is_allowed,
    a_refused_join_is_still_200,
    a_session_that_nobody_polls_dies,
    a_session_that_is_only_posted_to_dies,
    a_session_that_is_polled_lives,
    an_aborted_poll_harms_nothing,
    a_broken_message_ends_the_session_and_the_poll_that_waits,
    a_body_that_is_no_text_ends_the_session_and_the_poll_that_waits,
    a_drain_ends_sessions,
);

fn path(wire: Wire) -> String {
    format!("/socket/longpoll?vsn={}", wire.vsn())
}

fn heartbeat(wire: Wire) -> &'static str {
    match wire.vsn() {
        "1.0.0" => r#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}"#,
        _ => r#"[null,"1","phoenix","heartbeat",{}]"#,
    }
}

async fn open(server: &TestServer, wire: Wire) -> Session {
    Session::open(server.address, &path(wire)).await
}

/// The session answers a heartbeat.
async fn assert_alive(session: &Session, wire: Wire) {
    assert_eq!(session.post(heartbeat(wire)).await, status(200));
    assert_eq!(session.poll().await.messages.len(), 1);
}

async fn assert_gone(session: &Session, wire: Wire) {
    assert_eq!(session.post(heartbeat(wire)).await, status(410));
    let polled = session.poll().await;
    assert_eq!(polled.status, 410);
    assert_ne!(polled.token.as_ref(), Some(&session.token));
}

async fn a_session_is_opened_with_a_fresh_token(wire: Wire) {
    let server = TestServer::start();
    let mut tokens = Vec::new();
    for path in [path(wire), path(wire).replace("longpoll", "longpoll/")] {
        let opened = http::request(server.address, "GET", &path, &[], b"").await;
        let token = opened.json()["token"].as_str().expect("a token").to_owned();
        assert_eq!(opened.json(), json!({ "status": 410, "token": token, "messages": [] }));
        assert!(opened.header("content-type").is_some_and(|kind| kind.starts_with("application/json")));
        tokens.push(token);
    }
    assert_ne!(tokens[0], tokens[1]);
    assert!(tokens[0].len() >= 16, "it cannot be guessed");
}

async fn who_is_refused_is_told_so_in_the_body(wire: Wire) {
    let server = TestServer::start();
    let guarded = path(wire).replace("socket", "guarded");
    let evil = [("origin", "https://evil.example")];
    for (path, headers) in [
        (format!("{}&token=bad", path(wire)), &[][..]),
        ("/socket/longpoll?vsn=2.1.0".to_owned(), &[]),
        ("/socket/longpoll?vsn=".to_owned(), &[]),
        (guarded.clone(), &evil),
    ] {
        let refused = http::request(server.address, "GET", &path, headers, b"").await;
        assert_eq!((refused.status, refused.json()), (200, status(403)), "{path}");
    }
    let own = format!("http://{}", server.address);
    let opened = http::request(server.address, "GET", &guarded, &[("origin", &own)], b"").await;
    assert_eq!(opened.json()["status"], 410);
    let opened = http::request(server.address, "GET", &path(wire), &evil, b"").await;
    assert_eq!(opened.json()["status"], 410);
}

async fn nothing_for_ten_seconds_is_204_and_the_session_goes_on(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let clock = Clock::stop();
    let (seconds, polled) = clock.until(session.poll()).await;
    let token = Some(session.token.clone());
    assert_eq!(polled, Polled { status: 204, token, messages: vec![] });
    assert!((9..=12).contains(&seconds), "{seconds}");
    assert_alive(&session, wire).await;
}

async fn a_poll_that_waits_is_answered_when_something_comes(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let poll = session.start_poll().await;
    assert_eq!(session.post(heartbeat(wire)).await, status(200));
    let polled = session.finish_poll(poll).await;
    assert_eq!((polled.status, polled.messages.len()), (200, 1));
}

async fn everything_buffered_comes_at_once_as_strings_in_order(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    for number in 0..20 {
        let message = heartbeat(wire).replace(r#""1""#, &number.to_string());
        assert_eq!(session.post(&message).await, status(200));
    }
    let polled = session.poll().await;
    assert_eq!((polled.status, polled.token), (200, Some(session.token)));
    let answer = |number| match wire.vsn() {
        "1.0.0" => json!({
            "topic": "phoenix", "event": "phx_reply", "payload": { "status": "ok", "response": {} }, "ref": number,
        }),
        _ => json!([null, number, "phoenix", "phx_reply", { "status": "ok", "response": {} }]),
    };
    let messages: Vec<serde_json::Value> =
        polled.messages.iter().map(|message| serde_json::from_str(message).expect("json")).collect();
    assert_eq!(messages, (0..20).map(answer).collect::<Vec<_>>());
}

async fn a_token_that_is_none_is_410_on_post_and_a_new_session_on_get(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let unknown = "00000000000000000000000000000000";
    for token in ["", "&token=", "&token=nonsense", &format!("&token={unknown}"), "&token=%00%ff"] {
        let path = format!("{}{token}", path(wire));
        let posted = http::request(server.address, "POST", &path, &[], heartbeat(wire).as_bytes()).await;
        assert_eq!((posted.status, posted.json()), (200, status(410)), "{token}");
        let polled = http::request(server.address, "GET", &path, &[], b"").await.json();
        assert_eq!((&polled["status"], &polled["messages"]), (&json!(410), &json!([])), "{token}");
        assert!(polled["token"].is_string_and_not(&session.token), "{token}");
    }
    assert_alive(&session, wire).await;
}

trait IsString {
    fn is_string_and_not(&self, other: &str) -> bool;
}

impl IsString for serde_json::Value {
    fn is_string_and_not(&self, other: &str) -> bool {
        self.as_str().is_some_and(|text| text != other)
    }
}

async fn the_token_may_come_in_a_header(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let header = [("x-phoenix-longpoll-token", &*session.token)];
    let posted =
        http::request(server.address, "POST", &path(wire), &header, heartbeat(wire).as_bytes()).await;
    assert_eq!(posted.json(), status(200));
    let polled = http::request(server.address, "GET", &path(wire), &header, b"").await.json();
    assert_eq!((&polled["status"], &polled["token"]), (&json!(200), &json!(session.token)));
}

async fn other_methods_are_bad_requests(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    for method in ["PUT", "DELETE", "PATCH"] {
        let answer = http::request(server.address, method, &session.url(), &[], b"").await;
        assert_eq!((answer.status, &*answer.body), (400, &b""[..]), "{method}");
    }
    assert_alive(&session, wire).await;
}

async fn every_answer_may_be_read_by_pages_of_any_origin(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let (here, refused) = (session.url(), format!("{}&token=bad", path(wire)));
    let lines = [("content-type", "application/x-ndjson")];
    for (method, path, headers, body) in [
        ("GET", &*path(wire), &[][..], ""),
        ("GET", &refused, &[], ""),
        ("POST", &path(wire), &[], ""),
        ("POST", &here, &[], heartbeat(wire)),
        ("GET", &here, &[], ""),
        ("PUT", &here, &[], ""),
        ("OPTIONS", &here, &[], ""),
        ("POST", &here, &lines, "no base64!"),
        ("POST", &here, &[], "broken"),
    ] {
        let answer = http::request(server.address, method, path, headers, body.as_bytes()).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{method} {body}: {answer:?}");
    }
}

async fn options_tell_what_is_allowed(wire: Wire) {
    let server = TestServer::start();
    let asked = [("access-control-request-headers", "content-type, x-phoenix-authtoken")];
    let answer = http::request(server.address, "OPTIONS", &path(wire), &asked, b"").await;
    assert_eq!((answer.status, &*answer.body), (200, &b""[..]));
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "get, post, options"),
        ("access-control-allow-headers", "content-type, x-phoenix-authtoken"),
        ("access-control-max-age", "3600"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
}

async fn a_refused_join_is_still_200(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    // The peer sees to it that the answer to the POST is 200.
    peer.send(r#"["3","4","chat:secret","phx_join",{}]"#).await;
    peer.expect_error(r#""3""#, r#""4""#, "chat:secret", "You don't have permission!").await;
}

/// After how many seconds the topic's other client hears of the end of a session's channel.
async fn seconds_until_the_end(server: &TestServer, wire: Wire, posts: bool) -> u64 {
    let mut console = server.client().await;
    console.join("console", "{}").await;
    let mut peer = server.peer(wire).await;
    peer.join("probe:a", r#"{"name":"Ada"}"#).await;
    let session = peer.session();
    let clock = Clock::stop();
    let posting = async {
        if !posts {
            return std::future::pending().await;
        }
        loop {
            let answer = session.post(heartbeat(wire)).await;
            assert!(answer == status(200) || answer == status(410));
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        }
    };
    let ended = futures::StreamExt::next(&mut console.0);
    let both = async {
        tokio::select! {
            ended = ended => ended.expect("a message").expect("a message"),
            () = posting => unreachable!("it posts for ever"),
        }
    };
    let (seconds, ended) = clock.until(both).await;
    assert!(ended.to_string().contains("Closed"), "{ended}");
    assert_gone(session, wire).await;
    seconds
}

async fn one_session_too_many_may_try_again(wire: Wire) {
    let server = TestServer::with(Limits { longpoll_sessions: 1, ..reference::limits() });
    let first = Session::open(server.address, &path(wire)).await;
    let second = http::request(server.address, "GET", &path(wire), &[], b"").await;
    assert_eq!((second.status, second.json()), (200, json!({ "status": 500 })));
    assert_eq!(first.post(heartbeat(wire)).await, status(200), "the first is unharmed");
}

async fn a_session_that_nobody_polls_dies(wire: Wire) {
    let server = TestServer::start();
    let seconds = seconds_until_the_end(&server, wire, false).await;
    assert!((15..=30).contains(&seconds), "{seconds}");
}

async fn a_session_that_is_only_posted_to_dies(wire: Wire) {
    let server = TestServer::start();
    let seconds = seconds_until_the_end(&server, wire, true).await;
    assert!((15..=30).contains(&seconds), "{seconds}");
}

async fn a_session_that_is_polled_lives(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let clock = Clock::stop();
    for _ in 0..8 {
        let (_, polled) = clock.until(session.poll()).await;
        assert_eq!(polled.status, 204);
        clock.seconds(8).await;
    }
    assert_alive(&session, wire).await;
}

async fn an_aborted_poll_harms_nothing(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    for number in 0..5 {
        drop(peer.session().start_poll().await);
        // What was handed to the aborted poll may be lost; what comes later is not.
        server.endpoint.broadcast("chat:a", "maybe", number).expect("json");
        let ping = format!(r#"["1","p{number}","chat:a","ping",{{}}]"#);
        peer.send(&ping).await;
        drop(peer.session().start_poll().await);
        peer.expect_alive().await;
    }
}

async fn a_broken_message_ends_the_session_and_the_poll_that_waits(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let poll = session.start_poll().await;
    assert_eq!(session.post("broken").await, status(408));
    assert_eq!(session.finish_poll(poll).await.status, 410);
    assert_gone(&session, wire).await;
}

async fn a_body_that_is_no_text_ends_the_session_and_the_poll_that_waits(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let poll = session.start_poll().await;
    let answer = session.post_raw(&[("content-type", "application/json")], b"\"\xff\"").await;
    assert_eq!(answer.json(), status(408));
    assert_eq!(session.finish_poll(poll).await.status, 410);
    assert_gone(&session, wire).await;
}

async fn a_drain_ends_sessions(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let poll = session.start_poll().await;
    let endpoint = server.endpoint.clone();
    let drained = tokio::spawn(async move { endpoint.drain(channels::Drain::default()).await });
    // No new session is opened now: phoenix.js tries again later.
    assert_eq!(session.finish_poll(poll).await.status, 500);
    assert_eq!(session.post(heartbeat(wire)).await, status(410));
    soon(drained).await.expect("no panic");
    assert_eq!(server.endpoint.connections(), 0);
}
