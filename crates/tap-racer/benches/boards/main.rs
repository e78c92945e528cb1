//! How long a page waits for boards and profiles when a million results are kept.
//!
//! `cargo bench -p tap-racer --bench boards`, on SQLite; with `scripts/with-postgres` before it on PostgreSQL
//! too. It starts a server as it is, fills its database, and asks by HTTP as pages do. `-- ACCOUNTS` takes
//! another number of accounts than 100,000; each has ten results. Which indexes are used is what
//! `scripts/with-postgres cargo test -p tap-racer --lib plans -- --nocapture` prints, and sees to.

mod fill;
mod page;

use std::{
    env,
    error::Error,
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::Parser;
use sqlx::{AnyPool, AssertSqlSafe, Connection, Executor, PgConnection, query, query_scalar};
use tap_racer::{App, Config};

use crate::{
    fill::{Dialect, KEY},
    page::{Browser, Phone},
};

/// Results of each account.
const RUNS: i64 = 10;
/// Each question is asked so often.
const TIMES: usize = 200;
/// And so many more heats are raced.
const HEATS: usize = 20;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let accounts = env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let folder = env::temp_dir().join(format!("tap-racer-bench-{}", std::process::id()));
    measure(Dialect::Sqlite, accounts, &folder, None).await?;
    if let Ok(server) = env::var("TAP_RACER_TEST_POSTGRES") {
        let url = new_database(&server).await?;
        measure(Dialect::Postgres, accounts, &folder, Some(url)).await?;
    }
    Ok(())
}

async fn measure(dialect: Dialect, accounts: i64, folder: &PathBuf, url: Option<String>) -> Outcome<()> {
    std::fs::create_dir_all(folder)?;
    let data = folder.display().to_string();
    let mut flags = vec!["tap-racer", "--listen", "127.0.0.1:0", "--data", &data];
    flags.extend(url.iter().flat_map(|url| ["--database-url", url]));
    let running = App::start(Config::parse_from(flags)).await?;
    let database = url.clone().unwrap_or_else(|| format!("sqlite://{data}/accounts.db"));
    let pool = AnyPool::connect(&database).await?;
    let began = Instant::now();
    fill::fill(&pool, dialect, accounts, RUNS).await?;
    println!(
        "\n{dialect:?}: {} results of {accounts} accounts, written in {:.0?}",
        accounts * RUNS,
        began.elapsed()
    );

    let mut browser = Browser::open(running.local_addr()).await?;
    let me = browser.sign_up("The measured one").await?;
    println!("{:44} {:>8} {:>8}", "", "median", "slowest");
    for period in ["today", "week", "all"] {
        let path = format!("/api/boards/{KEY}?period={period}");
        ask(&mut browser, &format!("the best 50: {period}"), &path).await?;
    }
    for (place, share) in [("the top", 0), ("the middle", accounts / 2), ("the end", accounts)] {
        stand(&pool, me, share * 10).await?;
        let path = format!("/api/boards/{KEY}?period=all");
        ask(&mut browser, &format!("the same with one's own place, at {place}"), &path).await?;
    }
    ask(&mut browser, "which boards there are", "/api/boards").await?;
    let busiest = fill::BUSIEST;
    ask(&mut browser, "a profile", "/api/players/racer%2077").await?;
    ask(&mut browser, "of who raced most", &format!("/api/players/racer%20{busiest}")).await?;
    let middle: i64 = query_scalar("SELECT id FROM runs WHERE account = $1 ORDER BY id LIMIT 1 OFFSET 5000")
        .bind(busiest)
        .fetch_one(&pool)
        .await?;
    let path = format!("/api/players/racer%20{busiest}/races?before={middle}");
    ask(&mut browser, "a page in the middle of their races", &path).await?;
    race(&mut browser, me).await?;
    running.shutdown().await;
    pool.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Asks the same again and again.
async fn ask(browser: &mut Browser, what: &str, path: &str) -> Outcome<()> {
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        browser.get(path).await?;
        took.push(began.elapsed());
    }
    print(what, took);
    Ok(())
}

/// From a final result on a phone to the page of its account.
async fn race(browser: &mut Browser, me: i64) -> Outcome<()> {
    let token = browser.token().await?;
    let mut phone = Phone::open(browser.address(), &token, me).await?;
    let mut took = Vec::with_capacity(HEATS);
    for _ in 0..HEATS {
        took.push(phone.race().await?);
    }
    print("one more heat: from its result to the account", took);
    Ok(())
}

fn print(what: &str, mut took: Vec<Duration>) {
    took.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let (median, slowest) = (milliseconds(took[took.len() / 2]), milliseconds(took[took.len() - 1]));
    println!("{what:44} {median:>5.1} ms {slowest:>5.1} ms");
}

/// Puts an account on the board behind so many others.
async fn stand(pool: &AnyPool, me: i64, merit: i64) -> Outcome<()> {
    query("DELETE FROM bests WHERE account = $1").bind(me).execute(pool).await?;
    query("INSERT INTO bests (key, period, account, merit, run, at) SELECT $1, 'all', $2, $3, MIN(id), 0 FROM runs")
        .bind(KEY)
        .bind(me)
        .bind(merit)
        .execute(pool)
        .await?;
    Ok(())
}

async fn new_database(server: &str) -> Outcome<String> {
    let name = format!("tap_racer_bench_{}", std::process::id());
    let mut connection = PgConnection::connect(server).await?;
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
    connection.close().await?;
    let (server, _) = server.rsplit_once('/').ok_or("the url names no database")?;
    Ok(format!("{server}/{name}"))
}
