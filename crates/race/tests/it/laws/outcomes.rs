//! Every heat ends once, and fairly.

use proptest::collection::vec;
use proptest::prelude::*;
use race::{
    Command, Event, Heat, Millis, Mode, Outcome, Phase, Race, Racer, RacerId, Results, Rules, Settings,
};

use crate::steps::{Game, play, settings, steps};

/// The final results, in the order of the events.
fn outcomes(events: &[Event]) -> Vec<&Results> {
    let results = events.iter().filter_map(|event| match event {
        Event::Results(results) => Some(results),
        _ => None,
    });
    results.filter(|results| results.is_final).collect()
}

fn finishers(race: &Race) -> Vec<RacerId> {
    let finished = race.field().filter(|racer| racer.finished_at.is_some());
    finished.map(|racer| racer.id).collect()
}

proptest! {
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
    fn with_a_handicap_who_has_not_finished_is_placed_by_the_share(
        settings in settings(),
        steps in steps(),
    ) {
        let mut game = Game::new(settings);
        for step in steps {
            game.step(&step);
            let rules = game.race.rules();
            if !rules.handicap {
                continue;
            }
            let racer = |id| game.race.field().find(|racer| racer.id == id).expect("in the field");
            let standings = game.race.standings();
            for pair in standings.windows(2) {
                let [(first, better), (second, worse)] = pair else { continue };
                let [first, second] = [racer(*first), racer(*second)];
                let share = |racer: &Racer, other: &Racer| {
                    u64::from(racer.taps) * u64::from(other.course(rules).expect("a sprint"))
                };
                let (first, second, finished) =
                    (share(first, second), share(second, first), second.finished_at.is_some());
                prop_assert!(finished || first >= second);
                prop_assert!(finished || (first == second) == (better.place == worse.place));
            }
        }
    }

    #[test]
    fn a_finish_is_timed_no_earlier_than_compensation_and_limit_allow(
        settings in settings(),
        steps in steps(),
    ) {
        let mut game = Game::new(settings);
        let mut outages = Vec::new();
        for step in steps {
            let done: Vec<RacerId> = finishers(&game.race);
            let (now, command) = game.read(&step);
            match (&command, game.apply(now, command.clone())) {
                (Command::Start { .. }, Ok(())) => outages.clear(),
                (Command::Outage { since, .. }, Ok(())) => outages.push(*since),
                _ => {}
            }
            let Some(go_at) = game.race.phase().go_at() else { continue };
            let arrival = game.now - go_at;
            let limit = i64::from(game.race.rules().max_taps_per_second);
            // Since when nobody may have been heard, and the end, before which no open finish is too late.
            let since = outages.iter().map(|since| *since - go_at).fold(arrival, Millis::min);
            let earliest = since - game.race.settings().compensation;
            let earliest = earliest.min(game.race.settings().time_limit);
            for racer in game.race.field().filter(|racer| !done.contains(&racer.id)) {
                let Some(time) = racer.finished_at else { continue };
                prop_assert!(time <= arrival);
                prop_assert!(time >= earliest);
                prop_assert!(time >= Millis::ZERO);
                if limit > 0 {
                    let beyond = i64::from(racer.taps) - (limit / 3).max(10);
                    prop_assert!(time.0 * limit >= beyond * 1000);
                }
            }
        }
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

    /// Whatever the sizes of the teams: who taps alike pulls alike, to the last part of a tap.
    #[test]
    fn teams_whose_racers_tap_alike_are_even(
        crowd in 2_u32..40,
        reports in vec(1_u32..4, 1..20),
    ) {
        let mut race = Race::new(Settings::default());
        for _ in 0..crowd {
            race.apply(Millis(0), Command::Join { name: "Ada".into(), bot: false }).expect("room");
        }
        let rules = Rules {
            mode: Mode::Tug { lead: 10_000 },
            countdown: Millis(0),
            max_taps_per_second: 0,
            ..Rules::default()
        };
        race.apply(Millis(0), Command::Start { rules: Some(rules), field: None }).expect("racers");
        let mut taps = 0;
        for (now, more) in (1..).map(Millis).zip(reports) {
            taps += more;
            for racer in (1..=crowd).map(RacerId) {
                let claim = Command::Claim { racer, heat: Heat(1), taps, at: None };
                race.apply(now, claim).expect("a racer");
            }
            prop_assert_eq!(race.rope().map(|rope| rope.position), Some(0));
        }
        race.apply(Millis(1_000_000), Command::Advance).expect("time always passes");
        prop_assert_eq!(race.results().map(|results| results.outcome), Some(Outcome::DeadHeat));
    }
}
