//! Accounts: who somebody is in every room and on every device.
//!
//! A name and a password make one; whoever knows both gets a session, which a browser keeps as a cookie,
//! and from it a token of a few minutes for each connection. Here is what an account may do and who is one;
//! what it has raced is not known here.

mod attempts;
mod connections;
mod entering;
mod error;
mod export;
mod leaving;
mod managing;
mod password;
mod session;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use ::channels::{Endpoint, Payload};
use race::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{query, query_scalar};
use tokio::time::{Instant, timeout};
use warp::http::HeaderMap;

use crate::{
    clock,
    config::Config,
    db::{Db, Tx},
    name::Name,
    rate::{PerAddress, PerKey},
    tokens::Keys,
};

use attempts::Attempts;
use connections::Connections;
use password::Passwords;

pub use connections::Connection;
pub use entering::{Credentials, Entered};
pub use error::AccountError;
pub use managing::{Listed, delete_named, find, list, reset_password};
pub use session::{SessionId, SessionSecret};

/// An account, as the database counts them. A number is never given again.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub i64);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// For whom somebody races.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose account.
    pub id: AccountId,
    /// Its name, as it was when they came.
    pub name: Name,
}

/// A browser that is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Who.
    pub account: Account,
    /// When the account was made.
    pub made: Millis,
}

impl Session {
    /// What everybody may know of the account.
    pub fn as_json(&self) -> Value {
        let Account { id, name } = &self.account;
        json!({ "id": id, "name": name, "made": self.made.0 })
    }
}

/// Whoever waits for the database to connect waits no longer.
const LOOK: Duration = Duration::from_secs(1);

/// All accounts.
pub struct Accounts {
    db: Db,
    keys: Arc<Keys>,
    endpoint: Endpoint,
    passwords: Passwords,
    attempts: Attempts,
    connections: Connections,
    making: PerAddress,
    /// A copy of everything is work.
    exports: PerKey<AccountId>,
}

impl Accounts {
    /// Those of a database.
    pub fn new(db: Db, keys: Arc<Keys>, endpoint: &Endpoint, config: &Config) -> Accounts {
        Accounts {
            db,
            keys,
            endpoint: endpoint.clone(),
            passwords: Passwords::new(),
            attempts: Attempts::new(config.log_ins_per_minute),
            connections: Connections::default(),
            making: PerAddress::new(config.accounts_per_minute),
            exports: PerKey::new(5, Duration::from_secs(60)),
        }
    }

    /// Who sends a request, by its cookie; nobody, too, whose session has ended.
    ///
    /// # Errors
    /// When there is a cookie and the database cannot be asked.
    pub async fn of_headers(&self, headers: &HeaderMap) -> Result<Option<Session>, AccountError> {
        match SessionSecret::of_headers(headers) {
            Some(secret) => Ok(session::find(self.db.pool()?, &secret.id(), clock::wall_clock()).await?),
            None => Ok(None),
        }
    }

    /// The token by which a connection shows to be this account's.
    pub fn token(&self, session: &Session) -> String {
        self.keys.session(session)
    }

    /// Who connects with a token, for as long as the connection is held; nobody if it is forged, has
    /// expired, or its session has ended. While the database cannot be asked a token is believed: it is
    /// good for minutes only, and the session is looked for again.
    pub async fn connect(&self, token: &str) -> Option<(Account, Connection)> {
        let session = self.keys.read_session(token)?;
        let connection = self.connections.open(&session);
        let Ok(pool) = self.db.pool() else { return Some((session.account, connection)) };
        let is_open = "SELECT COUNT(*) FROM sessions WHERE id = $1 AND account = $2 AND expires > $3";
        let looking = query_scalar::<_, i64>(is_open)
            .bind(session.id.as_str())
            .bind(session.account.id.0)
            .bind(clock::wall_clock().0)
            .fetch_one(pool);
        match timeout(LOOK, looking).await {
            Ok(Ok(0)) => return None,
            Ok(Err(error)) => self.db.note(&error.into()),
            _ => {}
        }
        Some((session.account, connection))
    }

    /// The name of the account's connections, by which they are closed.
    pub fn socket_id(account: AccountId) -> String {
        format!("account_socket:{account}")
    }

    /// A session of the account has ended: all its connections are closed. Those whose session goes on
    /// come back by themselves.
    fn hang_up(&self, account: AccountId) {
        // It always has a JSON form.
        let _ = self.endpoint.broadcast(&format!("account:{account}"), "signed_out", Payload::empty());
        self.endpoint.disconnect(&Accounts::socket_id(account));
    }

    /// Whether somebody may have another copy of everything now.
    fn may_export(&self, account: AccountId) -> Result<(), AccountError> {
        let now = Instant::now();
        if self.exports.take(account, now) {
            Ok(())
        } else {
            Err(AccountError::RateLimited(self.exports.wait(&account, now)))
        }
    }
}

/// Keeps another hash of an account's password, unless it has another password by now; whether it did. No
/// other transaction changes the password before this one is over.
async fn replace_hash(tx: &mut Tx, account: AccountId, known: &str, hash: &str) -> sqlx::Result<bool> {
    let update = query("UPDATE accounts SET password = $1 WHERE id = $2 AND password = $3");
    let updated = update.bind(hash).bind(account.0).bind(known).execute(&mut **tx).await?;
    Ok(updated.rows_affected() > 0)
}
