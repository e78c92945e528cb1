//! What a scenario has measured.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// One run of a scenario with so many clients.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// What the server is called; none of the floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Which scenario, with what it was told: `fanout`, `burst 4`, ...
    pub scenario: String,
    /// How many clients had joined.
    pub clients: usize,
    /// What is counted: `delivery`, `join`, `tap`, ...
    pub unit: String,
    /// How many of them there were in the time that was measured.
    pub count: u64,
    /// How long that was.
    pub seconds: f64,
    /// What the server used meanwhile, in seconds of CPU.
    pub cpu: f64,
    /// The server's resident memory at the end, in bytes.
    pub rss: u64,
    /// The same for each client, without what it was before they came.
    pub rss_per_client: Option<f64>,
    /// The server's resident memory at its highest, in a run in which some clients read nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rss_most: Option<u64>,
    /// How many of those the server has let go, where it was to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub let_go: Option<usize>,
    /// From when it was due to when it was there. `fanout`, `burst`, `slow` and `overflow` at a rate, `taps`,
    /// `race` and joins at a rate are open loops: a server that falls behind does not keep the next one from
    /// being due (no coordinated omission). All others are closed: there it counts from when it was begun.
    pub latency: Option<Latency>,
    /// From a sign of life of a client to its answer, beside the load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeats: Option<Latency>,
    /// By how much later than 50 ms after the one before it a console heard the next positions of a race.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticks_late: Option<Latency>,
    /// By how much later than due the simulated phones acted, in an open loop: a part of each latency that is
    /// not the server's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator_late: Option<Latency>,
    /// The least and the most seconds of CPU for a million, where it was measured several times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<(f64, f64)>,
    /// Its CPU for a million in parts of the floor's, which was measured in turn with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_floor: Option<f64>,
    /// What was not as it should be.
    pub faults: Vec<String>,
}

/// In milliseconds.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct Latency {
    /// Half of them were faster.
    pub p50: f64,
    /// 99 of a hundred were faster.
    pub p99: f64,
    /// 999 of a thousand were faster.
    pub p999: f64,
    /// The slowest.
    pub max: f64,
}

impl Measured {
    /// What a scenario has measured, but for what few do.
    pub fn new(scenario: String, clients: usize, unit: &str) -> Measured {
        Measured {
            server: None,
            scenario,
            clients,
            unit: unit.to_owned(),
            count: 0,
            seconds: 0.0,
            cpu: 0.0,
            rss: 0,
            rss_per_client: None,
            rss_most: None,
            let_go: None,
            latency: None,
            heartbeats: None,
            ticks_late: None,
            generator_late: None,
            spread: None,
            of_floor: None,
            faults: Vec::new(),
        }
    }

    /// Of several runs of the same the one in the middle by its cost, with the medians of what was waited
    /// for, and the worst of what became of clients that read nothing. Memory per client is that of the first:
    /// the server has it already when the next crowd comes.
    pub fn middle(mut runs: Vec<Measured>) -> Option<Measured> {
        let rss_per_client = runs.first()?.rss_per_client;
        runs.sort_by(|one, other| one.cpu_per_million().total_cmp(&other.cpu_per_million()));
        let median =
            |of: fn(&Measured) -> Option<Latency>| Latency::median(runs.iter().filter_map(of).collect());
        let (first, last) = (runs.first()?, runs.last()?);
        Some(Measured {
            rss_per_client,
            rss_most: runs.iter().filter_map(|run| run.rss_most).max(),
            let_go: runs.iter().filter_map(|run| run.let_go).min(),
            latency: median(|run| run.latency),
            heartbeats: median(|run| run.heartbeats),
            ticks_late: median(|run| run.ticks_late),
            generator_late: median(|run| run.generator_late),
            spread: (runs.len() > 1).then(|| (first.cpu_per_million(), last.cpu_per_million())),
            faults: runs.iter().flat_map(|run| run.faults.clone()).collect(),
            ..runs.get(runs.len() / 2)?.clone()
        })
    }

    /// Seconds of the server's CPU for a million.
    pub fn cpu_per_million(&self) -> f64 {
        self.cpu * 1e6 / self.count.max(1) as f64
    }

    /// Whether more than a quarter of what was waited for is that the simulated phones were late themselves.
    pub fn waits_for_itself(&self) -> bool {
        let (own, all) = (self.generator_late, self.latency);
        own.zip(all).is_some_and(|(own, all)| own.p99 > all.p99 / 4.0)
    }

    /// How many there were in a second.
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.seconds
    }
}

impl Latency {
    /// Of each number the one in the middle.
    fn median(all: Vec<Latency>) -> Option<Latency> {
        let middle = |of: fn(&Latency) -> f64| {
            let mut values: Vec<f64> = all.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        Some(Latency {
            p50: middle(|it| it.p50)?,
            p99: middle(|it| it.p99)?,
            p999: middle(|it| it.p999)?,
            max: middle(|it| it.max)?,
        })
    }

    /// Of times in microseconds; none if there are none.
    pub fn of(times: &Histogram<u64>) -> Option<Latency> {
        let at = |quantile| times.value_at_quantile(quantile) as f64 / 1000.0;
        (!times.is_empty()).then(|| Latency {
            p50: at(0.5),
            p99: at(0.99),
            p999: at(0.999),
            max: times.max() as f64 / 1000.0,
        })
    }
}

/// The part of a run in which is measured.
#[derive(Copy, Clone, Debug)]
pub struct Window {
    /// Before it: caches fill, queues settle.
    pub warm_up: Duration,
    /// How long it is.
    pub length: Duration,
}

/// In microseconds up to five minutes, to three digits.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 300_000_000, 3).unwrap_or_else(|_| unreachable!("these bounds are allowed"))
}

/// A span in the unit of all histograms.
pub fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(cpu: f64, p99: f64, kilobytes: f64) -> Measured {
        let latency = Some(Latency { p50: 1.0, p99, p999: p99, max: p99 });
        let rss_per_client = Some(kilobytes);
        let run = Measured::new("fanout".to_owned(), 10, "delivery");
        Measured { count: 1_000_000, cpu, latency, rss_per_client, ..run }
    }

    #[test]
    fn of_several_runs_the_middle_is_told_and_how_far_they_lie_apart() {
        let middle = Measured::middle(vec![run(5.0, 9.0, 2.0), run(3.0, 7.0, 0.0), run(4.0, 8.0, 0.0)]);
        let middle = middle.expect("some runs");
        assert_eq!((middle.cpu_per_million(), middle.spread), (4.0, Some((3.0, 5.0))));
        assert_eq!(
            (middle.latency.map(|latency| latency.p99), middle.rss_per_client),
            (Some(8.0), Some(2.0))
        );
        assert!(Measured::middle(Vec::new()).is_none());
    }
}
