//! Who is the fastest: a board for each kind of rules and each [`Period`], on which every account stands
//! with its best run.
//!
//! The tables are filled as heats are recorded (`records`). Here they are read; and a board that somebody
//! looks at is kept up to date for them. Each such board has one task, which reads it when something has
//! been recorded, at midnight, and once in a while (what is deleted, and what another process records, is
//! not told), and tells all who look at it when it is another one: encoded once, and once a second at most.

mod live;
mod period;
mod read;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::Arc};

use ::channels::Endpoint;
use parking_lot::Mutex;
use race::Millis;

use crate::{
    accounts::AccountId,
    db::{Db, DbError},
    records::RulesKey,
    wire::{BoardOpened, EntryJson, KindJson, RulesJson, TopJson},
};

pub use live::Watch;
pub use period::Period;

use live::Live;
use read::Place;

/// As many of the best are shown, unless fewer are asked for.
pub const SHOWN: i64 = 50;

/// One board: a kind of rules, and of which runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// The rules.
    pub key: RulesKey,
    /// Of when.
    pub period: Period,
}

impl Board {
    /// The board of a topic `board:<KEY>:<period>`.
    pub fn of_topic(topic: &str) -> Option<Board> {
        let (key, period) = topic.strip_prefix("board:")?.rsplit_once(':')?;
        Some(Board { key: key.parse().ok()?, period: Period::parse(period)? })
    }

    /// The topic of those who look at it.
    pub fn topic(&self) -> String {
        format!("board:{}:{}", self.key, self.period.as_str())
    }
}

/// All boards. Cheap to clone.
#[derive(Clone)]
pub struct Boards {
    shared: Arc<Shared>,
}

struct Shared {
    db: Db,
    endpoint: Endpoint,
    /// People's clocks, by which heats are recorded.
    now: fn() -> Millis,
    /// Those that somebody looks at, by topic. Held for a look, never while anything is awaited.
    live: Mutex<HashMap<String, Live>>,
}

impl Boards {
    /// Those of a database. They go by `now`, the clock by which heats are recorded.
    pub fn new(db: Db, endpoint: &Endpoint, now: fn() -> Millis) -> Boards {
        let endpoint = endpoint.clone();
        Boards { shared: Arc::new(Shared { db, endpoint, now, live: Mutex::default() }) }
    }

    /// Kinds of rules that have one, those that are raced most first.
    ///
    /// # Errors
    /// While the database is away.
    pub async fn kinds(&self) -> Result<Vec<KindJson>, DbError> {
        let db = &self.shared.db;
        db.within(async { read::kinds(db.pool()?).await }).await
    }

    /// A board, for whoever asks.
    ///
    /// # Errors
    /// While the database is away.
    pub async fn open(
        &self,
        board: &Board,
        most: i64,
        me: Option<AccountId>,
    ) -> Result<BoardOpened, DbError> {
        let top = self.shared.top(board, most).await?;
        let me = match me {
            Some(me) => self.own(board, me).await?,
            None => None,
        };
        let rules = RulesJson(board.key.rules().clone());
        Ok(BoardOpened { key: board.key.to_string(), rules, period: board.period.as_str(), top, me })
    }

    /// Where an account stands, if it does.
    ///
    /// # Errors
    /// While the database is away.
    pub async fn own(&self, board: &Board, me: AccountId) -> Result<Option<EntryJson>, DbError> {
        let db = &self.shared.db;
        db.within(async { read::own(db.pool()?, &self.shared.place(board), me).await }).await
    }
}

impl Shared {
    fn place(&self, board: &Board) -> Place {
        Place::at(&board.key, board.period, (self.now)())
    }

    async fn top(&self, board: &Board, most: i64) -> Result<TopJson, DbError> {
        self.db.within(self.read(board, most)).await
    }

    async fn read(&self, board: &Board, most: i64) -> Result<TopJson, DbError> {
        let (pool, place) = (self.db.pool()?, self.place(board));
        let entries = read::top(pool, &place, most).await?;
        // Who does not fill it need not be counted.
        let shown = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let of = if shown < most { shown } else { read::count(pool, &place).await? };
        Ok(TopJson { entries, of })
    }
}
