//! Writes what is queued, for all connections: one task for each core walks over the connections
//! that have something to write.
//!
//! Waking a few flushers is cheaper than waking ten thousand tasks, and what is queued for a
//! connection until its turn comes goes out in one write.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::connection::Connection;

/// The flushers of one endpoint; their tasks end with it.
pub(crate) struct Flushers {
    lists: Vec<Arc<List>>,
}

#[derive(Default)]
struct List {
    due: Mutex<Vec<Arc<Connection>>>,
    more: Notify,
    over: std::sync::atomic::AtomicBool,
}

impl Flushers {
    pub fn start() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let lists: Vec<_> = (0..cores).map(|_| Arc::<List>::default()).collect();
        for list in &lists {
            tokio::spawn(flush(list.clone()));
        }
        Self { lists }
    }

    /// Puts a connection on its flusher's list; it must not be on it already.
    pub fn add(&self, connection: Arc<Connection>) {
        let list = &self.lists[connection.number() as usize % self.lists.len()];
        let mut due = list.due.lock();
        due.push(connection);
        let first = due.len() == 1;
        drop(due);
        if first {
            list.more.notify_one();
        }
    }
}

impl Drop for Flushers {
    fn drop(&mut self) {
        for list in &self.lists {
            list.over.store(true, std::sync::atomic::Ordering::Release);
            list.more.notify_one();
        }
    }
}

async fn flush(list: Arc<List>) {
    /// Writes between two yields: about a fifth of a millisecond.
    const STEP: usize = 32;
    while !list.over.load(std::sync::atomic::Ordering::Acquire) {
        list.more.notified().await;
        loop {
            let due = std::mem::take(&mut *list.due.lock());
            if due.is_empty() {
                break;
            }
            for (count, connection) in due.into_iter().enumerate() {
                connection.flush();
                if count % STEP == STEP - 1 {
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}
