//! `score:<game>`.

use ::channels::test::TestChannel;
use serde_json::{Value, json};
use sqlx::query;

use super::*;
use crate::{db::test::on_each_database, profile::kit::sign_up};

async fn scores(channel: &TestChannel, payload: Value) -> Value {
    read(&channel.push("new_score", payload).assert_reply(Status::Ok).await)
}

/// Without the time.
fn timeless(mut json: Value) -> Value {
    assert!(json["at"].take().as_i64().is_some_and(|at| at > 1_700_000_000_000), "{json}");
    json
}

on_each_database!(a_score_is_stored_answered_and_told_to_all_who_play_and_to_the_account(db) {
    let house = House::on(db.clone());
    let (ada, bo) = (sign_up(&db, "Ada").await, sign_up(&db, "Bo <b>").await);
    let (page, joined) = house.join_as(ada, "score:practice").await.expect("joined");
    let nothing = json!({ "score": null, "best": null, "place": null, "count": 0, "top": [], "history": [] });
    assert_eq!(joined, nothing);
    let (other, _) = house.join_as(bo, "score:practice").await.expect("joined");
    let (elsewhere, _) = house.join_as(bo, "score:towers").await.expect("joined");
    let told = json!({ "score": 80, "best": 80, "place": 1, "count": 1, "at": null });
    assert_eq!(timeless(scores(&other, json!({ "score": 80 })).await), told);
    let told = json!({ "name": "Bo <b>", "score": 80, "place": 1, "count": 1, "at": null });
    for hearer in [&page, &other] {
        assert_eq!(timeless(read(&hearer.assert_push("score").await)), told);
    }
    let answers = [(70, 70, 2), (90, 90, 1), (85, 90, 1)];
    for ((score, best, place), count) in answers.into_iter().zip(1..) {
        let told = json!({ "score": score, "best": best, "place": place, "count": count, "at": null });
        assert_eq!(timeless(scores(&page, json!({ "score": score })).await), told);
    }
    elsewhere.refute_push("score").await;
    let (_, mut joined) = house.join_as(ada, "score:practice").await.expect("joined");
    let history = joined["history"].take();
    let history: Vec<_> = history.as_array().expect("a list").iter().map(|entry| entry[1].clone()).collect();
    assert_eq!(history, [70, 90, 85]);
    let top = json!([{ "name": "Ada", "score": 90 }, { "name": "Bo <b>", "score": 80 }]);
    let all = json!({ "score": 85, "best": 90, "place": 1, "count": 3, "top": top, "history": null });
    assert_eq!(joined, all);
});

on_each_database!(a_score_that_comes_again_by_its_name_is_answered_and_counts_once(db) {
    let house = House::on(db.clone());
    let ada = sign_up(&db, "Ada").await;
    let (page, _) = house.join_as(ada, "score:practice").await.expect("joined");
    let first = scores(&page, json!({ "score": 50, "id": "one" })).await;
    page.assert_push("score").await;
    for _ in 0..20 {
        assert_eq!(scores(&page, json!({ "score": 50, "id": "one" })).await, first);
    }
    page.refute_push("score").await;
    let (other, _) = house.join_as(ada, "score:towers").await.expect("joined");
    refuses(&other, "new_score", json!({ "score": 50, "id": "one" }), "bad score").await;
    let next = scores(&page, json!({ "score": 40, "id": "two" })).await;
    assert_eq!((&next["count"], &next["best"]), (&json!(2), &json!(50)));
    let again = scores(&page, json!({ "score": 50, "id": "one" })).await;
    assert_eq!((&again["count"], &again["score"], &again["at"]), (&json!(2), &json!(50), &first["at"]));
});

