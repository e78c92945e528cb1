//! The open finish: whose taps may still come, and how long they are waited for.
//!
//! A phone may promise signs of life while a heat is on, and a last word at its end. The finish waits for
//! the last words of those that are there, and for a while for who was lost a moment ago: what was tapped
//! in a tunnel counts as well. It closes as soon as nobody is waited for.

use std::collections::HashMap;

use race::{Command, Heat, Millis, Phase, RacerId};

use super::task::Task;

/// The longest that a finish is open, and so for how long somebody who was lost is waited for.
const LONGEST_WAIT: Millis = Millis(5_000);
/// Who comes back without having promised a last word says within this time what was tapped meanwhile.
const SAYS_WITHIN: Millis = Millis(1_000);

/// A finish that is open.
pub(super) struct OpenFinish {
    /// When it closes whoever is missing.
    latest: Millis,
    /// Until when each of those is waited for who may still say something: some of the field.
    awaited: HashMap<RacerId, Millis>,
}

impl OpenFinish {
    /// Nothing more comes from this one.
    fn forget(&mut self, racer: RacerId) {
        self.awaited.remove(&racer);
    }

    /// One that is waited for is back.
    fn expect(&mut self, racer: RacerId, until: Millis) {
        let until = until.min(self.latest);
        self.awaited.entry(racer).and_modify(|awaited| *awaited = until);
    }
}

impl Task {
    /// Holds an open finish for as long as somebody is waited for, and no longer. Before that it is held
    /// for long enough: a room that was busy may hear of a finish that has been open for a while, and who
    /// is missing must be known before it closes.
    pub(super) fn settle_finish(&mut self) {
        let until = match self.race.phase() {
            Phase::Lobby | Phase::Finished { .. } => {
                self.give_up_missing();
                (self.finish, self.held_until) = (None, None);
                return;
            }
            Phase::Countdown { go_at } | Phase::Running { go_at } => {
                self.finish = None;
                go_at + self.race.longest_heat() + LONGEST_WAIT
            }
            Phase::Finishing { opened_at, .. } => {
                let finish = self.finish.take().unwrap_or_else(|| self.open_finish(opened_at));
                let until = if finish.awaited.is_empty() { opened_at } else { finish.latest };
                self.finish = Some(finish);
                until
            }
        };
        if self.held_until.replace(until) != Some(until) {
            // Refused is what is no heat any more.
            let _ = self.apply(Command::Hold { until });
        }
    }

    fn open_finish(&self, opened_at: Millis) -> OpenFinish {
        let (now, grace) = (self.now(), self.race.settings().grace);
        let returns_by = self.returns_by.unwrap_or(Millis::MIN);
        let latest = (opened_at + LONGEST_WAIT).max(returns_by);
        let may_tap = self.race.field().filter(|racer| {
            let has_said_all = racer.bot || racer.gone.is_some() || racer.finished_at.is_some();
            !has_said_all && !self.people.has_said_last(racer.id, self.race.heat())
        });
        let awaited = may_tap.filter_map(|racer| {
            let until = match racer.drops_at {
                Some(drops_at) => (drops_at - grace + LONGEST_WAIT).max(returns_by).min(latest),
                None if self.people.promise(racer.id).is_some() => latest,
                None => return None,
            };
            (until > now).then_some((racer.id, until))
        });
        OpenFinish { latest, awaited: awaited.collect() }
    }

    /// Gives up those who have been waited for long enough. Of one that was there all the time and has not
    /// said its last word, no promise is believed any more: it would delay every finish.
    pub(super) fn give_up_missing(&mut self) {
        let now = self.now();
        let Some(finish) = &mut self.finish else { return };
        let given_up: Vec<RacerId> =
            finish.awaited.extract_if(|_, until| *until <= now).map(|(racer, _)| racer).collect();
        for racer in given_up {
            let is_there = self.race.racer(racer).is_some_and(|racer| racer.connected);
            if let Some(phone) = self.people.phone_mut(racer).filter(|_| is_there) {
                phone.alive = None;
            }
        }
    }

    /// For how many phones the finish is open.
    pub(super) fn waiting_for(&self) -> Option<usize> {
        let is_open = matches!(self.race.phase(), Phase::Finishing { .. });
        self.finish.as_ref().filter(|_| is_open).map(|finish| finish.awaited.len())
    }

    /// A phone has no more taps for this heat.
    pub(super) fn hear_last(&mut self, racer: RacerId, heat: Heat) {
        if heat == self.race.heat() {
            self.people.say_last(racer, heat);
            self.forget_missing(racer);
        }
    }

    /// Nothing more comes from this one: its last word is said, or it has left.
    pub(super) fn forget_missing(&mut self, racer: RacerId) {
        if let Some(finish) = &mut self.finish {
            finish.forget(racer);
        }
    }

    /// Somebody who was lost is back, and is going to say what was tapped meanwhile.
    pub(super) fn expect_returned(&mut self, racer: RacerId) {
        let now = self.now();
        let says_last = self.people.promise(racer).is_some();
        if let Some(finish) = &mut self.finish {
            finish.expect(racer, if says_last { finish.latest } else { now + SAYS_WITHIN });
        }
    }

    /// Those who race, promised signs of life and gave none are shown as lost until they are heard again.
    pub(super) fn miss_silent(&mut self) {
        let races = |racer| self.race.racer(racer).is_some_and(|racer| racer.in_heat);
        for racer in self.people.fall_silent(self.heard_at, races) {
            // Refused is nobody who is seated.
            let _ = self.apply(Command::Disconnect { racer });
        }
    }
}
