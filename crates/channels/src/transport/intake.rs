//! From decoded messages to their connection, past the limits.

use std::{sync::Arc, time::Instant};

use tracing::debug;

use super::CloseCode;
use crate::{
    connection::Connection,
    limits::Meter,
    message::Incoming,
    serializer::{DecodeError, Serializer},
};

/// Takes what a client sends, and counts it.
pub(crate) struct Intake {
    connection: Arc<Connection>,
    serializer: Serializer,
    messages: Meter,
    joins: Meter,
    started: Instant,
}

/// A moment of the meters' clock: one look at the clock serves for all that arrived together.
#[derive(Clone, Copy)]
pub(crate) struct Now(u64);

impl Intake {
    pub fn new(connection: Arc<Connection>) -> Self {
        let serializer = connection.format().serializer;
        Self { connection, serializer, messages: Meter::new(), joins: Meter::new(), started: Instant::now() }
    }

    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// The moment at which messages arrived, which are handed over next.
    pub fn now(&self) -> Now {
        self.connection.arrival();
        Now(u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// Takes a text message. Returns whether it was one; if not, the connection is closed.
    pub fn text(&mut self, text: &str, now: Now) -> bool {
        self.message(self.serializer.decode_text(text), now)
    }

    /// Takes a binary message, likewise.
    pub fn binary(&mut self, bytes: &[u8], now: Now) -> bool {
        self.message(self.serializer.decode_binary(bytes), now)
    }

    fn message(&mut self, message: Result<Incoming<'_>, DecodeError>, Now(now): Now) -> bool {
        let limits = self.connection.limits();
        let telemetry = self.connection.endpoint().telemetry();
        telemetry.messages_in.increment(1);
        match message {
            Ok(message) => {
                let is_join = message.event.to_text().is_some_and(|event| event == "phx_join");
                let granted = self.messages.count(now, limits.messages_per_second)
                    && (!is_join || self.joins.count(now, limits.joins_per_second));
                if granted {
                    self.connection.receive(&message);
                } else {
                    telemetry.limited.increment(1);
                    self.connection.refuse(&message, "rate limited");
                }
                true
            }
            Err(error) => {
                debug!(%error, "malformed message");
                telemetry.malformed.increment(1);
                // Not 1000: after that phoenix.js would not come back.
                self.connection.close(CloseCode::Error, "malformed message");
                false
            }
        }
    }
}
