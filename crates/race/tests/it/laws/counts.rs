//! Every tap is counted once, somewhere.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use race::{Command, Heat, Lane, Millis, Mode, Phase, Race, RacerId, Rules, Settings};

use crate::steps::{Game, extreme_journal, play, settings, steps};

fn assert_adds_up(race: &Race) {
    let mut sum = 0;
    for racer in race.field().chain(race.racers()) {
        let parts = [racer.taps, racer.refused, racer.false_starts, racer.surplus];
        assert_eq!(racer.claimed, parts.into_iter().sum::<u32>(), "{racer:?}");
        assert!(racer.in_heat || racer.claimed == 0, "{racer:?} waits");
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
        let mut credited = BTreeMap::new();
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
                // Nor does the time of the last tap go back.
                let then = credited.insert((game.race.heat(), racer.id), racer.credited).flatten();
                prop_assert!(then <= racer.credited, "{racer:?}");
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
        race.apply(Millis(0), Command::Start { rules: Some(rules), field: None }).expect("racers");
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
}

#[test]
fn a_tap_without_an_event_is_answered_without_memory() {
    let mut race = Race::new(Settings::default());
    race.apply(Millis(0), Command::Join { name: "Ada".into(), bot: false }).expect("room");
    race.apply(Millis(0), Command::Start { rules: None, field: None }).expect("a racer");
    race.apply(Millis(3000), Command::Advance).expect("time always passes");
    let events = race.apply(Millis(3100), Command::Tap { racer: RacerId(1) }).expect("a racer");
    assert_eq!((events.len(), events.capacity()), (0, 0));
    assert_eq!(race.take_changes(), [(Lane(1), 1)]);
}
