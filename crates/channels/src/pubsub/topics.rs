//! Who listens to which topic. It knows neither sockets nor channels: a [`Subscriber`] takes
//! broadcasts and does with them what it likes, a [`Reader`] reads them when its turn comes.
//!
//! Topics live in shards, each behind a lock of its own, and each has a lock for its members and its log.
//! Both are held for a lookup or a copy of a few pointers, never while somebody is handed a message, so
//! they may be taken in any callback.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;

use super::topic::{Events, Published, Reader, Reading, Topic};
use crate::{
    flusher::Flushers,
    frame::Broadcast,
    telemetry::{Out, Telemetry},
};

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
    /// Make the rounds of the readers.
    flushers: Arc<Flushers>,
    telemetry: Arc<Telemetry>,
    /// Who broadcasts visits the readers itself when more bytes than these wait for a round.
    most_bytes: usize,
    /// Broadcasts are numbered in the order in which they were made, whatever their topics.
    numbers: AtomicU64,
}

type Shard = HashMap<Arc<str>, Arc<Topic>>;

/// Keeps a subscriber subscribed; ends the subscription when it is dropped.
pub(crate) struct Subscription {
    topics: Arc<Topics>,
    topic: Arc<Topic>,
    place: u32,
}

impl Topics {
    const SHARDS: usize = 64;

