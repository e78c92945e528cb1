//! What was aimed at, and whether it is met.

use crate::measure::Measured;

/// A row of the table of targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    pub row: &'static str,
    pub target: &'static str,
    /// What was measured, with its size.
    pub told: String,
    pub verdict: Verdict,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Met,
    /// Met as far as the machine was slower than the one on which the target was set.
    MetAtItsPace,
    Missed,
    /// Measured with fewer clients than are aimed at.
    OtherSize,
    NotMeasured,
}

/// How a target is judged.
struct Rule {
    row: &'static str,
    target: &'static str,
    server: &'static str,
    /// All that begin with it, where it ends in a blank.
    scenario: &'static str,
    size: Size,
    limits: &'static [Limit],
}

/// Which of the measurements of a scenario are meant.
#[derive(Copy, Clone)]
enum Size {
    /// All of them, with this many clients at least among them; the worst one counts.
    UpTo(usize),
    /// That with so many clients.
    Of(usize),
}

/// A number, and what it must not be above (or below). Some are held against the whole.
struct Limit {
    what: &'static str,
    of: fn(&Measured, &[Measured]) -> Option<f64>,
    bound: Bound,
    scales: Scales,
}

/// How a number depends on the machine.
#[derive(Copy, Clone, PartialEq)]
enum Scales {
    No,
    /// A slower machine takes longer for it, ...
    AsTime,
    /// ... or does less of it in a second.
    AsRate,
}

/// CPU-s per million of the floor, one frame to 10,000, on the machine on which the targets were set.
pub const FLOOR: f64 = 5.2;

/// How much slower this machine is, by the floor that was measured in the same run.
pub fn slowness(all: &[Measured]) -> Option<f64> {
    let is_floor = |row: &&Measured| row.server.is_none() && row.scenario == "floor";
    let of_a_crowd = |row: &&Measured| (5_000..=10_000).contains(&row.clients);
    let floor = all.iter().filter(is_floor).filter(of_a_crowd).max_by_key(|row| row.clients)?;
    Some((floor.cpu_per_million() / FLOOR).max(1.0))
}

#[derive(Copy, Clone)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

use Bound::{AtLeast, AtMost};

const fn limit(what: &'static str, of: fn(&Measured, &[Measured]) -> Option<f64>, bound: Bound) -> Limit {
    Limit { what, of, bound, scales: Scales::No }
}

const fn time(what: &'static str, most: f64) -> Limit {
    Limit { what, of: cost, bound: AtMost(most), scales: Scales::AsTime }
}

const fn at_least_a_second(least: f64) -> Limit {
    Limit { what: "a second", of: rate, bound: AtLeast(least), scales: Scales::AsRate }
}

fn kilobytes(row: &Measured, _: &[Measured]) -> Option<f64> {
    Some(row.rss_per_client? / 1024.0)
}

fn megabytes(row: &Measured, _: &[Measured]) -> Option<f64> {
    Some(row.rss as f64 / 1e6)
}

fn cost(row: &Measured, _: &[Measured]) -> Option<f64> {
    Some(row.cpu_per_million())
}

fn of_floor(row: &Measured, _: &[Measured]) -> Option<f64> {
    row.of_floor
}

fn rate(row: &Measured, _: &[Measured]) -> Option<f64> {
    Some(row.per_second())
}

fn seconds(row: &Measured, _: &[Measured]) -> Option<f64> {
    Some(row.seconds)
}

fn cores(row: &Measured, _: &[Measured]) -> Option<f64> {
    Some(row.cpu / row.seconds)
}

/// The same with nobody stalling, in the same run.
fn none_stalled<'all>(row: &Measured, all: &'all [Measured]) -> Option<&'all Measured> {
    let is_same = |other: &&Measured| {
        (&other.server, other.clients) == (&row.server, row.clients)
            && other.scenario.ends_with(", 0 stalled")
    };
    all.iter().find(is_same)
}

