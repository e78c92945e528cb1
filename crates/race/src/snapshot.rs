//! The whole state of a race as a plain value.

mod check;

use thiserror::Error;

use crate::command::Heat;
use crate::event::{Event, Phase, Results};
use crate::race::{Outage, Race};
use crate::racer::{Racer, RacerId};
use crate::roster::Roster;
use crate::rules::{Rules, Settings};
use crate::time::Millis;
use crate::tug::Tug;

/// The whole state of a race: what [`Race::snapshot`] gives and [`Race::restore`] takes. With the
/// feature `serde` it can be stored in any format.
///
/// What is missing is the list behind [`Race::take_changes`]: after a restore every screen is
/// shown everything anyway.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Snapshot {
    /// Of the house.
    pub settings: Settings,
    /// Of the current or last heat.
    pub rules: Rules,
    /// The current or last heat.
    pub heat: Heat,
    /// Where the race is.
    pub phase: Phase,
    /// The latest time that the race was told.
    pub now: Millis,
    /// The last id that was given, 0 before the first.
    pub last_id: u32,
    /// Everybody in a lane, in lane order: the seated, and those who left in mid-heat.
    pub racers: Vec<Racer>,
    /// Of the current heat once it is finishing, before that of the last one.
    pub results: Option<Results>,
    /// The rope, in a tug.
    pub tug: Option<Tug>,
    /// The field of the current or last heat was chosen, so that nobody else is in it.
    pub chosen_field: bool,
    /// Before this time the results of the current heat do not become final.
    pub held_until: Option<Millis>,
    /// The last span of the current heat in which nobody could be heard.
    pub outage: Option<Outage>,
    /// Events that have not been returned yet.
    pub pending: Vec<Event>,
}

/// Why a snapshot is no state that a race can be in.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum BadSnapshot {
    /// Settings or rules are out of their bounds.
    #[error("settings or rules are out of bounds")]
    Rules,
    /// A lane or an id is there twice or impossible, or there are too many.
    #[error("seats are inconsistent")]
    Seats,
    /// The counts of a racer do not add up.
    #[error("counts of racer {} do not add up", .0.0)]
    Counts(RacerId),
    /// Phase, heat and who is in it contradict each other.
    #[error("phase and field contradict each other")]
    Phase,
    /// The rope is not what the racers pulled.
    #[error("rope and teams contradict each other")]
    Rope,
    /// The results are not those of this phase.
    #[error("results and phase contradict each other")]
    Results,
}

impl Race {
    /// The whole state as a plain value.
    pub fn snapshot(&self) -> Snapshot {
        let plain = |racer: &Racer| Racer { changed: false, ..racer.clone() };
        Snapshot {
            settings: self.settings.clone(),
            rules: self.rules.clone(),
            heat: self.heat,
            phase: self.phase,
            now: self.now,
            last_id: self.last_id,
            racers: self.roster.iter().map(plain).collect(),
            results: self.results.clone(),
            tug: self.tug.clone(),
            chosen_field: self.chosen_field,
            held_until: self.held_until,
            outage: self.outage,
            pending: self.pending.clone(),
        }
    }

    /// The race goes on from a snapshot as the one it was taken of would have.
    ///
    /// # Errors
    /// When the snapshot is not the state of any race.
    pub fn restore(snapshot: Snapshot) -> Result<Race, BadSnapshot> {
        snapshot.check()?;
        let mut race = Race::new(snapshot.settings);
        race.rules = snapshot.rules;
        race.heat = snapshot.heat;
        race.phase = snapshot.phase;
        race.now = snapshot.now;
        race.last_id = snapshot.last_id;
        race.results = snapshot.results;
        race.tug = snapshot.tug;
        race.chosen_field = snapshot.chosen_field;
        race.held_until = snapshot.held_until;
        race.outage = snapshot.outage;
        race.pending = snapshot.pending;
        let mut roster = Roster::default();
        for racer in snapshot.racers {
            race.taps += u64::from(racer.taps);
            race.racing += u32::from(racer.is_racing());
            if let Some(drops_at) = racer.drops_at {
                race.graces.insert((drops_at, racer.id));
            }
            roster.seat(Racer { changed: false, ..racer });
        }
        race.roster = roster;
        Ok(race)
    }
}
