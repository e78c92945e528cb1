//! What is to be done at which time.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Alarms in the order in which they are due. There is one for each phone, and what was not looked at for a
/// while is cold: a heap takes half a microsecond to move one from its end to its place. So those of a
/// millisecond are only collected, and put in order when it has come.
pub(super) struct Alarms {
    began: Instant,
    /// Those of the span that has come, the next one last.
    soon: Vec<Entry>,
    /// All others, by the number of their span.
    later: BTreeMap<u64, Vec<Entry>>,
    /// The span that has come.
    span: u64,
}

/// Nanoseconds since the beginning, and the alarm.
type Entry = (u64, u64);

/// Of this many nanoseconds, as a power of two.
const SPAN: u32 = 20;

impl Alarms {
    /// None yet, and none before this time.
    pub fn new(began: Instant) -> Alarms {
        Alarms { began, soon: Vec::new(), later: BTreeMap::new(), span: 0 }
    }

    pub fn push(&mut self, at: Instant, alarm: u64) {
        let entry = (self.nanos(at), alarm);
        let span = entry.0 >> SPAN;
        if span > self.span {
            self.later.entry(span).or_default().push(entry);
        } else {
            let place = self.soon.partition_point(|other| *other > entry);
            self.soon.insert(place, entry);
        }
    }

    /// When the next one is due.
    pub fn next(&self) -> Option<Instant> {
        let first_later = || self.later.values().next()?.iter().min();
        let (nanos, _) = self.soon.last().or_else(first_later)?;
        Some(self.began + Duration::from_nanos(*nanos))
    }

    /// The first of those that are due by now.
    pub fn take_due(&mut self, now: Instant) -> Option<u64> {
        let now = self.nanos(now);
        while self.soon.is_empty() {
            let next = self.later.first_entry().filter(|next| *next.key() <= now >> SPAN)?;
            (self.span, self.soon) = next.remove_entry();
            self.soon.sort_unstable_by(|one, other| other.cmp(one));
        }
        let (_, alarm) = self.soon.pop_if(|(at, _)| *at <= now)?;
        Some(alarm)
    }

    fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_go_off_when_they_are_due_the_earliest_first() {
        let began = Instant::now();
        let after = |nanos| began + Duration::from_nanos(nanos);
        let mut alarms = Alarms::new(began);
        for (nanos, alarm) in [(2_000_000_001, 1), (5, u64::MAX), (2_000_000_000, 2), (5, 0)] {
            alarms.push(after(nanos), alarm);
        }
        assert_eq!((alarms.next(), alarms.take_due(after(4))), (Some(after(5)), None));
        assert_eq!(alarms.take_due(after(5)), Some(0));
        assert_eq!(alarms.take_due(after(1_999_999_999)), Some(u64::MAX));
        assert_eq!(alarms.take_due(after(1_999_999_999)), None);
        assert_eq!(alarms.next(), Some(after(2_000_000_000)));
        assert_eq!([(); 3].map(|()| alarms.take_due(after(3_000_000_000))), [Some(2), Some(1), None]);
        assert_eq!(alarms.next(), None);
    }

    #[test]
    fn alarms_that_are_set_while_others_go_off_take_their_place_among_them() {
        let began = Instant::now();
        let after = |micros| began + Duration::from_micros(micros);
        let mut alarms = Alarms::new(began);
        let set = [(5_100, 1), (5_000, 0), (5_300, 4), (9_000, 6)];
        set.into_iter().for_each(|(at, alarm)| alarms.push(after(at), alarm));
        assert_eq!((alarms.next(), alarms.take_due(after(5_000))), (Some(after(5_000)), Some(0)));
        assert_eq!(alarms.take_due(after(5_100)), Some(1));
        // In the span that has come, in one that has gone, and in one to come.
        [(5_200, 3), (3, 2), (8_000, 5)].into_iter().for_each(|(at, alarm)| alarms.push(after(at), alarm));
        let rest: Vec<u64> = std::iter::from_fn(|| alarms.take_due(after(10_000))).collect();
        assert_eq!(rest, [2, 3, 4, 5, 6]);
    }
}
