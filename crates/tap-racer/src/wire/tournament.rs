//! A tournament, for screens and for phones.

use serde::Serialize;

use crate::looks::Look;

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
