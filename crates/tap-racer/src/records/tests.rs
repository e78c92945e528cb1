//! Heats become rows, once each, on both kinds of databases.

mod recorder;

use std::time::Duration;

use race::{Millis, Mode, Rules};
use sqlx::{AssertSqlSafe, query_scalar};
use tokio::time::timeout;

use super::{
    test::{run, sprint},
    *,
};
use crate::{
    accounts::AccountId,
    clock::wall_clock,
    db::{Db, test::on_each_database},
};

const DAY: Millis = Millis(24 * 60 * 60 * 1000);

async fn account(db: &Db, name: &str) -> i64 {
    let insert = "INSERT INTO accounts (name, name_key, password, made) VALUES ($1, $1, '', 0) RETURNING id";
    query_scalar(insert).bind(name).fetch_one(db.pool().expect("open")).await.expect("an account")
}

async fn write(db: &Db, heat: &HeatRecord) -> Option<Recorded> {
    let judged: Vec<_> = heat.runs.iter().map(|run| judge::judge(heat, run)).collect();
    write::write(db, heat, &judged, wall_clock()).await.expect("written")
}

async fn number(db: &Db, sql: &str) -> i64 {
    let sql = format!("SELECT CAST(({sql}) AS BIGINT)");
    query_scalar(AssertSqlSafe(sql)).fetch_one(db.pool().expect("open")).await.expect("a number")
}

/// A column of `stats` of an account.
async fn stat(db: &Db, account: i64, column: &str) -> i64 {
    number(db, &format!("SELECT {column} FROM stats WHERE account = {account}")).await
}

/// What an account's counters must be, by its runs.
async fn assert_sums(db: &Db, account: i64) {
    for (column, sum) in [("races", "COUNT(*)"), ("wins", "SUM(won)"), ("taps", "SUM(taps)")] {
        let sum = number(db, &format!("SELECT {sum} FROM runs WHERE account = {account}")).await;
        assert_eq!(stat(db, account, column).await, sum, "{column}");
    }
    for (column, sum) in [("races", "COUNT(*)"), ("wins", "SUM(won)"), ("best_time", "MIN(time)")] {
        let same = format!(
            "SELECT COUNT(*) FROM rule_stats k WHERE account = {account} AND COALESCE({column}, -1) = \
             (SELECT COALESCE({sum}, -1) FROM runs r WHERE r.account = k.account AND r.key = k.key)"
        );
        let kinds = number(db, &format!("SELECT COUNT(*) FROM rule_stats WHERE account = {account}")).await;
        assert_eq!(number(db, &same).await, kinds, "{column}");
    }
}

on_each_database!(a_heat_counts_once_however_often_it_is_recorded(db) {
    let (ada, bo) = (account(&db, "Ada").await, account(&db, "Bo").await);
    let (heat, _) = sprint(&[(Some(ada), 20, 100), (Some(bo), 20, 110), (None, 20, 120)]);
    let recorded = write(&db, &heat).await.expect("news");
    assert_eq!(recorded.room, crate::rooms::RoomId::of_code("K7QF"));
    assert_eq!(recorded.boards, [RulesKey::of(&heat.rules)]);
    let told: Vec<_> = recorded.runs.iter().map(|run| (run.account.0, run.best, run.previous, run.races, run.wins)).collect();
    assert_eq!(told, [(ada, true, None, 1, 1), (bo, true, None, 1, 0)]);
    for _ in 0..2 {
        assert!(write(&db, &heat).await.is_none());
    }
    assert_eq!(number(&db, "SELECT COUNT(*) FROM heats").await, 1);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM runs").await, 3);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM runs WHERE trace IS NULL").await, 0);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM runs WHERE unranked = 'guest' AND guest IS NOT NULL").await, 1);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM runs WHERE unranked IS NULL AND guest IS NULL").await, 2);
    // Each in three periods.
    assert_eq!(number(&db, "SELECT COUNT(*) FROM bests WHERE merit IN (2000, 2200)").await, 6);
    assert_eq!(number(&db, "SELECT runs FROM boards WHERE key = 'sprint-20'").await, 2);
    for account in [ada, bo] {
        assert_sums(&db, account).await;
    }
});

