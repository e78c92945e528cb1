//! What goes over the wire, as values: payloads of events and replies, and the rules as clients
//! write them. Nothing here decides anything. Times that are points in time are Unix milliseconds; `t`,
//! `time` and `margin` are spans.

mod bests;
mod console;
mod params;
mod play;
mod profile;
mod records;
mod results;
mod rules;
mod tournament;

use std::collections::BTreeMap;

use race::{Phase, Race, Team, Why};
use serde::Serialize;

use crate::{
    chat::{By, History},
    room::Ghost,
};

pub use bests::BoardJson;
pub use console::{
    ConsoleJoined, ConsoleView, CrowdJson, KnockJson, PackJson, RacerJson, RosterJson, SidesJson, Tick,
};
pub use params::{Emoji, Params};
pub use play::{Calibrated, OwnRacer, PlayJoined, Renamed, You};
pub use profile::{
    AccountJoined, AccountJson, BoardOpened, EntryJson, GameJson, KindJson, KindStatsJson, ProfileJson,
    Progress, RaceJson, RecordsJson, StatsJson, TopJson, rate,
};
pub use records::{HeatRecordsJson, OwnRecordJson, RecordJson};
pub use results::{ResultsJson, outcome};
pub use rules::{BadRulesJson, RulesJson};
pub use tournament::{EntrantJson, GroupJson, InTournament, TournamentJson};

/// `[lane, taps]`
pub type LaneTaps = (u32, u32);

/// How long the course of a racer is, where the rules that are chosen or on have a handicap.
#[derive(Copy, Clone, Debug, Default, Serialize)]
pub struct HandicapJson {
    /// In thousandths of the rules' own course.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handicap: Option<u32>,
    /// In taps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<u32>,
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
    /// The lanes of those who race, when not everybody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Vec<u32>>,
    /// For phones: the milliseconds between two claims of one that taps on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_every: Option<u32>,
    /// For screens, before a heat that has a best run to race against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ghost: Option<Ghost>,
}

impl PhaseJson {
    /// A phase that `race` is in, or went through a moment ago; without lists where they would be longer than
    /// `longest`.
    pub fn of(race: &Race, phase: Phase, now: race::Millis, longest: usize) -> PhaseJson {
        let go_at = phase.go_at();
        let ends_at = match race.rules().mode {
            race::Mode::Timed { seconds } => go_at.map(|go_at| (go_at + race::Millis::from_secs(seconds)).0),
            _ => None,
        };
        let is_tug = matches!(race.rules().mode, race::Mode::Tug { .. }) && phase != Phase::Lobby;
        let teams = || race.field().filter_map(|racer| Some((racer.lane.0, team(racer.team?)))).collect();
        let is_listed = || race.field().nth(longest).is_none();
        PhaseJson {
            phase: phase_name(phase),
            heat: race.heat().0,
            now: now.0,
            go_at: go_at.map(|go_at| go_at.0),
            ends_at,
            rules: RulesJson(race.rules().clone()),
            teams: (is_tug && is_listed()).then(teams),
            lanes: None,
            field: (race.has_chosen_field() && phase != Phase::Lobby && is_listed())
                .then(|| race.field().map(|racer| racer.lane.0).collect()),
            report_every: None,
            ghost: None,
        }
    }
}

/// The reply to a chat's join.
#[derive(Clone, Debug, Serialize)]
pub struct ChatJoined {
    /// With which to be the same one again.
    pub me: String,
    /// Under which others know this one.
    pub by: By,
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
