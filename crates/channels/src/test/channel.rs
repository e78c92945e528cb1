//! A topic that a test client has joined, and what is asserted of it.

use std::{future::Future, panic::Location, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use super::{PATIENCE, SILENCE, TestClient, client};
use crate::{
    frame::Broadcast,
    message::Status,
    payload::{IntoPayload, Payload},
    pubsub::{Subscriber, SubscriberId, Subscription},
};

/// A topic that the client has joined.
pub struct TestChannel {
    client: TestClient,
    topic: Arc<str>,
    join_ref: String,
    heard: Arc<Heard>,
    _subscription: Subscription,
}

/// A message that the client has pushed.
pub struct TestPush {
    client: TestClient,
    event: String,
    message_ref: String,
}

/// The broadcasts of a topic, as a subscriber hears them.
struct Heard {
    broadcasts: Mutex<Vec<Arc<Broadcast>>>,
    more: Notify,
}

impl Subscriber for Heard {
    fn deliver(self: Arc<Self>, broadcast: &Arc<Broadcast>) {
        self.broadcasts.lock().push(broadcast.clone());
        self.more.notify_one();
    }

    fn id(&self) -> SubscriberId {
        // No channel has it: numbers are given from 1.
        SubscriberId(0)
    }
}

impl Heard {
    async fn wait(&self, patience: Duration, event: &str) -> Option<Payload> {
        let deadline = Instant::now() + patience;
        loop {
            {
                let mut broadcasts = self.broadcasts.lock();
                if let Some(position) = broadcasts.iter().position(|broadcast| *broadcast.event == *event) {
                    return Some(broadcasts.remove(position).payload.clone());
                }
            }
            timeout_at(deadline, self.more.notified()).await.ok()?;
        }
    }
}

impl TestChannel {
    pub(super) fn new(client: TestClient, topic: &str, join_ref: String) -> Self {
        let topic: Arc<str> = topic.into();
        let heard = Arc::new(Heard { broadcasts: Mutex::default(), more: Notify::new() });
        let subscription = client.endpoint().subscribe(&topic, heard.clone(), None);
        Self { client, topic, join_ref, heard, _subscription: subscription }
    }

    /// Pushes an event to the server.
    pub fn push(&self, event: &str, payload: impl IntoPayload) -> TestPush {
        let message_ref = self.client.next_ref();
        self.client.send(&self.join_ref, &message_ref, &self.topic, event, payload);
        TestPush { client: self.client.clone(), event: event.to_owned(), message_ref }
    }

    /// The server pushes this event, or broadcasts it, to the client: its payload.
    ///
    /// # Panics
    /// When it does not come in time.
    #[track_caller]
    pub fn assert_push(&self, event: &str) -> impl Future<Output = Payload> {
        let caller = Location::caller();
        async move {
            match self.arrival(PATIENCE, event).await {
                Some(payload) => payload,
                None => panic!("at {caller}: no push of {event} on {}; {}", self.topic, self.client.inbox()),
            }
        }
    }

    /// The server does not push this event.
    ///
    /// # Panics
    /// When it does.
    #[track_caller]
    pub fn refute_push(&self, event: &str) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            if let Some(payload) = self.arrival(SILENCE, event).await {
                panic!("at {caller}: a push of {event} on {}: {payload:?}", self.topic);
            }
        }
    }

    /// This event is broadcast to the topic: its payload. (It is heard as a subscriber hears it,
    /// also when the channel intercepts it.)
    ///
    /// # Panics
    /// When it is not broadcast in time.
    #[track_caller]
    pub fn assert_broadcast(&self, event: &str) -> impl Future<Output = Payload> {
        let caller = Location::caller();
        async move {
            match self.heard.wait(PATIENCE, event).await {
                Some(payload) => payload,
                None => panic!("at {caller}: no broadcast of {event} on {}", self.topic),
            }
        }
    }

    /// This event is not broadcast to the topic.
    ///
    /// # Panics
    /// When it is.
    #[track_caller]
    pub fn refute_broadcast(&self, event: &str) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            if let Some(payload) = self.heard.wait(SILENCE, event).await {
                panic!("at {caller}: a broadcast of {event} on {}: {payload:?}", self.topic);
            }
        }
    }

    /// Leaves the topic, and waits until the channel has ended.
    ///
    /// # Panics
    /// When it does not end in time.
    #[track_caller]
    pub fn leave(self) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            self.push("phx_leave", Payload::empty());
            if self.arrival(PATIENCE, "phx_close").await.is_none() {
                panic!("at {caller}: {} was not closed; {}", self.topic, self.client.inbox());
            }
        }
    }

    async fn arrival(&self, patience: Duration, event: &str) -> Option<Payload> {
        let wanted = |message: &client::Arrived| *message.topic == *self.topic && *message.event == *event;
        self.client.wait(patience, wanted).await.map(|message| message.payload)
    }
}

impl TestPush {
    /// The push is answered with this status: the response.
    ///
    /// # Panics
    /// When there is no answer in time, or one of another status.
    #[track_caller]
    pub fn assert_reply(&self, status: Status) -> impl Future<Output = Payload> {
        let caller = Location::caller();
        async move {
            match self.answer(PATIENCE).await {
                Some((got, response)) if got == status => response,
                Some((_, response)) => {
                    panic!("at {caller}: {} was answered otherwise: {response:?}", self.event)
                }
                None => panic!("at {caller}: no answer to {}; {}", self.event, self.client.inbox()),
            }
        }
    }

    /// The push is not answered.
    ///
    /// # Panics
    /// When it is.
    #[track_caller]
    pub fn refute_reply(&self) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            if let Some((_, response)) = self.answer(SILENCE).await {
                panic!("at {caller}: {} was answered: {response:?}", self.event);
            }
        }
    }

    async fn answer(&self, patience: Duration) -> Option<(Status, Payload)> {
        let wanted = |message: &client::Arrived| message.message_ref.as_ref() == Some(&self.message_ref);
        self.client.wait(patience, wanted).await.map(|message| client::reply(&message.payload))
    }
}
