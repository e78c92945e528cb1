//! Sockets: who may connect, and which channel serves which topic.
//!
//! Source: Phoenix's `lib/phoenix/socket.ex`.

use std::{collections::HashMap, future::Future, net::SocketAddr, sync::Arc};

use futures::future::BoxFuture;
use http::HeaderMap;

use crate::{
    channel::{
        Channel,
        server::{ChannelHandle, ChannelServer, JoinRequest, Then},
    },
    connection::Connection,
    endpoint::Endpoint,
    origin::CheckOrigin,
    router::JoinId,
    telemetry::Outcome,
    topic::TopicPattern,
};

/// What clients connect to: the `connect` function, and the channels. `A` is what `connect`
/// returns; every channel of the socket gets a clone of it as its assigns.
pub struct Socket<A> {
    connect: Box<ConnectFn<A>>,
    id: Box<IdFn<A>>,
    routes: Vec<(TopicPattern, Open<A>)>,
    check_origin: CheckOrigin,
}

type ConnectFn<A> = dyn Fn(Connect) -> BoxFuture<'static, Result<A, Refusal>> + Send + Sync;
type IdFn<A> = dyn Fn(&A) -> Option<String> + Send + Sync;
type Open<A> = fn(A, Arc<Connection>, JoinId, JoinRequest) -> (Arc<dyn ChannelHandle>, Then);

/// A client that wants to connect.
#[derive(Clone, Debug)]
pub struct Connect {
    /// The parameters of the request's query; `vsn` is among them.
    pub params: HashMap<String, String>,
    /// The `authToken` of the client's options (phoenix.js 1.8), which does not show in the query.
    pub auth_token: Option<String>,
    /// The headers of the request.
    pub headers: HeaderMap,
    /// The client's address, if the server gives it (see [`PeerAddr`](crate::PeerAddr)).
    pub peer: Option<SocketAddr>,
}

/// The client may not connect; it is answered HTTP 403.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("the connection was refused")]
pub struct Refusal;

/// Why a client is not connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotConnected {
    Refused,
    /// `connect` took too long, or the endpoint is draining: the client may try again.
    Unavailable,
}

impl<A: Clone + Send + Sync + 'static> Socket<A> {
    /// A socket that lets in whom `connect` returns assigns for.
    pub fn new<F>(connect: impl Fn(Connect) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<A, Refusal>> + Send + 'static,
    {
        Self {
            connect: Box::new(move |request| Box::pin(connect(request))),
            id: Box::new(|_| None),
            routes: Vec::new(),
            check_origin: CheckOrigin::default(),
        }
    }

    /// Names connections, so that [`Endpoint::disconnect`](crate::Endpoint::disconnect) can close
    /// them; by default they are anonymous.
    #[must_use]
    pub fn id(mut self, id: impl Fn(&A) -> Option<String> + Send + Sync + 'static) -> Self {
        self.id = Box::new(id);
        self
    }

    /// Serves topics with the channel `C`: `"console"` is that topic, `"chat:*"` every topic that
    /// starts with `chat:`. The first pattern that matches wins.
    ///
    /// # Panics
    /// When `*` stands anywhere but at the end of the pattern.
    #[must_use]
    pub fn channel<C: Channel<Assigns = A>>(mut self, pattern: &str) -> Self {
        let Some(pattern) = TopicPattern::parse(pattern) else {
            panic!("in the topic pattern {pattern:?} the * is not at the end");
        };
        self.routes.push((pattern, open::<C>));
        self
    }

    /// Sets which pages may connect; by default those of the same host.
    #[must_use]
    pub fn check_origin(mut self, check_origin: CheckOrigin) -> Self {
        self.check_origin = check_origin;
        self
    }

    /// Lets the client in, or not.
    pub(crate) async fn connect(
        self: &Arc<Self>,
        endpoint: &Endpoint,
        request: Connect,
    ) -> Result<Connected<A>, NotConnected> {
        let limit = endpoint.limits().connect_timeout;
        let connected = if endpoint.is_draining() {
            Err(NotConnected::Unavailable)
        } else {
            match tokio::time::timeout(limit, self.judge(request)).await {
                Ok(connected) => connected.map_err(|Refusal| NotConnected::Refused),
                Err(_) => Err(NotConnected::Unavailable),
            }
        };
        endpoint.telemetry().connect(match &connected {
            Ok(_) => Outcome::Ok,
            Err(NotConnected::Refused) => Outcome::Refused,
            Err(NotConnected::Unavailable) => Outcome::Timeout,
        });
        connected
    }

    async fn judge(self: &Arc<Self>, request: Connect) -> Result<Connected<A>, Refusal> {
        if !self.check_origin.allows(&request.headers) {
            return Err(Refusal);
        }
        Ok(Connected { assigns: (self.connect)(request).await?, socket: self.clone() })
    }
}

fn open<C: Channel>(
    assigns: C::Assigns,
    connection: Arc<Connection>,
    join: JoinId,
    request: JoinRequest,
) -> (Arc<dyn ChannelHandle>, Then) {
    let server = ChannelServer::<C>::new(connection, join, &request);
    (server.clone(), Box::new(move || server.start(request, assigns)))
}

/// A socket that a client was let in to.
pub(crate) struct Connected<A> {
    assigns: A,
    socket: Arc<Socket<A>>,
}

impl<A> Connected<A> {
    pub fn id(&self) -> Option<String> {
        (self.socket.id)(&self.assigns)
    }
}

/// The channels of a connected socket, whatever its assigns.
pub(crate) trait Channels: Send + Sync {
    /// The number of the channel that serves a topic.
    fn find(&self, topic: &str) -> Option<usize>;

    /// Makes a channel, and what starts it.
    fn open(
        &self,
        route: usize,
        connection: Arc<Connection>,
        join: JoinId,
        request: JoinRequest,
    ) -> (Arc<dyn ChannelHandle>, Then);
}

impl<A: Clone + Send + Sync + 'static> Channels for Connected<A> {
    fn find(&self, topic: &str) -> Option<usize> {
        self.socket.routes.iter().position(|(pattern, _)| pattern.matches(topic))
    }

    fn open(
        &self,
        route: usize,
        connection: Arc<Connection>,
        join: JoinId,
        request: JoinRequest,
    ) -> (Arc<dyn ChannelHandle>, Then) {
        let (_, open) = &self.socket.routes[route];
        open(self.assigns.clone(), connection, join, request)
    }
}
