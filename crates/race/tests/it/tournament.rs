//! Brackets: the draws, who is through, and what holds of every tournament.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use race::{Group, Heat, Lane, Outcome, Place, RacerId, Results, Tournament, Why};

fn field(racers: impl IntoIterator<Item = u32>) -> Vec<RacerId> {
    racers.into_iter().map(RacerId).collect()
}

/// Final results with these places, best first.
fn results(places: &[(u32, RacerId)]) -> Results {
    let place = |(place, racer): &(u32, RacerId)| Place {
        place: *place,
        racer: *racer,
        name: "Ada".into(),
        lane: Lane(racer.0),
        taps: 10,
        time: None,
        margin: None,
        dead_heat: false,
        team: None,
        handicap: None,
        gone: None,
        refused: 0,
        false_starts: 0,
        flagged: false,
    };
    Results {
        heat: Heat(1),
        is_final: true,
        outcome: Outcome::Won,
        winners: Vec::new(),
        team: None,
        places: places.iter().map(place).collect(),
    }
}

/// The group in its own order, one place each.
fn in_order(group: &[RacerId]) -> Results {
    results(&(1..).zip(group.iter().copied()).collect::<Vec<_>>())
}

/// Races it to its end, always the better seed ahead.
fn race_to_the_end(tournament: &mut Tournament) {
    while let Some(group) = tournament.next_group() {
        assert!(tournament.record(&in_order(&group)));
    }
}

fn through(group: &Group) -> Vec<u32> {
    let through = group.entrants.iter().filter(|entrant| entrant.through == Some(true));
    through.map(|entrant| entrant.racer.0).collect()
}

