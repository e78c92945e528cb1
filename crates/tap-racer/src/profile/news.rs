//! What the pages of an account are told of a race as soon as it is recorded.

use serde::Serialize;
use sqlx::AnyPool;

use super::{race, stats, stats_of_kind};
use crate::{
    accounts::AccountId,
    db::DbError,
    wire::{KindStatsJson, RaceJson, StatsJson},
};

/// The event `race`.
#[derive(Clone, Debug, Serialize)]
pub struct RaceNews {
    /// The run.
    pub race: RaceJson,
    /// Of all races, with this one.
    pub stats: StatsJson,
    /// Of those of its kind.
    pub rules: Vec<KindStatsJson>,
    /// The kinds in which it is the account's best.
    pub bests: Vec<String>,
}

/// What there is to tell of a run; nothing if it is not the account's any more.
///
/// # Errors
/// While the database is away.
pub async fn news(
    pool: &AnyPool,
    account: AccountId,
    run: i64,
    is_best: bool,
) -> Result<Option<RaceNews>, DbError> {
    let Some(race) = race(pool, account, run).await? else { return Ok(None) };
    let rules = stats_of_kind(pool, account, &race.key).await?.into_iter().collect();
    let bests = is_best.then(|| race.key.clone()).into_iter().collect();
    Ok(Some(RaceNews { stats: stats(pool, account).await?, rules, bests, race }))
}
