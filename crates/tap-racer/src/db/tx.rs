//! Transactions that write, one after the other where the database takes no more.

use std::ops::{Deref, DerefMut};

use sqlx::{Any, AnyConnection, Executor, pool::PoolConnection};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use super::{Db, DbError, Source, open};

/// What writes, as [`Db::begin`] begins it; undone when it is dropped before its end.
///
/// sqlx's own transaction counts what it began and ended, and is wrong for good about a connection on
/// which SQLite has ended one by itself, as it does on a full disk. A connection of one that was not
/// committed is closed here: that undoes it, whatever became of it.
pub struct Tx {
    connection: PoolConnection<Any>,
    is_committed: bool,
    /// After the connection, which is let go of first.
    _turn: OwnedSemaphorePermit,
}

impl Db {
    /// Begins a transaction that will write: of two on SQLite the second waits here, and not half-way
    /// through. On PostgreSQL rows that are read to be written must be locked first, by an `UPDATE`.
    ///
    /// # Errors
    /// When there is no connection, or none comes free in time.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        let pool = self.pool()?;
        // Who waits for its turn keeps no connection from who reads.
        let turn = timeout(open::PATIENCE, self.shared.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let mut tx = Tx { connection: pool.acquire().await?, is_committed: false, _turn: turn };
        tx.execute(match self.shared.source {
            Source::Sqlite(_) => "BEGIN IMMEDIATE",
            Source::Postgres(_) => "BEGIN",
        })
        .await?;
        Ok(tx)
    }
}

impl Tx {
    /// Makes it last.
    ///
    /// # Errors
    /// When that cannot be; then nothing of it is there, but for a connection that broke in the middle.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.execute("COMMIT").await?;
        self.is_committed = true;
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if !self.is_committed {
            self.connection.close_on_drop();
        }
    }
}

impl Deref for Tx {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}
