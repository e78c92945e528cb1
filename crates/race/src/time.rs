//! Time as a value. The engine never asks for the time: it is told.

use std::fmt;
use std::ops::{Add, Sub};

/// A point in time (Unix milliseconds) or a span, in milliseconds.
///
/// Sums and differences saturate: no time that a caller may send can overflow.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Millis(pub i64);

impl Millis {
    /// No time at all; since the gun, the gun itself.
    pub const ZERO: Millis = Millis(0);
    /// Before everything.
    pub const MIN: Millis = Millis(i64::MIN);

    /// A span of whole seconds.
    pub const fn from_secs(seconds: u32) -> Millis {
        Millis(seconds as i64 * 1000)
    }
}

impl Add for Millis {
    type Output = Millis;
    fn add(self, other: Millis) -> Millis {
        Millis(self.0.saturating_add(other.0))
    }
}

impl Sub for Millis {
    type Output = Millis;
    fn sub(self, other: Millis) -> Millis {
        Millis(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Millis;

    #[test]
    fn sums_at_the_ends_of_time_saturate() {
        assert_eq!(Millis(i64::MAX) + Millis(1), Millis(i64::MAX));
        assert_eq!(Millis(i64::MIN) - Millis(1), Millis(i64::MIN));
    }
}
