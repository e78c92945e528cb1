//! What the operator does about accounts, from another process than the server's. Passwords are not asked for.

use race::Millis;
use rand::RngExt;
use sqlx::{AssertSqlSafe, query, query_as, query_scalar};

use super::{
    AccountError, AccountId,
    password::{Password, Passwords},
    session,
};
use crate::{db::Db, name::Name};

/// An account, as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As it is shown.
    pub name: String,
    /// When it was made.
    pub made: Millis,
    /// How many heats it has raced in.
    pub races: i64,
    /// When a browser that is logged in was last seen.
    pub seen: Option<Millis>,
}

const SELECT: &str = "SELECT accounts.name, accounts.made, COALESCE(stats.races, 0), \
    (SELECT MAX(seen) FROM sessions WHERE sessions.account = accounts.id) \
    FROM accounts LEFT JOIN stats ON stats.account = accounts.id";

type Row = (String, i64, i64, Option<i64>);

impl From<Row> for Listed {
    fn from((name, made, races, seen): Row) -> Listed {
        Listed { name, made: Millis(made), races, seen: seen.map(Millis) }
    }
}

/// All accounts, by name.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(db: &Db) -> Result<Vec<Listed>, AccountError> {
    let select = format!("{SELECT} ORDER BY accounts.name_key");
    let rows: Vec<Row> = query_as(AssertSqlSafe(select)).fetch_all(db.pool()?).await?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

/// The account of this name, in upper or lower case.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &Db, name: &str) -> Result<Option<Listed>, AccountError> {
    let select = format!("{SELECT} WHERE accounts.name_key = $1");
    let row: Option<Row> = query_as(AssertSqlSafe(select)).bind(key(name)).fetch_optional(db.pool()?).await?;
    Ok(row.map(Listed::from))
}

/// Deletes the account of this name, in upper or lower case, with everything that is stored of it; whether
/// there was one.
///
/// # Errors
/// When the database cannot be written.
pub async fn delete_named(db: &Db, name: &str) -> Result<bool, AccountError> {
    let delete = query("DELETE FROM accounts WHERE name_key = $1").bind(key(name));
    Ok(delete.execute(db.pool()?).await?.rows_affected() > 0)
}

/// Gives the account of this name a random password, and ends its sessions; the password, if there is one.
///
/// # Errors
/// When the database cannot be written.
pub async fn reset_password(db: &Db, name: &str) -> Result<Option<String>, AccountError> {
    let password = random_password();
    let hash = Passwords::new().hash(Password::typed(password.clone())).await?;
    let mut tx = db.begin().await?;
    let update = "UPDATE accounts SET password = $1 WHERE name_key = $2 RETURNING id";
    let updated: Option<i64> =
        query_scalar(update).bind(hash).bind(key(name)).fetch_optional(&mut *tx).await?;
    let Some(account) = updated else { return Ok(None) };
    session::end_others(&mut tx, AccountId(account), None).await?;
    tx.commit().await?;
    Ok(Some(password))
}

/// Under which it is looked for; nobody's where it is no name.
fn key(name: &str) -> String {
    Name::try_from(name.to_owned()).map(|name| name.key()).unwrap_or_default()
}

/// To be read out and typed: four groups of four that are hard to mistake, 79 bits.
fn random_password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let group = |_| (0..4).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect();
    let groups: Vec<String> = (0..4).map(group).collect();
    groups.join("-")
}