/// As the table in the docs writes it: `5 4 (2), 4`.
fn course_of(entrants: u32, lanes: u32) -> String {
    let mut tournament = Tournament::new(field(1..=entrants), lanes);
    let rounds = tournament.state().rounds;
    race_to_the_end(&mut tournament);
    let state = tournament.state();
    assert_eq!(state.rounds, rounds, "the forecast for {entrants} on {lanes} lanes");
    let round = |round| {
        let groups: Vec<&Group> = state.groups.iter().filter(|group| group.round == round).collect();
        let sizes: Vec<String> = groups.iter().map(|group| group.entrants.len().to_string()).collect();
        let sizes = sizes.join(" ");
        if round == state.round { sizes } else { format!("{sizes} ({})", through(groups[0]).len()) }
    };
    (1..=state.round).map(round).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_table_in_the_docs_is_what_happens() {
    let docs = include_str!("../../src/tournament.rs");
    let mut rows = 0;
    for row in docs.lines().filter_map(|line| line.strip_prefix("/// |")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        if let (Ok(entrants), Ok(lanes)) = (cells[0].parse(), cells[1].parse()) {
            assert_eq!(course_of(entrants, lanes), cells[2], "{entrants} on {lanes} lanes");
            rows += 1;
        }
    }
    assert!(rows >= 10, "only {rows} rows are examples");
}

#[test]
fn the_draw_is_a_snake_in_the_order_of_joining_and_then_of_the_places() {
    let mut tournament = Tournament::new(field(1..=12), 4);
    assert_eq!(tournament.next_group(), Some(field([1, 6, 7, 12])));
    tournament.record(&in_order(&field([12, 7, 1, 6])));
    assert_eq!(tournament.next_group(), Some(field([2, 5, 8, 11])));
    tournament.record(&in_order(&field([2, 5, 8, 11])));
    assert_eq!(tournament.next_group(), Some(field([3, 4, 9, 10])));
    tournament.record(&in_order(&field([3, 4, 9, 10])));
    // Winners 12, 2, 3, then seconds 7, 5, 4.
    assert_eq!(tournament.next_group(), Some(field([12, 7, 5])));
    tournament.record(&in_order(&field([12, 7, 5])));
    assert_eq!(tournament.next_group(), Some(field([2, 3, 4])));
}

#[test]
fn the_best_of_the_final_is_the_champion() {
    let mut tournament = Tournament::new(field(1..=9), 8);
    race_to_the_end(&mut tournament);
    let state = tournament.state();
    assert!(state.over && tournament.is_over());
    assert_eq!(state.champions, field([1]));
    let r#final = state.groups.last().expect("a final");
    assert_eq!(through(r#final), [1]);
    assert_eq!((state.round, state.rounds, state.heat, state.heats), (2, 2, 1, 1));
}

#[test]
fn a_heat_that_was_called_off_is_raced_again() {
    let mut tournament = Tournament::new(field(1..=4), 8);
    let group = tournament.next_group().expect("a final");
    let called_off = Results { outcome: Outcome::Cancelled, ..in_order(&group) };
    assert!(!tournament.record(&called_off));
    assert_eq!(tournament.next_group(), Some(group));
}

#[test]
fn provisional_results_and_those_of_others_decide_nothing() {
    let mut tournament = Tournament::new(field(1..=9), 8);
    let group = tournament.next_group().expect("a group");
    assert!(!tournament.record(&Results { is_final: false, ..in_order(&group) }));
    assert!(!tournament.record(&in_order(&group[1..])));
    let with_a_guest: Vec<RacerId> = group.iter().copied().chain([RacerId(77)]).collect();
    assert!(tournament.record(&in_order(&with_a_guest)));
    assert!(!tournament.record(&in_order(&group)), "the same results twice");
    assert_eq!(tournament.state().heat, 2);
}

#[test]
fn who_ties_at_the_cut_is_through_while_the_next_round_has_lanes() {
    // Five and four of nine, two through from each; eight lanes allow four.
    let mut tournament = Tournament::new(field(1..=9), 8);
    let group = tournament.next_group().expect("a group");
    let tied: Vec<_> = [1, 2, 2, 2, 5].into_iter().zip(group).collect();
    tournament.record(&results(&tied));
    assert_eq!(through(&tournament.state().groups[0]), [1, 4, 5, 8]);
}

#[test]
fn a_tie_too_long_for_the_lanes_is_cut_in_the_order_of_the_results() {
    let mut tournament = Tournament::new(field(1..=9), 8);
    let group = tournament.next_group().expect("a group");
    let tied: Vec<_> = [1, 1, 1, 1, 1].into_iter().zip(group).collect();
    tournament.record(&results(&tied));
    assert_eq!(through(&tournament.state().groups[0]), [1, 4]);
}

#[test]
fn a_dead_heat_in_the_final_has_several_champions_and_no_taps_has_none() {
    let mut tournament = Tournament::new(field(1..=3), 8);
    tournament.next_group();
    let tied = results(&[(1, RacerId(3)), (1, RacerId(1)), (3, RacerId(2))]);
    tournament.record(&Results { outcome: Outcome::DeadHeat, ..tied });
    assert_eq!(tournament.state().champions, field([3, 1]));

    let mut tournament = Tournament::new(field(1..=3), 8);
    tournament.next_group();
    let idle = results(&[(1, RacerId(1)), (1, RacerId(2)), (1, RacerId(3))]);
    tournament.record(&Results { outcome: Outcome::NoTaps, ..idle });
    assert!(tournament.is_over());
    assert_eq!(tournament.state().champions, field([]));
}

#[test]
fn who_leaves_is_missing_from_the_groups_to_come() {
    let mut tournament = Tournament::new(field(1..=9), 8);
    tournament.leave(RacerId(1));
    tournament.leave(RacerId(77));
    assert_eq!(tournament.next_group(), Some(field([4, 5, 8, 9])));
    tournament.record(&in_order(&field([4, 5, 8, 9])));
    // Through, then gone.
    tournament.leave(RacerId(4));
    assert_eq!(tournament.next_group(), Some(field([2, 3, 6, 7])));
    tournament.record(&in_order(&field([2, 3, 6, 7])));
    assert_eq!(tournament.next_group(), Some(field([5, 2, 3])));
}

#[test]
fn a_group_of_as_many_as_go_through_is_not_raced() {
    let mut tournament = Tournament::new(field(1..=9), 8);
    // Of the first group 8 and 9 are left, and two are through.
    for racer in field([1, 4, 5]) {
        tournament.leave(racer);
    }
    assert_eq!(tournament.next_group(), Some(field([2, 3, 6, 7])));
    assert_eq!(through(&tournament.state().groups[0]), [8, 9]);
}

#[test]
fn whoever_leaves_in_mid_heat_decides_nothing_before_its_end() {
    let mut tournament = Tournament::new(field(1..=3), 8);
    let group = tournament.next_group().expect("a final");
    tournament.leave(RacerId(1));
    tournament.leave(RacerId(2));
    assert!(!tournament.is_over());
    let mut results = in_order(&group);
    results.places[0].gone = Some(Why::Left);
    results.places[1].gone = Some(Why::Left);
    assert!(tournament.record(&results));
    assert_eq!(tournament.state().champions, field([3]));
}

#[test]
fn who_is_gone_by_the_results_is_out() {
    let mut tournament = Tournament::new(field(1..=9), 8);
    let group = tournament.next_group().expect("a group");
    let mut results = in_order(&group);
    results.places[0].gone = Some(Why::Timeout);
    tournament.record(&results);
    assert_eq!(through(&tournament.state().groups[0]), [4, 5]);
}

#[test]
fn with_nobody_left_it_is_over_without_a_champion() {
    for lanes in 0..4 {
        let mut tournament = Tournament::new(field(1..=5), lanes);
        for racer in field(1..=4) {
            assert!(!tournament.is_over());
            tournament.leave(racer);
        }
        assert_eq!(tournament.state().champions, field([5]), "the last one left, on {lanes} lanes");
        let mut nobody = Tournament::new(field([]), lanes);
        assert!(nobody.is_over() && nobody.next_group().is_none());
        assert_eq!(nobody.state().champions, field([]));
    }
}

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

#[cfg(feature = "serde")]
#[test]
fn with_the_feature_a_tournament_can_be_stored() {
    fn is_stored<T: serde::Serialize + serde::de::DeserializeOwned>() {}
    is_stored::<Tournament>();
}
