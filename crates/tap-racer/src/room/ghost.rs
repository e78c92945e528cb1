//! How racers ran: what a ghost is made of.

use std::collections::HashMap;

use race::{Lane, Place};
use serde::{Deserialize, Serialize};

use super::task::Task;
use crate::looks::Look;

/// The best run of a room under some rules, to be raced against.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ghost {
    pub name: String,
    #[serde(flatten)]
    pub look: Look,
    pub taps: u32,
    /// When it was done, in ms since the gun; none in a timed heat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    /// Taps by ms since the gun, at most [`Trace::MOST`].
    pub trace: Vec<(u32, u32)>,
}

/// The runs of the heat that is on, in a room of at most [`Traces::MOST`] racers.
#[derive(Debug, Default)]
pub(super) struct Traces {
    lanes: HashMap<Lane, Trace>,
    /// Seen from the gun on, and not from where the server was restarted.
    whole: bool,
}

/// One run so far.
#[derive(Debug, Default)]
struct Trace {
    points: Vec<(u32, u32)>,
    /// The least time between two points: it doubles when there are too many.
    every: u32,
}

impl Traces {
    const MOST: usize = 300;

    /// A heat is announced.
    pub fn begin() -> Traces {
        Traces { lanes: HashMap::new(), whole: true }
    }

    fn add(&mut self, lane: Lane, at: u32, taps: u32) {
        if self.lanes.len() < Traces::MOST || self.lanes.contains_key(&lane) {
            self.lanes.entry(lane).or_default().add(at, taps);
        }
    }

    /// The run that came out like this.
    pub fn ghost(&self, place: &Place, look: Look) -> Option<Ghost> {
        let mut trace = self.lanes.get(&place.lane).filter(|_| self.whole)?.points.clone();
        let time = place.time.and_then(|time| u32::try_from(time.0).ok());
        // Its last taps arrived after they were made.
        trace.retain(|(at, taps)| *taps < place.taps && time.is_none_or(|time| *at < time));
        trace.extend(time.map(|time| (time, place.taps)));
        let time = place.time.map(|time| time.0);
        Some(Ghost { name: place.name.clone(), look, taps: place.taps, time, trace })
    }
}

impl Trace {
    const MOST: usize = 400;

    fn add(&mut self, at: u32, taps: u32) {
        if self.points.last().is_some_and(|(last, _)| at < last.saturating_add(self.every)) {
            return;
        }
        // One place is for the end of the run.
        if self.points.len() + 1 >= Trace::MOST {
            let mut keep = false;
            self.points.retain(|_| {
                keep = !keep;
                keep
            });
            self.every = (self.every * 2).max(100);
        }
        self.points.push((at, taps));
    }
}

impl Task {
    /// Some lanes have moved.
    pub(super) fn trace(&mut self, changes: &[(Lane, u32)]) {
        let since_gun = self.race.phase().go_at().map(|go_at| self.now() - go_at);
        let Some(at) = since_gun.and_then(|at| u32::try_from(at.0).ok()) else { return };
        if changes.len() > Traces::MOST {
            // A crowd: some of its runs would have gaps.
            self.traces = Traces::default();
            return;
        }
        for (lane, taps) in changes {
            self.traces.add(*lane, at, *taps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_is_told_in_fewer_points() {
        let mut trace = Trace::default();
        (0..3600).for_each(|tick| trace.add(tick * 50, tick));
        assert!((150..Trace::MOST).contains(&trace.points.len()), "{}", trace.points.len());
        assert_eq!(trace.points[0], (0, 0));
        assert!(trace.points.last().is_some_and(|(at, _)| *at > 178_000));
        assert!(trace.points.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn no_more_than_three_hundred_are_traced() {
        let mut traces = Traces::begin();
        for at in 0..3 {
            (1..=400).for_each(|lane| traces.add(Lane(lane), at * 50, at));
        }
        assert_eq!(traces.lanes.len(), Traces::MOST);
        assert!(traces.lanes.values().all(|trace| trace.points.len() == 3));
    }
}
