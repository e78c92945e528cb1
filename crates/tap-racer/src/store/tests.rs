//! The database on a real disk, in good times and bad.

mod outbox;

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let path = std::env::temp_dir().join(format!("tap-racer-store-{}", Uuid::new_v4().simple()));
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn database(&self) -> PathBuf {
        self.0.join("tap-racer.db")
    }

    /// The files of a database that was moved aside.
    fn moved_aside(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(&self.0).expect("a folder").map(|file| file.expect("a file").path());
        let is_database = |file: &PathBuf| {
            let name = file.to_string_lossy();
            name.contains(".db.corrupt-") && !name.ends_with("-wal") && !name.ends_with("-shm")
        };
        files.filter(is_database).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn open(folder: &Folder) -> Store {
    Store::open(&folder.0).await.expect("a store")
}

fn room(id: &str, state: &str) -> RoomRow {
    RoomRow { id: id.to_owned(), made: Millis(1), saved_at: Millis(2), version: 1, state: state.into() }
}

async fn save(store: &mut Store, rooms: &[RoomRow]) {
    let changes: Vec<Change> = rooms.iter().cloned().map(Change::Save).collect();
    store.save(changes.iter(), &[], &[]).await.expect("saved");
}

async fn all(store: &mut Store) -> Vec<(String, String)> {
    let rows = store.load_all().await.expect("rooms");
    rows.into_iter().map(|row| (row.id, String::from_utf8(row.state).expect("text"))).collect()
}

fn pair(id: &str, state: &str) -> (String, String) {
    (id.to_owned(), state.to_owned())
}

#[tokio::test]
async fn the_newest_state_of_each_room_is_there_after_a_restart() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    save(&mut store, &[room("", "house"), room("K7QF", "old"), room("CDFH", "ended")]).await;
    save(&mut store, &[room("K7QF", "new")]).await;
    store.save([Change::Remove { id: "CDFH".to_owned() }].iter(), &[], &[]).await.expect("removed");
    store.close().await;
    let mut store = open(&folder).await;
    assert_eq!(all(&mut store).await, [pair("", "house"), pair("K7QF", "new")]);
}

#[tokio::test]
async fn what_was_written_is_there_although_nobody_closed_the_database() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    save(&mut store, &[room("K7QF", "state")]).await;
    let copy = Folder::new();
    for file in ["tap-racer.db", "tap-racer.db-wal"] {
        fs::copy(folder.0.join(file), copy.0.join(file)).expect("copied");
    }
    assert_eq!(all(&mut open(&copy).await).await, [pair("K7QF", "state")]);
}

#[tokio::test]
async fn only_the_owner_may_read_the_codes_of_rooms() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    save(&mut store, &[room("K7QF", "state")]).await;
    for file in fs::read_dir(&folder.0).expect("a folder") {
        let file = file.expect("a file");
        let mode = file.metadata().expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", file.path());
    }
    drop(store);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_moved_aside_and_kept() {
    let folder = Folder::new();
    let garbage = "no database at all".repeat(500);
    fs::write(folder.database(), &garbage).expect("a file");
    let mut store = open(&folder).await;
    save(&mut store, &[room("", "house")]).await;
    assert_eq!(all(&mut store).await, [pair("", "house")]);
    let kept: Vec<_> = folder.moved_aside().iter().map(|file| fs::read(file).expect("a file")).collect();
    assert_eq!(kept, [garbage.as_bytes()]);
}

