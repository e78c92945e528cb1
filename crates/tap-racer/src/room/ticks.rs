//! What happens while a heat is on, twenty times a second.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use race::{Command, Millis, RacerId};
use tokio::time::Instant;

use super::task::Task;
use crate::wire::{LaneTaps, Tick};

/// Between two looks at a heat that is on.
const TICK: Duration = Duration::from_millis(50);
/// Every so many ticks the screens get all lanes, unless they are too many, which mends whatever a lagging one
/// missed.
const TICKS_TO_ALL_LANES: u32 = 20;
/// Every so many ticks it is looked who has fallen silent.
const TICKS_TO_SILENCE: u32 = 10;
/// How many racers are reported at once for taps that were refused, or for their rhythm in a crowd.
const FLAGS_AT_ONCE: usize = 50;

/// When the tick after one is due that was due, began and ended then: no later for its being late, those that
/// were missed are not made up, and so late that ticks take half of a room's time at most.
fn next_tick(due: Instant, began: Instant, ended: Instant) -> Instant {
    (due + TICK).max(ended + (ended - began))
}

impl Task {
    /// A heat has begun or is over.
    pub(super) fn set_ticking(&mut self, ticking: bool) {
        self.ticks = 0;
        self.tick_at = ticking.then(|| self.tick_at.unwrap_or_else(|| Instant::now() + self.first_tick()));
    }

    /// Rooms whose heats begin together do not tick together.
    fn first_tick(&self) -> Duration {
        let mut hasher = DefaultHasher::new();
        self.handle.id().hash(&mut hasher);
        TICK + TICK * (hasher.finish() % 50) as u32 / 50
    }

    pub(super) fn tick_if_due(&mut self, now: Instant) {
        if let Some(due) = self.tick_at.filter(|due| *due <= now) {
            self.look();
            self.tick_at = self.tick_at.map(|_| next_tick(due, now, Instant::now()));
            self.tally.flush(&self.house.metrics);
            self.house.metrics.tick_late.record(now - due);
            self.house.metrics.tick.record(now.elapsed());
        }
    }

    fn look(&mut self) {
        let Some(go_at) = self.race.phase().go_at() else { return };
        let since_gun = self.now() - go_at;
        self.act_bots(since_gun);
        self.give_up_missing();
        self.ticks += 1;
        if self.ticks.is_multiple_of(TICKS_TO_SILENCE) {
            self.miss_silent();
        }
        let all = self.ticks.is_multiple_of(TICKS_TO_ALL_LANES);
        self.tell_positions(all && since_gun >= Millis::ZERO);
        if all {
            self.flag_refused();
        }
        self.tell_some_phones();
    }

    /// Lets the bots tap up to this time since the gun.
    pub(super) fn act_bots(&mut self, time: Millis) {
        for claim in self.bots.act(time) {
            let heat = self.race.heat();
            let (racer, taps, at) = (claim.racer, claim.taps, Some(claim.at));
            // A bot that was kicked is no longer among the bots.
            let _ = self.apply(Command::Claim { racer, heat, taps, at });
        }
    }

    /// Tells the screens which lanes have moved, or where all of them are; of a crowd its leaders.
    pub(super) fn tell_positions(&mut self, all: bool) {
        let tick = if self.is_crowd() { self.tick_of_crowd(all) } else { self.tick_of_few(all) };
        if let Some(tick) = tick {
            self.console.broadcast_conflated(&self.house.endpoint, "tick", &tick);
        }
    }

    fn tick_of_few(&mut self, all: bool) -> Option<Tick> {
        let changes = self.race.take_changes();
        let lanes: Vec<_> = if all {
            self.race.field().map(|racer| (racer.lane.0, racer.taps)).collect()
        } else {
            changes.into_iter().map(|(lane, taps)| (lane.0, taps)).collect()
        };
        (!lanes.is_empty()).then(|| self.tick(lanes))
    }

    pub(super) fn tick(&self, lanes: Vec<LaneTaps>) -> Tick {
        let go_at = self.race.phase().go_at().unwrap_or_default();
        let rope = self.race.rope().map(|rope| rope.position);
        let t = (self.now() - go_at).0;
        Tick { heat: self.race.heat().0, t, lanes, rope, field: None, total: None, pack: None, sides: None }
    }

    fn flag_refused(&mut self) {
        let is_news = |racer: &&race::Racer| {
            let (refused, rhythm) = self.flagged.get(&racer.id).copied().unwrap_or_default();
            racer.refused > refused || racer.flagged != rhythm
        };
        // In turn: who is refused all the time must not hide the others.
        let up_to = self.crowd.flagged_up_to;
        let behind = self.race.field().filter(|racer| Some(racer.lane) > up_to);
        let before = self.race.field().filter(|racer| Some(racer.lane) <= up_to);
        let news: Vec<_> = behind
            .chain(before)
            .filter(is_news)
            .take(FLAGS_AT_ONCE)
            .map(|racer| (racer.id, racer.lane, racer.refused, racer.flagged))
            .collect();
        for (racer, lane, refused, rhythm) in news {
            self.crowd.flagged_up_to = Some(lane);
            self.flag(racer, refused, rhythm);
        }
    }

    pub(super) fn flag(&mut self, racer: RacerId, refused: u32, rhythm: bool) {
        self.flagged.insert(racer, (refused, rhythm));
        self.tell_consoles(
            "flag",
            &serde_json::json!({ "id": racer.0, "refused": refused, "rhythm": rhythm }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_late_tick_delays_no_other_and_a_long_one_leaves_as_much_time_for_what_waits() {
        let due = Instant::now();
        let next = |late: u64, took: u64| {
            let began = due + Duration::from_millis(late);
            (next_tick(due, began, began + Duration::from_millis(took)) - due).as_millis()
        };
        assert_eq!([next(0, 1), next(30, 5), next(0, 25)], [50, 50, 50]);
        assert_eq!([next(80, 5), next(0, 60)], [90, 120]);
    }
}
