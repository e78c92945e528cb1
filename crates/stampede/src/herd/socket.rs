//! One socket of a herd: from the connection through the upgrade to frames.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, SocketAddr},
};

use mio::net::TcpStream;
use socket2::{Domain, Protocol, Type};
use thiserror::Error;
use tungstenite::handshake::derive_accept_key;

use crate::{
    target::KEY,
    wire::{Frame, FrameError, Opcode, Reader, write_pong},
};

/// Why a socket is none any more.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Lost {
    /// Refused, reset, ...
    #[error("{0}")]
    Io(ErrorKind),
    /// The server has answered the upgrade otherwise.
    #[error("the server answered {0}")]
    NotUpgraded(String),
    /// The server has closed it.
    #[error("closed by the server ({0})")]
    Closed(u16),
    /// The server has ended the connection without a word.
    #[error("ended by the server")]
    Ended,
    /// What came is no frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// How much the network holds for a client that does not read.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// Megabytes, as the loopback network does.
    #[default]
    Wide,
    /// Some kilobytes in small packets, as outside of it: what more there is the server has to hold.
    Narrow,
}

/// What a socket has come to.
pub(super) enum Progress {
    /// Too little to tell.
    Waiting,
    /// The answer to the upgrade is complete, and `rest` bytes came behind it.
    Opened { rest: usize },
    /// Frames.
    Open,
}

/// What comes in frames.
pub(super) enum Heard<'a> {
    Text(&'a [u8]),
    /// To be answered with this.
    Ping(Vec<u8>),
}

pub(super) struct Socket {
    stream: TcpStream,
    state: State,
    /// What the system did not take yet.
    unsent: Vec<u8>,
    inbox: Inbox,
    pub is_stalled: bool,
}

enum State {
    Connecting,
    /// The request is sent; of the answer there is this.
    Upgrading(Vec<u8>),
    Open,
}

/// The longest answer to an upgrade that is waited for.
const LONGEST_ANSWER: usize = 16 * 1024;

/// Frames and messages that have begun.
#[derive(Default)]
pub(super) struct Inbox {
    frames: Reader,
    /// Of a message in several frames.
    parts: Vec<u8>,
}

impl Socket {
    pub fn connect(address: SocketAddr, source: Option<IpAddr>, width: Width) -> io::Result<Socket> {
        let socket = socket2::Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        if width == Width::Narrow {
            socket.set_recv_buffer_size(4096)?;
            socket.set_tcp_mss(536)?;
        }
        if let Some(source) = source {
            socket.bind(&SocketAddr::new(source, 0).into())?;
        }
        match socket.connect(&address.into()) {
            Err(error) if error.raw_os_error() != Some(rustix::io::Errno::INPROGRESS.raw_os_error()) => {
                return Err(error);
            }
            _ => {}
        }
        Ok(Socket {
            stream: TcpStream::from_std(socket.into()),
            state: State::Connecting,
            unsent: Vec::new(),
            inbox: Inbox::default(),
            is_stalled: false,
        })
    }

    pub fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// The system takes more: the first time because the connection is made.
    pub fn writable(&mut self, request: &[u8]) -> io::Result<()> {
        if matches!(self.state, State::Connecting) {
            if let Some(error) = self.stream.take_error()? {
                return Err(error);
            }
            match self.stream.peer_addr() {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotConnected => return Ok(()),
                Err(error) => return Err(error),
            }
            self.state = State::Upgrading(Vec::new());
            self.write(request);
        }
        self.flush();
        Ok(())
    }

    /// Frames; there is nobody to take them before the upgrade.
    pub fn send(&mut self, frames: &[u8]) {
        if matches!(self.state, State::Open) {
            self.write(frames);
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.unsent.extend_from_slice(bytes);
        if self.unsent.len() == bytes.len() {
            self.flush();
        }
    }

    fn flush(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // A broken one is found out when it is read.
                Err(_) => return,
            }
        }
        self.unsent = Vec::new();
    }

    /// Some bytes; none while there are none.
    pub fn receive(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, Lost> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(Lost::Ended),
                Ok(length) => return Ok(Some(length)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Lost::Io(error.kind())),
            }
        }
    }

    /// What `received` brings this socket to.
    pub fn progress(&mut self, received: &[u8]) -> Result<Progress, Lost> {
        let answer = match &mut self.state {
            State::Open => return Ok(Progress::Open),
            State::Connecting => return Ok(Progress::Waiting),
            State::Upgrading(answer) => answer,
        };
        answer.extend_from_slice(received);
        let Some(end) = memchr::memmem::find(answer, b"\r\n\r\n").map(|at| at + 4) else {
            let is_too_long = answer.len() > LONGEST_ANSWER;
            return if is_too_long {
                Err(Lost::NotUpgraded("at length".to_owned()))
            } else {
                Ok(Progress::Waiting)
            };
        };
        check(&answer[..end])?;
        let rest = answer.len() - end;
        self.state = State::Open;
        Ok(Progress::Opened { rest })
    }

    pub fn take_inbox(&mut self) -> Inbox {
        std::mem::take(&mut self.inbox)
    }

    pub fn put_inbox(&mut self, inbox: Inbox) {
        self.inbox = inbox;
    }
}

/// Whether this is the answer of RFC 6455, section 4.2.2, to our key.
fn check(answer: &[u8]) -> Result<(), Lost> {
    let answer = String::from_utf8_lossy(answer);
    let first = answer.lines().next().unwrap_or_default();
    let accepted = answer.lines().filter_map(|line| line.split_once(':')).any(|(name, value)| {
        name.eq_ignore_ascii_case("sec-websocket-accept") && value.trim() == derive_accept_key(KEY.as_bytes())
    });
    let is_switched = first.split(' ').nth(1) == Some("101") && accepted;
    if is_switched {
        Ok(())
    } else {
        Err(Lost::NotUpgraded(first.trim_start_matches("HTTP/1.1 ").to_owned()))
    }
}

impl Inbox {
    /// Hands on what is complete with `received`.
    pub fn read(&mut self, received: &[u8], mut take: impl FnMut(Heard<'_>)) -> Result<(), Lost> {
        let Inbox { frames, parts } = self;
        let mut closed = None;
        let mut hear = |frame: Frame<'_>| match frame.opcode {
            Opcode::Text if frame.is_last => take(Heard::Text(frame.payload)),
            Opcode::Text => parts.extend_from_slice(frame.payload),
            Opcode::Continuation => {
                parts.extend_from_slice(frame.payload);
                if frame.is_last {
                    take(Heard::Text(parts));
                    parts.clear();
                }
            }
            Opcode::Ping => {
                let mut pong = Vec::new();
                write_pong(&mut pong, frame.payload);
                take(Heard::Ping(pong));
            }
            Opcode::Close => {
                let code = frame.payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
                closed = Some(Lost::Closed(code));
            }
            // Nobody here sends any.
            Opcode::Binary | Opcode::Pong => {}
        };
        frames.read(received, &mut hear)?;
        closed.map_or(Ok(()), Err)
    }
}
