//! What others are told once something is recorded.

use std::sync::Arc;

use tokio::sync::broadcast;

use super::RulesKey;
use crate::{accounts::AccountId, rooms::RoomId};

/// Whoever listens falls behind by so many at most, and then misses the oldest.
const QUEUE: usize = 256;

/// Something new in the database of accounts.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Where it was raced; none for runs that a guest had made before they had an account.
    pub room: Option<RoomId>,
    /// In that room.
    pub heat: u32,
    /// Those of accounts.
    pub runs: Vec<RecordedRun>,
    /// Kinds of rules of which somebody's best may have changed.
    pub boards: Vec<RulesKey>,
}

/// A run of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRun {
    /// Of the room.
    pub racer: u32,
    /// Whose.
    pub account: AccountId,
    /// Raced under.
    pub name: String,
    /// As the database counts them.
    pub run: i64,
    /// The account's best under these rules so far.
    pub best: bool,
    /// The best before it: a time in a sprint, else taps.
    pub previous: Option<i64>,
    /// That counted.
    pub taps: u32,
    /// Of who finished a sprint.
    pub time: Option<i64>,
    /// Of the account, with this one.
    pub races: i64,
    /// Likewise.
    pub wins: i64,
}

/// Where to hear of it. Cheap to clone.
#[derive(Clone)]
pub struct Records {
    news: broadcast::Sender<Arc<Recorded>>,
}

impl Default for Records {
    fn default() -> Records {
        Records { news: broadcast::Sender::new(QUEUE) }
    }
}

impl Records {
    /// Everything that is recorded from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Recorded>> {
        self.news.subscribe()
    }

    /// Something was committed.
    pub fn announce(&self, recorded: Recorded) {
        // Nobody need listen.
        let _ = self.news.send(Arc::new(recorded));
    }
}
