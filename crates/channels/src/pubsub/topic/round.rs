//! How all readers of a topic are visited.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{Inner, Logged, Member, News, Reader, Topic};
use crate::telemetry::Out;

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

impl Round {
    pub(super) fn new(topic: &Arc<Topic>, inner: &Inner) -> Self {
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
        let Some(count) = self.visit(bag, out) else { return Left::Nothing };
        match self.visited.fetch_add(count, Ordering::AcqRel) + count == self.places {
            true => Left::Over(self.end()),
            false => Left::More,
        }
    }

    /// Visits those at the next few places, and tells how many places they were; `None` when all were
    /// given to somebody.
    pub(super) fn visit(&self, bag: &mut Bag, out: &mut Out) -> Option<usize> {
        let from = self.next.fetch_add(Inner::STEP, Ordering::Relaxed);
        let count = self.places.checked_sub(from)?.min(Inner::STEP);
        if count == 0 {
            return None;
        }
        let first = {
            let inner = self.topic.inner.lock();
            // Those who come while a round is made know what it brings, and there may be fewer by now.
            let places = inner.step(from).iter().take(count);
            bag.readers.extend(places.filter_map(|member| match member {
                Some(Member::Reader(reader)) => Some(reader.clone()),
                _ => None,
            }));
            if !bag.readers.is_empty() {
                bag.log.extend(inner.log.iter().cloned());
            }
            self.topic.end.load(Ordering::Relaxed) - bag.log.len() as u64
        };
        let news = News { topic: &self.topic, first, log: &bag.log };
        for reader in bag.readers.drain(..) {
            reader.catch_up(&news, out);
        }
        bag.log.clear();
        Some(count)
    }

    /// The round is over; another one follows if there is news again.
    fn end(&self) -> Option<Arc<Round>> {
        let mut inner = self.topic.inner.lock();
        self.forget_what_was_read(&mut inner);
        inner.in_round = !inner.log.is_empty();
        inner.in_round.then(|| Arc::new(Round::new(&self.topic, &inner)))
    }

    /// What everybody has read need not be kept.
    pub(super) fn forget_what_was_read(&self, inner: &mut Inner) {
        let first = self.topic.end.load(Ordering::Relaxed) - inner.log.len() as u64;
        let read = self.goal.saturating_sub(first) as usize;
        let freed: usize = inner.log.drain(..read).map(|logged| logged.size()).sum();
        inner.bytes -= freed;
        if inner.log.is_empty() && inner.log.capacity() > 64 {
            inner.log = VecDeque::new();
        }
    }
}
