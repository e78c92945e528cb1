//! A server that says nothing any more, and does not hang up: of a cable that was pulled nobody tells.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::{join_all, try_join_all};
use sqlx::Executor;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{pause, resume, sleep, timeout},
};

use super::{
    bad_times::{Log, count, insert, on_all_connections, until_available},
    *,
};
use crate::db::{migrate, open};

/// A way to the server for tests. While it is silent, whatever goes into it is lost; and what was connected
/// then stays dumb.
struct Way {
    is_silent: Arc<AtomicBool>,
    source: Source,
}

impl Way {
    async fn open() -> Option<Way> {
        let url = postgres_url().await?;
        let (_, rest) = url.rsplit_once('@').expect("a user");
        let (server, database) = rest.split_once('/').expect("a database");
        let (server, user) = (server.to_owned(), url.strip_suffix(rest).expect("its end"));
        let way = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("{user}{}/{database}", way.local_addr().expect("an address"));
        let is_silent = Arc::new(AtomicBool::new(false));
        let source = Source::Postgres(url.parse().expect("a url"));
        tokio::spawn({
            let is_silent = is_silent.clone();
            async move {
                while let Ok((near, _)) = way.accept().await {
                    let far = TcpStream::connect(&server).await.expect("the server");
                    let (from_near, to_near) = near.into_split();
                    let (from_far, to_far) = far.into_split();
                    tokio::spawn(carry(from_near, to_far, is_silent.clone()));
                    tokio::spawn(carry(from_far, to_near, is_silent.clone()));
                }
            }
        });
        Some(Way { is_silent, source })
    }

    fn set_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Ordering::Relaxed);
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    is_silent: Arc<AtomicBool>,
) {
    let mut bytes = [0; 4096];
    let mut is_dumb = false;
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        is_dumb |= is_silent.load(Ordering::Relaxed);
        if !is_dumb && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
    if is_dumb {
        // Not even that it has ended.
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn who_asks_a_server_that_has_fallen_silent_is_told_in_time_and_gets_new_connections_once_it_speaks() {
    let Some(way) = Way::open().await else { return };
    let (log, _logging) = Log::keep();
    let db = Db::open_now(way.source.clone()).await.expect("a database");
    insert(&db, "Ada").await.expect("inserted");
    let pool = db.pool().expect("open");
    let connections = (0..pool.options().get_max_connections()).map(|_| pool.acquire());
    let connections = try_join_all(connections).await.expect("all connections");
    way.set_silent(true);
    // From here on nothing comes, and no time is lost in waiting for it.
    pause();
    // Each of these has begun before, and the others wait for a connection.
    let asking = connections.into_iter().map(|mut connection| {
        db.within(async move { Ok::<_, DbError>(connection.execute("SELECT 1").await.map(drop)?) })
    });
    let others = (0..30).map(|_| db.within(count(&db)));
    let everybody = async { tokio::join!(join_all(asking), join_all(others)) };
    let (asked, others) = timeout(Duration::from_secs(120), everybody).await.expect("told");
    let others = others.into_iter().map(|other| other.map(drop));
    for error in asked.into_iter().chain(others).map(|told| told.expect_err("an error")) {
        assert!(matches!(error, DbError::Unreachable(_) | DbError::Busy(_)), "{error:?}");
        db.note(&error);
    }
    assert_eq!(log.count("accounts are unavailable"), 1);
    // The connections are given up a little later.
    sleep(Duration::from_secs(10)).await;
    resume();
    way.set_silent(false);
    until_available(&log).await;
    insert(&db, "Cy").await.expect("inserted");
    on_all_connections(&db, "SELECT 1").await;
    assert_eq!(db.within(count(&db)).await.expect("read"), 2);
    db.close().await;
}

#[tokio::test]
async fn a_start_does_not_wait_for_a_server_that_says_nothing() {
    let Some(way) = Way::open().await else { return };
    let (log, _logging) = Log::keep();
    way.set_silent(true);
    pause();
    let db = timeout(Duration::from_secs(120), Db::open(way.source.clone())).await.expect("in time");
    let db = db.expect("opened later");
    assert!(matches!(db.pool(), Err(DbError::Unavailable)));
    resume();
    way.set_silent(false);
    until_available(&log).await;
    insert(&db, "Ada").await.expect("inserted");
    db.close().await;
}

#[tokio::test]
async fn who_waits_for_somebody_who_changes_the_tables_may_give_up() {
    let folder = Folder::new();
    let other = std::fs::File::create(folder.0.join("accounts.db-migrating")).expect("a file");
    other.lock().expect("free");
    let path = folder.0.join("accounts.db");
    std::fs::File::create(&path).expect("a file");
    let source = Source::Sqlite(path);
    let mut connection = open::connect(&source).await.expect("a connection");
    pause();
    let waiting = timeout(Duration::from_secs(30), migrate::run(&source, &mut connection)).await;
    assert!(waiting.is_err(), "{waiting:?}");
    resume();
    drop(other);
    migrate::run(&source, &mut connection).await.expect("up to date");
}
