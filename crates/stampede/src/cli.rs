//! The command line.

mod bench;
mod phones;
mod report;

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use self::{bench::BenchArgs, phones::PhonesArgs, report::ReportArgs};
use crate::{
    floor::{self, Load, Writes},
    measure::{Measured, Window},
    table::table,
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
    /// Makes a page with tables and plots of what was measured.
    Report(ReportArgs),
    /// The process that limit measures.
    #[command(hide = true)]
    Floor(LoadArgs),
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
                print(&[floor::measure(&args.load.load(), args.window.window())?], args.json)
            }
            Command::Report(args) => args.run(),
            Command::Floor(args) => floor::serve(&args.load()),
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