on_each_database!(what_is_no_score_or_too_often_is_refused_and_the_channel_lives_on(db) {
    let house = House::on(db.clone());
    let ada = sign_up(&db, "Ada").await;
    assert_eq!(house.refusal("score:practice", json!({})).await, reason("unauthorized"));
    for topic in ["score:", "score:Practice", "score:a b", "score:'; DROP TABLE scores; --"] {
        assert_eq!(house.join_as(ada, topic).await.err(), Some(reason("no such game")), "{topic}");
    }
    let (page, _) = house.join_as(ada, "score:practice").await.expect("joined");
    let (twin, _) = house.join_as(ada, "score:towers").await.expect("joined");
    for bad in [json!({}), json!([]), json!({ "score": "7" }), json!({ "score": 311 }), json!({ "score": -1 })] {
        refuses(&page, "new_score", bad, "bad score").await;
    }
    refuses(&page, "shout", json!({}), "unknown event").await;
    for score in 0..10 {
        let page = if score % 2 == 0 { &page } else { &twin };
        scores(page, json!({ "score": score })).await;
    }
    for page in [&page, &twin] {
        refuses(page, "new_score", json!({ "score": 1 }), "rate limited").await;
    }
    let bo = sign_up(&db, "Bo").await;
    let (other, _) = house.join_as(bo, "score:practice").await.expect("joined");
    scores(&other, json!({ "score": 1 })).await;
});

on_each_database!(an_account_has_a_hundred_games_and_a_thousand_scores_of_each(db) {
    let house = House::on(db.clone());
    let ada = sign_up(&db, "Ada").await;
    let pool = db.pool().expect("open");
    for game in 0..99 {
        let insert = "INSERT INTO games (game, account, last, best, best_at, count) VALUES ($1, $2, 1, 1, 1, 1)";
        query(insert).bind(format!("game-{game}")).bind(ada.0).execute(pool).await.expect("a game");
    }
    let insert = "INSERT INTO games (game, account, last, best, best_at, count) VALUES ('practice', $1, 1, 1, 1, 1000)";
    query(insert).bind(ada.0).execute(pool).await.expect("a game");
    for at in 0..1000 {
        let insert = "INSERT INTO scores (account, game, score, at) VALUES ($1, 'practice', 1, $2)";
        query(insert).bind(ada.0).bind(at).execute(pool).await.expect("a score");
    }
    let (page, _) = house.join_as(ada, "score:one-more").await.expect("joined");
    refuses(&page, "new_score", json!({ "score": 1 }), "too many games").await;
    let (page, _) = house.join_as(ada, "score:practice").await.expect("joined");
    assert_eq!(scores(&page, json!({ "score": 2 })).await["count"], json!(1001));
    let kept = "SELECT COUNT(*), MIN(at) FROM scores WHERE account = $1";
    let kept: (i64, i64) = sqlx::query_as(kept).bind(ada.0).fetch_one(pool).await.expect("counted");
    assert_eq!(kept, (1000, 1));
    let (_, joined) = house.join_as(ada, "score:practice").await.expect("joined");
    let history = joined["history"].as_array().expect("a list");
    assert_eq!((history.len(), &history[0], &history[199][1]), (200, &json!([801, 1]), &json!(2)));
});

on_each_database!(scores_of_one_account_at_once_are_all_counted(db) {
    let house = House::on(db.clone());
    let ada = sign_up(&db, "Ada").await;
    let mut pages = Vec::new();
    for _ in 0..5 {
        pages.push(house.join_as(ada, "score:practice").await.expect("joined").0);
    }
    let pushing = pages.iter().flat_map(|page| {
        // Each page hands in one of its own and one that all have.
        [json!({ "score": 7 }), json!({ "score": 9, "id": "same" })].map(|payload| page.push("new_score", payload))
    });
    for push in pushing.collect::<Vec<_>>() {
        push.assert_reply(Status::Ok).await;
    }
    let (_, joined) = house.join_as(ada, "score:practice").await.expect("joined");
    assert_eq!((&joined["count"], &joined["best"]), (&json!(6), &json!(9)));
});

#[tokio::test]
async fn while_the_database_is_away_nobody_joins_a_game() {
    let house = House::open();
    let refused = house.join_as(AccountId(1), "score:practice").await.err();
    assert_eq!(refused, Some(reason("accounts are unavailable")));
}
