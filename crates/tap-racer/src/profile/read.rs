//! Accounts' records in the database.

use race::{Mode, Rules};
use sqlx::{AnyPool, Row, any::AnyRow, query, query_as};

use crate::{
    accounts::AccountId,
    db::DbError,
    records::RulesKey,
    wire::{AccountJson, GameJson, KindStatsJson, Progress, RaceJson, RulesJson, StatsJson, rate},
};

/// Points of one kind's progress.
const POINTS: i64 = 200;
/// Games that are told of; no account has more.
const GAMES: i64 = 100;

/// What is told of a run; of its trace, whether it is there.
macro_rules! runs {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, key, finished_at, place, racers, taps, time, margin, rate, refused, dead_heat, \
             won, unranked, CASE WHEN trace IS NULL THEN 0 ELSE 1 END AS replay FROM runs WHERE ",
            $rest
        )
    };
}

pub(crate) const BY_NAME: &str = "SELECT id, name, made FROM accounts WHERE name_key = $1";
pub(crate) const BY_ID: &str = "SELECT id, name, made FROM accounts WHERE id = $1";
pub(crate) const STATS: &str = "SELECT races, wins, podiums, taps, win_streak, best_win_streak, day_streak, \
    best_day_streak, last_day FROM stats WHERE account = $1";
pub(crate) const KINDS: &str = "SELECT key, races, wins, best_time, best_taps, best_rate, best_run \
    FROM rule_stats WHERE account = $1 ORDER BY races DESC, key LIMIT $2";
pub(crate) const KIND: &str = "SELECT key, races, wins, best_time, best_taps, best_rate, best_run \
    FROM rule_stats WHERE account = $1 AND key = $2";
pub(crate) const RUN: &str = runs!("id = $1");
pub(crate) const LATEST: &str = runs!("account = $1 ORDER BY finished_at DESC, id DESC LIMIT $2");
pub(crate) const EARLIER: &str =
    runs!("account = $1 AND (finished_at, id) < ($3, $4) ORDER BY finished_at DESC, id DESC LIMIT $2");
pub(crate) const TIMES: &str = "SELECT finished_at, time FROM runs WHERE account = $1 AND key = $2 \
    AND time IS NOT NULL ORDER BY finished_at DESC LIMIT $3";
pub(crate) const TAPS: &str = "SELECT finished_at, taps FROM runs WHERE account = $1 AND key = $2 \
    AND gone IS NULL ORDER BY finished_at DESC LIMIT $3";
pub(crate) const GAMES_OF: &str =
    "SELECT game, last, best, count FROM games WHERE account = $1 ORDER BY game LIMIT $2";

/// Its races, newest first: the latest, or those before one of its runs.
///
/// # Errors
/// While the database is away.
pub async fn races(
    pool: &AnyPool,
    account: AccountId,
    before: Option<i64>,
    most: i64,
) -> Result<Vec<RaceJson>, DbError> {
    let rows = match before {
        None => query(LATEST).bind(account.0).bind(most).fetch_all(pool).await?,
        Some(before) => {
            let Some(before) = super::race(pool, account, before).await? else { return Ok(Vec::new()) };
            let earlier = query(EARLIER).bind(account.0).bind(most).bind(before.finished_at).bind(before.id);
            earlier.fetch_all(pool).await?
        }
    };
    let races: sqlx::Result<Vec<Option<RaceJson>>> = rows.iter().map(race).collect();
    Ok(races?.into_iter().flatten().collect())
}

/// What it has made of one kind of rules.
///
/// # Errors
/// While the database is away.
pub async fn stats_of_kind(
    pool: &AnyPool,
    account: AccountId,
    key: &str,
) -> Result<Option<KindStatsJson>, DbError> {
    let row = query(KIND).bind(account.0).bind(key).fetch_optional(pool).await?;
    Ok(row.as_ref().map(kind).transpose()?.flatten())
}

