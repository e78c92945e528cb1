//! What is told of a crowd is what is so of everybody in it.

use proptest::prelude::*;
use race::{Mode, RacerId};

use crate::steps::{play, settings, steps};

proptest! {
    #[test]
    fn leaders_are_the_first_of_all(settings in settings(), steps in steps(), most in 0..8_usize) {
        let race = play(settings, &steps).race;
        let mut all: Vec<RacerId> = race.standings().into_iter().map(|(racer, _)| racer).collect();
        let leaders: Vec<RacerId> = race.leaders(most).into_iter().map(|racer| racer.id).collect();
        if let Mode::Tug { .. } = race.rules().mode {
            let mut racers: Vec<_> = race.field().collect();
            racers.sort_by_key(|racer| (u32::MAX - racer.taps, racer.lane));
            all = racers.into_iter().map(|racer| racer.id).collect();
        }
        if race.phase().go_at().is_some_and(|go_at| go_at <= race.now()) {
            all.truncate(most);
            prop_assert_eq!(leaders, all);
        } else {
            prop_assert_eq!(leaders.len(), most.min(race.field().count()));
        }
    }

    #[test]
    fn everybody_of_the_field_is_in_one_slice_of_the_pack(settings in settings(), steps in steps()) {
        let race = play(settings, &steps).race;
        let pack = race.pack(48);
        prop_assert_eq!(pack.counts.iter().sum::<u32>() as usize, race.field().count());
        let share = |racer: &race::Racer| match racer.course(race.rules()) {
            Some(course) => f64::from(racer.taps) / f64::from(course),
            None => f64::from(racer.taps) / f64::from(pack.to),
        };
        // Where courses differ their thousandths are whole.
        let slack = if race.rules().handicap { 0.002 } else { 1e-9 };
        for slice in 0..48_u32 {
            let before = |share: f64| share < f64::from(slice) / 48.0;
            let counted: u32 = pack.counts[..slice as usize].iter().sum();
            let least = race.field().filter(|racer| before(share(racer) + slack)).count();
            let most = race.field().filter(|racer| before(share(racer) - slack)).count();
            prop_assert!((least..=most).contains(&(counted as usize)), "{slice} of {pack:?}");
        }
    }
}