fn of_none_stalled(row: &Measured, all: &[Measured]) -> Option<f64> {
    Some(row.latency?.p99 / none_stalled(row, all)?.latency?.p99)
}

/// Megabytes that are held for each who reads nothing.
fn held(row: &Measured, all: &[Measured]) -> Option<f64> {
    let stalled: f64 = row.scenario.strip_prefix("slow, ")?.split_once(' ')?.0.parse().ok()?;
    Some((row.rss as f64 - none_stalled(row, all)?.rss as f64) / 1e6 / stalled)
}

const RULES: &[Rule] = &[
    Rule {
        row: "RSS of a joined client, reference application",
        target: "at most 2 KB",
        server: "reference",
        scenario: "idle",
        size: Size::UpTo(19_000),
        limits: &[limit("KB", kilobytes, AtMost(2.0))],
    },
    Rule {
        row: "RSS of a joined phone, the game",
        target: "at most 4 KB",
        server: "game",
        scenario: "idle",
        size: Size::UpTo(19_000),
        limits: &[limit("KB", kilobytes, AtMost(4.0))],
    },
    Rule {
        row: "idle server, reference application",
        target: "at most 15 MB",
        server: "reference",
        scenario: "idle",
        size: Size::Of(0),
        limits: &[limit("MB", megabytes, AtMost(15.0))],
    },
    Rule {
        row: "idle server, the game",
        target: "at most 25 MB",
        server: "game",
        scenario: "idle",
        size: Size::Of(0),
        limits: &[limit("MB", megabytes, AtMost(25.0))],
    },
    Rule {
        row: "fan-out of one frame to 10,000",
        target: "at most 1.15 × the floor",
        server: "reference",
        scenario: "fanout",
        size: Size::Of(10_000),
        limits: &[limit("× the floor", of_floor, AtMost(1.15))],
    },
    Rule {
        row: "4 frames together to 10,000",
        target: "at most 1.4 × the floor that writes them as one",
        server: "reference",
        scenario: "burst 4",
        size: Size::Of(10_000),
        limits: &[limit("× the floor", of_floor, AtMost(1.4))],
    },
    Rule {
        row: "16 frames together to 10,000",
        target: "at most 1.4 × the floor that writes them as one",
        server: "reference",
        scenario: "burst 16",
        size: Size::Of(10_000),
        limits: &[limit("× the floor", of_floor, AtMost(1.4))],
    },
    Rule {
        row: "taps, each broadcast to one console",
        target: "at most 7 CPU-s a million",
        server: "reference",
        scenario: "taps 50000/s",
        size: Size::UpTo(10_000),
        limits: &[time("CPU-s a million", 7.0)],
    },
    Rule {
        row: "120,000 taps a second",
        target: "at least 118,000 sustained, tap to console p99 under 250 ms",
        server: "reference",
        scenario: "taps 120000/s",
        size: Size::UpTo(1_000),
        limits: &[
            limit("a second", rate, AtLeast(118_000.0)),
            limit("ms to the console", |row, _| Some(row.latency?.p99), AtMost(250.0)),
        ],
    },
    Rule {
        row: "claims of phones that race, the game",
        target: "at most 6 CPU-s a million",
        server: "game",
        scenario: "race",
        size: Size::Of(15_000),
        limits: &[time("CPU-s a million", 6.0)],
    },
    Rule {
        row: "fan-out saturated, 1,000 subscribers",
        target: "400,000 deliveries a second at 2.0 CPU-s a million",
        server: "reference",
        scenario: "fanout saturated",
        size: Size::Of(1_000),
        limits: &[at_least_a_second(400_000.0), time("CPU-s a million", 2.0)],
    },
    Rule {
        row: "fan-out saturated, 5,000 subscribers",
        target: "350,000 deliveries a second at 2.5 CPU-s a million",
        server: "reference",
        scenario: "fanout saturated",
        size: Size::Of(5_000),
        limits: &[at_least_a_second(350_000.0), time("CPU-s a million", 2.5)],
    },
    Rule {
        row: "joins, with connection and upgrade",
        target: "at most 40 µs of CPU",
        server: "reference",
        scenario: "joins",
        size: Size::UpTo(19_000),
        limits: &[time("µs", 40.0)],
    },
    Rule {
        row: "joins of phones, the game",
        target: "at most 40 µs of CPU",
        server: "game",
        scenario: "joins",
        size: Size::UpTo(19_000),
        limits: &[time("µs", 40.0)],
    },
    Rule {
        row: "19,000 phones come back after a restart, the game",
        target: "within 5 s of listening, 256 at a time, none refused",
        server: "game",
        scenario: "return",
        size: Size::Of(19_000),
        limits: &[limit("s", seconds, AtMost(5.0))],
    },
    Rule {
        row: "15,000 phones in one race, one console",
        target: "every tap counted; tap to console p99 under 250 ms, by the sum; heartbeat p99 under 100 ms; under one core",
        server: "game",
        scenario: "race",
        size: Size::Of(15_000),
        limits: &[
            limit("ms to the console", |row, _| Some(row.latency?.p99), AtMost(250.0)),
            limit("ms heartbeat", |row, _| Some(row.heartbeats?.p99), AtMost(100.0)),
            limit("cores", cores, AtMost(1.0)),
        ],
    },
    Rule {
        row: "200 rooms of 50 phones race at once",
        target: "ticks late by less than 20 ms, p99",
        server: "game",
        scenario: "race in ",
        size: Size::Of(10_000),
        limits: &[limit("ms", |row, _| Some(row.ticks_late?.p99), AtMost(20.0))],
    },
    Rule {
        row: "one of 10,000 subscribers reads nothing",
        target: "p99 of the others within 10 % of none doing so",
        server: "reference",
        scenario: "slow, 1 stalled",
        size: Size::Of(10_000),
        limits: &[limit("× the p99 of none", of_none_stalled, AtMost(1.1))],
    },
    Rule {
        row: "100 of 10,000 read nothing",
        target: "p99 of the others within 10 % of none doing so; at most 4.2 MB held for each",
        server: "reference",
        scenario: "slow, 100 stalled",
        size: Size::Of(10_000),
        limits: &[
            limit("× the p99 of none", of_none_stalled, AtMost(1.1)),
            limit("MB held for each", held, AtMost(4.2)),
        ],
    },
];

