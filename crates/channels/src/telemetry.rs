//! What the crate counts; the documentation of [`Endpoint`](crate::Endpoint) lists it.

use metrics::{Counter, Gauge, Unit, counter, describe_counter, describe_gauge, gauge};

/// How a request to connect, or a join, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    Refused,
    Crashed,
    Timeout,
}

impl Outcome {
    const ALL: [(Self, &str); 4] = [
        (Self::Ok, "ok"),
        (Self::Refused, "refused"),
        (Self::Crashed, "crashed"),
        (Self::Timeout, "timeout"),
    ];
}

/// The metrics of an endpoint.
pub(crate) struct Telemetry {
    connects: [Counter; 4],
    joins: [Counter; 4],
    pub connections: Gauge,
    pub crashes: Counter,
    pub messages_in: Counter,
    pub bytes_in: Counter,
    pub malformed: Counter,
    pub limited: Counter,
    pub broadcasts: Counter,
    messages_out: Counter,
    bytes_out: Counter,
    pub outbox_bytes: Gauge,
    pub conflations: Counter,
    pub slow_consumers: Counter,
    pub mailbox_overflows: Counter,
    pub silent: Counter,
}

/// What was written, counted where it was and told in one.
#[derive(Debug, Default)]
pub(crate) struct Out {
    /// How many connections it was the turn of, written to or not.
    pub turns: usize,
    pub messages: u64,
    pub bytes: u64,
}

impl Telemetry {
    pub fn new() -> Self {
        describe();
        Self {
            connects: Outcome::ALL
                .map(|(_, outcome)| counter!("channels_connects_total", "outcome" => outcome)),
            joins: Outcome::ALL.map(|(_, outcome)| counter!("channels_joins_total", "outcome" => outcome)),
            connections: gauge!("channels_connections"),
            crashes: counter!("channels_crashes_total"),
            messages_in: counter!("channels_messages_in_total"),
            bytes_in: counter!("channels_bytes_in_total"),
            malformed: counter!("channels_messages_malformed_total"),
            limited: counter!("channels_messages_limited_total"),
            broadcasts: counter!("channels_broadcasts_total"),
            messages_out: counter!("channels_messages_out_total"),
            bytes_out: counter!("channels_bytes_out_total"),
            outbox_bytes: gauge!("channels_outbox_bytes"),
            conflations: counter!("channels_conflations_total"),
            slow_consumers: counter!("channels_slow_consumers_total"),
            mailbox_overflows: counter!("channels_mailbox_overflows_total"),
            silent: counter!("channels_silent_total"),
        }
    }

    pub fn connect(&self, outcome: Outcome) {
        self.connects[outcome as usize].increment(1);
    }

    pub fn join(&self, outcome: Outcome) {
        self.joins[outcome as usize].increment(1);
    }

    /// Counts what was written, and begins to count anew.
    pub fn count_out(&self, out: &mut Out) {
        if out.bytes > 0 {
            self.messages_out.increment(out.messages);
            self.bytes_out.increment(out.bytes);
            (out.messages, out.bytes) = (0, 0);
        }
    }
}

fn describe() {
    describe_counter!("channels_connects_total", "Requests to connect, by how they ended.");
    describe_gauge!("channels_connections", "Clients that are connected.");
    describe_counter!("channels_joins_total", "Joins of topics, by how they ended.");
    describe_counter!("channels_crashes_total", "Channels that ended by a crash.");
    describe_counter!("channels_messages_in_total", "Messages of clients.");
    describe_counter!("channels_bytes_in_total", Unit::Bytes, "Bytes of clients.");
    describe_counter!(
        "channels_messages_malformed_total",
        "Messages that were none, and closed their socket."
    );
    describe_counter!(
        "channels_messages_limited_total",
        "Messages beyond the rate limits, which were refused."
    );
    describe_counter!("channels_broadcasts_total", "Broadcasts, whatever the number of their subscribers.");
    describe_counter!("channels_messages_out_total", "Messages that were written to clients.");
    describe_counter!("channels_bytes_out_total", Unit::Bytes, "Bytes that were written to clients.");
    describe_gauge!("channels_outbox_bytes", Unit::Bytes, "Bytes that wait for clients to read them.");
    describe_counter!("channels_conflations_total", "States that a newer one replaced before they went out.");
    describe_counter!("channels_slow_consumers_total", "Clients that were closed for reading too slowly.");
    describe_counter!("channels_mailbox_overflows_total", "Channels that ended because messages piled up.");
    describe_counter!("channels_silent_total", "Clients that were closed because nothing was heard of them.");
}
