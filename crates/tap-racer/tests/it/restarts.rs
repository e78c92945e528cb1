//! The server is restarted in every phase, and nobody has to begin anew.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use crate::kit::{Client, Server, soon, sprint};

/// A phone comes back with its seat.
async fn back(server: &Server, topic: &str, seat: &Value) -> (Client, Value) {
    server.console(topic, json!({ "seat": seat["seat"] })).await
}

fn timed(seconds: u32) -> Value {
    json!({ "rules": { "mode": "timed", "seconds": seconds, "countdown": 0, "max_taps_per_second": 0 } })
}

#[tokio::test]
async fn a_lobby_is_as_it_was_left() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (_zoe, _) = server.phone("play", "Zoe").await;
    let wish = json!({ "name": "Ada", "colour": "teal", "shape": "heart" });
    let (mut ada, joined) = server.console("play", wish).await;
    let (_banned, banned) = server.phone("play", "Bo").await;
    let (mut talk, _) = server.console("chat:lobby", json!({ "name": "Ada" })).await;
    talk.push("chat:lobby", "new_msg", json!({ "text": "hello" })).await.expect("said");
    let said = talk.event("chat:lobby", "new_msg").await;
    let rules = json!({ "rules": { "mode": "timed", "seconds": 30 } });
    for (order, payload) in [
        ("bots", json!({ "count": 2, "level": "hard" })),
        ("rules", rules),
        ("ban", json!({ "id": banned["racer"]["id"] })),
        ("lock", json!({ "locked": true })),
    ] {
        console.push("console", order, payload).await.expect(order);
    }
    let (_, before) = server.console("console", json!({})).await;
    ada.everything().await;
    let server = server.restart().await;

    let (_, after) = server.console("console", json!({})).await;
    let seats = |view: &Value| -> Vec<Value> {
        let racers = view["racers"].as_array().expect("racers");
        let seat = |racer: &Value| {
            json!([racer["id"], racer["lane"], racer["name"], racer["colour"], racer["shape"]])
        };
        racers.iter().map(seat).collect()
    };
    assert_eq!(seats(&before).len(), 4);
    assert_eq!(seats(&after), seats(&before));
    for same in ["locked", "next_rules", "phase", "heat"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    let connected = |racer: &Value| racer["connected"] == racer["bot"];
    assert!(after["racers"].as_array().expect("racers").iter().all(connected), "guests have to come back");
    let (_ada, rejoined) = back(&server, "play", &joined).await;
    assert_eq!(rejoined["racer"], joined["racer"]);
    let mut stranger = server.client().await;
    let refused = stranger.join("play", json!({ "name": "Bo", "seat": banned["seat"] })).await;
    assert_eq!(refused, Err("banned".to_owned()));
    assert_eq!(stranger.join("play", json!({ "name": "Cy" })).await, Err("room is locked".to_owned()));
    let (_, history) = server.console("chat:lobby", json!({ "name": "Ada", "last_seen": said["id"] })).await;
    assert_eq!((&history["messages"], &history["recovered"]), (&json!([]), &json!(true)));
    let (_, newcomer) = server.console("chat:lobby", json!({ "name": "Cy" })).await;
    assert_eq!(newcomer["messages"][0]["text"], "hello");
}

#[tokio::test]
async fn the_gun_of_a_countdown_fires_when_it_was_going_to() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    console.push("console", "start", json!({ "rules": { "countdown": 60_000 } })).await.expect("started");
    let countdown = ada.phase("play", "countdown").await;
    let server = server.restart().await;
    let (_ada, rejoined) = back(&server, "play", &joined).await;
    assert_eq!(
        (&rejoined["phase"], &rejoined["go_at"], &rejoined["heat"], &rejoined["in_heat"]),
        (&json!("countdown"), &countdown["go_at"], &json!(1), &json!(true))
    );
}