/// All targets, as they stand by these measurements.
pub fn goals(measured: &[Measured]) -> Vec<Goal> {
    RULES.iter().map(|rule| rule.judge(measured)).collect()
}

impl Rule {
    fn is_of(&self, scenario: &str) -> bool {
        scenario == self.scenario || (self.scenario.ends_with(' ') && scenario.starts_with(self.scenario))
    }

    fn judge(&self, all: &[Measured]) -> Goal {
        let rows: Vec<&Measured> = all
            .iter()
            .filter(|row| row.server.as_deref() == Some(self.server) && self.is_of(&row.scenario))
            .filter(|row| (row.clients == 0) == matches!(self.size, Size::Of(0)))
            .collect();
        let exact: Vec<&Measured> =
            rows.iter().copied().filter(|row| self.size.is_met_by(row.clients)).collect();
        let (rows, is_exact) = match self.size {
            Size::UpTo(_) => (rows, !exact.is_empty()),
            Size::Of(_) if exact.is_empty() => (rows, false),
            Size::Of(_) => (exact, true),
        };
        let (told, reached) = self.tell(&rows, all);
        let verdict = match (rows.is_empty(), is_exact) {
            (true, _) => Verdict::NotMeasured,
            (_, false) => Verdict::OtherSize,
            (_, true) => reached,
        };
        Goal { row: self.row, target: self.target, told, verdict }
    }

