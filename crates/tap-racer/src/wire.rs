//! What goes over the wire, as values: payloads of events and replies, and the rules as clients
//! write them. Nothing here decides anything. Times that are points in time are Unix milliseconds; `t`,
//! `time` and `margin` are spans.

mod params;
mod rules;

use std::collections::BTreeMap;

use race::{Outcome, Phase, Race, Results, Team, Why};
use serde::Serialize;

use crate::{
    chat::History,
    looks::Look,
    qr::QrPath,
    room::{Knock, Setup},
};

pub use params::{Emoji, Params};
pub use rules::{BadRulesJson, RulesJson};

/// `[lane, taps]`
pub type LaneTaps = (u32, u32);

/// A racer, as consoles see it.
#[derive(Clone, Debug, Serialize)]
pub struct RacerJson {
    pub id: u32,
    pub name: String,
    #[serde(flatten)]
    pub look: Look,
    pub lane: u32,
    pub taps: u32,
    pub connected: bool,
    pub bot: bool,
    pub team: Option<&'static str>,
    pub refused: u32,
    pub flagged: bool,
    pub in_heat: bool,
    pub cohost: bool,
}

/// Somebody who waits at the door.
#[derive(Clone, Debug, Serialize)]
pub struct KnockJson {
    pub id: u32,
    pub name: String,
    #[serde(flatten)]
    pub look: Look,
}

impl KnockJson {
    /// As hosts see them.
    pub fn of(knock: &Knock) -> KnockJson {
        KnockJson { id: knock.id, name: knock.name.to_string(), look: knock.look }
    }
}

/// The answer to `roster`.
#[derive(Clone, Debug, Serialize)]
pub struct RosterJson {
    pub racers: Vec<RacerJson>,
    pub knocks: Vec<KnockJson>,
    #[serde(flatten)]
    pub setup: Setup,
}

/// Where the race is: the event `phase`, and part of every join's reply.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseJson {
    pub phase: &'static str,
    pub heat: u32,
    pub now: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub go_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<i64>,
    pub rules: RulesJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teams: Option<BTreeMap<u32, &'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lanes: Option<Vec<LaneTaps>>,
}

impl PhaseJson {
    /// A phase that `race` is in, or went through a moment ago; with all lanes for a console.
    pub fn of(race: &Race, phase: Phase, now: race::Millis, with_lanes: bool) -> PhaseJson {
        let go_at = phase.go_at();
        let ends_at = match race.rules().mode {
            race::Mode::Timed { seconds } => go_at.map(|go_at| (go_at + race::Millis::from_secs(seconds)).0),
            _ => None,
        };
        let is_tug = matches!(race.rules().mode, race::Mode::Tug { .. }) && phase != Phase::Lobby;
        let teams = || race.field().filter_map(|racer| Some((racer.lane.0, team(racer.team?)))).collect();
        let lanes = || race.racers().map(|racer| (racer.lane.0, racer.taps)).collect();
        PhaseJson {
            phase: phase_name(phase),
            heat: race.heat().0,
            now: now.0,
            go_at: go_at.map(|go_at| go_at.0),
            ends_at,
            rules: RulesJson(race.rules().clone()),
            teams: is_tug.then(teams),
            lanes: with_lanes.then(lanes),
        }
    }
}

/// The reply to a console's join, but for what only its channel knows.
#[derive(Clone, Debug, Serialize)]
pub struct ConsoleView {
    #[serde(flatten)]
    pub phase: PhaseJson,
    #[serde(flatten)]
    pub roster: RosterJson,
    pub locked: bool,
    /// What the host has chosen since the last heat began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_rules: Option<RulesJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rope: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<ResultsJson>,
}

/// The reply to a console's join.
#[derive(Debug, Serialize)]
pub struct ConsoleJoined<'a> {
    pub room: &'a str,
    pub host: bool,
    pub host_required: bool,
    /// Opens this console as host, anywhere; for hosts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_qr: Option<QrPath>,
    pub join_url: String,
    pub join_qr: Option<QrPath>,
    pub chat: String,
    #[serde(flatten)]
    pub view: ConsoleView,
}

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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_rules: Option<RulesJson>,
    pub chat: String,
    /// Milliseconds between two claims of a phone that taps on.
    pub report_every: u32,
    /// Milliseconds between two signs of life, where the phone has promised them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alive: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<ResultsJson>,
}

