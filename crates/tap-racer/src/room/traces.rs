//! How the racers of a heat run: their traces, from the first claim to the last.

use race::{Command, Millis, Racer, RacerId, RacerMap, Refused, Trace};
use serde::{Deserialize, Serialize};

use super::task::Task;
use crate::records::TraceText;

/// The traces of the heat that is on. They are saved with the room: a run goes on through a restart.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Traces {
    runs: RacerMap<TraceText>,
    /// What has happened to everybody: how the trace of who is first heard now begins.
    to_all: TraceText,
}

impl Traces {
    /// Of how many guests a room keeps traces; of who races for an account always.
    const MOST: usize = 300;

    /// Of a heat whose beginning nobody has heard: they hold nothing.
    pub fn missed() -> Traces {
        Traces { runs: RacerMap::default(), to_all: TraceText(Trace::cut()) }
    }

    /// Of a racer, if it was kept.
    pub fn of(&self, racer: RacerId) -> Option<&Trace> {
        self.runs.get(&racer).map(|run| &run.0)
    }

    fn hear(&mut self, racer: RacerId, is_kept: bool, arrival: Millis, taps: u32, at: Option<Millis>) {
        if is_kept || self.runs.len() < Traces::MOST || self.runs.contains_key(&racer) {
            let run = self.runs.entry(racer).or_insert_with(|| self.to_all.clone());
            run.0.claim(arrival, taps, at);
        }
    }

    fn outage(&mut self, since: Millis, until: Millis) {
        for TraceText(run) in self.runs.values_mut().chain([&mut self.to_all]) {
            run.outage(since, until);
        }
    }
}

impl Task {
    /// Carries out the taps of a racer. They are traced before what follows is told: that may be the end
    /// of the heat.
    pub(super) fn take_taps(
        &mut self,
        racer: RacerId,
        command: Command,
        at: Option<Millis>,
    ) -> Result<(), Refused> {
        self.tally.claims += 1;
        let counts = |racer: &Racer| (racer.claimed, racer.taps, racer.refused);
        let (claimed, taps, refused) = self.race.racer(racer).map(counts).unwrap_or_default();
        let events = self.race.apply(self.house.clock.at(self.heard_at), command)?;
        if let (Some(state), Some(go_at)) = (self.race.racer(racer), self.race.phase().go_at())
            && state.claimed > claimed
        {
            self.tally.accepted += u64::from(state.taps.saturating_sub(taps));
            self.tally.refused += u64::from(state.refused.saturating_sub(refused));
            let is_kept = self.account_of(racer).is_some();
            self.traces.hear(racer, is_kept, self.race.now() - go_at, state.claimed, at);
        }
        self.saving.soon();
        self.follow(events);
        Ok(())
    }

    /// Nobody could be heard for a while.
    pub(super) fn outlive_outage(&mut self, since: Millis, until: Millis) {
        // Neither an outage nor time is ever refused.
        let _ = self.apply_at(since, Command::Outage { since, until });
        if let Some(go_at) = self.race.phase().go_at().filter(|_| self.race.phase().is_heat()) {
            self.traces.outage(since - go_at, until - go_at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_crowd_three_hundred_are_traced_and_who_races_for_an_account() {
        let mut traces = Traces::default();
        for taps in 1..4 {
            let arrival = Millis(i64::from(taps) * 50);
            (1..=400).for_each(|racer| traces.hear(RacerId(racer), racer == 400, arrival, taps, None));
        }
        assert_eq!(traces.runs.len(), Traces::MOST + 1);
        assert!(traces.runs.values().all(|run| run.0.steps().count() == 3));
    }

    #[test]
    fn traces_are_written_down_and_read_back() {
        let mut traces = Traces::default();
        traces.hear(RacerId(1), false, Millis(-50), 3, Some(Millis(-80)));
        traces.outage(Millis(0), Millis(500));
        traces.hear(RacerId(2), false, Millis(600), 2, None);
        let json = serde_json::to_string(&traces).expect("json");
        let read: Traces = serde_json::from_str(&json).expect("traces");
        assert!([1, 2].map(RacerId).into_iter().all(|racer| read.of(racer) == traces.of(racer)));
        assert_eq!(read.of(RacerId(2)).map(|trace| trace.steps().count()), Some(2), "the outage as well");
        for bad in ["", "!", "Ag", "AQI"] {
            assert!(serde_json::from_value::<TraceText>(bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn of_a_heat_that_was_not_heard_from_the_gun_on_nothing_is_replayed() {
        let mut traces = Traces::missed();
        traces.hear(RacerId(1), true, Millis(900), 3, None);
        assert!(traces.of(RacerId(1)).is_some_and(Trace::is_cut));
    }
}
