//! No query reads more of a table than it shows: as the databases themselves say. With `--nocapture` they
//! are heard.

use sqlx::{AnyPool, AssertSqlSafe, Row, query, query_scalar};

use super::super::read;
use crate::{
    db::{Db, Source, test::on_each_database},
    profile, scores,
};

/// As many accounts, and ten runs for each.
const ACCOUNTS: i64 = 3000;

/// A value of a query.
#[derive(Clone)]
enum Value {
    Number(i64),
    Text(&'static str),
}

use Value::{Number, Text};

/// Every query of boards, profiles and scores that reads one of the tables that grow.
fn queries() -> Vec<(&'static str, Vec<Value>)> {
    let (key, week, game, account) = (Text("sprint-100"), Text("2026-W47"), Text("practice"), Number(1500));
    vec![
        (read::TOP, vec![key.clone(), week.clone(), Number(50)]),
        (read::OWN, vec![key.clone(), week.clone(), account.clone()]),
        (read::BETTER, vec![key.clone(), week.clone(), Number(5000)]),
        (read::ALL, vec![key.clone(), week]),
        (read::MOST_RACED, vec![Number(50)]),
        (profile::read::BY_NAME, vec![Text("racer 7")]),
        (profile::read::BY_ID, vec![account.clone()]),
        (profile::read::STATS, vec![account.clone()]),
        (profile::read::KINDS, vec![account.clone(), Number(100)]),
        (profile::read::KIND, vec![account.clone(), key.clone()]),
        (profile::read::RUN, vec![Number(77)]),
        (profile::read::LATEST, vec![account.clone(), Number(20)]),
        (profile::read::EARLIER, vec![account.clone(), Number(20), Number(5000), Number(15_000)]),
        (profile::read::TIMES, vec![account.clone(), key.clone(), Number(200)]),
        (profile::read::TAPS, vec![account.clone(), key, Number(200)]),
        (profile::read::GAMES_OF, vec![account.clone(), Number(100)]),
        (profile::replay::TRACE, vec![Number(77)]),
        (scores::kept::STANDING, vec![game.clone(), account.clone()]),
        (scores::kept::HIGHER, vec![game.clone(), Number(100)]),
        (scores::kept::BEST, vec![game.clone(), Number(10)]),
        (scores::kept::LATEST, vec![account.clone(), game.clone(), Number(200)]),
        (scores::kept::KNOWN, vec![account.clone(), Text("one"), game.clone()]),
        (scores::kept::GAMES_OF, vec![account.clone()]),
        (scores::kept::FORGET, vec![account, game, Number(1000)]),
    ]
}

on_each_database!(no_query_reads_a_whole_table_and_none_sorts_more_than_an_accounts_own(db) {
    fill(&db).await;
    for (sql, values) in queries() {
        let plan = plan(&db, sql, &values).await;
        let text = plan.join("\n");
        println!("{sql}\n{text}\n");
        // SQLite says SCAN for all of a table or an index, PostgreSQL Seq Scan; sorting a board would read
        // all of it.
        let sorts_own = [profile::read::KINDS, profile::read::GAMES_OF].contains(&sql);
        let reads_few = sql == read::MOST_RACED;
        let is_bad = |line: &String| {
            let sorts = line.contains("Sort") || line.contains("TEMP B-TREE");
            line.contains("Seq Scan") || (line.starts_with("SCAN") && !reads_few) || (sorts && !sorts_own)
        };
        assert!(!plan.iter().any(is_bad), "{sql}\n{text}");
        assert!(text.contains("INDEX") || text.contains("PRIMARY KEY") || text.contains("Index"), "{sql}\n{text}");
    }
});

async fn plan(db: &Db, sql: &'static str, values: &[Value]) -> Vec<String> {
    let (explain, column) = match db.source() {
        Source::Sqlite(_) => ("EXPLAIN QUERY PLAN", "detail"),
        Source::Postgres(_) => ("EXPLAIN", "QUERY PLAN"),
    };
    let mut explained = query(AssertSqlSafe(format!("{explain} {sql}")));
    for value in values {
        explained = match value {
            Number(number) => explained.bind(*number),
            Text(text) => explained.bind(*text),
        };
    }
    let rows =
        explained.fetch_all(db.pool().expect("open")).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter().map(|row| row.try_get::<String, _>(column).expect("a line")).collect()
}

/// Thirty thousand runs.
async fn fill(db: &Db) {
    let pool = db.pool().expect("open");
    let numbers = |most: i64| match db.source() {
        Source::Sqlite(_) => format!(
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) SELECT i FROM n) AS n"
        ),
        Source::Postgres(_) => format!("(SELECT generate_series(1, {most}::BIGINT) AS i) AS n"),
    };
    // One of them has raced for years.
    let whose = format!("CASE WHEN i % 3 = 0 THEN 1500 ELSE 1 + i % {ACCOUNTS} END");
    let (accounts, runs, tens) =
        (numbers(ACCOUNTS), numbers(10 * ACCOUNTS), numbers(10).replace("AS n", "AS t"));
    for sql in [
        format!(
            "INSERT INTO accounts (name, name_key, password, made) SELECT 'Racer ' || i, 'racer ' || i, '', 0 FROM {accounts}"
        ),
        format!("INSERT INTO stats SELECT i, 10, 5, 5, 1000, 1, 1, 1, 1, 0 FROM {accounts}"),
        format!(
            "INSERT INTO heats SELECT 'heat-' || i, '', i, CASE WHEN i % 5 = 0 THEN 'sprint-100' ELSE 'timed-10' END, '{{}}', \
             'won', 1, i FROM {runs}"
        ),
        format!(
            "INSERT INTO runs (heat, racer, account, name, key, place, racers, won, dead_heat, taps, time, rate, refused, \
             false_starts, flagged, finished_at) SELECT 'heat-' || i, 1, {whose}, 'Racer', \
             CASE WHEN i % 5 = 0 THEN 'sprint-100' ELSE 'timed-10' END, 1, 1, 0, 0, 100, i, 1, 0, 0, 0, i FROM {runs}"
        ),
        format!("INSERT INTO rule_stats SELECT i, 'sprint-100', 5, 1, 1, 1, 1, NULL FROM {accounts}"),
        format!("INSERT INTO rule_stats SELECT i, 'timed-10', 5, 1, 1, 1, 1, NULL FROM {accounts}"),
        format!("INSERT INTO boards SELECT 'sprint-' || i, i FROM {accounts}"),
        format!("INSERT INTO bests SELECT 'sprint-100', '2026-W47', i, 10 * i, i, i FROM {accounts}"),
        format!(
            "INSERT INTO bests SELECT 'timed-' || t.i, 'all', n.i, -n.i, n.i, n.i FROM {accounts}, {tens}"
        ),
        format!("INSERT INTO games SELECT 'practice', i, 1, i % 300, i, 1 FROM {accounts}"),
        format!("INSERT INTO games SELECT 'game-' || t.i, n.i, 1, n.i % 300, n.i, 1 FROM {accounts}, {tens}"),
        format!("INSERT INTO scores (account, game, score, at) SELECT {whose}, 'practice', i, i FROM {runs}"),
        "ANALYZE".to_owned(),
    ] {
        query(AssertSqlSafe(sql)).execute(pool).await.expect("filled");
    }
    assert_eq!(count(pool).await, 10 * ACCOUNTS);
}

async fn count(pool: &AnyPool) -> i64 {
    query_scalar("SELECT COUNT(*) FROM runs").fetch_one(pool).await.expect("counted")
}
