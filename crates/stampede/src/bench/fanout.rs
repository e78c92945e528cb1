//! One client says something to all.

mod stalled;

use std::{
    collections::VecDeque,
    io,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use self::stalled::Stalled;
use super::{Bench, Outcome, Run, Scenario};
use crate::{
    crowd::{Arrival, Crowd},
    herd::{Herd, Width},
    measure::{Latency, Measured, histogram, micros},
    wire::{Message, push, quoted, write_text},
};

/// How often something is said.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Pace {
    /// So that all clients together hear so many a second, whether the server keeps up or not.
    Deliveries(f64),
    /// When all clients have heard all but the last four.
    Saturated,
}

/// What is said.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Said {
    /// How often.
    pub pace: Pace,
    /// So many messages at once, in one write.
    pub together: usize,
    /// Of so many bytes each, as the server broadcasts them to its subscribers, without the frame.
    pub bytes: usize,
    /// So many of the clients read nothing, where that is what is measured.
    pub stalled: Option<usize>,
    /// Until the server lets go of them.
    pub overflows: bool,
}

/// Messages on their way in a saturated server.
const AHEAD: u64 = 4;

const SAY: u64 = 1;
const LOOK: u64 = 2;
/// How long those who were let go may take to hear of it: before that they read, some kilobytes at a time,
/// what was sent to them earlier.
const HEARING: Duration = Duration::from_secs(5);
/// How often is looked at the server's memory when it has to hold what is not read.
const EVERY: Duration = Duration::from_millis(20);

struct Talk {
    said: Said,
    topic: String,
    event: String,
    quoted_event: Vec<u8>,
    key: String,
    clients: usize,
    stalled: Stalled,
    padding: usize,
    /// The time of the next one in an open loop.
    due: Option<Instant>,
    /// Messages said and heard in all.
    count: u64,
    heard: u64,
    /// How many have heard each of the latest messages, in a saturated server.
    underway: VecDeque<u64>,
    oldest: u64,
    times: Histogram<u64>,
}

impl Talk {
    /// Says it, with the time at which it was due and the number of the message.
    fn say(&mut self, herd: &mut Herd, crowd: &Crowd, due: Instant) {
        let Some(socket) = crowd.socket(0) else { return };
        let late = herd.now().saturating_duration_since(due);
        let at = herd.micros().saturating_sub(micros(late));
        let mut frames = Vec::new();
        for _ in 0..self.said.together {
            let text = format!("{at:012} {:012} {}", self.count, "x".repeat(self.padding));
            let payload = format!("{{{}:{}}}", quoted(&self.key), quoted(&text));
            write_text(&mut frames, push(1, 2, &self.topic, &self.event, &payload).as_bytes());
            self.count += 1;
            self.underway.push_back(0);
        }
        herd.send(socket, &frames);
    }

    /// Between two times at which something is said, in an open loop.
    fn every(&self) -> Option<Duration> {
        let Pace::Deliveries(rate) = self.said.pace else { return None };
        Some(Duration::from_secs_f64(self.said.together as f64 * self.clients as f64 / rate))
    }

    fn say_next(&mut self, herd: &mut Herd, crowd: &Crowd) {
        let Some(every) = self.every() else { return };
        let mut due = self.due.unwrap_or_else(|| herd.now());
        while due <= herd.now() {
            self.say(herd, crowd, due);
            herd.acts(due);
            due += every;
        }
        self.due = Some(due);
        herd.alarm_at(due, SAY);
    }
}

impl Scenario for Talk {
    fn message(&mut self, herd: &mut Herd, crowd: &Crowd, _: usize, message: &Message<'_>) {
        if message.event != self.quoted_event {
            return;
        }
        let Some(at) = message.number(&self.key) else { return };
        self.heard += 1;
        self.times.saturating_record(herd.micros().saturating_sub(at));
        if self.said.pace == Pace::Saturated {
            self.count_heard(message);
            while self.count < self.oldest + AHEAD * self.said.together as u64 {
                self.say(herd, crowd, herd.now());
            }
        }
    }

    fn alarm(&mut self, herd: &mut Herd, crowd: &Crowd, alarm: u64) {
        match alarm {
            SAY => self.say_next(herd, crowd),
            LOOK => {
                self.stalled.look();
                herd.alarm(EVERY, LOOK);
            }
            _ => {}
        }
    }

    fn lets_go(&mut self, member: usize) -> bool {
        self.said.overflows && self.stalled.lets_go(member)
    }
}