on_each_database!(an_account_gets_better_and_its_counters_are_the_sums_of_its_runs(db) {
    let ada = account(&db, "Ada").await;
    let mut told = Vec::new();
    for (every, other) in [(120, 130), (110, 100), (115, 130), (100, 130)] {
        let (heat, _) = sprint(&[(Some(ada), 20, every), (None, 20, other)]);
        let recorded = write(&db, &heat).await.expect("news");
        told.push((recorded.runs[0].best, recorded.runs[0].previous, recorded.runs[0].wins));
    }
    assert_eq!(told, [(true, None, 1), (true, Some(2400), 1), (false, Some(2200), 2), (true, Some(2200), 3)]);
    let timed = Rules { mode: Mode::Timed { seconds: 3 }, countdown: Millis(0), ..Rules::default() };
    let recorded = write(&db, &run(timed, &[(Some(ada), 24, 110)]).0).await.expect("news");
    assert_eq!((recorded.runs[0].best, recorded.runs[0].taps), (true, 24));
    assert_sums(&db, ada).await;
    assert_eq!((stat(&db, ada, "best_win_streak").await, stat(&db, ada, "podiums").await), (2, 4));
    assert_eq!(number(&db, "SELECT merit FROM bests WHERE period = 'all' AND key = 'sprint-20'").await, 2000);
    assert_eq!(number(&db, "SELECT merit FROM bests WHERE period = 'all' AND key = 'timed-3'").await, -24);
    let best = "SELECT time FROM runs WHERE id = (SELECT best_run FROM rule_stats WHERE key = 'sprint-20')";
    assert_eq!(number(&db, best).await, 2000);
});

on_each_database!(one_account_on_two_phones_has_raced_twice(db) {
    let ada = account(&db, "Ada").await;
    let recorded = write(&db, &sprint(&[(Some(ada), 20, 110), (Some(ada), 20, 100)]).0).await.expect("news");
    assert_eq!(recorded.runs.iter().map(|run| run.races).collect::<Vec<_>>(), [1, 2]);
    assert_sums(&db, ada).await;
    assert_eq!(number(&db, "SELECT merit FROM bests WHERE period = 'all'").await, 2000);
});

on_each_database!(a_run_of_an_account_that_is_gone_is_nobodys_and_holds_nothing_up(db) {
    let ada = account(&db, "Ada").await;
    let recorded = write(&db, &sprint(&[(Some(ada + 77), 20, 100), (Some(ada), 20, 110)]).0).await.expect("news");
    assert_eq!(recorded.runs.len(), 1);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM runs").await, 1);
    assert_sums(&db, ada).await;
});

on_each_database!(what_a_guest_has_raced_in_the_last_day_becomes_the_accounts(db) {
    let mut heats = Vec::new();
    for (ago, every) in [(Millis(26 * 60 * 60 * 1000), 90), (Millis(60_000), 120), (Millis(0), 110)] {
        let (mut heat, _) = sprint(&[(None, 20, every), (None, 20, 130)]);
        heat.finished_at = wall_clock() - ago;
        write(&db, &heat).await.expect("news");
        heats.push(heat);
    }
    let ada = AccountId(account(&db, "Ada").await);
    let claim = async |guests: &[&str]| {
        let guests: Vec<String> = guests.iter().map(|guest| (*guest).to_owned()).collect();
        let mut tx = db.begin().await.expect("begun");
        let claimed = claim_guest_runs(&mut tx, ada, &guests).await.expect("claimed");
        tx.commit().await.expect("committed");
        claimed
    };
    assert_eq!(claim(&[]).await, Claimed::default());
    assert_eq!(claim(&["stranger", "'; DROP TABLE runs; --"]).await, Claimed::default());
    let key: RulesKey = "sprint-20".parse().expect("a key");
    assert_eq!(claim(&["device-0"]).await, Claimed { runs: 2, boards: vec![key] });
    assert_eq!(claim(&["device-0"]).await, Claimed::default(), "once");
    assert_sums(&db, ada.0).await;
    assert_eq!((stat(&db, ada.0, "races").await, stat(&db, ada.0, "wins").await), (2, 2));
    assert_eq!(number(&db, "SELECT merit FROM bests WHERE period = 'all'").await, 2200);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM runs WHERE account IS NULL").await, 4);
});

