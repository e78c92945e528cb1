//! A kit for testing channels without a port, as `Phoenix.ChannelTest` is one: a client in memory,
//! whose messages go through the same serializer, router and channel servers as everybody's.
//!
//! ```
//! # use channels::{*, test::TestClient};
//! # use serde_json::json;
//! # struct Chat;
//! # impl Channel for Chat {
//! #     type Assigns = ();
//! #     type Info = ();
//! #     async fn join(_: &str, _: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
//! #         Ok(Joined::new(Chat))
//! #     }
//! #     async fn handle_in(&mut self, _: &str, payload: Payload, socket: &mut ChannelSocket<Self>) -> Result<Handled, Crash> {
//! #         socket.broadcast("new_msg", payload)?;
//! #         Ok(Handled::ok(json!({}))?)
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let endpoint = Endpoint::new(Limits::default());
//! let socket = Socket::new(|_| async { Ok(()) }).channel::<Chat>("chat:*");
//! let client = TestClient::connect(&endpoint, socket, &[("user", "ada")]).await.expect("let in");
//!
//! let (chat, reply) = client.subscribe_and_join("chat:lobby", json!({})).await.expect("joined");
//! assert_eq!(reply, json!({}));
//!
//! let push = chat.push("new_msg", json!({ "text": "hi" }));
//! assert_eq!(push.assert_reply(Status::Ok).await, json!({}));
//! assert_eq!(chat.assert_broadcast("new_msg").await, json!({ "text": "hi" }));
//! assert_eq!(chat.assert_push("new_msg").await, json!({ "text": "hi" }));
//! chat.refute_push("new_msg").await;
//! chat.leave().await;
//! # }
//! ```
//!
//! Every assertion waits for a bounded time ([`PATIENCE`]) and panics where it stands in the test.
//!
//! Source: Phoenix's `lib/phoenix/test/channel_test.ex`.

mod channel;
mod client;
mod pubsub;

use std::time::Duration;

use crate::endpoint::Endpoint;

pub use channel::{TestChannel, TestPush};
pub use client::TestClient;
pub use pubsub::pubsub_contract;

/// How long an assertion waits for what it asserts.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How long a refutation waits for what must not come, after all that was sent has been handled.
pub const SILENCE: Duration = Duration::from_millis(100);

/// Waits until all clients have been handed what was broadcast on a topic so far: to measure what that
/// costs. (A test asserts what it expects, and waits thereby.)
pub async fn delivered(endpoint: &Endpoint, topic: &str) {
    while !endpoint.topics().is_quiet(topic) {
        tokio::task::yield_now().await;
    }
}
