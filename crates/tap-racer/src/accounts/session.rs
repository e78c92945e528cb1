//! Sessions: browsers that are logged in.

use std::{fmt::Write, time::Duration};

use race::Millis;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{AnyPool, query, query_as};
use warp::http::{HeaderMap, header};

use super::{Account, AccountId, Session};
use crate::{db::Tx, name::Name};

/// Who has not been seen for so long has to log in again.
const LIFE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Not each request is written down: only the first one after this long.
const SEEN_EVERY: Millis = Millis(60 * 60 * 1000);
/// An account's oldest sessions end when there are more.
const MOST: i64 = 50;

/// The name of the cookie.
const COOKIE: &str = "tap_racer_session";
/// Browsers keep no cookie longer. How long the session lasts the server decides.
const COOKIE_LIFE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// A session, as the server knows it: the SHA-256 of what its browser keeps. Nobody gets in with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the browser keeps: 256 random bits. Never printed, never stored.
pub struct SessionSecret(String);

impl SessionSecret {
    const LENGTH: usize = 64;

    pub(super) fn random() -> SessionSecret {
        let mut bits = [0_u8; 32];
        rand::rng().fill(&mut bits);
        SessionSecret(hex(&bits))
    }

    /// The one that a request brings; none if it is of another form.
    pub fn of_headers(headers: &HeaderMap) -> Option<SessionSecret> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
        cookies.flat_map(|cookies| cookies.split(';')).find_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            let is_one = name == COOKIE
                && value.len() == SessionSecret::LENGTH
                && value.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_one.then(|| SessionSecret(value.to_owned()))
        })
    }

    /// Which session it opens.
    pub fn id(&self) -> SessionId {
        SessionId(hex(&Sha256::digest(self.0.as_bytes())))
    }

    /// The header that gives it to a browser; `secure`: which must not send it over plain HTTP.
    pub fn cookie(&self, secure: bool) -> String {
        cookie(&self.0, COOKIE_LIFE, secure)
    }

    /// The header that takes it away.
    pub fn no_cookie() -> String {
        cookie("", Duration::ZERO, false)
    }
}

fn cookie(value: &str, life: Duration, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={}{secure}", life.as_secs())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        // A string takes everything.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn expiry(now: Millis) -> Millis {
    now + Millis(i64::try_from(LIFE.as_millis()).unwrap_or(i64::MAX))
}

/// Begins a session; those that are over or too many go.
pub(super) async fn begin(tx: &mut Tx, account: AccountId, id: &SessionId, now: Millis) -> sqlx::Result<()> {
    query("DELETE FROM sessions WHERE expires <= $1").bind(now.0).execute(&mut **tx).await?;
    query("INSERT INTO sessions (id, account, made, seen, expires) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.as_str())
        .bind(account.0)
        .bind(now.0)
        .bind(now.0)
        .bind(expiry(now).0)
        .execute(&mut **tx)
        .await?;
    let surplus = "DELETE FROM sessions WHERE account = $1 AND id NOT IN \
        (SELECT id FROM sessions WHERE account = $2 ORDER BY seen DESC, made DESC LIMIT $3)";
    query(surplus).bind(account.0).bind(account.0).bind(MOST).execute(&mut **tx).await?;
    Ok(())
}

/// Who has a session, and that it was seen.
pub(super) async fn find(pool: &AnyPool, id: &SessionId, now: Millis) -> sqlx::Result<Option<Session>> {
    let select = "SELECT accounts.id, accounts.name, accounts.made, sessions.seen FROM sessions \
        JOIN accounts ON accounts.id = sessions.account WHERE sessions.id = $1 AND sessions.expires > $2";
    let found: Option<(i64, String, i64, i64)> =
        query_as(select).bind(id.as_str()).bind(now.0).fetch_optional(pool).await?;
    let Some((account, name, made, seen)) = found else { return Ok(None) };
    if now - Millis(seen) > SEEN_EVERY {
        // Who reads need not fail because nothing can be written now.
        let update = query("UPDATE sessions SET seen = $1, expires = $2 WHERE id = $3");
        let _ = update.bind(now.0).bind(expiry(now).0).bind(id.as_str()).execute(pool).await;
    }
    let name = Name::try_from(name).map_err(|bad| sqlx::Error::Decode(Box::new(bad)))?;
    let account = Account { id: AccountId(account), name };
    Ok(Some(Session { id: id.clone(), account, made: Millis(made) }))
}

/// Ends one session; whose it was.
pub(super) async fn end(tx: &mut Tx, id: &SessionId) -> sqlx::Result<Option<AccountId>> {
    let ended = query_as("DELETE FROM sessions WHERE id = $1 RETURNING account");
    let account: Option<(i64,)> = ended.bind(id.as_str()).fetch_optional(&mut **tx).await?;
    Ok(account.map(|(account,)| AccountId(account)))
}

/// Ends all sessions of an account, or all but one.
pub(super) async fn end_others(
    tx: &mut Tx,
    account: AccountId,
    kept: Option<&SessionId>,
) -> sqlx::Result<()> {
    let ended = query("DELETE FROM sessions WHERE account = $1 AND id <> $2");
    let kept = kept.map_or("", SessionId::as_str);
    ended.bind(account.0).bind(kept).execute(&mut **tx).await?;
    Ok(())
}
