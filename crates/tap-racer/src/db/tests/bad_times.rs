//! A database that is busy, full, read-only, damaged or away, by real faults of each kind.

use std::{
    io::{self, Write},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::{join_all, try_join_all};
use parking_lot::Mutex;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection, query, query_scalar};
use tokio::time::{sleep, timeout};
use tracing::subscriber::DefaultGuard;

use super::*;

/// What is logged on this thread, on which everything of a test runs.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(super) fn keep() -> (Log, DefaultGuard) {
        let log = Log::default();
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    pub(super) fn count(&self, words: &str) -> usize {
        String::from_utf8_lossy(&self.0.lock()).matches(words).count()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Signs somebody up, as far as the database is concerned.
pub(super) async fn insert(db: &Db, name: &str) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    let insert = "INSERT INTO accounts (name, name_key, password, made) VALUES ($1, $1, $2, 0)";
    query(insert).bind(name).bind("p".repeat(2000)).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn count(db: &Db) -> Result<i64, DbError> {
    Ok(query_scalar("SELECT COUNT(*) FROM accounts").fetch_one(db.pool()?).await?)
}

/// Says something to each connection that there can be.
pub(super) async fn on_all_connections(db: &Db, words: &'static str) {
    let pool = db.pool().expect("open");
    let connections = (0..pool.options().get_max_connections()).map(|_| pool.acquire());
    for mut connection in try_join_all(connections).await.expect("all connections") {
        connection.execute(words).await.expect("said");
    }
}

async fn outside(db: &Db) -> SqliteConnection {
    let Source::Sqlite(path) = db.source() else { panic!("a file") };
    SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.expect("a connection")
}

pub(super) async fn until_available(log: &Log) {
    let available = async {
        while log.count("accounts are available again") == 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), available).await.expect("available again");
}

#[tokio::test]
async fn a_full_disk_is_told_once_and_the_database_heals_by_itself() {
    let (log, _logging) = Log::keep();
    let (db, _folder) = sqlite().await;
    on_all_connections(&db, "PRAGMA max_page_count = 1").await;
    for name in 0..50 {
        if let Err(error) = insert(&db, &name.to_string()).await {
            assert!(matches!(error, DbError::Full(_)) && error.is_passing(), "{error:?}");
            db.note(&error);
        }
    }
    let there = count(&db).await.expect("it can be read");
    assert!(there < 50 && log.count("accounts are unavailable") == 1, "{there}");
    on_all_connections(&db, "PRAGMA query_only = ON").await;
    for _ in 0..2 {
        db.note(&insert(&db, "Bo").await.expect_err("read-only"));
    }
    assert_eq!((log.count("read-only"), log.count("for another reason")), (1, 1));
    on_all_connections(&db, "PRAGMA query_only = OFF").await;
    on_all_connections(&db, "PRAGMA max_page_count = 100000").await;
    until_available(&log).await;
    insert(&db, "Ada").await.expect("room for her");
}

#[tokio::test]
async fn a_file_that_may_not_be_written_can_be_read_and_is_written_once_it_may() {
    let (log, _logging) = Log::keep();
    let (db, _folder) = sqlite().await;
    insert(&db, "Ada").await.expect("inserted");
    on_all_connections(&db, "PRAGMA query_only = ON").await;
    for _ in 0..3 {
        let error = insert(&db, "Bo").await.expect_err("read-only");
        assert!(matches!(error, DbError::ReadOnly(_)) && error.is_passing(), "{error:?}");
        db.note(&error);
    }
    assert_eq!(count(&db).await.expect("read"), 1);
    on_all_connections(&db, "PRAGMA query_only = OFF").await;
    until_available(&log).await;
    insert(&db, "Bo").await.expect("inserted");
    assert_eq!(log.count("accounts are unavailable"), 1);
}

#[tokio::test]
async fn a_server_that_may_not_be_written_can_be_read_and_is_written_once_it_may() {
    let Some(db) = postgres().await else { return };
    let (log, _logging) = Log::keep();
    insert(&db, "Ada").await.expect("inserted");
    let mut owner = owner(&db).await;
    // It holds for new connections.
    let set = |owner: PgConnection, read_only: &'static str| async move {
        let mut owner = owner;
        owner.execute("SET default_transaction_read_only = off").await.expect("allowed");
        let database: String =
            query_scalar("SELECT current_database()::TEXT").fetch_one(&mut owner).await.expect("one");
        let set = format!("ALTER DATABASE {database} SET default_transaction_read_only = {read_only}");
        owner.execute(AssertSqlSafe(set)).await.expect("set");
        close_all_but(&mut owner).await;
        owner
    };
    owner = set(owner, "on").await;
    for _ in 0..3 {
        let error = insert(&db, "Bo").await.expect_err("read-only");
        assert!(matches!(error, DbError::ReadOnly(_)), "{error:?}");
        db.note(&error);
    }
    assert_eq!(count(&db).await.expect("read"), 1);
    set(owner, "off").await;
    until_available(&log).await;
    insert(&db, "Bo").await.expect("inserted");
    assert_eq!(log.count("accounts are unavailable"), 1);
}

