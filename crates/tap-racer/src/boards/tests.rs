//! Boards as they are read from the tables, and as they change under those who look at them.

mod live;
mod plans;

use serde_json::{Value, json};
use sqlx::query;

use super::{Board, Boards, Period, SHOWN};
use crate::{
    channels::endpoint,
    clock,
    db::{Db, test::on_each_database},
    profile::kit::{Run, sign_up},
};
use race::Millis;

const DAY: i64 = 86_400_000;

fn board(key: &str, period: Period) -> Board {
    Board { key: key.parse().expect("a key"), period }
}

fn boards(db: &Db) -> Boards {
    Boards::new(db.clone(), &endpoint(), clock::wall_clock)
}

fn now() -> i64 {
    clock::wall_clock().0
}

/// Place and name.
fn standing(entries: &Value) -> Vec<(i64, String)> {
    let entry = |entry: &Value| {
        (entry["place"].as_i64().expect("a place"), entry["name"].as_str().expect("a name").to_owned())
    };
    entries.as_array().expect("entries").iter().map(entry).collect()
}

on_each_database!(a_board_shows_the_best_run_of_each_account_and_who_is_equal_shares_a_place(db) {
    let mut accounts = Vec::new();
    for (name, time) in [("Ada", 7000), ("Bo", 6500), ("Cy", 7000), ("Di", 7001), ("Ed <b>", 9000)] {
        let account = sign_up(&db, name).await;
        Run::sprint(account, time, 1000 + time).record(&db).await;
        accounts.push(account);
    }
    let best = Run::sprint(accounts[3], 6000, 20_000).record(&db).await;
    Run::sprint(accounts[3], 6600, 30_000).record(&db).await;
    Run { unranked: Some("machine"), ..Run::sprint(accounts[0], 1, 40_000) }.record(&db).await;
    let boards = boards(&db);
    let all = board("sprint-100", Period::All);
    let opened = json!(boards.open(&all, SHOWN, Some(accounts[4])).await.expect("read"));
    let names = ["Di", "Bo", "Ada", "Cy", "Ed <b>"].map(str::to_owned);
    let expected: Vec<_> = [1, 2, 3, 3, 5].into_iter().zip(names).collect();
    assert_eq!(standing(&opened["entries"]), expected);
    assert_eq!((&opened["of"], &opened["key"], &opened["period"]), (&json!(5), &json!("sprint-100"), &json!("all")));
    assert_eq!(opened["rules"]["taps"], 100);
    let first = json!({ "place": 1, "name": "Di", "time": 6000, "taps": 100, "rate": 16.67, "at": 20_000, "run": best });
    assert_eq!(opened["entries"][0], first);
    assert_eq!(opened["me"], opened["entries"][4]);
    let short = json!(boards.open(&all, 2, Some(accounts[2])).await.expect("read"));
    assert_eq!(standing(&short["entries"]), expected[..2]);
    assert_eq!((&short["of"], &short["me"]["place"]), (&json!(5), &json!(3)));
    let stranger = sign_up(&db, "Stranger").await;
    let opened = json!(boards.open(&all, SHOWN, Some(stranger)).await.expect("read"));
    assert_eq!(opened.get("me"), None);
});

on_each_database!(in_timed_races_more_taps_are_better(db) {
    for (name, taps) in [("Ada", 70), ("Bo", 90), ("Cy", 80)] {
        Run::timed(sign_up(&db, name).await, taps, now()).record(&db).await;
    }
    let opened = json!(boards(&db).open(&board("timed-10", Period::Today), SHOWN, None).await.expect("read"));
    assert_eq!(standing(&opened["entries"]), [(1, "Bo".to_owned()), (2, "Cy".to_owned()), (3, "Ada".to_owned())]);
    assert_eq!((&opened["entries"][0]["taps"], opened["entries"][0].get("time")), (&json!(90), None));
});

on_each_database!(a_run_of_another_day_is_on_no_board_of_today(db) {
    let ada = sign_up(&db, "Ada").await;
    Run::sprint(ada, 6000, now() - 8 * DAY).record(&db).await;
    let boards = boards(&db);
    let count = async |period| boards.open(&board("sprint-100", period), SHOWN, None).await.expect("read").top.of;
    assert_eq!((count(Period::Today).await, count(Period::Week).await, count(Period::All).await), (0, 0, 1));
    Run::sprint(ada, 7000, now()).record(&db).await;
    let today = boards.open(&board("sprint-100", Period::Today), SHOWN, None).await.expect("read");
    assert_eq!(today.top.entries[0].time, Some(7000));
    let all = boards.open(&board("sprint-100", Period::All), SHOWN, None).await.expect("read");
    assert_eq!(all.top.entries[0].time, Some(6000));
});

on_each_database!(kinds_of_rules_are_told_those_first_that_are_raced_most(db) {
    let ada = sign_up(&db, "Ada").await;
    assert!(boards(&db).kinds().await.expect("read").is_empty());
    for (key, times) in [("sprint-25", 1), ("timed-10", 3), ("sprint-100-hold", 2)] {
        for _ in 0..times {
            Run { key, ..Run::sprint(ada, 5000, now()) }.record(&db).await;
        }
    }
    let kinds = json!(boards(&db).kinds().await.expect("read"));
    let kinds: Vec<_> = kinds.as_array().expect("kinds").iter()
        .map(|kind| (kind["key"].clone(), kind["runs"].clone(), kind["rules"]["input"].clone())).collect();
    assert_eq!(kinds, [(json!("timed-10"), json!(3), json!("tap")), (json!("sprint-100-hold"), json!(2), json!("hold")),
        (json!("sprint-25"), json!(1), json!("tap"))]);
    let bo = sign_up(&db, "Bo").await;
    Run::timed(bo, 70, now()).record(&db).await;
    query("DELETE FROM accounts WHERE id = $1").bind(ada.0).execute(db.pool().expect("open")).await.expect("gone");
    let left = boards(&db).kinds().await.expect("read");
    assert_eq!(left.iter().map(|kind| kind.key.as_str()).collect::<Vec<_>>(), ["timed-10"]);
});

#[test]
fn a_topic_names_a_board_or_none() {
    for topic in ["board:sprint-100:today", "board:timed-10-hold-max20:all"] {
        assert_eq!(Board::of_topic(topic).map(|board| board.topic()).as_deref(), Some(topic));
    }
    for topic in [
        "board:",
        "board:sprint-100",
        "board:sprint-100:",
        "board:sprint-0100:all",
        "board:sprint-100:2026-W47",
        "board:chess:all",
        "board:sprint-100:all:all",
    ] {
        assert_eq!(Board::of_topic(topic), None, "{topic}");
    }
}

/// People's clocks, as a test sets them: each test has a thread of its own.
fn set_clock() -> Millis {
    CLOCK.get()
}

thread_local! {
    static CLOCK: std::cell::Cell<Millis> = const { std::cell::Cell::new(Millis(0)) };
}
