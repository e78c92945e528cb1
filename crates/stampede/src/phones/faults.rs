//! What was not as it must be when guests have raced for a while.

use std::time::{Duration, Instant};

use super::{Counts, Phones};

/// Who wants in is in within this time.
const PATIENCE: Duration = Duration::from_secs(20);

impl Phones {
    /// What to tell of guests who have stayed for `length` up to now.
    pub fn faults(&self, length: Duration, now: Instant) -> Vec<String> {
        let is_late = |since: Instant| now.saturating_duration_since(since) > PATIENCE;
        let away = self.guests.iter().filter(|guest| guest.away_since.is_some_and(is_late)).count();
        let away = (away > 0).then(|| format!("{away} guests did not get in"));
        let heat_takes = self.party.heat_takes();
        let races = heat_takes.map(|takes| self.counts.faults_of_races(length, takes, now));
        away.into_iter().chain(self.counts.faults()).chain(races.into_iter().flatten()).collect()
    }
}

impl Counts {
    fn faults(&self) -> Vec<String> {
        let told = |count: u64, what: &str| (count > 0).then(|| format!("{count} {what}"));
        let all = [
            told(self.wrong, "counts were not what was tapped"),
            told(self.lost, "connections were lost"),
            told(self.closed, "channels were closed by the server"),
        ];
        all.into_iter().flatten().collect()
    }

    /// Heat after heat must have been raced, each of which takes so long at most.
    fn faults_of_races(&self, length: Duration, takes: Duration, now: Instant) -> Vec<String> {
        let least = (length.as_secs_f64() / takes.as_secs_f64()) as usize;
        let is_on = self.started_at.is_some_and(|at| now.saturating_duration_since(at) < takes);
        // The last one may still be on.
        let last = self.started.last().filter(|_| is_on);
        let open = self.started.difference(&self.heats).filter(|heat| Some(*heat) != last).count();
        let heats = self.heats.len();
        let all = [
            (heats < least).then(|| format!("{heats} heats were raced, {least} at least were expected")),
            (open > 0).then(|| format!("{open} heats were started and had no results")),
            (least > 0 && self.right == 0).then(|| "nobody was told a final count".to_owned()),
        ];
        all.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phones::Party;

    const HOUR: Duration = Duration::from_secs(3600);
    const TAKES: Duration = Duration::from_secs(30);

    fn raced(heats: u64) -> Counts {
        let all = 1..=heats;
        Counts { started: all.clone().collect(), heats: all.collect(), right: 10, ..Counts::default() }
    }

    #[test]
    fn races_that_come_out_one_after_the_other_are_sound() {
        let now = Instant::now();
        assert_eq!(raced(120).faults_of_races(HOUR, TAKES, now), Vec::<String>::new());
        let mut last_is_on = raced(120);
        last_is_on.started.insert(121);
        last_is_on.started_at = Some(now);
        assert_eq!(last_is_on.faults_of_races(HOUR, TAKES, now), Vec::<String>::new());
        assert_eq!(
            Counts::default().faults_of_races(Duration::from_secs(9), TAKES, now),
            Vec::<String>::new()
        );
    }

    #[test]
    fn races_that_never_began_or_never_ended_are_told() {
        let now = Instant::now();
        let told = |counts: &Counts, fault: &str| {
            let faults = counts.faults_of_races(HOUR, TAKES, now);
            assert!(faults.iter().any(|told| told.contains(fault)), "{faults:?}");
        };
        told(&Counts::default(), "0 heats were raced, 120 at least");
        told(&raced(119), "119 heats were raced");
        told(&Counts { right: 0, ..raced(120) }, "nobody was told");
        let mut hangs = raced(120);
        hangs.started.insert(121);
        hangs.started_at = now.checked_sub(TAKES);
        told(&hangs, "1 heats were started and had no results");
        let mut skipped = raced(125);
        skipped.heats.remove(&7);
        told(&skipped, "1 heats were started and had no results");
    }

    #[test]
    fn guests_who_wait_outside_are_told_and_so_are_lost_connections_and_crashes() {
        let now = Instant::now();
        let party = Party {
            room: None,
            players: 2,
            rate: 1.0,
            seed: 1,
            drops_every: None,
            leaves_every: None,
            chats_every: None,
            hosts: None,
            host_token: None,
        };
        let mut phones = Phones::new(party);
        phones.guests[0].away_since = Some(now);
        assert_eq!(phones.faults(HOUR, now), Vec::<String>::new());
        assert_eq!(phones.faults(HOUR, now + 2 * PATIENCE), ["1 guests did not get in"]);
        phones.counts = Counts { wrong: 1, lost: 2, closed: 3, ..Counts::default() };
        let faults = [
            "1 counts were not what was tapped",
            "2 connections were lost",
            "3 channels were closed by the server",
        ];
        assert_eq!(phones.faults(HOUR, now), faults);
    }
}
