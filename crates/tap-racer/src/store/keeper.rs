//! From what rooms hand over to a disk that may be slow, full or gone.

use std::{
    collections::{HashMap, VecDeque},
    error::Error,
    path::PathBuf,
    sync::atomic::Ordering,
    time::Duration,
};

use metrics::{Counter, counter, gauge};
use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};
use tracing::{error, info};

use super::{Change, Handled, HeatRow, Saves, Store, StoreError, saves::News};

/// Between two tries to write while none succeeds.
const RETRY: Duration = Duration::from_secs(1);
/// So many heats at most wait in memory for a disk that cannot be written; of more the oldest are dropped.
pub(super) const MOST_HEATS: usize = 1000;
/// How long a server that stops tries to write what is left.
const LAST_TRY: Duration = Duration::from_secs(3);

/// The task that writes, and the way to end it.
pub struct Keeper {
    stop: oneshot::Sender<()>,
    writing: JoinHandle<()>,
}

impl Keeper {
    /// Begins to write what rooms hand over. Without a store it tries to open one, again and again: a
    /// disk may be mended while people race. In place of one that turns out to be damaged it begins a new
    /// one, and asks for the state of all rooms by `save_all`.
    pub fn start(
        saves: Saves,
        data: PathBuf,
        store: Option<Store>,
        save_all: impl Fn() + Send + Sync + 'static,
    ) -> Keeper {
        let (stop, stopped) = oneshot::channel();
        saves.shared.works.store(store.is_some(), Ordering::Relaxed);
        let writer = Writer {
            saves,
            data,
            store,
            save_all: Box::new(save_all),
            unwritten: HashMap::new(),
            heats: VecDeque::new(),
            handled: Vec::new(),
            asks: Vec::new(),
            unrecorded: None,
            saved: counter!("tap_racer_rooms_saved_total"),
            failed: counter!("tap_racer_saves_failed_total"),
        };
        Keeper { stop, writing: tokio::spawn(writer.run(stopped)) }
    }

    /// Writes what is left, and lets go of the data folder; unless the disk does not answer, for which the
    /// end of the process does not wait long.
    pub async fn close(self) {
        let _ = self.stop.send(());
        if timeout(LAST_TRY, self.writing).await.is_err() {
            error!("the disk is too slow: what happened last is not saved");
        }
    }
}

struct Writer {
    saves: Saves,
    data: PathBuf,
    store: Option<Store>,
    save_all: Box<dyn Fn() + Send + Sync>,
    /// What the last try did not write, the newest of each room.
    unwritten: HashMap<String, Change>,
    /// Likewise, in their order.
    heats: VecDeque<HeatRow>,
    handled: Vec<Handled>,
    asks: Vec<oneshot::Sender<Option<HeatRow>>>,
    /// How many heats are on the disk, as far as that is known.
    unrecorded: Option<i64>,
    saved: Counter,
    failed: Counter,
}

impl Writer {
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        loop {
            tokio::select! {
                biased;
                // Also when the handle is dropped: nobody could stop it any more.
                _ = &mut stopped => break,
                () = self.wait() => self.write().await,
            }
        }
        self.write().await;
        if let Some(store) = self.store {
            store.close().await;
        }
    }

    async fn wait(&self) {
        if self.works() {
            self.saves.shared.news.notified().await;
        } else {
            sleep(RETRY).await;
        }
    }

    /// Whether the last try succeeded.
    fn works(&self) -> bool {
        self.saves.shared.works.load(Ordering::Relaxed)
    }

    async fn write(&mut self) {
        let News { changes, heats, handled, asks, waiting } = self.saves.take().await;
        self.unwritten.extend(changes.into_iter().map(|change| (change.id().to_owned(), change)));
        self.heats.extend(heats);
        self.handled.extend(handled);
        self.asks.extend(asks);
        let written = self.try_to_write().await;
        self.bound_heats();
        // A change is logged, and not each try.
        let worked = self.saves.shared.works.swap(written.is_ok(), Ordering::Relaxed);
        match written {
            Ok(()) => {
                if !worked {
                    info!("rooms are saved again");
                }
                for written in waiting {
                    // Who does not wait any more need not be told.
                    let _ = written.send(());
                }
            }
            Err(error) => {
                self.failed.increment(1);
                if worked {
                    let error: &dyn Error = &error;
                    error!(error, "rooms cannot be saved: races go on, but would not survive a restart");
                }
            }
        }
    }

    async fn try_to_write(&mut self) -> Result<(), StoreError> {
        let written = self.write_down().await;
        let Err(StoreError::Corrupt(reason)) = &written else { return written };
        // One that is damaged when it is opened has been replaced then.
        let Some(store) = self.store.take() else { return written };
        let (heats, begun) = store.begin_anew(reason).await;
        self.heats = heats.into_iter().chain(self.heats.drain(..)).collect();
        self.unrecorded = None;
        (self.save_all)();
        self.store = Some(begun?);
        self.write_down().await
    }

    async fn write_down(&mut self) -> Result<(), StoreError> {
        let store = match &mut self.store {
            Some(store) => store,
            none => none.insert(Store::open(&self.data).await?),
        };
        if !self.unwritten.is_empty() || !self.heats.is_empty() || !self.handled.is_empty() {
            store.save(self.unwritten.values(), self.heats.make_contiguous(), &self.handled).await?;
            self.saved.increment(self.unwritten.len() as u64);
            self.unwritten.clear();
            if !self.heats.is_empty() || !self.handled.is_empty() {
                self.unrecorded = None;
            }
            if !self.heats.is_empty() {
                self.saves.shared.heats.notify_one();
            }
            self.heats.clear();
            self.handled.clear();
        }
        if self.unrecorded.is_none() {
            drop_too_many(store.drop_heats().await?);
            self.unrecorded = Some(store.heats().await?);
        }
        if !self.asks.is_empty() {
            let oldest = store.oldest_heat().await?;
            for ask in self.asks.drain(..) {
                // Who does not wait any more need not be told.
                let _ = ask.send(oldest.clone());
            }
        }
        Ok(())
    }

    /// Tells how many heats wait; of too many the oldest are given up.
    fn bound_heats(&mut self) {
        let too_many = self.heats.len().saturating_sub(MOST_HEATS);
        self.heats.drain(..too_many);
        drop_too_many(too_many as u64);
        let unrecorded = self.heats.len() as f64 + self.unrecorded.unwrap_or(0) as f64;
        gauge!("tap_racer_heats_unrecorded").set(unrecorded);
    }
}

/// Tells that heats were given up.
pub(super) fn drop_too_many(dropped: u64) {
    if dropped > 0 {
        counter!("tap_racer_heats_dropped_total").increment(dropped);
        error!(heats = dropped, "too many heats wait to be recorded: the oldest are dropped");
    }
}
