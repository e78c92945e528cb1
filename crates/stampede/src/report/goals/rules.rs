//! The table of targets.

use super::{
    Bound::{self, AtLeast, AtMost},
    Limit, Rule, Scales, Size,
};
use crate::measure::Measured;

const fn limit(what: &'static str, of: fn(&Measured, &[Measured]) -> Option<f64>, bound: Bound) -> Limit {
    Limit { what, of, bound, scales: Scales::No, is_wait: false }
}

/// In milliseconds, or in parts of what it is otherwise.
const fn wait(what: &'static str, of: fn(&Measured, &[Measured]) -> Option<f64>, most: f64) -> Limit {
    Limit { what, of, bound: AtMost(most), scales: Scales::No, is_wait: true }
}

const fn time(what: &'static str, most: f64) -> Limit {
    Limit { what, of: cost, bound: AtMost(most), scales: Scales::AsTime, is_wait: false }
}

const fn at_least_a_second(least: f64) -> Limit {
    Limit { what: "a second", of: rate, bound: AtLeast(least), scales: Scales::AsRate, is_wait: false }
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
    let (scenario, _) = row.scenario.split_once(", ")?;
    let none = format!("{scenario}, 0 stalled");
    let is_same = |other: &&Measured| {
        (&other.server, other.clients, &other.scenario) == (&row.server, row.clients, &none)
    };
    all.iter().find(is_same)
}

fn p99(row: &Measured, _: &[Measured]) -> Option<f64> {
    Some(row.latency?.p99)
}

fn of_none_stalled(row: &Measured, all: &[Measured]) -> Option<f64> {
    Some(row.latency?.p99 / none_stalled(row, all)?.latency?.p99)
}

/// Megabytes that are held for each who reads nothing.
fn held(row: &Measured, all: &[Measured]) -> Option<f64> {
    let stalled: f64 = row.scenario.strip_prefix("slow, ")?.split_once(' ')?.0.parse().ok()?;
    Some((row.rss as f64 - none_stalled(row, all)?.rss as f64) / 1e6 / stalled)
}

/// Megabytes that the server grew by at most, in all, for those who read nothing.
fn grown(row: &Measured, all: &[Measured]) -> Option<f64> {
    Some((row.rss_most? as f64 - none_stalled(row, all)?.rss_most? as f64) / 1e6)
}

fn let_go(row: &Measured, _: &[Measured]) -> Option<f64> {
    Some(row.let_go? as f64)
}

pub(super) const RULES: &[Rule] = &[
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
        limits: &[limit("a second", rate, AtLeast(118_000.0)), wait("ms to the console", p99, 250.0)],
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
            wait("ms to the console", p99, 250.0),
            wait("ms heartbeat", |row, _| Some(row.heartbeats?.p99), 100.0),
            limit("cores", cores, AtMost(1.0)),
        ],
    },
    Rule {
        row: "200 rooms of 50 phones race at once",
        target: "ticks late by less than 20 ms, p99",
        server: "game",
        scenario: "race in ",
        size: Size::Of(10_000),
        limits: &[wait("ms", |row, _| Some(row.ticks_late?.p99), 20.0)],
    },
    Rule {
        row: "one of 10,000 subscribers reads nothing",
        target: "p99 of the others within 10 % of none doing so",
        server: "reference",
        scenario: "slow, 1 stalled",
        size: Size::Of(10_000),
        limits: &[wait("× the p99 of none", of_none_stalled, 1.1)],
    },
    Rule {
        row: "100 of 10,000 read nothing",
        target: "p99 of the others within 10 % of none doing so; at most 4.2 MB held for each",
        server: "reference",
        scenario: "slow, 100 stalled",
        size: Size::Of(10_000),
        limits: &[
            wait("× the p99 of none", of_none_stalled, 1.1),
            limit("MB held for each", held, AtMost(4.2)),
        ],
    },
    Rule {
        row: "100 of 200 read nothing, past what is held for them (4 MiB each)",
        target: "all 100 let go; the server grows by at most 440 MB; p99 of the others within 25 % of none doing so",
        server: "reference",
        scenario: "overflow, 100 stalled",
        size: Size::Of(200),
        limits: &[
            limit("let go", let_go, AtLeast(100.0)),
            limit("MB more at the highest", grown, AtMost(440.0)),
            wait("× the p99 of none", of_none_stalled, 1.25),
        ],
    },
];
