//! What an account has raced and played, for whoever looks at it.
//!
//! All lists are bounded, and each query reads a range of an index no longer than what it shows.

#[cfg(test)]
pub mod kit;
mod news;
pub(crate) mod read;
pub(crate) mod replay;
#[cfg(test)]
mod tests;

use sqlx::{AnyPool, Row, query};

use crate::{
    accounts::AccountId,
    clock,
    db::DbError,
    name::Name,
    records::day,
    wire::{AccountJson, KindStatsJson, ProfileJson, RaceJson, RecordsJson, StatsJson},
};

pub use news::news;
pub use read::{games, races};
pub use replay::replay;

use read::stats_of_kind;

/// As many races are shown at once, unless others are asked for.
pub const RACES: i64 = 20;
/// Nobody gets more at once.
pub const MOST_RACES: i64 = 100;
/// Kinds of rules that are told of, of those that are raced most.
const KINDS: i64 = 100;
/// Kinds of which the progress is told.
const PLOTTED: usize = 12;

/// The account of a name, if there is one.
///
/// # Errors
/// While the database is away.
pub async fn find(pool: &AnyPool, name: &str) -> Result<Option<AccountJson>, DbError> {
    // What cannot be a name has no account.
    let Ok(name) = Name::try_from(name.to_owned()) else { return Ok(None) };
    let found = query(read::BY_NAME).bind(name.key()).fetch_optional(pool).await?;
    Ok(found.as_ref().map(read::account).transpose()?)
}

/// The account of this number, if there is one.
///
/// # Errors
/// While the database is away.
pub async fn who(pool: &AnyPool, account: AccountId) -> Result<Option<AccountJson>, DbError> {
    let found = query(read::BY_ID).bind(account.0).fetch_optional(pool).await?;
    Ok(found.as_ref().map(read::account).transpose()?)
}

/// What it has raced and played.
///
/// # Errors
/// While the database is away.
pub async fn records(pool: &AnyPool, account: AccountId) -> Result<RecordsJson, DbError> {
    Ok(RecordsJson {
        stats: stats(pool, account).await?,
        rules: read::kinds(pool, account, KINDS).await?,
        races: races(pool, account, None, RACES).await?,
        games: games(pool, account).await?,
    })
}

/// The same with how it has got better.
///
/// # Errors
/// While the database is away.
pub async fn profile(pool: &AnyPool, account: AccountJson) -> Result<ProfileJson, DbError> {
    let id = AccountId(account.id);
    let records = records(pool, id).await?;
    let mut progress = std::collections::BTreeMap::new();
    for KindStatsJson { key, rules, .. } in records.rules.iter().take(PLOTTED) {
        progress.insert(key.clone(), read::progress(pool, id, key, &rules.0).await?);
    }
    Ok(ProfileJson { name: account.name, made: account.made, records, progress })
}

/// What it has made of all its races.
///
/// # Errors
/// While the database is away.
pub async fn stats(pool: &AnyPool, account: AccountId) -> Result<StatsJson, DbError> {
    let stats = query(read::STATS).bind(account.0).fetch_optional(pool).await?;
    let today = day(clock::wall_clock());
    Ok(stats.as_ref().map(|row| read::stats(row, today)).transpose()?.unwrap_or_default())
}

/// Its run of this number.
///
/// # Errors
/// While the database is away.
pub async fn race(pool: &AnyPool, account: AccountId, run: i64) -> Result<Option<RaceJson>, DbError> {
    let found = query(read::RUN).bind(run).fetch_optional(pool).await?;
    let Some(row) = found else { return Ok(None) };
    let is_its = row.try_get::<Option<i64>, _>("account")? == Some(account.0);
    Ok(if is_its { read::race(&row)? } else { None })
}
