//! What an operator relies on: timeouts, draining, metrics, presence with a database.

use std::{collections::HashMap, time::Duration};

use channels::{
    Channel, ChannelSocket, Drain, Endpoint, Handled, JoinError, Joined, Limits, Payload, Presence,
    Presences, Refusal, Socket, Status, test::TestClient,
};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use serde_json::json;

use crate::{app, support::server::TestServer};

#[tokio::test]
async fn a_join_that_takes_too_long_is_refused() {
    let endpoint = Endpoint::new(Limits { join_timeout: Duration::from_millis(20), ..Limits::default() });
    let client =
        TestClient::connect(&endpoint, app::socket(Presence::new(&endpoint)), &[]).await.expect("let in");
    let refused = client.subscribe_and_join("probe:hang", json!({ "name": "Ada" })).await;
    assert_eq!(refused.err().expect("refused"), json!({ "reason": "join timed out" }));
    // The topic is free again.
    let refused = client.subscribe_and_join("probe:hang", json!({ "name": "Ada" })).await;
    assert_eq!(refused.err().expect("refused"), json!({ "reason": "join timed out" }));
}

#[tokio::test]
async fn a_topic_that_is_too_long_to_be_kept_is_refused() {
    let endpoint = Endpoint::new(Limits::default());
    let client =
        TestClient::connect(&endpoint, app::socket(Presence::new(&endpoint)), &[]).await.expect("let in");
    let topic = |length: usize| format!("chat:{}", "x".repeat(length - 5));
    let refused = client.subscribe_and_join(&topic(1025), json!({ "name": "Ada" })).await;
    assert_eq!(refused.err().expect("refused"), json!({ "reason": "topic is too long" }));
    assert!(client.subscribe_and_join(&topic(1024), json!({ "name": "Ada" })).await.is_ok());
}

