//! Channels: what an application implements, one type for each kind of topic.
//!
//! A channel sees one topic of one client. It knows neither the transport nor the serializer.
//!
//! Source: Phoenix's `lib/phoenix/channel.ex`.

pub(crate) mod server;
mod socket;

use std::{error::Error, fmt, future::Future};

pub use socket::{ChannelRef, ChannelSocket, Pusher, ReplyRef, SendError};

use crate::{
    message::Reply,
    payload::{IntoPayload, Payload, PayloadError},
};

/// One client's part in one topic: its state is `self`, its callbacks are the methods.
///
/// Callbacks of one channel run one after the other; those of different channels run side by side,
/// so that one that waits (for a database, say) delays no other topic of the same client. A panic
/// in a callback ends this channel alone: the client is sent `phx_error` and joins again.
///
/// | Phoenix | here |
/// | --- | --- |
/// | `{:noreply, socket}` | `Ok(Handled::NoReply)` |
/// | `{:reply, {:ok, map}, socket}` | `Ok(Handled::ok(map)?)` |
/// | `{:stop, :normal, socket}` | `Ok(Handled::Stop)` |
/// | no matching clause, `raise` | `Err(Crash)`, which `?` makes of any error |
/// | `send(self(), message)` | `socket.channel_ref().send(message)` |
pub trait Channel: Sized + Send + 'static {
    /// What the socket's `connect` returned; each channel is given a clone of its own.
    type Assigns: Clone + Send + Sync + 'static;

    /// What [`handle_info`](Self::handle_info) is sent from elsewhere; `()` when nothing is.
    type Info: Send + 'static;

    /// Broadcast events of the topic that go through [`handle_out`](Self::handle_out) instead of
    /// straight to the client, as `intercept` lists them in Phoenix. They cost a callback for each
    /// client; all others are encoded once for everyone.
    const INTERCEPT: &'static [&'static str] = &[];

    /// Lets a client in, or refuses it. Nothing can be pushed from here, since the client has not
    /// heard of its join yet: send yourself an [`Info`](Self::Info).
    fn join(
        topic: &str,
        params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> impl Future<Output = Result<Joined<Self>, JoinError>> + Send;

    /// Handles an event that the client pushed.
    fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> impl Future<Output = Result<Handled, Crash>> + Send {
        let _ = (payload, socket);
        let crash = Crash::new(format!("no clause of handle_in for the event {event:?}"));
        async move { Err(crash) }
    }

    /// Handles a broadcast whose event is listed in [`INTERCEPT`](Self::INTERCEPT). As it stands it
    /// is pushed on.
    fn handle_out(
        &mut self,
        event: &str,
        payload: &Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> impl Future<Output = Result<Handled, Crash>> + Send {
        let pushed = socket.push(event, payload.clone());
        async move {
            pushed?;
            Ok(Handled::NoReply)
        }
    }

    /// Handles a message from elsewhere in the server, sent through a [`ChannelRef`].
    fn handle_info(
        &mut self,
        info: Self::Info,
        socket: &mut ChannelSocket<Self>,
    ) -> impl Future<Output = Result<Handled, Crash>> + Send {
        let _ = (info, socket);
        async { Ok(Handled::NoReply) }
    }

    /// Cleans up. It is called on every way out, crashes included.
    fn terminate(
        &mut self,
        reason: Reason,
        socket: &mut ChannelSocket<Self>,
    ) -> impl Future<Output = ()> + Send {
        let _ = (reason, socket);
        async {}
    }
}

/// A join that was granted: the channel, and the response to the client.
#[derive(Debug)]
pub struct Joined<C> {
    pub(crate) channel: C,
    pub(crate) response: Payload,
}

impl<C> Joined<C> {
    /// Grants the join with the response `{}`.
    pub fn new(channel: C) -> Self {
        Self { channel, response: Payload::empty() }
    }

    /// Grants the join with a response.
    ///
    /// # Errors
    /// [`PayloadError`] when the response has no JSON form.
    pub fn replying(channel: C, response: impl IntoPayload) -> Result<Self, PayloadError> {
        Ok(Self { channel, response: response.into_payload()? })
    }
}

/// A join that was not granted.
#[derive(Debug)]
pub enum JoinError {
    /// The client is refused, and this is the response it gets.
    Refused(Payload),
    /// The callback failed; the client gets `{"reason": "join crashed"}`, the log gets the cause.
    Crashed(Crash),
}

impl JoinError {
    /// Refuses the client with a response.
    pub fn refused(response: impl IntoPayload) -> Self {
        response.into_payload().map_or_else(|error| Self::Crashed(error.into()), Self::Refused)
    }

    /// Refuses the client with `{"reason": reason}`.
    #[must_use]
    pub fn reason(reason: &str) -> Self {
        Self::Refused(Payload::reason(reason))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for JoinError {
    fn from(error: E) -> Self {
        Self::Crashed(error.into())
    }
}

/// What is to happen after a callback.
#[derive(Debug)]
pub enum Handled {
    /// Nothing more.
    NoReply,
    /// The client gets an answer to its push. (Outside `handle_in` there is nothing to answer, and
    /// the reply is dropped.)
    Reply(Reply),
    /// The channel ends; the client gets `phx_close` and does not rejoin.
    Stop,
    /// The client gets an answer, and the channel ends.
    StopReply(Reply),
}

impl Handled {
    /// Replies with status `ok`.
    ///
    /// # Errors
    /// [`PayloadError`] when the response has no JSON form.
    pub fn ok(response: impl IntoPayload) -> Result<Self, PayloadError> {
        Ok(Self::Reply(Reply::ok(response)?))
    }

    /// Replies with status `error`.
    ///
    /// # Errors
    /// [`PayloadError`] when the response has no JSON form.
    pub fn error(response: impl IntoPayload) -> Result<Self, PayloadError> {
        Ok(Self::Reply(Reply::error(response)?))
    }

    /// Replies with status `error` and the response `{"reason": reason}`.
    #[must_use]
    pub fn reason(reason: &str) -> Self {
        Self::Reply(Reply::reason(reason))
    }
}

/// A callback failed. The channel ends, the client gets `phx_error` and joins again, the log gets
/// the cause. Like `anyhow::Error` it is made from any error by `?`.
pub struct Crash(Box<dyn Error + Send + Sync>);

impl Crash {
    /// A crash for a cause that is no error value.
    pub fn new(cause: impl Into<String>) -> Self {
        Self(cause.into().into())
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Crash {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a channel ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The client left the topic.
    Left,
    /// The client's connection is gone.
    Closed,
    /// A callback returned [`Handled::Stop`].
    Stopped,
    /// The client joined the topic again.
    Rejoined,
    /// A callback panicked or returned a [`Crash`].
    Crashed,
    /// A callback did not come to its end in time, or messages piled up behind it.
    Killed,
}
