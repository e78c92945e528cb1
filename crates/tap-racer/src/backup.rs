//! Accounts, with all that is theirs, in one file, and back: from either kind of database into either.
//!
//! Here is what is read and written in the database; the file's form is in [`file`](mod@file), and what is in it in
//! [`table`].

mod error;
mod file;
mod table;
#[cfg(test)]
mod tests;

use std::{fmt, fs, path::Path};

use futures::TryStreamExt;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Connection, Executor, any::AnyArguments, query, query_scalar};

use crate::{
    clock,
    config::Config,
    db::{self, Db, DbError, Source},
    store::DataLock,
};

pub use error::BackupError;
use file::{Header, Part, Reader, Writer};
use table::{Cell, Kind, TABLES, Table};

/// How much there was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    accounts: u64,
    races: u64,
    scores: u64,
}

/// For who has called the command.
impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "accounts: {}, races: {}, scores: {}", self.accounts, self.races, self.scores)
    }
}

impl Saved {
    fn count(&mut self, table: &Table, rows: usize) {
        let count = match table.name {
            "accounts" => &mut self.accounts,
            "runs" => &mut self.races,
            "scores" => &mut self.scores,
            _ => return,
        };
        *count += rows as u64;
    }
}

/// Writes all that is in the database of accounts at this moment into a file, whoever writes there
/// meanwhile. A file that is there is replaced only by `force`.
///
/// # Errors
/// When the database cannot be read or the file not be written; then there is no file, or the old one.
pub async fn write(config: &Config, file: &Path, force: bool) -> Result<Saved, BackupError> {
    let source = Source::new(config.database_url.clone(), &config.data);
    if let Source::Sqlite(path) = &source
        && !path.exists()
    {
        return Err(BackupError::NoDatabase(path.clone()));
    }
    let mut writer = Writer::begin(file, force)?;
    let mut connection = db::connect_as_it_is(&source).await?;
    let saved = write_all(&source, &mut connection, &mut writer).await?;
    // Nothing was written.
    let _ = connection.close().await;
    writer.finish()?;
    Ok(saved)
}

async fn write_all(
    source: &Source,
    connection: &mut AnyConnection,
    writer: &mut Writer,
) -> Result<Saved, BackupError> {
    connection.execute(begin_to_read(source)).await?;
    writer.header(&Header::new(db::version(), clock::wall_clock()))?;
    let mut saved = Saved::default();
    for table in TABLES {
        writer.table(table, last_id(source, connection, table).await?)?;
        let select = select(source, table);
        let mut rows = query(AssertSqlSafe(select)).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            writer.row(&table.read(&row)?)?;
            saved.count(table, 1);
        }
    }
    Ok(saved)
}

/// Of one moment, also while others write.
fn begin_to_read(source: &Source) -> &'static str {
    match source {
        Source::Sqlite(_) => "BEGIN",
        Source::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    }
}

/// In an order that is the same in every database.
fn select(source: &Source, table: &Table) -> String {
    let by_bytes = match source {
        Source::Sqlite(_) => "",
        Source::Postgres(_) => r#" COLLATE "C""#,
    };
    let key = |name: &&str| match table.kind(name) {
        Kind::Text => format!("{name}{by_bytes}"),
        _ => (*name).to_owned(),
    };
    let order: Vec<String> = table.key.iter().map(key).collect();
    format!("SELECT {} FROM {} ORDER BY {}", table.names().join(", "), table.name, order.join(", "))
}

/// The last id that was given, also to a row that is gone: none is ever given again.
async fn last_id(
    source: &Source,
    connection: &mut AnyConnection,
    table: &Table,
) -> Result<Option<i64>, BackupError> {
    if !table.gives_ids {
        return Ok(None);
    }
    let name = table.name;
    let last = match source {
        Source::Sqlite(_) => {
            format!("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = '{name}'")
        }
        Source::Postgres(_) => {
            format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}_id_seq")
        }
    };
    Ok(Some(query_scalar(AssertSqlSafe(last)).fetch_one(connection).await?))
}

/// Brings back all that is in a file: all of it, or nothing changes. What is in the database gives way
/// only to `replace`.
///
/// # Errors
/// When the file is damaged, the database not empty or in use, or it cannot be written.
pub async fn restore(config: &Config, file: &Path, replace: bool) -> Result<Saved, BackupError> {
    for part in Reader::open(file)? {
        part?;
    }
    let source = Source::new(config.database_url.clone(), &config.data);
    let _lock = match &source {
        Source::Sqlite(_) => Some(lock(&config.data)?),
        Source::Postgres(_) => None,
    };
    // Tables that are not there are made.
    Db::open_now(source.clone()).await?.close().await;
    let mut connection = db::connect_as_it_is(&source).await?;
    let restored = put_all(&source, &mut connection, file, replace).await;
    // Undoes what was not committed.
    let _ = connection.close().await;
    restored
}

