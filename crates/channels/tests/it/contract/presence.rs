//! Presence.

use serde_json::{Value, json};

use crate::support::{
    peer::{Peer, Received, Wire},
    server::TestServer,
    soon,
};

on_every_wire!(
    who_tracks_is_pushed_the_state_and_all_hear_of_a_join_and_a_leave,
    an_update_is_a_leave_and_a_join_in_one_diff,
    a_key_leaves_when_its_last_meta_does,
    a_connection_that_ends_takes_its_presences,
    what_clients_put_together_is_what_the_server_lists,
);

/// The next message of a room with this event.
async fn next(peer: &mut Peer, event: &str) -> Received {
    let message = peer.next().await;
    assert_eq!(message.event, event, "{message:?}");
    message
}

fn reference(meta: &Value) -> &str {
    meta["phx_ref"].as_str().expect("a reference")
}

/// Joins a room of the reference application; its state, and its own diff.
async fn enter(peer: &mut Peer, name: &str) -> (Value, Value) {
    peer.send(&format!(r#"["1","1","room:a","phx_join",{{"name":"{name}"}}]"#)).await;
    peer.expect_ok(r#""1""#, r#""1""#, "room:a").await;
    let (mut state, mut diff) = (None, None);
    while state.is_none() || diff.is_none() {
        let message = peer.next().await;
        if message.event == "presence_state" {
            state = Some(message.payload);
        } else {
            assert_eq!(message.event, "presence_diff");
            diff = Some(message.payload);
        }
    }
    (state.expect("a state"), diff.expect("a diff"))
}

async fn who_tracks_is_pushed_the_state_and_all_hear_of_a_join_and_a_leave(wire: Wire) {
    let server = TestServer::start();
    let (mut ada, mut bo) = (server.peer(wire).await, server.peer(wire).await);
    let (state, diff) = enter(&mut ada, "Ada").await;
    let meta = &state["Ada"]["metas"][0];
    assert!(meta["online_at"].is_string());
    assert_eq!(state, json!({ "Ada": { "metas": [meta] } }));
    assert_eq!(diff, json!({ "joins": { "Ada": { "metas": [meta] } }, "leaves": {} }));
    let (state, _) = enter(&mut bo, "Bo").await;
    assert_eq!(state["Ada"]["metas"], json!([meta]));
    let joined = next(&mut ada, "presence_diff").await;
    assert_eq!((joined.join_ref, joined.message_ref), (Value::Null, Value::Null));
    assert_eq!(joined.payload, json!({ "joins": { "Bo": state["Bo"] }, "leaves": {} }));
    assert_ne!(reference(meta), reference(&state["Bo"]["metas"][0]));
    bo.send(r#"["1","2","room:a","phx_leave",{}]"#).await;
    let left = next(&mut ada, "presence_diff").await;
    assert_eq!(left.payload, json!({ "joins": {}, "leaves": { "Bo": state["Bo"] } }));
    ada.expect_nothing().await;
}

async fn an_update_is_a_leave_and_a_join_in_one_diff(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("probe:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["1","2","probe:a","track",{"away":false}]"#).await;
    let old = next(&mut peer, "presence_diff").await.payload["joins"]["Ada"]["metas"][0].clone();
    peer.send(r#"["1","3","probe:a","update",{"away":true}]"#).await;
    let diff = next(&mut peer, "presence_diff").await.payload;
    let new = &diff["joins"]["Ada"]["metas"][0];
    assert_eq!(
        (&new["away"], reference(new) == reference(&old), &new["phx_ref_prev"]),
        (&json!(true), false, &old["phx_ref"])
    );
    assert_eq!(
        diff,
        json!({ "joins": { "Ada": { "metas": [new] } }, "leaves": { "Ada": { "metas": [old] } } })
    );
    peer.send(r#"["1","4","probe:a","untrack",{}]"#).await;
    let diff = next(&mut peer, "presence_diff").await.payload;
    assert_eq!(diff, json!({ "joins": {}, "leaves": { "Ada": { "metas": [new] } } }));
}

async fn a_key_leaves_when_its_last_meta_does(wire: Wire) {
    let server = TestServer::start();
    let mut phones = [server.peer(wire).await, server.peer(wire).await];
    let mut watcher = server.peer(wire).await;
    watcher.join("probe:a", r#"{"name":"Cy"}"#).await;
    let mut references = Vec::new();
    for phone in &mut phones {
        phone.join("probe:a", r#"{"name":"Ada"}"#).await;
        phone.send(r#"["1","2","probe:a","track",{}]"#).await;
        let joins = next(&mut watcher, "presence_diff").await.payload["joins"].clone();
        references.push(reference(&joins["Ada"]["metas"][0]).to_owned());
    }
    let mut listed = list(&mut watcher).await["Ada"]["metas"].as_array().expect("metas").clone();
    listed.sort_by_key(|meta| references.iter().position(|known| known == reference(meta)));
    assert_eq!(listed.iter().map(reference).collect::<Vec<_>>(), references);
    for (phone, left) in phones.iter_mut().zip(&references) {
        phone.send(r#"["1","3","probe:a","untrack",{}]"#).await;
        let leaves = next(&mut watcher, "presence_diff").await.payload["leaves"].clone();
        assert_eq!(reference(&leaves["Ada"]["metas"][0]), left);
        let count = list(&mut watcher).await["Ada"]["metas"].as_array().map_or(0, Vec::len);
        assert_eq!(count, usize::from(*left == references[0]));
    }
    assert_eq!(list(&mut watcher).await, json!({}));
}

async fn list(peer: &mut Peer) -> Value {
    peer.send(r#"["1","9","probe:a","list",{}]"#).await;
    next(peer, "phx_reply").await.payload["response"].clone()
}

async fn a_connection_that_ends_takes_its_presences(wire: Wire) {
    let server = TestServer::start();
    let mut ada = server.peer_with(wire, "&user=ada").await;
    let mut watcher = server.peer(wire).await;
    enter(&mut watcher, "Cy").await;
    let (state, _) = enter(&mut ada, "Ada").await;
    next(&mut watcher, "presence_diff").await;
    server.endpoint.disconnect("users_socket:ada");
    ada.expect_end_of_anything(1001).await;
    let left = next(&mut watcher, "presence_diff").await.payload;
    assert_eq!(left, json!({ "joins": {}, "leaves": { "Ada": state["Ada"] } }));
}

/// A client's list, as phoenix.js keeps it: every diff put together by `phx_ref`.
async fn what_clients_put_together_is_what_the_server_lists(wire: Wire) {
    let server = TestServer::start();
    let mut watcher = server.peer(wire).await;
    watcher.join("probe:a", r#"{"name":"Cy"}"#).await;
    let mut peers = Vec::new();
    for number in 0..6 {
        let mut peer = server.peer(wire).await;
        peer.join("probe:a", &format!(r#"{{"name":"n{}"}}"#, number % 4)).await;
        peer.send_together(&[
            r#"["1","2","probe:a","track",{"step":1}]"#,
            r#"["1","3","probe:a","update",{"step":2}]"#,
            r#"["1","4","probe:a","update",{"step":3}]"#,
        ])
        .await;
        if number > 3 {
            peer.send(r#"["1","5","probe:a","phx_leave",{}]"#).await;
        }
        peer.expect_alive().await;
        peers.push(peer);
    }
    let listed = loop {
        peers[0].send(r#"["1","9","probe:a","list",{}]"#).await;
        let mut messages = peers[0].until_heartbeat().await;
        messages.retain(|message| message.event == "phx_reply");
        if let Some(reply) = messages.pop() {
            break reply.payload["response"].clone();
        }
    };
    let mut known = json!({});
    let told = async {
        while known != listed {
            let diff = next(&mut watcher, "presence_diff").await.payload;
            apply(&mut known, &diff);
        }
    };
    soon(told).await;
    let keys: Vec<_> = listed.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["n0", "n1", "n2", "n3"]);
    assert!(keys.iter().all(|key| listed[*key]["metas"][0]["step"] == 3));
}

/// As `Presence.syncDiff` of phoenix.js: joins first, since a diff may have both of a meta.
fn apply(list: &mut Value, diff: &Value) {
    let list = list.as_object_mut().expect("an object");
    let metas = |of: &Value| of["metas"].as_array().expect("metas").clone();
    for (key, joined) in diff["joins"].as_object().expect("an object") {
        let present = list.entry(key).or_insert_with(|| json!({ "metas": [] }));
        present["metas"].as_array_mut().expect("metas").extend(metas(joined));
    }
    for (key, left) in diff["leaves"].as_object().expect("an object") {
        let left: Vec<_> = metas(left).iter().map(|meta| reference(meta).to_owned()).collect();
        let held = list[key]["metas"].as_array_mut().expect("metas");
        held.retain(|meta| !left.iter().any(|left| left == reference(meta)));
        if held.is_empty() {
            list.remove(key);
        }
    }
}
