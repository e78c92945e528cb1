//! How many are in a room, and when the last one leaves.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// Counts the sockets that are in a room.
#[derive(Debug, Default)]
pub struct Visits {
    count: AtomicUsize,
    emptied: Notify,
}

impl Visits {
    /// Comes in.
    pub fn enter(self: &Arc<Visits>) -> Visit {
        self.count.fetch_add(1, Ordering::SeqCst);
        Visit(self.clone())
    }

    /// Whether nobody is in.
    pub fn is_empty(&self) -> bool {
        self.count.load(Ordering::SeqCst) == 0
    }

    /// Waits until the last one leaves, or has left since this was last waited for.
    pub async fn emptied(&self) {
        self.emptied.notified().await;
    }
}

/// Somebody is in a room for as long as this is held.
#[derive(Debug)]
pub struct Visit(Arc<Visits>);

impl Drop for Visit {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.emptied.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_noticed_when_the_last_one_leaves() {
        let visits = Arc::new(Visits::default());
        assert!(visits.is_empty());
        let (first, second) = (visits.enter(), visits.enter());
        drop(first);
        assert!(!visits.is_empty());
        drop(second);
        assert!(visits.is_empty());
        let noticed = tokio::time::timeout(Duration::from_secs(1), visits.emptied()).await;
        assert_eq!(noticed, Ok(()));
    }
}