#[tokio::test]
async fn a_draining_endpoint_lets_nobody_in_and_everybody_go() {
    let server = TestServer::start();
    let mut clients = Vec::new();
    for _ in 0..5 {
        let mut client = server.client().await;
        client.join("probe:a", r#"{"name":"Ada"}"#).await;
        clients.push(client);
    }
    server.endpoint.broadcast("probe:a", "last", json!({})).expect("json");
    let endpoint = server.endpoint.clone();
    let drain = Drain { batch: 2, interval: Duration::from_millis(5), deadline: Duration::from_secs(10) };
    let drained = tokio::spawn(async move { endpoint.drain(drain).await });
    for client in &mut clients {
        // What was sent before goes out first.
        client.expect(r#"[null,null,"probe:a","last",{}]"#).await;
        client.expect_close(1012).await;
    }
    let refused = server.connect("/socket/websocket?vsn=2.0.0", &[]).await.err();
    assert_eq!(refused.map(|status| status.as_u16()), Some(503));
    drop(clients);
    drained.await.expect("no panic");
}

#[tokio::test]
async fn who_does_not_answer_a_drain_is_cut_off_at_its_deadline() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("probe:a", r#"{"name":"Ada"}"#).await;
    // This client reads nothing, and so does not answer.
    server.endpoint.drain(Drain { deadline: Duration::from_millis(50), ..Drain::default() }).await;
    let gone = async {
        while server.endpoint.connections() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("cut off");
    client.expect_close(1012).await;
}

#[tokio::test]
async fn what_happens_is_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let limits = Limits { messages_per_second: 10, ..Limits::default() };
    let endpoint = metrics::with_local_recorder(&recorder, || Endpoint::new(limits));
    let refused = TestClient::connect(&endpoint, app::socket(Presence::new(&endpoint)), &[("token", "bad")])
        .await
        .err();
    assert_eq!(refused, Some(Refusal));
    let client =
        TestClient::connect(&endpoint, app::socket(Presence::new(&endpoint)), &[]).await.expect("let in");
    let (chat, _) = client.subscribe_and_join("probe:a", json!({ "name": "Ada" })).await.expect("joined");
    client.subscribe_and_join("chat:secret", json!({})).await.err().expect("refused");
    client.subscribe_and_join("probe:b", json!({})).await.err().expect("crashed");
    chat.push("new_msg", json!({ "text": "hi" }));
    chat.assert_push("new_msg").await;
    chat.push("states", json!(5));
    chat.push("panic", json!({}));
    chat.assert_push("phx_error").await;
    // More than a slow machine takes in within the limit.
    let mut pushes = (0..100).map(|_| chat.push("ping", json!({}))).collect::<Vec<_>>();
    pushes.pop().expect("a hundred").assert_reply(Status::Error).await;

    let counted: HashMap<String, f64> = snapshotter
        .snapshot()
        .into_vec()
        .into_iter()
        .map(|(key, _, _, value)| {
            let labels = key.key().labels().map(|label| format!(":{}", label.value())).collect::<String>();
            let value = match value {
                DebugValue::Counter(count) => count as f64,
                DebugValue::Gauge(level) => level.into_inner(),
                DebugValue::Histogram(_) => f64::NAN,
            };
            (format!("{}{labels}", key.key().name()), value)
        })
        .collect();
    let expected = [
        ("channels_connects_total:ok", 1.0),
        ("channels_connects_total:refused", 1.0),
        ("channels_connections", 1.0),
        ("channels_joins_total:ok", 1.0),
        ("channels_joins_total:refused", 1.0),
        ("channels_joins_total:crashed", 1.0),
        ("channels_crashes_total", 1.0),
        ("channels_messages_in_total", 106.0),
        ("channels_conflations_total", 4.0),
        ("channels_slow_consumers_total", 0.0),
    ];
    for (name, value) in expected {
        assert_eq!(counted.get(name), Some(&value), "{name}: {counted:?}");
    }
    assert!(counted["channels_messages_limited_total"] >= 1.0);
    assert!(counted["channels_messages_out_total"] >= 10.0);
    assert!(counted["channels_bytes_out_total"] > 500.0);
    // The chat, and what its end told the console.
    assert!(counted["channels_broadcasts_total"] >= 2.0);
}

/// A room whose presence knows more of its users than they told.
struct Room;

impl Channel for Room {
    type Assigns = Presence;
    type Info = ();

    async fn join(_: &str, _: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Self))
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, channels::Crash> {
        let presence = socket.assigns.clone();
        let done = match event {
            "track" => presence.track(socket, "ada", payload.parse::<serde_json::Value>()?),
            "update" => presence.update(socket, "ada", payload.parse::<serde_json::Value>()?),
            "untrack" => presence.untrack(socket, "ada"),
            _ => return Ok(Handled::ok(presence.list(socket.topic()).await)?),
        };
        Ok(match done {
            Ok(()) => Handled::ok(json!({}))?,
            Err(error) => Handled::reason(&error.to_string()),
        })
    }
}

#[tokio::test]
async fn presence_is_tracked_updated_and_untracked_with_what_a_database_adds() {
    let endpoint = Endpoint::new(Limits::default());
    let presence = Presence::with_fetch(&endpoint, |_, mut presences: Presences| async move {
        for (key, present) in &mut presences {
            present.fields.insert("email".into(), format!("{key}@example.org").into());
        }
        presences
    });
    let socket = Socket::new(move |_| {
        let presence = presence.clone();
        async move { Ok(presence) }
    });
    let client = TestClient::connect(&endpoint, socket.channel::<Room>("room:*"), &[]).await.expect("let in");
    let (room, _) = client.subscribe_and_join("room:a", json!({})).await.expect("joined");
    let value = |payload: Payload| payload.parse::<serde_json::Value>().expect("json");

    room.push("track", json!({ "at": 1 })).assert_reply(Status::Ok).await;
    let diff = value(room.assert_push("presence_diff").await);
    let first = diff["joins"]["ada"]["metas"][0]["phx_ref"].clone();
    assert_eq!(diff["leaves"], json!({}));
    assert_eq!(diff["joins"]["ada"]["email"], "ada@example.org");
    assert_eq!(diff["joins"]["ada"]["metas"][0]["at"], 1);

    let again = room.push("track", json!({})).assert_reply(Status::Error).await;
    assert_eq!(again, json!({ "reason": "the channel tracks this key already" }));
    let no_object = room.push("update", json!(1)).assert_reply(Status::Error).await;
    assert_eq!(no_object, json!({ "reason": "a meta must be an object" }));

    room.push("update", json!({ "at": 2 })).assert_reply(Status::Ok).await;
    let diff = value(room.assert_push("presence_diff").await);
    let second = diff["joins"]["ada"]["metas"][0].clone();
    assert_eq!(diff["leaves"]["ada"]["metas"][0]["phx_ref"], first);
    assert_eq!((&second["phx_ref_prev"], &second["at"]), (&first, &json!(2)));

    let list = value(room.push("list", json!({})).assert_reply(Status::Ok).await);
    assert_eq!(list, json!({ "ada": { "metas": [second], "email": "ada@example.org" } }));

    room.push("untrack", json!({})).assert_reply(Status::Ok).await;
    let diff = value(room.assert_push("presence_diff").await);
    assert_eq!(diff["leaves"]["ada"]["metas"][0]["phx_ref"], second["phx_ref"]);
    let list = room.push("list", json!({})).assert_reply(Status::Ok).await;
    assert_eq!(list, json!({}));
    let twice = room.push("untrack", json!({})).assert_reply(Status::Error).await;
    assert_eq!(twice, json!({ "reason": "the channel does not track this key" }));
}

#[tokio::test]
async fn who_comes_at_once_is_told_of_together() {
    let endpoint = Endpoint::new(Limits::default());
    let presence = Presence::new(&endpoint);
    let mut clients = Vec::new();
    for _ in 0..50 {
        let presence = presence.clone();
        let socket = Socket::new(move |_| {
            let presence = presence.clone();
            async move { Ok(presence) }
        });
        let client =
            TestClient::connect(&endpoint, socket.channel::<Room>("room:*"), &[]).await.expect("let in");
        clients.push(client.subscribe_and_join("room:a", json!({})).await.expect("joined").0);
    }
    for room in &clients {
        room.push("track", json!({}));
    }
    let mut joins = 0;
    let mut diffs = 0;
    while joins < 50 {
        let diff = clients[0].assert_push("presence_diff").await.parse::<serde_json::Value>().expect("json");
        joins += diff["joins"]["ada"]["metas"].as_array().map_or(0, Vec::len);
        diffs += 1;
    }
    assert!(diffs < 25, "{diffs} diffs for 50 joins");
}
