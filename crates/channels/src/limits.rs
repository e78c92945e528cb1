//! What one client may ask of the server.

use std::time::Duration;

/// Bounds on what a client may use. The defaults suit applications with small messages.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest message from a client, in bytes, all its fragments together; a longer one closes the
    /// socket with 1009. Default 1,000,000.
    pub message_bytes: usize,
    /// Topics that one socket may have joined; the next join is refused with `too many channels
    /// joined`. Default 100, as in Phoenix.
    pub topics: usize,
    /// Longest topic and longest reference of a join, in bytes; a longer one is refused with `topic is
    /// too long`. They are kept as long as the channel. Default 1,024.
    pub topic_bytes: usize,
    /// Bytes that may wait for a client that reads too slowly; past it the socket is closed with
    /// 1008 `slow consumer`. Default 1 MiB.
    pub outbox_bytes: usize,
    /// Bytes of messages that may wait for one channel whose callback is busy; past it the channel
    /// ends with `phx_error`. Default 1 MiB.
    pub mailbox_bytes: usize,
    /// Messages that a socket may send a second (and so many at once); past it a message is
    /// answered with the error `rate limited`. 0: no limit. Default 500.
    pub messages_per_second: u32,
    /// Joins that a socket may send a second (and so many at once); past it a join is answered with
    /// the error `rate limited`. 0: no limit. Default 100.
    pub joins_per_second: u32,
    /// Sockets that send nothing for so long are closed. Default 60 s, as in Phoenix; clients send
    /// a heartbeat every 30 s.
    pub silence: Duration,
    /// Long-poll sessions of a mounted socket, which unlike WebSockets take no descriptor that the
    /// system would count; past it a client is told to try again. Default 20,000.
    pub longpoll_sessions: usize,
    /// How long a socket's `connect` may take; past it the client is answered HTTP 503. Default 10 s.
    pub connect_timeout: Duration,
    /// How long a channel's `join` may take; past it the join is refused with `join timed out`.
    /// Default 10 s, after which clients have given up on it.
    pub join_timeout: Duration,
}

/// How an endpoint lets go of its clients; see [`Endpoint::drain`](crate::Endpoint::drain).
#[derive(Clone, Debug)]
pub struct Drain {
    /// Clients that are closed together. Default 1,000.
    pub batch: usize,
    /// Pause between two batches. Default 100 ms.
    pub interval: Duration,
    /// How long all of it may take. Default 10 s.
    pub deadline: Duration,
}

impl Default for Drain {
    fn default() -> Self {
        Self { batch: 1000, interval: Duration::from_millis(100), deadline: Duration::from_secs(10) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 1_000_000,
            topics: 100,
            topic_bytes: 1024,
            outbox_bytes: 1 << 20,
            mailbox_bytes: 1 << 20,
            messages_per_second: 500,
            joins_per_second: 100,
            silence: Duration::from_secs(60),
            longpoll_sessions: 20_000,
            connect_timeout: Duration::from_secs(10),
            join_timeout: Duration::from_secs(10),
        }
    }
}

/// Counts against a rate: so many at once, and as many a second.
#[derive(Debug)]
pub(crate) struct Meter {
    /// When the next one is due at the earliest if the rate were steady, in nanoseconds of the
    /// caller's clock (the generic cell rate algorithm).
    due: u64,
}

impl Meter {
    const SECOND: u64 = 1_000_000_000;

    pub fn new() -> Self {
        Self { due: 0 }
    }

    /// Counts one more, unless that were too many. `now` is in nanoseconds.
    pub fn count(&mut self, now: u64, per_second: u32) -> bool {
        let Some(interval) = Self::SECOND.checked_div(u64::from(per_second)) else { return true };
        let due = self.due.max(now) + interval;
        let granted = due <= now + Self::SECOND.max(interval);
        if granted {
            self.due = due;
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_grants_its_rate_at_once_and_then_as_time_passes() {
        let mut meter = Meter::new();
        assert_eq!((0..50).filter(|_| meter.count(0, 10)).count(), 10);
        assert_eq!((0..50).filter(|_| meter.count(Meter::SECOND / 2, 10)).count(), 5);
        assert_eq!((0..50).filter(|_| meter.count(Meter::SECOND * 60, 10)).count(), 10);
    }

    #[test]
    fn a_rate_of_zero_is_no_limit() {
        let mut meter = Meter::new();
        assert!((0..100_000).all(|_| meter.count(0, 0)));
    }
}
