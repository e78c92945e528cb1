//! The endpoint: where sockets are mounted, and where the rest of the server broadcasts from.
//!
//! Source: Phoenix's `lib/phoenix/endpoint.ex`.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior};
use warp::{Filter, Rejection, reply::Response};

use crate::{
    connection::Connection,
    connections::Connections,
    flusher::Flushers,
    frame::Broadcast,
    limits::{Drain, Limits},
    payload::{IntoPayload, PayloadError},
    pubsub::{Events, Inlet, Local, PubSub, Relayed, Subscriber, SubscriberId, Subscription, Topics},
    socket::Socket,
    telemetry::Telemetry,
    transport::{self, CloseCode},
};

/// One server of channels. Cloning it is cheap and gives another handle of the same endpoint.
///
/// # Metrics
///
/// What happens is counted through the facade of the crate `metrics`: install a recorder before the
/// endpoint is made. Without one, counting costs next to nothing.
///
/// | metric | counts |
/// | --- | --- |
/// | `channels_connects_total{outcome}` | requests to connect: `ok`, `refused`, `timeout` |
/// | `channels_connections` | clients that are connected now |
/// | `channels_joins_total{outcome}` | joins: `ok`, `refused`, `crashed`, `timeout` |
/// | `channels_crashes_total` | channels that ended by a crash |
/// | `channels_messages_in_total`, `channels_bytes_in_total` | what came from clients |
/// | `channels_messages_malformed_total` | those that were none, and closed their socket |
/// | `channels_messages_limited_total` | those that were answered `rate limited` |
/// | `channels_broadcasts_total` | broadcasts, whatever the number of their subscribers |
/// | `channels_messages_out_total`, `channels_bytes_out_total` | what went out to clients |
/// | `channels_outbox_bytes` | what waits for clients that read slowly, as of the last second |
/// | `channels_conflations_total` | states that a newer one replaced before they went out |
/// | `channels_slow_consumers_total` | clients that were closed because they read too slowly |
/// | `channels_mailbox_overflows_total` | channels that ended because messages piled up |
/// | `channels_silent_total` | clients that were closed because they sent nothing |
#[derive(Clone)]
pub struct Endpoint {
    shared: Arc<Shared>,
}

struct Shared {
    limits: Limits,
    topics: Arc<Topics>,
    pubsub: Box<dyn PubSub>,
    connections: Connections,
    flushers: Arc<Flushers>,
    telemetry: Arc<Telemetry>,
    /// Seconds since the endpoint was made, as the sweep last saw them; never 0.
    clock: AtomicU32,
    draining: AtomicBool,
    /// Numbers given to connections and joins.
    numbers: AtomicU64,
}

