//! How a topic's log is read.

use std::sync::{Arc, atomic::Ordering};

use super::{Events, Logged, Topic};
use crate::{frame::Broadcast, pubsub::SubscriberId, telemetry::Out};

/// Reads the log of a topic at its own pace. It must neither block nor call back into the topic.
pub(crate) trait Reader: Send + Sync {
    fn catch_up(self: Arc<Self>, news: &News<'_>, out: &mut Out);
}

/// Part of a topic's log.
pub(crate) struct News<'a> {
    pub(super) topic: &'a Arc<Topic>,
    /// The place of its first broadcast among all that the topic has had.
    pub(super) first: u64,
    pub(super) log: &'a [Logged],
}

/// How far a reader has come in a topic.
pub(crate) struct Reading {
    topic: Arc<Topic>,
    place: u32,
    next: u64,
    id: SubscriberId,
    /// Events that its channel is handed instead.
    pub(super) except: Events,
}

impl Reading {
    /// Of what is broadcast from now on.
    pub fn new(topic: &Arc<Topic>, place: u32, id: SubscriberId, except: Events) -> Self {
        Self { topic: topic.clone(), place, next: topic.end.load(Ordering::Relaxed), id, except }
    }

    pub fn id(&self) -> SubscriberId {
        self.id
    }

    pub fn topic(&self) -> &Arc<Topic> {
        &self.topic
    }

    pub fn place(&self) -> u32 {
        self.place
    }

    /// Whether there is something that was not read yet.
    pub fn is_behind(&self) -> bool {
        self.topic.end.load(Ordering::Acquire) > self.next
    }

    pub fn is_of(&self, news: &News<'_>) -> bool {
        Arc::ptr_eq(&self.topic, news.topic)
    }

    /// Reads what was broadcast before the broadcast of this number, of whatever topic.
    pub fn read(&mut self, until: u64, into: &mut Vec<Logged>) {
        let inner = self.topic.inner.lock();
        let end = self.topic.end.load(Ordering::Relaxed);
        let unread = inner.log.len() - inner.log.len().min((end - self.next) as usize);
        // Numbers are given under the lock: they ascend in a log.
        let until = inner.log.partition_point(|logged| logged.number < until).max(unread);
        into.extend(inner.log.range(unread..until).filter(|logged| self.wants(logged)).cloned());
        self.next = end - (inner.log.len() - until) as u64;
    }

    fn wants(&self, logged: &Logged) -> bool {
        wants(logged, self.id, self.except)
    }

    /// What was not read yet of these news.
    pub fn unread<'a>(&self, news: &News<'a>) -> impl Iterator<Item = &'a Arc<Broadcast>> + Clone + use<'a> {
        let read = (self.next.saturating_sub(news.first) as usize).min(news.log.len());
        let (id, except) = (self.id, self.except);
        let unread = news.log[read..].iter().filter(move |logged| wants(logged, id, except));
        unread.map(|logged| &logged.broadcast)
    }

    /// Has read these news.
    pub fn advance(&mut self, news: &News<'_>) {
        self.next = self.next.max(news.first + news.log.len() as u64);
    }
}

fn wants(logged: &Logged, id: SubscriberId, except: Events) -> bool {
    logged.from != Some(id) && (except.is_empty() || !except.contains(&&*logged.broadcast.event))
}
