//! Where rooms, which must not wait, put what is to be written.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use parking_lot::Mutex;
use tokio::{
    sync::{Notify, oneshot},
    task::spawn_blocking,
};
use tracing::error;

use super::{
    Change, Handled, HeatRow, RoomRow,
    keeper::{MOST_HEATS, drop_too_many},
};
use crate::{clock, records::HeatRecord, room::SavedRoom, rooms::RoomId};

/// Where rooms put their newest state. Cheap to clone.
#[derive(Clone, Default)]
pub struct Saves {
    pub(super) shared: Arc<Shared>,
}

#[derive(Default)]
pub(super) struct Shared {
    /// Held for an insertion or to take all of it.
    pending: Mutex<AllPending>,
    pub news: Notify,
    /// Heats were written.
    pub heats: Notify,
    /// Whether anything can be written.
    pub works: AtomicBool,
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
pub(super) struct News {
    pub changes: Vec<Change>,
    pub heats: Vec<HeatRow>,
    pub handled: Vec<Handled>,
    pub asks: Vec<oneshot::Sender<Option<HeatRow>>>,
    pub waiting: Vec<Written>,
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
    pub(super) async fn take(&self) -> News {
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
    match room.to_json() {
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

#[cfg(test)]
impl Saves {
    /// On a disk that takes everything and never has it written.
    pub fn stuck() -> Saves {
        let saves = Saves::default();
        saves.shared.works.store(true, Ordering::Relaxed);
        saves
    }
}
