//! The command line.

use std::time::Duration;

use anyhow::bail;
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    bench::{Bench, Dialect, Pace, Said},
    crowd::Arrival,
    floor::{self, Load, Writes},
    herd::Herd,
    measure::{Measured, Window},
    phones::{self, Counts, Party, Phones},
    process::Process,
    table::table,
    target::Target,
};

/// Simulated phones, for any server of Phoenix Channels.
#[derive(Debug, Parser)]
#[command(name = "stampede", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Guests who come into a room and race: for a demo, or for a soak.
    Phones(PhonesArgs),
    /// Measures what a server costs: its CPU and memory, read from its process, and what its clients wait.
    Bench(BenchArgs),
    /// Measures the floor of a fan-out: a loop of send(2) on as many sockets, and nothing else.
    Limit(LimitArgs),
    /// The process that limit measures.
    #[command(hide = true)]
    Floor(LoadArgs),
}

#[derive(Debug, Args)]
struct PhonesArgs {
    /// The server: ws://HOST:PORT.
    #[arg(long, value_name = "URL", default_value = "ws://127.0.0.1:4000")]
    url: Target,
    /// The code of a room; without it, the house room.
    #[arg(long, value_name = "CODE")]
    room: Option<String>,
    /// How many guests.
    #[arg(long, default_value_t = 10)]
    players: usize,
    /// How much faster than people they tap.
    #[arg(long, default_value_t = 1.0)]
    rate: f64,
    /// The same seed makes the same fingers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// About how often, in seconds, one of them loses the connection and comes back.
    #[arg(long, value_name = "SECONDS")]
    drops_every: Option<f64>,
    /// About how often, in seconds, one of them says something.
    #[arg(long, value_name = "SECONDS")]
    chats_every: Option<f64>,
    /// Starts race after race, with these rules as JSON.
    #[arg(long, value_name = "RULES", num_args = 0..=1, default_missing_value = r#"{"mode":"sprint","taps":50}"#)]
    host: Option<String>,
    /// The token or key with which the room is hosted.
    #[arg(long, value_name = "TOKEN", requires = "host")]
    host_token: Option<String>,
    /// How long they stay; without it, until ctrl-c.
    #[arg(long)]
    seconds: Option<f64>,
}

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
}

#[derive(Debug, Args)]
struct BenchArgs {
    /// What is measured.
    #[arg(value_enum)]
    scenario: Scenario,
    /// The server: ws://HOST:PORT, with a path if it is not /socket/websocket.
    #[arg(long, value_name = "URL")]
    url: Target,
    /// The number of its process, on this machine.
    #[arg(long)]
    pid: u32,
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
    /// How many clients read nothing.
    #[arg(long, default_value_t = 1)]
    stalled: usize,
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

#[derive(Clone, Debug, Args)]
struct LoadArgs {
    /// How many sockets.
    #[arg(long, default_value_t = 1000)]
    clients: usize,
    /// Bytes of a frame with its header.
    #[arg(long, default_value_t = 154)]
    bytes: usize,
    /// Frames at once.
    #[arg(long, default_value_t = 1)]
    frames: usize,
    /// All frames of a socket in one write.
    #[arg(long)]
    merged: bool,
    /// Frames a second on all sockets together.
    #[arg(long, default_value_t = 20_000.0)]
    deliveries: f64,
}

#[derive(Copy, Clone, Debug, Args)]
struct WindowArgs {
    /// How many seconds are measured.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// How many seconds go by before, until caches are full and freed memory is given back.
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0)]
    warm_up: f64,
}

#[derive(Debug, Args)]
struct LimitArgs {
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    window: WindowArgs,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

impl LoadArgs {
    fn load(&self) -> Load {
        let writes = if self.merged { Writes::Together } else { Writes::Each };
        Load {
            clients: self.clients,
            bytes: self.bytes,
            frames: self.frames,
            writes,
            per_second: self.deliveries,
        }
    }

    /// As the program takes them again.
    fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<String> = [
            "floor",
            "--clients",
            &self.clients.to_string(),
            "--bytes",
            &self.bytes.to_string(),
            "--frames",
            &self.frames.to_string(),
        ]
        .map(str::to_owned)
        .to_vec();
        if self.merged {
            arguments.push("--merged".to_owned());
        }
        arguments
    }
}

