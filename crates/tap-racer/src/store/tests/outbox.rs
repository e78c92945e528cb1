//! Heats wait for as long as it takes.

use race::{Outcome, Rules, Settings};

use super::*;
use crate::{records::HeatRecord, room::SavedRoom, rooms::RoomId};

fn row(id: &str) -> HeatRow {
    row_of("K7QF", id)
}

fn row_of(room: &str, id: &str) -> HeatRow {
    let record = format!("\"{id}\"").into_bytes();
    HeatRow { id: id.to_owned(), room: room.to_owned(), finished_at: Millis(7), record }
}

fn recorded(id: &str) -> Handled {
    Handled::Recorded { id: id.to_owned() }
}

async fn add(store: &mut Store, heats: &[HeatRow], handled: &[Handled]) {
    store.save([].iter(), heats, handled).await.expect("saved");
}

async fn oldest(store: &mut Store) -> Option<String> {
    store.oldest_heat().await.expect("heats").map(|heat| heat.id)
}

fn heat() -> HeatRecord {
    HeatRecord {
        id: Uuid::new_v4(),
        room: String::new(),
        heat: 1,
        rules: Rules::default(),
        settings: Settings::default(),
        finished_at: Millis(7),
        outcome: Outcome::NoTaps,
        racers: 1,
        runs: Vec::new(),
    }
}

/// Any state of a room.
fn a_room() -> SavedRoom {
    serde_json::from_slice(include_bytes!("../../room/saved/version-1.json")).expect("a room")
}

#[tokio::test]
async fn heats_wait_in_their_order_over_a_restart_and_until_they_are_handled() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    assert_eq!(store.oldest_heat().await.expect("none"), None);
    add(&mut store, &[row("b"), row("a")], &[]).await;
    store.close().await;
    let mut store = open(&folder).await;
    assert_eq!(store.oldest_heat().await.expect("a heat"), Some(row("b")));
    // Who saves twice, not knowing whether the first time succeeded, saves it once.
    add(&mut store, &[row("b"), row("c")], &[recorded("a")]).await;
    assert_eq!((oldest(&mut store).await.as_deref(), store.heats().await.expect("heats")), (Some("b"), 2));
    add(&mut store, &[], &[recorded("b")]).await;
    assert_eq!(oldest(&mut store).await.as_deref(), Some("c"));
}

#[tokio::test]
async fn a_heat_and_its_room_are_written_together_or_neither_is() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    sqlx::query("PRAGMA max_page_count = 14").execute(&mut store.connection).await.expect("a small disk");
    let large = Change::Save(room("K7QF", &"large ".repeat(50_000)));
    assert!(store.save([large.clone()].iter(), &[row("a")], &[]).await.is_err());
    assert_eq!((all(&mut store).await, oldest(&mut store).await), (vec![], None));
    sqlx::query("PRAGMA max_page_count = 100000").execute(&mut store.connection).await.expect("a large disk");
    store.save([large].iter(), &[row("a")], &[]).await.expect("saved");
    assert_eq!((all(&mut store).await.len(), oldest(&mut store).await.as_deref()), (1, Some("a")));
}

#[tokio::test]
async fn a_heat_that_cannot_be_recorded_is_kept_with_the_reason() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    add(&mut store, &[row("a")], &[]).await;
    let set_aside = Handled::SetAside { id: "a".to_owned(), reason: "it is nonsense".to_owned() };
    add(&mut store, &[], &[set_aside]).await;
    assert_eq!(oldest(&mut store).await, None);
    let query = "SELECT id, state, reason FROM set_aside";
    let kept: Vec<(String, String, String)> =
        sqlx::query_as(query).fetch_all(&mut store.connection).await.expect("rows");
    assert_eq!(kept, [("heat a".to_owned(), "\"a\"".to_owned(), "it is nonsense".to_owned())]);
}

#[tokio::test]
async fn of_more_than_ten_thousand_heats_the_oldest_are_dropped() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    let heats: Vec<HeatRow> = (0..10_003).map(|number| row(&number.to_string())).collect();
    add(&mut store, &heats, &[]).await;
    assert_eq!(store.drop_heats().await.expect("dropped"), 3);
    assert_eq!(
        (oldest(&mut store).await.as_deref(), store.heats().await.expect("heats")),
        (Some("3"), 10_000)
    );
    assert_eq!(store.drop_heats().await.expect("none"), 0);
}

