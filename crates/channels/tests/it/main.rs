//! The channel contract, over a real port with a real WebSocket client.

mod app;
mod client;

mod callbacks;
mod isolation;
mod joining;
#[cfg(feature = "test")]
mod kit;
#[cfg(feature = "test")]
mod pubsub;
#[cfg(feature = "test")]
mod server;
mod sockets;
