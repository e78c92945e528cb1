//! What screens are told of a race of many: as much as they can show, whatever the number of racers.

use std::collections::HashSet;

use race::{Lane, Phase, Racer, RacerId};

use super::task::Task;
use crate::wire::{LaneTaps, PackJson, SidesJson, Tick};

/// More than these are a crowd.
pub(super) const MANY: usize = 50;
/// Longer lists of racers are told to nobody.
pub(super) const MOST_LISTED: usize = 1000;
/// As many lanes in one tick of a crowd.
const LANES: usize = 50;
/// Of whom so many are the leaders, who are told first.
const LEADERS: usize = 20;
/// In how many slices of the course the pack is told.
const SLICES: usize = 48;

/// How often a phone that taps on sends its count, in milliseconds: less often in a crowd, but never so late
/// that the finish would take time from an honest tap.
pub(super) fn report_every(racers: usize) -> u32 {
    u32::try_from(racers / 10).unwrap_or(u32::MAX).clamp(50, 150)
}

/// What the screens know of a crowd's heat.
#[derive(Default)]
pub(super) struct Crowd {
    /// By lane, the taps that were not told yet.
    moved: Vec<Option<u32>>,
    /// How many those are.
    waiting: usize,
    /// Where the next turn begins: behind the lane that was told last.
    turn: usize,
    /// Leaders whom every screen has heard of.
    introduced: HashSet<RacerId>,
    /// Somebody has to hear where the crowd is, though nobody moves.
    pub is_awaited: bool,
    /// The lane behind which the next are looked for whose taps were refused.
    pub flagged_up_to: Option<Lane>,
}

impl Crowd {
    /// Another heat begins, or none.
    pub fn begin(&mut self) {
        self.moved.clear();
        (self.waiting, self.turn, self.flagged_up_to) = (0, 0, None);
    }

    /// A screen joins that has heard of nobody.
    pub fn meet_anew(&mut self) {
        self.introduced.clear();
    }

    pub fn forget(&mut self, racer: RacerId) {
        self.introduced.remove(&racer);
    }

    fn move_lane(&mut self, lane: Lane, taps: u32) {
        let place = lane.0 as usize;
        if self.moved.len() <= place {
            self.moved.resize(place + 1, None);
        }
        self.waiting += usize::from(self.moved[place].replace(taps).is_none());
    }

    fn take(&mut self, lane: u32) -> Option<LaneTaps> {
        let taps = self.moved.get_mut(lane as usize)?.take()?;
        self.waiting -= 1;
        Some((lane, taps))
    }

    /// The lanes to tell now: the leaders that moved, then those whose turn it is.
    fn next_lanes(&mut self, leaders: &[u32]) -> Vec<LaneTaps> {
        let mut lanes: Vec<LaneTaps> = leaders.iter().filter_map(|lane| self.take(*lane)).collect();
        while lanes.len() < LANES && self.waiting > 0 {
            if self.turn >= self.moved.len() {
                self.turn = 0;
            }
            // Lanes are numbers of 32 bits.
            lanes.extend(self.take(self.turn as u32));
            self.turn += 1;
        }
        lanes
    }
}

impl Task {
    /// Whether more race, or raced last, than a screen can follow one by one.
    pub(super) fn is_crowd(&self) -> bool {
        self.race.field().nth(MANY).is_some()
    }

    /// Where the crowd is, for the screens; none before the gun, or if all know it. Now and then with `all`
    /// leaders, also those who have not moved: a screen that lags may have missed where they came to.
    pub(super) fn tick_of_crowd(&mut self, all: bool) -> Option<Tick> {
        for (lane, taps) in self.race.take_changes() {
            self.crowd.move_lane(lane, taps);
        }
        if matches!(self.race.phase(), Phase::Countdown { .. }) {
            return None;
        }
        let all = std::mem::take(&mut self.crowd.is_awaited) || all;
        if !all && self.crowd.waiting == 0 {
            return None;
        }
        let leaders = self.race.leaders(LEADERS).into_iter();
        let leaders: Vec<_> = leaders.map(|racer| (racer.id, racer.lane, racer.taps)).collect();
        for (racer, lane, taps) in &leaders {
            self.introduce(*racer);
            if all {
                self.crowd.move_lane(*lane, *taps);
            }
        }
        let leaders: Vec<u32> = leaders.into_iter().map(|(_, lane, _)| lane.0).collect();
        let lanes = self.crowd.next_lanes(&leaders);
        let pack = self.race.pack(SLICES);
        let sides = self.race.rope().map(|rope| SidesJson {
            left: (rope.left_size, rope.left_taps),
            right: (rope.right_size, rope.right_taps),
        });
        Some(Tick {
            field: Some(pack.counts.iter().sum()),
            total: Some(self.race.taps()),
            pack: Some(PackJson { to: pack.to, counts: pack.counts }),
            sides,
            ..self.tick(lanes)
        })
    }

    /// Tells every screen who a leader is before it is told where they are. Of who has left in mid-heat the
    /// screens hear that alone.
    fn introduce(&mut self, racer: RacerId) {
        if self.race.racer(racer).is_some() && self.crowd.introduced.insert(racer) {
            self.news.forget(racer);
            self.tell_racer("racer_changed", racer);
        }
    }

    /// Whom a screen is told of that joins: everybody by lane, of too many the leaders first.
    pub(super) fn listed(&self) -> Vec<&Racer> {
        let is_all = self.race.seated() <= MOST_LISTED;
        let leads = self.race.phase().is_heat() && !is_all;
        let leaders = self.race.leaders(if leads { LEADERS } else { 0 });
        let first: HashSet<RacerId> = leaders.iter().map(|racer| racer.id).collect();
        let others = self.race.racers().filter(|racer| !first.contains(&racer.id));
        // Who has left in mid-heat may lead, but does not sit here any more.
        let leaders = leaders.into_iter().filter(|racer| racer.gone.is_none());
        leaders.chain(others).take(MOST_LISTED).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_there_are_the_less_often_each_phone_reports() {
        let told: Vec<u32> = [0, 1, 500, 501, 510, 1000, 1500, 15_000].map(report_every).to_vec();
        assert_eq!(told, [50, 50, 50, 50, 51, 100, 150, 150]);
    }

    #[test]
    fn leaders_come_first_and_every_lane_comes_round_the_longest_untold_first() {
        let mut crowd = Crowd::default();
        let mut told = vec![0; 301];
        for round in 1..=10_u32 {
            (1..=300).for_each(|lane| crowd.move_lane(Lane(lane), round));
            let lanes = crowd.next_lanes(&[7, 9, 400]);
            assert_eq!(lanes.len(), LANES);
            assert_eq!(lanes[..2], [(7, round), (9, round)]);
            lanes.into_iter().for_each(|(lane, _)| told[lane as usize] += 1);
        }
        // Ten times fifty are two for the leaders each time, and one or two for each of the others.
        assert!(told[1..].iter().all(|times| *times >= 1), "{told:?}");
        while crowd.waiting > 0 {
            assert!(crowd.next_lanes(&[]).into_iter().all(|(_, taps)| taps == 10));
        }
        assert_eq!(crowd.next_lanes(&[7]), []);
    }

    #[test]
    fn of_a_lane_that_moved_twice_the_newest_is_told_once() {
        let mut crowd = Crowd::default();
        crowd.move_lane(Lane(3), 4);
        crowd.move_lane(Lane(3), 5);
        assert_eq!(crowd.next_lanes(&[]), [(3, 5)]);
        crowd.move_lane(Lane(3), 6);
        crowd.begin();
        assert_eq!(crowd.next_lanes(&[3]), []);
    }
}
