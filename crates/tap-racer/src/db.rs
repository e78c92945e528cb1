//! The database of accounts: SQLite in the data folder, or PostgreSQL. One code path serves both, through
//! sqlx's `Any` driver.
//!
//! Here are connections, migrations and errors, and nothing of what the tables mean. What holds in all
//! queries: placeholders are `$1`, `$2`, ... (SQLite takes them too); columns are integers (`i64`), texts
//! and bytes; what is true is 1; sums are `CAST(SUM(x) AS BIGINT)`; a new row's id comes by `RETURNING`;
//! times are Unix milliseconds.
//!
//! A database that cannot be opened keeps nobody from racing: it is tried again and again, and until
//! then everything that needs it is told [`DbError::Unavailable`].

mod error;
mod health;
mod migrate;
mod open;
mod source;
#[cfg(test)]
pub mod test;
#[cfg(test)]
mod tests;
mod tx;

use std::{
    io::ErrorKind,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use metrics::gauge;
use parking_lot::Mutex;
use sqlx::AnyPool;
use tokio::{sync::Semaphore, time::timeout};

use health::Mending;

pub use error::DbError;
pub use migrate::version;
pub use open::connect_as_it_is;
pub use source::{BadDatabaseUrl, DatabaseUrl, Source};
pub use tx::Tx;

/// Between two tries to open a database that cannot be opened.
const RETRY: Duration = Duration::from_secs(1);
/// Whatever is asked of the database is answered within this time, or it is taken to be gone: of a line
/// that is dead nobody else tells.
const LONGEST: Duration = Duration::from_secs(30);
/// To open it may take longer, if its tables have to be brought up to date; a start waits as long as for
/// anything else.
const LONGEST_OPENING: Duration = Duration::from_secs(300);
/// A connection that is in use is let go of within this time when the server stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    source: Source,
    /// Of those that write at once.
    turns: Arc<Semaphore>,
    /// Set once it could be opened.
    pool: OnceLock<AnyPool>,
    /// Set for good when it is found to be damaged: what is written to it then may make it worse.
    damaged: AtomicBool,
    /// The task that tries again, while it is not open or does not do what is asked of it.
    mending: Mutex<Option<Mending>>,
}

impl Db {
    /// Opens the database and brings its tables up to date; where that cannot be done now, it is tried
    /// again in the background.
    ///
    /// # Errors
    /// [`DbError::Newer`] alone: its tables are those of a newer version of this program.
    pub async fn open(source: Source) -> Result<Db, DbError> {
        let db = Db::new(source);
        match within(LONGEST, db.try_to_open()).await {
            Err(newer @ DbError::Newer(_)) => return Err(newer),
            Err(error) => db.fail(&error),
            Ok(()) => gauge!("tap_racer_accounts_available").set(1.0),
        }
        Ok(db)
    }

    /// The same for a command that needs the database now.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub async fn open_now(source: Source) -> Result<Db, DbError> {
        let db = Db::new(source);
        db.try_to_open().await?;
        Ok(db)
    }

    fn new(source: Source) -> Db {
        let turns = Arc::new(Semaphore::new(open::writers(&source)));
        let (pool, damaged, mending) = Default::default();
        Db { shared: Arc::new(Shared { source, turns, pool, damaged, mending }) }
    }

    /// The connections, each for a query or a few that need not be one.
    ///
    /// # Errors
    /// While it could not be opened, or when it is damaged.
    pub fn pool(&self) -> Result<&AnyPool, DbError> {
        if self.is_damaged() {
            return Err(DbError::Unavailable);
        }
        self.shared.pool.get().ok_or(DbError::Unavailable)
    }

    /// Which database this is.
    pub fn source(&self) -> &Source {
        &self.shared.source
    }

    /// What is asked of the database, which is given up after a while: a server that has fallen silent keeps
    /// nobody waiting, and no connection.
    ///
    /// # Errors
    /// Those of `asking`, and [`DbError::Unreachable`] when it takes too long.
    pub async fn within<T, E: From<DbError>>(
        &self,
        asking: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        within(LONGEST, asking).await
    }

    /// Lets go of it.
    pub async fn close(&self) {
        if let Some(mending) = self.shared.mending.lock().take() {
            mending.task.abort();
        }
        if let Some(pool) = self.shared.pool.get() {
            // Who still has a connection by then has been told to stop.
            let _ = timeout(FAREWELL, pool.close()).await;
        }
    }

    fn is_damaged(&self) -> bool {
        self.shared.damaged.load(Ordering::Relaxed)
    }

    async fn try_to_open(&self) -> Result<(), DbError> {
        let pool = within(LONGEST_OPENING, open::pool(&self.shared.source)).await?;
        // Only one task tries.
        let _ = self.shared.pool.set(pool);
        Ok(())
    }
}

async fn within<T, E: From<DbError>>(
    longest: Duration,
    asking: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let silent = |_| Err(DbError::Unreachable(sqlx::Error::Io(ErrorKind::TimedOut.into())).into());
    timeout(longest, asking).await.unwrap_or_else(silent)
}
