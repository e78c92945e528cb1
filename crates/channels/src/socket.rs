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
    router::JoinId,
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

/// Which pages may open a WebSocket. Browsers tell their page's origin; other clients tell none,
/// and are let in.
#[derive(Clone, Debug, Default)]
pub enum CheckOrigin {
    /// Pages of the host that the request itself was sent to.
    #[default]
    SameHost,
    /// Pages of these origins, each as browsers write it: `https://example.org`, with the port
    /// unless it is the scheme's own.
    Origins(Vec<String>),
    /// All pages.
    Any,
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
    pub(crate) async fn connect(self: &Arc<Self>, request: Connect) -> Result<Connected<A>, Refusal> {
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

impl CheckOrigin {
    fn allows(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(http::header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return matches!(self, Self::Any) };
        match self {
            Self::Any => true,
            Self::Origins(origins) => origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)),
            Self::SameHost => {
                let host = headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
                let origin_host = origin.split_once("://").map(|(_, host)| host);
                origin_host.is_some_and(|origin| {
                    host.is_some_and(|host| bare(host).eq_ignore_ascii_case(bare(origin)))
                })
            }
        }
    }
}

/// The host without the port: Phoenix compares hosts, and proxies change ports.
fn bare(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((bare, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => bare,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(check: &CheckOrigin, origin: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::HOST, "race.example:4000".parse().expect("a header"));
        headers.insert(http::header::ORIGIN, origin.parse().expect("a header"));
        check.allows(&headers)
    }

    #[test]
    fn pages_of_the_same_host_may_connect() {
        assert!(allows(&CheckOrigin::SameHost, "http://race.example:4000"));
        assert!(allows(&CheckOrigin::SameHost, "https://RACE.example"));
        assert!(!allows(&CheckOrigin::SameHost, "https://evil.example"));
        assert!(!allows(&CheckOrigin::SameHost, "https://race.example.evil.example"));
        assert!(!allows(&CheckOrigin::SameHost, "null"));
    }

    #[test]
    fn listed_origins_may_connect() {
        let check = CheckOrigin::Origins(vec!["https://party.example".into()]);
        assert!(allows(&check, "https://party.example"));
        assert!(!allows(&check, "http://party.example"));
        assert!(!allows(&check, "http://race.example:4000"));
    }

    #[test]
    fn who_tells_no_origin_is_no_browser() {
        assert!(CheckOrigin::SameHost.allows(&HeaderMap::new()));
    }
}
