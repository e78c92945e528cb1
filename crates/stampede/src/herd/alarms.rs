//! What is to be done at which time.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    time::{Duration, Instant},
};

/// Alarms in the order in which they are due. There is one for each phone, and most of them are cold when
/// they are looked at: an entry is a time and a number in sixteen bytes that are compared at once.
pub(super) struct Alarms {
    began: Instant,
    /// Nanoseconds since the beginning in the upper half, the alarm in the lower one.
    entries: BinaryHeap<Reverse<u128>>,
}

impl Alarms {
    /// None yet, and none before this time.
    pub fn new(began: Instant) -> Alarms {
        Alarms { began, entries: BinaryHeap::new() }
    }

    pub fn push(&mut self, at: Instant, alarm: u64) {
        self.entries.push(Reverse(self.nanos(at) << 64 | u128::from(alarm)));
    }

    /// When the next one is due.
    pub fn next(&self) -> Option<Instant> {
        let Reverse(entry) = self.entries.peek()?;
        Some(self.began + Duration::from_nanos((entry >> 64) as u64))
    }

    /// The first of those that are due by now.
    pub fn take_due(&mut self, now: Instant) -> Option<u64> {
        let now = self.nanos(now);
        let Reverse(entry) = self.entries.peek().filter(|Reverse(entry)| entry >> 64 <= now)?;
        let alarm = *entry as u64;
        self.entries.pop();
        Some(alarm)
    }

    fn nanos(&self, at: Instant) -> u128 {
        at.saturating_duration_since(self.began).as_nanos()
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
}
