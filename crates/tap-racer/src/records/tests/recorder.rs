//! The recorder takes what waits, in its order, and lets nothing wait for what cannot be recorded.

use std::path::Path;

use channels::Endpoint;
use clap::Parser;
use tokio::time::sleep;

use super::*;
use crate::{
    app::App,
    channels as topics,
    clock::Clock,
    config::Config,
    db::test::{Folder, sqlite, unavailable},
    rooms::Rooms,
    store::{HeatRow, Keeper, Saves, Store},
    tokens::Keys,
};

/// No rooms, to be told.
fn rooms(saves: &Saves) -> Rooms {
    let endpoint: Endpoint = topics::endpoint();
    let config = Config::parse_from(["tap-racer"]);
    let listening = "127.0.0.1:4000".parse().expect("an address");
    let (keys, clock) = (Keys::of(b"key"), Clock::start(Millis::MIN));
    App::new(config, keys, clock, listening, &endpoint, saves.clone(), unavailable()).rooms
}

/// An outbox that holds these.
async fn outbox(folder: &Path, rows: &[HeatRow]) -> (Saves, Keeper) {
    let mut store = Store::open(folder).await.expect("a store");
    store.save([].iter(), rows, &[]).await.expect("saved");
    let saves = Saves::default();
    let keeper = Keeper::start(saves.clone(), folder.to_owned(), Some(store), || ());
    (saves, keeper)
}

fn row(heat: &HeatRecord) -> HeatRow {
    let record = serde_json::to_vec(heat).expect("json");
    HeatRow { id: heat.id.to_string(), room: heat.room.clone(), finished_at: heat.finished_at, record }
}

async fn emptied(saves: &Saves) {
    let empty = async {
        while saves.next_heat(None).await.is_some() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(30), empty).await.expect("in time");
}

#[tokio::test]
async fn what_an_earlier_process_has_left_is_recorded_in_its_order_and_told() {
    let (db, folder) = sqlite().await;
    let ada = account(&db, "Ada").await;
    let heats: Vec<_> = [120, 110, 100].map(|every| sprint(&[(Some(ada), 20, every)]).0).into();
    let (saves, keeper) = outbox(&folder.0, &heats.iter().map(row).collect::<Vec<_>>()).await;
    // The first was recorded by a process that died before it could say so.
    write(&db, &heats[0]).await.expect("news");
    let records = Records::default();
    let mut news = records.subscribe();
    let recorder = Recorder::start(saves.clone(), db.clone(), records, rooms(&saves));
    for previous in [2400, 2200] {
        let told = timeout(Duration::from_secs(20), news.recv()).await.expect("in time").expect("news");
        assert_eq!((told.runs[0].best, told.runs[0].previous), (true, Some(previous)));
    }
    emptied(&saves).await;
    assert_eq!(stat(&db, ada, "races").await, 3);
    recorder.close().await;
    keeper.close().await;
}

#[tokio::test]
async fn a_heat_that_is_not_to_be_read_or_written_is_set_aside_and_those_behind_it_are_recorded() {
    let (db, folder) = sqlite().await;
    let ada = account(&db, "Ada").await;
    let (good, run) = sprint(&[(Some(ada), 20, 100)]);
    let garbage = HeatRow {
        id: "garbage".to_owned(),
        room: String::new(),
        finished_at: Millis(1),
        record: b"\"garbage\"".to_vec(),
    };
    // Two runs of one racer are none that a room makes.
    let twice = HeatRecord { id: uuid::Uuid::new_v4(), runs: vec![run.clone(), run], ..good.clone() };
    let (saves, keeper) = outbox(&folder.0, &[garbage, row(&twice), row(&good)]).await;
    let recorder = Recorder::start(saves.clone(), db.clone(), Records::default(), rooms(&saves));
    emptied(&saves).await;
    recorder.close().await;
    keeper.close().await;
    assert_eq!(stat(&db, ada, "races").await, 1);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM heats").await, 1, "all of a heat, or nothing");
    let mut store = Store::open(&folder.0).await.expect("a store");
    let aside = store.set_aside_ids().await.expect("rows");
    assert_eq!(aside, ["heat garbage".to_owned(), format!("heat {}", twice.id)]);
}

#[tokio::test]
async fn heats_wait_while_the_database_is_away_and_a_server_that_stops_does_not_wait_for_it() {
    let folder = Folder::new();
    let (heat, _) = sprint(&[(None, 20, 100)]);
    let (saves, keeper) = outbox(&folder.0, &[row(&heat)]).await;
    let recorder = Recorder::start(saves.clone(), unavailable(), Records::default(), rooms(&saves));
    assert!(saves.next_heat(None).await.is_some());
    timeout(Duration::from_secs(5), recorder.close()).await.expect("in time");
    assert_eq!(saves.next_heat(None).await.map(|row| row.id), Some(heat.id.to_string()));
    keeper.close().await;
}
