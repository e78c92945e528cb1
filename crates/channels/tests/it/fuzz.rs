//! A live server against generated input: streams that are almost right, and any order of good
//! messages. It has to live on, unharmed: no panic, no connection left over, no growth, and every
//! other socket as it was.
//!
//! `FUZZ_INPUTS=1000000 cargo test -p channels --release fuzz` is the longer run: so many frames
//! and messages of each kind.

mod messages;
mod server;
mod streams;

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestCaseError, TestRunner},
};

use self::server::{Fuzzed, serve};
use crate::support::{client::Client, peer::Peer};

/// How many frames or messages are generated.
fn inputs() -> u64 {
    let inputs = std::env::var("FUZZ_INPUTS").ok().and_then(|inputs| inputs.parse().ok());
    inputs.unwrap_or(3000)
}

/// Runs `check` with what is generated until there were enough inputs; `check` tells their number.
/// The server's memory is compared from a tenth of the way to the end.
fn run<S: Strategy>(strategy: &S, check: impl AsyncFn(&Fuzzed, S::Value) -> u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let server = Fuzzed::start();
    let mut bystander = runtime.block_on(async {
        let mut bystander =
            Client::connect(server.address, "/socket/websocket?vsn=2.0.0", &[]).await.expect("let in");
        bystander.join("bystander", "{}").await;
        Peer::websocket(crate::support::peer::Version::V2, bystander)
    });
    let (start, wanted) = (Instant::now(), inputs());
    let mut count = 0;
    let mut warm = None;
    while count < wanted {
        let mut runner =
            TestRunner::new(Config { cases: 20, failure_persistence: None, ..Config::default() });
        let counted = Cell::new(0);
        let ran = runner.run(strategy, |input| {
            let checked = || runtime.block_on(check(&server, input));
            match catch_unwind(AssertUnwindSafe(checked)) {
                Ok(inputs) => {
                    counted.set(counted.get() + inputs);
                    Ok(())
                }
                Err(_) => Err(TestCaseError::fail("see above")),
            }
        });
        if let Err(error) = ran {
            panic!("{error}");
        }
        count += counted.get();
        // Nothing reaches the bystander but the answer to its heartbeat.
        runtime.block_on(bystander.expect_nothing());
        if warm.is_none() && count > wanted / 10 {
            warm = Some(server.memory());
        }
    }
    server.wait_for_connections(1);
    let (before, after) = (warm.expect("a tenth of the way"), server.memory());
    let panics = server.panics();
    println!("{count} inputs in {:?}: {before} KB became {after} KB", start.elapsed());
    assert_eq!(panics, Vec::<String>::new());
    assert!(after < before + 32 * 1024, "{before} KB became {after} KB");
}

#[test]
fn fuzz_streams_of_frames_that_are_almost_right() {
    run(&streams::streams(), streams::check);
}

#[test]
fn fuzz_good_messages_in_any_order() {
    run(&messages::conversations(), messages::check);
}

/// Not a test of its own: the server that the others start, in a process of its own.
#[test]
fn fuzzed_server() {
    serve();
}