#[tokio::test]
async fn a_room_of_which_many_heats_wait_pushes_out_none_of_the_others() {
    let folder = Folder::new();
    let mut store = open(&folder).await;
    let quiet = (0..3).map(|number| row_of("K7QF", &format!("quiet {number}")));
    let loud = (0..10_100).map(|number| row_of("CDFH", &number.to_string()));
    let busy = (0..50).map(|number| row_of("GHJK", &format!("busy {number}")));
    add(&mut store, &quiet.chain(loud).chain(busy).collect::<Vec<_>>(), &[]).await;
    assert_eq!(store.drop_heats().await.expect("dropped"), 153);
    let left = sqlx::query_as("SELECT room, COUNT(*) FROM finished_heats GROUP BY room ORDER BY room");
    let left: Vec<(String, i64)> = left.fetch_all(&mut store.connection).await.expect("rows");
    let of = |room: &str, count| (room.to_owned(), count);
    assert_eq!(left, [of("CDFH", 9947), of("GHJK", 50), of("K7QF", 3)]);
    let first =
        sqlx::query_scalar("SELECT id FROM finished_heats WHERE room = 'CDFH' ORDER BY rowid LIMIT 1");
    let first: String = first.fetch_one(&mut store.connection).await.expect("a heat");
    assert_eq!(first, "153");
}

#[tokio::test]
async fn of_the_heats_that_wait_for_a_disk_that_does_not_answer_the_latest_thousand_are_kept() {
    let folder = Folder::new();
    let saves = Saves::default();
    let heats: Vec<HeatRecord> = (0..1003).map(|_| heat()).collect();
    for heat in &heats {
        saves.save(RoomId::House, a_room(), vec![heat.clone()]);
    }
    let keeper = Keeper::start(saves.clone(), folder.0.clone(), Some(open(&folder).await), || ());
    let row =
        timeout(Duration::from_secs(20), saves.next_heat(None)).await.expect("in time").expect("a heat");
    assert_eq!(row.id, heats[3].id.to_string());
    keeper.close().await;
}

#[tokio::test]
async fn no_newer_state_of_a_room_and_not_its_end_takes_the_place_of_its_heats() {
    let folder = Folder::new();
    let store = open(&folder).await;
    let saves = Saves::default();
    let heats = [heat(), heat(), heat()];
    saves.save(RoomId::House, a_room(), vec![heats[0].clone()]);
    saves.save(RoomId::House, a_room(), vec![heats[1].clone(), heats[2].clone()]);
    saves.save(RoomId::House, a_room(), Vec::new());
    saves.remove(RoomId::House);
    let keeper = Keeper::start(saves.clone(), folder.0.clone(), Some(store), || ());
    timeout(Duration::from_secs(20), saves.heat_written()).await.expect("written");
    let mut before = None;
    for heat in &heats {
        let row = saves.next_heat(before).await.expect("a heat");
        assert_eq!(serde_json::from_slice::<HeatRecord>(&row.record).expect("a record"), *heat);
        assert_eq!(row.id, heat.id.to_string());
        before = Some(recorded(&row.id));
    }
    assert_eq!(saves.next_heat(before).await, None);
    keeper.close().await;
}

#[tokio::test]
async fn heats_wait_in_memory_while_the_disk_cannot_be_written() {
    let folder = Folder::new();
    // In the place of the database, whoever the test runs as.
    fs::create_dir(folder.database()).expect("a folder");
    let saves = Saves::default();
    let keeper = Keeper::start(saves.clone(), folder.0.clone(), None, || ());
    let heat = heat();
    saves.save(RoomId::House, a_room(), vec![heat.clone()]);
    let asking = tokio::spawn({
        let saves = saves.clone();
        async move { saves.next_heat(None).await }
    });
    fs::remove_dir(folder.database()).expect("mended");
    let row = timeout(Duration::from_secs(20), asking).await.expect("in time").expect("no panic");
    assert_eq!(row.map(|row| row.id), Some(heat.id.to_string()));
    keeper.close().await;
}
