//! What is made counts when it was made, however late it comes, as long as it is waited for.

use proptest::collection::vec;
use proptest::prelude::*;
use race::{Command, Event, Heat, Millis, Mode, Phase, Race, RacerId, Rules, Settings};

use crate::steps::{Game, settings, steps};

/// A running heat of so many, which began at 0.
fn running(crowd: usize, mode: Mode) -> Race {
    let mut race = Race::new(Settings::default());
    for _ in 0..crowd {
        race.apply(Millis(0), Command::Join { name: "Ada".into(), bot: false }).expect("room");
    }
    let rules = Rules { mode, countdown: Millis(0), ..Rules::default() };
    race.apply(Millis(0), Command::Start { rules: Some(rules), field: None }).expect("racers");
    race
}

/// When a phone with these intervals between its taps makes each of them.
fn times(intervals: &[i64]) -> Vec<i64> {
    let taps = intervals.iter().scan(0, |at, interval| {
        *at += interval;
        Some(*at)
    });
    taps.collect()
}

fn claim((racer, taps, at): (u32, usize, i64)) -> Command {
    let taps = u32::try_from(taps).expect("few");
    Command::Claim { racer: RacerId(racer), heat: Heat(1), taps, at: Some(Millis(at)) }
}

proptest! {
    /// Phones that are cut off for up to six seconds, over the end of a timed heat as well.
    #[test]
    fn an_open_finish_counts_what_was_made_before_the_end(
        phones in vec((vec(35_i64..300, 0..60), 0_i64..6000, 0_i64..6000), 1..5),
    ) {
        let mut race = running(phones.len(), Mode::Timed { seconds: 5 });
        let mut deliveries = Vec::new();
        let mut made = Vec::new();
        for (racer, (intervals, lost_at, lost_for)) in (1..).zip(&phones) {
            let is_lost = |at: &i64| (*lost_at..lost_at + lost_for).contains(at);
            let taps: Vec<i64> = times(intervals).into_iter().filter(|at| *at <= 5000).collect();
            for (taps, at) in (1..).zip(&taps).filter(|(_, at)| !is_lost(at)) {
                deliveries.push((at + 40, claim((racer, taps, *at))));
            }
            if let Some(last) = taps.last() {
                deliveries.push((last.max(&(lost_at + lost_for)) + 40, claim((racer, taps.len(), *last))));
            }
            made.push(taps.len());
        }
        race.apply(Millis(0), Command::Hold { until: Millis(15_000) }).expect("a heat");
        deliveries.sort_by_key(|(arrival, _)| *arrival);
        for (arrival, claim) in deliveries {
            race.apply(Millis(arrival), claim).expect("a racer");
        }
        race.apply(Millis(15_000), Command::Advance).expect("time passes");
        let counts: Vec<usize> = race.racers().map(|racer| racer.taps as usize).collect();
        prop_assert_eq!(counts, made);
        prop_assert!(race.results().is_some_and(|results| results.is_final));
    }

    /// The server dies in mid-sprint, what is sent meanwhile is lost, and after the restart every
    /// phone says where it is: everybody is timed as if nothing had been.
    #[test]
    fn after_an_outage_everybody_has_finished_when_they_did(
        phones in vec((vec(35_i64..300, 20..40), 0_i64..140), 1..6),
        since in 0_i64..5000,
        down_for in 0_i64..8000,
    ) {
        let back = since + down_for;
        let mut race = running(phones.len(), Mode::Sprint { taps: 20 });
        let mut before = Vec::new();
        let mut after = Vec::new();
        let mut finishes = Vec::new();
        for (racer, (intervals, delay)) in (1..).zip(&phones) {
            let taps = times(&intervals[..20]);
            for (taps, at) in (1..).zip(&taps) {
                let arrival = at + delay;
                let deliveries = if arrival <= since { &mut before } else { &mut after };
                deliveries.push((arrival.max(back + delay), arrival, claim((racer, taps, *at))));
            }
            finishes.push(Some(Millis(taps[19])));
        }
        before.sort_by_key(|(_, arrival, _)| *arrival);
        for (_, arrival, claim) in before {
            race.apply(Millis(arrival), claim).expect("a racer");
        }
        race.apply(Millis(since), Command::Advance).expect("time passes");
        let mut race = Race::restore(race.snapshot()).expect("a real state");
        if race.phase().is_heat() {
            let until = Millis(back + 10_000);
            race.apply(Millis(since), Command::Outage { since: Millis(since), until }).expect("taken");
            after.sort_by_key(|(arrival, _, _)| *arrival);
            for (arrival, _, claim) in after {
                race.apply(Millis(arrival), claim).expect("a racer");
            }
            let times: Vec<_> = race.racers().map(|racer| racer.finished_at).collect();
            prop_assert_eq!(times, finishes);
        }
    }

    #[test]
    fn a_finish_closes_when_compensation_and_hold_are_over(settings in settings(), steps in steps()) {
        let mut game = Game::new(settings);
        let (mut opened, mut held) = (Millis(0), Millis::MIN);
        for step in steps {
            let (now, command) = game.read(&step);
            let heard = game.events.len();
            let before = held;
            match (&command, game.apply(now, command.clone())) {
                (Command::Hold { until } | Command::Outage { until, .. }, Ok(())) => held = *until,
                (Command::Start { .. }, Ok(())) => held = Millis::MIN,
                _ => {}
            }
            for event in &game.events[heard..] {
                match event {
                    Event::Phase { phase: Phase::Finishing { opened_at, .. } } => opened = *opened_at,
                    Event::Results(results)
                        if results.is_final && results.places.iter().any(|place| place.gone.is_none()) => {
                        let Phase::Finished { ended_at, .. } = game.race.phase() else { continue };
                        let settled = opened + game.race.settings().compensation;
                        let due = [settled.max(before), settled.max(held).max(game.now)];
                        prop_assert!(due.contains(&ended_at), "{ended_at} is none of {due:?}");
                    }
                    _ => {}
                }
            }
        }
    }
}
