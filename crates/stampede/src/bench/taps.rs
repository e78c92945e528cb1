//! Players tap, and one console hears of every tap.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::{Bench, Outcome, Scenario};
use crate::{
    crowd::{Arrival, Crowd},
    herd::Herd,
    measure::{Latency, Measured, histogram, micros},
    wire::{Message, push, quoted, write_text},
};

const TAP: u64 = 1;
/// Taps that are due within this time are sent in one go.
const EVERY: Duration = Duration::from_millis(1);

struct Taps {
    /// By all players together.
    per_second: f64,
    players: usize,
    tapped: Vec<u8>,
    frame: Vec<u8>,
    began: Instant,
    sent: u64,
    heard: u64,
    next_player: usize,
    lags: Histogram<u64>,
}

impl Taps {
    /// When this tap is to be made, whenever that is got round to; the console has heard of it when it has
    /// heard of so many.
    fn due_at(&self, tap: u64) -> Instant {
        self.began + Duration::from_secs_f64(tap as f64 / self.per_second)
    }
}

impl Scenario for Taps {
    fn message(&mut self, herd: &mut Herd, _: &Crowd, member: usize, message: &Message<'_>) {
        // The console is the last one.
        if member != self.players || message.event != self.tapped {
            return;
        }
        self.heard += 1;
        let due = self.due_at(self.heard);
        self.lags.saturating_record(micros(herd.now().saturating_duration_since(due)));
    }

    fn alarm(&mut self, herd: &mut Herd, crowd: &Crowd, alarm: u64) {
        if alarm != TAP {
            return;
        }
        let due = (herd.now().duration_since(self.began).as_secs_f64() * self.per_second) as u64;
        while self.sent < due {
            if let Some(socket) = crowd.socket(self.next_player) {
                herd.send(socket, &self.frame);
            }
            self.next_player = (self.next_player + 1) % self.players;
            self.sent += 1;
            herd.acts(self.due_at(self.sent));
        }
        herd.alarm(EVERY, TAP);
    }
}

impl Bench {
    /// Measures `players` who tap so often a second all together, each tap in a frame of its own.
    ///
    /// # Errors
    /// When not all of them get in, or the server's process cannot be looked at.
    pub fn taps(&self, players: usize, per_second: f64) -> Outcome {
        let dialect = &self.dialect;
        let before = self.rss()?;
        let mut seats = dialect.seats(&dialect.play, players);
        seats.push(dialect.seat(&dialect.console, players));
        let mut frame = Vec::new();
        write_text(&mut frame, push(1, 2, &dialect.play, &dialect.tap, "{}").as_bytes());
        let taps = Taps {
            per_second,
            players,
            tapped: quoted(&dialect.tapped).into_bytes(),
            frame,
            began: Instant::now(),
            sent: 0,
            heard: 0,
            next_player: 0,
            lags: histogram(),
        };
        let (mut herd, mut run) = self.gather(seats, Arrival::Storm, taps)?;
        run.scenario.began = Instant::now();
        herd.alarm(EVERY, TAP);
        self.warm_up(&mut herd, &mut run)?;
        run.scenario.lags.clear();
        herd.late.clear();
        let heard = run.scenario.heard;
        let (cpu, seconds) = self.measure(&mut herd, &mut run)?;
        let rss = self.rss()?;
        let mut faults = run.faults();
        let behind = run.scenario.sent - run.scenario.heard;
        if behind as f64 > per_second / 4.0 {
            faults.push(format!("the console is {behind} taps behind"));
        }
        Ok(Measured {
            count: run.scenario.heard - heard,
            seconds,
            cpu,
            rss,
            rss_per_client: Some(rss.saturating_sub(before) as f64 / players as f64),
            latency: Latency::of(&run.scenario.lags),
            heartbeats: Latency::of(&run.crowd.heartbeats),
            generator_late: Latency::of(&herd.late),
            faults,
            ..Measured::new(format!("taps {per_second:.0}/s"), players, "tap")
        })
    }
}
