//! How connections are made.

use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::{Path, absolute},
    sync::Once,
    time::Duration,
};

use sqlx::{
    AnyConnection, AnyPool, ConnectOptions, Connection, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
    query_scalar,
};
use tokio::time::timeout;

use super::{DbError, Source, migrate};

/// SQLite has one writer; the others read.
const SQLITE_CONNECTIONS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;
/// So many write at once, and leave connections for who reads.
const POSTGRES_WRITERS: usize = 7;
/// A page waits this long for a connection, or for its turn to write, and no longer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How many write at once.
pub(super) fn writers(source: &Source) -> usize {
    match source {
        Source::Sqlite(_) => 1,
        Source::Postgres(_) => POSTGRES_WRITERS,
    }
}

/// Connections to a database whose tables are up to date.
pub(super) async fn pool(source: &Source) -> Result<AnyPool, DbError> {
    if let Source::Sqlite(path) = source {
        prepare(path).await?;
    }
    // By itself first: a pool would try in vain for a while, and say no more than that it did.
    let mut connection = connect(source).await?;
    let migrated = migrate::run(source, &mut connection).await;
    // A lock that is still held goes with its connection.
    let closed = connection.close().await;
    migrated.and(closed.map_err(DbError::from))?;
    let options = AnyPoolOptions::new().acquire_timeout(PATIENCE);
    let options = match source {
        Source::Sqlite(_) => options
            .max_connections(SQLITE_CONNECTIONS)
            .after_connect(|connection, _| Box::pin(set_up_sqlite(connection))),
        Source::Postgres(_) => options
            .max_connections(POSTGRES_CONNECTIONS)
            .after_connect(|connection, _| Box::pin(set_up_postgres(connection)))
            .after_release(|connection, _| Box::pin(is_alive(connection))),
    };
    Ok(options.connect_lazy_with(connect_options(source)?))
}

/// One connection, on which nothing is limited.
pub(super) async fn connect(source: &Source) -> Result<AnyConnection, DbError> {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);
    let connect_options = connect_options(source)?;
    let connecting = AnyConnection::connect_with(&connect_options);
    let connected = timeout(PATIENCE, connecting).await;
    let mut connection = connected.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    if let Source::Sqlite(_) = source {
        set_up_sqlite(&mut connection).await?;
    }
    Ok(connection)
}

/// One connection to a database whose tables are up to date, and stay as they are: nothing need be written.
///
/// # Errors
/// When they are of another version, or it cannot be reached.
pub async fn connect_as_it_is(source: &Source) -> Result<AnyConnection, DbError> {
    let mut connection = connect(source).await?;
    let version = query_scalar::<_, Option<i64>>("SELECT CAST(MAX(version) AS BIGINT) FROM _sqlx_migrations");
    match version.fetch_one(&mut connection).await {
        Ok(Some(version)) if version == migrate::version() => Ok(connection),
        Ok(Some(version)) if version > migrate::version() => Err(DbError::Newer(source.to_string())),
        Ok(_) => Err(DbError::Older(source.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// Readers do not wait for the writer, and what is committed survives a power cut.
async fn set_up_sqlite(connection: &mut AnyConnection) -> sqlx::Result<()> {
    connection.execute("PRAGMA journal_mode = WAL").await?;
    connection.execute("PRAGMA synchronous = FULL").await?;
    Ok(())
}

/// Nobody waits long for a lock that another node holds, or for good for one that died in mid-transaction.
async fn set_up_postgres(connection: &mut AnyConnection) -> sqlx::Result<()> {
    connection.execute("SET lock_timeout = '5s'").await?;
    connection.execute("SET statement_timeout = '20s'").await?;
    connection.execute("SET idle_in_transaction_session_timeout = '60s'").await?;
    Ok(())
}

/// The pool asks a connection that comes back for a sign of life, and would wait for it for good: for as many
/// connections as there may be, if the server has fallen silent.
async fn is_alive(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    timeout(PATIENCE, connection.ping()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
}

/// SQLite would let everybody read it, and its log alike: they hold names and what passwords are checked by.
async fn prepare(path: &Path) -> Result<(), DbError> {
    let path = path.to_owned();
    let making = tokio::task::spawn_blocking(move || {
        let made = match path.parent() {
            Some(folder) => std::fs::create_dir_all(folder),
            None => Ok(()),
        };
        made.and_then(|()| OpenOptions::new().append(true).create(true).mode(0o600).open(&path))
            .map(drop)
            .map_err(|source| DbError::Io { path, source })
    });
    making.await.map_err(|_| DbError::Unavailable)?
}

/// What takes long is no news: a backup does, and who waits for a lock.
fn connect_options(source: &Source) -> Result<AnyConnectOptions, DbError> {
    Ok(url(source)?.parse::<AnyConnectOptions>()?.disable_statement_logging())
}

fn url(source: &Source) -> Result<String, DbError> {
    use std::os::unix::ffi::OsStrExt;

    let path = match source {
        Source::Sqlite(path) => path,
        Source::Postgres(url) => return Ok(url.secret().to_owned()),
    };
    let path = absolute(path).map_err(|source| DbError::Io { path: path.to_owned(), source })?;
    let escaped = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/' => char::from(*byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    Ok(format!("sqlite://{}", path.as_os_str().as_bytes().iter().map(escaped).collect::<String>()))
}
