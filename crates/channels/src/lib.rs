//! Phoenix Channels for [warp]: the server that Phoenix clients speak to.
//!
//! The npm package `phoenix`, and clients in other languages, connect to it unchanged. A client
//! opens one connection (a [`Socket`]) and joins topics over it; each topic is served by a
//! [`Channel`], which receives the client's events and answers, pushes and broadcasts.
//!
//! ```text
//!            Endpoint ── mounts sockets at paths; broadcasts from anywhere in the server
//!               │
//! request ── transport ── connection ── router ── channel server ── your Channel
//!            WebSocket      outbox     joined       mailbox         join, handle_in, …
//!            long poll        ▲        topics          │
//!               ▲             │                        │
//!               └── frames ───┴──── push, reply ◄──────┤
//!                             ▲                        │
//!                             └────── pubsub ◄──── broadcast
//! ```
//!
//! A message is decoded from the buffer it was read into, routed, and handed to the callback of its
//! channel at once; only a callback that has to wait becomes a task of its own. A broadcast is
//! written down once, in the log of its topic, encoded once, and the same bytes are written to every
//! subscriber when its turn comes; what is broadcast together goes out in one write. A client that is idle
//! costs its task and its state: no buffer, no timer, no queue.
//!
//! # Example
//!
//! ```
//! use channels::{Channel, ChannelSocket, Crash, Endpoint, Handled, JoinError, Joined, Limits, Payload, Socket};
//! use serde::Deserialize;
//! use serde_json::json;
//!
//! struct Chat {
//!     name: String,
//! }
//!
//! #[derive(Deserialize)]
//! struct Name {
//!     name: String,
//! }
//!
//! #[derive(Deserialize)]
//! struct NewMsg {
//!     text: String,
//! }
//!
//! impl Channel for Chat {
//!     type Assigns = ();
//!     type Info = ();
//!
//!     async fn join(topic: &str, params: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
//!         if topic == "chat:secret" {
//!             return Err(JoinError::reason("You don't have permission!"));
//!         }
//!         let Name { name } = params.parse()?;
//!         Ok(Joined::new(Chat { name }))
//!     }
//!
//!     async fn handle_in(
//!         &mut self,
//!         event: &str,
//!         payload: Payload,
//!         socket: &mut ChannelSocket<Self>,
//!     ) -> Result<Handled, Crash> {
//!         match event {
//!             "new_msg" => {
//!                 let NewMsg { text } = payload.parse()?;
//!                 socket.broadcast("new_msg", json!({ "name": self.name, "text": text }))?;
//!                 Ok(Handled::NoReply)
//!             }
//!             "ping" => Ok(Handled::ok(payload)?),
//!             _ => Err(Crash::new("unknown event")),
//!         }
//!     }
//! }
//!
//! # async fn serve() -> std::io::Result<()> {
//! let endpoint = Endpoint::new(Limits::default());
//! let socket = Socket::new(|_| async { Ok(()) }).channel::<Chat>("chat:*");
//! let live = endpoint.mount("/socket", socket);
//! let server = channels::Server::bind(([127, 0, 0, 1], 4000).into())?;
//! server.run(live, std::future::pending()).await
//! # }
//! ```
//!
//! # Further
//!
//! - [`from_phoenix`]: each piece of a Phoenix application, and the same piece here.
//! - [`Presence`], [`Tokens`], [`Limits`], [`Endpoint::drain`].
//! - The module `test` (feature `test`): channels tested without a port.
//! - `examples/reference.rs`: an application with a channel for everything there is.
//!   `examples/hangman.rs`: a whole game.
//!
//! The crate knows nothing of what is built on it.

#[doc = include_str!("../docs/from-phoenix.md")]
pub mod from_phoenix {}

mod endpoint;
mod origin;
mod socket;
mod token;

mod channel;
mod message;
mod payload;
mod topic;

mod connection;
mod connections;
mod flusher;
mod frame;
mod limits;
mod outbox;
mod pubsub;

mod presence;
mod router;

#[cfg(feature = "test")]
pub mod test;

mod serializer;
mod server;
mod telemetry;
mod transport;

pub use channel::{
    Channel, ChannelRef, ChannelSocket, Crash, Handled, JoinError, Joined, Pusher, Reason, ReplyRef,
    SendError,
};
pub use endpoint::Endpoint;
pub use limits::{Drain, Limits};
pub use message::{Reply, Status};
pub use origin::CheckOrigin;
pub use payload::{Binary, IntoPayload, Payload, PayloadError};
pub use presence::{Meta, Presence, Presences, Present, TrackError};
pub use pubsub::{Inlet, Local, NotRelayed, PubSub, Relayed};
pub use server::{PeerAddr, Server};
pub use socket::{Connect, Refusal, Socket};
pub use token::{TokenError, Tokens};
