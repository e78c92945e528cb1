//! What a run means for its account and the boards, as SQL. What it means is in `stats`.
//!
//! Whoever changes what an account has made holds its row first ([`lock`]), accounts in ascending order, and
//! then the rows of boards, in the order of their keys: nobody waits for who waits for them, and between
//! reading and writing nobody else writes.

use race::{Millis, Rules};
use sqlx::{query, query_as};

use super::{
    RulesKey,
    stats::{Compared, RuleStats, Run, Stats},
};
use crate::{
    accounts::AccountId,
    boards::Period,
    db::{DbError, Tx},
    wire::RulesJson,
};

/// What a run was to those before it, and the account after it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct Credited {
    pub compared: Compared,
    pub races: i64,
    pub wins: i64,
}

/// Holds the row of an account until the transaction ends; false when there is no such account any more.
pub(super) async fn lock(tx: &mut Tx, account: AccountId) -> Result<bool, DbError> {
    let touch = query("UPDATE accounts SET made = made WHERE id = $1").bind(account.0);
    Ok(touch.execute(&mut **tx).await?.rows_affected() > 0)
}

/// Adds runs, in the order in which they ended, to an account whose row is held. They are in their table.
pub(super) async fn credit(tx: &mut Tx, account: AccountId, runs: &[Run]) -> Result<Vec<Credited>, DbError> {
    let mut stats = read_stats(tx, account).await?;
    stats.last_race = last_race_before(tx, account, runs).await?;
    let mut kinds: Vec<(RulesKey, RuleStats)> = Vec::new();
    let mut credited = Vec::with_capacity(runs.len());
    for run in runs {
        let known = kinds.iter().position(|(key, _)| *key == run.key);
        let index = match known {
            Some(index) => index,
            None => {
                kinds.push((run.key.clone(), read_rule_stats(tx, account, &run.key).await?));
                kinds.len() - 1
            }
        };
        stats.add(run);
        let compared = kinds[index].1.add(run);
        credited.push(Credited { compared, races: stats.races, wins: stats.wins });
    }
    write_stats(tx, account, &stats).await?;
    for (key, kind) in &kinds {
        write_rule_stats(tx, account, key, kind).await?;
    }
    Ok(credited)
}

/// Enters ranked runs into the boards of the periods that are not over, each of an account whose row is held.
pub(super) async fn enter(tx: &mut Tx, runs: &[(AccountId, &Run)], now: Millis) -> Result<(), DbError> {
    let mut runs: Vec<(String, AccountId, &Run)> = runs
        .iter()
        .filter(|(_, run)| run.is_ranked)
        .map(|(account, run)| (run.key.to_string(), *account, *run))
        .collect();
    runs.sort_by(|a, b| (&a.0, a.1, a.2.id).cmp(&(&b.0, b.1, b.2.id)));
    for of_kind in runs.chunk_by(|a, b| a.0 == b.0) {
        count(tx, of_kind).await?;
        for (key, account, run) in of_kind {
            for period in Period::EACH.map(|period| (period.name_at(run.finished_at), period.name_at(now))) {
                if period.0 == period.1 {
                    enter_one(tx, key, &period.0, *account, run).await?;
                }
            }
        }
    }
    Ok(())
}

/// Rules as they are kept: as clients write them.
pub(super) fn rules_json(rules: &Rules) -> String {
    // Numbers and names of fields always have a JSON form.
    serde_json::to_string(&RulesJson(rules.clone())).unwrap_or_default()
}

