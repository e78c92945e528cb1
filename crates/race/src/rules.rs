//! What a host may choose for a heat ([`Rules`]), and what the house decides ([`Settings`]).

use thiserror::Error;

use crate::time::Millis;

/// The rules of one heat. A rematch is a start with the rules of the heat before.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rules {
    /// What ends the heat, and who wins it.
    pub mode: Mode,
    /// From the start to the gun: 0 to 60 000 ms, by default 3000.
    pub countdown: Millis,
    /// What a tap before the gun costs.
    pub false_start: FalseStart,
    /// The human limit, 0 to 1000, by default 30; 0 is no limit. See [`Racer::refused`](crate::Racer::refused).
    pub max_taps_per_second: u32,
    /// What the phones make steps of.
    pub input: Input,
    /// Everybody has a course of their own length, by [`Racer::handicap`](crate::Racer::handicap).
    /// Sprints only.
    pub handicap: bool,
}

/// What a step is made of. To the engine they are all taps; only fingers are asked for a finger's
/// rhythm.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Input {
    /// Each tap is a step.
    #[default]
    Tap,
    /// The phone makes steps at its own pace while it is held, for who cannot tap fast.
    Hold,
    /// A tap on the beat is a step.
    Rhythm,
}

/// What ends a heat, and who wins it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Mode {
    /// First to `taps` taps (1 to 10 000).
    Sprint {
        /// How many taps make the course.
        taps: u32,
    },
    /// Most taps in `seconds` seconds (1 to 600).
    Timed {
        /// How long the heat lasts from the gun.
        seconds: u32,
    },
    /// Two teams on one rope: first to be `lead` taps (1 to 10 000) ahead. A tap of the smaller
    /// team pulls more, in the ratio of the sizes.
    Tug {
        /// By how many taps of the larger team the rope must have moved.
        lead: u32,
    },
}

/// What a tap before the gun costs. It never counts as a tap.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum FalseStart {
    /// Nothing more.
    #[default]
    Ignore,
    /// The racer is held: taps of the first second after the gun are refused.
    Penalty,
}

/// One side of the rope.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Team {
    /// Pulls towards -1000.
    Left,
    /// Pulls towards +1000.
    Right,
}

impl Team {
    /// The other side.
    pub fn other(self) -> Team {
        match self {
            Team::Left => Team::Right,
            Team::Right => Team::Left,
        }
    }
}

/// Why rules were not taken.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum BadRules {
    /// A sprint of no or too many taps.
    #[error("taps must be between 1 and 10000")]
    Taps,
    /// A timed heat of no or too many seconds.
    #[error("seconds must be between 1 and 600")]
    Seconds,
    /// A rope that is won at once or never.
    #[error("lead must be between 1 and 10000")]
    Lead,
    /// A gun in the past or too far away.
    #[error("countdown must be between 0 and 60000")]
    Countdown,
    /// A limit that no machine reaches.
    #[error("max_taps_per_second must be between 0 and 1000")]
    MaxTapsPerSecond,
    /// Courses of different lengths in a heat that has no course.
    #[error("handicap needs a sprint")]
    Handicap,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            mode: Mode::Sprint { taps: 100 },
            countdown: Millis(3000),
            false_start: FalseStart::Ignore,
            max_taps_per_second: 30,
            input: Input::Tap,
            handicap: false,
        }
    }
}

impl Rules {
    /// Checks every bound.
    ///
    /// # Errors
    /// The first bound that does not hold.
    pub fn validate(&self) -> Result<(), BadRules> {
        match self.mode {
            Mode::Sprint { taps } if !(1..=10_000).contains(&taps) => Err(BadRules::Taps),
            Mode::Timed { seconds } if !(1..=600).contains(&seconds) => Err(BadRules::Seconds),
            Mode::Tug { lead } if !(1..=10_000).contains(&lead) => Err(BadRules::Lead),
            _ if !(0..=60_000).contains(&self.countdown.0) => Err(BadRules::Countdown),
            _ if self.max_taps_per_second > 1000 => Err(BadRules::MaxTapsPerSecond),
            Mode::Timed { .. } | Mode::Tug { .. } if self.handicap => Err(BadRules::Handicap),
            _ => Ok(()),
        }
    }

    /// The course of a sprint, in taps, for a racer with this handicap: rounded up, and at least one tap.
    ///
    /// ```
    /// # use race::{Mode, Rules};
    /// let rules = Rules { mode: Mode::Sprint { taps: 25 }, handicap: true, ..Rules::default() };
    /// assert_eq!([0, 500, 1000, 2000].map(|handicap| rules.course(handicap)), [1, 13, 25, 50].map(Some));
    /// ```
    pub fn course(&self, handicap: u32) -> Option<u32> {
        match self.mode {
            Mode::Sprint { taps } if self.handicap => {
                let thousandths = u64::from(taps) * u64::from(handicap);
                Some(u32::try_from(thousandths.div_ceil(1000)).unwrap_or(u32::MAX).max(1))
            }
            Mode::Sprint { taps } => Some(taps),
            Mode::Timed { .. } | Mode::Tug { .. } => None,
        }
    }
}

/// What the house decides for all heats.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Settings {
    /// How much earlier than its arrival a tap may be credited, and so how long a finish stays
    /// provisional. By default 150 ms.
    pub compensation: Millis,
    /// Finishes closer than this to the first of their group share its place. By default 20 ms.
    pub dead_heat: Millis,
    /// How long the seat of a lost phone is kept. By default 30 000 ms.
    pub grace: Millis,
    /// When a sprint or tug ends with the standing as it is, from the gun. By default 180 000 ms.
    pub time_limit: Millis,
    /// How many racers may sit at once. By default 1000.
    pub seats: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            compensation: Millis(150),
            dead_heat: Millis(20),
            grace: Millis(30_000),
            time_limit: Millis(180_000),
            seats: 1000,
        }
    }
}

impl Settings {
    /// No span of a race is longer than a day.
    const LONGEST: i64 = 24 * 60 * 60 * 1000;
    /// Bounds the products of the tug's exact arithmetic.
    const MOST_SEATS: u32 = 1_000_000;

    /// The nearest settings that make sense: no span negative or longer than a day, at most a
    /// million seats. [`Race::new`](crate::Race::new) applies this.
    #[must_use]
    pub fn clamped(self) -> Settings {
        let span = |Millis(span)| Millis(span.clamp(0, Settings::LONGEST));
        Settings {
            compensation: span(self.compensation),
            dead_heat: span(self.dead_heat),
            grace: span(self.grace),
            time_limit: span(self.time_limit),
            seats: self.seats.min(Settings::MOST_SEATS),
        }
    }
}
