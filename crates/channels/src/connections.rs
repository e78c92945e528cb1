//! All connections of an endpoint, for the sweep and for closing them.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;

use crate::connection::Connection;

/// A registry; what is registered is taken out by the guard that registering gives.
pub(crate) struct Connections {
    shards: Shards,
}

type Shard = HashMap<u64, Weak<Connection>>;
type Shards = Arc<[Mutex<Shard>]>;

/// Takes a connection out of the registry when it is dropped.
pub(crate) struct Registered {
    shards: Shards,
    number: u64,
}

impl Connections {
    const SHARDS: u64 = 16;

    pub fn new() -> Self {
        Self { shards: (0..Self::SHARDS).map(|_| Mutex::default()).collect() }
    }

    pub fn register(&self, connection: &Arc<Connection>) -> Registered {
        let number = connection.number();
        shard(&self.shards, number).lock().insert(number, Arc::downgrade(connection));
        Registered { shards: self.shards.clone(), number }
    }

    pub fn count(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    pub fn all(&self) -> Vec<Arc<Connection>> {
        self.shards.iter().flat_map(Self::of).collect()
    }

    /// Sweeps all, and tells how many bytes they are owed together.
    pub fn sweep(&self, now: u32) -> usize {
        let mut owed = 0;
        for shard in self.shards.iter() {
            for connection in Self::of(shard) {
                connection.sweep(now);
                owed += connection.owed_bytes();
            }
        }
        owed
    }

    fn of(shard: &Mutex<Shard>) -> Vec<Arc<Connection>> {
        shard.lock().values().filter_map(Weak::upgrade).collect()
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        shard(&self.shards, self.number).lock().remove(&self.number);
    }
}

fn shard(shards: &[Mutex<Shard>], number: u64) -> &Mutex<Shard> {
    &shards[(number % Connections::SHARDS) as usize]
}
