//! What outlives the process: the rooms, in an SQLite database in the data folder.
//!
//! Rooms hand their newest state to [`Saves`] and never wait; one task writes it down. With it go the heats
//! that are over: they stay in the [`outbox`] until they are recorded elsewhere. Here are rows and files, and
//! nothing of what the rows mean.

mod keeper;
mod lock;
mod outbox;
mod saves;
#[cfg(test)]
mod tests;

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use race::Millis;
use sqlx::{
    ConnectOptions, Connection, Row, SqlSafeStr, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous},
};
use thiserror::Error;
use tokio::task::spawn_blocking;
use tracing::error;

use crate::clock;

pub use keeper::Keeper;
pub use lock::DataLock;
pub use outbox::{Handled, HeatRow};
pub use saves::Saves;

/// The database, which no other process has open.
pub struct Store {
    connection: SqliteConnection,
    path: PathBuf,
    lock: DataLock,
}

/// A room as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRow {
    /// Its code; empty for the house room.
    pub id: String,
    /// When it was made.
    pub made: Millis,
    /// When this was written.
    pub saved_at: Millis,
    /// Of the form of `state`.
    pub version: i64,
    /// JSON, as far as it is in order.
    pub state: Vec<u8>,
}

/// What is new of one room.
#[derive(Clone, Debug)]
pub enum Change {
    /// The newest state, instead of any older one.
    Save(RoomRow),
    /// The room has ended.
    Remove {
        /// Its code.
        id: String,
    },
}

/// Why the database cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another server runs on this folder.
    #[error("{} is in use by another tap-racer: give this one a folder of its own with --data", .0.display())]
    InUse(PathBuf),
    /// It is no database, or a damaged one.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// A newer version of the program has written it.
    #[error("{} was written by a newer version of this program: run that one, or move the file away", .0.display())]
    Newer(PathBuf),
    /// Missing rights, a full disk, ...
    #[error("cannot use {}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Likewise, as the database says it.
    #[error(transparent)]
    Database(sqlx::Error),
}

impl Change {
    fn id(&self) -> &str {
        match self {
            Change::Save(row) => &row.id,
            Change::Remove { id } => id,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        // https://sqlite.org/rescode.html: SQLITE_CORRUPT and SQLITE_NOTADB, in the lowest byte.
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
        match code.map(|code| code & 0xff) {
            Some(11 | 26) => StoreError::Corrupt(error.to_string()),
            _ => StoreError::Database(error),
        }
    }
}

impl Store {
    /// Opens the database in the data folder, makes it if there is none, and brings it up to date. A
    /// damaged one is moved aside, and a new one begins.
    ///
    /// # Errors
    /// When it cannot be read and written, or is too new.
    pub async fn open(data: &Path) -> Result<Store, StoreError> {
        let folder = data.to_owned();
        let lock = on_disk(move || DataLock::take(&folder)).await?;
        let path = data.join("tap-racer.db");
        let connection = match connect(&path).await {
            Err(StoreError::Corrupt(reason)) => {
                let moved_to = move_aside(&path).await?;
                let moved_to = moved_to.display();
                error!(reason, %moved_to, "the database is damaged and was moved aside; all rooms begin anew");
                connect(&path).await?
            }
            opened => opened?,
        };
        Ok(Store { connection, path, lock })
    }

    /// Moves this one aside, which has turned out to be damaged, and makes a new one, without rooms; and gives
    /// the heats that waited in it, as far as they can still be read.
    pub async fn begin_anew(mut self, reason: &str) -> (Vec<HeatRow>, Result<Store, StoreError>) {
        let heats = self.readable_heats().await;
        let Store { connection, path, lock } = self;
        // Before the file is moved: in closing, its log is removed by name.
        let _ = connection.close().await;
        let begun = async {
            let moved_to = move_aside(&path).await?;
            let moved_to = moved_to.display();
            error!(reason, %moved_to, "the database is damaged and was moved aside; all rooms are saved anew");
            let connection = connect(&path).await?;
            Ok(Store { connection, path, lock })
        };
        (heats, begun.await)
    }

