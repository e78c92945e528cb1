use std::{fmt::Write, time::Duration};

use ratatui::{Terminal, backend::TestBackend};
use tokio::time::Instant;

use super::*;

/// As it stands on a terminal of the usual size.
fn drawn(screen: &Screen) -> String {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a terminal");
    terminal.draw(|frame| screen.draw(frame, 1_000_007_400.0)).expect("drawn");
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for line in buffer.content().chunks(80) {
        let line: String = line.iter().map(ratatui::buffer::Cell::symbol).collect();
        writeln!(text, "{}", line.trim_end()).expect("text");
    }
    text
}

/// What a server has counted that has done its work so often.
fn scrape(times: f64, at: Instant) -> Scrape {
    let text = include_str!("metrics.txt");
    let grown =
        text.lines().map(|line| match line.strip_prefix("+ ").and_then(|line| line.rsplit_once(' ')) {
            Some((name, value)) => format!("{name} {}\n", value.parse::<f64>().expect("a number") * times),
            None => format!("{line}\n"),
        });
    Scrape::read(&grown.collect::<String>(), at).expect("metrics")
}

#[test]
fn two_looks_make_a_screen() {
    let mut screen = Screen::new("127.0.0.1:4000".to_owned());
    let at = Instant::now();
    for (second, times) in [(0, 10.0), (1, 11.0), (2, 13.0), (3, 13.5), (4, 15.0)] {
        screen.show(scrape(times, at + Duration::from_secs(second)));
    }
    let (drawn, expected) = (drawn(&screen), include_str!("drawn.txt"));
    assert!(drawn == expected, "drawn is:\n{drawn}\nand not:\n{expected}");
}

#[test]
fn a_server_that_is_away_is_said_to_be_and_what_was_known_of_it_stays() {
    let mut screen = Screen::new("127.0.0.1:4000".to_owned());
    screen.miss("cannot connect: connection refused".to_owned());
    assert!(
        drawn(&screen).starts_with(" Tap Racer  127.0.0.1:4000  away: cannot connect: connection refused")
    );
    screen.show(scrape(1.0, Instant::now()));
    assert!(drawn(&screen).contains("up 2 h 3 min") && drawn(&screen).contains("15,203"));
    screen.miss("no answer within 5 seconds".to_owned());
    assert!(drawn(&screen).contains("away: no answer") && drawn(&screen).contains("15,203"));
}
