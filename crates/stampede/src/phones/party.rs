//! What guests are told to do, and what has become of it.

use std::time::Duration;

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
    /// Heats that were started here.
    pub started: u64,
    /// Heats whose final results were told.
    pub heats: u64,
    /// Guests' final counts that were what they had made, and that were not.
    pub right: u64,
    /// See `right`.
    pub wrong: u64,
    /// Taps in all final counts.
    pub taps: u64,
    /// Connections that were lost or could not be made.
    pub lost: u64,
    /// The last refusal or loss.
    pub trouble: Option<String>,
}

impl Party {
    /// The guest with this number of all that there ever are.
    pub(super) fn guest(&self, number: usize) -> Guest {
        Guest::new(format!("Guest {}", number + 1), Fingers::new(self.seed, number, self.rate))
    }
}
