//! All connections of an endpoint, for the sweep and for closing them.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;

use crate::connection::Connection;

/// A registry of those that are online.
pub(crate) struct Connections {
    shards: Box<[Mutex<Shard>]>,
}

type Shard = HashMap<u64, Weak<Connection>>;

impl Connections {
    const SHARDS: u64 = 16;

    pub fn new() -> Self {
        Self { shards: (0..Self::SHARDS).map(|_| Mutex::default()).collect() }
    }

    pub fn add(&self, connection: &Arc<Connection>) {
        let number = connection.number();
        self.shard(number).lock().insert(number, Arc::downgrade(connection));
    }

    pub fn remove(&self, connection: &Connection) {
        let number = connection.number();
        self.shard(number).lock().remove(&number);
    }

    fn shard(&self, number: u64) -> &Mutex<Shard> {
        &self.shards[(number % Self::SHARDS) as usize]
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
