//! What was traced comes about again.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use race::{BadTrace, Event, Input, Millis, Mode, NoReplay, Outcome, Rules, Run, Settings, Trace, TraceStep};

use crate::steps::{Game, settings, steps};

/// Any steps: those that a race would not have made are passed over or put right.
fn any_steps() -> impl Strategy<Value = Vec<TraceStep>> {
    let millis = || {
        let ends = select(vec![i64::MIN, -60_001, -60_000, -1, 0, 1, i64::MAX]);
        prop_oneof![4 => -3000_i64..20_000, 1 => ends, 1 => any::<i64>()].prop_map(Millis)
    };
    let taps = prop_oneof![9 => 0_u32..200, 1 => any::<u32>()];
    let claim = (millis(), taps, prop::option::of(millis()))
        .prop_map(|(arrival, taps, at)| TraceStep::Claim { arrival, taps, at });
    let outage = (millis(), millis()).prop_map(|(since, until)| TraceStep::Outage { since, until });
    vec(prop_oneof![9 => claim, 1 => outage], 0..60)
}

fn traced(steps: &[TraceStep]) -> Trace {
    let mut trace = Trace::default();
    for step in steps {
        match *step {
            TraceStep::Claim { arrival, taps, at } => trace.claim(arrival, taps, at),
            TraceStep::Outage { since, until } => trace.outage(since, until),
        }
    }
    trace
}

/// What a trace holds of steps: the claims that raise the count, none earlier than the one before.
fn effective(steps: &[TraceStep]) -> Vec<TraceStep> {
    let (mut last, mut highest) = (Millis(-60_000), 0);
    let step = |step: &TraceStep| match *step {
        TraceStep::Claim { taps, .. } if taps <= highest => None,
        TraceStep::Claim { arrival, taps, at } => {
            (last, highest) = (last.max(arrival), taps);
            Some(TraceStep::Claim { arrival: last, taps, at })
        }
        outage => Some(outage),
    };
    steps.iter().filter_map(step).collect()
}

proptest! {
    /// In any journal: sprints that somebody else ended, claims to a finish that was held open, outages, who left
    /// or was sent away in mid-heat, and heats that were called off.
    #[test]
    fn every_trace_replays_to_the_numbers_of_its_place(settings in settings(), steps in steps()) {
        let mut game = Game::new(settings);
        for step in steps {
            let (now, command) = game.read(&step);
            let rules = game.race.rules().clone();
            let bots: Vec<_> = game.race.field().filter(|racer| racer.bot).map(|racer| racer.id).collect();
            // Of the heat that may end with this step: another may begin with it.
            let traces: Vec<_> = game.race.field().map(|racer| (racer.id, game.recorder.trace(racer.id))).collect();
            let _ = game.apply(now, command);
            for event in game.events.drain(..) {
                let Event::Results(results) = event else { continue };
                for place in results.places.iter().filter(|place| results.is_final && !bots.contains(&place.racer)) {
                    let (_, before) = traces.iter().find(|(racer, _)| *racer == place.racer).expect("in the field");
                    // The last step may have been a claim that was heard before the end.
                    let after = game.recorder.trace(place.racer);
                    let trace = if after.as_bytes().starts_with(before.as_bytes()) { &after } else { before };
                    let run = trace.replay(&rules, game.race.settings(), place.handicap);
                    if place.team.is_some() {
                        prop_assert_eq!(run, Err(NoReplay::Tug));
                        continue;
                    }
                    let run = run.expect("a run");
                    let numbers = (run.taps, run.time, run.refused, run.false_starts, run.flagged);
                    let shown = (place.taps, place.time, place.refused, place.false_starts, place.flagged);
                    prop_assert_eq!(numbers, shown, "{:?} {:?}", place, trace.steps().collect::<Vec<_>>());
                    prop_assert!(run.points.is_sorted_by(|a, b| a.0 <= b.0 && a.1 < b.1), "{:?}", run.points);
                    let last = run.points.last().copied();
                    prop_assert_eq!(last.map_or(0, |(_, taps)| taps), place.taps);
                    prop_assert!(place.time.is_none_or(|time| last.is_some_and(|(at, _)| at == time)));
                    prop_assert!(results.outcome != Outcome::NoTaps || run.points.is_empty());
                }
            }
        }
    }

    #[test]
    fn a_trace_holds_its_steps_and_comes_back_from_its_bytes(steps in any_steps()) {
        let trace = traced(&steps);
        prop_assert_eq!(trace.steps().collect::<Vec<_>>(), effective(&steps));
        let mut again = Trace::from_bytes(trace.as_bytes()).expect("its own bytes");
        prop_assert_eq!(&again, &trace);
        let mut trace = trace;
        for trace in [&mut trace, &mut again] {
            trace.claim(Millis(20_001), u32::MAX, None);
        }
        prop_assert_eq!(again, trace);
    }

    #[test]
    fn no_bytes_and_no_steps_break_a_replay(
        bytes in vec(any::<u8>(), 0..80),
        steps in any_steps(),
        settings in settings(),
        target in 0_u32..20,
    ) {
        let modes = [Mode::Sprint { taps: target }, Mode::Timed { seconds: target }, Mode::Tug { lead: target }];
        let whole: Vec<u8> = [1].into_iter().chain(bytes.iter().copied()).collect();
        for trace in [Trace::from_bytes(&bytes), Trace::from_bytes(&whole), Ok(traced(&steps))] {
            for (trace, mode) in trace.iter().flat_map(|trace| modes.map(|mode| (trace, mode))) {
                let rules = Rules { mode, ..Rules::default() };
                let run = trace.replay(&rules, &settings, Some(bytes.len() as u32 * 40));
                // One that arrives at the end of time is heard by nobody.
                let Ok(run) = run else { continue };
                let claimed = trace.steps().filter_map(|step| match step {
                    TraceStep::Claim { taps, .. } => Some(taps),
                    TraceStep::Outage { .. } => None,
                });
                let counted = [run.taps, run.refused, run.false_starts].map(u64::from).iter().sum::<u64>();
                prop_assert!(counted <= u64::from(claimed.max().unwrap_or(0)));
            }
        }
    }

    #[test]
    fn an_outline_has_few_points_and_the_last(points in vec(any::<u32>(), 0..900), most in 1_usize..500) {
        let points: Vec<_> = points.into_iter().map(|taps| (Millis(i64::from(taps)), taps)).collect();
        let run = Run { taps: 0, time: None, refused: 0, false_starts: 0, flagged: false, points };
        let outline = run.outline(most);
        prop_assert!(outline.len() <= most && outline.len() * 2 >= most.min(run.points.len()));
        prop_assert_eq!(outline.last(), run.points.last());
    }
}

