//! One racer's part of a heat's journal: so small that it is kept with the result, and all that is needed
//! to see that result come about again.
//!
//! A trace holds every claim that raised the count of its racer, as it arrived, and the outages between
//! them. [`Trace::replay`] runs them through a [`Race`] of one racer: there is no second implementation of
//! what counts.

mod bytes;

use thiserror::Error;

use crate::command::{Command, Heat, Refused};
use crate::race::Race;
use crate::racer::RacerId;
use crate::rules::{Mode, Rules, Settings};
use crate::time::Millis;

pub use bytes::BadTrace;

/// What one racer did in one heat. All times are since the gun.
///
/// As bytes (each number a varint, the first byte says whether it is whole) it needs two to four for each
/// claim: some 300 for a sprint of a hundred taps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    bytes: Vec<u8>,
    /// When the last claim arrived.
    last: Millis,
    /// What it claimed.
    taps: u32,
}

/// One step of a trace.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum TraceStep {
    /// [`Command::Claim`]
    Claim {
        /// When it arrived.
        arrival: Millis,
        /// All taps so far.
        taps: u32,
        /// When the last of them was made, as far as it said so.
        at: Option<Millis>,
    },
    /// [`Command::Outage`]
    Outage {
        /// When somebody was last heard.
        since: Millis,
        /// Up to when a claim may be of that span.
        until: Millis,
    },
}

/// How a trace comes out: the numbers of a [`Place`](crate::Place).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Taps that counted.
    pub taps: u32,
    /// Since the gun, for a sprint that was finished.
    pub time: Option<Millis>,
    /// Taps that came faster than the human limit, or while held after a false start.
    pub refused: u32,
    /// Taps before the gun.
    pub false_starts: u32,
    /// Tapped with a machine's steady rhythm.
    pub flagged: bool,
    /// How many taps had counted when: after each claim of which anything did. Neither ever falls.
    pub points: Vec<(Millis, u32)>,
}

/// Why a trace cannot be replayed.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum NoReplay {
    /// There was more than [`Trace::MOST`].
    #[error("the trace was cut")]
    Cut,
    /// What counts on a rope depends on all who pull.
    #[error("a tug is not one racer's")]
    Tug,
    /// No heat is run by these rules.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Default for Trace {
    fn default() -> Trace {
        Trace { bytes: vec![bytes::WHOLE], last: bytes::EARLIEST, taps: 0 }
    }
}

impl Trace {
    /// The most bytes of a trace: ten minutes of ten claims a second. One that has more is cut: it holds
    /// nothing from then on.
    pub const MOST: usize = 24 * 1024;

    /// That of a heat that was not heard from its beginning on: it is never replayed.
    pub fn cut() -> Trace {
        Trace { bytes: vec![bytes::CUT], ..Trace::default() }
    }

    /// A claim arrived and raised the racer's count to `taps`. One that raises nothing is passed over, as
    /// by the race; one that is earlier than the last has come with it.
    pub fn claim(&mut self, arrival: Millis, taps: u32, at: Option<Millis>) {
        if taps > self.taps && !self.is_cut() {
            let arrival = arrival.max(self.last);
            bytes::put_claim(&mut self.bytes, self.last, arrival, taps - self.taps, at);
            (self.last, self.taps) = (arrival, taps);
            self.bound();
        }
    }

    /// Nobody could be heard since `since`, as in [`Command::Outage`].
    pub fn outage(&mut self, since: Millis, until: Millis) {
        if !self.is_cut() {
            bytes::put_outage(&mut self.bytes, since, until);
            self.bound();
        }
    }

    /// Whether there was more than it holds.
    pub fn is_cut(&self) -> bool {
        self.bytes[..] == [bytes::CUT]
    }

    /// Its steps, in order; none of one that was cut.
    pub fn steps(&self) -> impl Iterator<Item = TraceStep> {
        bytes::Steps::of(&self.bytes).flatten()
    }

    /// To be kept.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// From [`as_bytes`](Trace::as_bytes).
    ///
    /// # Errors
    /// When these are no trace's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Trace, BadTrace> {
        bytes::check(bytes)?;
        let mut trace = Trace { bytes: bytes.to_vec(), ..Trace::default() };
        for step in bytes::Steps::of(bytes) {
            if let TraceStep::Claim { arrival, taps, .. } = step? {
                (trace.last, trace.taps) = (arrival, taps);
            }
        }
        Ok(trace)
    }

    /// What comes out of it, by the rules of its heat, the settings that held, and the
    /// [handicap](crate::Place::handicap) that it was raced with.
    ///
    /// These are the numbers of the racer's place in the final results, however that heat ended: by
    /// somebody else's finish, by time, held open, called off, or left by the racer. They can only differ for
    /// a bot, which is never flagged, and where the settings changed in mid-heat.
    ///
    /// # Errors
    /// When there is nothing to be replayed: a trace that was cut, a tug.
    pub fn replay(&self, rules: &Rules, settings: &Settings, handicap: Option<u32>) -> Result<Run, NoReplay> {
        if self.is_cut() {
            return Err(NoReplay::Cut);
        }
        if let Mode::Tug { .. } = rules.mode {
            return Err(NoReplay::Tug);
        }
        let mut race = Race::new(Settings { seats: 1, ..settings.clone() });
        // The gun fires at zero, so that times since the gun are times.
        let start = Millis::ZERO - rules.countdown;
        race.apply(start, Command::Join { name: "Racer".into(), bot: false })?;
        // The first who joins.
        let racer = RacerId(1);
        if let Some(per_mille) = handicap {
            race.apply(start, Command::Handicap { racer, per_mille })?;
        }
        race.apply(start, Command::Start { rules: Some(rules.clone()), field: None })?;
        race.apply(start, HOLD)?;
        let mut points = Vec::new();
        for step in self.steps() {
            match step {
                TraceStep::Claim { arrival, taps, at } => {
                    let claim = Command::Claim { racer, heat: Heat(1), taps, at };
                    race.apply(arrival, claim)?;
                    points.extend(race.racer(racer).and_then(|racer| {
                        let counted = points.last().is_none_or(|(_, taps)| racer.taps > *taps);
                        let at = racer.finished_at.or(racer.credited)?;
                        (counted && racer.taps > 0).then_some((at, racer.taps))
                    }));
                }
                TraceStep::Outage { since, until } => {
                    race.apply(race.now(), Command::Outage { since, until })?;
                    race.apply(race.now(), HOLD)?;
                }
            }
        }
        let racer = race.racer(racer).ok_or(Refused::NoSuchRacer)?;
        Ok(Run {
            taps: racer.taps,
            time: racer.finished_at,
            refused: racer.refused,
            false_starts: racer.false_starts,
            flagged: racer.flagged,
            points,
        })
    }

    fn bound(&mut self) {
        if self.bytes.len() > Trace::MOST {
            *self = Trace::cut();
        }
    }
}

/// The finish stays open: every claim of a trace was heard in time.
const HOLD: Command = Command::Hold { until: Millis(i64::MAX) };

impl Run {
    /// Its points, evenly thinned out to so many; the last one stays.
    pub fn outline(&self, most: usize) -> Vec<(Millis, u32)> {
        let each = self.points.len().div_ceil(most.max(1)).max(1);
        // Counted from the end, which is the one that matters.
        let mut outline: Vec<_> = self.points.iter().rev().step_by(each).copied().collect();
        outline.reverse();
        outline
    }
}
