//! What can be wrong with the database, as far as anybody does something about it.

use std::{io, path::PathBuf};

use sqlx::migrate::MigrateError;
use thiserror::Error;

/// Why something could not be read or written.
#[derive(Debug, Error)]
pub enum DbError {
    /// It has not been opened yet.
    #[error("accounts are unavailable")]
    Unavailable,
    /// It is locked, or all connections are in use, for too long.
    #[error("the database is busy")]
    Busy(#[source] sqlx::Error),
    /// No space is left.
    #[error("the disk of the database is full")]
    Full(#[source] sqlx::Error),
    /// It may not be written.
    #[error("the database is read-only")]
    ReadOnly(#[source] sqlx::Error),
    /// It is no database, or a damaged one.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// A newer version of the program has made its tables.
    #[error("{0} was written by a newer version of this program: run that one")]
    Newer(String),
    /// An older version of the program has made its tables.
    #[error(
        "{0} was written by an older version of this program: start the server once, to bring it up to date"
    )]
    Older(String),
    /// The server of the database is gone, or does not let us in.
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// The file or its folder.
    #[error("cannot use {}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Anything else, as the database says it: a fault of ours.
    #[error("the database refuses")]
    Other(#[source] sqlx::Error),
}

impl DbError {
    /// Whether the same may succeed later, when somebody has looked after the database: nothing is wrong
    /// with what was asked.
    pub fn is_passing(&self) -> bool {
        !matches!(self, DbError::Other(_) | DbError::Newer(_) | DbError::Older(_))
    }

    /// All words for what may happen.
    pub(crate) const KINDS: [&str; 8] =
        ["unavailable", "busy", "full", "read-only", "damaged", "version", "unreachable", "other"];

    /// One word for it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            DbError::Unavailable => "unavailable",
            DbError::Busy(_) => "busy",
            DbError::Full(_) => "full",
            DbError::ReadOnly(_) => "read-only",
            DbError::Corrupt(_) => "damaged",
            DbError::Newer(_) | DbError::Older(_) => "version",
            DbError::Unreachable(_) | DbError::Io { .. } => "unreachable",
            DbError::Other(_) => "other",
        }
    }

    /// Whether a row was refused that is there already.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, DbError::Other(error)
            if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation))
    }

    /// Whether a row was refused for one that it belongs to and that is not there.
    pub fn is_orphan(&self) -> bool {
        matches!(self, DbError::Other(error)
            if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation))
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> DbError {
        match &error {
            sqlx::Error::PoolTimedOut => DbError::Busy(error),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => DbError::Unavailable,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => {
                DbError::Unreachable(error)
            }
            sqlx::Error::Database(told) => {
                let code = told.code().unwrap_or_default().into_owned();
                of_code(&code, error)
            }
            _ => DbError::Other(error),
        }
    }
}

/// SQLite has numbers (<https://sqlite.org/rescode.html>, the kind in the lowest byte), PostgreSQL five
/// characters (<https://www.postgresql.org/docs/current/errcodes-appendix.html>, the class in the first two).
fn of_code(code: &str, error: sqlx::Error) -> DbError {
    if code.len() == 5 {
        return match (&code[..2], code) {
            (_, "53100") => DbError::Full(error),
            // A standby, or a role without the rights to write.
            (_, "25006" | "42501") => DbError::ReadOnly(error),
            // Too many connections, a lock or a statement that took too long, a deadlock.
            (_, "53300" | "55P03" | "57014" | "40001" | "40P01") => DbError::Busy(error),
            ("08" | "28" | "57" | "58" | "53" | "3D", _) => DbError::Unreachable(error),
            // Others of this class are faults of the server, and not of what is on its disk.
            (_, "XX001" | "XX002") => DbError::Corrupt(error.to_string()),
            _ => DbError::Other(error),
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        // SQLITE_BUSY, SQLITE_LOCKED
        Ok(5 | 6) => DbError::Busy(error),
        // SQLITE_READONLY
        Ok(8) => DbError::ReadOnly(error),
        // SQLITE_PERM, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_AUTH
        Ok(3 | 10 | 14 | 23) => DbError::Unreachable(error),
        // SQLITE_FULL
        Ok(13) => DbError::Full(error),
        // SQLITE_CORRUPT, SQLITE_NOTADB
        Ok(11 | 26) => DbError::Corrupt(error.to_string()),
        _ => DbError::Other(error),
    }
}

/// What migrating a database tells; `whose` it is.
pub(super) fn of_migration(whose: &str, error: MigrateError) -> DbError {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => {
            DbError::Newer(whose.to_owned())
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => DbError::Other(other.into()),
    }
}