    /// The worst of each number, with the clients there were; and whether all of them are within bounds, of
    /// runs in which nothing went wrong.
    fn tell(&self, rows: &[&Measured], all: &[Measured]) -> (String, Verdict) {
        let slowness = slowness(all).unwrap_or(1.0);
        let mut told = Vec::new();
        let is_sound = rows.iter().all(|row| row.faults.is_empty());
        let (mut is_met, mut is_met_at_its_pace) = (is_sound, is_sound);
        for Limit { what, of, bound, scales } in self.limits {
            if rows.iter().any(|row| of(row, all).is_none()) {
                (is_met, is_met_at_its_pace) = (false, false);
            }
            let numbers = rows.iter().filter_map(|row| Some(((of)(row, all)?, row.clients)));
            let worst = numbers.max_by(|one, other| bound.badness(one.0).total_cmp(&bound.badness(other.0)));
            let Some((number, clients)) = worst else { continue };
            let at_its_pace = match scales {
                Scales::No => number,
                Scales::AsTime => number / slowness,
                Scales::AsRate => number * slowness,
            };
            is_met &= bound.holds(number);
            is_met_at_its_pace &= bound.holds(at_its_pace);
            let mut words = format!("{} {what}", short(number));
            if *scales != Scales::No && slowness > 1.0 {
                words += &format!(" ({} at the floor of {FLOOR})", short(at_its_pace));
            }
            if clients > 0 {
                words += &format!(" with {clients}");
            }
            told.push(words);
        }
        let faults = rows.iter().map(|row| row.faults.len()).sum::<usize>();
        if faults > 0 {
            told.push(format!("{faults} faults"));
        }
        let verdict = match (is_met, is_met_at_its_pace) {
            (true, _) => Verdict::Met,
            (_, true) => Verdict::MetAtItsPace,
            _ => Verdict::Missed,
        };
        (told.join("; "), verdict)
    }
}

impl Size {
    fn is_met_by(self, clients: usize) -> bool {
        match self {
            Size::UpTo(least) => clients >= least,
            Size::Of(size) => clients == size,
        }
    }
}

impl Bound {
    fn holds(self, number: f64) -> bool {
        match self {
            AtMost(most) => number <= most,
            AtLeast(least) => number >= least,
        }
    }

    fn badness(self, number: f64) -> f64 {
        match self {
            AtMost(_) => number,
            AtLeast(_) => -number,
        }
    }
}

