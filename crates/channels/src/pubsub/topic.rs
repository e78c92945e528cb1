//! One topic: who hears it, and the broadcasts that not all of them have been given yet.
//!
//! A broadcast is written down once, in the topic's log, whatever the number of its readers. Each reader
//! knows how far it has read. A [`Round`] then visits all readers, in steps that several flushers take in
//! turn, and gives each whatever is new to it by then: what was broadcast together is written together,
//! and whoever broadcasts never waits for the readers. A reader that is sent something else meanwhile
//! reads up to the end first, so that everything reaches it in the order in which it was sent.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;

use super::{Subscriber, SubscriberId};
use crate::{frame::Broadcast, telemetry::Out};

/// Reads the log of a topic at its own pace. It must neither block nor call back into the topic.
pub(crate) trait Reader: Send + Sync {
    fn catch_up(self: Arc<Self>, news: &News<'_>, out: &mut Out);
}

/// Part of a topic's log.
pub(crate) struct News<'a> {
    topic: &'a Arc<Topic>,
    /// The place of its first broadcast among all that the topic has had.
    first: u64,
    log: &'a [Logged],
}

/// A broadcast in a topic's log.
#[derive(Clone)]
pub(crate) struct Logged {
    /// Its place among the broadcasts of all topics.
    pub number: u64,
    pub broadcast: Arc<Broadcast>,
    /// Who does not hear it.
    from: Option<SubscriberId>,
}

/// How far a reader has come in a topic.
pub(crate) struct Reading {
    topic: Arc<Topic>,
    place: u32,
    next: u64,
    id: SubscriberId,
}

pub(crate) struct Topic {
    name: Arc<str>,
    /// How many broadcasts there were for readers.
    end: AtomicU64,
    inner: Mutex<Inner>,
}

/// Members at fixed places, so that who walks over them in steps meets each of them once, whoever comes
/// and goes meanwhile.
#[derive(Default)]
struct Inner {
    places: Vec<Option<Member>>,
    free: Vec<u32>,
    /// How many of the members are readers, and how many are not.
    readers: usize,
    listeners: usize,
    /// The latest broadcasts.
    log: VecDeque<Logged>,
    /// What the log counts for against its bound.
    bytes: usize,
    /// A round is on its way, and another one follows if there is more by then.
    in_round: bool,
}

/// Who hears of a topic. Dropping one may drop all that it holds: it is not done under a lock.
pub(crate) enum Member {
    Reader(Arc<dyn Reader>),
    /// Is handed each broadcast at once.
    Listener(Arc<dyn Subscriber>),
}

/// A visit to all readers of a topic.
pub(crate) struct Round {
    topic: Arc<Topic>,
    /// Every reader has read so far when the round is over.
    goal: u64,
    places: usize,
    next: AtomicUsize,
    visited: AtomicUsize,
}

/// What is left of a round.
pub(crate) enum Left {
    More,
    /// Others are at the last steps.
    Nothing,
    /// It is over; another one follows if there is news again.
    Over(Option<Arc<Round>>),
}

/// Room for what one step takes along, which is used again and again.
#[derive(Default)]
pub(crate) struct Bag {
    readers: Vec<Arc<dyn Reader>>,
    log: Vec<Logged>,
}

impl Topic {
    /// Who broadcasts visits the readers itself when so many bytes wait for a round.
    const MOST_BYTES: usize = 1 << 20;

    pub fn new(name: Arc<str>) -> Arc<Self> {
        Arc::new(Self { name, end: AtomicU64::new(0), inner: Mutex::default() })
    }

    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Adds a reader, which hears what is broadcast from now on.
    pub fn add_reader(self: &Arc<Self>, reader: Arc<dyn Reader>, id: SubscriberId) -> Reading {
        let mut inner = self.inner.lock();
        inner.readers += 1;
        let place = inner.insert(Member::Reader(reader));
        Reading { topic: self.clone(), place, next: self.end.load(Ordering::Relaxed), id }
    }

    pub fn add_listener(&self, listener: Arc<dyn Subscriber>) -> u32 {
        let mut inner = self.inner.lock();
        inner.listeners += 1;
        inner.insert(Member::Listener(listener))
    }

    #[cfg(feature = "test")]
    pub fn is_quiet(&self) -> bool {
        !self.inner.lock().in_round
    }

    #[cfg(test)]
    pub fn places(&self) -> usize {
        self.inner.lock().places.len()
    }

    /// Removes a member. Returns what is to be dropped when no lock is held, and whether it was the last.
    pub fn remove(&self, place: u32) -> (Option<Member>, bool) {
        let mut inner = self.inner.lock();
        let member = inner.places[place as usize].take();
        match member {
            Some(Member::Reader(_)) => inner.readers -= 1,
            Some(Member::Listener(_)) => inner.listeners -= 1,
            None => {}
        }
        inner.free.push(place);
        let is_last = inner.readers + inner.listeners == 0;
        (member, is_last)
    }

    /// Puts a broadcast in front of all readers, and hands it to all listeners. Returns the round that is
    /// to be made, if one is not on its way already.
    pub fn publish(
        self: &Arc<Self>,
        broadcast: &Arc<Broadcast>,
        from: Option<SubscriberId>,
        numbers: &AtomicU64,
    ) -> Option<Arc<Round>> {
        let (round, is_long, has_listeners) = {
            let mut inner = self.inner.lock();
            let round =
                if inner.readers == 0 { None } else { self.log(&mut inner, broadcast, from, numbers) };
            (round, inner.bytes > Self::MOST_BYTES, inner.listeners > 0)
        };
        if has_listeners {
            self.hand_to_listeners(broadcast, from);
        }
        if is_long {
            // The flushers are behind: it is this task's turn to wait.
            let round = Round::new(self, &self.inner.lock());
            round.make();
        }
        round
    }

