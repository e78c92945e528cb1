//! A heat that is over, to be recorded.

use std::time::Duration;

use metrics::counter;
use race::{Outcome, Place, RacerId, Results, Why};
use tokio::time::Instant;
use tracing::warn;
use uuid::Uuid;

use super::task::Task;
use crate::{
    clock,
    rate::TokenBucket,
    records::{HeatRecord, Recorded, RunRecord, TraceText},
    wire::{HeatRecordsJson, OwnRecordJson, RecordJson},
};

/// So many heats of a room are recorded at once, and then one each while: people take longer, and no script
/// may fill the disk, or push out what others have raced.
const AT_ONCE: u32 = 30;
const EVERY: Duration = Duration::from_secs(3);

/// How often a room's heats are recorded.
pub(super) struct Pace {
    bucket: TokenBucket,
    is_told: bool,
}

impl Pace {
    pub fn begin() -> Pace {
        Pace { bucket: TokenBucket::new(AT_ONCE, EVERY, Instant::now()), is_told: false }
    }

    /// Whether one more may be recorded now.
    fn allows(&mut self, room: &str) -> bool {
        let allows = self.bucket.take(Instant::now());
        if !allows {
            counter!("tap_racer_heats_dropped_total").increment(1);
            if !self.is_told {
                warn!(room, "a room ends heat after heat, faster than anybody races: not all are recorded");
            }
        }
        self.is_told = !allows;
        allows
    }
}

impl Task {
    /// Puts the heat down, to be saved with the room: a room on the disk whose heat is over and the record
    /// of that heat are there together, or neither is.
    pub(super) fn record_heat(&mut self, results: &Results) {
        self.house.metrics.heat(results.outcome);
        if results.outcome == Outcome::Cancelled {
            return;
        }
        let runs: Vec<RunRecord> =
            results.places.iter().filter_map(|place| self.run_record(results, place)).collect();
        let room = self.handle.id().code().to_owned();
        if runs.is_empty() || !self.record_pace.allows(&room) {
            return;
        }
        let heat = HeatRecord {
            id: Uuid::new_v4(),
            room,
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
            won: !results.winners.is_empty()
                && place.place == 1
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn heat_after_heat_is_recorded_at_the_pace_of_people_and_no_faster() {
        let mut pace = Pace::begin();
        let recorded = (0..100).filter(|_| pace.allows("K7QF")).count();
        assert_eq!(recorded, 30);
        tokio::time::advance(EVERY).await;
        assert_eq!([pace.allows("K7QF"), pace.allows("K7QF")], [true, false]);
    }
}