/// Another name, and the seat that tells it: the event `renamed`.
#[derive(Clone, Debug, Serialize)]
pub struct Renamed {
    pub name: String,
    pub seat: String,
}

/// The event `tick`.
#[derive(Clone, Debug, Serialize)]
pub struct Tick {
    pub heat: u32,
    pub t: i64,
    pub lanes: Vec<LaneTaps>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rope: Option<i32>,
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
    /// For how many phones the finish is still open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_heat: Option<bool>,
}

/// The event `results`.
#[derive(Clone, Debug, Serialize)]
pub struct ResultsJson {
    pub heat: u32,
    #[serde(rename = "final")]
    pub is_final: bool,
    pub mode: &'static str,
    pub outcome: &'static str,
    pub winner: Option<u32>,
    pub winners: Vec<u32>,
    pub team: Option<&'static str>,
    /// How many raced, of whom `places` may hold the first only.
    pub of: usize,
    pub places: Vec<PlaceJson>,
}

/// One of the places.
#[derive(Clone, Debug, Serialize)]
pub struct PlaceJson {
    pub place: u32,
    pub id: u32,
    pub name: String,
    #[serde(flatten)]
    pub look: Look,
    pub lane: u32,
    pub taps: u32,
    pub time: Option<i64>,
    pub margin: Option<i64>,
    pub dead_heat: bool,
    pub team: Option<&'static str>,
    pub refused: u32,
    pub false_starts: u32,
    pub gone: bool,
}

impl ResultsJson {
    /// The first places of `results`; `look` tells what each racer wore.
    pub fn of(
        results: &Results,
        rules: &race::Rules,
        most: usize,
        look: impl Fn(race::RacerId) -> Look,
    ) -> ResultsJson {
        let place = |place: &race::Place| PlaceJson {
            place: place.place,
            id: place.racer.0,
            name: place.name.clone(),
            look: look(place.racer),
            lane: place.lane.0,
            taps: place.taps,
            time: place.time.map(|time| time.0),
            margin: place.margin.map(|margin| margin.0),
            dead_heat: place.dead_heat,
            team: place.team.map(team),
            refused: place.refused,
            false_starts: place.false_starts,
            gone: place.gone.is_some(),
        };
        ResultsJson {
            heat: results.heat.0,
            is_final: results.is_final,
            mode: rules::mode_name(&rules.mode),
            outcome: match results.outcome {
                Outcome::Won => "won",
                Outcome::DeadHeat => "dead_heat",
                Outcome::NoTaps => "no_taps",
                Outcome::Abandoned => "abandoned",
                Outcome::Cancelled => "cancelled",
            },
            winner: results.winner().map(|winner| winner.0),
            winners: results.winners.iter().take(most).map(|winner| winner.0).collect(),
            team: results.team.map(team),
            of: results.places.len(),
            places: results.places.iter().take(most).map(place).collect(),
        }
    }
}

/// The reply to a chat's join.
#[derive(Clone, Debug, Serialize)]
pub struct ChatJoined {
    /// What was said.
    #[serde(flatten)]
    pub history: History,
}

/// The name of a phase.
pub fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Lobby => "lobby",
        Phase::Countdown { .. } => "countdown",
        Phase::Running { .. } => "running",
        Phase::Finishing { .. } => "finishing",
        Phase::Finished { .. } => "finished",
    }
}

/// The name of a team.
pub fn team(team: Team) -> &'static str {
    match team {
        Team::Left => "left",
        Team::Right => "right",
    }
}

/// The name of the reason for which somebody is gone.
pub fn why(why: Why) -> &'static str {
    match why {
        Why::Left => "left",
        Why::Timeout => "timeout",
        Why::Kicked => "kicked",
    }
}
