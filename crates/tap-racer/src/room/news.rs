//! Who comes, changes and goes: told to the screens at once while few do, and in a crowd at a rate that they
//! can follow, each racer's newest state only.

use std::collections::{HashMap, VecDeque};

use race::{RacerId, Why};
use tokio::time::{Duration, Instant};

use super::{crowd, task::Task};
use crate::{
    rate::TokenBucket,
    wire::{self, CrowdJson},
};

/// So many at once, and then one each while.
const AT_ONCE: u32 = 100;
const EVERY: Duration = Duration::from_millis(2);
/// What has to wait is looked at this often.
const LOOK: Duration = Duration::from_millis(50);
/// How many there are in a crowd is told this often.
const COUNT: Duration = Duration::from_millis(250);

/// What has become of a racer.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Joined,
    /// Is another in something.
    Changed,
    Left(Why),
}

/// What the screens have not been told yet.
pub(super) struct News {
    bucket: TokenBucket,
    waiting: HashMap<RacerId, Change>,
    /// The order in which they are told; who is not waiting any more is passed over.
    turns: VecDeque<RacerId>,
    /// When the next ones are told.
    next_at: Option<Instant>,
    count_changed: bool,
    counted_at: Option<Instant>,
    /// The screens know the size of a crowd.
    counts: bool,
}

impl Default for News {
    fn default() -> News {
        News {
            bucket: TokenBucket::new(AT_ONCE, EVERY, Instant::now()),
            waiting: HashMap::new(),
            turns: VecDeque::new(),
            next_at: None,
            count_changed: false,
            counted_at: None,
            counts: false,
        }
    }
}

impl News {
    fn add(&mut self, racer: RacerId, change: Change) {
        self.count_changed = true;
        match (self.waiting.get(&racer), change) {
            (None, _) => {
                self.turns.push_back(racer);
                self.waiting.insert(racer, change);
            }
            // Nobody has heard of them.
            (Some(Change::Joined), Change::Left(_)) => self.forget(racer),
            (Some(Change::Joined), _) => {}
            (Some(_), _) => {
                self.waiting.insert(racer, change);
            }
        }
    }

    /// A screen joins: it was told of who has come, so that it has to hear when they go.
    pub fn meet_anew(&mut self) {
        let joined = self.waiting.values_mut().filter(|change| **change == Change::Joined);
        joined.for_each(|change| *change = Change::Changed);
    }

    /// All is told of this one.
    pub fn forget(&mut self, racer: RacerId) {
        self.waiting.remove(&racer);
    }

    /// What may be told now, the oldest first.
    fn take(&mut self, now: Instant) -> Option<(RacerId, Change)> {
        loop {
            let racer = *self.turns.front()?;
            if !self.waiting.contains_key(&racer) {
                self.turns.pop_front();
            } else if self.bucket.take(now) {
                self.turns.pop_front();
                return Some((racer, self.waiting.remove(&racer)?));
            } else {
                self.next_at.get_or_insert(now + LOOK);
                return None;
            }
        }
    }

    /// When something is to be told.
    pub fn due_at(&self) -> Option<Instant> {
        let count = self.count_changed.then_some(()).and(self.counted_at).map(|at| at + COUNT);
        self.next_at.into_iter().chain(count).min()
    }
}

impl Task {
    /// Tells the screens of a racer, or has them told.
    pub(super) fn tell_of(&mut self, racer: RacerId, change: Change) {
        self.news.add(racer, change);
        self.tell_news();
    }

    fn tell_news(&mut self) {
        let now = Instant::now();
        while let Some((racer, change)) = self.news.take(now) {
            match change {
                Change::Joined => self.tell_racer("racer_joined", racer),
                Change::Changed => self.tell_racer("racer_changed", racer),
                Change::Left(why) => {
                    let left = serde_json::json!({ "id": racer.0, "why": wire::why(why) });
                    self.tell_consoles("racer_left", &left);
                }
            }
        }
    }

    /// Tells what had to wait, if its time has come, and how many there are.
    pub(super) fn tell_news_if_due(&mut self, now: Instant) {
        if self.news.next_at.is_some_and(|due| due <= now) {
            self.news.next_at = None;
            self.tell_news();
        }
        let may_count = self.news.counted_at.is_none_or(|at| at + COUNT <= now);
        if self.news.count_changed && may_count {
            self.news.count_changed = false;
            self.tell_count(now);
        }
    }

    /// Where there is no crowd the screens count themselves; that there is none any more they are told.
    fn tell_count(&mut self, now: Instant) {
        let count = self.race.seated();
        let is_crowd = count > crowd::MANY;
        if std::mem::replace(&mut self.news.counts, is_crowd) || is_crowd {
            self.news.counted_at = Some(now);
            let connected = self.race.racers().filter(|racer| racer.connected).count();
            let crowd = CrowdJson { count, connected };
            self.console.broadcast_conflated(&self.house.endpoint, "crowd", &crowd);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(news: &mut News) -> Vec<(u32, Change)> {
        std::iter::from_fn(|| news.take(Instant::now())).map(|(racer, change)| (racer.0, change)).collect()
    }

    /// With everybody up to here told, and nothing left to tell more.
    fn busy() -> News {
        let mut news = News::default();
        (0..AT_ONCE).for_each(|racer| news.add(RacerId(racer), Change::Joined));
        assert_eq!(told(&mut news).len(), AT_ONCE as usize);
        news
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_are_told_at_once_and_then_five_hundred_a_second_the_oldest_first() {
        let mut news = busy();
        (1000..2000).for_each(|racer| news.add(RacerId(racer), Change::Joined));
        assert_eq!(told(&mut news), []);
        tokio::time::advance(Duration::from_millis(100)).await;
        let first: Vec<u32> = told(&mut news).into_iter().map(|(racer, _)| racer).collect();
        assert_eq!(first, (1000..1050).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn of_each_racer_the_newest_is_told_and_of_who_came_and_went_nothing() {
        let mut news = busy();
        let left = Change::Left(Why::Left);
        for (racer, change) in [
            (1, Change::Changed),
            (200, Change::Joined),
            (2, Change::Changed),
            (201, Change::Joined),
            (200, Change::Changed),
            (1, Change::Changed),
            (2, left),
            (201, left),
        ] {
            news.add(RacerId(racer), change);
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(told(&mut news), [(1, Change::Changed), (200, Change::Joined), (2, left)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_screen_that_was_shown_somebody_who_was_still_to_be_told_of_hears_when_they_go() {
        let mut news = busy();
        (200..=201).for_each(|racer| news.add(RacerId(racer), Change::Joined));
        news.meet_anew();
        let left = Change::Left(Why::Left);
        news.add(RacerId(200), left);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(told(&mut news), [(200, left), (201, Change::Changed)]);
    }
}