impl Endpoint {
    /// An endpoint without sockets, whose clients are held to `limits`.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::with_pubsub(limits, Local)
    }

    /// An endpoint that is one node of several, which `pubsub` makes one server.
    #[must_use]
    pub fn with_pubsub(limits: Limits, pubsub: impl PubSub) -> Self {
        let flushers = Arc::new(Flushers::new());
        let telemetry = Arc::new(Telemetry::new());
        let topics = Topics::new(flushers.clone(), telemetry.clone(), limits.outbox_bytes);
        let topics = Arc::new(topics);
        pubsub.start(Inlet::new(topics.clone()));
        Self {
            shared: Arc::new(Shared {
                limits,
                topics,
                pubsub: Box::new(pubsub),
                connections: Connections::new(),
                flushers,
                telemetry,
                clock: AtomicU32::new(1),
                draining: AtomicBool::new(false),
                numbers: AtomicU64::new(1),
            }),
        }
    }

    /// A warp filter that serves `socket` below `path`: WebSockets at `path/websocket`.
    ///
    /// It must run in a tokio runtime, behind [`Server`](crate::Server) or `warp::serve`.
    pub fn mount<A: Clone + Send + Sync + 'static>(
        &self,
        path: &str,
        socket: Socket<A>,
    ) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static + use<A> {
        transport::filter(self.clone(), path, Arc::new(socket))
    }

    /// Broadcasts an event to all subscribers of a topic. The message is encoded once.
    ///
    /// # Errors
    /// [`PayloadError`] when the payload has no JSON form.
    pub fn broadcast(&self, topic: &str, event: &str, payload: impl IntoPayload) -> Result<(), PayloadError> {
        self.publish(Broadcast::new(topic, event, payload.into_payload()?, false), None);
        Ok(())
    }

    /// Broadcasts a state, of which a client that lags needs only the newest: it replaces an older
    /// one of the same topic and event that was not sent yet.
    ///
    /// # Errors
    /// [`PayloadError`] when the payload has no JSON form.
    pub fn broadcast_conflated(
        &self,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), PayloadError> {
        self.publish(Broadcast::new(topic, event, payload.into_payload()?, true), None);
        Ok(())
    }

    /// Closes every connection whose socket has this id. Their clients come back, and are judged
    /// by the socket's `connect` anew.
    pub fn disconnect(&self, id: &str) {
        self.publish(Broadcast::new(id, "disconnect", crate::Payload::empty(), false), None);
    }

    /// How many clients are connected.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.count()
    }

    /// Takes no more clients, and closes those there are with 1012 (service restart), in batches:
    /// clients come back by themselves, and what they come back to is not stormed. Whatever was
    /// sent to a client before goes out first. Returns when all are gone; who is not by the deadline
    /// is cut off.
    pub async fn drain(&self, drain: Drain) {
        self.shared.draining.store(true, Ordering::Relaxed);
        let deadline = Instant::now() + drain.deadline;
        let mut connections = self.shared.connections.all();
        while !connections.is_empty() && Instant::now() < deadline {
            let rest = connections.split_off(drain.batch.max(1).min(connections.len()));
            for connection in std::mem::replace(&mut connections, rest) {
                connection.close(CloseCode::Restart, "service restart");
            }
            if !connections.is_empty() {
                tokio::time::sleep(drain.interval).await;
            }
        }
        while self.connections() > 0 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for connection in self.shared.connections.all() {
            connection.wire().shutdown();
        }
    }

    pub(crate) fn publish(&self, broadcast: Broadcast, from: Option<SubscriberId>) {
        self.shared.telemetry.broadcasts.increment(1);
        let broadcast = Arc::new(broadcast);
        self.shared.topics.publish(&broadcast, from);
        self.shared.pubsub.publish(&Relayed(broadcast));
    }

    /// Hands a subscriber the broadcasts of these events, or all.
    pub(crate) fn subscribe(
        &self,
        topic: &Arc<str>,
        subscriber: Arc<dyn Subscriber>,
        events: Option<Events>,
    ) -> Subscription {
        self.shared.topics.subscribe(topic, subscriber, events)
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    pub(crate) fn telemetry(&self) -> &Telemetry {
        &self.shared.telemetry
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.shared.draining.load(Ordering::Relaxed)
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.shared.numbers.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn clock(&self) -> u32 {
        self.shared.clock.load(Ordering::Relaxed)
    }

    /// The flushers, and with them the sweep, are started with the first connection.
    pub(crate) fn register(&self, connection: &Arc<Connection>) {
        if self.shared.flushers.start(&self.shared.telemetry) {
            tokio::spawn(sweep(Arc::downgrade(&self.shared)));
        }
        self.shared.connections.add(connection);
    }

    pub(crate) fn unregister(&self, connection: &Connection) {
        self.shared.connections.remove(connection);
    }

    pub(crate) fn flush_soon(&self, connection: Arc<Connection>) {
        self.shared.flushers.flush(connection);
    }

    pub(crate) fn topics(&self) -> &Topics {
        &self.shared.topics
    }
}

/// One timer for all connections, as long as the endpoint lives.
async fn sweep(shared: Weak<Shared>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let start = second.tick().await;
    loop {
        let passed = second.tick().await.duration_since(start).as_secs();
        let Some(shared) = shared.upgrade() else { return };
        let now = u32::try_from(passed).unwrap_or(u32::MAX).saturating_add(1);
        shared.clock.store(now, Ordering::Relaxed);
        let owed = shared.connections.sweep(now);
        shared.telemetry.outbox_bytes.set(owed as f64);
    }
}
