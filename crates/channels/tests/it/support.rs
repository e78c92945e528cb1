//! What the tests share: a server on a free port, and clients of every kind.

pub mod client;
pub mod clock;
pub mod http;
pub mod longpoll;
pub mod peer;
pub mod raw;
pub mod server;

use std::{future::Future, panic::Location, time::Duration};

/// How long an answer may take before a test gives up on it. Longer than a poll's window, so that
/// paused time comes to the server's timers first.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// What is to happen within [`PATIENCE`].
#[track_caller]
pub fn soon<T>(event: impl Future<Output = T>) -> impl Future<Output = T> {
    let caller = Location::caller();
    async move {
        match tokio::time::timeout(PATIENCE, event).await {
            Ok(value) => value,
            Err(_) => panic!("{caller}: nothing came in time"),
        }
    }
}
