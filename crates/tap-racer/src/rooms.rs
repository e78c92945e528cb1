//! Which rooms there are. It knows their names and whom to ask, and nothing of what happens in them.

mod code;
mod visits;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use channels::Endpoint;
use futures::future::join_all;
use parking_lot::Mutex;
use race::{Millis, Settings};
use thiserror::Error;

use crate::{
    accounts::AccountId,
    clock::Clock,
    metrics::Metrics,
    records::Recorded,
    room::{Restorable, RoomHandle, UpdateBudget},
    store::Saves,
    tokens::Keys,
};

pub use code::{RoomCode, RoomId};
pub use visits::{Visit, Visits};

/// What all rooms share.
#[derive(Clone)]
pub struct House {
    /// Where rooms broadcast to.
    pub endpoint: Endpoint,
    /// What seats are signed with.
    pub keys: Arc<Keys>,
    /// Where rooms are saved.
    pub saves: Saves,
    /// The server's time.
    pub clock: Clock,
    /// What all rooms count with.
    pub metrics: Arc<Metrics>,
    /// How many phones rooms may tell how they stand.
    pub updates: UpdateBudget,
    /// What holds for all races.
    pub settings: Settings,
    /// How many rooms may exist at once, the house room not counted.
    pub max_rooms: usize,
    /// How many strangers may sit down in a room in a second; 0: no limit.
    pub joins_per_second: u32,
    /// How long a room outlives the last one who left it.
    pub room_idle: Duration,
    /// How long a room waits for the first one to come.
    pub room_unused: Duration,
}

/// All rooms of this server.
#[derive(Clone)]
pub struct Rooms {
    shared: Arc<Shared>,
}

struct Shared {
    house: House,
    /// Held for a lookup or an insertion, never while anything is awaited.
    open: Mutex<HashMap<RoomId, Open>>,
    /// The latest rooms that their hosts ended, and when those were made.
    ended: Mutex<VecDeque<(RoomId, Millis)>>,
}

struct Open {
    handle: RoomHandle,
    visits: Arc<Visits>,
}

/// How much is going on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Rooms that are open, the house room too.
    pub rooms: usize,
    /// Those in which a heat is on.
    pub racing: usize,
    /// Who is seated in any, bots too.
    pub racers: usize,
    /// How many requests wait in the room in which most do.
    pub longest_queue: usize,
}

/// Of so many rooms that were ended it is known that they were.
const ENDED: usize = 1000;

/// No room can be made.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
#[error("too many rooms")]
pub struct TooManyRooms;

impl Rooms {
    /// None but the house room, which opens with its first visitor.
    pub fn new(house: House) -> Rooms {
        Rooms { shared: Arc::new(Shared { house, open: Mutex::default(), ended: Mutex::default() }) }
    }

    /// Makes a room. It waits a while for somebody to come.
    ///
    /// # Errors
    /// When there are as many as there may be.
    pub fn make(&self) -> Result<RoomHandle, TooManyRooms> {
        let mut open = self.shared.open.lock();
        let mut rng = rand::rng();
        // Of far more codes than rooms: a few tries find a free one.
        let free = std::iter::repeat_with(|| RoomId::Code(RoomCode::random(&mut rng)))
            .take(1000)
            .find(|id| !open.contains_key(id))
            .ok_or(TooManyRooms)?;
        self.open(&mut open, free, self.shared.house.clock.now())
    }

    /// Opens a room again for its host: it has ended meanwhile, or the server was restarted.
    ///
    /// # Errors
    /// When there are as many as there may be.
    pub fn reopen(&self, id: RoomId, made: Millis) -> Result<(RoomHandle, Visit), TooManyRooms> {
        let mut open = self.shared.open.lock();
        if !open.contains_key(&id) {
            self.open(&mut open, id, made)?;
        }
        open.get(&id).map(Open::enter).ok_or(TooManyRooms)
    }

    /// Opens a room as it was before the server was restarted; also when there are more than there may be.
    pub fn restore(&self, id: RoomId, room: Restorable) {
        let (entry, visits) = self.entry(id);
        // Outside of the lock, which the entry needs should anything fail.
        let handle = RoomHandle::restore(id, room, &self.shared.house, entry);
        self.shared.open.lock().insert(id, Open { handle, visits });
    }

    /// Freezes all rooms, before the server stops.
    pub async fn freeze_all(&self) {
        let handles: Vec<RoomHandle> =
            self.shared.open.lock().values().map(|room| room.handle.clone()).collect();
        // One that has just ended has nothing to save.
        join_all(handles.iter().map(RoomHandle::freeze)).await;
    }

