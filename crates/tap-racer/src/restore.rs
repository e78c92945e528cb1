//! What an earlier process has left: its rooms go on. One that cannot is set aside, for somebody to look
//! at, and keeps neither the others nor the server from starting.

use std::{
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use race::{Millis, Settings};
use tracing::{error, info};

use crate::{
    room::{BadSaved, Restorable, SavedRoom},
    rooms::{RoomId, Rooms},
    store::{RoomRow, Store, StoreError},
};

/// Rooms that were read and checked.
pub struct SavedRooms(Vec<(RoomId, Restorable)>);

/// The store in the data folder; none where nothing can be written.
///
/// # Errors
/// When the folder or the database is not for this process.
pub async fn open(data: &Path) -> Result<Option<Store>, StoreError> {
    match Store::open(data).await {
        Ok(store) => Ok(Some(store)),
        Err(error @ (StoreError::InUse(_) | StoreError::Newer(_))) => Err(error),
        Err(error) => {
            let error: &dyn Error = &error;
            error!(error, "rooms cannot be saved: they would not survive a restart");
            Ok(None)
        }
    }
}

impl SavedRooms {
    /// All that are in order, for a house with these settings.
    pub async fn load(store: &mut Option<Store>, settings: &Settings) -> SavedRooms {
        let mut rooms = Vec::new();
        let Some(store) = store else { return SavedRooms(rooms) };
        let rows = store.load_all().await.unwrap_or_else(|error| {
            error!(error = &error as &dyn Error, "saved rooms cannot be read: they begin anew");
            Vec::new()
        });
        for row in rows {
            match read(&row, settings) {
                Ok(room) => rooms.push(room),
                Err(bad) => set_aside(store, &row.id, &bad.to_string()).await,
            }
        }
        SavedRooms(rooms)
    }

    /// The latest time that any of their races was told.
    pub fn latest(&self) -> Millis {
        self.0.iter().map(|(_, room)| room.latest()).max().unwrap_or(Millis::MIN)
    }

    /// Opens them.
    pub async fn restore(self, rooms: &Rooms, store: &mut Option<Store>) {
        if !self.0.is_empty() {
            info!(rooms = self.0.len(), "rooms go on as they were saved");
        }
        for (id, room) in self.0 {
            // A fault of ours that one state brings to light must not come again with each start.
            let restored = catch_unwind(AssertUnwindSafe(|| rooms.restore(id, room)));
            if let (Err(_), Some(store)) = (restored, store.as_mut()) {
                set_aside(store, id.code(), "restoring it failed").await;
            }
        }
    }
}

fn read(row: &RoomRow, settings: &Settings) -> Result<(RoomId, Restorable), BadSaved> {
    let id = RoomId::of_code(&row.id).ok_or_else(|| BadSaved::Code(row.id.clone()))?;
    Ok((id, SavedRoom::read(row.version, &row.state, settings)?))
}

async fn set_aside(store: &mut Store, room: &str, reason: &str) {
    error!(room, reason, "a saved room cannot be restored and is set aside");
    if let Err(error) = store.set_aside(room, reason).await {
        error!(room, error = &error as &dyn Error, "nor can it be set aside");
    }
}
