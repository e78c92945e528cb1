//! The same commands at the same times make the same race.

use proptest::prelude::*;
use proptest::sample::Index;
use race::{Command, Event, Millis, Race};

use crate::steps::{Game, play, settings, steps};

fn replay(race: &mut Race, journal: &[(Millis, Command)]) -> Vec<Event> {
    let applied = journal.iter().filter_map(|(now, command)| race.apply(*now, command.clone()).ok());
    applied.flatten().collect()
}

proptest! {
    #[test]
    fn a_refused_command_changes_nothing(settings in settings(), steps in steps()) {
        let mut game = Game::new(settings);
        for step in steps {
            let mut waited = game.race.clone();
            let (now, command) = game.read(&step);
            if game.apply(now, command).is_err() {
                let passed = waited.apply(now, Command::Advance).expect("time always passes");
                let mut refused = game.race.snapshot();
                // What time brought about is not lost: it is told next time.
                prop_assert_eq!(std::mem::take(&mut refused.pending), passed);
                prop_assert_eq!(refused, waited.snapshot());
            }
        }
    }

    #[test]
    fn the_journal_gives_the_same_race_again(settings in settings(), steps in steps()) {
        let game = play(settings.clone(), &steps);
        let mut again = Race::new(settings);
        prop_assert_eq!(replay(&mut again, &game.journal), game.events);
        prop_assert_eq!(again.snapshot(), game.race.snapshot());
    }

    #[test]
    fn a_restored_race_has_the_same_future(
        settings in settings(),
        steps in steps(),
        cut in any::<Index>(),
    ) {
        let game = play(settings.clone(), &steps);
        let (past, future) = game.journal.split_at(cut.index(game.journal.len() + 1));
        let mut race = Race::new(settings);
        replay(&mut race, past);
        let mut restored = Race::restore(race.snapshot()).expect("a real state");
        prop_assert_eq!(restored.snapshot(), race.snapshot());
        prop_assert_eq!(restored.taps(), race.taps());
        prop_assert_eq!(restored.wakes_at(), race.wakes_at());
        prop_assert_eq!(replay(&mut restored, future), replay(&mut race, future));
        prop_assert_eq!(restored.snapshot(), race.snapshot());
        prop_assert_eq!(restored.standings(), race.standings());
    }

    #[test]
    fn after_a_command_nothing_is_overdue(settings in settings(), steps in steps()) {
        let mut game = Game::new(settings);
        for step in steps {
            let is_carried_out = game.step(&step);
            let wakes_at = game.race.wakes_at();
            if is_carried_out {
                prop_assert!(wakes_at.is_none_or(|at| at > game.now), "{wakes_at:?} {}", game.now);
            }
        }
    }
}
