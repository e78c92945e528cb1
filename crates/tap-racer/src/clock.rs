//! The server's time. Races are told it; nothing else in the game asks the system.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use race::Millis;
use tokio::time::Instant;

/// Unix milliseconds that never run backwards: set from the wall clock once, then carried on by
/// the monotonic one, so that a correction of the system's time cannot shift a running race.
#[derive(Copy, Clone, Debug)]
pub struct Clock {
    unix: Millis,
    started: Instant,
}

impl Clock {
    /// Starts with the wall clock's time; or with `earliest`, when an earlier process had come that far
    /// and the wall clock was put back since: a race must not see its time stand still.
    pub fn start(earliest: Millis) -> Clock {
        Clock { unix: wall_clock().max(earliest), started: Instant::now() }
    }

    /// Now, in Unix milliseconds.
    pub fn now(&self) -> Millis {
        self.at(Instant::now())
    }

    /// What [`Clock::now`] is, or was, at that moment.
    pub fn at(&self, moment: Instant) -> Millis {
        let since_start = moment.saturating_duration_since(self.started).as_millis();
        self.unix + Millis(i64::try_from(since_start).unwrap_or(i64::MAX))
    }

    /// The moment at which [`Clock::now`] becomes `time`; the start for times before it.
    pub fn instant(&self, time: Millis) -> Instant {
        // Far beyond the life of a process: a sum with an Instant must not overflow.
        const FAREST: u64 = 1 << 40;
        let since_start = u64::try_from((time - self.unix).0).unwrap_or(0).min(FAREST);
        self.started + Duration::from_millis(since_start)
    }
}

/// What people's clocks show, for the time beside a chat message: unlike [`Clock`] it is right
/// again after the machine slept.
pub fn wall_clock() -> Millis {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_moment_slept_until_has_come() {
        let clock = Clock::start(Millis::MIN);
        let later = clock.now() + Millis(1234);
        tokio::time::sleep_until(clock.instant(later)).await;
        assert!(clock.now() >= later);
        assert!(clock.now() <= later + Millis(2));
    }

    #[tokio::test]
    async fn it_never_shows_less_than_an_earlier_process_did() {
        let ahead = wall_clock() + Millis(60_000);
        assert!(Clock::start(ahead).now() >= ahead);
        assert!(Clock::start(Millis(5)).now() >= wall_clock() - Millis(1000));
    }

    #[tokio::test]
    async fn no_time_is_too_far_away_or_too_long_ago() {
        let clock = Clock::start(Millis::MIN);
        assert!(clock.instant(Millis(i64::MAX)) > Instant::now());
        assert!(clock.instant(Millis(i64::MIN)) <= Instant::now());
    }
}
