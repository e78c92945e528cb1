//! Boards that somebody looks at.

use std::{sync::Arc, time::Duration};

use ::channels::Payload;
use parking_lot::Mutex;
use tokio::{
    sync::Notify,
    task::AbortHandle,
    time::{sleep, timeout},
};
use tracing::error;

use super::{Board, Boards, Period, SHOWN, Shared};
use crate::records::RulesKey;

/// Nobody is told more often.
const PAUSE: Duration = Duration::from_secs(1);
/// And what nobody told us is seen this soon.
const LOOK: Duration = Duration::from_secs(60);
/// More boards than these are not kept up to date at once: people look at few, and whoever opens thousands
/// is up to something.
const MOST: usize = 1000;

/// A board that is kept up to date.
pub(super) struct Live {
    /// How many look at it.
    watches: usize,
    state: Arc<State>,
    task: AbortHandle,
}

#[derive(Default)]
struct State {
    changed: Notify,
    /// What was told last, and how often anything was.
    told: Mutex<(u64, Option<Payload>)>,
}

/// Somebody looks at a board. It is kept up to date until the last one who does drops theirs.
pub struct Watch {
    boards: Boards,
    topic: String,
    state: Arc<State>,
    seen: u64,
}

impl Boards {
    /// Begins to look at a board. Its topic is told the event `board` whenever it changes. Nothing, when too
    /// many boards are looked at: then it stays as it was opened.
    pub fn watch(&self, board: &Board) -> Option<Watch> {
        let topic = board.topic();
        let mut live = self.shared.live.lock();
        if live.len() >= MOST && !live.contains_key(&topic) {
            return None;
        }
        let entry = live.entry(topic.clone()).or_insert_with(|| {
            let state = Arc::new(State::default());
            let task = tokio::spawn(keep_up(self.shared.clone(), board.clone(), state.clone()));
            Live { watches: 0, state, task: task.abort_handle() }
        });
        entry.watches += 1;
        let state = entry.state.clone();
        let seen = state.told.lock().0;
        Some(Watch { boards: self.clone(), topic, state, seen })
    }

    /// Runs by these rules were recorded, which may stand on a board.
    pub fn changed(&self, key: &RulesKey) {
        let live = self.shared.live.lock();
        for period in Period::EACH {
            if let Some(live) = live.get(&Board { key: key.clone(), period }.topic()) {
                live.state.changed.notify_one();
            }
        }
    }
}

#[cfg(test)]
impl Boards {
    /// How many boards are kept up to date.
    pub fn looked_at(&self) -> usize {
        self.shared.live.lock().len()
    }
}

impl Watch {
    /// The board as it was told last, if it was told since the look began: who reads it in between, and
    /// only then hears of changes, has missed that.
    pub fn missed(&self) -> Option<Payload> {
        let told = self.state.told.lock();
        told.1.clone().filter(|_| told.0 != self.seen)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut live = self.boards.shared.live.lock();
        if let Some(board) = live.get_mut(&self.topic) {
            board.watches -= 1;
            if board.watches == 0 {
                board.task.abort();
                live.remove(&self.topic);
            }
        }
    }
}

async fn keep_up(shared: Arc<Shared>, board: Board, state: Arc<State>) {
    let topic = board.topic();
    let mut place = shared.place(&board);
    let mut shown = None;
    loop {
        if place == shared.place(&board) {
            // The day ends a little late rather than a little early.
            let rest = Period::rest_at((shared.now)()) + Duration::from_millis(1);
            let _ = timeout(LOOK.min(rest), state.changed.notified()).await;
        }
        place = shared.place(&board);
        match shared.top(&board, SHOWN).await.map(|top| Payload::json(&top)) {
            Ok(Ok(top)) => tell(&shared, &topic, &state, &mut shown, top),
            Ok(Err(error)) => error!(%error, topic, "a board has no JSON form"),
            // Whoever opens it is told so; who looks at it sees what it was.
            Err(error) => shared.db.note(&error),
        }
        sleep(PAUSE).await;
    }
}

/// Tells everybody, unless they know.
fn tell(shared: &Shared, topic: &str, state: &State, shown: &mut Option<String>, top: Payload) {
    let text = top.as_json().map(str::to_owned);
    if *shown == text {
        return;
    }
    *shown = text;
    {
        let (times, latest) = &mut *state.told.lock();
        *times += 1;
        *latest = Some(top.clone());
    }
    // Whatever is a payload can be one.
    let _ = shared.endpoint.broadcast_conflated(topic, "board", top);
}
