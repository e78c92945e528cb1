//! Guests of the game, whose counts the server gets right whatever happens to their connections.

use crate::game::Game;

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
    assert!(count(&said, "counts right") >= 20, "{said}");
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
    assert!(count(&said, "counts right") >= 15, "{said}");
    assert_eq!(count(&said, "wrong"), 0, "{said}");
}

#[test]
fn guests_who_leave_make_room_for_others_who_wait_for_the_next_heat() {
    let game = Game::start();
    let said = game.phones(
        r#"--players 20 --seconds 12 --leaves-every 0.3 --host {"mode":"timed","seconds":3,"countdown":500}"#,
    );
    assert!(count(&said, "heats") >= 2, "{said}");
    assert!(count(&said, "counts right") >= 15, "{said}");
    assert_eq!(count(&said, "wrong"), 0, "{said}");
}

#[test]
fn guests_of_a_room_that_is_not_there_are_told() {
    let game = Game::start();
    let said = game.phones("--players 2 --room K7QF --seconds 1");
    assert!(said.contains("no such room"), "{said}");
}