#[tokio::test]
async fn a_race_goes_on_with_every_tap_of_before_and_of_meanwhile() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, ada_joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = server.phone("play", "Bo").await;
    console.push("console", "bots", json!({ "count": 1, "level": "hard" })).await.expect("a bot");
    console.push("console", "start", sprint(1000)).await.expect("started");
    ada.phase("play", "running").await;
    ada.claim("play", 1, 40).await;
    bo.claim("play", 1, 30).await;
    for (phone, taps) in [(&mut ada, 40), (&mut bo, 30)] {
        phone.event_where("play", "you", |you| you["taps"] == taps).await;
    }
    let server = server.restart().await;
    let (mut console, view) = server.console("console", json!({})).await;
    assert_eq!((&view["phase"], &view["heat"]), (&json!("running"), &json!(1)));
    let (mut ada, rejoined) = back(&server, "play", &ada_joined).await;
    assert_eq!((&rejoined["taps"], &rejoined["claimed"]), (&json!(40), &json!(40)));
    let (mut bo, _) = back(&server, "play", &bo_joined).await;
    let bots_lane = view["racers"][2]["lane"].as_u64().expect("a lane");
    let taps = view["racers"][2]["taps"].as_u64().expect("taps");
    console
        .event_where("console", "tick", |tick| {
            let lanes = tick["lanes"].as_array().expect("lanes");
            lanes.iter().any(|lane| lane[0] == bots_lane && lane[1].as_u64() > Some(taps))
        })
        .await;
    bo.claim("play", 1, 999).await;
    ada.claim("play", 1, 1000).await;
    let results = console.final_results("console").await;
    assert_eq!(results["winner"], ada_joined["racer"]["id"]);
    let counts: Vec<_> = results["places"].as_array().expect("places").iter().map(|it| &it["taps"]).collect();
    assert_eq!(counts[..2], [&json!(1000), &json!(999)]);
    let seen = console.everything().await;
    assert!(seen.iter().all(|frame| frame.payload["final"] != true), "one outcome");
}

#[tokio::test]
async fn a_heat_that_ended_while_there_was_no_server_waits_for_its_taps() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, ada_joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = server.phone("play", "Bo").await;
    console.push("console", "start", timed(1)).await.expect("started");
    for phone in [&mut ada, &mut bo] {
        phone.phase("play", "running").await;
        phone.claim("play", 1, 5).await;
        phone.event_where("play", "you", |you| you["taps"] == 5).await;
    }
    let server = server.restart_with(&[], async |_| tokio::time::sleep(Duration::from_secs(1)).await).await;
    let (mut console, view) = server.console("console", json!({})).await;
    assert_eq!((&view["phase"], &view["heat"]), (&json!("finishing"), &json!(1)));
    let (mut ada, rejoined) =
        server.console("play", json!({ "seat": ada_joined["seat"], "alive": 1000 })).await;
    assert_eq!(rejoined["phase"], "finishing");
    ada.send("play", "tap", json!({ "heat": 1, "n": 9, "at": 990, "last": true })).await;
    let (mut bo, _) = server.console("play", json!({ "seat": bo_joined["seat"], "alive": 1000 })).await;
    bo.send("play", "tap", json!({ "heat": 1, "n": 7, "at": 1000, "last": true })).await;
    let results = console.final_results("console").await;
    let places = results["places"].as_array().expect("places");
    let counts: Vec<_> = places.iter().map(|place| (&place["name"], &place["taps"])).collect();
    assert_eq!(counts, [(&json!("Ada"), &json!(9)), (&json!("Bo"), &json!(7))]);
}

#[tokio::test]
async fn who_was_first_while_there_was_no_server_is_first() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, ada_joined) = server.phone("play", "Ada").await;
    let (_bo, bo_joined) = server.phone("play", "Bo").await;
    console.push("console", "start", sprint(10)).await.expect("started");
    ada.phase("play", "running").await;
    let server = server.restart_with(&[], async |_| tokio::time::sleep(Duration::from_secs(1)).await).await;
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut bo, _) = back(&server, "play", &bo_joined).await;
    bo.send("play", "tap", json!({ "heat": 1, "n": 10, "at": 900 })).await;
    console.phase("console", "finishing").await;
    let (mut ada, _) = back(&server, "play", &ada_joined).await;
    ada.send("play", "tap", json!({ "heat": 1, "n": 10, "at": 700 })).await;
    let results = console.final_results("console").await;
    assert_eq!(results["winner"], ada_joined["racer"]["id"]);
    assert_eq!(results["places"][1]["margin"], 200);
}

#[tokio::test]
async fn results_are_still_there_and_the_next_heat_is_the_next_one() {
    let server = Server::start();
    let (code, host) = server.make_room().await;
    let (console_topic, play_topic) = (format!("console:{code}"), format!("play:{code}"));
    let (mut console, _) = server.console(&console_topic, json!({ "host": host })).await;
    let (mut ada, joined) = server.phone(&play_topic, "Ada").await;
    console.push(&console_topic, "start", sprint(3)).await.expect("started");
    ada.phase(&play_topic, "running").await;
    ada.claim(&play_topic, 1, 3).await;
    let results = console.final_results(&console_topic).await;
    let server = server.restart().await;
    let (mut console, view) = server.console(&console_topic, json!({ "host": host })).await;
    assert_eq!((&view["host"], &view["phase"]), (&json!(true), &json!("finished")));
    assert_eq!(view["results"], results);
    let (mut ada, _) = back(&server, &play_topic, &joined).await;
    console.push(&console_topic, "rematch", json!({})).await.expect("started");
    let running = ada.phase(&play_topic, "running").await;
    assert_eq!(running["heat"], 2);
}

