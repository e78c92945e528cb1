//! The game in a process of its own, which tests start and stop. It takes the game's flags.

use clap::Parser;
use tap_racer::{App, Config};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let running = App::start(Config::parse()).await?;
    terminated.recv().await;
    running.shutdown().await;
    Ok(())
}
