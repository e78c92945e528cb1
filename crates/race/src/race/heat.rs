//! The course of a heat: start, gun, taps, finish, and its one outcome.

use std::collections::HashSet;

use super::Race;
use crate::command::{Heat, Refused};
use crate::event::{Event, Outcome, Phase, Results, Why};
use crate::finish::Order;
use crate::racer::RacerId;
use crate::rules::{Mode, Rules};
use crate::tally::{Claim, Terms};
use crate::time::Millis;
use crate::tug;

impl Race {
    /// Announces the next heat, with everybody who is seated or with those chosen of them.
    pub(super) fn start(&mut self, rules: Option<Rules>, field: Option<Vec<RacerId>>) -> Result<(), Refused> {
        if self.phase.is_heat() {
            return Err(Refused::AlreadyRunning);
        }
        let rules = rules.unwrap_or_else(|| self.rules.clone());
        rules.validate()?;
        let chosen: Option<HashSet<RacerId>> = field.map(|field| field.into_iter().collect());
        let races = |racer: RacerId| chosen.as_ref().is_none_or(|chosen| chosen.contains(&racer));
        if !self.racers().any(|racer| races(racer.id)) {
            return Err(Refused::NoRacers);
        }
        self.rules = rules;
        self.heat = Heat(self.heat.0.saturating_add(1));
        self.clear(races);
        self.chosen_field = chosen.is_some();
        self.tug = match self.rules.mode {
            Mode::Tug { lead } => Some(tug::assign(lead, &mut self.roster)),
            Mode::Sprint { .. } | Mode::Timed { .. } => None,
        };
        self.enter(Phase::Countdown { go_at: self.now + self.rules.countdown });
        Ok(())
    }

    /// Calls the heat off.
    pub(super) fn cancel(&mut self) -> Result<(), Refused> {
        if !self.phase.is_heat() {
            return Err(Refused::NotRunning);
        }
        let results = self.standing_results(true, Some(Outcome::Cancelled));
        self.clear(|_| false);
        self.enter(Phase::Lobby);
        self.publish(results);
        Ok(())
    }

    pub(super) fn tap(&mut self, id: RacerId) -> Result<(), Refused> {
        let racer = self.roster.get(id).ok_or(Refused::NoSuchRacer)?;
        self.claim(id, self.heat, racer.claimed.saturating_add(1), None)
    }

    pub(super) fn claim(
        &mut self,
        id: RacerId,
        heat: Heat,
        taps: u32,
        at: Option<Millis>,
    ) -> Result<(), Refused> {
        let (end, earliest) = (self.last_credit(), self.earliest_credit());
        let racer = self.roster.get_mut(id).ok_or(Refused::NoSuchRacer)?;
        let Some(go_at) = self.phase.go_at().filter(|_| self.phase.is_heat()) else {
            return Ok(());
        };
        if heat != self.heat || !racer.in_heat {
            return Ok(());
        }
        let terms = Terms::new(&self.rules, racer, end);
        let claim = Claim { taps, at, arrival: self.now - go_at, earliest: earliest - go_at };
        let counted = terms.count(racer, &claim);
        let mut decided = counted.finished;
        if counted.taps > 0 {
            self.taps += u64::from(counted.taps);
            if !racer.changed {
                racer.changed = true;
                self.changes.push(racer.lane);
            }
            if let (Some(team), Some(tug)) = (racer.team, &mut self.tug) {
                decided |= tug.pull(team, counted.taps, counted.credited);
            }
        }
        if counted.false_start {
            self.pending.push(Event::FalseStart { racer: id, count: racer.false_starts });
        }
        if counted.flagged {
            self.pending.push(Event::Flagged { racer: id });
        }
        if decided && matches!(self.phase, Phase::Running { .. }) {
            self.open_finish(self.now);
        }
        Ok(())
    }

