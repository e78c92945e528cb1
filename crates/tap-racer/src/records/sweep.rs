//! What is not kept: runs of guests after a day, heats of which no run is left, boards of days and weeks that
//! are over.

use race::Millis;
use sqlx::{query, query_scalar};

use crate::db::{Db, DbError};

/// How long the runs of guests are kept.
pub(super) const KEPT: Millis = DAY;
const DAY: Millis = Millis(24 * 60 * 60 * 1000);
/// How long boards of a day and of a week are kept after a run that is on them: then they have been over for
/// longer than any clock is wrong.
const DAYS_KEPT: Millis = Millis(2 * DAY.0);
const WEEKS_KEPT: Millis = Millis(15 * DAY.0);
/// So many rows are deleted at once: whoever wants to write something else does not wait long.
const AT_ONCE: u64 = 500;

/// Deletes what is over. Two that do so at once do no harm.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn sweep(db: &Db, now: Millis) -> Result<(), DbError> {
    let before = (now - KEPT).0;
    let runs = "DELETE FROM runs WHERE id IN \
                (SELECT id FROM runs WHERE account IS NULL AND finished_at < $1 LIMIT $2) \
                AND account IS NULL";
    let heats = "DELETE FROM heats WHERE id IN (SELECT id FROM heats WHERE finished_at < $1 \
                 AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.heat = heats.id) LIMIT $2)";
    for delete in [runs, heats] {
        let at_once = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        let delete = async || -> Result<u64, DbError> {
            let deleting = query(delete).bind(before).bind(at_once);
            Ok(deleting.execute(db.pool()?).await?.rows_affected())
        };
        while db.within(delete()).await? == AT_ONCE {}
    }
    let keys = async { Ok(query_scalar("SELECT key FROM boards").fetch_all(db.pool()?).await?) };
    let keys: Vec<String> = db.within::<_, DbError>(keys).await?;
    for key in keys {
        // Names of days and weeks begin with a digit.
        let delete = query(
            "DELETE FROM bests WHERE key = $1 AND period < 'a' \
             AND at < CASE WHEN period LIKE '%-W%' THEN $2 ELSE $3 END",
        );
        let delete = delete.bind(key).bind((now - WEEKS_KEPT).0).bind((now - DAYS_KEPT).0);
        db.within::<_, DbError>(async { Ok(delete.execute(db.pool()?).await?) }).await?;
    }
    Ok(())
}
