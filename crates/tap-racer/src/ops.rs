//! What machines ask of the server: whether it lives, whether guests can come, and how it fares.

use std::{
    net::SocketAddr,
    sync::{Arc, Weak},
    time::Duration,
};

use channels::Server;
use metrics::{Histogram, histogram};
use parking_lot::RwLock;
use serde_json::{Value, json};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep_until},
};
use tracing::info;
use warp::{
    Filter, Reply,
    filters::BoxedFilter,
    http::{StatusCode, header},
    reply::Response,
};

use crate::{
    db::Db,
    metrics::{Exposition, Recorder},
    rooms::{Census, Rooms},
};

/// Between two looks at how long a task waits until it is run.
const LOOK: Duration = Duration::from_millis(100);
/// Between two times that histograms are tidied up, in looks.
const TIDY: u32 = 10;

/// Prometheus' own.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a server tells of itself.
pub struct Ops {
    recorder: Recorder,
    loop_lag: Histogram,
    stage: RwLock<Stage>,
}

enum Stage {
    Starting,
    Open { rooms: Rooms, db: Db },
    Stopping,
}

impl Ops {
    /// Of a server that does not take guests yet.
    pub fn start() -> Arc<Ops> {
        let recorder = Recorder::install();
        let loop_lag = histogram!("tap_racer_loop_lag_seconds");
        let ops = Arc::new(Ops { recorder, loop_lag, stage: RwLock::new(Stage::Starting) });
        tokio::spawn(watch(Arc::downgrade(&ops)));
        ops
    }

    /// Guests can come.
    pub fn open(&self, rooms: Rooms, db: Db) {
        // What was described is told from then on.
        self.recorder.tidy();
        *self.stage.write() = Stage::Open { rooms, db };
    }

    /// They cannot any more.
    pub fn stop(&self) {
        *self.stage.write() = Stage::Stopping;
    }

    fn readiness(&self) -> (StatusCode, Value) {
        let not_ready = |why| (StatusCode::SERVICE_UNAVAILABLE, json!({ "ready": false, "reason": why }));
        match &*self.stage.read() {
            Stage::Starting => not_ready("starting"),
            Stage::Stopping => not_ready("stopping"),
            // Races go on without the database.
            Stage::Open { db, .. } => {
                (StatusCode::OK, json!({ "ready": true, "accounts": db.is_available() }))
            }
        }
    }

    fn exposition(&self) -> String {
        let mut text = Exposition::default();
        let census = match &*self.stage.read() {
            Stage::Open { rooms, .. } => rooms.census(),
            Stage::Starting | Stage::Stopping => Census::default(),
        };
        text.gauge("tap_racer_rooms", "Rooms that are open, the house room too.", census.rooms);
        text.gauge("tap_racer_rooms_racing", "Rooms in which a heat is on.", census.racing);
        text.gauge("tap_racer_racers", "Racers who are seated, bots too.", census.racers);
        text.gauge(
            "tap_racer_room_inbox",
            "Requests that wait in the room in which most do.",
            census.longest_queue,
        );
        self.recorder.render(text)
    }
}

/// What a port answers: `/healthz` and `/readyz`, and `/metrics` if they are there.
pub fn on_port(ops: &Arc<Ops>, with_metrics: bool) -> BoxedFilter<(Response,)> {
    let read = || warp::get().or(warp::head()).unify();
    let lives = warp::path!("healthz").and(read()).map(|| "ok\n".into_response());
    let asked = ops.clone();
    let is_ready = warp::path!("readyz").and(read()).map(move || {
        let (status, body) = asked.readiness();
        no_store(warp::reply::with_status(warp::reply::json(&body), status))
    });
    let health = lives.or(is_ready).unify();
    if !with_metrics {
        return health.boxed();
    }
    let asked = ops.clone();
    let metrics = warp::path!("metrics").and(read()).map(move || {
        no_store(warp::reply::with_header(asked.exposition(), header::CONTENT_TYPE, TEXT_FORMAT))
    });
    health.or(metrics).unify().boxed()
}

fn no_store(reply: impl Reply) -> Response {
    warp::reply::with_header(reply, header::CACHE_CONTROL, "no-store").into_response()
}

/// A port for machines alone, which is there before guests can come and until they have gone.
pub struct Apart {
    /// Where it listens.
    pub address: SocketAddr,
    /// It ends with this.
    _stop: oneshot::Sender<()>,
}

/// Serves everything that machines ask.
pub fn serve(ops: &Arc<Ops>, server: Server) -> Apart {
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(server.run(on_port(ops, true), async move { drop(stopped.await) }));
    info!(%address, "serving metrics");
    Apart { address, _stop: stop }
}

/// As long as somebody could ask.
async fn watch(ops: Weak<Ops>) {
    let mut looks: u32 = 0;
    loop {
        let due = Instant::now() + LOOK;
        sleep_until(due).await;
        let Some(ops) = ops.upgrade() else { return };
        ops.loop_lag.record(due.elapsed());
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(TIDY) {
            ops.recorder.tidy();
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use race::Millis;

    use super::*;
    use crate::{app::App, clock::Clock, config::Config, db::test::unavailable, store::Saves, tokens::Keys};

    #[tokio::test]
    async fn guests_can_come_once_the_rooms_are_there_also_without_accounts_and_until_it_stops() {
        let ops = Ops::start();
        let not_ready = |why| (StatusCode::SERVICE_UNAVAILABLE, json!({ "ready": false, "reason": why }));
        let rooms = |number| ops.exposition().contains(&format!("\ntap_racer_rooms {number}\n"));
        assert!(ops.readiness() == not_ready("starting") && rooms(0));
        let (config, clock) = (Config::parse_from(["tap-racer"]), Clock::start(Millis::MIN));
        let listening = "127.0.0.1:4000".parse().expect("an address");
        let (endpoint, db) = (crate::channels::endpoint(), unavailable());
        let app =
            App::new(config, Keys::of(b"key"), clock, listening, &endpoint, Saves::default(), db.clone());
        app.rooms.make().expect("a room");
        ops.open(app.rooms.clone(), db);
        assert_eq!(ops.readiness(), (StatusCode::OK, json!({ "ready": true, "accounts": false })));
        assert!(rooms(1));
        ops.stop();
        assert_eq!(ops.readiness(), not_ready("stopping"));
    }
}
