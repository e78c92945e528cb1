//! From each kind of database into each, and files that are not what they seem.

use std::{
    fs::{File, Permissions},
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
};

use clap::Parser;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sqlx::AnyPool;

use super::*;
use crate::db::test::{Folder, postgres_url};

/// A data folder, and a database of one kind.
struct House {
    folder: Folder,
    config: Config,
}

impl House {
    fn sqlite() -> House {
        House::new(None)
    }

    async fn postgres() -> Option<House> {
        Some(House::new(Some(postgres_url().await?)))
    }

    fn new(url: Option<String>) -> House {
        let folder = Folder::new();
        let mut config = Config::parse_from(["tap-racer"]);
        config.data = folder.0.join("data");
        config.database_url = url.map(|url| url.parse().expect("a url"));
        House { folder, config }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    async fn open(&self) -> Db {
        Db::open_now(Source::new(self.config.database_url.clone(), &self.config.data)).await.expect("opened")
    }

    /// With everything that there can be in it.
    async fn filled(self) -> House {
        let db = self.open().await;
        fill(db.pool().expect("open")).await;
        db.close().await;
        self
    }

    async fn saved(&self, name: &str) -> PathBuf {
        let file = self.file(name);
        write(&self.config, &file, false).await.expect("saved");
        file
    }
}

async fn say(pool: &AnyPool, words: &'static str) {
    for words in words.split(";\n") {
        query(words).execute(pool).await.expect(words);
    }
}

async fn fill(pool: &AnyPool) {
    say(
        pool,
        "INSERT INTO accounts (name, name_key, password, made) VALUES
            ('Ada', 'ada', '$argon2id$v=19$', 1), ('Bjørn \"; DROP TABLE', 'bjørn', '\\ä', 2), ('Cy', 'cy', '', 3);
        INSERT INTO sessions (id, account, made, seen, expires) VALUES ('secret', 1, 1, 1, 1);
        INSERT INTO scores (account, game, score, at, client_id) VALUES
            (1, 'practice', 9007199254740991, 4, 'a'), (2, 'practice', 1, 5, NULL), (2, 'b', 1, 5, NULL);
        INSERT INTO games (game, account, last, best, best_at, count) VALUES ('practice', 1, 1, 2, 3, 4);
        DELETE FROM accounts WHERE name = 'Cy';
        INSERT INTO stats (account, races, wins, podiums, taps, win_streak, best_win_streak, day_streak,
            best_day_streak, last_day) VALUES (2, 1, 0, 1, 100, 0, 0, 1, 1, 20000);
        INSERT INTO boards (key, runs) VALUES ('timed-10', 1), ('sprint-100', 1), ('sprint-100-hold', 1), ('sprint10', 1)",
    )
    .await;
    let many = 450;
    for heat in 0..many {
        query(
            "INSERT INTO heats (id, room, heat, key, rules, outcome, racers, finished_at)
            VALUES ($1, '', 1, 'sprint-100', '{\"mode\":\"sprint\"}', 'won', 2, $2)",
        )
        .bind(format!("heat {}", many - heat))
        .bind(heat)
        .execute(pool)
        .await
        .expect("a heat");
        query(
            "INSERT INTO runs (heat, racer, account, guest, name, key, place, racers, won, dead_heat, gone, taps,
                time, margin, rate, refused, false_starts, flagged, unranked, trace, finished_at)
            VALUES ($1, 1, $2, $3, 'Ada', 'sprint-100', 1, 2, 1, 0, NULL, 100, $4, NULL, 9000, 0, 0, 0, 'guest', $5, 1)",
        )
        .bind(format!("heat {}", many - heat))
        .bind((heat % 2 == 0).then_some(1_i64))
        .bind((heat % 2 == 1).then_some("device"))
        .bind((heat % 3 == 0).then_some(heat))
        .bind((heat % 5 != 0).then_some(vec![0_u8, 255, b'\n', (heat % 256) as u8]))
        .execute(pool)
        .await
        .expect("a run");
    }
    say(
        pool,
        "INSERT INTO bests (key, period, account, merit, run, at) VALUES
            ('sprint-100', 'all', 1, -5, 1, 1), ('sprint-100', '2026-W47', 1, -5, 1, 1);
        INSERT INTO rule_stats (account, key, races, wins, best_time, best_taps, best_rate, best_run) VALUES
            (1, 'sprint-100', 1, 1, NULL, 5, 6, 450)",
    )
    .await;
}

/// Without its first line, which tells the time.
fn lines(file: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(File::open(file).expect("a file")).read_to_string(&mut text).expect("text");
    text.split_once('\n').expect("a header").1.to_owned()
}