/// No server runs on the data folder meanwhile.
fn lock(data: &Path) -> Result<DataLock, BackupError> {
    let made = fs::create_dir_all(data);
    made.map_err(|source| BackupError::Io { path: data.to_owned(), source })?;
    DataLock::take(data).map_err(|_| BackupError::InUse(data.to_owned()))
}

async fn put_all(
    source: &Source,
    connection: &mut AnyConnection,
    file: &Path,
    replace: bool,
) -> Result<Saved, BackupError> {
    connection.execute(begin_to_write(source)).await?;
    let accounts: i64 = query_scalar("SELECT COUNT(*) FROM accounts").fetch_one(&mut *connection).await?;
    let heats: i64 = query_scalar("SELECT COUNT(*) FROM heats").fetch_one(&mut *connection).await?;
    if accounts + heats > 0 && !replace {
        return Err(BackupError::NotEmpty(source.clone()));
    }
    // What belongs to others before them.
    for table in ["sessions"].into_iter().chain(TABLES.iter().rev().map(|table| table.name)) {
        connection.execute(AssertSqlSafe(format!("DELETE FROM {table}"))).await?;
    }
    let mut restored = Saved::default();
    for part in Reader::open(file)? {
        match part? {
            Part::Table(table, last_id) => {
                if let Some(last_id) = last_id {
                    give_no_id_twice(source, connection, table, last_id).await?;
                }
            }
            Part::Rows(table, columns, rows) => {
                restored.count(table, rows.len());
                insert(connection, table, &columns, rows).await?;
            }
        }
    }
    connection.execute("COMMIT").await?;
    Ok(restored)
}

/// Other servers may read what was there until the end.
fn begin_to_write(source: &Source) -> &'static str {
    match source {
        Source::Sqlite(_) => "BEGIN IMMEDIATE",
        Source::Postgres(_) => {
            "BEGIN; SET LOCAL lock_timeout = '10s'; LOCK TABLE accounts, sessions, heats, runs, stats, rule_stats, \
             boards, bests, scores, games IN EXCLUSIVE MODE"
        }
    }
}

async fn insert(
    connection: &mut AnyConnection,
    table: &Table,
    columns: &[(&'static str, Kind)],
    rows: Vec<Vec<Cell>>,
) -> Result<(), BackupError> {
    let mut number = 0..;
    let mut placeholders = || {
        let row: Vec<String> =
            number.by_ref().take(columns.len()).map(|n: usize| format!("${}", n + 1)).collect();
        format!("({})", row.join(", "))
    };
    let values: Vec<String> = rows.iter().map(|_| placeholders()).collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let insert = format!("INSERT INTO {} ({}) VALUES {}", table.name, names.join(", "), values.join(", "));
    let mut query = query::<Any>(AssertSqlSafe(insert));
    for (cell, (_, kind)) in rows.into_iter().flat_map(|row| row.into_iter().zip(columns)) {
        query = bind(query, cell, *kind);
    }
    query.execute(connection).await?;
    Ok(())
}

fn bind(
    query: sqlx::query::Query<'_, Any, AnyArguments>,
    cell: Cell,
    kind: Kind,
) -> sqlx::query::Query<'_, Any, AnyArguments> {
    match (cell, kind) {
        (Cell::Integer(value), _) => query.bind(value),
        (Cell::Text(value), _) => query.bind(value),
        (Cell::Bytes(value), _) => query.bind(value),
        (Cell::Null, Kind::Integer) => query.bind(None::<i64>),
        (Cell::Null, Kind::Text) => query.bind(None::<String>),
        (Cell::Null, Kind::Bytes) => query.bind(None::<Vec<u8>>),
    }
}

/// So many ids may have been given since a file was written, in a database that is not there any more.
const GIVEN_SINCE: i64 = 1_000_000;

/// The next id comes after all that were given here, before the file was written, or since: rooms and heats
/// that wait to be recorded remember accounts by it.
async fn give_no_id_twice(
    source: &Source,
    connection: &mut AnyConnection,
    table: &Table,
    last_id: i64,
) -> Result<(), BackupError> {
    let here = self::last_id(source, connection, table).await?.unwrap_or(0);
    let last_id = last_id.max(here).saturating_add(GIVEN_SINCE);
    let name = table.name;
    match source {
        Source::Sqlite(_) => {
            let forget = format!("DELETE FROM sqlite_sequence WHERE name = '{name}'");
            connection.execute(AssertSqlSafe(forget)).await?;
            query("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)")
                .bind(name)
                .bind(last_id)
                .execute(connection)
                .await?;
        }
        Source::Postgres(_) => {
            let set = format!("SELECT setval('{name}_id_seq', $1)");
            query(AssertSqlSafe(set)).bind(last_id).execute(connection).await?;
        }
    }
    Ok(())
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> BackupError {
        DbError::from(error).into()
    }
}
