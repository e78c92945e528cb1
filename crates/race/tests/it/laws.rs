//! What holds for any race, whatever happens in it.

mod counts;
mod crowds;
mod outcomes;
mod replay;
mod traces;
mod waiting;

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use race::Event;

use crate::steps::{Step, play, settings, steps};

/// A law over races in which nothing happens holds of nothing: the generator is checked too.
#[test]
fn the_steps_reach_every_outcome_phase_and_rule() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..1500 {
        let settings = settings().new_tree(&mut runner).expect("settings").current();
        let steps: Vec<Step> = steps().new_tree(&mut runner).expect("steps").current();
        let game = play(settings, &steps);
        for event in &game.events {
            let what = match event {
                Event::Results(results) => format!("{:?} {}", results.outcome, results.is_final),
                Event::Phase { phase } => format!("{phase:?}"),
                event => format!("{event:?}"),
            };
            let name = what.split(['{', '(']).next().unwrap_or_default().trim().to_owned();
            *seen.entry(name).or_default() += 1;
        }
        for racer in game.race.field() {
            let counts = [racer.taps, racer.refused, racer.false_starts, racer.surplus];
            for (name, count) in ["taps", "refused", "false starts", "surplus"].iter().zip(counts) {
                *seen.entry((*name).to_owned()).or_default() += u32::from(count > 0);
            }
        }
    }
    for name in [
        "Won true",
        "Won false",
        "DeadHeat true",
        "NoTaps true",
        "Abandoned true",
        "Cancelled true",
        "Countdown",
        "Running",
        "Finishing",
        "Finished",
        "Lobby",
        "FalseStart",
        "Joined",
        "Rejoined",
        "Disconnected",
        "Left",
        "Renamed",
        "Handicapped",
        "taps",
        "refused",
        "false starts",
        "surplus",
    ] {
        assert!(seen.get(name).is_some_and(|count| *count >= 10), "{name} is rare in {seen:?}");
    }
}
