//! How fast a crowd gets in.

use super::{Bench, Outcome, Silence};
use crate::{
    crowd::Arrival,
    measure::{Latency, Measured},
};

impl Bench {
    /// Measures `clients` that connect, upgrade and join.
    ///
    /// # Errors
    /// When not all of them get in, or the server's process cannot be looked at.
    pub fn joins(&self, clients: usize, arrival: Arrival) -> Outcome {
        let before = self.rss()?;
        let seats = self.dialect.seats(&self.dialect.topic, clients);
        let ((_herd, run), cpu, took) = self.server.during(|| self.gather(seats, arrival, Silence))?;
        let rss = self.rss()?;
        let scenario = match arrival {
            Arrival::Storm => "joins".to_owned(),
            Arrival::PerSecond(rate) => format!("joins {rate:.0}/s"),
        };
        Ok(Measured {
            count: clients as u64,
            seconds: took.as_secs_f64(),
            cpu,
            rss,
            rss_per_client: Some(rss.saturating_sub(before) as f64 / clients as f64),
            latency: Latency::of(&run.crowd.join_times),
            heartbeats: Latency::of(&run.crowd.heartbeats),
            faults: run.faults(),
            ..Measured::new(scenario, clients, "join")
        })
    }
}
