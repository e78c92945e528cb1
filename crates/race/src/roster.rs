//! Who sits where: lanes by number, racers by id, both in constant time.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use crate::event::Why;
use crate::racer::{Lane, Racer, RacerId};

/// Lanes, some empty. A racer who left in mid-heat keeps the lane but can no longer be found by
/// id: `by_id` holds exactly those who are seated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roster {
    lanes: Vec<Option<Racer>>,
    by_id: RacerMap<usize>,
    free: BTreeSet<usize>,
}

impl Roster {
    /// How many are seated.
    pub(crate) fn seated(&self) -> usize {
        self.by_id.len()
    }

    /// Everybody in a lane, those gone included, in lane order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Racer> {
        self.lanes.iter().flatten()
    }

    pub(crate) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Racer> {
        self.lanes.iter_mut().flatten()
    }

    pub(crate) fn get(&self, id: RacerId) -> Option<&Racer> {
        self.lanes.get(*self.by_id.get(&id)?)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, id: RacerId) -> Option<&mut Racer> {
        self.lanes.get_mut(*self.by_id.get(&id)?)?.as_mut()
    }

    pub(crate) fn in_lane(&self, lane: Lane) -> Option<&Racer> {
        self.lanes.get(index(lane))?.as_ref()
    }

    pub(crate) fn in_lane_mut(&mut self, lane: Lane) -> Option<&mut Racer> {
        self.lanes.get_mut(index(lane))?.as_mut()
    }

    /// The smallest free lane.
    pub(crate) fn free_lane(&self) -> Lane {
        let index = self.free.first().copied().unwrap_or(self.lanes.len());
        Lane(u32::try_from(index + 1).unwrap_or(u32::MAX))
    }

    /// Puts a racer into its lane, which must be free.
    pub(crate) fn seat(&mut self, racer: Racer) {
        let index = index(racer.lane);
        while self.lanes.len() <= index {
            self.free.insert(self.lanes.len());
            self.lanes.push(None);
        }
        self.free.remove(&index);
        if racer.gone.is_none() {
            self.by_id.insert(racer.id, index);
        }
        self.lanes[index] = Some(racer);
    }

    /// Empties the seat and its lane.
    pub(crate) fn vacate(&mut self, id: RacerId) {
        if let Some(index) = self.by_id.remove(&id) {
            self.lanes[index] = None;
            self.free.insert(index);
        }
    }

    /// Empties the seat; the lane and its count stay until the next [`sweep`](Roster::sweep).
    pub(crate) fn depart(&mut self, id: RacerId, why: Why) {
        if let Some(racer) = self.get_mut(id) {
            racer.gone = Some(why);
            racer.drops_at = None;
            racer.connected = false;
            self.by_id.remove(&id);
        }
    }

    /// Frees the lanes of those who left in mid-heat.
    pub(crate) fn sweep(&mut self) {
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            if lane.as_ref().is_some_and(|racer| racer.gone.is_some()) {
                *lane = None;
                self.free.insert(index);
            }
        }
    }
}

fn index(lane: Lane) -> usize {
    lane.0.saturating_sub(1) as usize
}

/// Something for each of some racers, which is found in a few nanoseconds.
pub type RacerMap<T> = HashMap<RacerId, T, BuildHasherDefault<RacerHasher>>;

/// Ids are given by the race, in order, so nobody can choose them to collide: one multiplication
/// spreads them well enough.
#[derive(Clone, Debug, Default)]
pub struct RacerHasher(u64);

impl Hasher for RacerHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, id: u32) {
        self.0 = (self.0 ^ u64::from(id)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
