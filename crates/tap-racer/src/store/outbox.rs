//! Heats that are over and not yet recorded. They are written with the room in which they ended, and leave
//! when another database has them.

use futures::TryStreamExt;
use race::Millis;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Store, StoreError};
use crate::clock;

/// So many wait at most.
const MOST: i64 = 10_000;

/// A heat as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatRow {
    /// Its own alone.
    pub id: String,
    /// The code of its room.
    pub room: String,
    /// When it was over.
    pub finished_at: Millis,
    /// JSON, as far as it is in order.
    pub record: Vec<u8>,
}

/// What became of a heat, which need not wait any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handled {
    /// It is recorded.
    Recorded {
        /// Which.
        id: String,
    },
    /// It cannot be, and is kept for somebody to look at.
    SetAside {
        /// Which.
        id: String,
        /// Why not.
        reason: String,
    },
}

/// Adds heats behind those that wait; one that is there already stays as it is.
pub(super) async fn add(connection: &mut SqliteConnection, heats: &[HeatRow]) -> Result<(), sqlx::Error> {
    let insert = "INSERT OR IGNORE INTO finished_heats (id, room, finished_at, record) VALUES (?, ?, ?, CAST(? AS TEXT))";
    for HeatRow { id, room, finished_at, record } in heats {
        let insert = sqlx::query(insert).bind(id).bind(room).bind(finished_at.0).bind(record);
        insert.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Takes heats out.
pub(super) async fn remove(
    connection: &mut SqliteConnection,
    handled: &[Handled],
) -> Result<(), sqlx::Error> {
    for handled in handled {
        let id = match handled {
            Handled::Recorded { id } => id,
            Handled::SetAside { id, reason } => {
                sqlx::query(
                    "INSERT INTO set_aside SELECT 'heat ' || id, finished_at, finished_at, 1, record, ?, ? \
                     FROM finished_heats WHERE id = ?",
                )
                .bind(clock::wall_clock().0)
                .bind(reason)
                .bind(id)
                .execute(&mut *connection)
                .await?;
                id
            }
        };
        sqlx::query("DELETE FROM finished_heats WHERE id = ?").bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

impl Store {
    /// The heat that has waited longest.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn oldest_heat(&mut self) -> Result<Option<HeatRow>, StoreError> {
        let query = "SELECT id, room, finished_at, CAST(record AS BLOB) AS record FROM finished_heats \
                     ORDER BY rowid LIMIT 1";
        let row = sqlx::query(query).fetch_optional(&mut self.connection).await?;
        Ok(row.as_ref().map(HeatRow::read).transpose()?)
    }

    /// All that wait, up to the first that cannot be read.
    pub(super) async fn readable_heats(&mut self) -> Vec<HeatRow> {
        let query =
            "SELECT id, room, finished_at, CAST(record AS BLOB) AS record FROM finished_heats ORDER BY rowid";
        let mut rows = sqlx::query(query).fetch(&mut self.connection);
        let mut heats = Vec::new();
        while let Ok(Some(row)) = rows.try_next().await {
            heats.extend(HeatRow::read(&row));
        }
        heats
    }

    /// How many heats wait.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn heats(&mut self) -> Result<i64, StoreError> {
        let query = sqlx::query_scalar("SELECT COUNT(*) FROM finished_heats");
        Ok(query.fetch_one(&mut self.connection).await?)
    }

    /// Drops heats of the rooms of which most wait, of each the oldest, until there are not too many; and tells
    /// how many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn drop_heats(&mut self) -> Result<u64, StoreError> {
        let too_many = self.heats().await? - MOST;
        if too_many <= 0 {
            return Ok(0);
        }
        let query = "DELETE FROM finished_heats WHERE rowid IN (SELECT rowid FROM (SELECT rowid, \
                     ROW_NUMBER() OVER (PARTITION BY room ORDER BY rowid DESC) AS later FROM finished_heats) \
                     ORDER BY later DESC, rowid LIMIT ?)";
        Ok(sqlx::query(query).bind(too_many).execute(&mut self.connection).await?.rows_affected())
    }
}

impl HeatRow {
    fn read(row: &SqliteRow) -> Result<HeatRow, sqlx::Error> {
        Ok(HeatRow {
            id: row.try_get("id")?,
            room: row.try_get("room")?,
            finished_at: Millis(row.try_get("finished_at")?),
            record: row.try_get("record")?,
        })
    }
}

#[cfg(test)]
impl Store {
    /// What was set aside, by its ids.
    pub async fn set_aside_ids(&mut self) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query_scalar("SELECT id FROM set_aside ORDER BY rowid");
        Ok(query.fetch_all(&mut self.connection).await?)
    }
}
