//! The socket by which somebody plays, and whether it still lives.

use channels::{ChannelRef, Pusher};
use tokio::time::{Duration, Instant};

use super::PhoneNews;
use crate::wire::You;

/// A socket that plays.
pub(super) struct Phone {
    pub channel: ChannelRef<PhoneNews>,
    pub pusher: Pusher,
    /// Whether the client has heard that it joined: before that nothing reaches it.
    pub ready: bool,
    /// What it was told last, and when.
    pub told: Option<(You, Instant)>,
    /// How often it has promised to give a sign of life in a heat, and with it a last word at its end.
    pub alive: Option<Duration>,
    pub heard_at: Instant,
    /// Has kept silent for longer than it promised.
    is_silent: bool,
}

impl Phone {
    /// A sign of life may be late by so many intervals, and by so much in any case.
    const MISSED: u32 = 3;
    const LATE: Duration = Duration::from_millis(2_500);

    pub fn new(channel: ChannelRef<PhoneNews>, pusher: Pusher, alive: Option<Duration>) -> Phone {
        let heard_at = Instant::now();
        Phone { channel, pusher, ready: false, told: None, alive, heard_at, is_silent: false }
    }

    pub fn hear(&mut self, now: Instant) -> Heard {
        self.heard_at = now;
        if std::mem::take(&mut self.is_silent) { Heard::Again } else { Heard::Current }
    }

    /// Whether it has just been silent for too long.
    pub fn falls_silent(&mut self, now: Instant) -> bool {
        let Some(alive) = self.alive.filter(|_| !self.is_silent) else { return false };
        self.is_silent = now.duration_since(self.heard_at) > Phone::LATE.max(alive * Phone::MISSED);
        self.is_silent
    }
}

/// By whom an act was made.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// By an older socket of a seat, or one of nobody's.
    Stale,
    /// By the socket that plays.
    Current,
    /// Likewise; it had fallen silent.
    Again,
}
