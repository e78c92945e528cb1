//! The game: in this process, or as a command in one of its own.

use std::{
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use clap::Parser;
use tap_racer::{App, Config};

use crate::{stampede, text};

/// The game in this process: its runtime, its address, and the folder it keeps things in.
pub struct Game {
    runtime: tokio::runtime::Runtime,
    pub url: String,
    _data: Folder,
}

impl Game {
    pub fn start() -> Game {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let data = Folder::new();
        let config = Config::parse_from(["tap-racer", "--listen", "127.0.0.1:0", "--data", data.path()]);
        let running = runtime.block_on(App::start(config)).expect("the game starts");
        let url = format!("ws://{}", running.local_addr());
        // It runs for as long as the runtime does.
        std::mem::forget(running);
        Game { runtime, url, _data: data }
    }

    pub fn phones(&self, arguments: &str) -> String {
        let output = stampede(&format!("phones --url {} {arguments}", self.url));
        assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }
}

impl Drop for Game {
    fn drop(&mut self) {
        let runtime = std::mem::replace(
            &mut self.runtime,
            tokio::runtime::Builder::new_current_thread().build().expect("a runtime"),
        );
        runtime.shutdown_background();
    }
}

/// A folder of this test, which goes with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("stampede-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        Folder(std::env::temp_dir().join(name))
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("text")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The command that runs the game, which cargo builds beside the tests.
pub fn command(arguments: &[&str]) -> String {
    let program = std::env::current_exe().expect("this test");
    let built = program.ancestors().nth(2).expect("target/debug");
    let game = built.join("examples/game");
    assert!(Command::new(&game).arg("--help").output().is_ok(), "{} is not built", game.display());
    format!("{} {}", game.display(), arguments.join(" "))
}
