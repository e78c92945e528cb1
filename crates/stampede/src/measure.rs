//! What a scenario has measured.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// One run of a scenario with so many clients.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Which scenario, with what it was told: `fanout`, `burst 4`, ...
    pub scenario: String,
    /// How many clients had joined.
    pub clients: usize,
    /// What is counted: `delivery`, `join`, `tap`, ...
    pub unit: &'static str,
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
    /// From when it was due to when it was there. In an open loop: a server that falls behind does not
    /// keep the next one from being due (no coordinated omission).
    pub latency: Option<Latency>,
    /// What was not as it should be.
    pub faults: Vec<String>,
}

/// In milliseconds.
#[derive(Copy, Clone, Debug, Serialize)]
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
    /// Seconds of the server's CPU for a million.
    pub fn cpu_per_million(&self) -> f64 {
        self.cpu * 1e6 / self.count.max(1) as f64
    }

    /// How many there were in a second.
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.seconds
    }
}

impl Latency {
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
