//! A heat that is over, as a room hands it on: a plain value, which is kept until it is recorded.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use race::{Millis, Outcome, Rules, Settings, Trace, Why};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use uuid::Uuid;

use crate::accounts::AccountId;

/// All that is recorded of a heat. Each new field needs a `serde(default)`: an earlier program may have
/// left heats behind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeatRecord {
    /// Made once: whoever records the heat twice finds out.
    pub id: Uuid,
    /// The code; empty for the house room.
    pub room: String,
    /// Of that room.
    pub heat: u32,
    /// What it was raced by.
    pub rules: Rules,
    /// What held for the house.
    pub settings: Settings,
    /// In Unix milliseconds, by the wall clock.
    pub finished_at: Millis,
    /// How it came out.
    pub outcome: Outcome,
    /// How many raced, bots included.
    pub racers: u32,
    /// Those of people, best first.
    pub runs: Vec<RunRecord>,
}

/// What one racer made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Of the room.
    pub racer: u32,
    /// For whom they raced.
    pub account: Option<AccountId>,
    /// The device, by [`Nonce::head`](crate::tokens::Nonce::head).
    pub guest: String,
    /// Raced under.
    pub name: String,
    /// From 1; shared in a dead heat.
    pub place: u32,
    /// Was first, of two at least.
    pub won: bool,
    /// Could not be told apart from somebody.
    pub dead_heat: bool,
    /// Left before the end, and why.
    pub gone: Option<Why>,
    /// That counted.
    pub taps: u32,
    /// In ms since the gun, of who finished a sprint.
    pub time: Option<i64>,
    /// In ms behind the first.
    pub margin: Option<i64>,
    /// Faster than the human limit, or while held.
    pub refused: u32,
    /// Before the gun.
    pub false_starts: u32,
    /// With a machine's rhythm.
    pub flagged: bool,
    /// Where the rules have one.
    pub handicap: Option<u32>,
    /// As far as it was kept.
    pub trace: Option<TraceText>,
}

/// A trace as it is written down: in base64.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceText(pub Trace);

impl Serialize for TraceText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl<'de> Deserialize<'de> for TraceText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TraceText, D::Error> {
        let bytes = STANDARD_NO_PAD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        Trace::from_bytes(&bytes).map(TraceText).map_err(D::Error::custom)
    }
}
