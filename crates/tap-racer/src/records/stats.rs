//! What an account has made of all its runs. Plain values: adding a run knows no database.

use race::{Millis, Mode};

use super::RulesKey;

/// A day, in Unix milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The day of a moment, UTC: days since 1970.
pub fn day(at: Millis) -> i64 {
    at.0.div_euclid(DAY)
}

/// A run, as it counts for its account.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// As the database counts them.
    pub id: i64,
    pub key: RulesKey,
    pub finished_at: Millis,
    pub place: i64,
    /// Of how many.
    pub racers: i64,
    pub won: bool,
    pub taps: i64,
    pub time: Option<i64>,
    /// Taps in a thousand seconds.
    pub rate: i64,
    /// May be somebody's best: neither a machine's nor of who was sent away.
    pub is_fair: bool,
    /// May stand on a board.
    pub is_ranked: bool,
}

/// Of all its runs.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stats {
    pub races: i64,
    pub wins: i64,
    pub podiums: i64,
    pub taps: i64,
    pub win_streak: i64,
    pub best_win_streak: i64,
    /// Days in a row, UTC, with a race.
    pub day_streak: i64,
    pub best_day_streak: i64,
    /// Of the latest race: days since 1970.
    pub last_day: i64,
    /// When the latest race was over. Its row tells; it is not stored twice.
    pub last_race: Option<Millis>,
}

/// Of those under one kind of rules.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RuleStats {
    pub races: i64,
    pub wins: i64,
    pub best_time: Option<i64>,
    pub best_taps: Option<i64>,
    pub best_rate: i64,
    pub best_run: Option<i64>,
}

/// What a run is to those before it.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Compared {
    /// To be told as a personal best.
    pub is_best: bool,
    /// The best before it: a time, or taps.
    pub previous: Option<i64>,
}

impl Run {
    /// By which it is compared, the less, the better: ms, or taps below zero. None of one that is no
    /// result.
    pub fn merit(&self) -> Option<i64> {
        match self.key.rules().mode {
            Mode::Sprint { .. } => self.time,
            Mode::Timed { .. } | Mode::Tug { .. } => (self.taps > 0).then_some(-self.taps),
        }
    }

    /// One of the first three, or of the winning team; not of fewer than two.
    fn is_podium(&self) -> bool {
        match self.key.rules().mode {
            Mode::Tug { .. } => self.won,
            Mode::Sprint { .. } | Mode::Timed { .. } => {
                self.place <= 3 && self.racers > 1 && self.taps > 0 && self.is_fair
            }
        }
    }
}

impl Stats {
    pub fn add(&mut self, run: &Run) {
        let day = day(run.finished_at);
        // What is from an earlier day than the latest race, since it was recorded late, prolongs nothing.
        if self.races == 0 || day > self.last_day {
            let goes_on = self.races > 0 && day == self.last_day + 1;
            self.day_streak = if goes_on { self.day_streak + 1 } else { 1 };
            self.best_day_streak = self.best_day_streak.max(self.day_streak);
            self.last_day = day;
        }
        self.races += 1;
        self.wins += i64::from(run.won);
        self.podiums += i64::from(run.is_podium());
        self.taps += run.taps;
        // Nor does it end anything, or win in a row with what came after it.
        if self.last_race.is_none_or(|last| last <= run.finished_at) {
            self.last_race = Some(run.finished_at);
            self.win_streak = if run.won { self.win_streak + 1 } else { 0 };
            self.best_win_streak = self.best_win_streak.max(self.win_streak);
        }
    }
}

impl RuleStats {
    pub fn add(&mut self, run: &Run) -> Compared {
        self.races += 1;
        self.wins += i64::from(run.won);
        if !run.is_fair {
            return Compared::default();
        }
        self.best_rate = self.best_rate.max(run.rate);
        let is_timed = matches!(run.key.rules().mode, Mode::Sprint { .. });
        let previous = if is_timed { self.best_time } else { self.best_taps };
        let before = if is_timed { previous } else { previous.map(|taps| -taps) };
        let Some(merit) = run.merit().filter(|merit| before.is_none_or(|before| *merit < before)) else {
            return Compared { is_best: false, previous };
        };
        match is_timed {
            true => self.best_time = Some(merit),
            false => self.best_taps = Some(-merit),
        }
        self.best_run = Some(run.id);
        // Who pulls long and loses has tapped more than ever, and was no better for it.
        let is_lost = matches!(run.key.rules().mode, Mode::Tug { .. }) && !run.won;
        Compared { is_best: !is_lost, previous }
    }
}

#[cfg(test)]
mod tests {
    use race::Rules;

    use super::*;

    fn run(key: &str) -> Run {
        Run {
            id: 1,
            key: key.parse().expect("a key"),
            finished_at: Millis(100 * DAY + 5),
            place: 2,
            racers: 3,
            won: false,
            taps: 100,
            time: None,
            rate: 7000,
            is_fair: true,
            is_ranked: true,
        }
    }

    fn stats(runs: &[Run]) -> Stats {
        let mut stats = Stats::default();
        runs.iter().for_each(|run| stats.add(run));
        stats
    }

