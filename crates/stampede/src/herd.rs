//! Tens of thousands of sockets in one thread.
//!
//! A [`Herd`] opens connections, reads and writes them and wakes at alarms; what they say is decided by a
//! [`Behaviour`]. A socket that is open and silent costs its entry in a slab: one buffer is read into for
//! all, and what is to be written is written at once.

mod alarms;
mod socket;

use std::{
    io,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use mio::{Events, Interest, Poll, Token};
use slab::Slab;

use self::{
    alarms::Alarms,
    socket::{Progress, Socket},
};
use crate::{
    measure::{histogram, micros},
    target::Target,
    wire::Message,
};

pub use socket::{Lost, Width};

/// One of the sockets; its number may be another one's once it is lost.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(usize);

/// What the sockets of a herd do.
pub trait Behaviour {
    /// The server has taken the connection.
    fn opened(&mut self, herd: &mut Herd, socket: SocketId);

    /// A message came, with others of the same moment.
    fn heard(&mut self, herd: &mut Herd, socket: SocketId, message: &Message<'_>);

    /// The connection could not be made, or has ended.
    fn lost(&mut self, herd: &mut Herd, socket: SocketId, why: Lost);

    /// It is time, as was asked for with [`Herd::alarm`].
    fn alarm(&mut self, herd: &mut Herd, alarm: u64);
}

/// The sockets, and what they wait for.
pub struct Herd {
    poll: Poll,
    target: Target,
    request: Vec<u8>,
    sockets: Slab<Socket>,
    /// Connections ever made.
    made: usize,
    alarms: Alarms,
    /// When the events that are being served were waited for, or the alarms were looked at.
    now: Instant,
    began: Instant,
    buffer: Vec<u8>,
    /// What has gone through all sockets.
    pub traffic: Traffic,
    /// By how much later than due this herd did what its sockets were to do, in microseconds: see
    /// [`Herd::acts`].
    pub late: Histogram<u64>,
}

/// Counts of a herd, from its beginning.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages in.
    pub messages: u64,
    /// Bytes in.
    pub received: u64,
    /// Bytes out.
    pub sent: u64,
}

impl Herd {
    /// None yet.
    ///
    /// # Errors
    /// When the system has no more files for us.
    pub fn new(target: Target) -> io::Result<Herd> {
        let now = Instant::now();
        Ok(Herd {
            poll: Poll::new()?,
            request: target.request(),
            target,
            sockets: Slab::new(),
            made: 0,
            alarms: Alarms::new(now),
            now,
            began: now,
            buffer: vec![0; 256 * 1024],
            traffic: Traffic::default(),
            late: histogram(),
        })
    }

    /// Begins to connect one more.
    ///
    /// # Errors
    /// When the system has no more files or ports for us.
    pub fn connect(&mut self, width: Width) -> io::Result<SocketId> {
        let source = self.target.source(self.made);
        let mut socket = Socket::connect(self.target.address, source, width)?;
        let entry = self.sockets.vacant_entry();
        let id = SocketId(entry.key());
        self.poll.registry().register(socket.stream(), Token(id.0), BOTH)?;
        entry.insert(socket);
        self.made += 1;
        Ok(id)
    }

    /// Writes frames (see [`write_text`](crate::wire::write_text)), now as far as the system takes them
    /// and the rest when it does. To a socket that is lost, or not open yet, nothing is written.
    pub fn send(&mut self, socket: SocketId, frames: &[u8]) {
        if let Some(socket) = self.sockets.get_mut(socket.0) {
            self.traffic.sent += frames.len() as u64;
            socket.send(frames);
        }
    }

    /// Lets go of a socket without a word, as a phone does whose network is gone.
    pub fn drop_socket(&mut self, id: SocketId) {
        if let Some(mut socket) = self.sockets.try_remove(id.0) {
            // It goes with its file.
            let _ = self.poll.registry().deregister(socket.stream());
        }
    }

    /// Reads nothing from a socket from now on, as a phone does whose page is frozen.
    pub fn stall(&mut self, socket: SocketId) {
        if let Some(socket) = self.sockets.get_mut(socket.0) {
            socket.is_stalled = true;
        }
    }

    /// Reads again from a socket that was stalled.
    ///
    /// # Errors
    /// When the system does not look at the socket any more.
    pub fn resume(&mut self, id: SocketId) -> io::Result<()> {
        let Some(socket) = self.sockets.get_mut(id.0) else { return Ok(()) };
        socket.is_stalled = false;
        // What came meanwhile was told of once and is told of again, when it is asked for anew.
        self.poll.registry().reregister(socket.stream(), Token(id.0), BOTH)
    }

    /// Wakes the behaviour after a while.
    pub fn alarm(&mut self, after: Duration, alarm: u64) {
        self.alarm_at(self.now + after, alarm);
    }

    /// The same at a point in time.
    pub fn alarm_at(&mut self, at: Instant, alarm: u64) {
        self.alarms.push(at, alarm);
    }

    /// Notes that now, by the clock, is done what was due then.
    pub fn acts(&mut self, due: Instant) {
        self.late.saturating_record(micros(due.elapsed()));
    }

    /// The time of what is being served.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The same as a number, to be sent and compared when it comes back: microseconds of this herd.
    pub fn micros(&self) -> u64 {
        u64::try_from(self.now.duration_since(self.began).as_micros()).unwrap_or(u64::MAX)
    }

    /// Serves until `until` says so, which is asked after each round of events, and at the latest each
    /// ten milliseconds.
    ///
    /// # Errors
    /// When the system cannot be waited for.
    pub fn run<B: Behaviour>(
        &mut self,
        behaviour: &mut B,
        mut until: impl FnMut(&mut B, &mut Herd) -> bool,
    ) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        loop {
            self.ring(behaviour);
            if until(behaviour, self) {
                return Ok(());
            }
            let patience = self
                .alarms
                .next()
                .map_or(PATIENCE, |at| at.saturating_duration_since(Instant::now()).min(PATIENCE));
            match self.poll.poll(&mut events, Some(patience)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                polled => polled?,
            }
            self.now = Instant::now();
            for event in &events {
                self.serve(behaviour, event);
            }
        }
    }

    /// Goes by the alarms that are due. When they are many the sockets get their turn in between: what has
    /// come is not to be taken for what comes later.
    fn ring<B: Behaviour>(&mut self, behaviour: &mut B) {
        self.now = Instant::now();
        for _ in 0..ALARMS_IN_A_ROW {
            let Some(alarm) = self.alarms.take_due(self.now) else { return };
            behaviour.alarm(self, alarm);
        }
    }

    fn serve<B: Behaviour>(&mut self, behaviour: &mut B, event: &mio::event::Event) {
        let id = SocketId(event.token().0);
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if event.is_writable() {
            match socket.writable(&self.request) {
                Ok(()) => {}
                Err(error) => return self.lose(behaviour, id, Lost::Io(error.kind())),
            }
        }
        if socket.is_stalled {
            // It reads no end; of one that comes before all is read the system tells.
            if event.is_read_closed() || event.is_error() {
                self.lose(behaviour, id, Lost::Ended);
            }
        } else if event.is_readable() || event.is_read_closed() {
            self.read(behaviour, id, event.is_read_closed());
        }
    }

    /// Reads all that is there, and hands on what is complete. What has an end is read to it.
    fn read<B: Behaviour>(&mut self, behaviour: &mut B, id: SocketId, has_end: bool) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let lost = self.read_into(&mut buffer, behaviour, id, has_end);
        self.buffer = buffer;
        if let Some(why) = lost {
            self.lose(behaviour, id, why);
        }
    }

    fn read_into<B: Behaviour>(
        &mut self,
        buffer: &mut [u8],
        behaviour: &mut B,
        id: SocketId,
        has_end: bool,
    ) -> Option<Lost> {
        loop {
            let socket = self.sockets.get_mut(id.0)?;
            let length = match socket.receive(buffer) {
                Ok(Some(length)) => length,
                Ok(None) => return None,
                Err(why) => return Some(why),
            };
            self.traffic.received += length as u64;
            let received = &buffer[..length];
            let after_upgrade = match socket.progress(received) {
                Ok(Progress::Waiting) => &[][..],
                Ok(Progress::Opened { rest }) => {
                    behaviour.opened(self, id);
                    &received[received.len() - rest..]
                }
                Ok(Progress::Open) => received,
                Err(why) => return Some(why),
            };
            if let Some(why) = self.hear(after_upgrade, behaviour, id) {
                return Some(why);
            }
            // A stream that gave less than there was room for is empty (epoll(7)), but for its end.
            if length < buffer.len() && !has_end {
                return None;
            }
        }
    }

    fn hear<B: Behaviour>(&mut self, received: &[u8], behaviour: &mut B, id: SocketId) -> Option<Lost> {
        if received.is_empty() {
            return None;
        }
        // The behaviour gets the herd, and with it perhaps this socket.
        let mut inbox = self.sockets.get_mut(id.0)?.take_inbox();
        let heard = inbox.read(received, |heard| match heard {
            socket::Heard::Text(text) => {
                self.traffic.messages += 1;
                if let Some(message) = Message::split(text) {
                    behaviour.heard(self, id, &message);
                }
            }
            socket::Heard::Ping(frame) => self.send(id, &frame),
        });
        if let Some(socket) = self.sockets.get_mut(id.0) {
            socket.put_inbox(inbox);
        }
        heard.err()
    }

    fn lose<B: Behaviour>(&mut self, behaviour: &mut B, id: SocketId, why: Lost) {
        if self.sockets.contains(id.0) {
            self.drop_socket(id);
            behaviour.lost(self, id, why);
        }
    }
}

/// What is asked of every socket.
const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);
/// No longer than this is waited for events without a look around.
const PATIENCE: Duration = Duration::from_millis(10);
/// About a millisecond's work.
const ALARMS_IN_A_ROW: usize = 128;

#[cfg(test)]
mod tests;
