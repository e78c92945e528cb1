//! `account:<id>` and `board:<KEY>:<period>`.

use serde_json::json;
use sqlx::query;

use super::*;
use crate::{
    db::test::on_each_database,
    news::spread,
    profile::kit::{Run, sign_up},
    records::{Recorded, RecordedRun},
};

on_each_database!(an_account_sees_what_it_has_raced_and_played_and_nobody_else_does(db) {
    let house = House::on(db.clone());
    let (ada, bo) = (sign_up(&db, "Ada").await, sign_up(&db, "Bo").await);
    let run = Run::sprint(ada, 8000, 1000).record(&db).await;
    let topic = format!("account:{ada}");
    assert_eq!(house.refusal(&topic, json!({})).await, reason("unauthorized"));
    for other in [format!("account:{bo}"), "account:".to_owned(), format!("account:0{ada}"), "account:x".to_owned()] {
        assert_eq!(house.join_as(ada, &other).await.err(), Some(reason("unauthorized")), "{other}");
    }
    let (page, joined) = house.join_as(ada, &topic).await.expect("joined");
    assert_eq!(joined["account"], json!({ "id": ada, "name": "Ada", "made": 7 }));
    assert_eq!((&joined["stats"]["races"], &joined["games"]), (&json!(1), &json!([])));
    assert_eq!((&joined["races"][0]["id"], &joined["rules"][0]["best_run"]), (&json!(run), &json!(run)));
    refuses(&page, "new_score", json!({}), "unknown event").await;
    let (game, _) = house.join_as(ada, "score:practice").await.expect("joined");
    obeys(&game, "new_score", json!({ "score": 77 })).await;
    let told = read(&page.assert_push("score").await);
    assert_eq!((&told["game"], &told["score"], &told["best"], &told["place"]),
        (&json!("practice"), &json!(77), &json!(77), &json!(1)));
    query("DELETE FROM accounts WHERE id = $1").bind(ada.0).execute(db.pool().expect("open")).await.expect("deleted");
    assert_eq!(house.join_as(ada, &topic).await.err(), Some(reason("unauthorized")));
});

on_each_database!(a_board_is_open_to_all_and_tells_everybody_their_own_place(db) {
    let house = House::on(db.clone());
    let ada = sign_up(&db, "Ada").await;
    Run::sprint(ada, 8000, 1000).record(&db).await;
    for topic in ["board:", "board:chess-1:all", "board:sprint-100:2026-W47", "board:'; DROP TABLE runs; --:all"] {
        assert_eq!(house.refusal(topic, json!({})).await, reason("no such board"), "{topic}");
    }
    let (guest, joined) = house.join("board:sprint-100:all", json!({})).await.expect("joined");
    assert_eq!((&joined["of"], &joined["entries"][0]["name"], joined.get("me")), (&json!(1), &json!("Ada"), None));
    assert_eq!(read(&guest.push("me", json!({})).assert_reply(Status::Ok).await), json!({}));
    let (page, joined) = house.join_as(ada, "board:sprint-100:all").await.expect("joined");
    assert_eq!(joined["me"], joined["entries"][0]);
    let own = read(&page.push("me", json!({})).assert_reply(Status::Ok).await);
    assert_eq!(own["me"], joined["me"]);
    refuses(&page, "board", json!({}), "unknown event").await;
    let asked = (0..30).map(|_| page.push("me", json!({})));
    let last = asked.collect::<Vec<_>>().pop().expect("the last one");
    assert_eq!(read(&last.assert_reply(Status::Error).await), reason("rate limited"));
});

on_each_database!(what_is_recorded_is_told_to_its_account_and_to_who_looks_at_a_board(db) {
    let house = House::on(db.clone());
    let (ada, bo) = (sign_up(&db, "Ada").await, sign_up(&db, "Bo").await);
    let app = &house.app;
    let news = spread(app.records.subscribe(), db.clone(), house.endpoint.clone(), app.boards.clone());
    let news = tokio::spawn(news);
    let (board, _) = house.join("board:sprint-100:all", json!({})).await.expect("joined");
    let (page, _) = house.join_as(ada, &format!("account:{ada}")).await.expect("joined");
    let (other, _) = house.join_as(bo, &format!("account:{bo}")).await.expect("joined");
    let run = Run::sprint(ada, 8000, 1000).record(&db).await;
    // The account of the other one has been deleted since.
    for (account, run) in [(bo, 99), (ada, run)] {
        let run = RecordedRun {
            racer: 1, account, name: "Racer".to_owned(), run, best: true, previous: None, taps: 100,
            time: Some(8000), races: 1, wins: 1,
        };
        let boards = vec!["sprint-100".parse().expect("a key")];
        app.records.announce(Recorded { room: None, heat: 1, runs: vec![run], boards });
    }
    // One that is stored while a page joins may be told of twice, and the first time without that.
    let told = loop {
        let told = read(&page.assert_push("race").await);
        if told["bests"] != json!([]) {
            break told;
        }
    };
    assert_eq!((&told["race"]["id"], &told["bests"]), (&json!(run), &json!(["sprint-100"])));
    assert_eq!((&told["stats"]["races"], &told["rules"][0]["best_time"]), (&json!(1), &json!(8000)));
    while read(&board.assert_push("board").await)["of"] != json!(1) {}
    other.refute_push("race").await;
    news.abort();
});

#[tokio::test]
async fn while_the_database_is_away_there_are_neither_boards_nor_records() {
    let house = House::open();
    let unavailable = reason("accounts are unavailable");
    assert_eq!(house.refusal("board:sprint-100:all", json!({})).await, unavailable);
    assert_eq!(house.join_as(AccountId(1), "account:1").await.err(), Some(unavailable));
}
