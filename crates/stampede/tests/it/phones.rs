//! Guests of the game, whose counts the server gets right whatever happens to their connections.

use clap::Parser;
use tap_racer::{App, Config};

use crate::{stampede, text};

/// The game in this process: its runtime, its address, and the folder it keeps things in.
struct Game {
    runtime: tokio::runtime::Runtime,
    url: String,
    data: std::path::PathBuf,
}

impl Game {
    fn start() -> Game {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let data = std::env::temp_dir().join(format!(
            "stampede-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        let folder = data.to_str().expect("text");
        let config = Config::parse_from(["tap-racer", "--listen", "127.0.0.1:0", "--data", folder]);
        let running = runtime.block_on(App::start(config)).expect("the game starts");
        let url = format!("ws://{}", running.local_addr());
        // It runs for as long as the runtime does.
        std::mem::forget(running);
        Game { runtime, url, data }
    }

    fn phones(&self, arguments: &str) -> String {
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
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

/// The number in front of a word of what was said.
fn count(said: &str, word: &str) -> u64 {
    let (before, _) = said.split_once(&format!(" {word}")).expect("the word");
    before.rsplit([' ', '\n']).next().and_then(|number| number.parse().ok()).expect("a number")
}

#[test]
fn guests_race_heat_after_heat_and_every_tap_of_theirs_counts() {
    let game = Game::start();
    let said = game.phones(
        r#"--players 20 --seconds 9 --rate 2 --chats-every 1 --host {"mode":"timed","seconds":2,"countdown":500}"#,
    );
    assert!(count(&said, "heats") >= 1, "{said}");
    assert!(count(&said, "right") >= 20, "{said}");
    assert_eq!(count(&said, "wrong"), 0, "{said}");
    assert_eq!(count(&said, "connections lost"), 0, "{said}");
}

#[test]
fn guests_who_lose_their_connection_come_back_with_all_their_taps() {
    let game = Game::start();
    let said = game.phones(
        r#"--players 20 --seconds 10 --drops-every 0.2 --host {"mode":"timed","seconds":3,"countdown":500}"#,
    );
    assert!(count(&said, "heats") >= 1, "{said}");
    assert!(count(&said, "right") >= 15, "{said}");
    assert_eq!(count(&said, "wrong"), 0, "{said}");
}

#[test]
fn guests_of_a_room_that_is_not_there_are_told() {
    let game = Game::start();
    let said = game.phones("--players 2 --room K7QF --seconds 1");
    assert!(said.contains("no such room"), "{said}");
}
