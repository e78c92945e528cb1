//! The accept loop: TCP listener, HTTP/1.1, warp filter.
//!
//! `warp::serve` sets neither TCP_NODELAY nor a header timeout nor small buffers; this does, and
//! gives filters the client's address.

use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener as StdListener},
    time::Duration,
};

use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;
use tracing::{debug, warn};
use warp::{Filter, Rejection, Reply};

/// The address of a request's client, as an extension of the request: `warp::ext::get::<PeerAddr>()`.
#[derive(Clone, Copy, Debug)]
pub struct PeerAddr(pub SocketAddr);

/// A listening socket that serves a warp filter.
#[derive(Debug)]
pub struct Server {
    listener: StdListener,
    address: SocketAddr,
}

impl Server {
    /// Bytes that the kernel holds for a client that does not read.
    const SEND_BUFFER: usize = 64 * 1024;
    const BACKLOG: i32 = 4096;
    const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
    /// Longest request head, in bytes; the least that hyper takes is 8 KiB.
    const HTTP_BUFFER: usize = 16 * 1024;

    /// Listens on `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// What the system says: the address is in use or not of this machine, the port is forbidden.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        // Accepted sockets inherit these.
        socket.set_tcp_nodelay(true)?;
        socket.set_send_buffer_size(Self::SEND_BUFFER)?;
        socket.bind(&address.into())?;
        socket.listen(Self::BACKLOG)?;
        socket.set_nonblocking(true)?;
        let listener = StdListener::from(socket);
        Ok(Self { address: listener.local_addr()?, listener })
    }

    /// The address it listens on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves requests until `shutdown` is ready. Requests that are under way, and WebSockets, go
    /// on by themselves (see [`Endpoint::drain`](crate::Endpoint::drain)).
    ///
    /// # Errors
    /// The listener could not be handed to the runtime.
    pub async fn run<R: Reply + 'static>(
        self,
        filter: impl Filter<Extract = (R,), Error = Rejection> + Clone + Send + Sync + 'static,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let listener = TcpListener::from_std(self.listener)?;
        let service = TowerToHyperService::new(warp::service(filter.map(Reply::into_response).boxed()));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(Self::HEADER_TIMEOUT)
            .max_buf_size(Self::HTTP_BUFFER);
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                () = &mut shutdown => return Ok(()),
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let service = service.clone();
                    let service = service_fn(move |mut request: Request<Incoming>| {
                        request.extensions_mut().insert(PeerAddr(peer));
                        service.call(request)
                    });
                    let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
                    tokio::spawn(async move {
                        if let Err(error) = connection.await {
                            debug!(%peer, %error, "http connection");
                        }
                    });
                }
                // The client is gone already.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                // Out of descriptors, as a rule: those who wait are accepted when some are free.
                Err(error) => {
                    warn!(%error, "accept");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}
