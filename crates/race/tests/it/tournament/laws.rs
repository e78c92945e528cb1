//! What holds of every tournament.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use race::{Outcome, RacerId, Results, Tournament};

use super::{field, in_order, race_to_the_end, results, through};

/// One thing that happens in a tournament.
#[derive(Clone, Debug)]
enum Act {
    /// The next heat, its places drawn from these numbers: equal ones tie.
    Race(Vec<u32>, bool),
    Leave(u32),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (vec(0_u32..12, 12), prop::bool::weighted(0.1)).prop_map(|(keys, idle)| Act::Race(keys, idle)),
        1 => (1_u32..60).prop_map(Act::Leave),
    ]
}

/// Everybody of the group in an order, ties included, that only these numbers decide.
fn drawn(group: &[RacerId], keys: &[u32], idle: bool) -> Results {
    let key = |racer: &RacerId| keys[racer.0 as usize % keys.len()];
    let place = |racer: &RacerId| 1 + group.iter().filter(|other| key(other) < key(racer)).count();
    let mut places: Vec<(u32, RacerId)> =
        group.iter().map(|racer| (u32::try_from(place(racer)).expect("few"), *racer)).collect();
    places.sort_unstable();
    let outcome = if idle { Outcome::NoTaps } else { Outcome::Won };
    Results { outcome, ..results(&places) }
}

/// How many rounds the docs allow: the number of groups halves.
fn most_rounds(entrants: u32, lanes: u32) -> u32 {
    let groups = entrants.div_ceil(lanes).max(1);
    1 + groups.next_power_of_two().ilog2()
}

proptest! {
    #[test]
    fn whatever_happens_a_tournament_ends_with_one_final(
        entrants in 0_u32..60,
        lanes in 2_u32..10,
        acts in vec(act(), 0..80),
    ) {
        let mut tournament = Tournament::new(field(1..=entrants), lanes);
        let mut acts = acts.into_iter();
        let mut out = BTreeSet::new();
        let mut raced: BTreeMap<u32, BTreeSet<RacerId>> = BTreeMap::new();
        loop {
            match acts.next() {
                Some(Act::Leave(racer)) => {
                    tournament.leave(RacerId(racer));
                    out.insert(RacerId(racer));
                }
                act => {
                    let Some(group) = tournament.next_group() else { break };
                    prop_assert!((2..=lanes as usize).contains(&group.len()), "{group:?}");
                    let round = tournament.state().round;
                    for racer in &group {
                        prop_assert!(!out.contains(racer), "{racer:?} is out and races");
                        prop_assert!(raced.entry(round).or_default().insert(*racer), "{racer:?} twice");
                    }
                    let results = match act {
                        Some(Act::Race(keys, idle)) => drawn(&group, &keys, idle),
                        _ => in_order(&group),
                    };
                    prop_assert!(tournament.record(&results));
                    for entrant in tournament.state().groups.iter().flat_map(|group| &group.entrants) {
                        if entrant.through == Some(false) {
                            out.insert(entrant.racer);
                        }
                    }
                }
            }
        }
        let state = tournament.state();
        prop_assert!(state.over);
        prop_assert!(state.round <= most_rounds(entrants, lanes), "{} rounds", state.round);
        prop_assert_eq!(state.round, state.rounds);
        for round in 1..=state.round {
            let groups = state.groups.iter().filter(|group| group.round == round).count();
            prop_assert_eq!(groups == 1, round == state.round, "one final, the last");
        }
        prop_assert!(state.groups.iter().all(|group| group.done));
        let r#final = state.groups.last().expect("a final");
        prop_assert_eq!(&through(r#final), &state.champions.iter().map(|racer| racer.0).collect::<Vec<_>>());
    }

    #[test]
    fn groups_are_even_and_nobody_waits_alone(entrants in 1_u32..300, lanes in 2_u32..20) {
        let mut tournament = Tournament::new(field(1..=entrants), lanes);
        let rounds = tournament.state().rounds;
        race_to_the_end(&mut tournament);
        let state = tournament.state();
        prop_assert_eq!(state.rounds, rounds);
        for round in 1..=state.round {
            let groups = || state.groups.iter().filter(|group| group.round == round);
            let sizes: Vec<usize> = groups().map(|group| group.entrants.len()).collect();
            let (least, most) = (sizes.iter().min().expect("a group"), sizes.iter().max().expect("a group"));
            prop_assert!(most - least <= 1 && *most <= lanes as usize, "{sizes:?}");
            prop_assert!(*least > 1 || lanes == 2 || entrants == 1, "{sizes:?}");
            if round < state.round {
                let counts: BTreeSet<usize> = groups().map(|group| through(group).len()).collect();
                prop_assert_eq!(counts.len(), 1, "as many from each group");
            }
        }
        prop_assert_eq!(state.champions, field([1]));
    }
}
