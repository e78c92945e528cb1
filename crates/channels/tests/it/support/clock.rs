//! Time that passes only when a test says so, while input and output go on as ever.

use std::{future::Future, sync::mpsc, time::Duration};

use tokio::time::Instant;

/// The stopped clock of a test's runtime.
pub struct Clock {
    _stopped: mpsc::Sender<()>,
}

impl Clock {
    pub fn stop() -> Self {
        tokio::time::pause();
        // Tokio lets paused time jump whenever all tasks wait, be it for a socket; but not while a
        // blocking task runs. Past a minute the test hangs: time jumps, and its waits come to an end.
        let (stopped, held) = mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || held.recv_timeout(Duration::from_secs(60)));
        Self { _stopped: stopped }
    }

    /// Lets a second pass, and all that follows from it happen.
    pub async fn second(&self) {
        tokio::time::advance(Duration::from_secs(1)).await;
        // Each yield lets the other tasks run and looks for what has arrived.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    pub async fn seconds(&self, count: u64) {
        for _ in 0..count {
            self.second().await;
        }
    }

    /// Lets seconds pass until something happens; how many they were.
    pub async fn until<T>(&self, event: impl Future<Output = T>) -> (u64, T) {
        let start = Instant::now();
        let passing = async {
            loop {
                self.second().await;
            }
        };
        tokio::select! {
            biased;
            happened = event => (start.elapsed().as_secs(), happened),
            () = passing => unreachable!("time does not end"),
        }
    }
}
