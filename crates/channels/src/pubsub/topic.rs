//! One topic: who hears it, and the broadcasts that not all of them have been given yet.
//!
//! A broadcast is written down once, in the topic's log, whatever the number of its readers. Each reader
//! knows how far it has read. A [`Round`] then visits all readers, in steps that several flushers take in
//! turn, and gives each whatever is new to it by then: what was broadcast together is written together,
//! and whoever broadcasts never waits for the readers. A reader that is sent something else meanwhile
//! reads up to the end first, so that everything reaches it in the order in which it was sent.

mod reading;
mod round;

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;

use super::{Subscriber, SubscriberId};
use crate::{frame::Broadcast, telemetry::Out};

pub(crate) use reading::{News, Reader, Reading};
pub(crate) use round::{Bag, Left, Round};

/// A broadcast in a topic's log.
#[derive(Clone)]
pub(crate) struct Logged {
    /// Its place among the broadcasts of all topics.
    pub number: u64,
    pub broadcast: Arc<Broadcast>,
    /// Who does not hear it.
    from: Option<SubscriberId>,
}

/// Names of events, as channels list those that they intercept.
pub(crate) type Events = &'static [&'static str];

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
    readers: usize,
    /// How many members listen to which events: few kinds, as channels of one type list the same.
    listeners: Vec<(Option<Events>, usize)>,
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
    /// Is handed each broadcast of these events, or all, at once.
    Listener(Arc<dyn Subscriber>, Option<Events>),
}

/// What follows a broadcast.
pub(crate) struct Published {
    /// Is to be made, unless one was on its way already.
    pub round: Option<Arc<Round>>,
    /// What waits to be read by somebody.
    pub bytes: usize,
}

impl Topic {
    pub fn new(name: Arc<str>) -> Arc<Self> {
        Arc::new(Self { name, end: AtomicU64::new(0), inner: Mutex::default() })
    }

    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Adds a reader, which hears what is broadcast from now on.
    pub fn add_reader(
        self: &Arc<Self>,
        reader: Arc<dyn Reader>,
        id: SubscriberId,
        except: Events,
    ) -> Reading {
        let mut inner = self.inner.lock();
        inner.readers += 1;
        let place = inner.insert(Member::Reader(reader));
        Reading::new(self, place, id, except)
    }

    /// Adds a listener to some events, or to all.
    pub fn add_listener(&self, listener: Arc<dyn Subscriber>, events: Option<Events>) -> u32 {
        let mut inner = self.inner.lock();
        match inner.listeners.iter_mut().find(|(kind, _)| *kind == events) {
            Some((_, count)) => *count += 1,
            None => inner.listeners.push((events, 1)),
        }
        inner.insert(Member::Listener(listener, events))
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
        let member = inner.places.get_mut(place as usize).and_then(Option::take);
        match &member {
            Some(Member::Reader(_)) => inner.readers -= 1,
            Some(Member::Listener(_, events)) => inner.forget_listener(*events),
            None => {}
        }
        inner.free.push(place);
        inner.shrink();
        let is_last = inner.readers == 0 && inner.listeners.is_empty();
        (member, is_last)
    }

    /// Puts a broadcast in front of all readers, and hands it to those who listen to its event.
    pub fn publish(
        self: &Arc<Self>,
        broadcast: &Arc<Broadcast>,
        from: Option<SubscriberId>,
        numbers: &AtomicU64,
    ) -> Published {
        let (published, has_listeners) = {
            let mut inner = self.inner.lock();
            let round =
                if inner.readers == 0 { None } else { self.log(&mut inner, broadcast, from, numbers) };
            (Published { round, bytes: inner.bytes }, inner.has_listeners(&broadcast.event))
        };
        if has_listeners {
            self.hand_to_listeners(broadcast, from);
        }
        published
    }

    /// Visits all readers at once, beside the round that is on its way.
    pub fn visit_all(self: &Arc<Self>, out: &mut Out) {
        let round = Round::new(self, &self.inner.lock());
        let mut bag = Bag::default();
        while round.visit(&mut bag, out).is_some() {}
        round.forget_what_was_read(&mut self.inner.lock());
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
                    Some(Member::Listener(listener, events)) if hears(*events, &broadcast.event) => {
                        Some(listener.clone())
                    }
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

fn hears(events: Option<Events>, event: &str) -> bool {
    events.is_none_or(|events| events.contains(&event))
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

    fn has_listeners(&self, event: &str) -> bool {
        self.listeners.iter().any(|(events, _)| hears(*events, event))
    }

    fn forget_listener(&mut self, events: Option<Events>) {
        if let Some(position) = self.listeners.iter().position(|(kind, _)| *kind == events) {
            self.listeners[position].1 -= 1;
            if self.listeners[position].1 == 0 {
                self.listeners.swap_remove(position);
            }
        }
    }

    /// Gives up the last places if nobody is there, so that rounds end with those who are.
    fn shrink(&mut self) {
        if self.free.len() > self.places.len() / 2 && self.places.last().is_some_and(Option::is_none) {
            let used = self.places.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
            self.places.truncate(used);
            self.places.shrink_to(used * 2);
            self.free.retain(|place| (*place as usize) < used);
            self.free.shrink_to(self.free.len() * 2);
        }
    }

    fn step(&self, from: usize) -> &[Option<Member>] {
        let places = self.places.get(from..).unwrap_or_default();
        &places[..places.len().min(Self::STEP)]
    }
}

impl Logged {
    fn size(&self) -> usize {
        let Broadcast { topic, event, payload, .. } = &*self.broadcast;
        payload.len() + topic.len() + event.len() + size_of::<Self>()
    }
}

#[cfg(test)]
mod tests;
