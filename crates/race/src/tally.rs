//! Counting: what a claim adds to a racer, and to what time it is credited.
//!
//! The human limit is a line, not a level: up to the moment `t` after the gun a racer may have
//! `burst + rate * t` taps. A bucket with a lid would take honest taps from a phone that was cut
//! off for some seconds and then delivers its whole count in one claim; without the lid the
//! average rate since the gun is bounded, which is all that decides a race. So nothing but the
//! racer's own count has to be remembered, and a claim costs the same however many taps it holds.

use crate::racer::Racer;
use crate::rules::{FalseStart, Input, Rules};
use crate::time::Millis;

/// How long a racer with a false start is held under [`FalseStart::Penalty`].
const HOLD: Millis = Millis(1000);
/// The head start of the human limit is a third of a second's worth, but at least this.
const LEAST_BURST: u32 = 10;

/// By what a claim is counted; times are since the gun.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// More do not count: the course of a sprint.
    target: Option<u32>,
    /// Later ones do not count.
    end: Millis,
    taps_per_second: u32,
    penalty: bool,
    /// A finger's rhythm is expected.
    fingers: bool,
}

/// A claim as it arrived; times are since the gun.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) taps: u32,
    pub(crate) at: Option<Millis>,
    pub(crate) arrival: Millis,
    /// The compensation: it is credited no earlier, whatever it says.
    pub(crate) earliest: Millis,
}

/// What a claim did.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counted {
    /// Taps that count.
    pub(crate) taps: u32,
    /// To what time they were credited.
    pub(crate) credited: Millis,
    pub(crate) false_start: bool,
    /// Completed the course of a sprint.
    pub(crate) finished: bool,
    /// Showed a machine's rhythm, for the first time in this heat.
    pub(crate) flagged: bool,
}

impl Terms {
    /// What holds for this racer in a heat that ends, as far as is known, at `end`.
    pub(crate) fn new(rules: &Rules, racer: &Racer, end: Millis) -> Terms {
        Terms {
            target: racer.course(rules),
            end,
            taps_per_second: rules.max_taps_per_second,
            penalty: rules.false_start == FalseStart::Penalty,
            fingers: rules.input == Input::Tap,
        }
    }

    /// Adds a claim to its racer.
    pub(crate) fn count(&self, racer: &mut Racer, claim: &Claim) -> Counted {
        if claim.taps <= racer.claimed {
            return Counted::default();
        }
        let increase = claim.taps - racer.claimed;
        racer.claimed = claim.taps;

        let at = claim.at.unwrap_or(claim.arrival);
        let previous = racer.credited;
        let credited = self.credit(claim, at).max(previous.unwrap_or(Millis::MIN));
        racer.credited = Some(credited);
        let nothing = Counted { credited, ..Counted::default() };

        if credited < Millis::ZERO {
            racer.false_starts += increase;
            return Counted { false_start: true, ..nothing };
        }
        if credited > self.end {
            racer.surplus += increase;
            return nothing;
        }
        let freed = self.freed(racer);
        if credited < freed {
            racer.refused += increase;
            return nothing;
        }

        let wanted = self.target.map_or(increase, |target| increase.min(target - racer.taps));
        racer.surplus += increase - wanted;
        let counted = wanted.min(self.limit(credited - freed).saturating_sub(racer.taps));
        racer.refused += wanted - counted;
        racer.taps += counted;
        if counted > 0 {
            racer.compensated = claim.arrival - credited;
        }

        let finished = counted > 0 && self.target == Some(racer.taps);
        if finished {
            // The course was done somewhere between the last claim and this one. If the target was
            // reached nothing of this claim was refused, so it was its tap number `counted`.
            let since = previous.unwrap_or(freed).max(freed);
            let share = i128::from((credited - since).0) * i128::from(counted) / i128::from(increase);
            let done = since + Millis(i64::try_from(share).unwrap_or(i64::MAX));
            // A claim far beyond the target must not prove an early finish: neither the
            // compensation nor the human limit can be undercut.
            let earliest = claim.earliest.max(freed + self.earliest(racer.taps));
            racer.finished_at = Some(done.max(earliest).min(credited));
        }
        Counted {
            taps: counted,
            finished,
            flagged: self.fingers
                && increase == 1
                && counted == 1
                && shows_machine(racer, previous, credited),
            ..nothing
        }
    }

    /// To what time a claim is credited, apart from the racer's earlier ones. What was made before
    /// the end is not beyond it for having been long on its way.
    fn credit(&self, claim: &Claim, at: Millis) -> Millis {
        let credited = at.max(claim.earliest).min(claim.arrival);
        if at <= self.end { credited.min(self.end) } else { credited }
    }

    /// From when on the taps of this racer count.
    fn freed(&self, racer: &Racer) -> Millis {
        if self.penalty && racer.false_starts > 0 { HOLD } else { Millis::ZERO }
    }

    fn burst(&self) -> u32 {
        (self.taps_per_second / 3).max(LEAST_BURST)
    }

    /// How many taps a human can have made in this span.
    fn limit(&self, span: Millis) -> u32 {
        if self.taps_per_second == 0 {
            return u32::MAX;
        }
        let sustained = i64::from(self.taps_per_second).saturating_mul(span.0) / 1000;
        u32::try_from(sustained).unwrap_or(u32::MAX).saturating_add(self.burst())
    }

    /// The shortest span in which a human can have made so many taps.
    fn earliest(&self, taps: u32) -> Millis {
        if self.taps_per_second == 0 {
            return Millis::ZERO;
        }
        let sustained = u64::from(taps.saturating_sub(self.burst()));
        let span = (sustained * 1000).div_ceil(u64::from(self.taps_per_second));
        Millis(i64::try_from(span).unwrap_or(i64::MAX))
    }
}

/// Hears a single tap; true the first time a racer is found to be a machine.
fn shows_machine(racer: &mut Racer, previous: Option<Millis>, credited: Millis) -> bool {
    let Some(previous) = previous.filter(|previous| *previous >= Millis::ZERO) else {
        return false;
    };
    if racer.bot || racer.flagged || !racer.rhythm.hears((credited - previous).0) {
        return false;
    }
    racer.flagged = true;
    true
}
