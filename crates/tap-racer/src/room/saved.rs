//! A room as a plain value: what a restart of the server must not change.
//!
//! To save one more field of a room: name it in [`SavedRoom`] (with `serde(default)`, since rooms that were
//! saved before do not have it), take it in [`Task::saved`], and put it back in [`Task::restored`]. What
//! belongs to a person goes into the person's `Profile` alone. The same default is needed by each new field
//! of what is saved within it, the race crate's among them: a room without it would begin anew.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use race::{BadSnapshot, Command, Millis, Race, RacerId, Rules, Settings, Snapshot};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    RoomHandle,
    bots::Bots,
    party::Party,
    people::{People, Profile},
    sent_away::SentAway,
    task::Task,
    traces::Traces,
};
use crate::{
    chat::ChatLog,
    clock,
    rooms::{Entry, House},
};

/// Within this time after a restart who can come back is back: phoenix.js tries every five seconds at
/// the latest, and then joins.
const RETURN: Millis = Millis(7_000);

/// How closely bots are followed through the time without a server.
const BOTS_STEP: Millis = Millis(50);

/// Everything that a room is, but for its sockets.
#[derive(Clone, Serialize, Deserialize)]
pub struct SavedRoom {
    made: Millis,
    race: Snapshot,
    people: Vec<(RacerId, Profile)>,
    bots: Bots,
    chat: ChatLog,
    #[serde(default)]
    party: Party,
    #[serde(default)]
    sent_away: SentAway,
    #[serde(default)]
    chosen: Option<Rules>,
    /// An earlier program took none down: then those of the heat that is on are not whole.
    #[serde(default = "Traces::missed")]
    traces: Traces,
    #[serde(skip)]
    effort: Effort,
}

/// How long it took to save a room the last time: to copy it, and to put it into words.
#[derive(Clone, Debug, Default)]
pub(super) struct Effort(Arc<AtomicU64>);

impl Effort {
    /// Something is done for the first time, or more after it.
    fn time<T>(&self, is_first: bool, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = work();
        let before = if is_first { 0 } else { self.0.load(Ordering::Relaxed) };
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.0.store(before.saturating_add(micros), Ordering::Relaxed);
        done
    }

    pub fn last(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Why a saved room cannot be one.
#[derive(Debug, Error)]
pub enum BadSaved {
    #[error("it was saved by a newer version of this program")]
    Newer,
    #[error("its code is no room's: {0:?}")]
    Code(String),
    #[error("it cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("its race is none: {0}")]
    Race(#[from] BadSnapshot),
    #[error("its people are not those of its race")]
    People,
}

/// A saved room that was checked: nothing can go wrong any more.
pub struct Restorable {
    saved: SavedRoom,
    race: Race,
}

impl SavedRoom {
    /// Of this form. It rises when a room that was saved before could no longer be read.
    pub const VERSION: i64 = 1;

    /// When the room was made.
    pub fn made(&self) -> Millis {
        self.made
    }

    /// The room in words.
    ///
    /// # Errors
    /// When something in it has none.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        self.effort.time(false, || serde_json::to_vec(self))
    }

    /// Reads a room that was saved in this or an earlier form, and checks it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(version: i64, json: &[u8], house: &Settings) -> Result<Restorable, BadSaved> {
        if version > SavedRoom::VERSION {
            return Err(BadSaved::Newer);
        }
        let saved: SavedRoom = serde_json::from_slice(json)?;
        // The operator may have decided otherwise since; unless more have sat down than now may.
        let by_house = Snapshot { settings: house.clone().clamped(), ..saved.race.clone() };
        let race = Race::restore(by_house).or_else(|_| Race::restore(saved.race.clone()))?;
        saved.has_all_people().then_some(()).ok_or(BadSaved::People)?;
        Ok(Restorable { saved, race })
    }

    /// Whether everybody of the race is known, and no two of them sit on one seat.
    fn has_all_people(&self) -> bool {
        let known: HashMap<_, _> = self.people.iter().map(|(racer, profile)| (*racer, profile)).collect();
        let mut seats = HashSet::new();
        self.race.racers.iter().all(|racer| match known.get(&racer.id) {
            None => false,
            Some(_) if racer.gone.is_some() => true,
            Some(Profile { nonce: None, .. }) => racer.bot,
            Some(Profile { nonce: Some(nonce), .. }) => !racer.bot && seats.insert(*nonce),
        })
    }
}

impl Restorable {
    /// When the room was made.
    pub fn made(&self) -> Millis {
        self.saved.made
    }