    /// Topics whose readers hold `outbox_bytes` each: what one may still have to read is well below that.
    pub fn new(flushers: Arc<Flushers>, telemetry: Arc<Telemetry>, outbox_bytes: usize) -> Self {
        Self {
            telemetry,
            most_bytes: outbox_bytes / 4,
            shards: (0..Self::SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            flushers,
            numbers: AtomicU64::new(0),
        }
    }

    fn shard(&self, topic: &str) -> &Mutex<Shard> {
        &self.shards[self.hasher.hash_one(topic) as usize % self.shards.len()]
    }

    /// This name, as the one text that all who are in the topic share.
    pub fn shared_name(&self, name: Arc<str>) -> Arc<str> {
        self.shard(&name).lock().get(&name).map_or(name, |topic| topic.name().clone())
    }

    /// Adds to a topic, which cannot go away meanwhile.
    fn add<T>(&self, name: &Arc<str>, add: impl FnOnce(&Arc<Topic>) -> T) -> T {
        let mut shard = self.shard(name).lock();
        match shard.get(name) {
            Some(topic) => add(topic),
            None => add(shard.entry(name.clone()).or_insert_with(|| Topic::new(name.clone()))),
        }
    }

    /// Hands a subscriber each broadcast of these events, or all, when it is made.
    pub fn subscribe(
        self: &Arc<Self>,
        topic: &Arc<str>,
        subscriber: Arc<dyn Subscriber>,
        events: Option<Events>,
    ) -> Subscription {
        self.add(topic, |topic| Subscription {
            topics: self.clone(),
            topic: topic.clone(),
            place: topic.add_listener(subscriber, events),
        })
    }

    /// Adds a reader to a topic, of all but some events; it calls [`Topics::leave`] at its end.
    pub fn read(
        &self,
        topic: &Arc<str>,
        reader: Arc<dyn Reader>,
        id: SubscriberId,
        except: Events,
    ) -> Reading {
        self.add(topic, |topic| topic.add_reader(reader, id, except))
    }

    /// The number of the next broadcast: of what is broadcast later, all numbers are at least as high.
    pub fn next_number(&self) -> u64 {
        self.numbers.load(Ordering::Acquire)
    }

    pub fn leave(&self, topic: &Topic, place: u32) {
        // It may be the last one to hold what it holds: it is dropped when no lock is held.
        let _member = {
            let mut shard = self.shard(topic.name()).lock();
            let (member, is_last) = topic.remove(place);
            if is_last {
                shard.remove(topic.name());
            }
            member
        };
    }

    /// Broadcasts to everybody in the topic but `from`.
    pub fn publish(&self, broadcast: &Arc<Broadcast>, from: Option<SubscriberId>) {
        let Some(topic) = self.shard(&broadcast.topic).lock().get(&broadcast.topic).cloned() else { return };
        let Published { round, bytes } = topic.publish(broadcast, from, &self.numbers);
        if let Some(round) = round {
            self.flushers.make(round);
        }
        if bytes > self.most_bytes {
            // The flushers are behind: who broadcasts so much waits for the readers.
            let mut out = Out::default();
            topic.visit_all(&mut out);
            self.telemetry.count_out(&mut out);
        }
    }

    /// Whether everybody has been handed what was broadcast on this topic.
    #[cfg(feature = "test")]
    pub fn is_quiet(&self, topic: &str) -> bool {
        self.shard(topic).lock().get(topic).is_none_or(|topic| topic.is_quiet())
    }

    /// How many topics have a subscriber.
    #[cfg(test)]
    pub fn topics(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.topics.leave(&self.topic, self.place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Payload;

    fn topics() -> Arc<Topics> {
        Arc::new(Topics::new(Arc::new(Flushers::new()), Arc::new(Telemetry::new()), 1 << 20))
    }

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
        let pubsub = topics();
        let listeners: Vec<_> = (0..1000).map(Listener::new).collect();
        let _subscriptions: Vec<_> =
            listeners.iter().map(|listener| pubsub.subscribe(&"a".into(), listener.clone(), None)).collect();
        say(&pubsub, "a", "hello", None);
        say(&pubsub, "b", "other", None);
        assert!(listeners.iter().all(|listener| *listener.heard.lock() == ["hello"]));
    }

    #[test]
    fn all_who_are_in_a_topic_share_its_name() {
        let pubsub = topics();
        let alone = pubsub.shared_name("a".into());
        let _one = pubsub.subscribe(&alone, Listener::new(1), None);
        assert!(Arc::ptr_eq(&pubsub.shared_name("a".into()), &alone));
    }

    #[test]
    fn a_broadcast_from_a_subscriber_is_not_heard_by_it() {
        let pubsub = topics();
        let (one, two) = (Listener::new(1), Listener::new(2));
        let _one = pubsub.subscribe(&"a".into(), one.clone(), None);
        let _two = pubsub.subscribe(&"a".into(), two.clone(), None);
        say(&pubsub, "a", "hello", Some(1));
        assert!(one.heard.lock().is_empty());
        assert_eq!(*two.heard.lock(), ["hello"]);
    }

    #[test]
    fn who_has_unsubscribed_hears_nothing_and_its_place_is_used_again() {
        let pubsub = topics();
        let (one, two, three) = (Listener::new(1), Listener::new(2), Listener::new(3));
        let one_subscribed = pubsub.subscribe(&"a".into(), one.clone(), None);
        let _two = pubsub.subscribe(&"a".into(), two.clone(), None);
        drop(one_subscribed);
        let _three = pubsub.subscribe(&"a".into(), three.clone(), None);
        say(&pubsub, "a", "hello", None);
        assert!(one.heard.lock().is_empty());
        assert_eq!((two.heard.lock().len(), three.heard.lock().len()), (1, 1));
        assert_eq!(pubsub.shard("a").lock()["a"].places(), 2);
    }

    #[test]
    fn a_topic_without_subscribers_leaves_nothing_behind() {
        let pubsub = topics();
        let listener = Listener::new(1);
        let subscriptions: Vec<_> = (0..100)
            .map(|number| pubsub.subscribe(&format!("topic:{number}").into(), listener.clone(), None))
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
        let pubsub = topics();
        let ender = Arc::new(Ender(Mutex::default()));
        let _ender = pubsub.subscribe(&"a".into(), ender.clone(), None);
        let listener = Listener::new(1);
        for _ in 0..500 {
            ender.0.lock().push(pubsub.subscribe(&"a".into(), listener.clone(), None));
        }
        say(&pubsub, "a", "hello", None);
        assert!(listener.heard.lock().len() < 500, "only the step that was under way hears it");
    }
}
