//! What goes over the wire, as values: payloads of events and replies, and the rules as clients
//! write them. Nothing here decides anything. Times that are points in time are Unix milliseconds; `t`,
//! `time` and `margin` are spans.

mod params;
mod rules;

use std::collections::BTreeMap;

use race::{Outcome, Phase, Race, Results, Team, Why};
use serde::Serialize;

use crate::{
    chat::{By, History},
    looks::Look,
    qr::QrPath,
    room::{Best, Board, Ghost, Knock, Setup},
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
    #[serde(flatten)]
    pub handicap: HandicapJson,
}

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

/// The answer to `calibrate`.
#[derive(Copy, Clone, Debug, Serialize)]
pub struct Calibrated {
    /// In thousandths of the rules' own course.
    pub handicap: u32,
    /// Taps in ten seconds.
    pub rate: u32,
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
    /// The lanes of those who race, when not everybody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Vec<u32>>,
    /// For screens, before a heat that has a best run to race against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ghost: Option<Ghost>,
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
            field: (race.has_chosen_field() && phase != Phase::Lobby)
                .then(|| race.field().map(|racer| racer.lane.0).collect()),
            ghost: None,
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
    /// Whose chat the hosts do not want.
    pub muted: Vec<By>,
    pub bests: Vec<BoardJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ghost: Option<Ghost>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tournament: Option<TournamentJson>,
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
    #[serde(flatten)]
    pub handicap: HandicapJson,
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
    /// How much earlier than it came the last claim was credited.
    pub compensated: i64,
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
    pub flagged: bool,
    pub gone: bool,
    #[serde(flatten)]
    pub handicap: HandicapJson,
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
            flagged: place.flagged,
            gone: place.gone.is_some(),
            handicap: HandicapJson {
                handicap: place.handicap,
                course: place.handicap.and_then(|handicap| rules.course(handicap)),
            },
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

/// The best of one kind of rules.
#[derive(Clone, Debug, Serialize)]
pub struct BoardJson {
    pub key: String,
    pub rules: RulesJson,
    pub entries: Vec<BestJson>,
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
pub struct BestJson {
    pub name: String,
    #[serde(flatten)]
    pub look: Look,
    pub taps: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
}

impl BoardJson {
    /// As screens show it.
    pub fn of(board: &Board) -> BoardJson {
        let entry = |entry: &Best| BestJson {
            name: entry.name.clone(),
            look: entry.look,
            taps: entry.taps,
            time: entry.time,
        };
        BoardJson {
            key: rules::key(&board.rules),
            rules: RulesJson(board.rules.clone()),
            entries: board.entries.iter().map(entry).collect(),
        }
    }
}

/// The event `tournament`, for screens.
#[derive(Clone, Debug, Serialize)]
pub struct TournamentJson {
    pub round: u32,
    pub rounds: u32,
    pub heat_of_round: u32,
    pub heats_in_round: u32,
    pub lanes: u32,
    pub groups: Vec<GroupJson>,
    /// The first of the final.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub champion: Option<EntrantJson>,
    /// All of them, in a dead heat several.
    pub champions: Vec<EntrantJson>,
    pub over: bool,
}

/// Those who race one heat of a tournament.
#[derive(Clone, Debug, Serialize)]
pub struct GroupJson {
    pub round: u32,
    pub heat: u32,
    pub racers: Vec<EntrantJson>,
    pub done: bool,
}

/// Somebody in a tournament.
#[derive(Clone, Debug, Serialize)]
pub struct EntrantJson {
    pub id: u32,
    pub name: String,
    #[serde(flatten)]
    pub look: Look,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<bool>,
}

/// The event `tournament`, for a phone: how its racer stands. No state: there is none any more.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InTournament {
    pub state: Option<&'static str>,
    pub round: u32,
    pub rounds: u32,
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
