//! Rooms of the game, made over HTTP as the page does that hosts a race.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::target::Target;

/// A room that was just made.
#[derive(Clone, Debug, Deserialize)]
pub struct Room {
    /// Its code.
    #[serde(rename = "room")]
    pub code: String,
    /// The token of who hosts it.
    pub host: String,
}

/// Makes a room.
///
/// # Errors
/// When there is no server of the game, or it makes no more rooms.
pub fn make(target: &Target) -> anyhow::Result<Room> {
    let mut stream = TcpStream::connect(target.address).context("no server")?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let head = format!("POST /api/rooms HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", target.host);
    stream.write_all(format!("{head}content-length: 0\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context("no answer")?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    let status = head.lines().next().unwrap_or_default();
    if !status.contains(" 201 ") {
        bail!("no room was made: {status} {body}");
    }
    serde_json::from_str(body).context("a room without a code")
}
