//! From rooms that must not wait to a disk that may be slow, full or gone.

use std::{
    collections::{HashMap, VecDeque},
    error::Error,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use metrics::{Counter, counter, gauge};
use parking_lot::Mutex;
use tokio::{
    sync::{Notify, oneshot},
    task::{JoinHandle, spawn_blocking},
    time::{sleep, timeout},
};
use tracing::{error, info};

use super::{Change, Handled, HeatRow, RoomRow, Store, StoreError};
use crate::{clock, records::HeatRecord, room::SavedRoom, rooms::RoomId};

/// Between two tries to write while none succeeds.
const RETRY: Duration = Duration::from_secs(1);
/// So many heats at most wait in memory for a disk that cannot be written; of more the oldest are dropped.
const MOST_HEATS: usize = 1000;
/// How long a server that stops tries to write what is left.
const LAST_TRY: Duration = Duration::from_secs(3);

/// Where rooms put their newest state. Cheap to clone.
#[derive(Clone, Default)]
pub struct Saves {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Held for an insertion or to take all of it.
    pending: Mutex<AllPending>,
    news: Notify,
    /// Heats were written.
    heats: Notify,
    /// Whether anything can be written.
    works: AtomicBool,
}

#[derive(Default)]
struct AllPending {
    /// The newest of each room: no more than there are rooms.
    rooms: HashMap<RoomId, Pending>,
    /// In the order in which they ended; no newer state of their room takes their place.
    heats: VecDeque<HeatRecord>,
    /// What became of those of before.
    handled: Vec<Handled>,
    /// Who wants to know of the oldest one: nobody but the recorder.
    asks: Vec<oneshot::Sender<Option<HeatRow>>>,
    /// One for each of these at most, as a room waits for its newest state alone.
    waiting: Vec<Written>,
}

enum Pending {
    Save(Box<SavedRoom>),
    Remove,
}

/// Told when what was handed over up to now is written; dropped when it was not.
type Written = oneshot::Sender<()>;

/// What was handed over since the last time, in words.
#[derive(Default)]
struct News {
    changes: Vec<Change>,
    heats: Vec<HeatRow>,
    handled: Vec<Handled>,
    asks: Vec<oneshot::Sender<Option<HeatRow>>>,
    waiting: Vec<Written>,
}

impl Saves {
    /// The state of a room, to be written as soon as may be, with the heats that are over in it; and the word
    /// that all of it is written. None when nothing can be written.
    pub fn save(&self, id: RoomId, room: SavedRoom, heats: Vec<HeatRecord>) -> Option<oneshot::Receiver<()>> {
        let (written, is_written) = oneshot::channel();
        let works = self.shared.works.load(Ordering::Relaxed);
        self.put(|pending| {
            pending.rooms.insert(id, Pending::Save(Box::new(room)));
            pending.heats.extend(heats);
            // A disk that does not answer takes none of them.
            let too_many = pending.heats.len().saturating_sub(MOST_HEATS);
            pending.heats.drain(..too_many);
            drop_too_many(too_many as u64);
            pending.waiting.retain(|waiting| !waiting.is_closed());
            pending.waiting.extend(works.then_some(written));
        });
        works.then_some(is_written)
    }

    /// A room has ended.
    pub fn remove(&self, id: RoomId) {
        self.put(|pending| drop(pending.rooms.insert(id, Pending::Remove)));
    }

    /// The heat that has waited longest to be recorded, if there is one, once it is written what became of
    /// the one before. Waits for as long as nothing can be written.
    pub async fn next_heat(&self, before: Option<Handled>) -> Option<HeatRow> {
        let (ask, answer) = oneshot::channel();
        self.put(|pending| {
            pending.handled.extend(before);
            pending.asks.push(ask);
        });
        answer.await.ok().flatten()
    }

    /// Waits until there may be another heat.
    pub async fn heat_written(&self) {
        self.shared.heats.notified().await;
    }

    fn put(&self, put: impl FnOnce(&mut AllPending)) {
        put(&mut self.shared.pending.lock());
        self.shared.news.notify_one();
    }

    /// Everything that is new, and who waits for it. What a room hands over is put into words here and
    /// not by the room: for fifteen thousand racers that takes long.
    async fn take(&self) -> News {
        let AllPending { rooms, heats, handled, asks, mut waiting } =
            std::mem::take(&mut *self.shared.pending.lock());
        let count = (rooms.len(), heats.len());
        let words = spawn_blocking(move || {
            let changes: Vec<Change> = rooms.into_iter().filter_map(change).collect();
            let heats: Vec<HeatRow> = heats.iter().filter_map(heat_row).collect();
            (changes, heats)
        });
        let (changes, heats) = words.await.unwrap_or_default();
        if (changes.len(), heats.len()) != count {
            // What has no words goes on unsaved, and it is not said to be saved.
            waiting.clear();
        }
        News { changes, heats, handled, asks, waiting }
    }
}

fn heat_row(heat: &HeatRecord) -> Option<HeatRow> {
    let record = serde_json::to_vec(heat).inspect_err(|error| {
        error!(room = heat.room, heat = heat.heat, %error, "a heat has no json form and is not recorded");
    });
    let (id, room) = (heat.id.to_string(), heat.room.clone());
    Some(HeatRow { id, room, finished_at: heat.finished_at, record: record.ok()? })
}

fn change((id, pending): (RoomId, Pending)) -> Option<Change> {
    let id = id.code().to_owned();
    let Pending::Save(room) = pending else { return Some(Change::Remove { id }) };
    match serde_json::to_vec(&room) {
        Ok(state) => {
            let version = SavedRoom::VERSION;
            Some(Change::Save(RoomRow {
                id,
                made: room.made(),
                saved_at: clock::wall_clock(),
                version,
                state,
            }))
        }
        Err(error) => {
            error!(room = id, %error, "a room has no json form and is not saved");
            None
        }
    }
}

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

fn drop_too_many(dropped: u64) {
    if dropped > 0 {
        counter!("tap_racer_heats_dropped_total").increment(dropped);
        error!(heats = dropped, "too many heats wait to be recorded: the oldest are dropped");
    }
}
