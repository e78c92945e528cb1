//! What is measured, each by a crowd of its own.

mod fanout;
mod idle;
mod joins;
mod race;
pub mod returns;
mod taps;

use std::{
    io,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

use crate::{
    crowd::{Arrival, Crowd, Seat, Told},
    herd::{Behaviour, Herd, Lost, SocketId, Width},
    measure::{Measured, Window},
    process::Process,
    target::Target,
    wire::Message,
};

pub use fanout::{Pace, Said};
pub use race::Racing;

/// So many clients rouse a server, ...
const FEW: usize = 200;
/// ... which may take so long to close their connections.
const LETTING_GO: Duration = Duration::from_secs(5);

/// The server, and how it is spoken to.
#[derive(Clone, Debug)]
pub struct Bench {
    /// Where it is.
    pub target: Target,
    /// Its process.
    pub server: Process,
    /// What it is asked.
    pub dialect: Dialect,
    /// How long is measured.
    pub window: Window,
}

/// Topics and events of the server's application. The default is that of the reference application, which
/// a Phoenix application beside it has too.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// What subscribers join.
    pub topic: String,
    /// With what, as JSON; `{n}` is the number of the client.
    pub params: String,
    /// A push to `topic` that is broadcast to all of it, ...
    pub event: String,
    /// ... with the value of this key, which is a text.
    pub key: String,
    /// What players join.
    pub play: String,
    /// What they push, with an empty payload.
    pub tap: String,
    /// What the console joins.
    pub console: String,
    /// And hears of each tap.
    pub tapped: String,
}

impl Default for Dialect {
    fn default() -> Dialect {
        let text = str::to_owned;
        Dialect {
            topic: text("chat:bench"),
            params: text(r#"{"name":"p{n}"}"#),
            event: text("new_msg"),
            key: text("text"),
            play: text("play"),
            tap: text("tap"),
            console: text("console"),
            tapped: text("user_tap"),
        }
    }
}

impl Dialect {
    fn seat(&self, topic: &str, number: usize) -> Seat {
        Seat {
            topic: topic.to_owned(),
            params: self.params.replace("{n}", &number.to_string()),
            width: Width::Wide,
        }
    }

    fn seats(&self, topic: &str, count: usize) -> Vec<Seat> {
        (0..count).map(|number| self.seat(topic, number)).collect()
    }
}

/// What a scenario does once its crowd is in.
trait Scenario {
    /// A member is in: this is the answer to its join.
    fn joined(&mut self, _herd: &mut Herd, _crowd: &Crowd, _member: usize, _message: &Message<'_>) {}

    fn message(&mut self, herd: &mut Herd, crowd: &Crowd, member: usize, message: &Message<'_>);

    fn alarm(&mut self, _herd: &mut Herd, _crowd: &Crowd, _alarm: u64) {}

    /// The server has let go of a member: whether that is as it should be.
    fn lets_go(&mut self, _member: usize) -> bool {
        false
    }
}

/// Nothing but being there.
struct Silence;

impl Scenario for Silence {
    fn message(&mut self, _: &mut Herd, _: &Crowd, _: usize, _: &Message<'_>) {}
}

/// A crowd with its scenario.
struct Run<S> {
    crowd: Crowd,
    scenario: S,
}

impl<S: Scenario> Behaviour for Run<S> {
    fn opened(&mut self, herd: &mut Herd, socket: SocketId) {
        self.crowd.opened(herd, socket);
    }

    fn heard(&mut self, herd: &mut Herd, socket: SocketId, message: &Message<'_>) {
        match self.crowd.heard(herd, socket, message) {
            Told::Joined(member) => self.scenario.joined(herd, &self.crowd, member, message),
            Told::Message(member) => self.scenario.message(herd, &self.crowd, member, message),
            Told::Nothing => {}
        }
    }

    fn lost(&mut self, _herd: &mut Herd, socket: SocketId, why: Lost) {
        if let Some(member) = self.crowd.lost(socket)
            && !self.scenario.lets_go(member)
        {
            self.crowd.losses.push(why.to_string());
        }
    }

    fn alarm(&mut self, herd: &mut Herd, alarm: u64) {
        if !self.crowd.alarm(herd, alarm) {
            self.scenario.alarm(herd, &self.crowd, alarm);
        }
    }
}

impl Bench {
    /// Lets a crowd in; gives it back when all of it is there.
    fn gather<S: Scenario>(
        &self,
        seats: Vec<Seat>,
        arrival: Arrival,
        scenario: S,
    ) -> anyhow::Result<(Herd, Run<S>)> {
        let mut herd = Herd::new(self.target.clone()).context("no poll")?;
        let mut run = Run { crowd: Crowd::new(seats, arrival), scenario };
        run.crowd.arrive(&mut herd).context("cannot connect")?;
        herd.run(&mut run, |run, _| run.crowd.is_complete() || run.crowd.is_broken())?;
        run.check()?;
        Ok((herd, run))
    }

    /// Lets a few in and out again: what a server begins to use with its first clients, once for all that
    /// come, is not to be taken for what each of them costs.
    fn rouse(&self, mut seats: Vec<Seat>) -> anyhow::Result<()> {
        seats.truncate(FEW);
        let files = self.server.usage()?.files;
        drop(self.gather(seats, Arrival::Storm, Silence)?);
        let began = Instant::now();
        while self.server.usage()?.files > files && began.elapsed() < LETTING_GO {
            std::thread::sleep(Duration::from_millis(20));
        }
        // Their memory is given back a while after their files.
        std::thread::sleep(self.window.warm_up);
        Ok(())
    }

    /// Serves a crowd for a while, and measures the server meanwhile.
    fn measure<S: Scenario>(&self, herd: &mut Herd, run: &mut Run<S>) -> io::Result<(f64, f64)> {
        let (done, cpu, took) = self.server.during(|| {
            let ends_at = Instant::now() + self.window.length;
            herd.run(run, |_, herd| herd.now() >= ends_at)
        })?;
        let () = done;
        Ok((cpu, took.as_secs_f64()))
    }

    fn warm_up<S: Scenario>(&self, herd: &mut Herd, run: &mut Run<S>) -> io::Result<()> {
        let ends_at = herd.now() + self.window.warm_up;
        herd.run(run, |_, herd| herd.now() >= ends_at)
    }

    fn rss(&self) -> io::Result<u64> {
        self.server.rss()
    }
}

impl<S> Run<S> {
    /// A crowd that is not whole measures nothing.
    fn check(&self) -> anyhow::Result<()> {
        match self.crowd.losses.first() {
            None => Ok(()),
            Some(first) => bail!("{} clients were lost, the first one: {first}", self.crowd.losses.len()),
        }
    }

    /// What went wrong on the way, to be told with what was measured.
    fn faults(&self) -> Vec<String> {
        let count = self.crowd.losses.len();
        self.crowd
            .losses
            .first()
            .map(|first| format!("{count} lost, the first one: {first}"))
            .into_iter()
            .collect()
    }
}

/// What a scenario gives when it is over.
pub type Outcome = anyhow::Result<Measured>;
