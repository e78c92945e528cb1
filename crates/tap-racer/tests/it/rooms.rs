//! Many rooms in one server, and their ends.

use std::{collections::HashSet, time::Duration};

use channels::Tokens;
use serde_json::json;

use crate::kit::{Server, soon, sprint};

#[tokio::test]
async fn a_made_room_obeys_its_host_and_shows_itself_to_others() {
    let server = Server::start();
    let (code, host) = server.make_room().await;
    let topic = format!("console:{code}");
    let (mut hosting, joined) = server.console(&topic, json!({ "host": host })).await;
    assert_eq!((&joined["host"], &joined["room"]), (&json!(true), &json!(code)));
    assert_eq!(joined["chat"], format!("chat:{code}"));
    let join_url = joined["join_url"].as_str().expect("a url");
    assert!(join_url.ends_with(&format!("/play/{code}")), "{join_url}");
    let size = joined["join_qr"]["size"].as_u64().expect("a size");
    assert!(size >= 21 && joined["join_qr"]["path"].as_str().is_some_and(|path| path.starts_with("M0 0h7")));
    let (mut watching, joined) = server.console(&topic, json!({})).await;
    assert_eq!((&joined["host"], &joined["host_required"]), (&json!(false), &json!(true)));
    let (mut phone, _) = server.phone(&format!("play:{code}"), "Ada").await;
    assert_eq!(watching.push(&topic, "start", sprint(1)).await, Err("not the host".to_owned()));
    hosting.push(&topic, "start", sprint(1)).await.expect("started");
    phone.phase(&format!("play:{code}"), "running").await;
    phone.tap(&format!("play:{code}"), 1).await;
    assert_eq!(watching.final_results(&topic).await["outcome"], "won");
}

#[tokio::test]
async fn a_host_token_is_good_for_its_own_room_only() {
    let server = Server::start();
    let (first, first_host) = server.make_room().await;
    let (second, _) = server.make_room().await;
    let mut client = server.client().await;
    let wrong = Err("wrong host token".to_owned());
    assert_eq!(client.join(&format!("console:{second}"), json!({ "host": first_host })).await, wrong);
    for forged in
        [json!("x"), json!(7), json!(""), json!(first_host.to_lowercase()), json!(format!("{first_host}x"))]
    {
        assert_eq!(
            client.join(&format!("console:{first}"), json!({ "host": forged })).await,
            wrong,
            "{forged}"
        );
    }
    // A seat is signed with the same key, and hosts nothing.
    let (_, seated) = server.phone(&format!("play:{first}"), "Ada").await;
    assert_eq!(client.join(&format!("console:{first}"), json!({ "host": seated["seat"] })).await, wrong);
}

#[tokio::test]
async fn the_host_of_an_earlier_room_of_the_same_code_is_a_stranger() {
    let server = Server::start();
    let (code, _) = server.make_room().await;
    let made = json!({ "room": code, "made": 1_700_000_000_000_i64 });
    let earlier = Tokens::new(&server.secret()).sign("host", &made).expect("a token");
    let mut client = server.client().await;
    let answer = client.join(&format!("console:{code}"), json!({ "host": earlier })).await;
    assert_eq!(answer, Err("wrong host token".to_owned()));
}

