//! What is measured is what has happened.

use std::net::{Ipv4Addr, SocketAddr};

use channels::{Endpoint, Presence, Server};
use serde_json::Value;

use crate::{app, stampede, text};

/// The reference application in this process; `url` and `pid` of it.
fn reference() -> (tokio::runtime::Runtime, String) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let _entered = runtime.enter();
    let endpoint = Endpoint::new(app::limits());
    let live = endpoint.mount("/socket", app::socket(Presence::new(&endpoint)));
    let server = Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a port");
    let told = format!("--url ws://{} --pid {}", server.local_addr(), std::process::id());
    runtime.spawn(server.run(live, std::future::pending::<()>()));
    drop(_entered);
    (runtime, told)
}

/// What a scenario has measured, and that nothing was wrong.
fn measure_all(arguments: &str) -> Vec<Value> {
    measure_for(0.5, arguments)
}

fn measure_for(seconds: f64, arguments: &str) -> Vec<Value> {
    let (_runtime, server) = reference();
    let output = stampede(&format!("bench {arguments} {server} --json --seconds {seconds} --warm-up 0.1"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let measured: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object a line"))
        .collect();
    for one in &measured {
        assert_eq!(one["faults"], serde_json::json!([]), "{one}");
    }
    measured
}

/// What a scenario has measured that measures one thing.
fn measure(arguments: &str) -> Value {
    let [measured] = measure_all(arguments).try_into().expect("one measurement");
    measured
}

fn number(measured: &Value, key: &str) -> f64 {
    measured[key].as_f64().expect("a number")
}

#[test]
fn silent_clients_are_all_there() {
    let measured = measure("idle --clients 200");
    assert_eq!(measured["clients"], 200);
    assert!(number(&measured, "rss") > 1e6, "{measured}");
}

#[test]
fn a_crowd_gets_in_at_once_or_one_after_the_other() {
    let at_once = measure("joins --clients 300");
    assert_eq!((&at_once["count"], &at_once["unit"]), (&300.into(), &"join".into()));
    assert!(at_once["latency"]["p50"].as_f64().is_some_and(|p50| p50 > 0.0), "{at_once}");
    let in_turn = measure("joins --clients 50 --rate 200");
    assert!(number(&in_turn, "seconds") >= 0.2, "{in_turn}");
}

#[test]
fn what_one_says_all_hear() {
    // 50 messages a second, in the half second that is measured about 25 to each of 20.
    let measured = measure("fanout --clients 20 --deliveries 1000");
    assert!((200.0..1000.0).contains(&number(&measured, "count")), "{measured}");
    let saturated = measure("fanout --clients 20");
    assert!(number(&saturated, "count") > 500.0, "{saturated}");
}

#[test]
fn several_messages_at_once_are_each_heard_by_all() {
    let measured = measure("burst --clients 20 --together 4 --deliveries 2000");
    // About twelve times four to each of 20.
    assert!((400.0..2000.0).contains(&number(&measured, "count")), "{measured}");
}

#[test]
fn who_reads_nothing_is_not_counted_and_the_others_are() {
    let measured = measure_all("slow --clients 20 --stalled 0,5 --deliveries 1000 --repeat 2");
    let [none, five] = &measured[..] else { panic!("two measurements: {measured:?}") };
    assert_eq!(
        (&none["scenario"], &five["scenario"]),
        (&"slow, 0 stalled".into(), &"slow, 5 stalled".into())
    );
    // About 25 messages to each of 20; to fifteen of them it is 375.
    assert!(number(none, "count") > number(five, "count") + 20.0, "{none} {five}");
    assert!((150.0..480.0).contains(&number(five, "count")), "{five}");
}

#[test]
fn who_reads_nothing_is_let_go_when_too_much_is_held() {
    // Five of these messages are more than the server holds for anybody.
    let load = "--clients 3 --stalled 0,2 --bytes 1000000 --deliveries 9";
    let measured = measure_for(3.0, &format!("overflow {load}"));
    let [none, two] = &measured[..] else { panic!("two measurements: {measured:?}") };
    assert_eq!((&none["let_go"], &two["let_go"]), (&0.into(), &2.into()), "{none} {two}");
    assert!(number(two, "rss_most") >= number(two, "rss"), "{two}");
}

#[test]
fn how_late_the_clients_themselves_were_is_told_of_open_loops_only() {
    for open in ["taps --clients 20 --rate 1000", "fanout --clients 20 --deliveries 1000"] {
        let measured = measure(open);
        assert!(number(&measured["generator_late"], "p99") < 500.0, "{measured}");
    }
    assert!(measure("fanout --clients 20")["generator_late"].is_null());
}

#[test]
fn a_server_is_told_in_parts_of_the_floor_that_was_measured_in_turn_with_it() {
    let measured = measure_all("burst --clients 20 --deliveries 4000 --repeat 2 --floor --name mine");
    let [server, floor] = &measured[..] else { panic!("two measurements: {measured:?}") };
    assert_eq!((&server["server"], &floor["server"]), (&"mine".into(), &Value::Null));
    assert_eq!(floor["scenario"], "floor 4 together");
    assert!(server["of_floor"].is_number() && server["spread"][0].is_number(), "{server}");
}

#[test]
fn the_console_hears_of_every_tap() {
    let measured = measure("taps --clients 20 --rate 1000");
    assert!((200.0..1000.0).contains(&number(&measured, "count")), "{measured}");
}

#[test]
fn who_is_not_let_in_is_told() {
    let (_runtime, server) = reference();
    let output = stampede(&format!("bench idle --topic chat:secret --clients 3 {server}"));
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("You don't have permission!"), "{}", text(&output.stderr));
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let output = stampede("bench idle --url ws://127.0.0.1:1 --pid 1");
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("refused"), "{}", text(&output.stderr));
}

#[test]
fn the_floor_writes_what_it_is_told() {
    for (frames, merged) in [(1, ""), (4, "--merged")] {
        let load = format!("--clients 20 --frames {frames} {merged} --deliveries 2000");
        let output = stampede(&format!("limit {load} --seconds 0.5 --warm-up 0.1 --json"));
        assert!(output.status.success(), "{}", text(&output.stderr));
        let measured: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        assert!((400.0..2500.0).contains(&number(&measured, "count")), "{measured}");
        assert!(number(&measured, "rss") > 1e5, "{measured}");
    }
}
