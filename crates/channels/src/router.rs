//! Which topics a socket has joined, and what becomes of each message: a pure state machine.
//!
//! It does no I/O and runs no callback. A message goes in, a [`Route`] comes out, and the socket
//! carries it out. `H` is the handle of a running channel and never looked into.
//!
//! Source: `handle_in/4` in Phoenix's `lib/phoenix/socket.ex` (1.9).

use std::sync::Arc;

use smallvec::SmallVec;

use crate::message::{Incoming, Ref};

/// The topics that one socket has joined.
pub(crate) struct Router<H> {
    /// Few as a rule, and bounded: a scan is smaller and no slower than a map. The first one stands where
    /// its connection does.
    joined: SmallVec<[Joined<H>; 1]>,
    /// Topics whose channels ended while the messages that arrived last were handled. A push that
    /// arrived with a leave is lost: it was for the channel, which could not answer any more.
    ended: Vec<Arc<str>>,
    topics_limit: usize,
}

struct Joined<H> {
    topic: Arc<str>,
    handle: H,
    join: JoinId,
    join_ref: Option<Ref>,
    leaving: bool,
}

/// Tells one join of a topic from every other join of this socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JoinId(pub u64);

/// What becomes of a message.
#[derive(Debug, PartialEq)]
pub(crate) enum Route<H> {
    /// Start a channel on this topic.
    Join { topic: Arc<str>, route: usize },
    /// As [`Route::Join`], after `previous` has ended: the topic is joined already.
    Rejoin { topic: Arc<str>, route: usize, previous: H },
    /// Hand the message to the channel.
    Deliver(H),
    /// Ask the channel to leave.
    Leave(H),
    /// The answer to a heartbeat, or to a leave of a topic that is not joined.
    Ok { join_ref: Option<Ref> },
    /// The answer `{"reason": …}`.
    Refuse { join_ref: Option<Ref>, reason: &'static str },
    /// Nothing: the message is for an earlier join of its topic.
    Ignore,
}

impl<H: Clone> Router<H> {
    pub fn new(topics_limit: usize) -> Self {
        Self { joined: SmallVec::new(), ended: Vec::new(), topics_limit }
    }

    /// Decides what becomes of a message. `find` gives the number of the channel that serves a
    /// topic.
    pub fn route(&mut self, message: &Incoming<'_>, find: impl Fn(&str) -> Option<usize>) -> Route<H> {
        const UNMATCHED: &str = "unmatched topic";
        let join_ref = || message.join_ref.map(Ref::from);
        let event = message.event.to_lossy();
        let Some(topic) = message.topic.to_text() else {
            return match &*event {
                "phx_leave" => Route::Ok { join_ref: join_ref() },
                _ => Route::Refuse { join_ref: None, reason: UNMATCHED },
            };
        };
        if topic == "phoenix" && event == "heartbeat" {
            return Route::Ok { join_ref: None };
        }
        let count = self.joined.len();
        let joined = self.joined.iter_mut().find(|joined| *joined.topic == *topic);
        match (&*event, joined) {
            ("phx_join", joined) => match find(&topic) {
                None => Route::Refuse { join_ref: None, reason: UNMATCHED },
                Some(route) => match joined {
                    Some(joined) => {
                        Route::Rejoin { topic: (&*topic).into(), route, previous: joined.handle.clone() }
                    }
                    None if count >= self.topics_limit => {
                        Route::Refuse { join_ref: join_ref(), reason: "too many channels joined" }
                    }
                    None => Route::Join { topic: (&*topic).into(), route },
                },
            },
            ("phx_leave", None) => Route::Ok { join_ref: join_ref() },
            (_, None) if self.ended.iter().any(|ended| **ended == *topic) => Route::Ignore,
            (_, None) => Route::Refuse { join_ref: None, reason: UNMATCHED },
            (_, Some(joined)) if joined.is_stale(message) => Route::Ignore,
            // The second of two leaves: the first one's answer is on its way.
            ("phx_leave", Some(joined)) if joined.leaving => Route::Ignore,
            ("phx_leave", Some(joined)) => {
                joined.leaving = true;
                Route::Leave(joined.handle.clone())
            }
            // A push behind a leave is lost, as it would be in Phoenix's process.
            (_, Some(joined)) if joined.leaving => Route::Ignore,
            (_, Some(joined)) => Route::Deliver(joined.handle.clone()),
        }
    }

    /// Notes that a channel was started; from now on its topic's messages are its own. Whatever
    /// was joined before on this topic is forgotten.
    pub fn started(&mut self, topic: Arc<str>, join: JoinId, join_ref: Option<Ref>, handle: H) {
        let joined = Joined { topic, handle, join, join_ref, leaving: false };
        match self.joined.iter_mut().find(|old| old.topic == joined.topic) {
            Some(old) => *old = joined,
            None => {
                self.joined.reserve_exact(1);
                self.joined.push(joined);
            }
        }
    }

    /// Notes that a channel has ended. Returns whether it was the current one of its topic, and
    /// so is owed a farewell; one that was replaced is not.
    pub fn ended(&mut self, join: JoinId) -> bool {
        let ended = self.remove(join);
        self.ended.extend(ended.clone());
        ended.is_some()
    }

    /// Notes that a join was not granted. Returns whether the client waits for that answer: it has
    /// not joined anew.
    pub fn refused(&mut self, join: JoinId) -> bool {
        self.remove(join).is_some()
    }

    fn remove(&mut self, join: JoinId) -> Option<Arc<str>> {
        let position = self.joined.iter().position(|joined| joined.join == join)?;
        let removed = self.joined.swap_remove(position);
        self.joined.shrink_to_fit();
        Some(removed.topic)
    }

    /// Notes that other messages have arrived, whose sender may know what has ended.
    pub fn arrival(&mut self) {
        if !self.ended.is_empty() {
            self.ended = Vec::new();
        }
    }

    /// Forgets everything: the connection is gone. Returns the channels to be told.
    pub fn clear(&mut self) -> Vec<H> {
        std::mem::take(&mut self.joined).into_iter().map(|joined| joined.handle).collect()
    }
}

impl<H> Joined<H> {
    /// A message that names another join than this one. One that names none is taken, and so is
    /// any by a channel that was joined without a reference.
    fn is_stale(&self, message: &Incoming<'_>) -> bool {
        match (&self.join_ref, message.join_ref) {
            (Some(ours), Some(theirs)) => *ours != theirs,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
