//! What every [`PubSub`] adapter must pass.

use bytes::Bytes;
use serde_json::json;

use super::{TestChannel, TestClient};
use crate::{
    Binary, Channel, ChannelSocket, Crash, Endpoint, Handled, JoinError, Joined, Limits, Payload, PubSub,
    Socket,
};

/// A channel that broadcasts what it is sent to all but its own client.
struct Others;

impl Channel for Others {
    type Assigns = ();
    type Info = ();

    async fn join(_: &str, _: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Self))
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        socket.broadcast_from(event, payload)?;
        Ok(Handled::NoReply)
    }
}

/// Holds an adapter to its contract. `nodes` are adapters that are connected to each other, one for
/// each node of a server: a single one for an adapter of one node.
///
/// # Panics
/// When the adapter breaks the contract.
pub async fn pubsub_contract(nodes: impl IntoIterator<Item = impl PubSub>) {
    let endpoints: Vec<Endpoint> =
        nodes.into_iter().map(|node| Endpoint::with_pubsub(Limits::default(), node)).collect();
    let mut members = Vec::new();
    for (number, endpoint) in endpoints.iter().enumerate() {
        members.push((endpoint, member(endpoint, &format!("user:{number}"), "contract:a").await));
    }
    let mut others = Vec::new();
    for endpoint in &endpoints {
        others.push(member(endpoint, "user:other", "contract:b").await);
    }

    // A broadcast of any node reaches the subscribers of every node once, in order, and no other
    // topic.
    for (from, (endpoint, _)) in members.iter().enumerate() {
        for number in 0..100 {
            let payload = json!({ "from": from, "number": number });
            endpoint.broadcast("contract:a", "count", payload).expect("json");
        }
        for (_, (_, channel)) in &members {
            for number in 0..100 {
                assert_eq!(channel.assert_push("count").await, json!({ "from": from, "number": number }));
            }
        }
    }
    for (_, (_, channel)) in &members {
        channel.refute_push("count").await;
    }
    for (_, channel) in &others {
        channel.refute_push("count").await;
    }

    // Bytes arrive as bytes.
    let bytes = Bytes::from_static(b"\x00\n\xff");
    endpoints[0].broadcast("contract:a", "bytes", Binary(bytes.clone())).expect("bytes");
    for (_, (_, channel)) in &members {
        let arrived = channel.assert_push("bytes").await;
        assert!(matches!(arrived, Payload::Binary(arrived) if arrived == bytes));
    }

    // A broadcast from a client reaches everybody but that client.
    let (sender, listeners) = members.split_first().expect("a node at least");
    sender.1.1.push("hello", json!({}));
    for (_, (_, channel)) in listeners {
        channel.assert_push("hello").await;
    }
    sender.1.1.refute_push("hello").await;

    // A user is disconnected wherever they are.
    let last = members.len() - 1;
    endpoints[0].disconnect(&format!("user:{last}"));
    members[last].1.0.assert_closed().await;
}

async fn member(endpoint: &Endpoint, user: &str, topic: &str) -> (TestClient, TestChannel) {
    let user = user.to_owned();
    let socket =
        Socket::new(|_| async { Ok(()) }).id(move |()| Some(user.clone())).channel::<Others>("contract:*");
    let client = TestClient::connect(endpoint, socket, &[]).await.expect("everybody is let in");
    let (channel, _) = client.subscribe_and_join(topic, json!({})).await.expect("everybody may join");
    (client, channel)
}
