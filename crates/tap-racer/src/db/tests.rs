//! The tables, and a database in good times and bad.

mod bad_times;
mod silence;

use sqlx::{AssertSqlSafe, query, query_scalar};

use super::{
    Db, DbError, Source,
    test::{Folder, on_each_database, postgres, postgres_url, sqlite},
};

on_each_database!(what_is_committed_is_there_and_nothing_else(db) {
    let insert = "INSERT INTO accounts (name, name_key, password, made) VALUES ($1, $2, '', 0) RETURNING id";
    let mut ids = Vec::new();
    for (name, commits) in [("Ada", true), ("Bo", false), ("Cy", true)] {
        let mut tx = db.begin().await.expect("begun");
        let id: i64 = query_scalar(insert).bind(name).bind(name).fetch_one(&mut *tx).await.expect("inserted");
        if commits {
            tx.commit().await.expect("committed");
            ids.push(id);
        }
    }
    let there = query_scalar("SELECT id FROM accounts ORDER BY name");
    let there: Vec<i64> = there.fetch_all(db.pool().expect("open")).await.expect("rows");
    assert_eq!(there, ids);
});

on_each_database!(a_second_row_of_one_name_and_a_row_of_nobody_are_told_from_faults(db) {
    let pool = db.pool().expect("open");
    let insert = "INSERT INTO accounts (name, name_key, password, made) VALUES ('Ada', 'ada', '', 0)";
    query(insert).execute(pool).await.expect("inserted");
    let error = DbError::from(query(insert).execute(pool).await.expect_err("a second one"));
    assert!(error.is_duplicate() && !error.is_orphan() && !error.is_passing(), "{error:?}");
    let insert = "INSERT INTO scores (account, game, score, at) VALUES (99, 'practice', 1, 0)";
    let error = DbError::from(query(insert).execute(pool).await.expect_err("nobody's"));
    assert!(error.is_orphan() && !error.is_duplicate(), "{error:?}");
});

on_each_database!(two_that_open_it_at_once_find_the_same_tables(db) {
    let source = match db.source() {
        Source::Sqlite(_) => Source::Sqlite(Folder::new().0.join("accounts.db")),
        Source::Postgres(_) => Source::Postgres(postgres_url().await.expect("a server").parse().expect("a url")),
    };
    let opening = (0..8).map(|_| tokio::spawn(Db::open_now(source.clone())));
    for opened in futures::future::join_all(opening).await {
        let db = opened.expect("no panic").expect("opened");
        let tables: i64 = query_scalar("SELECT COUNT(*) FROM accounts")
            .fetch_one(db.pool().expect("open"))
            .await
            .expect("tables");
        assert_eq!(tables, 0);
        db.close().await;
    }
});

on_each_database!(tables_of_a_newer_version_are_left_alone(db) {
    let newer = "UPDATE _sqlx_migrations SET version = 99";
    query(newer).execute(db.pool().expect("open")).await.expect("newer");
    let refused = Db::open(db.source().clone()).await.err();
    assert!(matches!(refused, Some(DbError::Newer(_))), "{refused:?}");
});

on_each_database!(both_kinds_have_the_same_tables_and_columns(db) {
    let pool = db.pool().expect("open");
    let mut columns = Vec::new();
    for table in ["accounts", "sessions", "heats", "runs", "stats", "rule_stats", "boards", "bests", "scores", "games"] {
        let names: Vec<String> = match db.source() {
            Source::Sqlite(_) => {
                query_scalar(AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")))
                    .fetch_all(pool).await.expect("columns")
            }
            Source::Postgres(_) => {
                query_scalar("SELECT column_name::TEXT FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position")
                    .bind(table).fetch_all(pool).await.expect("columns")
            }
        };
        columns.push(format!("{table}: {}", names.join(" ")));
    }
    assert_eq!(columns, [
        "accounts: id name name_key password made",
        "sessions: id account made seen expires",
        "heats: id room heat key rules outcome racers finished_at",
        "runs: id heat racer account guest name key place racers won dead_heat gone taps time margin rate refused false_starts flagged handicap unranked trace finished_at",
        "stats: account races wins podiums taps win_streak best_win_streak day_streak best_day_streak last_day",
        "rule_stats: account key races wins best_time best_taps best_rate best_run",
        "boards: key runs",
        "bests: key period account merit run at",
        "scores: id account game score at client_id",
        "games: game account last best best_at count",
    ]);
});

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_opened_once_it_can() {
    let folder = Folder::new();
    let source = Source::new(None, &folder.0);
    // In the place of the file, whoever the test runs as.
    std::fs::create_dir(folder.0.join("accounts.db")).expect("a folder");
    let db = Db::open(source).await.expect("nothing newer");
    assert!(matches!(db.pool(), Err(DbError::Unavailable)));
    std::fs::remove_dir(folder.0.join("accounts.db")).expect("mended");
    let opened = async {
        while db.pool().is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), opened).await.expect("opened");
}

#[tokio::test]
async fn a_damaged_file_stays_where_it_is() {
    let folder = Folder::new();
    let path = folder.0.join("accounts.db");
    let garbage = "no database at all".repeat(500);
    std::fs::write(&path, &garbage).expect("a file");
    let refused = Db::open_now(Source::Sqlite(path.clone())).await.err();
    assert!(matches!(refused, Some(DbError::Corrupt(_))), "{refused:?}");
    assert_eq!(std::fs::read(&path).expect("a file"), garbage.as_bytes());
}

#[tokio::test]
async fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let (db, folder) = sqlite().await;
    let insert = "INSERT INTO accounts (name, name_key, password, made) VALUES ('Ada', 'ada', '', 0)";
    query(insert).execute(db.pool().expect("open")).await.expect("inserted");
    let files: Vec<_> =
        std::fs::read_dir(&folder.0).expect("a folder").map(|file| file.expect("a file")).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let mode = file.metadata().expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", file.path());
    }
}
