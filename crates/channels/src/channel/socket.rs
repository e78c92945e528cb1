//! What a callback holds of its client: pushing, broadcasting, answering, and references that
//! other tasks may keep.

use std::sync::{Arc, Weak, atomic::Ordering};

use super::{
    Channel,
    server::{ChannelServer, Core, InfoSink},
};
use crate::{
    endpoint::Endpoint,
    frame::{Broadcast, ConflateKey},
    message::{Outgoing, Ref, Reply, Text},
    payload::{IntoPayload, PayloadError},
    presence::Tracked,
    pubsub::SubscriberId,
};

/// The client of a channel, as its callbacks see it.
pub struct ChannelSocket<C: Channel> {
    /// This channel's clone of what the socket's `connect` returned.
    pub assigns: C::Assigns,
    core: Arc<Core>,
    server: Weak<ChannelServer<C>>,
    /// The reference of the message that is being handled.
    message_ref: Option<Ref>,
    /// What presences track for this channel; untracked when it ends.
    tracked: Vec<Tracked>,
}

impl<C: Channel> ChannelSocket<C> {
    pub(crate) fn new(assigns: C::Assigns, core: Arc<Core>, server: Weak<ChannelServer<C>>) -> Self {
        Self { assigns, core, server, message_ref: None, tracked: Vec::new() }
    }

    pub(crate) fn set_message_ref(&mut self, message_ref: Option<Ref>) {
        self.message_ref = message_ref;
    }

    pub(crate) fn tracked(&mut self) -> &mut Vec<Tracked> {
        &mut self.tracked
    }

    pub(crate) fn shared_topic(&self) -> Arc<str> {
        self.core.topic.clone()
    }

    /// The topic that was joined.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.core.topic
    }

    /// The endpoint, for broadcasts to other topics.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        self.core.connection.endpoint()
    }

    /// Pushes an event to this client.
    ///
    /// # Errors
    /// [`PayloadError`] when the payload has no JSON form.
    pub fn push(&self, event: &str, payload: impl IntoPayload) -> Result<(), PayloadError> {
        self.core.push(event, payload, false)
    }

    /// Broadcasts an event to all subscribers of this topic, this client among them.
    ///
    /// # Errors
    /// [`PayloadError`] when the payload has no JSON form.
    pub fn broadcast(&self, event: &str, payload: impl IntoPayload) -> Result<(), PayloadError> {
        self.endpoint().broadcast(self.topic(), event, payload)
    }

    /// Broadcasts an event to all subscribers of this topic but this client.
    ///
    /// # Errors
    /// [`PayloadError`] when the payload has no JSON form.
    pub fn broadcast_from(&self, event: &str, payload: impl IntoPayload) -> Result<(), PayloadError> {
        let broadcast = Broadcast::new(&self.core.topic, event, payload.into_payload()?, false);
        self.endpoint().publish(broadcast, Some(SubscriberId(self.core.join.0)));
        Ok(())
    }

    /// Whether the events of [`Channel::INTERCEPT`] go through [`Channel::handle_out`], as they do
    /// unless this says otherwise. A channel that has nothing to change at present saves itself the
    /// callbacks: what is broadcast goes straight to its client, encoded once for everyone.
    pub fn intercept(&self, intercept: bool) {
        self.core.intercepts.store(intercept, Ordering::Relaxed);
    }

    /// In `handle_in`: a means to answer the message later, from any task; return
    /// [`Handled::NoReply`](super::Handled::NoReply) then. `None` when the client did not ask for
    /// an answer.
    #[must_use]
    pub fn reply_ref(&self) -> Option<ReplyRef> {
        Some(ReplyRef { core: Arc::downgrade(&self.core), message_ref: self.message_ref.clone()? })
    }

    /// A means to push to this client from any task, past the channel's own callbacks.
    #[must_use]
    pub fn pusher(&self) -> Pusher {
        Pusher { core: Arc::downgrade(&self.core) }
    }

    /// A means to send this channel messages, which [`Channel::handle_info`] is given.
    #[must_use]
    pub fn channel_ref(&self) -> ChannelRef<C::Info> {
        ChannelRef { server: self.server.clone() }
    }
}

/// Answers one message, later than its callback.
#[derive(Debug)]
pub struct ReplyRef {
    core: Weak<Core>,
    message_ref: Ref,
}

impl ReplyRef {
    /// Sends the answer; nothing happens if the channel has ended.
    pub fn reply(self, reply: Reply) {
        if let Some(core) = self.core.upgrade().filter(|core| core.is_joined()) {
            core.reply(Some(&self.message_ref), &reply);
        }
    }
}

/// Pushes to one client from any task. It keeps neither the channel nor its connection alive.
#[derive(Clone, Debug)]
pub struct Pusher {
    core: Weak<Core>,
}

impl Pusher {
    /// Pushes an event; nothing happens if the channel has ended.
    ///
    /// # Errors
    /// [`PayloadError`] when the payload has no JSON form.
    pub fn push(&self, event: &str, payload: impl IntoPayload) -> Result<(), PayloadError> {
        self.core.upgrade().map_or(Ok(()), |core| core.push(event, payload, false))
    }

    /// Pushes a state, of which a client that lags needs only the newest: it replaces an older one
    /// of the same event that was not sent yet.
    ///
    /// # Errors
    /// [`PayloadError`] when the payload has no JSON form.
    pub fn push_conflated(&self, event: &str, payload: impl IntoPayload) -> Result<(), PayloadError> {
        self.core.upgrade().map_or(Ok(()), |core| core.push(event, payload, true))
    }
}

impl Core {
    fn push(&self, event: &str, payload: impl IntoPayload, conflated: bool) -> Result<(), PayloadError> {
        let payload = payload.into_payload()?;
        if self.is_joined() {
            let conflate = conflated.then(|| ConflateKey::new(&self.topic, event));
            let join_ref = self.join_ref.as_ref();
            self.connection
                .send(&Outgoing::Push { join_ref, topic: &self.topic, event, payload: &payload }, conflate);
        }
        Ok(())
    }

    pub(crate) fn reply(&self, message_ref: Option<&Ref>, reply: &Reply) {
        self.connection.send(
            &Outgoing::Reply {
                join_ref: self.join_ref.as_ref(),
                message_ref,
                topic: Text::Plain(&self.topic),
                status: reply.status,
                response: &reply.response,
            },
            None,
        );
    }
}

/// Sends messages to one channel, for its [`Channel::handle_info`]. It does not keep the channel
/// alive.
pub struct ChannelRef<I> {
    server: Weak<dyn InfoSink<I>>,
}

impl<I> ChannelRef<I> {
    /// Sends a message. It never waits.
    ///
    /// # Errors
    /// The message itself, when the channel has ended or too many messages wait for it.
    pub fn send(&self, info: I) -> Result<(), SendError<I>> {
        match self.server.upgrade() {
            Some(server) => server.send_info(info).map_err(SendError),
            None => Err(SendError(info)),
        }
    }
}

impl<I> Clone for ChannelRef<I> {
    fn clone(&self) -> Self {
        Self { server: self.server.clone() }
    }
}

impl<I> std::fmt::Debug for ChannelRef<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelRef").finish_non_exhaustive()
    }
}

/// A message that a channel did not take: it has ended, or too many wait for it already.
#[derive(thiserror::Error)]
#[error("the channel has ended or takes no more messages")]
pub struct SendError<I>(pub I);

impl<I> std::fmt::Debug for SendError<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SendError").finish_non_exhaustive()
    }
}
