//! What screens are told.

use race::{Results, Team};
use serde::Serialize;

use super::{BoardJson, HandicapJson, LaneTaps, PhaseJson, ResultsJson, RulesJson, TournamentJson};
use crate::{
    chat::By,
    looks::Look,
    qr::QrPath,
    room::{Ghost, Knock, Setup},
};

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
    /// Races for an account.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub account: bool,
    #[serde(flatten)]
    pub handicap: HandicapJson,
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
    /// Of many the first only.
    pub racers: Vec<RacerJson>,
    /// How many there are.
    pub count: usize,
    pub knocks: Vec<KnockJson>,
    #[serde(flatten)]
    pub setup: Setup,
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

/// The event `tick`.
#[derive(Clone, Debug, Serialize)]
pub struct Tick {
    pub heat: u32,
    pub t: i64,
    pub lanes: Vec<LaneTaps>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rope: Option<i32>,
    /// From here on of a crowd only, of which `lanes` names some: how many race.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<u32>,
    /// All their taps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<PackJson>,
    /// In a tug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sides: Option<SidesJson>,
}

/// How many stand in each slice of the course.
#[derive(Clone, Debug, Serialize)]
pub struct PackJson {
    /// Where the last slice ends, in taps, or in thousandths where courses differ.
    pub to: u32,
    pub counts: Vec<u32>,
}

/// The two teams: how many pull, and their taps.
#[derive(Clone, Debug, Serialize)]
pub struct SidesJson {
    pub left: (u32, u64),
    pub right: (u32, u64),
}

impl SidesJson {
    /// Those of a heat that is over.
    pub fn of(results: &Results) -> SidesJson {
        let side = |team| {
            let members = || results.places.iter().filter(|place| place.team == Some(team));
            let size = u32::try_from(members().count()).unwrap_or(u32::MAX);
            (size, members().map(|place| u64::from(place.taps)).sum())
        };
        SidesJson { left: side(Team::Left), right: side(Team::Right) }
    }
}

/// The event `crowd`: how many sit in the room, and how many of them are there.
#[derive(Clone, Debug, Serialize)]
pub struct CrowdJson {
    pub count: usize,
    pub connected: usize,
}