#[test]
fn a_trace_that_was_cut_holds_nothing_and_is_never_replayed() {
    let mut trace = Trace::default();
    let mut taps = 0;
    while !trace.is_cut() {
        assert!(trace.as_bytes().len() <= Trace::MOST);
        taps += 1;
        trace.claim(Millis(i64::from(taps) * 100), taps, Some(Millis(i64::from(taps) * 100 - 20)));
    }
    assert!(taps >= 6000, "{taps} claims: ten minutes of ten a second");
    trace.claim(Millis(10_000_000), taps + 1, None);
    trace.outage(Millis(0), Millis(1));
    assert_eq!((trace.as_bytes().len(), trace.steps().count()), (1, 0));
    assert_eq!(Trace::from_bytes(trace.as_bytes()), Ok(trace.clone()));
    assert_eq!(trace.replay(&Rules::default(), &Settings::default(), None), Err(NoReplay::Cut));
}

#[test]
fn bytes_that_are_no_trace_are_told_from_those_that_are() {
    let bad = |bytes: &[u8]| Trace::from_bytes(bytes).expect_err("no trace");
    assert_eq!(bad(&[]), BadTrace::Form);
    assert_eq!(bad(&[0, 0]), BadTrace::Form);
    assert_eq!(bad(&[2]), BadTrace::Form);
    assert_eq!(bad(&[1; Trace::MOST + 1]), BadTrace::TooLong);
    // A claim of nothing, one without an arrival, a number that does not end, one that is too large.
    for broken in [
        &[1, 1, 0, 0][..],
        &[1, 2],
        &[1, 0x80],
        &[1, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
    ] {
        assert_eq!(bad(broken), BadTrace::Step, "{broken:?}");
    }
    let more_than_there_are = [1, 0xfe, 0xff, 0xff, 0xff, 0x1f, 0, 2, 0];
    assert_eq!(bad(&more_than_there_are), BadTrace::Step);
    assert_eq!(Trace::from_bytes(&more_than_there_are[..7]).map(|trace| trace.steps().count()), Ok(1));
}

#[test]
fn who_holds_a_button_is_not_asked_for_a_finger_in_a_replay_either() {
    let mut trace = Trace::default();
    (1..=40).for_each(|taps| trace.claim(Millis(i64::from(taps) * 100), taps, None));
    let flagged = |input| {
        let rules = Rules { input, ..Rules::default() };
        trace.replay(&rules, &Settings::default(), None).expect("a run").flagged
    };
    assert_eq!([Input::Tap, Input::Hold].map(flagged), [true, false]);
}
