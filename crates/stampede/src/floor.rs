//! The floor: what the kernel alone takes for the same bytes on as many sockets. A process that does nothing
//! but accept connections and write to them in one loop is measured as a server is; no server can be below it.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use mio::{Events, Interest, Poll, Token};

use crate::{
    measure::{Measured, Window},
    process::Process,
    target::Target,
};

/// How the bytes of several frames are written to a socket.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Writes {
    /// One `send(2)` for each frame.
    Each,
    /// One for all of them.
    Together,
}

/// What is written.
#[derive(Copy, Clone, Debug)]
pub struct Load {
    /// To so many sockets.
    pub clients: usize,
    /// Of so many bytes each, the header of the frame included.
    pub bytes: usize,
    /// So many at once.
    pub frames: usize,
    /// In so many system calls.
    pub writes: Writes,
    /// So many frames a second on all sockets together.
    pub per_second: f64,
}

impl Load {
    /// As this program takes it to be the floor.
    fn arguments(&self) -> Vec<String> {
        let numbers = [("--clients", self.clients), ("--bytes", self.bytes), ("--frames", self.frames)];
        let numbers = numbers.into_iter().flat_map(|(name, number)| [name.to_owned(), number.to_string()]);
        let merged = (self.writes == Writes::Together).then(|| "--merged".to_owned());
        std::iter::once("floor".to_owned()).chain(numbers).chain(merged).collect()
    }
}

/// The process that is measured: it says on which port it listens, takes `clients` connections, and writes
/// to all of them once for each line that it reads from its standard input, until that ends.
///
/// # Errors
/// When it cannot listen, or a client is gone.
pub fn serve(load: &Load) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?);
    io::stdout().flush()?;
    let frames = vec![b'x'; load.bytes * load.frames];
    let mut clients = Vec::with_capacity(load.clients);
    while clients.len() < load.clients {
        let (stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        clients.push(stream);
    }
    println!("ready");
    io::stdout().flush()?;
    let mut line = String::new();
    let mut orders = io::stdin().lock();
    while orders.read_line(&mut line)? > 0 {
        match load.writes {
            // A round for each frame, as a server broadcasts one after the other.
            Writes::Each => {
                for frame in frames.chunks(load.bytes) {
                    clients.iter_mut().try_for_each(|client| client.write_all(frame))?;
                }
            }
            Writes::Together => clients.iter_mut().try_for_each(|client| client.write_all(&frames))?,
        }
        line.clear();
    }
    Ok(())
}

/// Measures such a process, which is this program again.
///
/// # Errors
/// When it does not start, or does not do its work.
pub fn measure(load: &Load, window: Window) -> anyhow::Result<Measured> {
    let program = std::env::current_exe().context("no program to be the floor")?;
    let mut child = Command::new(program)
        .args(load.arguments())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the floor does not start")?;
    let measured = measure_child(load, &mut child, window);
    // It ends with its standard input.
    drop(child.stdin.take());
    let _ = child.wait();
    measured
}

fn measure_child(load: &Load, child: &mut Child, window: Window) -> anyhow::Result<Measured> {
    let mut said = BufReader::new(child.stdout.take().context("no output")?).lines();
    let address: SocketAddr = said.next().context("the floor said nothing")??.parse()?;
    let mut readers = Readers::connect(address, load.clients)?;
    if said.next().transpose()?.as_deref() != Some("ready") {
        bail!("the floor is not ready");
    }
    let mut orders = child.stdin.take().context("no input")?;
    let process = Process::new(child.id());
    let round = (load.clients * load.frames * load.bytes) as u64;
    let every = Duration::from_secs_f64((load.clients * load.frames) as f64 / load.per_second);
    let mut rounds = |length: Duration| -> anyhow::Result<u64> {
        let began = Instant::now();
        let mut count = 0;
        while began.elapsed() < length {
            orders.write_all(b"\n")?;
            count += 1;
            readers.read(round * count)?;
            // In step with the time, as the server's load is.
            std::thread::sleep(
                (every * u32::try_from(count).unwrap_or(u32::MAX)).saturating_sub(began.elapsed()),
            );
        }
        readers.got = 0;
        Ok(count)
    };
    rounds(window.warm_up)?;
    let (count, cpu, took) = process.during(|| rounds(window.length))?;
    let usage = process.usage()?;
    let writes = match load.writes {
        Writes::Each => "each",
        Writes::Together => "together",
    };
    let scenario =
        if load.frames == 1 { "floor".to_owned() } else { format!("floor {} {writes}", load.frames) };
    Ok(Measured {
        count: count * (load.clients * load.frames) as u64,
        seconds: took.as_secs_f64(),
        cpu,
        rss: usage.rss,
        ..Measured::new(scenario, load.clients, "delivery")
    })
}

/// The other ends.
struct Readers {
    poll: Poll,
    streams: Vec<mio::net::TcpStream>,
    buffer: Vec<u8>,
    got: u64,
}

impl Readers {
    fn connect(address: SocketAddr, clients: usize) -> anyhow::Result<Readers> {
        let poll = Poll::new()?;
        let target: Target = format!("ws://{address}").parse()?;
        let mut streams = Vec::with_capacity(clients);
        for number in 0..clients {
            let stream = connect(address, target.source(number))?;
            stream.set_nonblocking(true)?;
            let mut stream = mio::net::TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
            streams.push(stream);
        }
        Ok(Readers { poll, streams, buffer: vec![0; 256 * 1024], got: 0 })
    }

    /// Reads until `bytes` have come in all.
    fn read(&mut self, bytes: u64) -> anyhow::Result<()> {
        let mut events = Events::with_capacity(1024);
        while self.got < bytes {
            self.poll.poll(&mut events, Some(Duration::from_secs(10)))?;
            if events.is_empty() {
                bail!("the floor stopped writing");
            }
            for event in &events {
                let stream = &mut self.streams[event.token().0];
                loop {
                    match io::Read::read(stream, &mut self.buffer) {
                        Ok(0) => bail!("the floor has ended"),
                        Ok(length) => {
                            self.got += length as u64;
                            if length < self.buffer.len() {
                                break;
                            }
                        }
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Ok(())
    }
}

fn connect(address: SocketAddr, source: Option<std::net::IpAddr>) -> io::Result<TcpStream> {
    let socket = socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None)?;
    if let Some(source) = source {
        socket.bind(&SocketAddr::new(source, 0).into())?;
    }
    socket.connect(&address.into())?;
    Ok(socket.into())
}
