//! Everything that is stored of an account, for its owner.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};
use sqlx::{
    AnyPool, Column, Row, ValueRef,
    any::{AnyRow, AnyTypeInfoKind},
    query,
};

use super::{Account, AccountError, Accounts};
use crate::clock;

/// What there is, and how it is found. Not what passwords and sessions are recognised by: who finds the
/// file must not get in with it.
const PARTS: &[(&str, &str)] = &[
    ("account", "SELECT id, name, made FROM accounts WHERE id = $1"),
    ("sessions", "SELECT made, seen, expires FROM sessions WHERE account = $1 ORDER BY made"),
    (
        "runs",
        "SELECT runs.*, heats.room, heats.heat AS heat_number, heats.rules, heats.outcome FROM runs \
         JOIN heats ON heats.id = runs.heat WHERE runs.account = $1 ORDER BY runs.finished_at, runs.id",
    ),
    ("stats", "SELECT * FROM stats WHERE account = $1"),
    ("rule_stats", "SELECT * FROM rule_stats WHERE account = $1 ORDER BY key"),
    ("bests", "SELECT * FROM bests WHERE account = $1 ORDER BY key, period"),
    ("games", "SELECT * FROM games WHERE account = $1 ORDER BY game"),
    ("scores", "SELECT * FROM scores WHERE account = $1 ORDER BY id"),
];

impl Accounts {
    /// A copy of it: each part a list of rows, times in Unix milliseconds, bytes in base64.
    ///
    /// # Errors
    /// When there were several just now, or the database cannot be read.
    pub async fn export(&self, account: &Account) -> Result<Value, AccountError> {
        self.may_export(account.id)?;
        let pool = self.db.pool()?;
        let mut parts = Map::new();
        parts.insert("exported".to_owned(), json!(clock::wall_clock().0));
        for (name, select) in PARTS {
            parts.insert((*name).to_owned(), rows(pool, select, account).await?.into());
        }
        Ok(parts.into())
    }
}

async fn rows(pool: &AnyPool, select: &'static str, account: &Account) -> sqlx::Result<Vec<Value>> {
    let rows = query(select).bind(account.id.0).fetch_all(pool).await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> sqlx::Result<Value> {
    let names = row.columns().iter().map(Column::name);
    let fields: sqlx::Result<Map<String, Value>> =
        names.map(|name| Ok((name.to_owned(), field(row, name)?))).collect();
    fields.map(Value::Object)
}

fn field(row: &AnyRow, name: &str) -> sqlx::Result<Value> {
    let raw = row.try_get_raw(name)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    Ok(match raw.type_info().kind() {
        AnyTypeInfoKind::Text => row.try_get::<String, _>(name)?.into(),
        AnyTypeInfoKind::Blob => BASE64_STANDARD.encode(row.try_get::<Vec<u8>, _>(name)?).into(),
        _ => row.try_get::<i64, _>(name)?.into(),
    })
}