on_each_database!(what_a_guest_has_lost_before_ends_no_streak_of_the_account(db) {
    let ada = account(&db, "Ada").await;
    let (mut lost, _) = sprint(&[(None, 20, 130), (None, 20, 100)]);
    lost.finished_at = wall_clock() - Millis(60_000);
    write(&db, &lost).await.expect("news");
    for _ in 0..2 {
        write(&db, &sprint(&[(Some(ada), 20, 100), (None, 20, 130)]).0).await.expect("news");
    }
    let mut tx = db.begin().await.expect("begun");
    let claimed = claim_guest_runs(&mut tx, AccountId(ada), &["device-0".to_owned()]).await.expect("claimed");
    tx.commit().await.expect("committed");
    assert_eq!((claimed.runs, stat(&db, ada, "races").await), (1, 3));
    assert_eq!((stat(&db, ada, "win_streak").await, stat(&db, ada, "best_win_streak").await), (2, 2));
});

on_each_database!(what_need_not_be_kept_is_deleted_and_nothing_else(db) {
    let ada = account(&db, "Ada").await;
    let old = wall_clock() - DAY - Millis(60_000);
    // Ada and a guest long ago, guests long ago, a guest just now.
    for (racers, finished_at) in [
        (&[(Some(ada), 20, 100), (None, 20, 110)][..], old),
        (&[(None, 20, 100)], old),
        (&[(None, 20, 100)], wall_clock()),
    ] {
        let (mut heat, _) = sprint(racers);
        heat.finished_at = finished_at;
        let judged: Vec<_> = heat.runs.iter().map(|run| judge::judge(&heat, run)).collect();
        write::write(&db, &heat, &judged, finished_at).await.expect("written");
    }
    let bests = "SELECT COUNT(*) FROM bests";
    assert_eq!(number(&db, bests).await, 3);
    // By the clock of a node that is a day behind, and shortly after the day and the week were over.
    for (now, left) in [(old - DAY, 3), (old + DAY, 3), (old + Millis(8 * DAY.0), 2)] {
        sweep::sweep(&db, now).await.expect("swept");
        assert_eq!(number(&db, bests).await, left, "{now:?}");
    }
    sweep::sweep(&db, wall_clock() + Millis(15 * DAY.0)).await.expect("swept");
    assert_eq!(number(&db, "SELECT COUNT(*) FROM runs WHERE account IS NULL").await, 0, "a day later");
    assert_eq!(number(&db, &format!("SELECT COUNT(*) FROM runs WHERE account = {ada}")).await, 1);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM heats").await, 1);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM bests WHERE period = 'all'").await, 1);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM bests").await, 1);
});

on_each_database!(a_heat_that_is_recorded_late_is_on_no_board_of_a_day_that_is_over(db) {
    let ada = account(&db, "Ada").await;
    let (mut heat, _) = sprint(&[(Some(ada), 20, 100)]);
    heat.finished_at = wall_clock() - Millis(30 * DAY.0);
    write(&db, &heat).await.expect("news");
    assert_eq!(number(&db, "SELECT COUNT(*) FROM bests").await, 1);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM bests WHERE period = 'all'").await, 1);
});

on_each_database!(a_hall_full_of_guests_is_written_at_once(db) {
    let (mut heat, guest) = sprint(&[(None, 20, 100)]);
    heat.runs = (1..=1003).map(|racer| RunRecord { racer, ..guest.clone() }).collect();
    write(&db, &heat).await.expect("news");
    assert_eq!(number(&db, "SELECT COUNT(DISTINCT racer) FROM runs").await, 1003);
});

on_each_database!(two_that_record_at_once_lose_nothing_and_wait_for_nobody_forever(db) {
    let mut accounts = Vec::new();
    for name in ["Ada", "Bo", "Cy"] {
        accounts.push(account(&db, name).await);
    }
    let [ada, bo, cy] = accounts[..] else { unreachable!("three") };
    let orders = [[ada, bo, cy], [cy, bo, ada], [bo, cy, ada]];
    let recording = (0..12).map(|number| {
        let racers: Vec<_> = orders[number % 3].iter().map(|account| (Some(*account), 20, 100)).collect();
        let (heat, _) = sprint(&racers);
        let db = db.clone();
        // Each twice, as two processes that share an outbox would.
        tokio::spawn(async move { write(&db, &heat).await.is_some() || write(&db, &heat).await.is_some() })
    });
    let recorded = timeout(Duration::from_secs(60), futures::future::join_all(recording)).await.expect("in time");
    assert!(recorded.into_iter().all(|recorded| recorded.expect("no panic")));
    for account in accounts {
        assert_eq!(stat(&db, account, "races").await, 12);
        assert_sums(&db, account).await;
    }
});
