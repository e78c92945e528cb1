//! When a room is saved, and what waits for it.
//!
//! That a heat is announced, called off or over is told once it is written: nobody sees an outcome that a
//! crash takes back, or a second one; and a heat that was over is recorded. For a disk that is slow or broken
//! nobody waits long.

use tokio::{
    sync::oneshot::{self, error::TryRecvError},
    time::{Duration, Instant, timeout_at},
};

use super::{saved::Effort, task::Task};
use crate::records::HeatRecord;

/// What comes together is saved together.
const WITHIN: Duration = Duration::from_millis(50);
/// While something changes all the time a room is saved this often: in a heat, and outside of one.
const EVERY_IN_HEAT: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_millis(100);
/// Copying a room and putting it into words takes one part in so many of the time at most; writing it down
/// comes on top. What takes long is saved less often, though not less often than the other.
const SHARE: u32 = 40;
const RARELY: Duration = Duration::from_secs(10);
/// A disk may take this long to write what is about to be told.
const PATIENCE: Duration = Duration::from_millis(250);

/// What has changed since the room was saved, and who waits for it.
pub(super) struct Saving {
    changed_at: Option<Instant>,
    saved_at: Option<Instant>,
    gate: Gate,
    /// Heats that are over, to be saved with the state in which they are.
    heats: Vec<HeatRecord>,
    pub effort: Effort,
}

enum Gate {
    /// Everything is told at once.
    Open,
    /// What is told from now on waits until this state is written, which is going to be handed over.
    Closing,
    /// It was handed over.
    Closed { written: oneshot::Receiver<()>, until: Instant },
}

impl Saving {
    /// Of a room that has just been opened.
    pub fn begin() -> Saving {
        Saving {
            changed_at: Some(Instant::now()),
            saved_at: None,
            gate: Gate::Open,
            heats: Vec::new(),
            effort: Effort::default(),
        }
    }

    /// Something has changed.
    pub fn soon(&mut self) {
        if self.changed_at.is_none() {
            self.changed_at = Some(Instant::now());
        }
    }

    /// Something has changed that is told only when it is written.
    pub fn first(&mut self) {
        self.gate = Gate::Closing;
    }

    /// A heat is over.
    pub fn record(&mut self, heat: HeatRecord) {
        self.heats.push(heat);
    }

    /// Whether what is told now waits.
    pub fn is_first(&self) -> bool {
        !matches!(self.gate, Gate::Open)
    }

    /// Waits until [`is_settled`](Saving::is_settled) is to be asked.
    pub async fn written(&mut self) {
        match &mut self.gate {
            Gate::Closed { written, until } => drop(timeout_at(*until, written).await),
            Gate::Open | Gate::Closing => std::future::pending().await,
        }
    }

    /// Whether what was handed over is written, or was waited for for long enough.
    fn is_settled(&mut self, now: Instant) -> bool {
        match &mut self.gate {
            // An error is that it could not be written: races go on.
            Gate::Closed { written, until } => {
                *until <= now || !matches!(written.try_recv(), Err(TryRecvError::Empty))
            }
            Gate::Open | Gate::Closing => false,
        }
    }
}

/// From one time that a room is saved to the next, when the last one took so much.
fn pause(is_heat: bool, effort: Duration) -> Duration {
    let every = if is_heat { EVERY_IN_HEAT } else { EVERY };
    every.max((effort * SHARE).min(RARELY))
}

impl Task {
    /// When the room is saved next.
    pub(super) fn saves_at(&self) -> Option<Instant> {
        let every = pause(self.race.phase().is_heat(), self.saving.effort.last());
        let soon = self.saving.changed_at? + WITHIN;
        Some(self.saving.saved_at.map_or(soon, |saved_at| soon.max(saved_at + every)))
    }

    /// Hands the newest state over to be written, if it is time, and tells what waited for that.
    pub(super) fn save_if_due(&mut self, now: Instant) {
        if self.saving.is_settled(now) {
            self.tell_what_waited();
        }
        if matches!(self.saving.gate, Gate::Closing) {
            match self.save() {
                Some(written) => self.saving.gate = Gate::Closed { written, until: now + PATIENCE },
                None => self.tell_what_waited(),
            }
        } else if self.saves_at().is_some_and(|due| due <= now) {
            self.save();
        }
    }

    /// Hands the newest state over; what is given back tells when it is written, if anything can be.
    pub(super) fn save(&mut self) -> Option<oneshot::Receiver<()>> {
        let now = Instant::now();
        (self.saving.changed_at, self.saving.saved_at) = (None, Some(now));
        let heats = std::mem::take(&mut self.saving.heats);
        let written = self.house.saves.save(self.handle.id(), self.saved(), heats);
        self.house.metrics.snapshot.record(now.elapsed());
        written
    }

    /// Tells from now on only what is written.
    pub(super) fn save_first(&mut self) {
        self.saving.first();
        self.console.hold();
        self.play.hold();
        // Whose turn has not come yet would be told in it what is not written.
        self.updates.drop_queue();
    }

    /// What was held back is written.
    pub(super) fn tell_what_waited(&mut self) {
        self.saving.gate = Gate::Open;
        self.console.release(&self.house.endpoint);
        self.play.release(&self.house.endpoint);
        if self.race.phase().is_heat() {
            self.tell_teams_to_phones();
        } else {
            self.tell_results_to_phones();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_to_save_is_saved_less_often_and_yet_every_ten_seconds() {
        let pauses = |is_heat| {
            [0, 2, 20, 100, 1000].map(|effort| pause(is_heat, Duration::from_millis(effort)).as_millis())
        };
        assert_eq!(pauses(false), [100, 100, 800, 4000, 10_000]);
        assert_eq!(pauses(true), [1000, 1000, 1000, 4000, 10_000]);
    }

    fn handed_over() -> (oneshot::Sender<()>, Saving) {
        let (sender, written) = oneshot::channel();
        let gate = Gate::Closed { written, until: Instant::now() + PATIENCE };
        (sender, Saving { gate, ..Saving::begin() })
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_handed_over_is_settled_once_it_is_written_or_cannot_be_or_takes_too_long() {
        let now = Instant::now();
        let (writing, mut saving) = handed_over();
        assert!(!saving.is_settled(now) && saving.is_settled(now + PATIENCE));
        assert!(writing.send(()).is_ok() && saving.is_settled(now));
        let (writing, mut saving) = handed_over();
        drop(writing);
        assert!(saving.is_settled(now));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_waited_for_is_settled_also_for_who_asks_afterwards() {
        let (writing, mut saving) = handed_over();
        assert!(writing.send(()).is_ok());
        saving.written().await;
        assert!(saving.is_settled(Instant::now()));
        let (_writing, mut saving) = handed_over();
        saving.written().await;
        assert!(saving.is_settled(Instant::now()));
    }
}
