//! How a heat came out.

use race::{Outcome, Results};
use serde::Serialize;

use super::{HandicapJson, SidesJson, rules, team};
use crate::looks::Look;

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
    /// For how many phones the finish is still open; for screens only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<usize>,
    /// How many raced, of whom `places` may hold the first only.
    pub of: usize,
    /// All taps that counted; for screens only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Of a tug in a crowd; for screens only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sides: Option<SidesJson>,
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

/// The name of an outcome.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Won => "won",
        Outcome::DeadHeat => "dead_heat",
        Outcome::NoTaps => "no_taps",
        Outcome::Abandoned => "abandoned",
        Outcome::Cancelled => "cancelled",
    }
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
            outcome: outcome(results.outcome),
            winner: results.winner().map(|winner| winner.0),
            winners: results.winners.iter().take(most).map(|winner| winner.0).collect(),
            team: results.team.map(team),
            waiting_for: None,
            of: results.places.len(),
            total: None,
            sides: None,
            places: results.places.iter().take(most).map(place).collect(),
        }
    }
}
