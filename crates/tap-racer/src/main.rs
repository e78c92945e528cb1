//! The server's command.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tap_racer::{App, Cli, Config, LogFormat, Running, terminal_qr};
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};
use tracing_subscriber::EnvFilter;

/// Gives the memory of a crowd that has left back to the system.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Fewer open files than this are few for a server of sockets.
const FEW_FILES: u64 = 10_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Cli { config, command } = Cli::parse();
    log(&config)?;
    if let Some(command) = command {
        return Ok(command.run(&config).await?);
    }
    raise_file_limit();
    let has_host_key = config.host_key.is_some();
    let mut interrupted = signal(SignalKind::interrupt()).context("cannot listen for ctrl-c")?;
    let mut terminated = signal(SignalKind::terminate()).context("cannot listen for sigterm")?;
    let mut running = App::start(config).await?;
    // A closed standard output is no reason not to run.
    let _ = welcome(&running, has_host_key);
    tokio::select! {
        failed = running.failed() => failed.context("the server stopped serving")?,
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    info!("stopping");
    running.shutdown().await;
    Ok(())
}

fn log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log).with_context(|| format!("bad --log {:?}", config.log))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match config.log_format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// Every phone is an open file, and the usual soft limit is a thousand.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        warn!(%error, "cannot raise the limit of open files");
    }
    if let Some(files) = getrlimit(Resource::Nofile).current.filter(|files| *files < FEW_FILES) {
        warn!(files, "few open files are allowed: not many more phones than half of that can connect");
    }
}

/// What a person looks for, and what a script can find: two lines with fixed beginnings.
fn welcome(running: &Running, has_host_key: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let join_url = running.join_url();
    writeln!(out, "Console  {}", running.console_url())?;
    writeln!(out, "Join     {join_url}")?;
    if has_host_key {
        writeln!(
            out,
            "\nTo control the race, open the console once with your key: {}#host=KEY",
            running.console_url()
        )?;
    }
    if let Some(code) = terminal_qr(&join_url, out.is_terminal()) {
        writeln!(out, "\n{code}")?;
    }
    out.flush()
}
