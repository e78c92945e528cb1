//! One client's connection: what it has joined, what it is owed, and the road between them.
//!
//! It carries out what the router decides. It knows its transport as something that frames are
//! written to, and channels as handles.

mod outlet;

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use outlet::Outlet;
pub(crate) use outlet::Reads;

use parking_lot::Mutex;
use tracing::{debug, trace};

use crate::{
    channel::{
        Reason,
        server::{ChannelHandle, JoinRequest},
    },
    endpoint::Endpoint,
    frame::{Broadcast, Format},
    limits::Limits,
    message::{Incoming, Outgoing, Ref, Status},
    payload::Payload,
    pubsub::{Subscriber, SubscriberId, Subscription},
    router::{JoinId, Route, Router},
    socket::{Channels, Connected},
    transport::{CloseCode, Wire},
};

pub(crate) struct Connection {
    endpoint: Endpoint,
    channels: Box<dyn Channels>,
    format: Format,
    wire: Wire,
    number: u64,
    outlet: Mutex<Outlet>,
    router: Mutex<Router<Arc<dyn ChannelHandle>>>,
    /// When the client was last heard, and when the connection began to close (0: it has not), in
    /// seconds of the endpoint's clock.
    heard: AtomicU32,
    closing: AtomicU32,
}

impl Connection {
    fn new(endpoint: Endpoint, channels: Box<dyn Channels>, format: Format, wire: Wire) -> Arc<Self> {
        let limits = endpoint.limits();
        Arc::new(Self {
            number: endpoint.next_number(),
            outlet: Mutex::new(Outlet::new(limits.outbox_bytes)),
            router: Mutex::new(Router::new(limits.topics)),
            heard: AtomicU32::new(endpoint.clock()),
            closing: AtomicU32::new(0),
            endpoint,
            channels,
            format,
            wire,
        })
    }

    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub fn limits(&self) -> &Limits {
        self.endpoint.limits()
    }

    pub fn format(&self) -> Format {
        self.format
    }

    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    pub fn number(&self) -> u64 {
        self.number
    }

    /// Handles one message of the client.
    pub fn receive(self: &Arc<Self>, message: &Incoming<'_>) {
        let route = self.router.lock().route(message, |topic| self.channels.find(topic));
        trace!(?message, "received");
        let message_ref = || message.message_ref.map(Ref::from);
        match route {
            Route::Join { topic, route } => self.join(message, topic, route, None),
            Route::Rejoin { topic, route, previous } => self.join(message, topic, route, Some(previous)),
            Route::Deliver(channel) => {
                let event = message.event.to_lossy().as_ref().into();
                channel.handle_in(event, message.payload.to_payload(), message_ref());
            }
            Route::Leave(channel) => channel.leave(message_ref()),
            Route::Ok { join_ref } => self.answer(message, join_ref, Status::Ok, &Payload::empty()),
            Route::Refuse { join_ref, reason } => {
                self.answer(message, join_ref, Status::Error, &Payload::reason(reason));
            }
            Route::Ignore => {}
        }
    }

    /// Answers a message with the error `{"reason": reason}`, whatever it is.
    pub fn refuse(self: &Arc<Self>, message: &Incoming<'_>, reason: &str) {
        let join_ref = message.join_ref.map(Ref::from);
        self.answer(message, join_ref, Status::Error, &Payload::reason(reason));
    }

    fn answer(
        self: &Arc<Self>,
        message: &Incoming<'_>,
        join_ref: Option<Ref>,
        status: Status,
        response: &Payload,
    ) {
        let message_ref = message.message_ref.map(Ref::from);
        let (join_ref, message_ref) = (join_ref.as_ref(), message_ref.as_ref());
        self.send(&Outgoing::Reply { join_ref, message_ref, topic: message.topic, status, response }, None);
    }

