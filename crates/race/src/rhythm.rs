//! Telling a machine by its steadiness.
//!
//! A finger's intervals spread by ten milliseconds and more; a script's by next to nothing. The
//! intervals between single taps are summed up over windows of [`WINDOW`], in integers, so that
//! the verdict is the same on every machine.

/// Intervals to a verdict.
const WINDOW: u32 = 32;
/// A longer interval is a pause, which says nothing about rhythm.
const LONGEST: i64 = 2000;

/// The intervals of the current window.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rhythm {
    /// How many intervals the window holds, fewer than a full window.
    pub intervals: u32,
    /// Their sum in ms.
    pub sum: u64,
    /// The sum of their squares in ms².
    pub squares: u64,
}

impl Rhythm {
    /// Takes the interval between two single taps; true when it completes a window that only a
    /// machine could have made.
    ///
    /// An interval of nothing means that taps were delivered in a clump and that their times are
    /// the network's, not the finger's: the window begins anew.
    pub(crate) fn hears(&mut self, interval: i64) -> bool {
        if interval <= 0 {
            *self = Rhythm::default();
            return false;
        }
        if interval > LONGEST {
            return false;
        }
        let interval = interval.unsigned_abs();
        self.intervals += 1;
        self.sum += interval;
        self.squares += interval * interval;
        if self.intervals < WINDOW {
            return false;
        }
        let steady = self.is_steady();
        *self = Rhythm::default();
        steady
    }

    /// Whether the standard deviation is below 2.5 ms or 2 % of the mean. Both sides of each
    /// comparison are multiplied by the square of the number of intervals.
    fn is_steady(&self) -> bool {
        let n = u64::from(self.intervals);
        let spread = n * self.squares - self.sum * self.sum;
        4 * spread < 25 * n * n || 2500 * spread < self.sum * self.sum
    }

    /// Whether these sums can have come from intervals.
    pub(crate) fn is_possible(&self) -> bool {
        let n = u64::from(self.intervals);
        let longest = LONGEST.unsigned_abs();
        self.intervals < WINDOW
            && self.sum <= n * longest
            && self.squares <= n * longest * longest
            && self.sum * self.sum <= n * self.squares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(intervals: impl IntoIterator<Item = i64>) -> bool {
        let mut rhythm = Rhythm::default();
        intervals.into_iter().any(|interval| rhythm.hears(interval))
    }

    #[test]
    fn a_metronome_is_a_machine() {
        assert!(verdict([80; 32]));
    }

    #[test]
    fn one_interval_less_than_a_window_is_no_verdict() {
        assert!(!verdict([80; 31]));
    }

    #[test]
    fn a_jitter_of_two_milliseconds_is_a_machine() {
        assert!(verdict((0..32).map(|i| 80 + if i % 2 == 0 { 2 } else { -2 })));
    }

    #[test]
    fn two_percent_of_a_slow_beat_is_a_machine() {
        assert!(verdict((0..32).map(|i| 500 + if i % 2 == 0 { 9 } else { -9 })));
        assert!(!verdict((0..32).map(|i| 500 + if i % 2 == 0 { 11 } else { -11 })));
    }

    #[test]
    fn a_finger_is_no_machine() {
        assert!(!verdict((0..320).map(|i| 100 + (i * 7919 % 31) - 15)));
    }

    #[test]
    fn a_clump_of_deliveries_is_no_rhythm() {
        assert!(!verdict([0; 320]));
        assert!(!verdict((0..640).map(|i| if i % 20 == 0 { 0 } else { 80 })));
    }

    #[test]
    fn a_pause_does_not_hide_a_machine() {
        assert!(verdict([80; 20].into_iter().chain([90_000]).chain([80; 12])));
    }
}