fn short(number: f64) -> String {
    if number >= 1000.0 { format!("{number:.0}") } else { format!("{number:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Latency;

    fn row(server: &str, scenario: &str, clients: usize) -> Measured {
        let server = Some(server.to_owned());
        Measured {
            server,
            seconds: 1.0,
            count: 1_000_000,
            ..Measured::new(scenario.to_owned(), clients, "delivery")
        }
    }

    fn verdict(target: &str, measured: &[Measured]) -> (Verdict, String) {
        let goal = goals(measured).into_iter().find(|goal| goal.row == target).expect("a target");
        (goal.verdict, goal.told)
    }

    fn memory(clients: usize, kilobytes: f64) -> Measured {
        Measured { rss_per_client: Some(kilobytes * 1024.0), ..row("game", "idle", clients) }
    }

    #[test]
    fn the_worst_of_all_sizes_counts() {
        let verdict = |measured: &[Measured]| verdict("RSS of a joined phone, the game", measured);
        let good = [memory(1_000, 3.5), memory(19_000, 3.0)];
        assert_eq!(verdict(&good), (Verdict::Met, "3.50 KB with 1000".to_owned()));
        let bad = [memory(1_000, 3.5), memory(5_000, 4.5), memory(19_000, 3.0)];
        assert_eq!(verdict(&bad), (Verdict::Missed, "4.50 KB with 5000".to_owned()));
    }

    #[test]
    fn a_smaller_crowd_than_aimed_at_meets_nothing() {
        let verdict = |measured: &[Measured]| verdict("RSS of a joined phone, the game", measured).0;
        assert_eq!(verdict(&[memory(5_000, 1.0)]), Verdict::OtherSize);
        assert_eq!(verdict(&[]), Verdict::NotMeasured);
        assert_eq!(verdict(&[memory(0, 1.0)]), Verdict::NotMeasured);
    }

    #[test]
    fn all_limits_of_a_target_must_hold() {
        let saturated = |rate: u64, cpu| {
            let row = row("reference", "fanout saturated", 1_000);
            verdict("fan-out saturated, 1,000 subscribers", &[Measured { count: rate, cpu, ..row }]).0
        };
        assert_eq!(saturated(400_000, 0.8), Verdict::Met);
        assert_eq!(saturated(399_000, 0.7), Verdict::Missed);
        assert_eq!(saturated(400_000, 0.9), Verdict::Missed);
    }

    #[test]
    fn a_slower_machine_may_take_as_much_longer_as_its_floor_does() {
        let floor = |cpu| Measured { server: None, cpu, ..row("", "floor", 10_000) };
        let joins = |cpu| Measured { cpu, ..row("reference", "joins", 19_000) };
        let verdict = |measured: &[Measured]| verdict("joins, with connection and upgrade", measured);
        let slow = verdict(&[floor(7.8), joins(54.0)]);
        assert_eq!(
            slow,
            (Verdict::MetAtItsPace, "54.00 µs (36.00 at the floor of 5.2) with 19000".to_owned())
        );
        assert_eq!(verdict(&[floor(7.8), joins(63.0)]).0, Verdict::Missed);
        assert_eq!(verdict(&[floor(4.0), joins(39.0)]), (Verdict::Met, "39.00 µs with 19000".to_owned()));
        assert_eq!(verdict(&[joins(54.0)]).0, Verdict::Missed);
    }

    #[test]
    fn a_run_in_which_something_went_wrong_meets_nothing() {
        let row = Measured { seconds: 2.0, ..row("game", "return", 19_000) };
        let target = "19,000 phones come back after a restart, the game";
        assert_eq!(verdict(target, std::slice::from_ref(&row)).0, Verdict::Met);
        let refused = Measured { faults: vec!["1 lost".to_owned()], ..row };
        assert_eq!(verdict(target, &[refused]), (Verdict::Missed, "2.00 s with 19000; 1 faults".to_owned()));
    }

    #[test]
    fn a_console_that_is_behind_meets_nothing_whatever_came_in_the_end() {
        let taps = |p99: Option<f64>| {
            let latency = p99.map(|p99| Latency { p50: 1.0, p99, p999: p99, max: p99 });
            let row = row("reference", "taps 120000/s", 1_000);
            verdict("120,000 taps a second", &[Measured { count: 120_000, latency, ..row }]).0
        };
        assert_eq!(taps(Some(200.0)), Verdict::Met);
        assert_eq!(taps(Some(300.0)), Verdict::Missed);
        assert_eq!(taps(None), Verdict::Missed);
    }

    #[test]
    fn a_race_in_fewer_rooms_is_one_of_another_size() {
        let verdict =
            |scenario| verdict("200 rooms of 50 phones race at once", &[row("game", scenario, 2_000)]).0;
        assert_eq!(verdict("race in 40 rooms"), Verdict::OtherSize);
        assert_eq!(verdict("race"), Verdict::NotMeasured);
    }

    #[test]
    fn who_reads_nothing_is_held_against_nobody_doing_so() {
        let slow = |stalled: usize, p99, rss| {
            let latency = Some(Latency { p50: 1.0, p99, p999: p99, max: p99 });
            Measured { latency, rss, ..row("reference", &format!("slow, {stalled} stalled"), 10_000) }
        };
        let verdict = |p99, rss| {
            let measured = [slow(0, 10.0, 19_000_000), slow(100, p99, rss)];
            verdict("100 of 10,000 read nothing", &measured).0
        };
        assert_eq!(verdict(10.9, 20_000_000), Verdict::Met);
        assert_eq!(verdict(11.2, 20_000_000), Verdict::Missed);
        assert_eq!(verdict(10.9, 500_000_000), Verdict::Missed);
    }
}
