//! The command as its users run it, against real servers: the reference application of the channel crate,
//! and the game.

#[path = "../../../channels/examples/reference/channels.rs"]
mod app;
mod bench;
mod game;
mod phones;
mod race;
mod report;

use std::process::{Command, Output};

/// Runs `stampede`, which ends by itself.
fn stampede(arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stampede"))
        .args(arguments.split_whitespace())
        .output()
        .expect("stampede runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
