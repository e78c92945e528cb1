//! Who listens to which topic. It knows neither sockets nor channels: a [`Subscriber`] takes
//! broadcasts and does with them what it likes.
//!
//! Topics live in shards, each behind a lock of its own; a topic's subscribers live in a slab
//! behind theirs. Both locks are held for a lookup or a copy of a few pointers, never while a
//! subscriber is handed a message, so they may be taken in any callback.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    sync::Arc,
};

use parking_lot::Mutex;

use crate::frame::Broadcast;

/// Takes the broadcasts of a topic. It must neither block nor call back into the publisher's locks.
pub(crate) trait Subscriber: Send + Sync {
    fn deliver(self: Arc<Self>, broadcast: &Arc<Broadcast>);

    /// Which subscriber a `broadcast_from` leaves out.
    fn id(&self) -> SubscriberId;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SubscriberId(pub u64);

/// The subscriptions of one node.
pub(crate) struct Topics {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
}

type Shard = HashMap<Arc<str>, Arc<Mutex<Subscribers>>>;

/// Subscribers at fixed places, so that a broadcast that walks over them in steps meets each of
/// them once, whoever comes and goes meanwhile.
#[derive(Default)]
struct Subscribers {
    places: Vec<Option<Arc<dyn Subscriber>>>,
    free: Vec<u32>,
}

/// Keeps a subscriber subscribed; ends the subscription when it is dropped.
pub(crate) struct Subscription {
    topics: Arc<Topics>,
    topic: Arc<str>,
    place: u32,
}

impl Topics {
    const SHARDS: usize = 64;
    /// Subscribers that are copied out of a topic at a time.
    const STEP: usize = 128;