#[tokio::test]
async fn two_rooms_hear_nothing_of_each_other() {
    let server = Server::start();
    let (mut clients, mut topics) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let (code, host) = server.make_room().await;
        let (console, play, chat) =
            (format!("console:{code}"), format!("play:{code}"), format!("chat:{code}"));
        let (mut screen, _) = server.console(&console, json!({ "host": host })).await;
        screen.join(&chat, json!({ "name": "Screen" })).await.expect("joined");
        let (phone, joined) = server.phone(&play, "Ada").await;
        // The same name and the first lane in both: each room counts for itself.
        assert_eq!((&joined["racer"]["name"], &joined["racer"]["lane"]), (&json!("Ada"), &json!(1)));
        clients.push((screen, phone));
        topics.push((console, play, chat));
    }
    let (idle_console, idle_play, idle_chat) = topics.remove(1);
    let (console, play, chat) = topics.remove(0);
    let (mut idle_screen, mut idle_phone) = clients.remove(1);
    let (mut screen, mut phone) = clients.remove(0);
    screen.push(&console, "start", sprint(5)).await.expect("started");
    screen.push(&chat, "new_msg", json!({ "text": "go" })).await.expect("said");
    phone.phase(&play, "running").await;
    phone.claim(&play, 1, 5).await;
    phone.push(&play, "cheer", json!({ "emoji": "🎉" })).await.expect("cheered");
    screen.final_results(&console).await;
    screen.event(&console, "cheer").await;
    for frame in idle_screen.everything().await {
        let is_own = frame.topic == idle_console && frame.event == "racer_joined"
            || frame.topic == idle_chat && frame.event != "new_msg";
        assert!(is_own, "{frame:?}");
    }
    for frame in idle_phone.everything().await {
        assert!(frame.topic == idle_play && frame.event == "you", "{frame:?}");
    }
    // Nor does anybody join under the code of one what belongs to the other.
    assert_eq!(idle_phone.push(&play, "tap", json!({})).await, Err("unmatched topic".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_screen_that_joins_in_a_crowd_misses_nobody() {
    let server = Server::start();
    let crowd = async {
        let mut phones = Vec::new();
        for number in 0..150 {
            phones.push(server.phone("play", &format!("Racer {number}")).await);
        }
        phones
    };
    let screens = async {
        let mut screens = Vec::new();
        for _ in 0..100 {
            screens.push(server.console("console", json!({})).await);
        }
        screens
    };
    let (phones, screens) = tokio::join!(crowd, screens);
    for (mut screen, joined) in screens {
        let told = screen.everything().await;
        let joined = joined["racers"].as_array().expect("racers").iter();
        let came = told.iter().filter(|frame| frame.event == "racer_joined").map(|frame| &frame.payload);
        let seen: HashSet<String> = joined.chain(came).map(|racer| racer["id"].to_string()).collect();
        assert_eq!(seen.len(), phones.len());
    }
}

#[tokio::test]
async fn a_room_to_which_nobody_comes_ends() {
    let server = Server::with(&["--room-unused", "50ms"]);
    let (code, host) = server.make_room().await;
    ended(&server, &code).await;
    // Its host may open it again.
    let (_console, joined) = server.console(&format!("console:{code}"), json!({ "host": host })).await;
    assert_eq!(joined["host"], true);
    assert_eq!(server.http("GET", &format!("/api/rooms/{code}"), "").await.0, 200);
}

#[tokio::test]
async fn a_room_ends_a_while_after_the_last_one_has_left_it() {
    let server = Server::with(&["--room-unused", "1h", "--room-idle", "50ms"]);
    let (code, host) = server.make_room().await;
    let topic = format!("console:{code}");
    let (mut console, _) = server.console(&topic, json!({ "host": host })).await;
    let (phone, _) = server.phone(&format!("play:{code}"), "Ada").await;
    let mut talker = server.client().await;
    talker.join(&format!("chat:{code}"), json!({ "name": "Ada" })).await.expect("joined");
    drop(console.push(&topic, "phx_leave", json!({})).await);
    drop(phone);
    talker.push(&format!("chat:{code}"), "new_msg", json!({ "text": "still here" })).await.expect("said");
    assert_eq!(server.http("GET", &format!("/api/rooms/{code}"), "").await.0, 200);
    drop(talker);
    ended(&server, &code).await;
    let mut late = server.client().await;
    for kind in ["console", "play", "chat"] {
        let answer = late.join(&format!("{kind}:{code}"), json!({ "name": "Ada" })).await;
        assert_eq!(answer, Err("no such room".to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn a_room_with_somebody_in_it_does_not_end() {
    let server = Server::with(&["--room-unused", "100ms", "--room-idle", "1ms"]);
    let (code, host) = server.make_room().await;
    let topic = format!("console:{code}");
    let (mut console, _) = server.console(&topic, json!({ "host": host })).await;
    // Later than the room's own time, at which somebody was in it.
    let (unused, _) = server.make_room().await;
    ended(&server, &unused).await;
    console.push(&topic, "lock", json!({ "locked": true })).await.expect("still there");
    let (_, joined) = server.console(&topic, json!({})).await;
    assert_eq!(joined["locked"], true);
}

#[tokio::test]
async fn the_house_room_never_ends() {
    let server = Server::with(&["--room-unused", "100ms", "--room-idle", "1ms"]);
    let (mut console, _) = server.console("console", json!({})).await;
    console.push("console", "lock", json!({ "locked": true })).await.expect("locked");
    drop(console);
    // A room that was made later has ended of both causes.
    let (code, _) = server.make_room().await;
    ended(&server, &code).await;
    let (_, joined) = server.console("console", json!({})).await;
    assert_eq!(joined["locked"], true);
}

#[tokio::test]
async fn there_are_no_more_rooms_than_there_may_be() {
    let server = Server::with(&["--max-rooms", "2"]);
    server.make_room().await;
    server.make_room().await;
    let (status, body) = server.http("POST", "/api/rooms", "").await;
    assert_eq!((status, body.as_str()), (503, r#"{"reason":"too many rooms"}"#));
}

#[tokio::test]
async fn nobody_makes_rooms_in_a_loop() {
    let server = Server::with(&["--rooms-per-minute", "2"]);
    server.make_room().await;
    server.make_room().await;
    let (status, body) = server.http("POST", "/api/rooms", "").await;
    assert_eq!((status, body.as_str()), (429, r#"{"reason":"rate limited"}"#));
}

async fn ended(server: &Server, code: &str) {
    let path = format!("/api/rooms/{code}");
    soon("the end of the room", async {
        while server.http("GET", &path, "").await.0 != 404 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