    /// Counts, as of the last time that each room did anything.
    pub fn census(&self) -> Census {
        let open = self.shared.open.lock();
        open.values().fold(Census { rooms: open.len(), ..Census::default() }, |census, room| Census {
            racing: census.racing + usize::from(room.handle.is_racing()),
            racers: census.racers + room.handle.racers(),
            longest_queue: census.longest_queue.max(room.handle.queue()),
            ..census
        })
    }

    /// Has every room save its state, whatever was saved of it before.
    pub fn save_all(&self) {
        for room in self.shared.open.lock().values() {
            room.handle.save();
        }
    }

    /// What of a room's heat was recorded; a room that has ended need not be told.
    pub fn tell_recorded(&self, recorded: &Recorded) {
        let Some(id) = recorded.room else { return };
        if let Some(room) = self.shared.open.lock().get(&id) {
            room.handle.tell_recorded(recorded.clone());
        }
    }

    /// No seat in any room races for this account any more, unless it comes back with it.
    pub fn sign_out(&self, account: AccountId) {
        for room in self.shared.open.lock().values() {
            room.handle.sign_out(account);
        }
    }

    /// Whether its host ended this room, so that it is not to be opened again.
    pub fn was_ended(&self, id: RoomId, made: Millis) -> bool {
        self.shared.ended.lock().contains(&(id, made))
    }

    /// Enters a room: it does not end before the visit does.
    pub fn enter(&self, id: RoomId) -> Option<(RoomHandle, Visit)> {
        if id == RoomId::House {
            return self.reopen(id, Millis::ZERO).ok();
        }
        self.shared.open.lock().get(&id).map(Open::enter)
    }

    /// Whether there is such a room.
    pub fn exists(&self, code: RoomCode) -> bool {
        self.shared.open.lock().contains_key(&RoomId::Code(code))
    }

    fn open(
        &self,
        open: &mut HashMap<RoomId, Open>,
        id: RoomId,
        made: Millis,
    ) -> Result<RoomHandle, TooManyRooms> {
        let made_rooms = open.keys().filter(|id| **id != RoomId::House).count();
        if id != RoomId::House && made_rooms >= self.shared.house.max_rooms {
            return Err(TooManyRooms);
        }
        let (entry, visits) = self.entry(id);
        let handle = RoomHandle::open(id, made, &self.shared.house, entry);
        open.insert(id, Open { handle: handle.clone(), visits });
        Ok(handle)
    }

    fn entry(&self, id: RoomId) -> (Entry, Arc<Visits>) {
        let visits = Arc::new(Visits::default());
        (Entry { shared: self.shared.clone(), id, visits: visits.clone() }, visits)
    }
}

impl Open {
    fn enter(&self) -> (RoomHandle, Visit) {
        (self.handle.clone(), self.visits.enter())
    }
}

/// A room's place among the rooms, held by its task: when the task ends, however it does, the room
/// is no longer found.
pub struct Entry {
    shared: Arc<Shared>,
    id: RoomId,
    visits: Arc<Visits>,
}

impl Entry {
    /// Who is in the room.
    pub fn visits(&self) -> &Arc<Visits> {
        &self.visits
    }

    /// Takes the room away if nobody is in it, and tells whether it did. Nobody can enter meanwhile.
    pub fn remove_if_empty(&self) -> bool {
        let mut open = self.shared.open.lock();
        let is_empty = self.visits.is_empty();
        if is_empty {
            self.remove(&mut open);
            // Under the lock: the next room of this name saves itself after this.
            self.shared.house.saves.remove(self.id);
        }
        is_empty
    }

    /// Takes the room away whoever is in it; its host does not open it again.
    pub fn remove_for_good(&self, made: Millis) {
        let mut open = self.shared.open.lock();
        self.remove(&mut open);
        self.shared.house.saves.remove(self.id);
        let mut ended = self.shared.ended.lock();
        if ended.len() == ENDED {
            ended.pop_front();
        }
        ended.push_back((self.id, made));
    }

    /// Another room may have opened under this name since. What was saved stays: a task that is dropped
    /// because the whole server goes down has not ended.
    fn remove(&self, open: &mut HashMap<RoomId, Open>) {
        if open.get(&self.id).is_some_and(|room| Arc::ptr_eq(&room.visits, &self.visits)) {
            open.remove(&self.id);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut open = self.shared.open.lock();
        self.remove(&mut open);
    }
}