pub(super) async fn kinds(
    pool: &AnyPool,
    account: AccountId,
    most: i64,
) -> Result<Vec<KindStatsJson>, DbError> {
    let rows = query(KINDS).bind(account.0).bind(most).fetch_all(pool).await?;
    let kinds: sqlx::Result<Vec<Option<KindStatsJson>>> = rows.iter().map(kind).collect();
    Ok(kinds?.into_iter().flatten().collect())
}

/// What it has made of games on pages.
///
/// # Errors
/// While the database is away.
pub async fn games(pool: &AnyPool, account: AccountId) -> Result<Vec<GameJson>, DbError> {
    let rows = query_as(GAMES_OF).bind(account.0).bind(GAMES).fetch_all(pool).await?;
    let game = |(game, last, best, count): (String, i64, i64, i64)| GameJson { game, last, best, count };
    Ok(rows.into_iter().map(game).collect())
}

pub(super) async fn progress(
    pool: &AnyPool,
    account: AccountId,
    key: &str,
    rules: &Rules,
) -> Result<Progress, DbError> {
    let points = if matches!(rules.mode, Mode::Sprint { .. }) { TIMES } else { TAPS };
    let points = query_as(points).bind(account.0).bind(key).bind(POINTS);
    let mut points: Progress = points.fetch_all(pool).await?;
    points.reverse();
    Ok(points)
}

pub(super) fn account(row: &AnyRow) -> sqlx::Result<AccountJson> {
    Ok(AccountJson { id: row.try_get("id")?, name: row.try_get("name")?, made: row.try_get("made")? })
}

/// As they are on a day: in a row are only days up to this one or the one before, which may go on.
pub(super) fn stats(row: &AnyRow, today: i64) -> sqlx::Result<StatsJson> {
    let goes_on = row.try_get::<i64, _>("last_day")? >= today - 1;
    Ok(StatsJson {
        races: row.try_get("races")?,
        wins: row.try_get("wins")?,
        podiums: row.try_get("podiums")?,
        taps: row.try_get("taps")?,
        win_streak: row.try_get("win_streak")?,
        best_win_streak: row.try_get("best_win_streak")?,
        day_streak: if goes_on { row.try_get("day_streak")? } else { 0 },
        best_day_streak: row.try_get("best_day_streak")?,
    })
}

/// Nothing for a kind of rules that this program does not know.
pub(super) fn race(row: &AnyRow) -> sqlx::Result<Option<RaceJson>> {
    let key: String = row.try_get("key")?;
    let Some(rules) = rules_of(&key) else { return Ok(None) };
    let is = |column| row.try_get::<i64, _>(column).map(|value| value != 0);
    let why_unranked: Option<String> = row.try_get("unranked")?;
    Ok(Some(RaceJson {
        id: row.try_get("id")?,
        key,
        rules,
        finished_at: row.try_get("finished_at")?,
        place: row.try_get("place")?,
        of: row.try_get("racers")?,
        taps: row.try_get("taps")?,
        time: row.try_get("time")?,
        margin: row.try_get("margin")?,
        rate: rate(row.try_get("rate")?),
        refused: row.try_get("refused")?,
        dead_heat: is("dead_heat")?,
        won: is("won")?,
        ranked: why_unranked.is_none(),
        why_unranked,
        replay: is("replay")?,
    }))
}

fn kind(row: &AnyRow) -> sqlx::Result<Option<KindStatsJson>> {
    let key: String = row.try_get("key")?;
    let Some(rules) = rules_of(&key) else { return Ok(None) };
    Ok(Some(KindStatsJson {
        key,
        rules,
        races: row.try_get("races")?,
        wins: row.try_get("wins")?,
        best_time: row.try_get("best_time")?,
        best_taps: row.try_get("best_taps")?,
        best_rate: rate(row.try_get("best_rate")?),
        best_run: row.try_get("best_run")?,
    }))
}

fn rules_of(key: &str) -> Option<RulesJson> {
    Some(RulesJson(key.parse::<RulesKey>().ok()?.rules().clone()))
}