#[tokio::test]
async fn while_another_program_writes_readers_go_on_and_writers_are_told_in_time() {
    let (log, _logging) = Log::keep();
    let (db, _folder) = sqlite().await;
    let mut other = outside(&db).await;
    other.execute("BEGIN IMMEDIATE").await.expect("all of it");
    let writers = async {
        let began = Instant::now();
        for error in join_all(["Ada", "Bo", "Cy", "Di", "Ed"].map(|name| insert(&db, name))).await {
            let error = error.expect_err("busy");
            assert!(matches!(error, DbError::Busy(_)) && error.is_passing(), "{error:?}");
            db.note(&error);
        }
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    };
    let readers = async {
        // While all writers wait.
        sleep(Duration::from_millis(200)).await;
        let began = Instant::now();
        for _ in 0..20 {
            assert_eq!(count(&db).await.expect("read"), 0);
        }
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    };
    tokio::join!(writers, readers);
    other.execute("ROLLBACK").await.expect("done");
    until_available(&log).await;
    insert(&db, "Ada").await.expect("inserted");
    assert_eq!(log.count("accounts are unavailable"), 1);
}

/// A database of some pages, of which those from here on were overwritten, and what is in the file then.
async fn damaged(db: &Db, from: impl FnOnce(usize) -> usize) -> Vec<u8> {
    // Written by somebody else, so that nothing of it is in the memory of those that read it.
    let mut other = outside(db).await;
    for name in 0..500 {
        let insert = "INSERT INTO accounts (name, name_key, password, made) VALUES ($1, $1, $2, 0)";
        query(insert).bind(name.to_string()).bind("p".repeat(2000)).execute(&mut other).await.expect("in");
    }
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("in the file");
    let Source::Sqlite(path) = db.source() else { panic!("a file") };
    let mut bytes = std::fs::read(path).expect("a file");
    let from = from(bytes.len());
    bytes[from..].fill(0x5a);
    std::fs::write(path, &bytes).expect("damaged");
    bytes
}

async fn is_left_alone(db: &Db, bytes: &[u8], log: &Log) {
    assert!(matches!(db.pool(), Err(DbError::Unavailable)));
    assert!(matches!(db.begin().await, Err(DbError::Unavailable)));
    assert_eq!(log.count("tap-racer restore"), 1);
    assert_eq!(log.count("available again"), 0);
    let Source::Sqlite(path) = db.source() else { panic!("a file") };
    assert!(log.count(&path.display().to_string()) >= 1);
    assert_eq!(std::fs::read(path).expect("a file"), bytes);
}

#[tokio::test]
async fn a_database_that_is_damaged_while_it_is_open_is_left_alone_and_named_in_the_log() {
    let (log, _logging) = Log::keep();
    let (db, _folder) = sqlite().await;
    let bytes = damaged(&db, |end| end / 2).await;
    let sum = query_scalar::<_, i64>("SELECT CAST(SUM(LENGTH(password)) AS BIGINT) FROM accounts");
    let error = DbError::from(sum.fetch_one(db.pool().expect("open")).await.expect_err("damaged"));
    assert!(matches!(error, DbError::Corrupt(_)) && error.is_passing(), "{error:?}");
    db.note(&error);
    db.note(&error);
    is_left_alone(&db, &bytes, &log).await;
}

#[tokio::test]
async fn one_that_cannot_even_be_connected_to_any_more_is_found_to_be_damaged() {
    let (log, _logging) = Log::keep();
    let (db, _folder) = sqlite().await;
    let bytes = damaged(&db, |_| 0).await;
    let error = count(&db).await.expect_err("damaged");
    assert!(error.is_passing(), "{error:?}");
    db.note(&error);
    let found = async {
        while db.pool().is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), found).await.expect("found");
    is_left_alone(&db, &bytes, &log).await;
}

#[tokio::test]
async fn connections_that_a_server_has_closed_are_made_anew() {
    let Some(db) = postgres().await else { return };
    for name in ["Ada", "Bo", "Cy"] {
        insert(&db, name).await.expect("inserted");
        close_all_but(&mut owner(&db).await).await;
    }
    assert_eq!(count(&db).await.expect("read"), 3);
}

/// A connection of the one who may do everything, to the same database.
async fn owner(db: &Db) -> PgConnection {
    let Source::Postgres(url) = db.source() else { panic!("a server") };
    PgConnection::connect(url.secret()).await.expect("a connection")
}

async fn close_all_but(owner: &mut PgConnection) {
    let close = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    owner.execute(close).await.expect("closed");
}