impl Talk {
    /// One more has heard this message; those that all have heard are done.
    fn count_heard(&mut self, message: &Message<'_>) {
        let Some(number) = number_of(message, &self.key) else { return };
        let listeners = (self.clients - self.stalled.count()) as u64;
        let Some(at) = number.checked_sub(self.oldest).and_then(|at| usize::try_from(at).ok()) else {
            return;
        };
        if let Some(heard) = self.underway.get_mut(at) {
            *heard += 1;
        }
        while self.underway.front().is_some_and(|heard| *heard >= listeners) {
            self.underway.pop_front();
            self.oldest += 1;
        }
    }
}

/// The second number of the text.
fn number_of(message: &Message<'_>, key: &str) -> Option<u64> {
    let key = format!("\"{key}\":\"");
    let start = memchr::memmem::find(message.payload, key.as_bytes())? + key.len() + 13;
    std::str::from_utf8(message.payload.get(start..start + 12)?).ok()?.parse().ok()
}

impl Bench {
    /// Measures what it costs to tell `clients` what one of them says.
    ///
    /// # Errors
    /// When not all of them get in, or the server's process cannot be looked at.
    pub fn fanout(&self, clients: usize, said: Said) -> Outcome {
        let dialect = &self.dialect;
        let before = self.rss()?;
        let mut seats = dialect.seats(&dialect.topic, clients);
        let stalled = Stalled::new(said.stalled.unwrap_or(0), clients, self.server);
        seats[stalled.members()].iter_mut().for_each(|seat| seat.width = Width::Narrow);
        let bare = format!(
            "[null,null,{},{},{{{}:\"\"}}]",
            quoted(&dialect.topic),
            quoted(&dialect.event),
            quoted(&dialect.key)
        );
        let talk = Talk {
            said,
            topic: dialect.topic.clone(),
            event: dialect.event.clone(),
            quoted_event: quoted(&dialect.event).into_bytes(),
            key: dialect.key.clone(),
            clients,
            stalled,
            // Two numbers of twelve digits, and what else the application adds (a name).
            padding: said.bytes.saturating_sub(bare.len() + 26 + 12),
            due: None,
            count: 0,
            heard: 0,
            underway: VecDeque::new(),
            oldest: 0,
            times: histogram(),
        };
        let (mut herd, mut run) = self.gather(seats, Arrival::Storm, talk)?;
        run.scenario.stalled.stall(&mut herd, &run.crowd);
        run.begin(&mut herd);
        self.warm_up(&mut herd, &mut run)?;
        run.scenario.times.clear();
        herd.late.clear();
        let heard = run.scenario.heard;
        let (cpu, seconds) = self.measure(&mut herd, &mut run)?;
        let rss = self.rss()?;
        let talk = &run.scenario;
        let measured = Measured {
            count: talk.heard - heard,
            seconds,
            cpu,
            rss,
            rss_per_client: Some(rss.saturating_sub(before) as f64 / clients as f64),
            latency: Latency::of(&talk.times),
            heartbeats: Latency::of(&run.crowd.heartbeats),
            generator_late: Latency::of(&herd.late),
            rss_most: said.stalled.map(|_| talk.stalled.rss_most),
            ..Measured::new(said.to_string(), clients, "delivery")
        };
        let let_go = if said.overflows { Some(run.wake(&mut herd)?) } else { None };
        Ok(Measured { let_go, faults: run.faults(), ..measured })
    }
}

impl Run<Talk> {
    /// Those who read nothing do so again: whom the server has let go. Who does not read does not hear of
    /// it before.
    fn wake(&mut self, herd: &mut Herd) -> io::Result<usize> {
        for number in self.scenario.stalled.members() {
            self.crowd.socket(number).map_or(Ok(()), |socket| herd.resume(socket))?;
        }
        let patience = herd.now() + HEARING;
        herd.run(self, |run, herd| run.scenario.stalled.are_gone() || herd.now() >= patience)?;
        Ok(self.scenario.stalled.let_go)
    }

    fn begin(&mut self, herd: &mut Herd) {
        if self.scenario.said.stalled.is_some() {
            herd.alarm(Duration::ZERO, LOOK);
        }
        match self.scenario.every() {
            // A window of whole periods begins and ends half way between two broadcasts, not in one.
            Some(every) => herd.alarm(every / 2, SAY),
            None => {
                for _ in 0..AHEAD {
                    self.scenario.say(herd, &self.crowd, herd.now());
                }
            }
        }
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.stalled, self.together) {
            (Some(stalled), _) if self.overflows => write!(f, "overflow, {stalled} stalled")?,
            (Some(stalled), _) => write!(f, "slow, {stalled} stalled")?,
            (None, 1) => f.write_str("fanout")?,
            (None, together) => write!(f, "burst {together}")?,
        }
        if self.pace == Pace::Saturated { f.write_str(" saturated") } else { Ok(()) }
    }
}
