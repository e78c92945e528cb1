//! Boards in the database: each is a range of the index `bests_by_merit`, best first, and reading one reads
//! no more of it than is shown. Places and totals are counted in the same index.

use sqlx::{AnyPool, Row, any::AnyRow, query, query_as, query_scalar};

use super::Period;
use crate::{
    accounts::AccountId,
    db::DbError,
    records::RulesKey,
    wire::{EntryJson, KindJson, RulesJson, rate},
};

/// A board as the table has it: its kind of rules, and the name of its span.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub key: String,
    pub period: String,
}

/// Kinds of rules that are told of.
const KINDS: i64 = 50;

pub(super) const TOP: &str = "SELECT accounts.name, bests.merit, bests.run, bests.at, runs.taps, runs.time, \
    runs.rate FROM bests JOIN accounts ON accounts.id = bests.account JOIN runs ON runs.id = bests.run \
    WHERE bests.key = $1 AND bests.period = $2 ORDER BY bests.merit, bests.at, bests.account LIMIT $3";
pub(super) const OWN: &str = "SELECT accounts.name, bests.merit, bests.run, bests.at, runs.taps, runs.time, \
    runs.rate FROM bests JOIN accounts ON accounts.id = bests.account JOIN runs ON runs.id = bests.run \
    WHERE bests.key = $1 AND bests.period = $2 AND bests.account = $3";
pub(super) const BETTER: &str = "SELECT COUNT(*) FROM bests WHERE key = $1 AND period = $2 AND merit < $3";
pub(super) const ALL: &str = "SELECT COUNT(*) FROM bests WHERE key = $1 AND period = $2";
/// Those that somebody stands on: each has a first one, found in the index.
pub(super) const MOST_RACED: &str = "SELECT key, runs FROM boards WHERE (SELECT merit FROM bests \
    WHERE bests.key = boards.key AND period = 'all' ORDER BY merit LIMIT 1) IS NOT NULL \
    ORDER BY runs DESC, key LIMIT $1";

/// The best of a board.
pub(super) async fn top(pool: &AnyPool, board: &Place, most: i64) -> Result<Vec<EntryJson>, DbError> {
    let rows = query(TOP).bind(&board.key).bind(&board.period).bind(most).fetch_all(pool).await?;
    let mut entries: Vec<EntryJson> = Vec::with_capacity(rows.len());
    let mut merit_before = None;
    for (row, number) in rows.iter().zip(1..) {
        let merit: i64 = row.try_get("merit")?;
        let shared = entries.last().filter(|_| merit_before == Some(merit)).map(|entry| entry.place);
        entries.push(entry(row, shared.unwrap_or(number))?);
        merit_before = Some(merit);
    }
    Ok(entries)
}

/// How many stand on it.
pub(super) async fn count(pool: &AnyPool, board: &Place) -> Result<i64, DbError> {
    Ok(query_scalar(ALL).bind(&board.key).bind(&board.period).fetch_one(pool).await?)
}

/// Where one account stands, if it does.
pub(super) async fn own(
    pool: &AnyPool,
    board: &Place,
    account: AccountId,
) -> Result<Option<EntryJson>, DbError> {
    let own = query(OWN).bind(&board.key).bind(&board.period).bind(account.0);
    let Some(row) = own.fetch_optional(pool).await? else { return Ok(None) };
    let merit: i64 = row.try_get("merit")?;
    let better = query_scalar(BETTER).bind(&board.key).bind(&board.period).bind(merit);
    let better: i64 = better.fetch_one(pool).await?;
    Ok(Some(entry(&row, better + 1)?))
}

/// Kinds of rules that have a board, those that are raced most first.
pub(super) async fn kinds(pool: &AnyPool) -> Result<Vec<KindJson>, DbError> {
    let kinds: Vec<(String, i64)> = query_as(MOST_RACED).bind(KINDS).fetch_all(pool).await?;
    let kind = |(key, runs): (String, i64)| {
        let rules = RulesJson(key.parse::<RulesKey>().ok()?.rules().clone());
        Some(KindJson { key, rules, runs })
    };
    Ok(kinds.into_iter().filter_map(kind).collect())
}

fn entry(row: &AnyRow, place: i64) -> sqlx::Result<EntryJson> {
    Ok(EntryJson {
        place,
        name: row.try_get("name")?,
        time: row.try_get("time")?,
        taps: row.try_get("taps")?,
        rate: rate(row.try_get("rate")?),
        at: row.try_get("at")?,
        run: row.try_get("run")?,
    })
}

impl Place {
    /// The board of a kind of rules in the span that this moment is in.
    pub fn at(key: &RulesKey, period: Period, now: race::Millis) -> Place {
        Place { key: key.to_string(), period: period.name_at(now) }
    }
}