#[tokio::test]
async fn a_damaged_database_is_moved_aside_and_a_new_one_begins() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    let rooms: Vec<RoomRow> = (0..200).map(|id| room(&id.to_string(), &"state".repeat(200))).collect();
    save(&mut store, &rooms).await;
    store.close().await;
    let mut bytes = fs::read(folder.database()).expect("a file");
    // At its end, which nothing reads to open it.
    let end = bytes.len();
    bytes[end - 60_000..].fill(0x5a);
    fs::write(folder.database(), bytes).expect("written");
    let mut store = open(&folder).await;
    assert_eq!(all(&mut store).await, []);
    assert_eq!(folder.moved_aside().len(), 1);
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_told_so() {
    let folder = Folder::new();
    let store = open(&folder).await;
    let second = Store::open(&folder.0).await.err();
    assert!(matches!(second, Some(StoreError::InUse(_))), "{second:?}");
    store.close().await;
    open(&folder).await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    save(&mut store, &[room("K7QF", "state")]).await;
    sqlx::query("UPDATE _sqlx_migrations SET version = 99 WHERE version = 1")
        .execute(&mut store.connection)
        .await
        .expect("newer");
    store.close().await;
    let refused = Store::open(&folder.0).await.err();
    assert!(matches!(refused, Some(StoreError::Newer(_))), "{refused:?}");
    assert_eq!(folder.moved_aside(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_room_that_is_set_aside_is_kept_with_the_reason() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    save(&mut store, &[room("", "house"), room("K7QF", "nonsense")]).await;
    store.set_aside("K7QF", "it is nonsense").await.expect("set aside");
    assert_eq!(all(&mut store).await, [pair("", "house")]);
    let query = "SELECT id, state, reason FROM set_aside";
    let kept: Vec<(String, String, String)> =
        sqlx::query_as(query).fetch_all(&mut store.connection).await.expect("rows");
    assert_eq!(kept, [("K7QF".to_owned(), "nonsense".to_owned(), "it is nonsense".to_owned())]);
}

#[tokio::test]
async fn what_does_not_fit_on_a_full_disk_is_written_once_it_does() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    sqlx::query("PRAGMA max_page_count = 12").execute(&mut store.connection).await.expect("a small disk");
    let large = Change::Save(room("K7QF", &"large ".repeat(50_000)));
    let refused = store.save([Change::Save(room("", "house")), large.clone()].iter(), &[], &[]).await.err();
    assert!(refused.is_some_and(|error| error.to_string().contains("full")));
    assert_eq!(all(&mut store).await, [], "all or nothing");
    sqlx::query("PRAGMA max_page_count = 100000").execute(&mut store.connection).await.expect("a large disk");
    store.save([large].iter(), &[], &[]).await.expect("saved");
}

#[tokio::test]
async fn rooms_are_saved_as_soon_as_the_folder_can_be_written() {
    let folder = Folder::new();
    // In the place of the database, whoever the test runs as.
    fs::create_dir(folder.database()).expect("a folder");
    assert!(matches!(Store::open(&folder.0).await.err(), Some(StoreError::Io { .. })));
    let saves = Saves::default();
    let keeper = Keeper::start(saves.clone(), folder.0.clone(), None, || ());
    saves.remove(crate::rooms::RoomId::House);
    fs::remove_dir(folder.database()).expect("mended");
    let is_there = |path: &Path| path.metadata().is_ok_and(|file| file.len() > 0);
    let opened = async {
        while !is_there(&folder.database()) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), opened).await.expect("opened");
    keeper.close().await;
    open(&folder).await;
}

/// Its time passes by itself while only the disk is waited for.
#[tokio::test(start_paused = true)]
async fn a_server_that_stops_does_not_wait_for_a_disk_that_does_not_answer() {
    let folder = Folder::new();
    let store = open(&folder).await;
    let other = SqliteConnectOptions::new().filename(folder.database());
    let mut other = other.connect().await.expect("a connection");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("all of the disk");
    let saves = Saves::default();
    let keeper = Keeper::start(saves.clone(), folder.0.clone(), Some(store), || ());
    saves.remove(crate::rooms::RoomId::House);
    timeout(Duration::from_secs(4), keeper.close()).await.expect("closed");
}

/// Overwrites the rooms in a database that is open, and lets its owner see that.
async fn damage(folder: &Folder) {
    let mut other =
        SqliteConnectOptions::new().filename(folder.database()).connect().await.expect("a connection");
    for words in ["UPDATE rooms SET made = made + 1", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        sqlx::query(words).execute(&mut other).await.expect(words);
    }
    let page = sqlx::query_scalar("SELECT rootpage FROM sqlite_master WHERE name = 'rooms'");
    let page: i64 = page.fetch_one(&mut other).await.expect("a page");
    let mut bytes = fs::read(folder.database()).expect("a file");
    let page = 4096 * (page as usize - 1);
    bytes[page..page + 4096].fill(0x5a);
    fs::write(folder.database(), bytes).expect("written");
}

#[tokio::test]
async fn a_database_that_is_damaged_while_it_is_open_is_moved_aside_and_all_rooms_are_saved_anew() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    let rows = [Change::Save(room("", "house"))];
    let heats = ["first", "second"].map(|id| HeatRow {
        id: id.to_owned(),
        room: String::new(),
        finished_at: Millis(1),
        record: b"{}".into(),
    });
    store.save(rows.iter(), &heats, &[]).await.expect("saved");
    damage(&folder).await;
    let (saves, (asked, mut asks)) = (Saves::default(), tokio::sync::mpsc::unbounded_channel());
    let keeper =
        Keeper::start(saves.clone(), folder.0.clone(), Some(store), move || asked.send(()).expect("heard"));
    saves.remove(crate::rooms::RoomId::House);
    timeout(Duration::from_secs(20), asks.recv()).await.expect("asked for all rooms").expect("asked");
    keeper.close().await;
    assert_eq!(folder.moved_aside().len(), 1);
    let mut store = open(&folder).await;
    assert_eq!(all(&mut store).await, []);
    assert_eq!(store.readable_heats().await, heats, "and the heats that wait are taken over");
    assert_eq!(folder.moved_aside().len(), 1, "the new one is in order");
}
