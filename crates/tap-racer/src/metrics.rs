//! What an operator sees of the server in numbers: what happens is counted here, how things are is looked
//! at when somebody asks. No metric holds a name or a room's code: whoever reads them learns how much, and
//! never who.
//!
//! Handles of metrics are made once; nothing on the way of a tap looks one up. What happens for each tap is
//! counted in the room's own [`Tally`] first, since all rooms share the counters.

mod process;
mod recorder;
mod text;

use metrics::{
    Counter, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use race::Outcome;

use crate::db::DbError;

use process::Process;
pub use recorder::Recorder;
pub use text::Exposition;

/// What the rooms count.
pub struct Metrics {
    accepted: Counter,
    refused: Counter,
    claims: Counter,
    heats: [Counter; 5],
    /// How long a look at a heat that is on takes.
    pub tick: Histogram,
    /// By how much it began too late.
    pub tick_late: Histogram,
    /// How long a room writes down its state, while nothing else happens in it.
    pub snapshot: Histogram,
}

const OUTCOMES: [(Outcome, &str); 5] = [
    (Outcome::Won, "won"),
    (Outcome::DeadHeat, "dead_heat"),
    (Outcome::NoTaps, "no_taps"),
    (Outcome::Abandoned, "abandoned"),
    (Outcome::Cancelled, "cancelled"),
];

impl Metrics {
    /// Those of the recorder that is installed; without one, counting costs next to nothing.
    pub fn new() -> Metrics {
        describe();
        count_from_zero();
        Metrics {
            accepted: counter!("tap_racer_taps_total", "outcome" => "accepted"),
            refused: counter!("tap_racer_taps_total", "outcome" => "refused"),
            claims: counter!("tap_racer_claims_total"),
            heats: OUTCOMES.map(|(_, outcome)| counter!("tap_racer_heats_total", "outcome" => outcome)),
            tick: histogram!("tap_racer_tick_seconds"),
            tick_late: histogram!("tap_racer_tick_late_seconds"),
            snapshot: histogram!("tap_racer_snapshot_seconds"),
        }
    }

    /// A heat has its outcome.
    pub fn heat(&self, outcome: Outcome) {
        let index = OUTCOMES.iter().position(|(other, _)| *other == outcome);
        if let Some(counter) = index.and_then(|index| self.heats.get(index)) {
            counter.increment(1);
        }
    }
}

/// What came from a room's phones since it was last told to everybody.
#[derive(Debug, Default)]
pub struct Tally {
    /// How often a count came.
    pub claims: u64,
    /// Taps that counted.
    pub accepted: u64,
    /// Taps that were too many for a human.
    pub refused: u64,
}

impl Tally {
    /// Adds it to what all rooms have counted.
    pub fn flush(&mut self, metrics: &Metrics) {
        if self.claims > 0 {
            metrics.claims.increment(self.claims);
            metrics.accepted.increment(self.accepted);
            metrics.refused.increment(self.refused);
            *self = Tally::default();
        }
    }
}

/// What is counted where it happens, and seldom: that it is 0 is told before it is not.
fn count_from_zero() {
    let _ = [
        counter!("tap_racer_heats_recorded_total"),
        counter!("tap_racer_heats_dropped_total"),
        counter!("tap_racer_rooms_saved_total"),
        counter!("tap_racer_saves_failed_total"),
    ];
    let _ = [gauge!("tap_racer_heats_unrecorded"), gauge!("tap_racer_accounts_available")];
    let _ = DbError::KINDS.map(|kind| counter!("tap_racer_database_errors_total", "kind" => kind));
}

fn describe() {
    describe_counter!("tap_racer_taps_total", "Taps of guests, by whether they counted.");
    describe_counter!("tap_racer_claims_total", "Counts that phones have sent.");
    describe_counter!("tap_racer_heats_total", "Heats that are over, by how they came out.");
    describe_histogram!(
        "tap_racer_tick_seconds",
        Unit::Seconds,
        "How long one look at a heat that is on takes; there are twenty a second and room."
    );
    describe_histogram!(
        "tap_racer_tick_late_seconds",
        Unit::Seconds,
        "How much later than planned a look at a heat began."
    );
    describe_histogram!(
        "tap_racer_snapshot_seconds",
        Unit::Seconds,
        "How long a room is held up by handing over its state to be saved."
    );
    describe_histogram!(
        "tap_racer_loop_lag_seconds",
        Unit::Seconds,
        "How late a task runs that wants to run ten times a second."
    );
    describe_counter!("tap_racer_rooms_saved_total", "States of rooms that were written.");
    describe_counter!("tap_racer_saves_failed_total", "Tries to write states of rooms that failed.");
    describe_counter!("tap_racer_heats_recorded_total", "Heats that are in the database of accounts.");
    describe_counter!("tap_racer_heats_dropped_total", "Heats that will never be in it.");
    describe_gauge!("tap_racer_heats_unrecorded", "Heats that wait to be in it.");
    describe_counter!(
        "tap_racer_database_errors_total",
        "What the database of accounts did not do, by the kind of its failure."
    );
    describe_gauge!("tap_racer_accounts_available", "Whether the database of accounts can be used.");
}
