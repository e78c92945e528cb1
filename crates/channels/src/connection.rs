//! One client's connection: what it has joined, what it is owed, and the road between them.
//!
//! It carries out what the router decides. It knows its transport as something that frames are
//! written to, and channels as handles.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use parking_lot::Mutex;
use tracing::{debug, trace};

use crate::{
    channel::{
        Reason,
        server::{ChannelHandle, JoinRequest},
    },
    connections::Registered,
    endpoint::Endpoint,
    frame::{Broadcast, ConflateKey, Format, Frame},
    limits::Limits,
    message::{Incoming, Outgoing, Ref, Status},
    outbox::{Outbox, Queued, Rejected},
    payload::Payload,
    pubsub::{Subscriber, SubscriberId, Subscription},
    router::{JoinId, Route, Router},
    socket::{Channels, Connected},
    transport::{CloseCode, Wire, Written},
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

/// The outbox, and who is going to empty it.
struct Outlet {
    outbox: Outbox,
    /// A flusher has the connection on its list.
    scheduled: bool,
    /// A task waits for the wire to take more.
    blocked: bool,
    /// While corked, frames are collected; the last cork out writes them together.
    corks: u32,
}

/// Collects what is sent to a connection while it lives, so that it is written together.
pub(crate) struct Cork<'a>(&'a Arc<Connection>);

impl Connection {
    fn new(endpoint: Endpoint, channels: Box<dyn Channels>, format: Format, wire: Wire) -> Arc<Self> {
        let limits = endpoint.limits();
        let outlet =
            Outlet { outbox: Outbox::new(limits.outbox_bytes), scheduled: false, blocked: false, corks: 0 };
        Arc::new(Self {
            number: endpoint.next_number(),
            outlet: Mutex::new(outlet),
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
        let join_ref = message.join_ref.map(Ref::from);
        let request = JoinRequest {
            topic: topic.clone(),
            join_ref: join_ref.clone(),
            message_ref: message.message_ref.map(Ref::from),
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

    /// Encodes a message and queues it.
    pub fn send(self: &Arc<Self>, message: &Outgoing<'_>, conflate: Option<ConflateKey>) {
        if let Some(frame) = self.format.frame(message, conflate) {
            self.send_frame(frame);
        }
    }

    /// Queues a frame; it is written soon, together with whatever else is queued by then.
    pub fn send_frame(self: &Arc<Self>, frame: Arc<Frame>) {
        let mut outlet = self.outlet.lock();
        match outlet.outbox.push(frame) {
            Ok(Queued::Added) => self.schedule(&mut outlet),
            // It waits in a place whose turn comes.
            Ok(Queued::Replaced) => self.endpoint.telemetry().conflations.increment(1),
            Err(Rejected::Closed) => {}
            Err(Rejected::TooSlow) => {
                debug!("slow consumer");
                self.endpoint.telemetry().slow_consumers.increment(1);
                self.close_locked(&mut outlet, CloseCode::Policy, "slow consumer", true);
            }
        }
    }

    /// Closes the connection from our side, after what is queued.
    pub fn close(self: &Arc<Self>, code: CloseCode, reason: &str) {
        self.close_locked(&mut self.outlet.lock(), code, reason, false);
    }

    /// Queues a frame of the transport's own (a pong, the answer to a close).
    pub fn send_last(self: &Arc<Self>, frame: Arc<Frame>) {
        let mut outlet = self.outlet.lock();
        outlet.outbox.close(Some(frame), false);
        self.start_closing();
        self.schedule(&mut outlet);
    }

    fn close_locked(self: &Arc<Self>, outlet: &mut Outlet, code: CloseCode, reason: &str, at_once: bool) {
        outlet.outbox.close(self.wire.close_frame(code, reason), at_once);
        self.start_closing();
        self.schedule(outlet);
    }

    fn start_closing(&self) {
        let now = self.endpoint.clock().max(1);
        let _ = self.closing.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed) != 0
    }

    fn schedule(self: &Arc<Self>, outlet: &mut Outlet) {
        if outlet.corks == 0 && !outlet.scheduled && !outlet.blocked {
            outlet.scheduled = true;
            self.endpoint.flush_soon(self.clone());
        }
    }

    /// Collects what is sent from here on, until the cork is dropped.
    pub fn cork(self: &Arc<Self>) -> Cork<'_> {
        self.outlet.lock().corks += 1;
        Cork(self)
    }

    /// A flusher's turn for this connection has come.
    pub fn flush(self: &Arc<Self>) {
        let mut outlet = self.outlet.lock();
        outlet.scheduled = false;
        if outlet.corks == 0 && !outlet.blocked {
            self.write(&mut outlet);
        }
    }

    /// Writes what is queued, as far as the wire takes it.
    fn write(self: &Arc<Self>, outlet: &mut Outlet) {
        let (frames, bytes) = outlet.outbox.waiting();
        let written = self.wire.write(&mut outlet.outbox);
        let (frames_left, bytes_left) = outlet.outbox.waiting();
        self.count_out(frames - frames_left, bytes - bytes_left);
        if written == Written::Blocked {
            outlet.blocked = true;
            tokio::spawn(self.clone().write_when_possible());
        }
    }

    /// Takes all that waits, for a transport whose client fetches it. While corked it is nothing:
    /// what belongs together is taken together.
    pub fn take(&self) -> VecDeque<Arc<Frame>> {
        let mut outlet = self.outlet.lock();
        if outlet.corks > 0 {
            return VecDeque::new();
        }
        let (frames, bytes) = outlet.outbox.waiting();
        self.count_out(frames, bytes);
        outlet.outbox.take()
    }

    fn count_out(&self, frames: usize, bytes: usize) {
        if bytes > 0 {
            self.endpoint.telemetry().messages_out.increment(frames as u64);
            self.endpoint.telemetry().bytes_out.increment(bytes as u64);
        }
    }

    /// Only clients that read more slowly than we write have this task.
    async fn write_when_possible(self: Arc<Self>) {
        let ready = self.wire.writable().await;
        let mut outlet = self.outlet.lock();
        outlet.blocked = false;
        if ready.is_err() {
            outlet.outbox.abandon();
        }
        if outlet.corks == 0 {
            self.write(&mut outlet);
        }
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
        for channel in channels {
            channel.shutdown(Reason::Closed, None);
        }
    }
}

/// A connection while its client is there: known to the endpoint, and by its socket's id. When it is
/// dropped, the client is gone and its channels end.
pub(crate) struct Online {
    connection: Arc<Connection>,
    _registered: Registered,
    _named: Option<Subscription>,
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
        Self {
            _registered: endpoint.register(&connection),
            _named: id.map(|id| endpoint.subscribe(&id.into(), connection.clone())),
            connection,
        }
    }

    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for Online {
    fn drop(&mut self) {
        self.connection.gone();
        self.connection.endpoint.telemetry().connections.decrement(1);
    }
}

impl Drop for Cork<'_> {
    fn drop(&mut self) {
        let mut outlet = self.0.outlet.lock();
        outlet.corks -= 1;
        if outlet.corks == 0 && !outlet.blocked {
            self.0.write(&mut outlet);
        }
    }
}

/// A connection listens to the topic that its socket's id names, for `disconnect`.
///
/// Source: Phoenix's `lib/phoenix/socket.ex`, `id/1`.
impl Subscriber for Connection {
    fn deliver(self: Arc<Self>, broadcast: &Arc<Broadcast>) {
        if &*broadcast.event == "disconnect" {
            self.close(CloseCode::Away, "disconnect");
        }
    }

    fn id(&self) -> SubscriberId {
        SubscriberId(self.number)
    }
}