async fn count(tx: &mut Tx, of_kind: &[(String, AccountId, &Run)]) -> Result<(), DbError> {
    let Some((key, ..)) = of_kind.first() else { return Ok(()) };
    query(
        "INSERT INTO boards (key, runs) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE \
         SET runs = boards.runs + excluded.runs",
    )
    .bind(key)
    .bind(i64::try_from(of_kind.len()).unwrap_or(i64::MAX))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn enter_one(
    tx: &mut Tx,
    key: &str,
    period: &str,
    account: AccountId,
    run: &Run,
) -> Result<(), DbError> {
    let Some(merit) = run.merit() else { return Ok(()) };
    query(
        "INSERT INTO bests (key, period, account, merit, run, at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (key, period, account) DO UPDATE \
         SET merit = excluded.merit, run = excluded.run, at = excluded.at WHERE excluded.merit < bests.merit",
    )
    .bind(key)
    .bind(period)
    .bind(account.0)
    .bind(merit)
    .bind(run.id)
    .bind(run.finished_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When the account's latest race was over, but for these.
async fn last_race_before(tx: &mut Tx, account: AccountId, runs: &[Run]) -> Result<Option<Millis>, DbError> {
    let latest = query_as(
        "SELECT id, finished_at FROM runs WHERE account = $1 ORDER BY finished_at DESC, id DESC LIMIT $2",
    );
    let most = i64::try_from(runs.len() + 1).unwrap_or(i64::MAX);
    let latest: Vec<(i64, i64)> = latest.bind(account.0).bind(most).fetch_all(&mut **tx).await?;
    let before = latest.into_iter().find(|(id, _)| runs.iter().all(|run| run.id != *id));
    Ok(before.map(|(_, finished_at)| Millis(finished_at)))
}

type StatsRow = (i64, i64, i64, i64, i64, i64, i64, i64, i64);

async fn read_stats(tx: &mut Tx, account: AccountId) -> Result<Stats, DbError> {
    let row: Option<StatsRow> = query_as(
        "SELECT races, wins, podiums, taps, win_streak, best_win_streak, day_streak, best_day_streak, last_day \
         FROM stats WHERE account = $1",
    )
    .bind(account.0)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((
        races,
        wins,
        podiums,
        taps,
        win_streak,
        best_win_streak,
        day_streak,
        best_day_streak,
        last_day,
    )) = row
    else {
        return Ok(Stats::default());
    };
    Ok(Stats {
        races,
        wins,
        podiums,
        taps,
        win_streak,
        best_win_streak,
        day_streak,
        best_day_streak,
        last_day,
        last_race: None,
    })
}

async fn write_stats(tx: &mut Tx, account: AccountId, stats: &Stats) -> Result<(), DbError> {
    query(
        "INSERT INTO stats (account, races, wins, podiums, taps, win_streak, best_win_streak, day_streak, \
         best_day_streak, last_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (account) DO UPDATE SET races = excluded.races, wins = excluded.wins, \
         podiums = excluded.podiums, taps = excluded.taps, win_streak = excluded.win_streak, \
         best_win_streak = excluded.best_win_streak, day_streak = excluded.day_streak, \
         best_day_streak = excluded.best_day_streak, last_day = excluded.last_day",
    )
    .bind(account.0)
    .bind(stats.races)
    .bind(stats.wins)
    .bind(stats.podiums)
    .bind(stats.taps)
    .bind(stats.win_streak)
    .bind(stats.best_win_streak)
    .bind(stats.day_streak)
    .bind(stats.best_day_streak)
    .bind(stats.last_day)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

type RuleStatsRow = (i64, i64, Option<i64>, Option<i64>, i64, Option<i64>);

async fn read_rule_stats(tx: &mut Tx, account: AccountId, key: &RulesKey) -> Result<RuleStats, DbError> {
    let row: Option<RuleStatsRow> = query_as(
        "SELECT races, wins, best_time, best_taps, best_rate, best_run FROM rule_stats \
         WHERE account = $1 AND key = $2",
    )
    .bind(account.0)
    .bind(key.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    let Some((races, wins, best_time, best_taps, best_rate, best_run)) = row else {
        return Ok(RuleStats::default());
    };
    Ok(RuleStats { races, wins, best_time, best_taps, best_rate, best_run })
}

async fn write_rule_stats(
    tx: &mut Tx,
    account: AccountId,
    key: &RulesKey,
    stats: &RuleStats,
) -> Result<(), DbError> {
    query(
        "INSERT INTO rule_stats (account, key, races, wins, best_time, best_taps, best_rate, best_run) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account, key) DO UPDATE \
         SET races = excluded.races, wins = excluded.wins, best_time = excluded.best_time, \
         best_taps = excluded.best_taps, best_rate = excluded.best_rate, best_run = excluded.best_run",
    )
    .bind(account.0)
    .bind(key.to_string())
    .bind(stats.races)
    .bind(stats.wins)
    .bind(stats.best_time)
    .bind(stats.best_taps)
    .bind(stats.best_rate)
    .bind(stats.best_run)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
