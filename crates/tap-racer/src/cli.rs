//! The command line: what is run beside the server, most of it on the same data.

mod accounts;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use thiserror::Error;

use crate::{
    backup::{self, BackupError},
    config::Config,
    top::{Top, TopError},
};

pub use accounts::{Accounts, AccountsError};

/// A multiplayer tap-race party game: one server, a big screen, everybody's phones.
///
/// Start it, open the console page on the big screen, and let people scan the code with their
/// phones. Every flag may also be given as an environment variable; a flag wins over it.
#[derive(Debug, Parser)]
#[command(name = "tap-racer", version, max_term_width = 100)]
pub struct Cli {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub config: Config,

    /// Without one the server is run.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What is done instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists accounts, deletes them, and gives them new passwords; also while a server runs.
    #[command(subcommand)]
    Accounts(Accounts),
    /// Writes all accounts, with their races and scores, into a file; also while a server runs.
    ///
    /// The file is the same for SQLite and PostgreSQL, so that it also moves accounts from one to the other.
    /// Not in it are log-ins (everybody logs in again after a restore), and the rooms with the races that
    /// are on: they are in tap-racer.db in the data folder.
    Backup(Backup),
    /// Brings back what backup has written, into an empty database; servers must be stopped.
    ///
    /// The file is read and checked as a whole first. All of it is there afterwards, or nothing has changed.
    Restore(Restore),
    /// Shows how a running server fares: who is there, what goes over the wire, and how late it is.
    Top(Top),
}

/// Where to.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write. Only its owner may read it: it holds what passwords are checked by.
    pub file: PathBuf,

    /// Replaces a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// Where from.
#[derive(Debug, Args)]
pub struct Restore {
    /// A file that backup has written.
    pub file: PathBuf,

    /// Removes the accounts that are in the database, with all that is theirs, and ends all log-ins.
    #[arg(long)]
    pub replace: bool,
}

/// Why a command did not do what it was to do.
#[derive(Debug, Error)]
pub enum CommandError {
    /// It was `backup` or `restore`.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// It was one of `accounts`.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// It was `top`.
    #[error(transparent)]
    Top(#[from] TopError),
}

impl Command {
    /// Does it, and says what was done on standard output.
    ///
    /// # Errors
    /// When it could not be done: then nothing has changed.
    pub async fn run(self, config: &Config) -> Result<(), CommandError> {
        match self {
            Command::Accounts(command) => command.run(config).await?,
            Command::Top(top) => top.run().await?,
            Command::Backup(Backup { file, force }) => {
                let saved = backup::write(config, &file, force).await?;
                println!("saved in {} ({saved})", file.display());
            }
            Command::Restore(Restore { file, replace }) => {
                let restored = backup::restore(config, &file, replace).await?;
                println!("restored from {} ({restored})", file.display());
            }
        }
        Ok(())
    }
}
