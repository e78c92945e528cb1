//! Profiles as they are read from the tables.

use serde_json::{Value, json};
use sqlx::query;

use super::*;
use crate::{
    db::{Db, test::on_each_database},
    profile::kit::{Run, sign_up, trace},
};

async fn profile_of(db: &Db, name: &str) -> Option<Value> {
    let pool = db.pool().expect("open");
    let account = find(pool, name).await.expect("read")?;
    Some(json!(profile(pool, account).await.expect("read")))
}

on_each_database!(a_profile_tells_what_an_account_has_raced_and_played(db) {
    let (ada, bo) = (sign_up(&db, "Ada").await, sign_up(&db, "Bo").await);
    assert_eq!(profile_of(&db, "Bo").await.expect("a profile"), json!({
        "name": "Bo", "made": 7, "rules": [], "races": [], "games": [], "progress": {},
        "stats": { "races": 0, "wins": 0, "podiums": 0, "taps": 0, "win_streak": 0, "best_win_streak": 0,
            "day_streak": 0, "best_day_streak": 0 },
    }));
    Run::sprint(ada, 8000, 1000).record(&db).await;
    let unfinished = Run { place: 2, taps: 60, time: None, unranked: Some("not finished"), ..Run::sprint(ada, 0, 2000) };
    unfinished.record(&db).await;
    Run::timed(ada, 77, 3000).record(&db).await;
    Run::sprint(bo, 1, 4000).record(&db).await;
    let insert = "INSERT INTO games (game, account, last, best, best_at, count) VALUES ('practice', $1, 70, 90, 5, 3)";
    query(insert).bind(ada.0).execute(db.pool().expect("open")).await.expect("a game");
    let profile = profile_of(&db, "aDA").await.expect("a profile");
    assert_eq!(profile["name"], "Ada");
    assert_eq!((&profile["stats"]["races"], &profile["stats"]["taps"]), (&json!(3), &json!(237)));
    assert_eq!(profile["games"], json!([{ "game": "practice", "last": 70, "best": 90, "count": 3 }]));
    assert_eq!(profile["progress"], json!({ "sprint-100": [[1000, 8000]], "timed-10": [[3000, 77]] }));
    let kinds: Vec<_> = profile["rules"].as_array().expect("kinds").iter()
        .map(|kind| (kind["key"].clone(), kind["races"].clone(), kind["rules"]["mode"].clone())).collect();
    assert_eq!(kinds, [(json!("sprint-100"), json!(2), json!("sprint")), (json!("timed-10"), json!(1), json!("timed"))]);
    let races: Vec<_> = profile["races"].as_array().expect("races").iter()
        .map(|race| (race["finished_at"].clone(), race["ranked"].clone(), race["won"].clone())).collect();
    assert_eq!(races, [(json!(3000), json!(true), json!(true)), (json!(2000), json!(false), json!(false)),
        (json!(1000), json!(true), json!(true))]);
    let unfinished = &profile["races"][1];
    assert_eq!((&unfinished["why_unranked"], unfinished.get("time")), (&json!("not finished"), None));
    assert_eq!(profile["races"][2]["rate"], json!(12.5));
});

on_each_database!(days_in_a_row_are_over_when_one_has_passed_without_a_race(db) {
    let ada = sign_up(&db, "Ada").await;
    Run::sprint(ada, 8000, 1000).record(&db).await;
    let today = day(clock::wall_clock());
    for (last_day, streak) in [(today, 3), (today - 1, 3), (today - 2, 0)] {
        let update = query("UPDATE stats SET day_streak = 3, best_day_streak = 3, last_day = $1").bind(last_day);
        update.execute(db.pool().expect("open")).await.expect("stats");
        let stats = stats(db.pool().expect("open"), ada).await.expect("read");
        assert_eq!((stats.day_streak, stats.best_day_streak), (streak, 3), "{last_day}");
    }
});

on_each_database!(races_are_listed_page_by_page_newest_first(db) {
    let (ada, bo) = (sign_up(&db, "Ada").await, sign_up(&db, "Bo").await);
    let mut runs = Vec::new();
    // Several at once, as heats that were waiting for the database.
    for number in 0..25_i64 {
        runs.push(Run::sprint(ada, 8000, number / 4).record(&db).await);
        Run::sprint(bo, 8000, number / 4).record(&db).await;
    }
    runs.reverse();
    let pool = db.pool().expect("open");
    let mut listed: Vec<i64> = Vec::new();
    loop {
        let page = races(pool, ada, listed.last().copied(), 7).await.expect("read");
        if page.is_empty() {
            break;
        }
        listed.extend(page.iter().map(|race| race.id));
    }
    assert_eq!(listed, runs);
    let of_another = Run::sprint(bo, 8000, 99).record(&db).await;
    assert!(races(pool, ada, Some(of_another), 7).await.expect("read").is_empty());
});

on_each_database!(progress_shows_the_latest_two_hundred(db) {
    let ada = sign_up(&db, "Ada").await;
    for number in 0..203 {
        Run::timed(ada, number, number).record(&db).await;
    }
    let profile = profile_of(&db, "Ada").await.expect("a profile");
    let points = profile["progress"]["timed-10"].as_array().expect("points");
    assert_eq!((points.len(), &points[0], &points[199]), (200, &json!([3, 3]), &json!([202, 202])));
    assert_eq!(profile["races"].as_array().expect("races").len(), 20);
});

on_each_database!(a_run_is_replayed_from_its_trace_and_a_guests_is_not_shown(db) {
    let ada = sign_up(&db, "Ada").await;
    let pool = db.pool().expect("open");
    let run = Run { trace: Some(trace(80)), ..Run::sprint(ada, 8000, 1000) }.record(&db).await;
    let replayed = json!(replay(pool, run).await.expect("read"));
    assert_eq!((&replayed["run"]["id"], &replayed["run"]["replay"]), (&json!(run), &json!(true)));
    let points = replayed["points"].as_array().expect("points");
    assert_eq!((points.len(), &points[0], &points[99]), (100, &json!([80, 1]), &json!([8000, 100])));
    let run = Run::sprint(ada, 8000, 1000).record(&db).await;
    let replayed = json!(replay(pool, run).await.expect("read"));
    assert_eq!((&replayed["points"], &replayed["run"]["replay"]), (&json!(null), &json!(false)));
    let of_guest = Run { account: None, trace: Some(trace(80)), unranked: Some("guest"), ..Run::sprint(ada, 8000, 1000) };
    let of_guest = of_guest.record(&db).await;
    for nobodys in [of_guest, 999_999, -1] {
        assert!(replay(pool, nobodys).await.expect("read").is_none(), "{nobodys}");
    }
});

on_each_database!(a_name_is_a_name_whatever_it_looks_like(db) {
    let names = ["'; DROP TABLE runs; --", "<script>alert(1)", "a%' OR '1'='1", "Zoë 🎉", "100%"];
    for name in names {
        let account = sign_up(&db, name).await;
        Run::sprint(account, 8000, 1000).record(&db).await;
    }
    for name in names {
        assert_eq!(profile_of(&db, name).await.expect("a profile")["name"], name);
    }
    for nobody in ["", "%", "_", "a%", "' OR 1=1 --", "\u{0}", &"x".repeat(10_000)] {
        assert_eq!(profile_of(&db, nobody).await, None, "{nobody:?}");
    }
});