    /// Writes all of it down, or nothing: rooms, the heats that are over, and which of those of before were
    /// handled.
    ///
    /// # Errors
    /// A full disk, say.
    pub async fn save(
        &mut self,
        changes: impl Iterator<Item = &Change>,
        heats: &[HeatRow],
        handled: &[Handled],
    ) -> Result<(), StoreError> {
        let mut transaction = self.connection.begin().await?;
        outbox::add(&mut transaction, heats).await?;
        outbox::remove(&mut transaction, handled).await?;
        for change in changes {
            let query = match change {
                Change::Save(row) => {
                    sqlx::query("REPLACE INTO rooms (id, made, saved_at, version, state) VALUES (?, ?, ?, ?, CAST(? AS TEXT))")
                        .bind(&row.id)
                        .bind(row.made.0)
                        .bind(row.saved_at.0)
                        .bind(row.version)
                        .bind(&row.state)
                }
                Change::Remove { id } => sqlx::query("DELETE FROM rooms WHERE id = ?").bind(id),
            };
            query.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// All rooms.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn load_all(&mut self) -> Result<Vec<RoomRow>, StoreError> {
        let query = "SELECT id, made, saved_at, version, CAST(state AS BLOB) AS state FROM rooms ORDER BY id";
        let rows = sqlx::query(query).fetch_all(&mut self.connection).await?;
        Ok(rows.iter().map(RoomRow::read).collect::<Result<_, _>>()?)
    }

    /// Takes a room that cannot be restored out of those that are, and keeps it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn set_aside(&mut self, id: &str, reason: &str) -> Result<(), StoreError> {
        let mut transaction = self.connection.begin().await?;
        sqlx::query(
            "INSERT INTO set_aside SELECT id, made, saved_at, version, state, ?, ? FROM rooms WHERE id = ?",
        )
        .bind(clock::wall_clock().0)
        .bind(reason)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM rooms WHERE id = ?").bind(id).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Tidies up, and lets go of the folder.
    pub async fn close(self) {
        // Everything has been written: what is left of the log is read at the next start.
        let _ = self.connection.close().await;
    }
}

impl RoomRow {
    fn read(row: &SqliteRow) -> Result<RoomRow, sqlx::Error> {
        Ok(RoomRow {
            id: row.try_get("id")?,
            made: Millis(row.try_get("made")?),
            saved_at: Millis(row.try_get("saved_at")?),
            version: row.try_get("version")?,
            state: row.try_get("state")?,
        })
    }
}

async fn connect(path: &Path) -> Result<SqliteConnection, StoreError> {
    // SQLite would let everybody read it, and its log alike: a room's code lets people in.
    let file = path.to_owned();
    on_disk(move || {
        let made = OpenOptions::new().append(true).create(true).mode(0o600).open(&file);
        made.map(drop).map_err(|source| StoreError::Io { path: file, source })
    })
    .await?;
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        // What was written before a crash of the process is there after it, and a power cut loses the
        // latest seconds at most.
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .connect()
        .await?;
    if let Err(error) = prepare(&mut connection, path).await {
        // Before the file is moved: in closing, its log is removed by name.
        let _ = connection.close().await;
        return Err(error);
    }
    Ok(connection)
}

async fn prepare(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let checks: Vec<String> = sqlx::query_scalar("PRAGMA quick_check").fetch_all(&mut *connection).await?;
    if checks != ["ok"] {
        return Err(StoreError::Corrupt(checks.join("; ")));
    }
    // `run` asks for a connection of every lifetime, which no spawned task can give.
    migrations().run_direct(None, connection, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => {
            StoreError::Newer(path.to_owned())
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => StoreError::Database(other.into()),
    })
}

/// In the order in which they are applied, each once. One that was ever released stays as it is.
fn migrations() -> Migrator {
    let steps = [
        ("rooms", include_str!("store/0001_rooms.sql")),
        ("finished heats", include_str!("store/0002_finished_heats.sql")),
    ];
    let migration = |((name, sql), version): ((&'static str, &'static str), i64)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(steps.into_iter().zip(1..).map(migration).collect())
}

/// Moves a file that is no database out of the way, with the log that belongs to it.
async fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let path = path.to_owned();
    on_disk(move || rename_all(&path)).await
}

fn rename_all(path: &Path) -> Result<PathBuf, StoreError> {
    let beside = |suffix: &str| {
        let mut path = path.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path)
    };
    let corrupt = format!(".corrupt-{}", clock::wall_clock().0);
    for file in ["", "-wal", "-shm"] {
        let (from, to) = (beside(file), beside(&format!("{corrupt}{file}")));
        match fs::rename(&from, to) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::Io { path: from, source });
            }
            _ => {}
        }
    }
    Ok(beside(&corrupt))
}

/// A disk may be slow, and nobody else's task is to wait for it.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = spawn_blocking(work).await;
    // It panics nowhere, and is cancelled at the end of the process only.
    done.unwrap_or(Err(StoreError::Database(sqlx::Error::WorkerCrashed)))
}
