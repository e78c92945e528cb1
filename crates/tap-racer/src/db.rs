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
mod migrate;
mod open;
mod source;
#[cfg(test)]
pub mod test;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use sqlx::{Any, AnyPool, Transaction};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tracing::{error, info};

pub use error::DbError;
pub use source::{BadDatabaseUrl, DatabaseUrl, Source};

/// Between two tries to open a database that cannot be opened.
const RETRY: Duration = Duration::from_secs(1);
/// A connection that is in use is let go of within this time when the server stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// A transaction, as [`Db::begin`] begins it.
pub type Tx = Transaction<'static, Any>;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    source: Source,
    /// Set once it could be opened.
    pool: OnceLock<AnyPool>,
    /// The task that tries to.
    opening: parking_lot::Mutex<Option<JoinHandle<()>>>,
}

impl Db {
    /// Opens the database and brings its tables up to date; where that cannot be done now, it is tried
    /// again in the background.
    ///
    /// # Errors
    /// [`DbError::Newer`] alone: its tables are those of a newer version of this program.
    pub async fn open(source: Source) -> Result<Db, DbError> {
        let db =
            Db { shared: Arc::new(Shared { source, pool: OnceLock::new(), opening: Default::default() }) };
        match db.try_to_open().await {
            Ok(()) => {}
            Err(newer @ DbError::Newer(_)) => return Err(newer),
            Err(error) => {
                db.tell(&error);
                let opening = tokio::spawn(db.clone().keep_trying());
                *db.shared.opening.lock() = Some(opening);
            }
        }
        Ok(db)
    }

    /// The same for a command that needs the database now.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub async fn open_now(source: Source) -> Result<Db, DbError> {
        let db =
            Db { shared: Arc::new(Shared { source, pool: OnceLock::new(), opening: Default::default() }) };
        db.try_to_open().await?;
        Ok(db)
    }

    /// The connections, each for a query or a few that need not be one.
    ///
    /// # Errors
    /// While it could not be opened.
    pub fn pool(&self) -> Result<&AnyPool, DbError> {
        self.shared.pool.get().ok_or(DbError::Unavailable)
    }

    /// Begins a transaction that will write: of two on SQLite the second waits here, and not half-way
    /// through. On PostgreSQL rows that are read to be written must be locked first, by an `UPDATE`.
    ///
    /// # Errors
    /// When there is no connection, or none comes free in time.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        let pool = self.pool()?;
        Ok(match self.shared.source {
            Source::Sqlite(_) => pool.begin_with("BEGIN IMMEDIATE").await?,
            Source::Postgres(_) => pool.begin().await?,
        })
    }

    /// Which database this is.
    pub fn source(&self) -> &Source {
        &self.shared.source
    }

    /// Lets go of it.
    pub async fn close(&self) {
        if let Some(opening) = self.shared.opening.lock().take() {
            opening.abort();
        }
        if let Some(pool) = self.shared.pool.get() {
            // Who still has a connection by then has been told to stop.
            let _ = timeout(FAREWELL, pool.close()).await;
        }
    }

    async fn try_to_open(&self) -> Result<(), DbError> {
        let pool = open::pool(&self.shared.source).await?;
        // Only one task tries.
        let _ = self.shared.pool.set(pool);
        Ok(())
    }

    async fn keep_trying(self) {
        loop {
            sleep(RETRY).await;
            // The first failure was told, and another one is no news.
            if self.try_to_open().await.is_ok() {
                info!(database = %self.shared.source, "accounts are available again");
                return;
            }
        }
    }

    fn tell(&self, error: &DbError) {
        let reason = error as &dyn std::error::Error;
        let database = &self.shared.source;
        match (error, database) {
            (DbError::Corrupt(_), Source::Sqlite(_)) => error!(
                %database, reason,
                "the database of accounts is damaged: races go on without accounts; stop the server, move the \
                 file away, and bring a backup back with tap-racer restore"
            ),
            _ => error!(%database, reason, "accounts are unavailable: races go on without them"),
        }
    }
}
