//! A stadium comes back: the server is stopped and started again, and all phones return to their seats.

use std::time::{Duration, Instant};

use anyhow::bail;

use super::{Outcome, Run, Scenario};
use crate::{
    crowd::{Arrival, Crowd, Seat},
    guest::Guest,
    herd::{Herd, Width},
    human::Fingers,
    measure::{Latency, Measured, Window},
    server::Server,
    target::Target,
    wire::Message,
};

/// How long a server may take to let go of all, and to take all back.
const PATIENCE: Duration = Duration::from_secs(60);

/// Guests of the house room.
struct Returning {
    guests: Vec<Guest>,
    /// Which racer each was before.
    racers: Vec<Option<u32>>,
}

impl Scenario for Returning {
    fn joined(&mut self, herd: &mut Herd, _: &Crowd, member: usize, message: &Message<'_>) {
        self.guests[member].joined(message, herd.now());
    }

    fn message(&mut self, _: &mut Herd, _: &Crowd, _: usize, _: &Message<'_>) {}
}

impl Returning {
    /// They come, for the first time or back.
    fn arrive(self, target: &Target) -> anyhow::Result<(Herd, Run<Returning>)> {
        let seats = self.guests.iter().map(|guest| Seat {
            topic: "play".to_owned(),
            params: guest.params(),
            width: Width::Wide,
        });
        let mut herd = Herd::new(target.clone())?;
        let mut run = Run { crowd: Crowd::new(seats.collect(), Arrival::Storm), scenario: self };
        run.crowd.arrive(&mut herd)?;
        let patience = Instant::now() + PATIENCE;
        herd.run(&mut run, |run, herd| {
            run.crowd.is_complete() || run.crowd.is_broken() || herd.now() >= patience
        })?;
        Ok((herd, run))
    }

    fn fault(&self) -> Option<String> {
        let other =
            self.guests.iter().zip(&self.racers).filter(|(guest, before)| guest.racer != **before).count();
        (other > 0).then(|| format!("{other} came back as somebody else"))
    }
}

/// Measures `clients` that come back after a restart of the server that `command` runs. What is told is
/// measured from when the new one listens; they come as fast as it takes them.
///
/// # Errors
/// When they do not get in to begin with, or the server does not start or stop.
pub fn measure(command: &str, target: &Target, clients: usize, window: Window) -> Outcome {
    let guest = |number| Guest::new(format!("Phone {}", number + 1), Fingers::new(1, number, 1.0));
    let guests = Returning { guests: (0..clients).map(guest).collect(), racers: Vec::new() };
    let mut server = Server::start(command, target)?;
    let (mut herd, mut run) = guests.arrive(target)?;
    run.check()?;
    let until = herd.now() + window.warm_up;
    herd.run(&mut run, |_, herd| herd.now() >= until)?;
    run.check()?;
    server.ask_to_stop();
    let patience = herd.now() + PATIENCE;
    // Whoever is let go of closes its end; the server waits for that.
    while !server.has_ended()? {
        let soon = herd.now() + Duration::from_millis(20);
        herd.run(&mut run, |_, herd| herd.now() >= soon)?;
        if herd.now() >= patience {
            bail!("the server does not stop");
        }
    }
    let Run { scenario: Returning { guests, .. }, .. } = run;
    drop(herd);
    let racers = guests.iter().map(|guest| guest.racer).collect();
    let server = Server::start(command, target)?;
    let process = server.process();
    let before = process.usage()?;
    let began = Instant::now();
    let (_herd, run) = Returning { guests, racers }.arrive(target)?;
    let (after, took) = (process.usage()?, began.elapsed());
    let mut faults = run.faults();
    if !run.crowd.is_complete() {
        faults.push("not all came back".to_owned());
    }
    faults.extend(run.scenario.fault());
    Ok(Measured {
        count: clients as u64,
        seconds: took.as_secs_f64(),
        cpu: after.cpu - before.cpu,
        rss: after.rss,
        rss_per_client: Some(after.rss.saturating_sub(before.rss) as f64 / clients as f64),
        latency: Latency::of(&run.crowd.join_times),
        faults,
        ..Measured::new("return".to_owned(), clients, "join")
    })
}