    /// The latest time that the race was told: the server's clock must not show an earlier one.
    pub fn latest(&self) -> Millis {
        self.saved.race.now
    }
}

impl Task {
    /// What is saved of the room.
    pub(super) fn saved(&self) -> SavedRoom {
        self.saving.effort.time(true, || SavedRoom {
            made: self.handle.made(),
            race: self.race.snapshot(),
            people: self.people.saved(),
            bots: self.bots.clone(),
            chat: self.chat.clone(),
            party: self.party.clone(),
            sent_away: self.sent_away.clone(),
            chosen: self.chosen.clone(),
            traces: self.traces.clone(),
            effort: self.saving.effort.clone(),
        })
    }

    /// The room as it was saved.
    pub(super) fn restored(handle: RoomHandle, house: &House, entry: Entry, room: Restorable) -> Task {
        let Restorable { saved, race } = room;
        let saved_at = saved.race.now;
        let mut task = Task::new(handle, house, entry);
        task.people = People::restored(saved.people, |racer| race.racer(racer).is_some());
        task.race = race;
        task.bots = saved.bots;
        task.chat = saved.chat;
        task.chat.reopen(clock::wall_clock());
        task.party = saved.party;
        task.sent_away = saved.sent_away;
        task.chosen = saved.chosen;
        task.traces = saved.traces;
        if let Some(results) = task.race.results() {
            task.updates.enter(results);
        }
        task.outlive_restart(saved_at);
        task
    }

    /// The race goes on where it was, and everybody has to come back.
    fn outlive_restart(&mut self, saved_at: Millis) {
        let now = self.now();
        self.returns_by = Some(now + RETURN);
        self.set_ticking(self.race.phase().is_heat());
        self.outlive_outage(saved_at, now + RETURN);
        // Time always passes.
        let _ = self.apply_at(now, Command::Advance);
        self.move_bots(saved_at);
        let guests: Vec<RacerId> =
            self.race.racers().filter(|racer| !racer.bot).map(|racer| racer.id).collect();
        for racer in guests {
            // Who was lost before has the whole grace as well: nobody could come back meanwhile.
            let _ = self.apply(Command::Rejoin { racer });
            let _ = self.apply(Command::Disconnect { racer });
        }
        self.emptied();
    }

    /// Bots went on while there was no server: step by step, since what comes in one claim is credited to
    /// the time of its last tap.
    fn move_bots(&mut self, saved_at: Millis) {
        let Some(go_at) = self.race.phase().go_at().filter(|_| self.race.phase().is_heat()) else { return };
        let until = (self.now() - go_at).min(self.race.longest_heat());
        let mut time = (saved_at - go_at).max(Millis::ZERO);
        while time < until {
            time = (time + BOTS_STEP).min(until);
            self.act_bots(time);
        }
    }
}

#[cfg(test)]
mod tests {
    use race::Phase;

    use super::*;

    /// Never changed: rooms like this one are on disks.
    const VERSION_1: &[u8] = include_bytes!("saved/version-1.json");

    #[test]
    fn a_room_that_an_earlier_program_has_saved_is_read() {
        let read = SavedRoom::read(1, VERSION_1, &Settings::default());
        let Restorable { saved, race } = read.expect("a room");
        assert!(matches!(race.phase(), Phase::Running { .. }));
        assert_eq!((race.racers().count(), race.heat().0), (2, 2));
        assert_eq!(saved.party.boards.all().count(), 1);
        assert!(saved.party.cup.is_some() && saved.chosen.is_some());
    }

    #[test]
    fn a_room_of_a_newer_program_is_refused() {
        let read = SavedRoom::read(SavedRoom::VERSION + 1, VERSION_1, &Settings::default());
        assert!(matches!(read.err(), Some(BadSaved::Newer)));
    }
}