#[tokio::test]
async fn who_does_not_come_back_loses_the_seat_as_ever() {
    let server = Server::start();
    let (_ada, joined) = server.phone("play", "Ada").await;
    let server = server.restart_with(&["--grace", "200ms"], async |_| {}).await;
    let (mut console, view) = server.console("console", json!({})).await;
    if view["racers"] != json!([]) {
        let left = console.event("console", "racer_left").await;
        assert_eq!(left, json!({ "id": joined["racer"]["id"], "why": "timeout" }));
    }
}

#[tokio::test]
async fn a_room_that_nobody_comes_back_to_ends_for_good() {
    let server = Server::start();
    let (code, _) = server.make_room().await;
    let server = server.restart_with(&["--room-idle", "200ms"], async |_| {}).await;
    while server.http("GET", &format!("/api/rooms/{code}"), "").await.0 == 200 {}
    let server = server.restart().await;
    assert_eq!(server.http("GET", &format!("/api/rooms/{code}"), "").await.0, 404);
}

#[tokio::test]
async fn what_cannot_be_restored_is_set_aside_and_the_rest_goes_on() {
    let server = Server::start();
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(server.make_room().await.0);
    }
    let (_ada, joined) = server.phone(&format!("play:{}", codes[3]), "Ada").await;
    let spoil = async |data: &Path| {
        let options = SqliteConnectOptions::new().filename(data.join("tap-racer.db"));
        let mut database = options.connect().await.expect("a database");
        for (change, code) in [
            ("UPDATE rooms SET state = 'nonsense' WHERE id = ?", &codes[0]),
            ("UPDATE rooms SET version = 99 WHERE id = ?", &codes[1]),
            ("UPDATE rooms SET state = json_set(state, '$.race.last_id', -1) WHERE id = ?", &codes[2]),
        ] {
            sqlx::query(change).bind(code).execute(&mut database).await.expect("spoilt");
        }
        database.close().await.expect("closed");
    };
    let server = server.restart_with(&[], spoil).await;
    for code in &codes[..3] {
        assert_eq!(server.http("GET", &format!("/api/rooms/{code}"), "").await.0, 404);
    }
    let (_ada, rejoined) = back(&server, &format!("play:{}", codes[3]), &joined).await;
    assert_eq!(rejoined["racer"], joined["racer"]);
}

#[tokio::test]
async fn a_database_that_is_damaged_while_people_race_is_replaced_with_all_rooms_in_it() {
    let server = Server::start();
    let (room, _) = server.make_room().await;
    let (_ada, _) = server.phone(&format!("play:{room}"), "Ada").await;
    let (_bo, _) = server.phone("play", "Bo").await;
    let file = server.data().join("tap-racer.db");
    let saved = async || -> Vec<String> {
        let opened = SqliteConnectOptions::new().filename(&file).connect().await;
        let Ok(mut database) = opened else { return Vec::new() };
        let ids = sqlx::query_scalar("SELECT id FROM rooms ORDER BY id").fetch_all(&mut database).await;
        ids.unwrap_or_default()
    };
    let both = [String::new(), room];
    let are_saved = async || while saved().await != both {};
    soon("both rooms to be saved", are_saved()).await;
    let mut other = SqliteConnectOptions::new().filename(&file).connect().await.expect("a connection");
    for words in ["UPDATE rooms SET made = made + 1", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        sqlx::query(words).execute(&mut other).await.expect(words);
    }
    drop(other);
    let mut bytes = std::fs::read(&file).expect("a file");
    bytes[4096..].fill(0x5a);
    std::fs::write(&file, &bytes).expect("damaged");
    // What happens in one room brings it to light, and the other is saved as well.
    let (_cy, _) = server.phone("play", "Cy").await;
    soon("both rooms to be saved anew", are_saved()).await;
    let files = std::fs::read_dir(server.data()).expect("a folder");
    let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    let aside: Vec<String> = names.filter(|name| name.contains(".db.corrupt-")).collect();
    // With the files that belong to it, as far as there are any.
    let databases = aside.iter().filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    assert_eq!(databases.count(), 1, "{aside:?}");
}