impl WindowArgs {
    fn window(self) -> Window {
        let span = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
        Window { warm_up: span(self.warm_up), length: span(self.seconds) }
    }
}

impl Cli {
    /// Does what is asked.
    ///
    /// # Errors
    /// What went wrong, for people.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Phones(args) => args.run(),
            Command::Bench(args) => args.run(),
            Command::Limit(args) => {
                let measured =
                    floor::measure(&args.load.load(), &args.load.arguments(), args.window.window())?;
                print(&[measured], args.json)
            }
            Command::Floor(args) => floor::serve(&args.load()),
        }
    }
}

impl PhonesArgs {
    fn run(self) -> anyhow::Result<()> {
        let party = Party {
            room: self.room.map(|code| code.to_uppercase()),
            players: self.players,
            rate: self.rate,
            seed: self.seed,
            drops_every: self.drops_every.map(Duration::from_secs_f64),
            chats_every: self.chats_every.map(Duration::from_secs_f64),
            hosts: self.host,
            host_token: self.host_token,
        };
        let mut herd = Herd::new(self.url)?;
        let mut phones = Phones::new(party);
        phones.begin(&mut herd)?;
        let style = ProgressStyle::with_template("{spinner} {pos}/{len} seated  {msg}")?;
        let progress = ProgressBar::new(self.players as u64).with_style(style);
        let is_over = phones::until(self.seconds);
        herd.run(&mut phones, |phones, herd| {
            let Counts { seated, claims, heats, right, wrong, lost, .. } = &phones.counts;
            progress.set_position(*seated as u64);
            progress.set_message(format!(
                "{claims} claims, {heats} heats, {right} counts right, {wrong} wrong, {lost} connections lost"
            ));
            is_over(herd.now())
        })?;
        progress.finish();
        let Counts { claims, heats, right, wrong, taps, lost, trouble, .. } = phones.counts;
        println!(
            "{claims} claims, {heats} heats, {taps} taps in {right} right and {wrong} wrong counts, {lost} connections lost"
        );
        if let Some(trouble) = trouble {
            println!("the last trouble: {trouble}");
        }
        if wrong > 0 { bail!("{wrong} counts were not what was tapped") } else { Ok(()) }
    }
}

impl BenchArgs {
    fn run(self) -> anyhow::Result<()> {
        let mut all = Vec::new();
        for clients in self.clients.clone() {
            all.push(self.measure(clients)?);
        }
        print(&all, self.json)
    }

    fn measure(&self, clients: usize) -> anyhow::Result<Measured> {
        let mut dialect = Dialect::default();
        for (told, part) in [
            (&self.topic, &mut dialect.topic),
            (&self.params, &mut dialect.params),
            (&self.event, &mut dialect.event),
        ] {
            part.clone_from(told.as_ref().unwrap_or(&part.clone()));
        }
        let bench = Bench {
            target: self.url.clone(),
            server: Process::new(self.pid),
            dialect,
            window: self.window.window(),
        };
        let pace = self.deliveries.map_or(Pace::Saturated, Pace::Deliveries);
        let said = Said { pace, together: 1, bytes: self.bytes, stalled: 0 };
        match self.scenario {
            Scenario::Idle => bench.idle(clients),
            Scenario::Joins => bench.joins(clients, self.rate.map_or(Arrival::Storm, Arrival::PerSecond)),
            Scenario::Fanout => bench.fanout(clients, said),
            Scenario::Burst => bench.fanout(clients, Said { together: self.together, ..said }),
            Scenario::Slow => bench.fanout(clients, Said { stalled: self.stalled, ..said }),
            Scenario::Taps => bench.taps(clients, self.rate.unwrap_or(10_000.0)),
        }
    }
}

fn print(all: &[Measured], json: bool) -> anyhow::Result<()> {
    if json {
        for one in all {
            println!("{}", serde_json::to_string(one)?);
        }
    } else {
        print!("{}", table(all));
    }
    Ok(())
}
