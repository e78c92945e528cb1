//! What holds for any race, whatever happens in it.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use race::{
    Command, Event, Heat, Lane, Millis, Mode, Outcome, Phase, Race, RacerId, Results, Rules, Settings,
};

use crate::steps::{Game, Step, extreme_journal, play, settings, steps};

/// Every final result by heat, in the order of the events.
fn outcomes(events: &[Event]) -> Vec<&Results> {
    let results = events.iter().filter_map(|event| match event {
        Event::Results(results) => Some(results),
        _ => None,
    });
    results.filter(|results| results.is_final).collect()
}

fn replay(race: &mut Race, journal: &[(Millis, Command)]) -> Vec<Event> {
    let applied = journal.iter().filter_map(|(now, command)| race.apply(*now, command.clone()).ok());
    applied.flatten().collect()
}

fn assert_adds_up(race: &Race) {
    let mut sum = 0;
    for racer in race.field().chain(race.racers()) {
        let parts = [racer.taps, racer.refused, racer.false_starts, racer.surplus];
        assert_eq!(racer.claimed, parts.into_iter().sum::<u32>(), "{racer:?}");
    }
    for racer in race.field() {
        sum += u64::from(racer.taps);
    }
    assert_eq!(race.taps(), sum);
    if let Some(rope) = race.rope() {
        assert_eq!(rope.left_taps + rope.right_taps, sum);
        assert!((-1000..=1000).contains(&rope.position));
    }
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
    fn every_tap_is_in_one_count_and_the_lanes_sum_up(settings in settings(), steps in steps()) {
        let mut game = Game::new(settings);
        for step in steps {
            game.step(&step);
            assert_adds_up(&game.race);
        }
    }

    #[test]
    fn no_count_falls_within_a_heat(settings in settings(), steps in steps()) {
        let mut game = Game::new(settings);
        let mut before: BTreeMap<(Heat, RacerId), [u32; 5]> = BTreeMap::new();
        for step in steps {
            game.step(&step);
            if game.race.phase() == Phase::Lobby {
                continue;
            }
            for racer in game.race.field() {
                let now =
                    [racer.claimed, racer.taps, racer.refused, racer.false_starts, racer.surplus];
                let then = before.insert((game.race.heat(), racer.id), now).unwrap_or_default();
                prop_assert!(then.iter().zip(&now).all(|(then, now)| then <= now), "{racer:?}");
            }
        }
    }

    #[test]
    fn nobody_counts_faster_than_the_limit(settings in settings(), steps in steps()) {
        let mut game = Game::new(settings);
        for step in steps {
            game.step(&step);
            let limit = i64::from(game.race.rules().max_taps_per_second);
            let Some(go_at) = game.race.phase().go_at().filter(|_| limit > 0) else { continue };
            let since = (game.now - go_at).0.max(0);
            for racer in game.race.field() {
                let most = (limit / 3).max(10) + limit * since / 1000;
                prop_assert!(i64::from(racer.taps) <= most, "{racer:?} after {since}");
            }
        }
    }

    #[test]
    fn a_finish_is_timed_no_earlier_than_compensation_and_limit_allow(
        settings in settings(),
        steps in steps(),
    ) {
        let mut game = Game::new(settings);
        for step in steps {
            let done: Vec<RacerId> = finishers(&game.race);
            game.step(&step);
            let Some(go_at) = game.race.phase().go_at() else { continue };
            let arrival = game.now - go_at;
            let limit = i64::from(game.race.rules().max_taps_per_second);
            for racer in game.race.field().filter(|racer| !done.contains(&racer.id)) {
                let Some(time) = racer.finished_at else { continue };
                prop_assert!(time <= arrival);
                prop_assert!(time >= arrival - game.race.settings().compensation);
                prop_assert!(time >= Millis::ZERO);
                if limit > 0 {
                    let beyond = i64::from(racer.taps) - (limit / 3).max(10);
                    prop_assert!(time.0 * limit >= beyond * 1000);
                }
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
    fn every_heat_has_exactly_one_outcome(settings in settings(), steps in steps()) {
        let mut game = play(settings, &steps);
        let forever = game.now + Millis(1_000_000_000);
        game.apply(forever, Command::Advance).expect("time always passes");
        prop_assert!(!game.race.phase().is_heat());
        let heats: Vec<Heat> = outcomes(&game.events).iter().map(|results| results.heat).collect();
        let expected: Vec<Heat> = (1..=game.race.heat().0).map(Heat).collect();
        prop_assert_eq!(heats, expected);
    }

    #[test]
    fn places_are_a_ranking(settings in settings(), steps in steps()) {
        let game = play(settings, &steps);
        for results in game.events.iter().filter_map(|event| match event {
            Event::Results(results) => Some(results),
            _ => None,
        }) {
            let places: Vec<u32> = results.places.iter().map(|place| place.place).collect();
            prop_assert!(places.is_sorted());
            let is_tug = results.places.iter().any(|place| place.team.is_some());
            if is_tug {
                prop_assert!(places.iter().all(|place| (1..=2).contains(place)));
            } else {
                for place in &places {
                    let ahead = places.iter().filter(|other| *other < place).count();
                    prop_assert_eq!(*place as usize, ahead + 1);
                }
            }
            let first: Vec<RacerId> = results
                .places
                .iter()
                .filter(|place| place.place == 1)
                .map(|place| place.racer)
                .collect();
            match results.outcome {
                Outcome::Won => {
                    prop_assert_eq!(&results.winners, &first);
                    prop_assert!(is_tug == results.team.is_some() && (is_tug || first.len() == 1));
                }
                Outcome::DeadHeat => {
                    prop_assert_eq!(&results.winners, &first);
                    prop_assert!(results.places[0].dead_heat);
                }
                _ => prop_assert!(results.winners.is_empty() && results.team.is_none()),
            }
        }
    }

    #[test]
    fn the_changes_lead_a_screen_to_the_true_lanes(settings in settings(), steps in steps()) {
        let mut game = Game::new(settings);
        let mut screen: BTreeMap<Lane, u32> = BTreeMap::new();
        let mut shown = (Heat(0), false);
        for (index, step) in steps.iter().enumerate() {
            game.step(step);
            let heat = (game.race.heat(), game.race.phase() == Phase::Lobby);
            if shown != heat {
                screen.clear();
                shown = heat;
            }
            if index % 3 == 0 {
                screen.extend(game.race.take_changes());
                prop_assert!(game.race.take_changes().is_empty());
                for racer in game.race.field() {
                    let on_screen = screen.get(&racer.lane).copied().unwrap_or(0);
                    prop_assert_eq!(on_screen, racer.taps);
                }
            }
        }
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

    #[test]
    fn nothing_panics_at_the_ends_of_time_and_number(
        settings in settings(),
        steps in steps(),
        journal in extreme_journal(),
    ) {
        let mut race = play(settings, &steps).race;
        for (now, command) in journal {
            let _ = race.apply(now, command);
            assert_adds_up(&race);
            let _ = (race.wakes_at(), race.standings(), race.rope(), race.take_changes());
            prop_assert!(Race::restore(race.snapshot()).is_ok());
        }
    }

    /// Honest phones on a bad network: each report is delayed on its own, some come twice, some
    /// not at all except the last, and the human limit is on.
    #[test]
    fn repeats_and_reordering_give_the_same_counts(
        phones in vec(vec((35_i64..300, 0_i64..2000, select(vec![0, 1, 1, 2])), 0..60), 1..5),
        mode in select(vec![Mode::Timed { seconds: 600 }, Mode::Tug { lead: 10_000 }]),
    ) {
        let mut race = Race::new(Settings::default());
        for _ in &phones {
            race.apply(Millis(0), Command::Join { name: "Ada".into(), bot: false }).expect("room");
        }
        let rules = Rules { mode, countdown: Millis(0), ..Rules::default() };
        race.apply(Millis(0), Command::Start { rules: Some(rules) }).expect("racers");
        let mut deliveries = Vec::new();
        for (racer, taps) in (1..).map(RacerId).zip(&phones) {
            let mut at = 0;
            for (taps, (interval, delay, times)) in (1..).zip(taps) {
                at += interval;
                let claim = Command::Claim { racer, heat: Heat(1), taps, at: Some(Millis(at)) };
                let times = if taps as usize == phones[racer.0 as usize - 1].len() { 2 } else { *times };
                for time in 0..times {
                    deliveries.push((Millis(at + delay + 700 * time), claim.clone()));
                }
            }
        }
        deliveries.sort_by_key(|(arrival, _)| *arrival);
        for (arrival, claim) in deliveries {
            race.apply(arrival, claim).expect("a racer");
        }
        let counts: Vec<usize> = race.racers().map(|racer| racer.taps as usize).collect();
        let made: Vec<usize> = phones.iter().map(Vec::len).collect();
        prop_assert_eq!(counts, made);
    }

    #[test]
    fn no_heat_is_longer_than_the_longest(settings in settings(), steps in steps()) {
        let compensation = settings.clone().clamped().compensation;
        let game = play(settings, &steps);
        for event in &game.events {
            if let Event::Phase { phase: Phase::Finished { go_at, ended_at } } = event {
                prop_assert!(*ended_at <= game.now);
                // Abandoned before the gun, or at most the longest heat after it.
                prop_assert!(*ended_at <= *go_at + Millis(600_000) + compensation);
            }
        }
    }
}

fn finishers(race: &Race) -> Vec<RacerId> {
    let finished = race.field().filter(|racer| racer.finished_at.is_some());
    finished.map(|racer| racer.id).collect()
}

/// A law over races in which nothing happens holds of nothing: the generator is checked too.
#[test]
fn the_steps_reach_every_outcome_phase_and_rule() {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..600 {
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
        "taps",
        "refused",
        "false starts",
        "surplus",
    ] {
        assert!(seen.get(name).is_some_and(|count| *count >= 10), "{name} is rare in {seen:?}");
    }
}
