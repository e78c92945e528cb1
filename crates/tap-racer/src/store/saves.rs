//! From rooms that must not wait to a disk that may be slow, full or gone.

use std::{
    collections::HashMap,
    error::Error,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use metrics::{Counter, counter};
use parking_lot::Mutex;
use tokio::{
    sync::{Notify, oneshot},
    task::{JoinHandle, spawn_blocking},
    time::{sleep, timeout},
};
use tracing::{error, info};

use super::{Change, RoomRow, Store, StoreError};
use crate::{clock, room::SavedRoom, rooms::RoomId};

/// Between two tries to write while none succeeds.
const RETRY: Duration = Duration::from_secs(1);
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
    /// Whether anything can be written.
    works: AtomicBool,
}

#[derive(Default)]
struct AllPending {
    /// The newest of each room: no more than there are rooms.
    rooms: HashMap<RoomId, Pending>,
    /// One for each of these at most, as a room waits for its newest state alone.
    waiting: Vec<Written>,
}

enum Pending {
    Save(Box<SavedRoom>),
    Remove,
}

/// Told when what was handed over up to now is written; dropped when it was not.
type Written = oneshot::Sender<()>;

impl Saves {
    /// The state of a room, to be written as soon as may be, and the word that it is; none when nothing
    /// can be written.
    pub fn save(&self, id: RoomId, room: SavedRoom) -> Option<oneshot::Receiver<()>> {
        let (written, is_written) = oneshot::channel();
        let works = self.shared.works.load(Ordering::Relaxed);
        self.put(id, Pending::Save(Box::new(room)), works.then_some(written));
        works.then_some(is_written)
    }

    /// A room has ended.
    pub fn remove(&self, id: RoomId) {
        self.put(id, Pending::Remove, None);
    }

    fn put(&self, id: RoomId, room: Pending, written: Option<Written>) {
        let mut pending = self.shared.pending.lock();
        pending.rooms.insert(id, room);
        pending.waiting.retain(|waiting| !waiting.is_closed());
        pending.waiting.extend(written);
        drop(pending);
        self.shared.news.notify_one();
    }

    /// Everything that is new, and who waits for it. What a room hands over is put into words here and
    /// not by the room: for fifteen thousand racers that takes long.
    async fn take(&self) -> (Vec<Change>, Vec<Written>) {
        let AllPending { rooms, waiting } = std::mem::take(&mut *self.shared.pending.lock());
        let changes = spawn_blocking(|| rooms.into_iter().filter_map(change).collect());
        // A room whose state has no words goes on unsaved.
        (changes.await.unwrap_or_default(), waiting)
    }
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
    /// disk may be mended while people race.
    pub fn start(saves: Saves, data: PathBuf, store: Option<Store>) -> Keeper {
        let (stop, stopped) = oneshot::channel();
        saves.shared.works.store(store.is_some(), Ordering::Relaxed);
        let writer = Writer {
            saves,
            data,
            store,
            unwritten: HashMap::new(),
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
    /// What the last try did not write, the newest of each room.
    unwritten: HashMap<String, Change>,
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
        let (news, waiting) = self.saves.take().await;
        self.unwritten.extend(news.into_iter().map(|change| (change.id().to_owned(), change)));
        let written = self.try_to_write().await;
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
        let store = match &mut self.store {
            Some(store) => store,
            none => none.insert(Store::open(&self.data).await?),
        };
        if !self.unwritten.is_empty() {
            store.save(self.unwritten.values()).await?;
            self.saved.increment(self.unwritten.len() as u64);
            self.unwritten.clear();
        }
        Ok(())
    }
}
