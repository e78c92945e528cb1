//! Writes what is queued, for all connections: one task for each core walks over the connections
//! that have something to write, and over the readers of topics that have news.
//!
//! Waking a few flushers is cheaper than waking ten thousand tasks, and what is queued for a
//! connection until its turn comes goes out in one write.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;
use tokio::{sync::Notify, task::yield_now};

use crate::{
    connection::Connection,
    pubsub::{Bag, Left, Round},
    telemetry::{Out, Telemetry},
};

/// The flushers of one endpoint; their tasks end with it.
pub(crate) struct Flushers {
    lists: Arc<Lists>,
    are_started: AtomicBool,
}

/// One for each flusher.
struct Lists {
    lists: Box<[List]>,
    next: AtomicUsize,
    over: AtomicBool,
}

#[derive(Default)]
struct List {
    due: Mutex<Due>,
    more: Notify,
}

/// What a flusher is to do.
#[derive(Default)]
struct Due {
    connections: Vec<Arc<Connection>>,
    rounds: Vec<Arc<Round>>,
}

impl Flushers {
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let lists = Lists {
            lists: (0..cores).map(|_| List::default()).collect(),
            next: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        };
        Self { lists: Arc::new(lists), are_started: AtomicBool::new(false) }
    }

    /// Starts their tasks in the current runtime; false if they were started before.
    pub fn start(&self, telemetry: &Arc<Telemetry>) -> bool {
        let is_first =
            !self.are_started.load(Ordering::Relaxed) && !self.are_started.swap(true, Ordering::Relaxed);
        if is_first {
            for number in 0..self.lists.lists.len() {
                tokio::spawn(flush(self.lists.clone(), number, telemetry.clone()));
            }
        }
        is_first
    }

    /// Puts a connection on its flusher's list; it must not be on it already.
    pub fn flush(&self, connection: Arc<Connection>) {
        let lists = &self.lists.lists;
        let list = &lists[connection.number() as usize % lists.len()];
        list.add(|due| due.connections.push(connection));
    }

    /// Has a round made.
    pub fn make(&self, round: Arc<Round>) {
        self.lists.make(round);
    }
}

impl Drop for Flushers {
    fn drop(&mut self) {
        self.lists.over.store(true, Ordering::Release);
        self.lists.lists.iter().for_each(|list| list.more.notify_one());
    }
}

impl Lists {
    /// A long round is made by all flushers together.
    fn make(&self, round: Arc<Round>) {
        if round.is_long() {
            for list in &self.lists {
                list.add(|due| due.rounds.push(round.clone()));
            }
        } else {
            let list = &self.lists[self.next.fetch_add(1, Ordering::Relaxed) % self.lists.len()];
            list.add(|due| due.rounds.push(round));
        }
    }
}

impl Due {
    fn is_empty(&self) -> bool {
        self.connections.is_empty() && self.rounds.is_empty()
    }
}

impl List {
    fn add(&self, add: impl FnOnce(&mut Due)) {
        let is_first = {
            let mut due = self.due.lock();
            let was_empty = due.is_empty();
            add(&mut due);
            was_empty
        };
        if is_first {
            self.more.notify_one();
        }
    }
}

async fn flush(lists: Arc<Lists>, number: usize, telemetry: Arc<Telemetry>) {
    let list = &lists.lists[number];
    let (mut due, mut rounds) = (Due::default(), VecDeque::<Arc<Round>>::new());
    let (mut bag, mut out) = (Bag::default(), Out::default());
    while !lists.over.load(Ordering::Acquire) {
        list.more.notified().await;
        // Those who can be read now are read first: what they broadcast goes out together.
        yield_now().await;
        loop {
            // Both keep their room.
            std::mem::swap(&mut due, &mut *list.due.lock());
            rounds.extend(due.rounds.drain(..));
            if due.is_empty() && rounds.is_empty() {
                break;
            }
            for connection in due.connections.drain(..) {
                connection.flush(&mut out);
                rest(&mut out, &telemetry).await;
            }
            // Rounds take turns, so that a short one does not wait for a long one.
            if let Some(round) = rounds.pop_front() {
                match round.step(&mut bag, &mut out) {
                    Left::More => rounds.push_back(round),
                    Left::Over(Some(next)) => lists.make(next),
                    Left::Over(None) | Left::Nothing => {}
                }
                rest(&mut out, &telemetry).await;
            }
        }
        telemetry.count_out(&mut out);
    }
}

/// Lets others run after every few turns: about a fifth of a millisecond of writing.
async fn rest(out: &mut Out, telemetry: &Telemetry) {
    const TURNS: usize = 32;
    if out.turns >= TURNS {
        out.turns = 0;
        telemetry.count_out(out);
        yield_now().await;
    }
}