fn compress(file: &Path, text: &str) {
    let mut gzip = GzEncoder::new(File::create(file).expect("a file"), Compression::fast());
    gzip.write_all(text.as_bytes()).expect("written");
    gzip.finish().expect("written");
}

/// Without the last ids either.
fn rows(file: &Path) -> String {
    let text = lines(file);
    let rows = text.lines().map(|line| line.split_once(r#","last_id""#).map_or(line, |(heading, _)| heading));
    rows.collect::<Vec<_>>().join("\n")
}

async fn moves_whole(from: House, to: House) {
    let first = from.filled().await;
    let file = first.saved("first").await;
    let text = rows(&file);
    let restored = restore(&to.config, &file, false).await.expect("restored");
    assert_eq!(restored, Saved { accounts: 2, races: 450, scores: 3 });
    assert_eq!(rows(&to.saved("second").await), text);
    assert!(!text.contains("secret"), "sessions are not saved");
    // It gives no id again, nor one that was given since the file was written: rooms still mean that account.
    let db = to.open().await;
    let insert =
        "INSERT INTO accounts (name, name_key, password, made) VALUES ('Di', 'di', '', 0) RETURNING id";
    let id: i64 = query_scalar(insert).fetch_one(db.pool().expect("open")).await.expect("a new one");
    assert_eq!(id, 1_000_004);
    db.close().await;
    // What is there gives way only by wish.
    let refused = restore(&to.config, &file, false).await;
    assert!(matches!(refused, Err(BackupError::NotEmpty(_))), "{refused:?}");
    restore(&to.config, &file, true).await.expect("replaced");
    let db = to.open().await;
    let id: i64 = query_scalar(insert).fetch_one(db.pool().expect("open")).await.expect("a new one");
    assert_eq!(id, 2_000_005, "the one before was there, and has given way");
    db.close().await;
}

#[tokio::test]
async fn all_of_it_moves_from_sqlite_to_sqlite() {
    moves_whole(House::sqlite(), House::sqlite()).await;
}

#[tokio::test]
async fn all_of_it_moves_from_sqlite_to_postgresql() {
    let Some(postgres) = House::postgres().await else { return };
    moves_whole(House::sqlite(), postgres).await;
}

#[tokio::test]
async fn all_of_it_moves_from_postgresql_to_sqlite() {
    let Some(postgres) = House::postgres().await else { return };
    moves_whole(postgres, House::sqlite()).await;
}

/// Somebody who writes all the time: an account, and its score with it.
async fn is_of_one_moment(house: House) {
    let house = house.filled().await;
    let db = house.open().await;
    let writing = {
        let db = db.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let mut tx = db.begin().await.expect("begun");
                let insert = "INSERT INTO accounts (name, name_key, password, made) VALUES ($1, $1, '', 0) RETURNING id";
                let id: i64 =
                    query_scalar(insert).bind(format!("new {number}")).fetch_one(&mut *tx).await.expect("in");
                let insert = "INSERT INTO scores (account, game, score, at) VALUES ($1, 'one', 1, 1)";
                query(insert).bind(id).execute(&mut *tx).await.expect("in");
                tx.commit().await.expect("committed");
            }
        })
    };
    for round in 0..5 {
        let text = lines(&house.saved(&round.to_string()).await);
        let accounts = text.matches(r#""new "#).count() / 2;
        assert_eq!(text.matches(r#","one",1,1,"#).count(), accounts, "each with its score");
    }
    writing.abort();
    let _ = writing.await;
    db.close().await;
}

#[tokio::test]
async fn a_backup_of_sqlite_while_a_server_writes_is_of_one_moment() {
    is_of_one_moment(House::sqlite()).await;
}

#[tokio::test]
async fn a_backup_of_postgresql_while_a_server_writes_is_of_one_moment() {
    if let Some(house) = House::postgres().await {
        is_of_one_moment(house).await;
    }
}

#[tokio::test]
async fn a_file_that_was_cut_or_changed_is_refused_and_nothing_has_changed() {
    let house = House::sqlite().filled().await;
    let file = house.saved("whole").await;
    let text = lines(&file);
    let header = {
        let mut all = String::new();
        GzDecoder::new(File::open(&file).expect("a file")).read_to_string(&mut all).expect("text");
        all.split_once('\n').expect("a header").0.to_owned()
    };
    let bytes = fs::read(&file).expect("bytes");
    let bad = house.file("bad");
    let is_refused = async |what: &str| {
        let refused = restore(&house.config, &bad, true).await;
        assert!(matches!(refused, Err(BackupError::Damaged { .. })), "{what}: {refused:?}");
        assert_eq!(lines(&file), text);
    };
    for end in [0, 1, 100, bytes.len() / 2, bytes.len() - 8, bytes.len() - 1] {
        fs::write(&bad, &bytes[..end]).expect("a cut file");
        is_refused("cut").await;
    }
    let mut changed = bytes.clone();
    changed[bytes.len() / 2] ^= 1;
    fs::write(&bad, &changed).expect("a changed file");
    is_refused("changed").await;
    let rows: Vec<&str> = text.lines().collect();
    for (what, lines) in [
        ("without a row", [&rows[..3], &rows[4..]].concat()),
        ("without its end", rows[..rows.len() - 1].to_vec()),
        ("with more after its end", [&rows[..], &["[]"]].concat()),
        ("with a table twice", [&rows[..rows.len() - 1], &rows[..1], &rows[rows.len() - 1..]].concat()),
        ("with a strange row", [&rows[..1], &["[1]"], &rows[1..]].concat()),
        ("with a strange table", [&[r#"{"table":"x","columns":[]}"#], &rows[..]].concat()),
        ("with strange columns", [&[r#"{"table":"accounts","columns":["id; --"]}"#], &rows[1..]].concat()),
    ] {
        compress(&bad, &format!("{header}\n{}\n", lines.join("\n")));
        is_refused(what).await;
    }
    compress(&bad, "{}\n");
    is_refused("something else").await;
    compress(&bad, &format!("{}\n{text}", header.replace(r#""schema":1"#, r#""schema":99"#)));
    let refused = restore(&house.config, &bad, true).await;
    assert!(matches!(refused, Err(BackupError::Newer { .. })), "{refused:?}");
    // Rows that do not belong together are found out by the database, which then has changed nothing.
    compress(&bad, &format!("{header}\n{}", text.replace(r#",1,"practice""#, r#",77,"practice""#)));
    let refused = restore(&house.config, &bad, true).await;
    assert!(matches!(refused, Err(BackupError::Db(_))), "{refused:?}");
    assert_eq!(lines(&house.saved("after").await), text);
}

#[tokio::test]
async fn a_file_is_for_its_owner_and_replaced_by_wish_alone() {
    let house = House::sqlite().filled().await;
    let file = house.saved("file").await;
    assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
    fs::write(&file, "precious").expect("another one");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("for everybody");
    let refused = write(&house.config, &file, false).await;
    assert!(matches!(refused, Err(BackupError::Exists(_))), "{refused:?}");
    assert_eq!(fs::read_to_string(&file).expect("text"), "precious");
    write(&house.config, &file, true).await.expect("replaced");
    assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
    let beside: Vec<_> =
        fs::read_dir(&house.folder.0).expect("a folder").map(|file| file.expect("one").file_name()).collect();
    assert_eq!(beside.len(), 2, "nothing but it and the data: {beside:?}");
}

#[tokio::test]
async fn where_there_is_no_database_none_is_made_to_be_saved() {
    let house = House::sqlite();
    let refused = write(&house.config, &house.file("file"), false).await;
    assert!(matches!(refused, Err(BackupError::NoDatabase(_))), "{refused:?}");
    assert!(!house.config.data.exists() && !house.file("file").exists());
}

#[tokio::test]
async fn a_database_that_a_server_uses_is_saved_but_not_replaced() {
    let house = House::sqlite().filled().await;
    let running = crate::restore::open(&house.config.data).await.expect("a store");
    let file = house.saved("file").await;
    let refused = restore(&house.config, &file, true).await;
    assert!(matches!(refused, Err(BackupError::InUse(_))), "{refused:?}");
    drop(running);
    restore(&house.config, &file, true).await.expect("restored");
}

#[tokio::test]
async fn every_table_is_saved_with_all_its_columns_but_sessions() {
    let house = House::sqlite().filled().await;
    let db = house.open().await;
    let tables: Vec<String> = query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    )
    .fetch_all(db.pool().expect("open"))
    .await
    .expect("tables");
    for name in tables.iter().filter(|name| *name != "sessions") {
        let table = Table::named(name).unwrap_or_else(|| panic!("{name} is not saved"));
        let columns: Vec<String> = query_scalar(AssertSqlSafe(format!(
            "SELECT name || ' ' || type FROM pragma_table_info('{name}')"
        )))
        .fetch_all(db.pool().expect("open"))
        .await
        .expect("columns");
        let saved = table.columns.iter().map(|(name, kind)| match kind {
            Kind::Integer => format!("{name} INTEGER"),
            Kind::Text => format!("{name} TEXT"),
            Kind::Bytes => format!("{name} BLOB"),
        });
        assert_eq!(saved.collect::<Vec<_>>(), columns, "{name}");
    }
    assert_eq!(tables.len(), TABLES.len() + 1);
}
