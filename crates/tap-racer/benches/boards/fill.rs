//! A database after years.

use sqlx::{AnyPool, AssertSqlSafe, query};
use time::{Duration, OffsetDateTime};

use crate::Outcome;

/// The board that is looked at: every account has a result there.
pub const KEY: &str = "sprint-100";
/// The account with ten thousand more results than the others.
pub const BUSIEST: i64 = 42;
const BUSY: i64 = 10_000;

#[derive(Copy, Clone, Debug)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// `FROM` this, `i` goes from 1 to `most`.
    fn numbers(self, most: i64) -> String {
        match self {
            Dialect::Sqlite => format!(
                "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) SELECT i FROM n) AS n"
            ),
            Dialect::Postgres => format!("(SELECT generate_series(1, {most}::BIGINT) AS i) AS n"),
        }
    }

    /// As large as a trace.
    fn trace(self) -> &'static str {
        match self {
            Dialect::Sqlite => "zeroblob(300)",
            Dialect::Postgres => "decode(repeat('00', 300), 'hex')",
        }
    }
}

/// So many accounts, and so many results of each: one by each kind of rules. A tenth of them were made this
/// week, a hundredth today.
pub async fn fill(pool: &AnyPool, dialect: Dialect, accounts: i64, kinds: i64) -> Outcome<()> {
    let now = OffsetDateTime::now_utc();
    let (year, week, _) = now.to_iso_week_date();
    let (today, week) = (now.date().to_string(), format!("{year:04}-W{week:02}"));
    let long_ago = (now - Duration::days(400)).unix_timestamp() * 1000;
    let each = dialect.numbers(accounts);
    let mut steps = vec![
        format!(
            "INSERT INTO accounts (id, name, name_key, password, made) SELECT i, 'Racer ' || i, 'racer ' || i, '', 0 FROM {each}"
        ),
        format!("INSERT INTO stats SELECT i, {kinds}, 5, 5, 1000, 1, 1, 1, 1, 0 FROM {each}"),
    ];
    for kind in 0..kinds {
        let key = if kind == 0 { KEY.to_owned() } else { format!("timed-{kind}") };
        let first = kind * accounts;
        // Who stands where is another order in each.
        let merit = format!("(i * 7919 % {accounts}) * 10 + 5");
        let board = |period: &str, share: i64| {
            format!(
                "INSERT INTO bests SELECT '{key}', '{period}', i, {merit}, {first} + i, {long_ago} + i \
                 FROM {each} WHERE i % {share} = 0"
            )
        };
        steps.extend([
            format!("INSERT INTO heats SELECT '{key}-' || i, 'K7QF', i, '{key}', '{{}}', 'won', 2, {long_ago} + i FROM {each}"),
            format!(
                "INSERT INTO runs (id, heat, racer, account, name, key, place, racers, won, dead_heat, taps, time, rate, \
                 refused, false_starts, flagged, trace, finished_at) SELECT {first} + i, '{key}-' || i, 1, i, 'Racer', \
                 '{key}', 1, 2, 1, 0, 100, {merit}, 12500, 0, 0, 0, {}, {long_ago} + i FROM {each}",
                dialect.trace()
            ),
            format!("INSERT INTO rule_stats SELECT i, '{key}', 1, 1, {merit}, 100, 12500, {first} + i FROM {each}"),
            format!("INSERT INTO boards VALUES ('{key}', {accounts})"),
            board("all", 1),
            board(&week, 10),
            board(&today, 100),
        ]);
    }
    let busy = dialect.numbers(BUSY);
    steps.push(format!(
        "INSERT INTO runs (id, heat, racer, account, name, key, place, racers, won, dead_heat, taps, time, rate, refused, \
         false_starts, flagged, finished_at) SELECT {} + i, '{KEY}-' || i, 2, {BUSIEST}, 'Racer', '{KEY}', 2, 2, 0, 0, \
         100, 9000, 11111, 0, 0, 0, {long_ago} + i FROM {busy}",
        kinds * accounts
    ));
    if let Dialect::Postgres = dialect {
        // Numbers were given by hand.
        steps.push(
            "SELECT setval(pg_get_serial_sequence('accounts', 'id'), (SELECT MAX(id) FROM accounts))"
                .to_owned(),
        );
        steps.push(
            "SELECT setval(pg_get_serial_sequence('runs', 'id'), (SELECT MAX(id) FROM runs))".to_owned(),
        );
        steps.push("VACUUM".to_owned());
    }
    steps.push("ANALYZE".to_owned());
    for step in steps {
        query(AssertSqlSafe(step)).execute(pool).await?;
    }
    Ok(())
}
