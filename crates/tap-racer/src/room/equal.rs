//! Equal chances: how long a racer's course is where the rules have a handicap.
//!
//! Five seconds of tapping in the lobby say how fast somebody is. Who taps faster in a race than they
//! said goes on from the faster pace, so that to hold back pays once at most.

use std::collections::VecDeque;

use race::{Command, Millis, Phase, Racer, RacerId, Refused, Results};
use serde::{Deserialize, Serialize};

use super::{NotNow, Ticket, news::Change, task::Task};
use crate::{
    tokens::Nonce,
    wire::{Calibrated, HandicapJson},
};

/// Taps in ten seconds of whom the rules' own course is meant for: 6.5 a second.
const PAR: u64 = 65;
/// The rules' own course.
const NO_HANDICAP: u32 = 1000;
/// Nobody's pace is known from less than this.
const SHORTEST_RUN: Millis = Millis(2000);

/// A pace, in thousandths of [`PAR`]: the handicap that goes with it. The engine keeps it in its bounds.
fn pace(taps: u32, time: Millis) -> u32 {
    let time = u64::try_from(time.0).unwrap_or(0).max(1);
    u32::try_from(u64::from(taps) * 10_000 * 1000 / PAR / time).unwrap_or(u32::MAX)
}

/// The fastest that guests have raced with a handicap, of the latest [`Paces::MOST`] of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Paces(VecDeque<(Nonce, u32)>);

impl Paces {
    const MOST: usize = 1000;

    fn of(&self, nonce: Nonce) -> Option<u32> {
        self.0.iter().find(|(other, _)| *other == nonce).map(|(_, pace)| *pace)
    }

    fn raced(&mut self, nonce: Nonce, pace: u32) {
        let fastest = self.of(nonce).map_or(pace, |known| known.max(pace));
        self.0.retain(|(other, _)| *other != nonce);
        if self.0.len() == Paces::MOST {
            self.0.pop_front();
        }
        self.0.push_back((nonce, fastest));
    }
}

/// Five seconds of tapping.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Calibration {
    taps: u32,
    time: Millis,
}

impl Calibration {
    /// As a phone says; none if it cannot be true.
    pub fn of(taps: u64, time: u64) -> Option<Calibration> {
        let is_possible = (1..=1000).contains(&taps) && (4000..=6000).contains(&time);
        let calibration =
            || Some(Calibration { taps: taps.try_into().ok()?, time: Millis(time.try_into().ok()?) });
        is_possible.then(calibration).flatten()
    }
}

impl Task {
    pub(super) fn calibrate(&mut self, ticket: Ticket, measured: Calibration) -> Result<Calibrated, NotNow> {
        let racer = self.race.racer(ticket.racer).filter(|_| self.people.is_current(ticket));
        let racer = racer.ok_or(Refused::NoSuchRacer)?;
        if racer.in_heat && self.race.phase().is_heat() {
            return Err(NotNow::Racing);
        }
        let raced = self.nonce(ticket.racer).and_then(|nonce| self.party.paces.of(nonce)).unwrap_or(0);
        let per_mille = pace(measured.taps, measured.time).max(raced);
        self.apply(Command::Handicap { racer: ticket.racer, per_mille })?;
        let handicap = self.race.racer(ticket.racer).ok_or(Refused::NoSuchRacer)?.handicap;
        let rate = u64::from(measured.taps) * 10_000 / u64::try_from(measured.time.0).unwrap_or(1).max(1);
        Ok(Calibrated { handicap, rate: u32::try_from(rate).unwrap_or(u32::MAX) })
    }

    /// Somebody has sat down: what is known of their pace holds.
    pub(super) fn recall_pace(&mut self, racer: RacerId, nonce: Nonce) {
        if let Some(per_mille) = self.party.paces.of(nonce) {
            // Refused is who has left in this very moment.
            let _ = self.apply(Command::Handicap { racer, per_mille });
        }
    }

    /// After a heat with a handicap: who was faster than they said.
    pub(super) fn learn_paces(&mut self, results: &Results) {
        let Phase::Finished { go_at, ended_at } = self.race.phase() else { return };
        if !self.race.rules().handicap {
            return;
        }
        for place in &results.places {
            let time = place.time.unwrap_or(ended_at - go_at);
            let Some(racer) = self.race.racer(place.racer) else { continue };
            let (pace, known) = (pace(place.taps, time), racer.handicap);
            if time < SHORTEST_RUN || pace <= known {
                continue;
            }
            if let Some(nonce) = self.nonce(place.racer) {
                self.party.paces.raced(nonce, pace);
            }
            // Refused is who has left in this very moment.
            let _ = self.apply(Command::Handicap { racer: place.racer, per_mille: pace });
        }
    }

    /// A racer's course has changed.
    pub(super) fn tell_course(&mut self, racer: RacerId) {
        self.tell_of(racer, Change::Changed);
        if let Some(racer) = self.race.racer(racer) {
            let course = HandicapJson { handicap: Some(racer.handicap), ..self.handicap_json(racer) };
            let id = racer.id;
            self.tell_phone(id, "handicap", &course);
        }
    }

    /// Other rules were chosen: those whose course is not the rules' own are told of it.
    pub(super) fn tell_courses(&mut self) {
        if self.next_rules().handicap {
            let special = self.race.racers().filter(|racer| racer.handicap != NO_HANDICAP);
            let special: Vec<RacerId> = special.map(|racer| racer.id).collect();
            special.into_iter().for_each(|racer| self.tell_course(racer));
        }
    }

    /// A racer's course, where it matters now or next.
    pub(super) fn handicap_json(&self, racer: &Racer) -> HandicapJson {
        let rules = self.next_rules();
        if !rules.handicap {
            return HandicapJson::default();
        }
        let is_on = racer.in_heat && self.race.phase().is_heat();
        let handicap = if is_on { racer.heat_handicap } else { racer.handicap };
        HandicapJson { handicap: Some(handicap), course: rules.course(handicap) }
    }

    fn nonce(&self, racer: RacerId) -> Option<Nonce> {
        self.people.get(racer)?.nonce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn par_is_no_handicap_and_half_of_it_is_half_the_course() {
        assert_eq!(pace(65, Millis(10_000)), 1000);
        assert_eq!(pace(16, Millis(5_000)), 492);
        assert_eq!(pace(u32::MAX, Millis(0)), u32::MAX);
    }

    #[test]
    fn a_calibration_takes_about_five_seconds_and_a_tap_at_least() {
        assert!(Calibration::of(1, 4000).is_some() && Calibration::of(1000, 6000).is_some());
        for (taps, time) in
            [(0, 5000), (30, 3999), (30, 6001), (1001, 5000), (u64::MAX, 5000), (30, u64::MAX)]
        {
            assert_eq!(Calibration::of(taps, time), None, "{taps} in {time} ms");
        }
    }

    #[test]
    fn the_fastest_pace_is_kept_of_the_latest_thousand() {
        let mut paces = Paces::default();
        let (ada, bo) = (Nonce::random(), Nonce::random());
        paces.raced(bo, 700);
        paces.raced(ada, 1200);
        paces.raced(ada, 900);
        assert_eq!((paces.of(ada), paces.of(bo)), (Some(1200), Some(700)));
        (1..Paces::MOST).for_each(|_| paces.raced(Nonce::random(), 1));
        assert_eq!((paces.of(ada), paces.of(bo)), (Some(1200), None));
    }
}
