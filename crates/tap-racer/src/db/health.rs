//! Whether the database does what is asked of it: told once when it does not any more, and once when it
//! does again.

use std::sync::atomic::Ordering;

use metrics::{counter, gauge};
use sqlx::{Connection, query};
use tokio::{task::JoinHandle, time::sleep};
use tracing::{error, info};

use super::{Db, DbError, RETRY, Source, Tx, open};

/// What is done about a database that fails.
pub(super) struct Mending {
    /// Tries again.
    pub task: JoinHandle<()>,
    /// Kinds of failures.
    told: Vec<&'static str>,
}

impl Db {
    /// Takes note of what somebody's wish failed for, which is no duplicate and no orphan: it is counted,
    /// and logged if it is news. Whoever refuses a wish calls this.
    pub fn note(&self, failure: &DbError) {
        counter!("tap_racer_database_errors_total", "kind" => failure.kind()).increment(1);
        match failure {
            // That has been told.
            DbError::Unavailable => {}
            DbError::Other(_) | DbError::Newer(_) | DbError::Older(_) => {
                let reason = failure as &dyn std::error::Error;
                error!(database = %self.shared.source, reason, "the database refuses what was asked of it");
            }
            _ => self.fail(failure),
        }
    }

    /// Whether accounts can be used, as far as is known.
    pub fn is_available(&self) -> bool {
        let mends = |mending: &Mending| !mending.task.is_finished();
        self.pool().is_ok() && !self.shared.mending.lock().as_ref().is_some_and(mends)
    }

    pub(super) fn fail(&self, failure: &DbError) {
        let mut mending = self.shared.mending.lock();
        if self.is_damaged() {
            return;
        }
        if let Some(mending) = mending.as_mut().filter(|mending| !mending.task.is_finished()) {
            return self.tell_another(mending, failure);
        }
        gauge!("tap_racer_accounts_available").set(0.0);
        if self.is_lost(failure) {
            return;
        }
        let reason = failure as &dyn std::error::Error;
        error!(database = %self.shared.source, reason, "accounts are unavailable: races go on without them");
        let task = tokio::spawn(self.clone().keep_trying());
        *mending = Some(Mending { task, told: vec![failure.kind()] });
    }

    /// An outage may have several causes, or turn into another one: each is told once.
    fn tell_another(&self, mending: &mut Mending, failure: &DbError) {
        if !mending.told.contains(&failure.kind()) && !self.is_lost(failure) {
            mending.told.push(failure.kind());
            let reason = failure as &dyn std::error::Error;
            error!(database = %self.shared.source, reason, "the database still fails, for another reason");
        }
    }

    /// Whether nothing but a backup helps; then it is left alone.
    fn is_lost(&self, failure: &DbError) -> bool {
        let (DbError::Corrupt(_), Source::Sqlite(path)) = (failure, &self.shared.source) else {
            return false;
        };
        let reason = failure as &dyn std::error::Error;
        error!(
            database = %path.display(), reason,
            "the database of accounts is damaged: races go on without accounts; stop the server, move the file \
             away, and bring a backup back with tap-racer restore"
        );
        self.shared.damaged.store(true, Ordering::Relaxed);
        true
    }

    async fn keep_trying(self) {
        loop {
            sleep(RETRY).await;
            match self.try_again().await {
                Ok(()) => {
                    info!(database = %self.shared.source, "accounts are available again");
                    return gauge!("tap_racer_accounts_available").set(1.0);
                }
                Err(failure) if self.is_lost(&failure) => return,
                Err(failure) => {
                    if let Some(mending) = &mut *self.shared.mending.lock() {
                        self.tell_another(mending, &failure);
                    }
                }
            }
        }
    }

    async fn try_again(&self) -> Result<(), DbError> {
        if self.shared.pool.get().is_none() {
            return self.try_to_open().await;
        }
        self.within(async {
            // What keeps a pool from connecting it does not say.
            open::connect(&self.shared.source).await?.close().await?;
            let mut tx = self.begin().await?;
            write_nothing(&mut tx).await?;
            Ok(tx.commit().await?)
        })
        .await
    }
}

/// A row that nobody ever sees.
async fn write_nothing(tx: &mut Tx) -> sqlx::Result<()> {
    query("INSERT INTO boards (key, runs) VALUES ('', 0)").execute(&mut **tx).await?;
    query("DELETE FROM boards WHERE key = ''").execute(&mut **tx).await?;
    Ok(())
}
