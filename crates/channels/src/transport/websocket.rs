//! The WebSocket transport (RFC 6455) on warp: the request, the handshake, the reading.
//!
//! `warp::ws()` holds 137 KB for each connection; here warp routes the request and answers it, and
//! what follows reads into a buffer that all connections of a thread share.
//!
//! Source: Phoenix's `lib/phoenix/transports/websocket.ex`.

mod codec;
mod stream;

use std::{
    cell::Cell,
    future::poll_fn,
    io,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use tracing::debug;
use tungstenite::{handshake::derive_accept_key, protocol::frame::coding::Control};
use warp::{Filter, Rejection, Reply, reply::Response};

use self::codec::{Decoder, Event};
pub(super) use self::stream::Stream;
use super::{
    CloseCode, Wire,
    intake::{Intake, Now},
    request,
};
use crate::{
    connection::Online,
    endpoint::Endpoint,
    frame::{self, Format, Frame, Framing},
    serializer::Serializer,
    socket::{Connect, Connected, NotConnected, Socket},
};

/// Serves this path.
pub(super) fn filter<A: Clone + Send + Sync + 'static>(
    endpoint: Endpoint,
    path: String,
    socket: Arc<Socket<A>>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static + use<A> {
    request::at(path)
        .and(warp::method())
        .and(request::connect())
        .and(warp::ext::optional::<OnUpgrade>())
        .then(move |method, request, upgrade| {
            let (endpoint, socket) = (endpoint.clone(), socket.clone());
            async move { upgrade_request(endpoint, &socket, &method, request, upgrade).await }
        })
}

/// Answers the request: 400 for what is no upgrade to a WebSocket, 403 for who is refused, 101.
async fn upgrade_request<A: Clone + Send + Sync + 'static>(
    endpoint: Endpoint,
    socket: &Arc<Socket<A>>,
    method: &Method,
    request: Connect,
    upgrade: Option<OnUpgrade>,
) -> Response {
    let (Some(key), Some(upgrade)) = (handshake_key(method, &request.headers), upgrade) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let serializer = Serializer::for_version(request.params.get("vsn").map(String::as_str));
    let peer = request.peer;
    let is_phoenix = request::protocols(&request.headers).any(|protocol| protocol == "phoenix");
    let connected = match serializer {
        Some(serializer) => socket.connect(&endpoint, request).await.map(|connected| (serializer, connected)),
        None => Err(NotConnected::Refused),
    };
    let (serializer, connected) = match connected {
        Ok(connected) => connected,
        Err(NotConnected::Refused) => return StatusCode::FORBIDDEN.into_response(),
        Err(NotConnected::Unavailable) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    tokio::spawn(async move {
        match upgrade.await.map(Stream::from_upgraded) {
            Ok(Some((stream, early))) => {
                let mut reader = Reader::new(&endpoint, serializer, connected, stream);
                if reader.take_in(&mut early.to_vec()) {
                    // A task of its own, which holds nothing of the request as long as it lives.
                    tokio::spawn(reader.run());
                }
            }
            Ok(None) => debug!(?peer, "a WebSocket over something that is no tcp stream"),
            Err(error) => debug!(?peer, %error, "the upgrade failed"),
        }
    });
    let accept = derive_accept_key(key.as_bytes());
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = accept.parse() {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if is_phoenix {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("phoenix"));
    }
    response
}

/// The key of a request that asks for a WebSocket (RFC 6455, section 4.2.1).
fn handshake_key(method: &Method, headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // A list may be spread over several headers of the same name.
    let lists = |name, token: &str| {
        let lists = headers.get_all(name).into_iter().filter_map(|list| list.to_str().ok());
        lists.flat_map(|list| list.split(',')).any(|item| item.trim().eq_ignore_ascii_case(token))
    };
    let asks = method == Method::GET
        && lists(header::CONNECTION, "upgrade")
        && lists(header::UPGRADE, "websocket")
        && text(header::SEC_WEBSOCKET_VERSION) == Some("13");
    // Sixteen bytes in base64.
    let key = text(header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24 && key.ends_with("=="))?;
    asks.then(|| key.to_owned())
}

/// The buffer that all connections of a thread read into, one after the other.
struct Buffer(Box<[u8]>);

thread_local! {
    static BUFFER: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
}

impl Buffer {
    const BYTES: usize = 64 * 1024;

    fn borrow() -> Self {
        Self(BUFFER.take().unwrap_or_else(|| vec![0; Self::BYTES].into()))
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        BUFFER.set(Some(std::mem::take(&mut self.0)));
    }
}

/// Turns bytes into messages, as long as the client is there.
struct Reader {
    online: Online,
    intake: Intake,
    decoder: Decoder,
    /// The beginning of a frame whose end has not arrived.
    partial: Vec<u8>,
}

impl Reader {
    fn new<A: Clone + Send + Sync + 'static>(
        endpoint: &Endpoint,
        serializer: Serializer,
        connected: Connected<A>,
        stream: Stream,
    ) -> Self {
        let format = Format { serializer, framing: Framing::WebSocket };
        let online = Online::new(endpoint, connected, format, Wire::WebSocket(stream));
        let intake = Intake::new(online.connection().clone());
        let decoder = Decoder::new(endpoint.limits().message_bytes);
        Self { online, intake, decoder, partial: Vec::new() }
    }

    /// Reads what the client sends, until it or we close. (Not an `async fn`, which would hold the reader
    /// twice.)
    fn run(mut self) -> impl Future<Output = ()> + Send + 'static {
        poll_fn(move |context| {
            while ready!(self.poll_read(context)) {}
            Poll::Ready(())
        })
    }

    /// Reads once. Returns whether there is any use in reading more.
    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        let Wire::WebSocket(stream) = self.online.connection().wire() else { return Poll::Ready(false) };
        if ready!(stream.poll_readable(context)).is_err() {
            return Poll::Ready(false);
        }
        let mut buffer = Buffer::borrow();
        Poll::Ready(match stream.try_read(&mut buffer.0) {
            Ok(0) => false,
            Ok(length) => self.take_in(&mut buffer.0[..length]),
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        })
    }

    /// Handles what has arrived. Returns whether there is any use in reading more.
    fn take_in(&mut self, arrived: &mut [u8]) -> bool {
        let connection = self.intake.connection().clone();
        let _cork = connection.cork();
        connection.heard();
        connection.endpoint().telemetry().bytes_in.increment(arrived.len() as u64);
        if self.partial.is_empty() {
            let (used, open) = self.frames(arrived);
            self.partial = arrived[used..].to_vec();
            open
        } else {
            let mut partial = std::mem::take(&mut self.partial);
            partial.extend_from_slice(arrived);
            let (used, open) = self.frames(&mut partial);
            partial.drain(..used);
            if partial.is_empty() {
                partial = Vec::new();
            }
            self.partial = partial;
            open
        }
    }

    /// Handles all complete frames. Returns how many bytes they were.
    fn frames(&mut self, bytes: &mut [u8]) -> (usize, bool) {
        let now = self.intake.now();
        let mut used = 0;
        // Taken out so that a message may borrow from it while the rest of the reader is in use.
        let mut decoder = std::mem::take(&mut self.decoder);
        let mut open = true;
        while open {
            match decoder.next(&mut bytes[used..]) {
                Ok(None) => break,
                Ok(Some((length, event))) => {
                    used += length;
                    open = self.event(event, now);
                }
                Err(violation) => {
                    debug!(%violation, "protocol violation");
                    self.intake.connection().close(violation.close_code(), &violation.to_string());
                    // Whatever follows cannot be understood.
                    used = bytes.len();
                    break;
                }
            }
        }
        self.decoder = decoder;
        (used, open)
    }

    fn event(&mut self, event: Event<'_>, now: Now) -> bool {
        let connection = self.intake.connection();
        match event {
            Event::Close(code) => {
                connection.send_last(close_frame(code, ""));
                return false;
            }
            // We have closed already, and wait for the client to do so.
            _ if connection.is_closing() => {}
            Event::Nothing => {}
            Event::Ping(payload) => connection.send_frame(frame::control(Control::Pong, payload)),
            Event::Text(text) => drop(self.intake.text(&text, now)),
            Event::Binary(bytes) => drop(self.intake.binary(&bytes, now)),
        }
        true
    }
}

/// A close frame (RFC 6455, section 5.5.1).
pub(super) fn close_frame(code: Option<CloseCode>, reason: &str) -> Arc<Frame> {
    let mut payload = Vec::new();
    if let Some(code) = code {
        payload.extend_from_slice(&u16::from(code).to_be_bytes());
        payload.extend_from_slice(&reason.as_bytes()[..reason.floor_char_boundary(123)]);
    }
    frame::control(Control::Close, &payload)
}
