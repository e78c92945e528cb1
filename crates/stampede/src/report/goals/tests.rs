use super::*;
use crate::measure::Latency;

fn row(server: &str, scenario: &str, clients: usize) -> Measured {
    let server = Some(server.to_owned());
    Measured {
        server,
        seconds: 1.0,
        count: 1_000_000,
        ..Measured::new(scenario.to_owned(), clients, "delivery")
    }
}

fn verdict(target: &str, measured: &[Measured]) -> (Verdict, String) {
    let goal = goals(measured).into_iter().find(|goal| goal.row == target).expect("a target");
    (goal.verdict, goal.told)
}

fn memory(clients: usize, kilobytes: f64) -> Measured {
    Measured { rss_per_client: Some(kilobytes * 1024.0), ..row("game", "idle", clients) }
}

#[test]
fn the_worst_of_all_sizes_counts() {
    let verdict = |measured: &[Measured]| verdict("RSS of a joined phone, the game", measured);
    let good = [memory(1_000, 3.5), memory(19_000, 3.0)];
    assert_eq!(verdict(&good), (Verdict::Met, "3.50 KB with 1000".to_owned()));
    let bad = [memory(1_000, 3.5), memory(5_000, 4.5), memory(19_000, 3.0)];
    assert_eq!(verdict(&bad), (Verdict::Missed, "4.50 KB with 5000".to_owned()));
}

#[test]
fn a_smaller_crowd_than_aimed_at_meets_nothing() {
    let verdict = |measured: &[Measured]| verdict("RSS of a joined phone, the game", measured).0;
    assert_eq!(verdict(&[memory(5_000, 1.0)]), Verdict::OtherSize);
    assert_eq!(verdict(&[]), Verdict::NotMeasured);
    assert_eq!(verdict(&[memory(0, 1.0)]), Verdict::NotMeasured);
}

#[test]
fn all_limits_of_a_target_must_hold() {
    let saturated = |rate: u64, cpu| {
        let row = row("reference", "fanout saturated", 1_000);
        verdict("fan-out saturated, 1,000 subscribers", &[Measured { count: rate, cpu, ..row }]).0
    };
    assert_eq!(saturated(400_000, 0.8), Verdict::Met);
    assert_eq!(saturated(399_000, 0.7), Verdict::Missed);
    assert_eq!(saturated(400_000, 0.9), Verdict::Missed);
}

#[test]
fn a_slower_machine_may_take_as_much_longer_as_its_floor_does() {
    let floor = |cpu| Measured { server: None, cpu, ..row("", "floor", 10_000) };
    let joins = |cpu| Measured { cpu, ..row("reference", "joins", 19_000) };
    let verdict = |measured: &[Measured]| verdict("joins, with connection and upgrade", measured);
    let slow = verdict(&[floor(7.8), joins(54.0)]);
    assert_eq!(slow, (Verdict::MetAtItsPace, "54.00 µs (36.00 at the floor of 5.2) with 19000".to_owned()));
    assert_eq!(verdict(&[floor(7.8), joins(63.0)]).0, Verdict::Missed);
    assert_eq!(verdict(&[floor(4.0), joins(39.0)]), (Verdict::Met, "39.00 µs with 19000".to_owned()));
    assert_eq!(verdict(&[joins(54.0)]).0, Verdict::Missed);
}

#[test]
fn a_run_in_which_something_went_wrong_meets_nothing() {
    let row = Measured { seconds: 2.0, ..row("game", "return", 19_000) };
    let target = "19,000 phones come back after a restart, the game";
    assert_eq!(verdict(target, std::slice::from_ref(&row)).0, Verdict::Met);
    let refused = Measured { faults: vec!["1 lost".to_owned()], ..row };
    assert_eq!(verdict(target, &[refused]), (Verdict::Missed, "2.00 s with 19000; 1 faults".to_owned()));
}