    /// When the phase ends by itself.
    pub(super) fn phase_ends_at(&self) -> Option<Millis> {
        match self.phase {
            Phase::Lobby | Phase::Finished { .. } => None,
            Phase::Countdown { go_at } => Some(go_at),
            Phase::Running { go_at } => Some(go_at + self.longest_heat()),
            Phase::Finishing { until, .. } => Some(until),
        }
    }

    /// Ends the phase, at the time when it was due.
    pub(super) fn next_phase(&mut self, due: Millis) {
        match self.phase {
            Phase::Lobby | Phase::Finished { .. } => {}
            Phase::Countdown { go_at } => self.enter(Phase::Running { go_at }),
            Phase::Running { .. } => self.open_finish(due),
            Phase::Finishing { .. } => self.close(due, None),
        }
    }

    /// Ends a heat that nobody races any more: one that was decided as it is, else as abandoned.
    pub(super) fn end_if_abandoned(&mut self, at: Millis) {
        if self.racing > 0 || !self.phase.is_heat() {
            return;
        }
        let is_decided = matches!(self.phase, Phase::Finishing { .. });
        self.close(at, (!is_decided).then_some(Outcome::Abandoned));
    }

    /// By what the racers of the heat are compared.
    pub(super) fn order(&self) -> Order<'_> {
        match &self.tug {
            Some(tug) => Order::Teams { leading: tug.leading() },
            None => Order::Racers {
                dead_heat: self.settings.dead_heat,
                shares: Some(&self.rules).filter(|rules| rules.handicap),
            },
        }
    }

    /// The longest that a heat of the current rules can last, in milliseconds from the gun.
    pub fn longest_heat(&self) -> Millis {
        match self.rules.mode {
            Mode::Timed { seconds } => Millis::from_secs(seconds),
            Mode::Sprint { .. } | Mode::Tug { .. } => self.settings.time_limit,
        }
    }

    /// The last moment since the gun in which a tap counts. What is made after a tug was won no
    /// longer pulls, but what was made before it may still arrive.
    fn last_credit(&self) -> Millis {
        let won_at = self.tug.as_ref().and_then(|tug| tug.won_at);
        won_at.map_or(self.longest_heat(), |won_at| won_at.min(self.longest_heat()))
    }

    fn open_finish(&mut self, opened_at: Millis) {
        let Some(go_at) = self.phase.go_at() else { return };
        let results = self.standing_results(false, None);
        self.enter(Phase::Finishing { go_at, opened_at, until: self.closes_at(opened_at) });
        self.publish(results);
    }

    fn close(&mut self, ended_at: Millis, called_off: Option<Outcome>) {
        let Some(go_at) = self.phase.go_at() else { return };
        let results = self.standing_results(true, called_off);
        self.enter(Phase::Finished { go_at, ended_at });
        self.publish(results);
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.pending.push(Event::Phase { phase });
    }

    fn publish(&mut self, results: Results) {
        self.pending.push(Event::Results(results.clone()));
        self.results = Some(results);
    }

    fn standing_results(&self, is_final: bool, called_off: Option<Outcome>) -> Results {
        self.order().results(self.field(), self.heat, is_final, called_off)
    }

    /// Forgets the last heat: its counts, its lanes that were kept, and, but for who goes on from
    /// tug to tug, its teams.
    fn clear(&mut self, races: impl Fn(RacerId) -> bool) {
        self.roster.sweep();
        self.racing = 0;
        for racer in self.roster.iter_mut() {
            racer.reset(races(racer.id));
            if !racer.in_heat || !matches!(self.rules.mode, Mode::Tug { .. }) {
                racer.team = None;
            }
            self.racing += u32::from(racer.in_heat);
        }
        self.chosen_field = false;
        self.held_until = None;
        self.outage = None;
        self.tug = None;
        self.changes.clear();
        self.taps = 0;
    }

    pub(super) fn drop_racer(&mut self, drops_at: Millis, id: RacerId) {
        // Whatever the roster says, what was due is no longer due.
        self.graces.remove(&(drops_at, id));
        let _ = self.leave(id, Why::Timeout, drops_at);
    }
}
