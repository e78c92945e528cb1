//! The channel contract over a real port: with serializers 1.0.0 and 2.0.0, over WebSockets and
//! long polls, with the reference application as what is served.

#[path = "../../examples/reference/channels.rs"]
mod reference;

mod app;
mod support;

mod contract;
mod fuzz;
mod isolation;
#[cfg(feature = "test")]
mod kit;
#[cfg(feature = "test")]
mod pubsub;
mod rfc6455;
#[cfg(feature = "test")]
mod server;
