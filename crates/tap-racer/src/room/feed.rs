//! The broadcasts of one topic, numbered, so that whoever joins misses none.
//!
//! A join is answered with the state at some position; the client is subscribed a moment later. What
//! was broadcast in between is pushed to it afterwards. Broadcasts tell states rather than changes (a
//! racer as it is, the phase as it is), and messages carry ids: hearing one twice does no harm.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicU64, Ordering},
};

use channels::{Endpoint, Payload, Pusher};
use serde::Serialize;
use thiserror::Error;
use tracing::error;

use super::{Ended, Topic};

/// How many broadcasts a topic has had.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

/// What a client missed while it joined can no longer be told to it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
pub enum FellBehind {
    #[error("too much happened during the join")]
    TooMuch,
    #[error(transparent)]
    Ended(#[from] Ended),
}

impl Position {
    /// Whether everything up to `until` will still be there when the room gets to it.
    pub(super) fn check(self, until: Position) -> Result<(), FellBehind> {
        if until.0.saturating_sub(self.0) > Feed::KEPT as u64 / 2 { Err(FellBehind::TooMuch) } else { Ok(()) }
    }
}

/// The positions of a room's topics, which its channels read when they subscribe.
#[derive(Debug, Default)]
pub(super) struct Positions {
    console: AtomicU64,
    play: AtomicU64,
    chat: AtomicU64,
}

impl Positions {
    fn counter(&self, topic: Topic) -> &AtomicU64 {
        match topic {
            Topic::Console => &self.console,
            Topic::Play => &self.play,
            Topic::Chat => &self.chat,
        }
    }

    pub fn of(&self, topic: Topic) -> Position {
        Position(self.counter(topic).load(Ordering::SeqCst))
    }
}

/// One topic of a room.
pub(super) struct Feed {
    topic: Topic,
    name: String,
    recent: VecDeque<(&'static str, Payload)>,
}

impl Feed {
    /// How many broadcasts may come between a join's answer and the subscription; those are
    /// microseconds apart.
    const KEPT: usize = 256;

    pub fn new(topic: Topic, name: String) -> Feed {
        Feed { topic, name, recent: VecDeque::new() }
    }

    /// Sends an event to everybody.
    pub fn broadcast(
        &mut self,
        endpoint: &Endpoint,
        positions: &Positions,
        event: &'static str,
        payload: &impl Serialize,
    ) {
        let sent = Payload::json(payload).and_then(|payload| {
            if self.recent.len() == Feed::KEPT {
                self.recent.pop_front();
            }
            self.recent.push_back((event, payload.clone()));
            // Counted before it is sent: who subscribes in between is pushed it rather than missing it.
            positions.counter(self.topic).fetch_add(1, Ordering::SeqCst);
            endpoint.broadcast(&self.name, event, payload)
        });
        if let Err(error) = sent {
            error!(topic = %self.name, event, %error, "an event has no json form");
        }
    }

    /// Sends a state, of which clients that lag need the newest only.
    pub fn broadcast_conflated(&self, endpoint: &Endpoint, event: &'static str, payload: &impl Serialize) {
        if let Err(error) = endpoint.broadcast_conflated(&self.name, event, payload) {
            error!(topic = %self.name, event, %error, "an event has no json form");
        }
    }

    /// Pushes the broadcasts between two positions.
    pub fn replay(&self, now: Position, since: Position, until: Position, pusher: &Pusher) {
        let oldest = now.0 - self.recent.len() as u64;
        for (position, (event, payload)) in (oldest..).zip(&self.recent) {
            if (since.0..until.0).contains(&position) {
                // A payload that has been serialised already.
                let _ = pusher.push(event, payload.clone());
            }
        }
    }
}
