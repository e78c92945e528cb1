//! A guest who signs up or logs in keeps what their device has raced in the last day.

use race::{Millis, Mode};
use sqlx::{Row, any::AnyRow, query};

use super::{RulesKey, credit, judge::GUEST, stats::Run, sweep::KEPT};
use crate::{
    accounts::AccountId,
    clock,
    db::{DbError, Tx},
};

/// What became an account's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claimed {
    /// How many runs.
    pub runs: usize,
    /// Kinds of rules of which it now may have a best: to be announced after the commit.
    pub boards: Vec<RulesKey>,
}

/// Gives an account the runs of these devices, each by [`Nonce::head`](crate::tokens::Nonce::head), as if they had
/// been recorded for it.
///
/// # Errors
/// When the database cannot be written.
pub async fn claim_guest_runs(
    tx: &mut Tx,
    account: AccountId,
    guests: &[String],
) -> Result<Claimed, DbError> {
    let now = clock::wall_clock();
    if guests.is_empty() || !credit::lock(tx, account).await? {
        return Ok(Claimed::default());
    }
    let mut runs = Vec::new();
    for guest in guests {
        // Of two who claim them at once the second finds none.
        let claiming = query(
            "UPDATE runs SET account = $1, guest = NULL, \
             unranked = CASE WHEN unranked = $2 THEN NULL ELSE unranked END \
             WHERE guest = $3 AND account IS NULL AND finished_at >= $4 \
             RETURNING id, key, finished_at, place, racers, won, gone, taps, time, rate, flagged, unranked",
        )
        .bind(account.0)
        .bind(GUEST)
        .bind(guest)
        .bind((now - KEPT).0);
        for row in claiming.fetch_all(&mut **tx).await? {
            runs.push(run(&row)?);
        }
    }
    runs.sort_by_key(|run| (run.finished_at, run.id));
    if runs.is_empty() {
        return Ok(Claimed::default());
    }
    credit::credit(tx, account, &runs).await?;
    let entering: Vec<(AccountId, &Run)> = runs.iter().map(|run| (account, run)).collect();
    credit::enter(tx, &entering, now).await?;
    let mut boards: Vec<RulesKey> = Vec::new();
    for run in runs.iter().filter(|run| run.is_ranked && !matches!(run.key.rules().mode, Mode::Tug { .. })) {
        if !boards.contains(&run.key) {
            boards.push(run.key.clone());
        }
    }
    Ok(Claimed { runs: runs.len(), boards })
}

fn run(row: &AnyRow) -> Result<Run, sqlx::Error> {
    let key: String = row.try_get("key")?;
    let gone: Option<String> = row.try_get("gone")?;
    let is_true = |column: &str| row.try_get::<i64, _>(column).map(|truth| truth != 0);
    Ok(Run {
        id: row.try_get("id")?,
        key: key.parse().map_err(|bad| sqlx::Error::Decode(Box::new(bad)))?,
        finished_at: Millis(row.try_get("finished_at")?),
        place: row.try_get("place")?,
        racers: row.try_get("racers")?,
        won: is_true("won")?,
        taps: row.try_get("taps")?,
        time: row.try_get("time")?,
        rate: row.try_get("rate")?,
        is_fair: !is_true("flagged")? && gone.as_deref() != Some(crate::wire::why(race::Why::Kicked)),
        is_ranked: row.try_get::<Option<String>, _>("unranked")?.is_none(),
    })
}
