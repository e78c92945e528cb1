//! A heat that is over, to be recorded.

use race::{Outcome, Place, RacerId, Results, Why};
use uuid::Uuid;

use super::task::Task;
use crate::{
    clock,
    records::{HeatRecord, Recorded, RunRecord, TraceText},
    wire::{HeatRecordsJson, OwnRecordJson, RecordJson},
};

impl Task {
    /// Puts the heat down, to be saved with the room: a room on the disk whose heat is over and the record
    /// of that heat are there together, or neither is.
    pub(super) fn record_heat(&mut self, results: &Results) {
        if results.outcome == Outcome::Cancelled {
            return;
        }
        let runs: Vec<RunRecord> =
            results.places.iter().filter_map(|place| self.run_record(results, place)).collect();
        if runs.is_empty() {
            return;
        }
        let heat = HeatRecord {
            id: Uuid::new_v4(),
            room: self.handle.id().code().to_owned(),
            heat: results.heat.0,
            rules: self.race.rules().clone(),
            settings: self.race.settings().clone(),
            finished_at: clock::wall_clock(),
            outcome: results.outcome,
            racers: u32::try_from(results.places.len()).unwrap_or(u32::MAX),
            runs,
        };
        self.saving.record(heat);
    }

    /// Whoever raced for an account hears what it was, and so do the screens.
    pub(super) fn tell_recorded(&mut self, recorded: Recorded) {
        if recorded.runs.is_empty() {
            return;
        }
        let racers = recorded.runs.iter().map(RecordJson::of).collect();
        self.tell_consoles("records", &HeatRecordsJson { heat: recorded.heat, racers });
        for run in &recorded.runs {
            let racer = RacerId(run.racer);
            // Another account may have taken the seat since.
            if self.account_of(racer).is_some_and(|account| account.id == run.account) {
                self.tell_phone(racer, "recorded", &OwnRecordJson::of(recorded.heat, run));
            }
        }
    }

    /// That of a person; bots have no device.
    fn run_record(&self, results: &Results, place: &Place) -> Option<RunRecord> {
        let person = self.people.get(place.racer)?;
        Some(RunRecord {
            racer: place.racer.0,
            account: self.account_of(place.racer).map(|account| account.id),
            guest: person.nonce?.head(),
            name: place.name.clone(),
            place: place.place,
            // Nobody wins alone, or by being sent away.
            won: results.winners.contains(&place.racer)
                && results.places.len() > 1
                && place.gone != Some(Why::Kicked),
            dead_heat: place.dead_heat,
            gone: place.gone,
            taps: place.taps,
            time: place.time.map(|time| time.0),
            margin: place.margin.map(|margin| margin.0),
            refused: place.refused,
            false_starts: place.false_starts,
            flagged: place.flagged,
            handicap: place.handicap,
            trace: self.traces.of(place.racer).cloned().map(TraceText),
        })
    }
}