    pub fn new() -> Self {
        Self { shards: (0..Self::SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }

    fn shard(&self, topic: &str) -> &Mutex<Shard> {
        &self.shards[self.hasher.hash_one(topic) as usize % self.shards.len()]
    }

    pub fn subscribe(self: &Arc<Self>, topic: &Arc<str>, subscriber: Arc<dyn Subscriber>) -> Subscription {
        let mut shard = self.shard(topic).lock();
        let (topic, subscribers) = match shard.get_key_value(topic) {
            Some((topic, subscribers)) => (topic.clone(), subscribers),
            None => (topic.clone(), &*shard.entry(topic.clone()).or_default()),
        };
        let place = subscribers.lock().insert(subscriber);
        Subscription { topics: self.clone(), topic, place }
    }

    /// Hands the broadcast to every subscriber of its topic but `from`.
    pub fn publish(&self, broadcast: &Arc<Broadcast>, from: Option<SubscriberId>) {
        let Some(subscribers) = self.shard(&broadcast.topic).lock().get(&broadcast.topic).cloned() else {
            return;
        };
        let mut step = Vec::new();
        let mut next = 0;
        loop {
            {
                let subscribers = subscribers.lock();
                let places = subscribers.places.get(next..).unwrap_or_default();
                let places = &places[..places.len().min(Self::STEP)];
                next += places.len();
                step.extend(places.iter().flatten().cloned());
                if places.is_empty() {
                    return;
                }
            }
            for subscriber in step.drain(..) {
                if from.is_none_or(|from| from != subscriber.id()) {
                    subscriber.deliver(broadcast);
                }
            }
        }
    }

    /// How many topics have a subscriber.
    #[cfg(test)]
    pub fn topics(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }
}

impl Subscribers {
    fn insert(&mut self, subscriber: Arc<dyn Subscriber>) -> u32 {
        if let Some(place) = self.free.pop() {
            self.places[place as usize] = Some(subscriber);
            return place;
        }
        if self.places.is_empty() {
            self.places.reserve_exact(1);
        }
        self.places.push(Some(subscriber));
        (self.places.len() - 1) as u32
    }

    /// Returns the subscriber and whether it was the last one.
    fn remove(&mut self, place: u32) -> (Option<Arc<dyn Subscriber>>, bool) {
        let subscriber = self.places[place as usize].take();
        self.free.push(place);
        (subscriber, self.free.len() == self.places.len())
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // The subscriber may be the last of its kind: it is dropped when no lock is held.
        let _subscriber = {
            let mut shard = self.topics.shard(&self.topic).lock();
            let Some(subscribers) = shard.get(&self.topic) else { return };
            let (subscriber, last) = subscribers.lock().remove(self.place);
            if last {
                shard.remove(&self.topic);
            }
            subscriber
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Payload;

    struct Listener {
        id: u64,
        heard: Mutex<Vec<String>>,
    }

    impl Listener {
        fn new(id: u64) -> Arc<Self> {
            Arc::new(Self { id, heard: Mutex::default() })
        }
    }

    impl Subscriber for Listener {
        fn deliver(self: Arc<Self>, broadcast: &Arc<Broadcast>) {
            self.heard.lock().push(broadcast.event.to_string());
        }

        fn id(&self) -> SubscriberId {
            SubscriberId(self.id)
        }
    }

    fn say(pubsub: &Topics, topic: &str, event: &str, from: Option<u64>) {
        let broadcast = Arc::new(Broadcast::new(topic, event, Payload::empty(), false));
        pubsub.publish(&broadcast, from.map(SubscriberId));
    }

    #[test]
    fn every_subscriber_of_a_topic_hears_a_broadcast_once() {
        let pubsub = Arc::new(Topics::new());
        let listeners: Vec<_> = (0..1000).map(Listener::new).collect();
        let _subscriptions: Vec<_> =
            listeners.iter().map(|listener| pubsub.subscribe(&"a".into(), listener.clone())).collect();
        say(&pubsub, "a", "hello", None);
        say(&pubsub, "b", "other", None);
        assert!(listeners.iter().all(|listener| *listener.heard.lock() == ["hello"]));
    }

    #[test]
    fn a_broadcast_from_a_subscriber_is_not_heard_by_it() {
        let pubsub = Arc::new(Topics::new());
        let (one, two) = (Listener::new(1), Listener::new(2));
        let _one = pubsub.subscribe(&"a".into(), one.clone());
        let _two = pubsub.subscribe(&"a".into(), two.clone());
        say(&pubsub, "a", "hello", Some(1));
        assert!(one.heard.lock().is_empty());
        assert_eq!(*two.heard.lock(), ["hello"]);
    }

    #[test]
    fn who_has_unsubscribed_hears_nothing_and_its_place_is_used_again() {
        let pubsub = Arc::new(Topics::new());
        let (one, two, three) = (Listener::new(1), Listener::new(2), Listener::new(3));
        let one_subscribed = pubsub.subscribe(&"a".into(), one.clone());
        let _two = pubsub.subscribe(&"a".into(), two.clone());
        drop(one_subscribed);
        let _three = pubsub.subscribe(&"a".into(), three.clone());
        say(&pubsub, "a", "hello", None);
        assert!(one.heard.lock().is_empty());
        assert_eq!((two.heard.lock().len(), three.heard.lock().len()), (1, 1));
        assert_eq!(pubsub.shard("a").lock()["a"].lock().places.len(), 2);
    }

    #[test]
    fn a_topic_without_subscribers_leaves_nothing_behind() {
        let pubsub = Arc::new(Topics::new());
        let listener = Listener::new(1);
        let subscriptions: Vec<_> = (0..100)
            .map(|number| pubsub.subscribe(&format!("topic:{number}").into(), listener.clone()))
            .collect();
        assert_eq!(pubsub.topics(), 100);
        drop(subscriptions);
        assert_eq!(pubsub.topics(), 0);
        assert_eq!(Arc::strong_count(&listener), 1);
    }

    #[test]
    fn a_subscriber_may_unsubscribe_others_while_a_broadcast_goes_round() {
        struct Ender(Mutex<Vec<Subscription>>);
        impl Subscriber for Ender {
            fn deliver(self: Arc<Self>, _: &Arc<Broadcast>) {
                self.0.lock().clear();
            }
            fn id(&self) -> SubscriberId {
                SubscriberId(0)
            }
        }
        let pubsub = Arc::new(Topics::new());
        let ender = Arc::new(Ender(Mutex::default()));
        let _ender = pubsub.subscribe(&"a".into(), ender.clone());
        let listener = Listener::new(1);
        for _ in 0..500 {
            ender.0.lock().push(pubsub.subscribe(&"a".into(), listener.clone()));
        }
        say(&pubsub, "a", "hello", None);
        assert!(listener.heard.lock().len() < 500, "only the step that was under way hears it");
    }
}
