//! Transports: how frames travel between a client and its connection. They know nothing of
//! channels.
//!
//! There is one so far, the WebSocket; what differs between transports is in [`Wire`] and in how a
//! client's request becomes a [`Connection`](crate::connection::Connection).
//!
//! Source: Phoenix's `lib/phoenix/socket/transport.ex`.

mod websocket;

use std::{
    io::{self, IoSlice},
    sync::Arc,
};

pub(crate) use tungstenite::protocol::frame::coding::CloseCode;
pub(crate) use websocket::filter;

use crate::frame::Frame;

/// What a connection's frames are written to.
pub(crate) enum Wire {
    WebSocket(websocket::Stream),
}

impl Wire {
    /// Writes without waiting.
    pub fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::WebSocket(stream) => stream.try_write(slices),
        }
    }

    /// Waits until something can be written.
    pub async fn writable(&self) -> io::Result<()> {
        match self {
            Self::WebSocket(stream) => stream.writable().await,
        }
    }

    /// Cuts the connection off; its reader comes to its end.
    pub fn shutdown(&self) {
        match self {
            Self::WebSocket(stream) => stream.shutdown(),
        }
    }

    /// The last frame of a connection that we close.
    pub fn close_frame(&self, code: CloseCode, reason: &str) -> Arc<Frame> {
        match self {
            Self::WebSocket(_) => websocket::close_frame(Some(code), reason),
        }
    }
}
