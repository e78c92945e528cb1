//! `stampede bench`.

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::{WindowArgs, print};
use crate::{
    bench::{Bench, Dialect, Pace, Racing, Said, returns},
    crowd::Arrival,
    floor::{self, Load, Writes},
    measure::Measured,
    process::Process,
    target::Target,
    wire::frame_length,
};

#[derive(Copy, Clone, Debug, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Clients that are there and silent.
    Idle,
    /// A crowd that gets in, at once or at --rate.
    Joins,
    /// One client says something to all, at --deliveries a second or as fast as all hear it.
    Fanout,
    /// The same with several messages at once (--together).
    Burst,
    /// Players tap at --rate all together, and one console hears of every tap.
    Taps,
    /// A fan-out to clients of which some (--stalled) read nothing.
    Slow,
    /// The same until the server, which holds only so much for each, lets go of those who read nothing.
    Overflow,
    /// The game: phones in --rooms race at once, each makes --taps-per-second, a console a room looks on.
    Race,
    /// The game: the server (--server) is stopped and started again, and all phones come back.
    Return,
}

#[derive(Debug, Args)]
pub struct BenchArgs {
    /// What is measured.
    #[arg(value_enum)]
    scenario: Scenario,
    /// The server: ws://HOST:PORT, with a path if it is not /socket/websocket.
    #[arg(long, value_name = "URL")]
    url: Target,
    /// The number of its process, on this machine.
    #[arg(long, required_unless_present = "server")]
    pid: Option<u32>,
    /// The command that runs the server, where it is started and stopped here.
    #[arg(long, value_name = "COMMAND", required_if_eq("scenario", "return"))]
    server: Option<String>,
    /// How many clients; several numbers are measured one after the other.
    #[arg(long, value_delimiter = ',', default_value = "1000")]
    clients: Vec<usize>,
    /// Joins or taps a second, of all together.
    #[arg(long)]
    rate: Option<f64>,
    /// Deliveries a second of a fan-out, of all clients together; without it, as many as the server makes.
    #[arg(long)]
    deliveries: Option<f64>,
    /// Messages at once.
    #[arg(long, default_value_t = 4)]
    together: usize,
    /// Bytes of a message.
    #[arg(long, default_value_t = 150)]
    bytes: usize,
    /// How many clients read nothing; several numbers are measured in turn.
    #[arg(long, value_delimiter = ',', default_value = "0,1,100")]
    stalled: Vec<usize>,
    /// Measures the floor of a fan-out or burst as well, in turn with the server.
    #[arg(long)]
    floor: bool,
    /// Measures all so often, and tells the middle.
    #[arg(long, default_value_t = 1)]
    repeat: usize,
    /// What the server is called in a report.
    #[arg(long)]
    name: Option<String>,
    /// How many rooms race at once; without it, the house room alone.
    #[arg(long)]
    rooms: Option<usize>,
    /// Of each phone in a race.
    #[arg(long, default_value_t = 6.0)]
    taps_per_second: f64,
    #[command(flatten)]
    window: WindowArgs,
    /// The topic that subscribers join.
    #[arg(long)]
    topic: Option<String>,
    /// What is joined with, as JSON; {n} is the number of the client.
    #[arg(long)]
    params: Option<String>,
    /// The event that the server broadcasts to the topic.
    #[arg(long)]
    event: Option<String>,
    /// One JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
}

impl BenchArgs {
    pub fn run(self) -> anyhow::Result<()> {
        if self.floor && !matches!(self.scenario, Scenario::Fanout | Scenario::Burst) {
            bail!("--floor is of fanout and burst");
        }
        let mut all = Vec::new();
        for clients in &self.clients {
            all.extend(self.interleaved(*clients)?);
        }
        print(&all, self.json)
    }

    /// Whatever is compared is measured in turn, so that a machine that is slower for a while is so for all.
    fn interleaved(&self, clients: usize) -> anyhow::Result<Vec<Measured>> {
        let compared = match self.scenario {
            Scenario::Slow | Scenario::Overflow => self.stalled.iter().copied().map(Some).collect(),
            _ => vec![None],
        };
        let mut runs = vec![Vec::new(); compared.len()];
        let mut floors = Vec::new();
        for _ in 0..self.repeat.max(1) {
            for (stalled, runs) in compared.iter().zip(&mut runs) {
                runs.push(self.measure(clients, *stalled)?);
            }
            if let Some(load) = self.floor_load(clients) {
                floors.push(floor::measure(&load, self.window.window())?);
            }
        }
        let floor = Measured::middle(floors);
        let mut all: Vec<Measured> = runs.into_iter().filter_map(Measured::middle).collect();
        for one in &mut all {
            one.server.clone_from(&self.name);
            one.of_floor = floor
                .as_ref()
                .filter(|floor| floor.cpu > 0.0)
                .map(|floor| one.cpu_per_million() / floor.cpu_per_million());
        }
        all.extend(floor);
        Ok(all)
    }

    /// The same bytes to as many clients; messages of one moment in one write, since a server could.
    fn floor_load(&self, clients: usize) -> Option<Load> {
        let frames = match self.scenario {
            Scenario::Fanout => 1,
            Scenario::Burst => self.together,
            _ => return None,
        };
        self.floor.then(|| Load {
            clients,
            bytes: frame_length(self.bytes),
            frames,
            writes: Writes::Together,
            per_second: self.deliveries.unwrap_or(f64::INFINITY),
        })
    }

    fn measure(&self, clients: usize, stalled: Option<usize>) -> anyhow::Result<Measured> {
        let mut dialect = Dialect::default();
        for (told, part) in [
            (&self.topic, &mut dialect.topic),
            (&self.params, &mut dialect.params),
            (&self.event, &mut dialect.event),
        ] {
            part.clone_from(told.as_ref().unwrap_or(&part.clone()));
        }
        if let (Scenario::Return, Some(command)) = (self.scenario, &self.server) {
            return returns::measure(command, &self.url, clients, self.window.window());
        }
        let bench = Bench {
            target: self.url.clone(),
            server: Process::new(self.pid.context("no --pid")?),
            dialect,
            window: self.window.window(),
        };
        let pace = self.deliveries.map_or(Pace::Saturated, Pace::Deliveries);
        let said = Said {
            pace,
            together: 1,
            bytes: self.bytes,
            stalled,
            overflows: self.scenario == Scenario::Overflow,
        };
        match self.scenario {
            Scenario::Idle => bench.idle(clients),
            Scenario::Joins => bench.joins(clients, self.rate.map_or(Arrival::Storm, Arrival::PerSecond)),
            Scenario::Fanout | Scenario::Slow | Scenario::Overflow => bench.fanout(clients, said),
            Scenario::Burst => bench.fanout(clients, Said { together: self.together, ..said }),
            Scenario::Taps => bench.taps(clients, self.rate.unwrap_or(10_000.0)),
            Scenario::Race => bench.race(Racing {
                phones: clients,
                rooms: self.rooms,
                taps_per_second: self.taps_per_second,
            }),
            Scenario::Return => bail!("no --server"),
        }
    }
}
