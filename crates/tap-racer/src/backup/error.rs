//! What can be wrong with a backup.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::db::{DbError, Source};

/// Why nothing was saved, or restored.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The database, as it says.
    #[error("the database of accounts could not be used")]
    Db(#[from] DbError),
    /// There is nothing to save.
    #[error("there is no database of accounts at {}: see --data and --database-url", .0.display())]
    NoDatabase(PathBuf),
    /// A file of that name.
    #[error("{} is there already: replace it with --force, or choose another name", .0.display())]
    Exists(PathBuf),
    /// What is in the database would be lost.
    #[error("there are accounts in {0}: remove them, with all that is theirs, by --replace")]
    NotEmpty(Source),
    /// A server runs.
    #[error("{} is in use by a server: stop it first", .0.display())]
    InUse(PathBuf),
    /// Not written by `backup`, or not whole any more.
    #[error("{} is no backup of accounts, or a damaged one: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Written by a newer version.
    #[error("{} was written by a newer version of this program ({program}): run that one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version.
        program: String,
    },
    /// The file or its folder.
    #[error("cannot use {}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}
