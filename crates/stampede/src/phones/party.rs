//! What guests are told to do, and what has become of it.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde::Deserialize;

use crate::{guest::Guest, human::Fingers};

/// What the guests do.
#[derive(Clone, Debug)]
pub struct Party {
    /// The room's code; none for the house room.
    pub room: Option<String>,
    /// How many guests.
    pub players: usize,
    /// How much faster than people they tap.
    pub rate: f64,
    /// What their fingers, and all that happens now and then, is drawn from.
    pub seed: u64,
    /// How often one of them loses the connection and comes back.
    pub drops_every: Option<Duration>,
    /// How often one of them leaves, and somebody else comes.
    pub leaves_every: Option<Duration>,
    /// How often one of them says something.
    pub chats_every: Option<Duration>,
    /// The rules of the races that are started, heat after heat, as JSON; none if somebody else hosts.
    pub hosts: Option<String>,
    /// With which the room is hosted.
    pub host_token: Option<String>,
}

/// What has happened up to now.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Guests who are in.
    pub seated: usize,
    /// Claims sent.
    pub claims: u64,
    /// Numbers of heats that were started here.
    pub started: BTreeSet<u64>,
    /// When the last of them was.
    pub started_at: Option<Instant>,
    /// Those whose final results were told.
    pub heats: BTreeSet<u64>,
    /// Guests' final counts that were what they had made, and that were not.
    pub right: u64,
    /// See `right`.
    pub wrong: u64,
    /// Taps that counted, in all final counts.
    pub taps: u64,
    /// Connections that were lost or could not be made.
    pub lost: u64,
    /// Channels that the server closed by itself: they crashed, or somebody else has the seat.
    pub closed: u64,
    /// The last refusal or loss.
    pub trouble: Option<String>,
}

/// The rules of a heat, as far as anything follows from them.
#[derive(Debug, Deserialize)]
struct Rules {
    mode: String,
    #[serde(default)]
    seconds: u64,
    /// In milliseconds.
    #[serde(default)]
    countdown: u64,
}

/// Fingers rest so long before the end of a heat that is over by the clock.
const REST: Duration = Duration::from_secs(1);
/// No heat that is over by its taps takes longer, ...
const LONGEST: Duration = Duration::from_secs(60);
/// ... and whatever is before and after a heat takes no longer than this.
const AROUND: Duration = Duration::from_secs(20);

impl Party {
    /// The guest with this number of all that there ever are.
    pub(super) fn guest(&self, number: usize) -> Guest {
        let mut guest =
            Guest::new(format!("Guest {}", number + 1), Fingers::new(self.seed, number, self.rate));
        guest.rests_after = self.rests_after();
        guest
    }

    fn rules(&self) -> Option<Rules> {
        serde_json::from_str(self.hosts.as_deref()?).ok()
    }

    /// From one start to the next, at most, when all is well; none if nobody starts anything here.
    pub fn heat_takes(&self) -> Option<Duration> {
        let rules = self.rules()?;
        let length = if rules.mode == "timed" { Duration::from_secs(rules.seconds) } else { LONGEST };
        Some(Duration::from_millis(rules.countdown) + length + AROUND)
    }

    /// When nobody taps any more, so that every tap must count; none where a heat ends by its taps.
    fn rests_after(&self) -> Option<Duration> {
        let rules = self.rules()?;
        let length = Duration::from_secs(rules.seconds);
        (rules.mode == "timed").then(|| length.saturating_sub(REST))
    }
}
