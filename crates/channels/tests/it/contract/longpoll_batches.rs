//! What a POST of the long-poll transport may carry.

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};

use crate::support::{
    longpoll::{Session, status},
    peer::Wire,
    server::TestServer,
};

on_wire!(only_v2 is V2 over LongPoll:
    a_batch_is_lines_that_end_either_way
    a_hundred_lines_are_taken_and_the_rest_is_dropped
    lines_that_are_no_array_are_binary_messages
    any_other_content_type_is_one_message
    messages_are_taken_one_by_one_too
    a_broken_line_ends_the_session_after_those_before_it
);
on_wire!(only_v1 is V1 over LongPoll: objects_in_a_batch_are_base64);
on_longpolls!(bad_base64_is_an_internal_server_error_at_once);

const LINES: (&str, &str) = ("content-type", "application/x-ndjson");

async fn open(server: &TestServer, wire: Wire) -> Session {
    Session::open(server.address, &format!("/socket/longpoll?vsn={}", wire.vsn())).await
}

fn heartbeat(number: usize) -> String {
    format!(r#"[null,{number},"phoenix","heartbeat",{{}}]"#)
}

/// The references of the heartbeats that were answered.
async fn answered(session: &Session) -> Vec<usize> {
    let polled = session.poll().await;
    let reference = |message: &String| {
        let message: serde_json::Value = serde_json::from_str(message).expect("json");
        message[1].as_u64().expect("a number") as usize
    };
    polled.messages.iter().map(reference).collect()
}

async fn a_batch_is_lines_that_end_either_way(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    // White space at the end of JSON is none of base64.
    let binary = BASE64.encode(b"\x00\x00\x01\x07\x094phoenixheartbeat");
    let body = format!("{}\n{}\r\n{}\r\n{binary}\r\n", heartbeat(1), heartbeat(2), heartbeat(3));
    assert_eq!(session.post_raw(&[LINES], body.as_bytes()).await.json(), status(200));
    let polled = session.poll().await;
    let answers = polled.messages.iter().map(|message| message.split(',').nth(1).expect("a reference"));
    assert_eq!(answers.collect::<Vec<_>>(), ["1", "2", "3", r#""4""#]);
}

async fn a_hundred_lines_are_taken_and_the_rest_is_dropped(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let mut lines: Vec<_> = (0..120).map(heartbeat).collect();
    lines.push("not even base64!".to_owned());
    assert_eq!(session.post_lines(&lines).await, status(200));
    assert_eq!(answered(&session).await, (0..100).collect::<Vec<_>>());
    assert_eq!(session.post_lines(&[heartbeat(7)]).await, status(200));
    assert_eq!(answered(&session).await, [7]);
}

async fn lines_that_are_no_array_are_binary_messages(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let binary = BASE64.encode(b"\x00\x00\x01\x07\x095phoenixheartbeat");
    assert_eq!(session.post_lines(&[heartbeat(1), binary]).await, status(200));
    let polled = session.poll().await;
    assert_eq!(polled.messages.len(), 2);
    assert_eq!(polled.messages[1], r#"[null,"5","phoenix","phx_reply",{"status":"ok","response":{}}]"#);
}

async fn any_other_content_type_is_one_message(wire: Wire) {
    let server = TestServer::start();
    let headers: [&[(&str, &str)]; 5] = [
        &[],
        &[("content-type", "application/json")],
        &[("content-type", "text/plain")],
        &[("content-type", "application/x-ndjson; charset=utf-8")],
        &[("content-type", "application/x-www-form-urlencoded")],
    ];
    for headers in headers {
        let session = open(&server, wire).await;
        // Of one message, line ends are white space.
        let message = heartbeat(1).replace(',', "\n,\r\n");
        assert_eq!(session.post_raw(headers, message.as_bytes()).await.json(), status(200), "{headers:?}");
        assert_eq!(answered(&session).await, [1]);
        let two = format!("{}\n{}", heartbeat(1), heartbeat(2));
        assert_eq!(session.post_raw(headers, two.as_bytes()).await.json(), status(408), "{headers:?}");
    }
}

async fn messages_are_taken_one_by_one_too(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let messages: Vec<_> = (0..10).map(heartbeat).collect();
    let posts = messages.iter().map(|message| session.post(message));
    let answers = futures::future::join_all(posts).await;
    assert!(answers.iter().all(|answer| *answer == status(200)), "{answers:?}");
    let mut answered = answered(&session).await;
    // They came in parallel: in no order.
    answered.sort_unstable();
    assert_eq!(answered, (0..10).collect::<Vec<_>>());
}

async fn a_broken_line_ends_the_session_after_those_before_it(wire: Wire) {
    let server = TestServer::start();
    let mut console = server.peer(wire).await;
    console.join("console", "{}").await;
    let session = open(&server, wire).await;
    let lines = [r#"["1","1","play","phx_join",{"name":"Ada"}]"#, "[broken", &heartbeat(3)].map(String::from);
    assert_eq!(session.post_lines(&lines).await, status(408));
    assert_eq!(console.next().await.event, "user_join");
    assert_eq!(console.next().await.event, "user_terminate");
    assert_eq!(session.poll().await.status, 410);
}

async fn objects_in_a_batch_are_base64(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    let message = r#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":1}"#;
    assert_eq!(session.post_lines(&[BASE64.encode(message)]).await, status(200));
    assert_eq!(session.poll().await.messages.len(), 1);
    assert_eq!(session.post_raw(&[LINES], message.as_bytes()).await.status, 500);
}

async fn bad_base64_is_an_internal_server_error_at_once(wire: Wire) {
    let server = TestServer::start();
    let session = open(&server, wire).await;
    for line in ["no base64!", "abc", "====", "{}"] {
        let answer = session.post_raw(&[LINES], line.as_bytes()).await;
        assert_eq!(answer.status, 500, "{line}");
    }
}
