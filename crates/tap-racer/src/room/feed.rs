//! The broadcasts of one topic, numbered, so that whoever joins misses none.
//!
//! A join is answered with the state at some position; the client is subscribed a moment later. Then
//! everything since that position is pushed to it, up to the newest, so that what it hears last is
//! what is true. Broadcasts tell states rather than changes (a racer as it is, the phase as it is), and
//! messages carry ids: hearing one twice does no harm.

use std::collections::VecDeque;

use channels::{Endpoint, Payload, Pusher};
use serde::Serialize;
use thiserror::Error;
use tokio::time::{Duration, Instant};
use tracing::error;

use super::Ended;

/// How many broadcasts a topic has had.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

/// What a client missed while it joined can no longer be told to it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
pub enum FellBehind {
    #[error("too much happened during the join")]
    TooMuch,
    #[error(transparent)]
    Ended(#[from] Ended),
}

/// One topic of a room.
pub(super) struct Feed {
    name: String,
    sent: u64,
    recent: VecDeque<Recent>,
    /// What is not told before it is written down.
    held: Option<Vec<Held>>,
}

struct Held {
    event: &'static str,
    payload: Payload,
    conflated: bool,
}

struct Recent {
    at: Instant,
    event: &'static str,
    payload: Payload,
}

impl Feed {
    /// How many broadcasts may come between a join's answer and the subscription, which are
    /// microseconds apart as a rule.
    const MOST: usize = 256;
    /// And how far apart those two may be.
    const LONGEST: Duration = Duration::from_secs(10);

    pub fn new(name: String) -> Feed {
        Feed { name, sent: 0, recent: VecDeque::new(), held: None }
    }

    pub fn position(&self) -> Position {
        Position(self.sent)
    }

    /// Sends an event to everybody.
    pub fn broadcast(&mut self, endpoint: &Endpoint, event: &'static str, payload: &impl Serialize) {
        self.tell(endpoint, event, payload, false);
    }

    /// Sends a state, of which clients that lag need the newest only.
    pub fn broadcast_conflated(
        &mut self,
        endpoint: &Endpoint,
        event: &'static str,
        payload: &impl Serialize,
    ) {
        self.tell(endpoint, event, payload, true);
    }

    /// Holds back what is told from now on.
    pub fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Sends what was held back, in its order.
    pub fn release(&mut self, endpoint: &Endpoint) {
        for held in self.held.take().into_iter().flatten() {
            self.send(endpoint, held);
        }
    }

    fn tell(&mut self, endpoint: &Endpoint, event: &'static str, payload: &impl Serialize, conflated: bool) {
        let payload = match Payload::json(payload) {
            Ok(payload) => payload,
            Err(error) => {
                error!(topic = %self.name, event, %error, "an event has no json form");
                return;
            }
        };
        let told = Held { event, payload, conflated };
        match &mut self.held {
            Some(held) => held.push(told),
            None => self.send(endpoint, told),
        }
    }

    fn send(&mut self, endpoint: &Endpoint, Held { event, payload, conflated }: Held) {
        // A payload that has been serialised already is never refused.
        let _ = if conflated {
            endpoint.broadcast_conflated(&self.name, event, payload)
        } else {
            self.keep(event, payload.clone());
            endpoint.broadcast(&self.name, event, payload)
        };
    }

    fn keep(&mut self, event: &'static str, payload: Payload) {
        let at = Instant::now();
        let is_old = |oldest: &Recent| at.duration_since(oldest.at) > Feed::LONGEST;
        while self.recent.len() == Feed::MOST || self.recent.front().is_some_and(is_old) {
            self.recent.pop_front();
        }
        self.recent.push_back(Recent { at, event, payload });
        self.sent += 1;
    }

    /// Pushes the broadcasts since a position to a client that is subscribed, those that are for it.
    ///
    /// # Errors
    /// When they are not kept any more.
    pub fn replay(
        &self,
        since: Position,
        pusher: &Pusher,
        is_meant: impl Fn(&Payload) -> bool,
    ) -> Result<(), FellBehind> {
        for Recent { event, payload, .. } in self.since(since)?.filter(|recent| is_meant(&recent.payload)) {
            // A payload that has been serialised already.
            let _ = pusher.push(event, payload.clone());
        }
        Ok(())
    }

    fn since(&self, Position(since): Position) -> Result<impl Iterator<Item = &Recent>, FellBehind> {
        let missed = usize::try_from(self.sent - since).unwrap_or(usize::MAX);
        let known = self.recent.len().checked_sub(missed).ok_or(FellBehind::TooMuch)?;
        Ok(self.recent.range(known..))
    }
}

#[cfg(test)]
mod tests {
    use channels::Limits;
    use serde_json::{Value, json};

    use super::*;

    fn heard(feed: &Feed, since: Position) -> Result<Vec<Value>, FellBehind> {
        Ok(feed.since(since)?.map(|recent| recent.payload.parse().expect("a number")).collect())
    }

    fn say(feed: &mut Feed, numbers: std::ops::Range<u64>) {
        let endpoint = Endpoint::new(Limits::default());
        numbers.for_each(|number| feed.broadcast(&endpoint, "number", &number));
    }

    #[tokio::test(start_paused = true)]
    async fn who_joins_hears_all_that_came_since_up_to_the_newest() {
        let mut feed = Feed::new("play".to_owned());
        say(&mut feed, 0..3);
        let joined = feed.position();
        assert_eq!(heard(&feed, joined), Ok(vec![]));
        say(&mut feed, 3..5);
        assert_eq!(heard(&feed, joined), Ok(vec![json!(3), json!(4)]));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_held_back_is_told_in_its_order_when_it_may_be() {
        let mut feed = Feed::new("play".to_owned());
        let joined = feed.position();
        say(&mut feed, 0..1);
        feed.hold();
        say(&mut feed, 1..3);
        feed.hold();
        say(&mut feed, 3..4);
        assert_eq!(heard(&feed, joined), Ok(vec![json!(0)]));
        feed.release(&Endpoint::new(Limits::default()));
        say(&mut feed, 4..5);
        assert_eq!(heard(&feed, joined), Ok((0..5).map(|number| json!(number)).collect()));
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_too_long_is_told_to_join_again() {
        let mut feed = Feed::new("play".to_owned());
        let joined = feed.position();
        say(&mut feed, 0..256);
        assert_eq!(heard(&feed, joined).map(|heard| heard.len()), Ok(256));
        say(&mut feed, 256..257);
        assert_eq!(heard(&feed, joined), Err(FellBehind::TooMuch));
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_can_have_missed_is_not_kept() {
        let mut feed = Feed::new("play".to_owned());
        say(&mut feed, 0..200);
        tokio::time::advance(Feed::LONGEST + Duration::from_millis(1)).await;
        let joined = feed.position();
        say(&mut feed, 200..201);
        assert_eq!(feed.recent.len(), 1);
        assert_eq!(heard(&feed, joined), Ok(vec![json!(200)]));
    }
}
