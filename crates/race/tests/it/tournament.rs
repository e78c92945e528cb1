//! Brackets: the draws, and who is through.

mod laws;

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

#[cfg(feature = "serde")]
#[test]
fn with_the_feature_a_tournament_can_be_stored() {
    fn is_stored<T: serde::Serialize + serde::de::DeserializeOwned>() {}
    is_stored::<Tournament>();
}
