//! The task that takes heats out of the outbox.

use std::time::Duration;

use metrics::counter;
use thiserror::Error;
use tokio::{
    sync::oneshot,
    task::{JoinHandle, spawn_blocking},
    time::{MissedTickBehavior, interval, sleep},
};
use tracing::{error, warn};

use super::{HeatRecord, Records, judge, sweep, write};
use crate::{
    clock,
    db::{Db, DbError},
    rooms::Rooms,
    store::{Handled, HeatRow, Saves},
};

/// Between two tries to write one heat: the first time, and the longest.
const RETRY: Duration = Duration::from_millis(200);
const LONGEST_RETRY: Duration = Duration::from_secs(10);
/// A heat that the database refuses, for no fault of the disk's or the line's, is tried so often.
const TRIES: u32 = 5;
/// Between two looks for what need not be kept.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// The task, and the way to end it.
pub struct Recorder {
    stop: oneshot::Sender<()>,
    recording: JoinHandle<()>,
}

struct Task {
    saves: Saves,
    db: Db,
    records: Records,
    rooms: Rooms,
}

/// Why a heat cannot be recorded, whenever it is tried.
#[derive(Debug, Error)]
enum NotWritten {
    #[error("it cannot be judged: {0}")]
    Panic(String),
    #[error(transparent)]
    Refused(DbError),
}

impl Recorder {
    /// Begins to record what rooms have finished, and what an earlier process has left.
    pub fn start(saves: Saves, db: Db, records: Records, rooms: Rooms) -> Recorder {
        let (stop, stopped) = oneshot::channel();
        let task = Task { saves, db, records, rooms };
        let until_stopped = async move {
            tokio::select! {
                biased;
                // Also when the handle is dropped: nobody could stop it any more.
                _ = stopped => {}
                () = task.record_all() => {}
                () = task.sweep_all() => {}
            }
        };
        Recorder { stop, recording: tokio::spawn(until_stopped) }
    }

    /// Stops. A heat that is being written is written or not: if it is and its place in the outbox is not
    /// given up, the next process finds it recorded.
    pub async fn close(self) {
        let _ = self.stop.send(());
        let _ = self.recording.await;
    }
}

impl Task {
    async fn record_all(&self) {
        let mut before = None;
        loop {
            match self.saves.next_heat(before.take()).await {
                Some(heat) => before = Some(self.handle(heat).await),
                None => self.saves.heat_written().await,
            }
        }
    }

    /// Writes a heat, however long it takes; what cannot be written is set aside.
    async fn handle(&self, HeatRow { id, record, .. }: HeatRow) -> Handled {
        let reason = match serde_json::from_slice::<HeatRecord>(&record) {
            Ok(heat) => match self.write(heat).await {
                Ok(()) => return Handled::Recorded { id },
                Err(error) => error.to_string(),
            },
            Err(error) => error.to_string(),
        };
        error!(heat = id, reason, "a heat cannot be recorded and is set aside");
        counter!("tap_racer_heats_dropped_total").increment(1);
        Handled::SetAside { id, reason }
    }

    /// Tries until it succeeds, or it is clear that it never will.
    async fn write(&self, heat: HeatRecord) -> Result<(), NotWritten> {
        let judging = spawn_blocking(move || {
            let judged: Vec<_> = heat.runs.iter().map(|run| judge::judge(&heat, run)).collect();
            (heat, judged)
        });
        let (heat, judged) = match judging.await {
            Ok(judged) => judged,
            Err(error) if error.is_panic() => return Err(NotWritten::Panic(error.to_string())),
            // With the runtime.
            Err(_) => return std::future::pending().await,
        };
        let mut refused = 0;
        let mut pause = RETRY;
        loop {
            match self.db.within(write::write(&self.db, &heat, &judged, clock::wall_clock())).await {
                Ok(recorded) => {
                    // One that was recorded before has been told of.
                    if let Some(recorded) = recorded {
                        counter!("tap_racer_heats_recorded_total").increment(1);
                        self.rooms.tell_recorded(&recorded);
                        self.records.announce(recorded);
                    }
                    return Ok(());
                }
                Err(error) => {
                    self.db.note(&error);
                    refused += u32::from(!error.is_passing());
                    if refused == TRIES {
                        return Err(NotWritten::Refused(error));
                    }
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_RETRY);
        }
    }

    async fn sweep_all(&self) {
        let mut hours = interval(SWEEP);
        hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            hours.tick().await;
            if let Err(error) = sweep::sweep(&self.db, clock::wall_clock()).await {
                self.db.note(&error);
                let reason: &dyn std::error::Error = &error;
                warn!(reason, "what need not be kept is not deleted: it is tried again in an hour");
            }
        }
    }
}
