//! Clients that are there and silent: what each costs in memory, and all together in CPU.

use super::{Bench, Outcome, Silence};
use crate::{
    crowd::Arrival,
    measure::{Latency, Measured},
};

impl Bench {
    /// Measures `clients`, or nobody, that have joined and only give signs of life, each half a minute.
    ///
    /// # Errors
    /// When not all of them get in, or the server's process cannot be looked at.
    pub fn idle(&self, clients: usize) -> Outcome {
        let seats = self.dialect.seats(&self.dialect.topic, clients);
        self.rouse(seats.clone())?;
        let before = self.rss()?;
        let (mut herd, mut run) = self.gather(seats, Arrival::Storm, Silence)?;
        self.warm_up(&mut herd, &mut run)?;
        let (cpu, seconds) = self.measure(&mut herd, &mut run)?;
        let rss = self.rss()?;
        Ok(Measured {
            count: clients as u64,
            seconds,
            cpu,
            rss,
            rss_per_client: (clients > 0).then(|| rss.saturating_sub(before) as f64 / clients as f64),
            heartbeats: Latency::of(&run.crowd.heartbeats),
            faults: run.faults(),
            ..Measured::new("idle".to_owned(), clients, "client")
        })
    }
}
