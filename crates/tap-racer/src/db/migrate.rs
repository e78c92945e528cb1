//! The tables, step by step. Forward only: a step that was ever released stays as it is.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};
use sqlx::{
    AnyConnection, Executor, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};
use tokio::time::sleep;

use super::{DbError, Source, error};

/// Between two looks whether somebody else has brought the tables up to date.
const LOOK: Duration = Duration::from_millis(50);

/// A name, and what it is for SQLite and for PostgreSQL.
const STEPS: &[(&str, &str, &str)] =
    &[("accounts", include_str!("sqlite/0001_accounts.sql"), include_str!("postgres/0001_accounts.sql"))];

/// Of the tables, as this program makes them.
pub fn version() -> i64 {
    STEPS.len() as i64
}

/// Brings the tables up to date. Of two processes that do so at once the second finds it done.
///
/// # Errors
/// [`DbError::Newer`] when they are ahead of this program.
pub(super) async fn run(source: &Source, connection: &mut AnyConnection) -> Result<(), DbError> {
    let _lock = match source {
        Source::Sqlite(path) => Some(lock(path.with_extension("db-migrating")).await?),
        // There the migrator takes an advisory lock. The server must not wait for it on behalf of somebody
        // who has given up.
        Source::Postgres(_) => {
            connection.execute("SET lock_timeout = '20s'").await?;
            None
        }
    };
    // `run` asks for a connection of every lifetime, which no spawned task can give.
    let done = migrator(source).run_direct(None, connection, false).await;
    done.map_err(|error| error::of_migration(&source.to_string(), error))
}

fn migrator(source: &Source) -> Migrator {
    let migration =
        |((name, sqlite, postgres), version): (&(&'static str, &'static str, &'static str), i64)| {
            let sql = match source {
                Source::Sqlite(_) => *sqlite,
                Source::Postgres(_) => *postgres,
            };
            Migration::new(version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
        };
    Migrator::with_migrations(STEPS.iter().zip(1..).map(migration).collect())
}

/// The system lets go of it with the file, whatever becomes of the process. Who waits for it may give up at any
/// time: nothing blocks.
async fn lock(path: std::path::PathBuf) -> Result<File, DbError> {
    let io = |source| DbError::Io { path: path.clone(), source };
    let file = open(&path).map_err(io)?;
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(Errno::WOULDBLOCK | Errno::INTR) => sleep(LOOK).await,
            Err(error) => return Err(io(error.into())),
        }
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}