    #[test]
    fn races_wins_podiums_and_taps_add_up() {
        let won = Run { won: true, place: 1, ..run("sprint-100") };
        let fourth = Run { place: 4, racers: 9, taps: 60, ..run("sprint-100") };
        let stats = stats(&[won.clone(), run("timed-10"), fourth, won.clone(), won]);
        assert_eq!((stats.races, stats.wins, stats.podiums, stats.taps), (5, 3, 4, 460));
        assert_eq!((stats.win_streak, stats.best_win_streak), (2, 2));
    }

    #[test]
    fn nobody_is_on_a_podium_alone_without_taps_or_by_losing_a_tug() {
        let alone = Run { place: 1, racers: 1, ..run("sprint-100") };
        let idle = Run { place: 1, taps: 0, ..run("timed-10") };
        let machine = Run { is_fair: false, ..run("timed-10") };
        let loser = Run { place: 2, ..run("tug-60") };
        let winner = Run { place: 1, won: true, ..run("tug-60") };
        assert_eq!(stats(&[alone, idle, machine, loser, winner]).podiums, 1);
    }

    #[test]
    fn days_in_a_row_are_counted_once_each_and_a_day_without_ends_them() {
        let on = |day: i64, time: i64| Run { finished_at: Millis(day * DAY + time), ..run("sprint-100") };
        let so_far = |days: &[(i64, i64)]| {
            let stats = stats(&days.iter().map(|(day, time)| on(*day, *time)).collect::<Vec<_>>());
            (stats.day_streak, stats.best_day_streak, stats.last_day)
        };
        assert_eq!(so_far(&[(100, 0)]), (1, 1, 100));
        assert_eq!(so_far(&[(100, 0), (100, DAY - 1), (101, 0), (102, 7)]), (3, 3, 102));
        assert_eq!(so_far(&[(100, 0), (101, 0), (103, 0)]), (1, 2, 103));
        // A heat that was recorded late, and the days before 1970.
        assert_eq!(so_far(&[(101, 0), (100, 0), (102, 0)]), (2, 2, 102));
        assert_eq!(so_far(&[(-1, 0), (0, 0)]), (2, 2, 0));
    }

    #[test]
    fn a_run_from_before_the_latest_race_neither_ends_a_streak_nor_prolongs_it() {
        let at = |time: i64, won: bool| Run { finished_at: Millis(time), won, ..run("sprint-100") };
        let won = [at(100, true), at(200, true), at(200, true)];
        for late in [at(199, false), at(50, true)] {
            let stats = stats(&[&won[..], std::slice::from_ref(&late)].concat());
            let wins = 3 + i64::from(late.won);
            assert_eq!((stats.races, stats.wins, stats.win_streak, stats.best_win_streak), (4, wins, 3, 3));
        }
        assert_eq!(stats(&[&won[..], &[at(201, false)]].concat()).win_streak, 0);
    }

    #[test]
    fn the_best_of_a_sprint_is_the_shortest_and_of_other_heats_the_most() {
        let mut sprint = RuleStats::default();
        let timed = |id, time, rate| Run { id, time, rate, ..run("sprint-100") };
        assert_eq!(sprint.add(&timed(1, None, 3000)), Compared::default());
        assert_eq!(sprint.add(&timed(2, Some(9000), 11_111)), Compared { is_best: true, previous: None });
        assert_eq!(
            sprint.add(&timed(3, Some(9000), 5000)),
            Compared { is_best: false, previous: Some(9000) }
        );
        assert_eq!(sprint.add(&timed(4, Some(8999), 5000)), Compared { is_best: true, previous: Some(9000) });
        let best = RuleStats {
            races: 4,
            best_time: Some(8999),
            best_rate: 11_111,
            best_run: Some(4),
            ..RuleStats::default()
        };
        assert_eq!(sprint, best);
        for key in ["timed-10", "tug-60"] {
            let mut stats = RuleStats::default();
            let tapped = |id, taps| Run { id, taps, won: id == 3, ..run(key) };
            assert_eq!(stats.add(&tapped(1, 0)), Compared::default());
            let is_best = key == "timed-10";
            assert_eq!(
                stats.add(&tapped(2, 80)),
                Compared { is_best, previous: None },
                "a tug that was lost"
            );
            assert_eq!(stats.add(&tapped(3, 81)), Compared { is_best: true, previous: Some(80) });
            assert_eq!(stats.add(&tapped(4, 81)), Compared { is_best: false, previous: Some(81) });
            assert_eq!((stats.best_taps, stats.best_time, stats.best_run), (Some(81), None, Some(3)));
            assert_eq!((stats.races, stats.wins), (4, 1));
        }
    }

    #[test]
    fn a_machine_has_races_and_no_bests() {
        let mut stats = RuleStats::default();
        let machine = Run { time: Some(1000), is_fair: false, ..run("sprint-100") };
        assert_eq!(stats.add(&machine), Compared::default());
        assert_eq!(stats, RuleStats { races: 1, ..RuleStats::default() });
        assert_eq!(RulesKey::of(&Rules::default()).to_string(), "sprint-100");
    }
}
