//! Traces of whoever races, taken down as a caller of the engine does it.

use std::collections::BTreeMap;

use race::{Command, Event, Millis, Phase, Race, RacerId, Refused, Trace};

/// The traces of the heat that is on.
#[derive(Default)]
pub struct Recorder {
    traces: BTreeMap<RacerId, Trace>,
    /// What has happened to everybody: how the trace of who is first heard now begins.
    to_all: Trace,
}

impl Recorder {
    /// Applies a command and takes down what it did.
    pub fn apply(&mut self, race: &mut Race, now: Millis, command: Command) -> Result<Vec<Event>, Refused> {
        let claimed = |race: &Race, racer| race.racer(racer).map_or(0, |racer| racer.claimed);
        let claim = match command {
            Command::Tap { racer } => Some((racer, claimed(race, racer), None)),
            Command::Claim { racer, at, .. } => Some((racer, claimed(race, racer), at)),
            _ => None,
        };
        let outage = match command {
            Command::Outage { since, until } => Some((since, until)),
            _ => None,
        };
        let events = race.apply(now, command)?;
        if events.iter().any(|event| matches!(event, Event::Phase { phase: Phase::Countdown { .. } })) {
            *self = Recorder::default();
        }
        let Some(go_at) = race.phase().go_at() else { return Ok(events) };
        if let Some((racer, before, at)) = claim
            && claimed(race, racer) > before
        {
            let trace = self.traces.entry(racer).or_insert_with(|| self.to_all.clone());
            trace.claim(race.now() - go_at, claimed(race, racer), at);
        }
        if let Some((since, until)) = outage
            && race.phase().is_heat()
        {
            for trace in self.traces.values_mut().chain([&mut self.to_all]) {
                trace.outage(since - go_at, until - go_at);
            }
        }
        Ok(events)
    }

    /// That of a racer, who may not have been heard.
    pub fn trace(&self, racer: RacerId) -> Trace {
        self.traces.get(&racer).unwrap_or(&self.to_all).clone()
    }
}
