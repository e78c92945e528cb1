//! A running server of the reference application and of the probe beside it.

use std::net::SocketAddr;

use channels::{CheckOrigin, Endpoint, Limits, Presence, Server};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::http::StatusCode;
use warp::Filter;

use super::{
    client::Client,
    longpoll::Session,
    peer::{Peer, Transport, Wire},
};
use crate::{app, reference};

/// It stops when it is dropped.
pub struct TestServer {
    pub endpoint: Endpoint,
    pub address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl TestServer {
    pub fn start() -> Self {
        Self::with(reference::limits())
    }

    /// The sockets are at `/socket`, and at `/guarded` for pages of the same host only.
    pub fn with(limits: Limits) -> Self {
        let endpoint = Endpoint::new(limits);
        let presence = Presence::new(&endpoint);
        let open = endpoint.mount("/socket", app::socket(presence.clone()));
        let guarded = endpoint.mount("/guarded", app::socket(presence).check_origin(CheckOrigin::SameHost));
        let server = Server::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let address = server.local_addr();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(server.run(open.or(guarded).unify(), async {
            let _ = stopped.await;
        }));
        Self { endpoint, address, _stop: stop }
    }

    /// A client of serializer 2.0.0 over a WebSocket.
    pub async fn client(&self) -> Client {
        self.connect("/socket/websocket?vsn=2.0.0", &[]).await.expect("a connection")
    }

    /// A client at this path and with these headers, or the status that it was refused with.
    pub async fn connect(&self, path: &str, headers: &[(&'static str, &str)]) -> Result<Client, StatusCode> {
        Client::connect(self.address, path, headers).await
    }

    pub async fn peer(&self, wire: Wire) -> Peer {
        self.peer_with(wire, "").await
    }

    /// A client with these parameters (`&user=ada`) besides its version.
    pub async fn peer_with(&self, wire: Wire, params: &str) -> Peer {
        let query = format!("vsn={}{params}", wire.vsn());
        match wire.transport {
            Transport::WebSocket => {
                let client = self.connect(&format!("/socket/websocket?{query}"), &[]).await;
                Peer::websocket(wire.version, client.expect("a connection"))
            }
            Transport::LongPoll => {
                let session = Session::open(self.address, &format!("/socket/longpoll?{query}")).await;
                Peer::longpoll(wire.version, session)
            }
        }
    }
}
