//! Clients that connect, join one topic each, and give signs of life: what all scenarios begin with.

use std::{
    collections::HashMap,
    io,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use crate::{
    herd::{Herd, SocketId, Width},
    measure::{histogram, micros},
    wire::{Message, push, write_text},
};

/// Phoenix closes a socket that sends nothing for a minute; its clients do so each half.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// Heartbeats are sent by a round that takes this many steps.
const STEPS: u32 = 300;
/// So many connections are on their way at once.
const IN_FLIGHT: usize = 256;

/// Alarms of the crowd itself; scenarios have those below.
const ALARMS: u64 = 1 << 62;
const BEAT: u64 = ALARMS;
const ARRIVE: u64 = ALARMS + 1;

/// Where a member of the crowd goes.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Which topic.
    pub topic: String,
    /// With what, as JSON.
    pub params: String,
    /// Takes little from the network at once: see [`Width::Narrow`].
    pub width: Width,
}

/// How the crowd arrives.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Arrival {
    /// As fast as the server takes them, so many on their way at once.
    Storm,
    /// So many a second, whether the server keeps up or not.
    PerSecond(f64),
}

/// The clients. A scenario owns one, and hands it what its herd tells.
pub struct Crowd {
    seats: Vec<Seat>,
    arrival: Arrival,
    members: HashMap<SocketId, Member>,
    /// By number: the order of the seats.
    sockets: Vec<Option<SocketId>>,
    next: usize,
    in_flight: usize,
    joined: usize,
    /// Whom the round of heartbeats comes to next.
    beat: usize,
    /// From the begin of the connection to the answer to the join, in microseconds. In an open loop
    /// from when the client was due.
    pub join_times: Histogram<u64>,
    /// From a heartbeat to its answer, in microseconds.
    pub heartbeats: Histogram<u64>,
    /// Those that were refused or lost.
    pub losses: Vec<String>,
}

struct Member {
    number: usize,
    began: Instant,
    is_joined: bool,
}

/// What the crowd has made of what it was handed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A member is in.
    Joined(usize),
    /// A message for the scenario, to this member.
    Message(usize),
    /// Nothing that concerns the scenario.
    Nothing,
}

impl Crowd {
    /// A crowd that is about to come.
    pub fn new(seats: Vec<Seat>, arrival: Arrival) -> Crowd {
        Crowd {
            sockets: vec![None; seats.len()],
            seats,
            arrival,
            members: HashMap::new(),
            next: 0,
            in_flight: 0,
            joined: 0,
            beat: 0,
            join_times: histogram(),
            heartbeats: histogram(),
            losses: Vec::new(),
        }
    }

    /// Begins to arrive.
    ///
    /// # Errors
    /// When the system has no more files or ports for us.
    pub fn arrive(&mut self, herd: &mut Herd) -> io::Result<()> {
        herd.alarm(HEARTBEAT / STEPS, BEAT);
        self.connect_more(herd)
    }

    /// Whether everybody is in.
    pub fn is_complete(&self) -> bool {
        self.joined == self.seats.len()
    }

    /// Whether somebody was refused or lost.
    pub fn is_broken(&self) -> bool {
        !self.losses.is_empty()
    }

    /// The socket of a member.
    pub fn socket(&self, number: usize) -> Option<SocketId> {
        self.sockets.get(number).copied().flatten()
    }

    fn connect_more(&mut self, herd: &mut Herd) -> io::Result<()> {
        match self.arrival {
            Arrival::Storm => {
                while self.next < self.seats.len() && self.in_flight < IN_FLIGHT {
                    self.connect_one(herd, herd.now())?;
                }
            }
            Arrival::PerSecond(rate) => {
                if self.next < self.seats.len() {
                    self.connect_one(herd, herd.now())?;
                    herd.alarm(Duration::from_secs_f64(1.0 / rate), ARRIVE);
                }
            }
        }
        Ok(())
    }

    fn connect_one(&mut self, herd: &mut Herd, began: Instant) -> io::Result<()> {
        let socket = herd.connect(self.seats[self.next].width)?;
        self.members.insert(socket, Member { number: self.next, began, is_joined: false });
        self.sockets[self.next] = Some(socket);
        self.next += 1;
        self.in_flight += 1;
        Ok(())
    }

    /// Hand it [`Behaviour::opened`](crate::herd::Behaviour::opened).
    pub fn opened(&mut self, herd: &mut Herd, socket: SocketId) {
        if let Some(member) = self.members.get(&socket) {
            let Seat { topic, params, .. } = &self.seats[member.number];
            let mut frame = Vec::new();
            write_text(&mut frame, push(1, 1, topic, "phx_join", params).as_bytes());
            herd.send(socket, &frame);
        }
    }

    /// Hand it [`Behaviour::heard`](crate::herd::Behaviour::heard).
    pub fn heard(&mut self, herd: &mut Herd, socket: SocketId, message: &Message<'_>) -> Told {
        let Some(member) = self.members.get_mut(&socket) else { return Told::Nothing };
        if message.topic == b"\"phoenix\"" {
            if let Some(sent) = number(message.reference) {
                self.heartbeats.saturating_record(herd.micros().saturating_sub(sent));
            }
            return Told::Nothing;
        }
        if member.is_joined {
            return Told::Message(member.number);
        }
        if !(message.is_reply() && message.reference == b"\"1\"") {
            return Told::Nothing;
        }
        if !message.is_ok() {
            let refusal = String::from_utf8_lossy(message.payload).into_owned();
            self.losses.push(format!("not let in: {refusal}"));
            return Told::Nothing;
        }
        member.is_joined = true;
        let number = member.number;
        self.join_times.saturating_record(micros(herd.now().duration_since(member.began)));
        self.joined += 1;
        self.in_flight -= 1;
        if self.arrival == Arrival::Storm
            && let Err(error) = self.connect_more(herd)
        {
            self.losses.push(error.to_string());
        }
        Told::Joined(number)
    }

    /// Hand it [`Behaviour::lost`](crate::herd::Behaviour::lost); which member it was.
    pub fn lost(&mut self, socket: SocketId) -> Option<usize> {
        let member = self.members.remove(&socket)?;
        self.sockets[member.number] = None;
        Some(member.number)
    }

    /// Hand it [`Behaviour::alarm`](crate::herd::Behaviour::alarm); true if it was the crowd's own.
    pub fn alarm(&mut self, herd: &mut Herd, alarm: u64) -> bool {
        match alarm {
            BEAT => self.beat(herd),
            ARRIVE => {
                if let Err(error) = self.connect_more(herd) {
                    self.losses.push(error.to_string());
                }
            }
            _ => return false,
        }
        true
    }

    /// The next part of the crowd gives a sign of life.
    fn beat(&mut self, herd: &mut Herd) {
        let part = self.sockets.len().div_ceil(STEPS as usize);
        let mut frame = Vec::new();
        write_text(
            &mut frame,
            format!("[null,\"{}\",\"phoenix\",\"heartbeat\",{{}}]", herd.micros()).as_bytes(),
        );
        for _ in 0..part {
            self.beat = (self.beat + 1) % self.sockets.len().max(1);
            if let Some(socket) = self.socket(self.beat).filter(|socket| self.members[socket].is_joined) {
                herd.send(socket, &frame);
            }
        }
        herd.alarm(HEARTBEAT / STEPS, BEAT);
    }
}

/// The number within quotes.
fn number(reference: &[u8]) -> Option<u64> {
    let digits = reference.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