#[test]
fn a_console_that_is_behind_meets_nothing_whatever_came_in_the_end() {
    let taps = |p99: Option<f64>| {
        let latency = p99.map(|p99| Latency { p50: 1.0, p99, p999: p99, max: p99 });
        let row = row("reference", "taps 120000/s", 1_000);
        verdict("120,000 taps a second", &[Measured { count: 120_000, latency, ..row }]).0
    };
    assert_eq!(taps(Some(200.0)), Verdict::Met);
    assert_eq!(taps(Some(300.0)), Verdict::Missed);
    assert_eq!(taps(None), Verdict::Missed);
}

#[test]
fn a_race_in_fewer_rooms_is_one_of_another_size() {
    let verdict =
        |scenario| verdict("200 rooms of 50 phones race at once", &[row("game", scenario, 2_000)]).0;
    assert_eq!(verdict("race in 40 rooms"), Verdict::OtherSize);
    assert_eq!(verdict("race"), Verdict::NotMeasured);
}

#[test]
fn who_reads_nothing_is_held_against_nobody_doing_so() {
    let slow = |stalled: usize, p99, rss| {
        let latency = Some(Latency { p50: 1.0, p99, p999: p99, max: p99 });
        Measured { latency, rss, ..row("reference", &format!("slow, {stalled} stalled"), 10_000) }
    };
    let verdict = |p99, rss| {
        let measured = [slow(0, 10.0, 19_000_000), slow(100, p99, rss)];
        verdict("100 of 10,000 read nothing", &measured).0
    };
    assert_eq!(verdict(10.9, 20_000_000), Verdict::Met);
    assert_eq!(verdict(11.2, 20_000_000), Verdict::Missed);
    assert_eq!(verdict(10.9, 500_000_000), Verdict::Missed);
}

#[test]
fn who_is_held_too_much_for_is_let_go_and_costs_others_nothing() {
    let overflow = |stalled: usize, p99, rss, let_go| {
        let latency = Some(Latency { p50: 1.0, p99, p999: p99, max: p99 });
        let (rss_most, let_go) = (Some(rss), Some(let_go));
        let row = row("reference", &format!("overflow, {stalled} stalled"), 200);
        Measured { latency, rss_most, let_go, ..row }
    };
    // That of another kind of run is not what it is held against.
    let slow = Measured { rss_most: Some(0), ..row("reference", "slow, 0 stalled", 200) };
    let verdict = |p99, megabytes: u64, let_go| {
        let none = overflow(0, 10.0, 20_000_000, 0);
        let measured = [slow.clone(), none, overflow(100, p99, megabytes * 1_000_000, let_go)];
        verdict("100 of 200 read nothing, past what is held for them (4 MiB each)", &measured).0
    };
    assert_eq!(verdict(11.0, 459, 100), Verdict::Met);
    assert_eq!(verdict(13.0, 459, 100), Verdict::Missed);
    assert_eq!(verdict(11.0, 461, 100), Verdict::Missed);
    assert_eq!(verdict(11.0, 459, 99), Verdict::Missed);
}

#[test]
fn phones_that_were_late_themselves_are_told_where_something_was_waited_for() {
    let told = |target, own| {
        let latency = |p99| Some(Latency { p50: 1.0, p99, p999: p99, max: p99 });
        let row = row("reference", "taps 120000/s", 1_000);
        let row = Measured { count: 120_000, latency: latency(100.0), generator_late: latency(own), ..row };
        verdict(target, &[Measured { scenario: "taps 50000/s".to_owned(), ..row.clone() }, row]).1
    };
    let late = "the simulated phones themselves late by 26.00 ms";
    assert!(told("120,000 taps a second", 26.0).ends_with(late), "{}", told("120,000 taps a second", 26.0));
    assert!(!told("120,000 taps a second", 25.0).contains("themselves"));
    assert!(!told("taps, each broadcast to one console", 26.0).contains("themselves"));
}
