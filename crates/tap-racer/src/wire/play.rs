//! What phones are told.

use serde::Serialize;

use super::{HandicapJson, PhaseJson, ResultsJson, RulesJson};
use crate::looks::Look;

/// The racer that a phone plays.
#[derive(Clone, Debug, Serialize)]
pub struct OwnRacer {
    pub id: u32,
    pub name: String,
    #[serde(flatten)]
    pub look: Look,
    pub lane: u32,
}

/// The reply to a phone's join.
#[derive(Clone, Debug, Serialize)]
pub struct PlayJoined {
    pub racer: OwnRacer,
    pub seat: String,
    pub room: String,
    #[serde(flatten)]
    pub phase: PhaseJson,
    pub taps: u32,
    pub claimed: u32,
    pub refused: u32,
    pub in_heat: bool,
    pub team: Option<&'static str>,
    pub locked: bool,
    pub cohost: bool,
    pub house: bool,
    #[serde(flatten)]
    pub handicap: HandicapJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_rules: Option<RulesJson>,
    pub chat: String,
    /// Milliseconds between two signs of life, where the phone has promised them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alive: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<ResultsJson>,
    /// For whom it races, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// Another name, and the seat that tells it: the event `renamed`.
#[derive(Clone, Debug, Serialize)]
pub struct Renamed {
    pub name: String,
    pub seat: String,
}

/// The answer to `calibrate`.
#[derive(Copy, Clone, Debug, Serialize)]
pub struct Calibrated {
    /// In thousandths of the rules' own course.
    pub handicap: u32,
    /// Taps in ten seconds.
    pub rate: u32,
}

/// The event `you`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct You {
    pub heat: u32,
    pub taps: u32,
    pub refused: u32,
    pub place: Option<u32>,
    pub of: u32,
    #[serde(rename = "final")]
    pub is_final: bool,
    pub claimed: u32,
    pub false_starts: u32,
    pub in_heat: bool,
    /// How much earlier than it came the last claim was credited.
    pub compensated: i64,
    /// For how many phones the finish is still open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<usize>,
    /// In a tug of so many that the phase does not list the teams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_heat: Option<bool>,
}
