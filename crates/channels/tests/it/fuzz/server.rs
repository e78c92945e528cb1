//! The server under fuzz, in a process of its own: so its memory and its panics are its own.

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, mpsc},
    time::{Duration, Instant},
};

use channels::{Endpoint, Presence, Server};

use crate::{app, reference, support::PATIENCE};

const SERVE: &str = "FUZZED_SERVER";

/// In the process of the server: serves until its input ends. Each line of input is answered with
/// the number of connections.
pub fn serve() {
    if std::env::var_os(SERVE).is_none() {
        return;
    }
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Those of the application's channels are part of the game.
        let file = panic.location().map_or("", |location| location.file());
        if !file.contains("examples/reference") && !file.ends_with("tests/it/app.rs") {
            println!("\npanic: {panic}");
            usual(panic);
        }
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let endpoint = Endpoint::new(reference::limits());
        let socket = app::socket(Presence::new(&endpoint)).channel::<app::Quiet>("bystander");
        let live = endpoint.mount("/socket", socket);
        let server = Server::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        println!("\nlistening: {}", server.local_addr());
        let asked = async {
            let asking = tokio::task::spawn_blocking(move || {
                for _ in std::io::stdin().lines() {
                    println!("\nconnections: {}", endpoint.connections());
                }
            });
            asking.await.expect("no panic");
        };
        server.run(live, asked).await.expect("a listener");
    });
    std::process::exit(0);
}

pub struct Fuzzed {
    pub address: SocketAddr,
    process: Child,
    asking: Mutex<ChildStdin>,
    said: Mutex<mpsc::Receiver<String>>,
    panics: Mutex<Vec<String>>,
}

impl Fuzzed {
    pub fn start() -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "fuzz::fuzzed_server", "--nocapture", "--quiet"])
            .env(SERVE, "1")
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let asking = Mutex::new(process.stdin.take().expect("its input"));
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let (say, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    return;
                }
            }
        });
        let nowhere = SocketAddr::from(([0; 4], 0));
        let said = Mutex::new(said);
        let mut fuzzed = Self { address: nowhere, process, asking, said, panics: Mutex::default() };
        fuzzed.address = fuzzed.heard("listening: ").parse().expect("an address");
        fuzzed
    }

    /// The next line that starts so; panics are kept.
    fn heard(&self, start: &str) -> String {
        loop {
            let line =
                self.said.lock().expect("no panic").recv_timeout(PATIENCE).expect("a word of the server");
            if let Some(rest) = line.strip_prefix(start) {
                return rest.to_owned();
            }
            if line.starts_with("panic: ") {
                self.panics.lock().expect("no panic").push(line);
            }
        }
    }

    fn connections(&self) -> usize {
        writeln!(self.asking.lock().expect("no panic")).expect("a server that lives");
        self.heard("connections: ").parse().expect("a number")
    }

    /// Waits until only so many connections are left.
    pub fn wait_for_connections(&self, count: usize) {
        // A session of a long poll that is not polled lives for half a minute.
        let deadline = Instant::now() + Duration::from_secs(40);
        while self.connections() > count {
            assert!(Instant::now() < deadline, "{} connections are left", self.connections());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn panics(&self) -> Vec<String> {
        self.connections();
        self.panics.lock().expect("no panic").clone()
    }

    /// The server's memory, in KB.
    pub fn memory(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        // Only Linux tells.
        rss.and_then(|rss| rss.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
    }
}

impl Drop for Fuzzed {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
