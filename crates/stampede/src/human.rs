//! How people tap: a time to react, a pace of their own, intervals that scatter, fingers that tire. The same
//! seed makes the same taps.

use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// How fast somebody is, about.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Strength {
    /// 4 taps a second.
    Slow,
    /// 6 taps a second: one finger.
    Fair,
    /// 8.5 taps a second: two fingers.
    Fast,
}

impl Strength {
    /// A fourth is slow, a fourth is fast.
    pub fn of(number: usize) -> Strength {
        match number % 4 {
            0 => Strength::Slow,
            1 => Strength::Fast,
            _ => Strength::Fair,
        }
    }

    fn taps_per_second(self) -> f64 {
        match self {
            Strength::Slow => 4.0,
            Strength::Fair => 6.0,
            Strength::Fast => 8.5,
        }
    }
}

/// Somebody's fingers.
#[derive(Clone, Debug)]
pub struct Fingers {
    random: SmallRng,
    /// Between two taps, in seconds.
    interval: f64,
    /// By how much the interval grows in a hundred taps.
    tires: f64,
    /// Taps of this heat.
    made: u32,
}

impl Fingers {
    /// Those of the person with this number; `rate` makes everybody faster or slower.
    pub fn new(seed: u64, number: usize, rate: f64) -> Fingers {
        let mut random = SmallRng::seed_from_u64(seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let own = random.random_range(0.85..1.15);
        let interval = 1.0 / (Strength::of(number).taps_per_second() * rate * own);
        Fingers { random, interval, tires: 0.1, made: 0 }
    }

    /// Fingers that keep up this pace, for a load that is the same at any time; their intervals scatter like
    /// anybody's.
    pub fn tireless(seed: u64, number: usize, taps_per_second: f64) -> Fingers {
        Fingers { interval: 1.0 / taps_per_second, tires: 0.0, ..Fingers::new(seed, number, 1.0) }
    }

    /// From the gun to the first tap.
    pub fn reaction(&mut self) -> Duration {
        self.made = 0;
        Duration::from_secs_f64(0.15 + self.random.random_range(0.0..0.2_f64))
    }

    /// To the next tap.
    pub fn next(&mut self) -> Duration {
        self.made += 1;
        let tired = 1.0 + (f64::from(self.made) / 100.0).min(2.0) * self.tires;
        // The mean of three is scattered as people's taps are, more round the middle than at the ends.
        let scatter = (0..3).map(|_| self.random.random_range(0.6..1.4_f64)).sum::<f64>() / 3.0;
        Duration::from_secs_f64(self.interval * tired * scatter)
    }

    /// Somewhere in a span, for what happens now and then.
    pub fn somewhere(&mut self, span: Duration) -> Duration {
        span.mul_f64(self.random.random_range(0.0..1.0))
    }

    /// One of so many things.
    pub fn one_of(&mut self, things: usize) -> usize {
        self.random.random_range(0..things.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taps_in_ten_seconds(number: usize) -> u32 {
        let mut fingers = Fingers::new(7, number, 1.0);
        let mut at = fingers.reaction();
        let mut taps = 0;
        while at < Duration::from_secs(10) {
            taps += 1;
            at += fingers.next();
        }
        taps
    }

    #[test]
    fn people_tap_as_fast_as_they_are_strong() {
        for number in 0..40 {
            let expected = match Strength::of(number) {
                Strength::Slow => 30..48,
                Strength::Fair => 45..72,
                Strength::Fast => 62..100,
            };
            assert!(
                expected.contains(&taps_in_ten_seconds(number)),
                "{number}: {}",
                taps_in_ten_seconds(number)
            );
        }
    }

    #[test]
    fn tireless_fingers_keep_their_pace() {
        let mut fingers = Fingers::tireless(7, 3, 6.0);
        let minute: f64 = (0..360).map(|_| fingers.next().as_secs_f64()).sum();
        assert!((57.0..63.0).contains(&minute), "{minute}");
    }

    #[test]
    fn the_same_seed_makes_the_same_taps_and_another_person_other_ones() {
        let taps = |seed, number| {
            let mut fingers = Fingers::new(seed, number, 1.0);
            (0..20).map(|_| fingers.next()).collect::<Vec<_>>()
        };
        assert_eq!(taps(1, 2), taps(1, 2));
        assert_ne!(taps(1, 2), taps(1, 6));
        assert_ne!(taps(1, 2), taps(2, 2));
    }
}
