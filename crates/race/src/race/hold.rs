//! Waiting for taps that were made but have not arrived: phones that reconnect, a server that was down.

use super::Race;
use crate::command::Refused;
use crate::event::Phase;
use crate::racer::RacerId;
use crate::time::Millis;

/// A span in which nobody could be heard; both ends are points in time.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outage {
    /// When somebody was last heard.
    pub since: Millis,
    /// Up to when a claim may be of that span.
    pub until: Millis,
}

impl Race {
    /// Moves the time before which this heat does not become final.
    pub(super) fn hold(&mut self, until: Millis) -> Result<(), Refused> {
        if !self.phase.is_heat() {
            return Err(Refused::NotRunning);
        }
        self.held_until = Some(until);
        if let Phase::Finishing { go_at, opened_at, .. } = self.phase {
            // A finish that was held until now was open until now.
            let until = self.closes_at(opened_at).max(self.now);
            self.phase = Phase::Finishing { go_at, opened_at, until };
        }
        Ok(())
    }

    /// Nobody was heard, and nobody could come back: the taps of the heat and the lost seats are
    /// waited for until `until`.
    pub(super) fn outage(&mut self, since: Millis, until: Millis) {
        let lost: Vec<_> = self.graces.range(..(until, RacerId(0))).copied().collect();
        for (drops_at, id) in lost {
            self.graces.remove(&(drops_at, id));
            self.graces.insert((until, id));
            if let Some(racer) = self.roster.get_mut(id) {
                racer.drops_at = Some(until);
            }
        }
        // Who has not been heard since the outage before may still have taps from before it.
        let since = match self.outage {
            Some(before) if since <= before.until => since.min(before.since),
            _ => since,
        };
        if self.hold(until).is_ok() {
            self.outage = Some(Outage { since, until });
        }
    }

    /// When a finish that opened at this time closes.
    pub(super) fn closes_at(&self, opened_at: Millis) -> Millis {
        let settled = opened_at + self.settings.compensation;
        self.held_until.map_or(settled, |held_until| held_until.max(settled))
    }

    /// The earliest time to which a claim that arrives now may be credited.
    pub(super) fn earliest_credit(&self) -> Millis {
        let heard = match self.outage {
            Some(outage) if self.now <= outage.until => outage.since.min(self.now),
            _ => self.now,
        };
        heard - self.settings.compensation
    }
}
