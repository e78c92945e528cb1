//! What is not kept: runs of guests after a day, heats of which no run is left, boards of days and weeks that
//! are over.

use race::Millis;
use sqlx::{query, query_scalar};

use crate::{
    boards::Period,
    db::{Db, DbError},
};

/// How long the runs of guests are kept.
pub(super) const KEPT: Millis = Millis(24 * 60 * 60 * 1000);
/// So many rows are deleted at once: whoever wants to write something else does not wait long.
const AT_ONCE: u64 = 500;

/// Deletes what is over. Two that do so at once do no harm.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn sweep(db: &Db, now: Millis) -> Result<(), DbError> {
    let before = (now - KEPT).0;
    let runs = "DELETE FROM runs WHERE id IN \
                (SELECT id FROM runs WHERE account IS NULL AND finished_at < $1 LIMIT $2)";
    let heats = "DELETE FROM heats WHERE id IN (SELECT id FROM heats WHERE finished_at < $1 \
                 AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.heat = heats.id) LIMIT $2)";
    for delete in [runs, heats] {
        let at_once = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        while query(delete).bind(before).bind(at_once).execute(db.pool()?).await?.rows_affected() == AT_ONCE {
        }
    }
    let [day, week] = [Period::Today, Period::Week].map(|period| period.name_at(now));
    let keys: Vec<String> = query_scalar("SELECT key FROM boards").fetch_all(db.pool()?).await?;
    for key in keys {
        // Names of days and weeks begin with a digit.
        query("DELETE FROM bests WHERE key = $1 AND period < 'a' AND period NOT IN ($2, $3)")
            .bind(key)
            .bind(&day)
            .bind(&week)
            .execute(db.pool()?)
            .await?;
    }
    Ok(())
}