    fn join(
        self: &Arc<Self>,
        message: &Incoming<'_>,
        topic: Arc<str>,
        route: usize,
        previous: Option<Arc<dyn ChannelHandle>>,
    ) {
        // A client that joins over and over while its first join hangs gets no queue of them.
        if previous.as_ref().is_some_and(|previous| !previous.is_started()) {
            return self.refuse(message, "join crashed");
        }
        let (join_ref, message_ref) = (message.join_ref.map(Ref::from), message.message_ref.map(Ref::from));
        let length = |reference: &Option<Ref>| reference.as_ref().map_or(0, |given| given.as_json().len());
        if topic.len().max(length(&join_ref)).max(length(&message_ref)) > self.limits().topic_bytes {
            return self.refuse(message, "topic is too long");
        }
        let topic = self.endpoint.topics().shared_name(topic);
        let request = JoinRequest {
            topic: topic.clone(),
            join_ref: join_ref.clone(),
            message_ref,
            params: message.payload.to_payload(),
            replaces: previous.as_ref().map(|previous| previous.given_join_ref()),
        };
        let join = JoinId(self.endpoint.next_number());
        let (handle, start) = self.channels.open(route, self.clone(), join, request);
        self.router.lock().started(topic, join, join_ref, handle);
        match previous {
            Some(previous) => previous.shutdown(Reason::Rejoined, Some(start)),
            None => start(),
        }
    }

    /// Notes that a channel has ended; whether its client is owed a word about that.
    pub fn forget(&self, join: JoinId) -> bool {
        self.router.lock().ended(join)
    }

    /// Notes that a join was not granted; whether its client waits for that answer.
    pub fn forget_join(&self, join: JoinId) -> bool {
        self.router.lock().refused(join)
    }

    /// Messages have arrived, which are handled next.
    pub fn arrival(&self) {
        self.router.lock().arrival();
    }

    fn start_closing(&self) {
        let now = self.endpoint.clock().max(1);
        let _ = self.closing.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed) != 0
    }

    /// Notes that the client is alive.
    pub fn heard(&self) {
        self.heard.store(self.endpoint.clock(), Ordering::Relaxed);
    }

    /// The sweep comes by: silent clients are closed, and who does not finish closing is cut off.
    pub fn sweep(self: &Arc<Self>, now: u32) {
        const CLOSE_SECONDS: u32 = 5;
        let closing = self.closing.load(Ordering::Relaxed);
        let silence = now.saturating_sub(self.heard.load(Ordering::Relaxed));
        if closing != 0 {
            if now.saturating_sub(closing) >= CLOSE_SECONDS {
                self.wire.shutdown();
            }
        } else if u64::from(silence) > self.wire.patience(self) {
            debug!(silence, "silent client");
            self.endpoint.telemetry().silent.increment(1);
            self.close(CloseCode::Protocol, "silent for too long");
        }
    }

    /// The client goes away: what a test client does instead of cutting its line.
    #[cfg(feature = "test")]
    pub fn abandon(self: &Arc<Self>) {
        self.gone();
    }

    /// The connection is gone: every channel of it ends.
    fn gone(self: &Arc<Self>) {
        self.start_closing();
        self.outlet.lock().outbox.abandon();
        let channels = self.router.lock().clear();
        // When the whole runtime goes down there is none any more to run callbacks in.
        if tokio::runtime::Handle::try_current().is_err() {
            return;
        }
        for channel in channels {
            channel.shutdown(Reason::Closed, None);
        }
    }
}

/// A connection while its client is there: known to the endpoint, and by its socket's id. When it is
/// dropped, the client is gone and its channels end.
pub(crate) struct Online {
    connection: Arc<Connection>,
    _named: Option<Box<Subscription>>,
}

impl Online {
    pub fn new<A: Clone + Send + Sync + 'static>(
        endpoint: &Endpoint,
        connected: Connected<A>,
        format: Format,
        wire: Wire,
    ) -> Self {
        let id = connected.id();
        endpoint.telemetry().connections.increment(1);
        let connection = Connection::new(endpoint.clone(), Box::new(connected), format, wire);
        endpoint.register(&connection);
        let named =
            id.map(|id| Box::new(endpoint.subscribe(&id.into(), connection.clone(), Some(&["disconnect"]))));
        Self { connection, _named: named }
    }

    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for Online {
    fn drop(&mut self) {
        self.connection.gone();
        self.connection.endpoint.unregister(&self.connection);
        self.connection.endpoint.telemetry().connections.decrement(1);
    }
}

/// A connection listens to the topic that its socket's id names, for `disconnect`.
///
/// Source: Phoenix's `lib/phoenix/socket.ex`, `id/1`.
impl Subscriber for Connection {
    fn deliver(self: Arc<Self>, broadcast: &Arc<Broadcast>) {
        self.close(CloseCode::Away, &broadcast.event);
    }

    fn id(&self) -> SubscriberId {
        SubscriberId(self.number)
    }
}