    fn log(
        self: &Arc<Self>,
        inner: &mut Inner,
        broadcast: &Arc<Broadcast>,
        from: Option<SubscriberId>,
        numbers: &AtomicU64,
    ) -> Option<Arc<Round>> {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        let logged = Logged { number, broadcast: broadcast.clone(), from };
        inner.bytes += logged.size();
        inner.log.push_back(logged);
        self.end.fetch_add(1, Ordering::Release);
        let is_first = !std::mem::replace(&mut inner.in_round, true);
        is_first.then(|| Arc::new(Round::new(self, inner)))
    }

    fn hand_to_listeners(&self, broadcast: &Arc<Broadcast>, from: Option<SubscriberId>) {
        let mut step = Vec::new();
        let mut next = 0;
        loop {
            {
                let inner = self.inner.lock();
                let places = inner.step(next);
                next += places.len();
                step.extend(places.iter().filter_map(|member| match member {
                    Some(Member::Listener(listener)) => Some(listener.clone()),
                    _ => None,
                }));
                if places.is_empty() {
                    return;
                }
            }
            for listener in step.drain(..) {
                if from.is_none_or(|from| from != listener.id()) {
                    listener.deliver(broadcast);
                }
            }
        }
    }
}

impl Inner {
    /// Places that are looked at under one lock.
    const STEP: usize = 32;

    fn insert(&mut self, member: Member) -> u32 {
        if let Some(place) = self.free.pop() {
            self.places[place as usize] = Some(member);
            return place;
        }
        if self.places.is_empty() {
            self.places.reserve_exact(1);
        }
        self.places.push(Some(member));
        (self.places.len() - 1) as u32
    }

    fn step(&self, from: usize) -> &[Option<Member>] {
        let places = self.places.get(from..).unwrap_or_default();
        &places[..places.len().min(Self::STEP)]
    }
}

impl Logged {
    fn size(&self) -> usize {
        self.broadcast.payload.len() + size_of::<Self>()
    }
}

impl Reading {
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

    /// Reads up to the end.
    pub fn read(&mut self, into: &mut Vec<Logged>) {
        let inner = self.topic.inner.lock();
        let end = self.topic.end.load(Ordering::Relaxed);
        let unread = inner.log.len().min((end - self.next) as usize);
        let unread = inner.log.range(inner.log.len() - unread..);
        into.extend(unread.filter(|logged| logged.from != Some(self.id)).cloned());
        self.next = end;
    }

    /// What was not read yet of these news.
    pub fn unread<'a>(&self, news: &News<'a>) -> impl Iterator<Item = &'a Arc<Broadcast>> + Clone + use<'a> {
        let read = (self.next.saturating_sub(news.first) as usize).min(news.log.len());
        let id = self.id;
        news.log[read..].iter().filter(move |logged| logged.from != Some(id)).map(|logged| &logged.broadcast)
    }

    /// Has read these news.
    pub fn advance(&mut self, news: &News<'_>) {
        self.next = self.next.max(news.first + news.log.len() as u64);
    }
}

impl Round {
    fn new(topic: &Arc<Topic>, inner: &Inner) -> Self {
        Self {
            topic: topic.clone(),
            goal: topic.end.load(Ordering::Relaxed),
            places: inner.places.len(),
            next: AtomicUsize::new(0),
            visited: AtomicUsize::new(0),
        }
    }

    /// Whether several may share the work.
    pub fn is_long(&self) -> bool {
        self.places > Inner::STEP
    }

    /// Visits the next few readers.
    pub fn step(&self, bag: &mut Bag, out: &mut Out) -> Left {
        let from = self.next.fetch_add(Inner::STEP, Ordering::Relaxed);
        if from >= self.places {
            return Left::Nothing;
        }
        let count = Inner::STEP.min(self.places - from);
        let first = {
            let inner = self.topic.inner.lock();
            bag.readers.extend(inner.places[from..from + count].iter().filter_map(|member| match member {
                Some(Member::Reader(reader)) => Some(reader.clone()),
                _ => None,
            }));
            bag.log.extend(inner.log.iter().cloned());
            self.topic.end.load(Ordering::Relaxed) - inner.log.len() as u64
        };
        let news = News { topic: &self.topic, first, log: &bag.log };
        for reader in bag.readers.drain(..) {
            reader.catch_up(&news, out);
        }
        bag.log.clear();
        match self.visited.fetch_add(count, Ordering::AcqRel) + count == self.places {
            true => Left::Over(self.end()),
            false => Left::More,
        }
    }

    /// Makes the whole round at once, beside the one that is on its way.
    fn make(&self) {
        let (mut bag, mut out) = (Bag::default(), Out::default());
        while self.next.load(Ordering::Relaxed) < self.places {
            self.step(&mut bag, &mut out);
        }
    }

    /// What everybody has read need not be kept.
    fn end(&self) -> Option<Arc<Round>> {
        let mut inner = self.topic.inner.lock();
        let first = self.topic.end.load(Ordering::Relaxed) - inner.log.len() as u64;
        let read = self.goal.saturating_sub(first) as usize;
        let freed: usize = inner.log.drain(..read).map(|logged| logged.size()).sum();
        inner.bytes -= freed;
        inner.in_round = !inner.log.is_empty();
        if inner.log.is_empty() && inner.log.capacity() > 64 {
            inner.log = VecDeque::new();
        }
        inner.in_round.then(|| Arc::new(Round::new(&self.topic, &inner)))
    }
}

#[cfg(test)]
mod tests;
