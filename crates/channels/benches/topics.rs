//! What a broadcast costs by the number of subscribers, and what a subscription costs by the number
//! of topics: `cargo bench -p channels --features test`.
//!
//! Clients are in memory, so that no socket hides what the crate itself does.

use std::{hint::black_box, time::Duration};

use channels::{
    Channel, ChannelSocket, Endpoint, JoinError, Joined, Limits, Payload, Socket,
    test::{TestChannel, TestClient, delivered},
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::json;
use tokio::runtime::Runtime;

struct Quiet;

impl Channel for Quiet {
    type Assigns = ();
    type Info = ();

    async fn join(_: &str, _: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Self))
    }
}

async fn join(endpoint: &Endpoint, topic: &str) -> TestChannel {
    let socket = Socket::new(|_| async { Ok(()) }).channel::<Quiet>("*");
    let client = TestClient::connect(endpoint, socket, &[]).await.expect("let in");
    client.subscribe_and_join(topic, json!({})).await.expect("joined").0
}

/// Broadcasts, and waits until everybody has it.
async fn say(endpoint: &Endpoint, topic: &str, payload: &serde_json::Value) {
    endpoint.broadcast_conflated(topic, "state", payload).expect("json");
    delivered(endpoint, topic).await;
}

/// Clients read nothing, and what waits for them is conflated: each delivery does all but write.
fn broadcast(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("broadcast to one topic");
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    for subscribers in [1, 1_000, 100_000] {
        let endpoint = Endpoint::new(Limits::default());
        let _clients: Vec<_> = runtime.block_on(async {
            futures::future::join_all((0..subscribers).map(|_| join(&endpoint, "one"))).await
        });
        group.throughput(Throughput::Elements(subscribers));
        group.bench_function(BenchmarkId::from_parameter(subscribers), |bencher| {
            let payload = json!({ "text": "hello" });
            bencher.iter(|| runtime.block_on(say(&endpoint, "one", &payload)));
        });
    }
}

/// A broadcast to one of many topics that have a subscriber each.
fn topics(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("broadcast to one of many topics");
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    for topics in [1_u64, 1_000, 100_000] {
        let endpoint = Endpoint::new(Limits::default());
        let names: Vec<_> = (0..topics).map(|number| format!("topic:{number}")).collect();
        let _clients: Vec<_> = runtime.block_on(async {
            futures::future::join_all(names.iter().map(|name| join(&endpoint, name))).await
        });
        group.bench_function(BenchmarkId::from_parameter(topics), |bencher| {
            let payload = json!({ "text": "hello" });
            let mut next = names.iter().cycle();
            bencher.iter(|| {
                let topic = black_box(next.next().expect("a cycle"));
                runtime.block_on(say(&endpoint, topic, &payload))
            });
        });
    }
}

criterion_group!(benches, broadcast, topics);
criterion_main!(benches);
