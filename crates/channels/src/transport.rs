//! Transports: how frames travel between a client and its connection. They know nothing of
//! channels.
//!
//! What differs between transports is in [`Wire`], and in how a client's request becomes a
//! [`Connection`].
//!
//! Source: Phoenix's `lib/phoenix/socket/transport.ex`.

mod intake;
mod longpoll;
mod request;
mod websocket;

use std::{io, sync::Arc};

pub(crate) use tungstenite::protocol::frame::coding::CloseCode;
use warp::{Filter, Rejection, reply::Response};

#[cfg(feature = "test")]
pub(crate) use self::{intake::Intake, longpoll::Slot};
use crate::{connection::Connection, endpoint::Endpoint, frame::Frame, outbox::Outbox, socket::Socket};

/// Serves a socket below `path`.
pub(crate) fn filter<A: Clone + Send + Sync + 'static>(
    endpoint: Endpoint,
    path: &str,
    socket: Arc<Socket<A>>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static + use<A> {
    let path = path.trim_end_matches('/');
    websocket::filter(endpoint.clone(), format!("{path}/websocket"), socket.clone())
        .or(longpoll::filter(endpoint, format!("{path}/longpoll"), socket))
        .unify()
}

/// What a connection's frames go to.
pub(crate) enum Wire {
    WebSocket(websocket::Stream),
    LongPoll(longpoll::Slot),
}

/// How far a wire took what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Nothing needs to be done before more is queued.
    Enough,
    /// The rest can be written when [`Wire::writable`] says so.
    Blocked,
    /// The client is gone, and with it what waited.
    Lost,
}

impl Wire {
    /// Passes on what waits, without waiting.
    pub fn write(&self, outbox: &mut Outbox) -> Written {
        match self {
            Self::WebSocket(stream) => stream.write(outbox),
            Self::LongPoll(slot) => slot.announce(outbox),
        }
    }

    /// Waits until more can be written.
    pub async fn writable(&self) -> io::Result<()> {
        match self {
            Self::WebSocket(stream) => stream.writable().await,
            Self::LongPoll(_) => Ok(()),
        }
    }

    /// Cuts the connection off.
    pub fn shutdown(&self) {
        match self {
            Self::WebSocket(stream) => stream.shutdown(),
            Self::LongPoll(slot) => slot.shutdown(),
        }
    }

    /// The last frame of a connection that we close.
    pub fn close_frame(&self, code: CloseCode, reason: &str) -> Option<Arc<Frame>> {
        match self {
            Self::WebSocket(_) => Some(websocket::close_frame(Some(code), reason)),
            Self::LongPoll(_) => None,
        }
    }

    /// Seconds of silence after which a client is given up.
    pub fn patience(&self, connection: &Connection) -> u64 {
        match self {
            Self::WebSocket(_) => connection.limits().silence.as_secs(),
            Self::LongPoll(_) => longpoll::PATIENCE.as_secs(),
        }
    }
}
