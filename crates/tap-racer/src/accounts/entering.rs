//! Signing up and logging in.

use std::net::IpAddr;

use race::Millis;
use sqlx::{query_as, query_scalar};
use tokio::time::Instant;

use super::{
    Account, AccountError, AccountId, Accounts, Session, SessionSecret,
    password::{Password, Verdict},
    replace_hash, session,
};
use crate::{
    clock,
    db::{DbError, Tx},
    name::{BadName, Name},
    records::{Claimed, claim_guest_runs},
};

/// What somebody typed, and what their browser had.
#[derive(Default)]
pub struct Credentials {
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
    /// Of another session, which ends.
    pub session: Option<SessionSecret>,
    /// The tokens of seats that they have had, of which [`Credentials::SEATS`] are looked at.
    pub seats: Vec<String>,
}

impl Credentials {
    /// Nobody races in more rooms in a day.
    pub const SEATS: usize = 50;
}

/// Somebody who is logged in from now on.
pub struct Entered {
    /// Who, and where.
    pub session: Session,
    /// For their browser.
    pub secret: SessionSecret,
    /// What they had raced as guests.
    pub claimed: Claimed,
}

/// An account, as it is stored.
struct Stored {
    id: AccountId,
    name: String,
    hash: String,
    made: Millis,
}

/// Who is let in.
struct Entering {
    id: AccountId,
    name: Name,
    made: Millis,
    session: Option<SessionSecret>,
    seats: Vec<String>,
}

impl Accounts {
    /// Makes an account.
    ///
    /// # Errors
    /// When it cannot be called that, or too many are made.
    pub async fn sign_up(&self, wish: Credentials, from: IpAddr) -> Result<Entered, AccountError> {
        let name = Name::parse(&wish.name)?;
        if !name.has_address() {
            return Err(BadName::NotAllowed.into());
        }
        let password = Password::chosen(wish.password)?;
        if self.id_of(&name).await?.is_some() {
            return Err(AccountError::NameTaken);
        }
        let now = Instant::now();
        if !self.making.take(from, now) {
            return Err(AccountError::RateLimited(self.making.wait(from, now)));
        }
        let hash = self.passwords.hash(password).await?;
        let made = clock::wall_clock();
        let mut tx = self.db.begin().await?;
        let insert =
            "INSERT INTO accounts (name, name_key, password, made) VALUES ($1, $2, $3, $4) RETURNING id";
        let inserting = query_scalar(insert).bind(name.as_str()).bind(name.key()).bind(hash).bind(made.0);
        let inserted: Result<i64, DbError> = inserting.fetch_one(&mut *tx).await.map_err(DbError::from);
        let id = match inserted {
            Err(error) if error.is_duplicate() => return Err(AccountError::NameTaken),
            inserted => AccountId(inserted?),
        };
        let entering = Entering { id, name, made, session: wish.session, seats: wish.seats };
        self.enter(tx, entering).await
    }

    /// Lets somebody in who has an account.
    ///
    /// # Errors
    /// When the password is another's, or has been guessed too often.
    pub async fn log_in(&self, wish: Credentials, from: IpAddr) -> Result<Entered, AccountError> {
        // What may be shown changes; who was let in once has that name.
        let name = Name::try_from(wish.name).ok();
        let key = name.as_ref().map(Name::key).unwrap_or_default();
        let attempt = self.attempts.begin(&key, from)?;
        let tried = self.try_log_in(&key, Password::typed(wish.password)).await;
        if !matches!(tried, Err(AccountError::Wrong)) {
            attempt.forgive();
        }
        let (tx, Stored { id, name, made, .. }) = tried?;
        let name = Name::try_from(name).map_err(AccountError::Name)?;
        self.enter(tx, Entering { id, name, made, session: wish.session, seats: wish.seats }).await
    }

    /// The account whose password this is, which stays so until the end of the transaction.
    async fn try_log_in(&self, key: &str, password: Password) -> Result<(Tx, Stored), AccountError> {
        let select = "SELECT id, name, password, made FROM accounts WHERE name_key = $1";
        let found: Option<(i64, String, String, i64)> =
            query_as(select).bind(key).fetch_optional(self.db.pool()?).await?;
        let stored = found.map(|(id, name, hash, made)| {
            let (id, made) = (AccountId(id), Millis(made));
            Stored { id, name, hash, made }
        });
        let hash = stored.as_ref().map(|stored| stored.hash.as_str());
        let verdict = self.passwords.verify(password.clone(), hash).await?;
        let (Some(stored), Verdict::Right | Verdict::RightButOutdated) = (stored, verdict) else {
            return Err(AccountError::Wrong);
        };
        let kept = match verdict {
            Verdict::RightButOutdated => self.passwords.hash(password).await?,
            _ => stored.hash.clone(),
        };
        let mut tx = self.db.begin().await?;
        if !replace_hash(&mut tx, stored.id, &stored.hash, &kept).await? {
            return Err(AccountError::Wrong);
        }
        Ok((tx, stored))
    }

    /// Begins their session.
    async fn enter(&self, mut tx: Tx, who: Entering) -> Result<Entered, AccountError> {
        let Entering { id, name, made, session, seats } = who;
        let left = match session {
            Some(session) => session::end(&mut tx, &session.id()).await?,
            None => None,
        };
        let secret = SessionSecret::random();
        let session = Session { id: secret.id(), account: Account { id, name }, made };
        session::begin(&mut tx, id, &session.id, clock::wall_clock()).await?;
        let claimed = claim_guest_runs(&mut tx, id, &self.devices(&seats)).await?;
        tx.commit().await?;
        if let Some(left) = left {
            self.hang_up(left);
        }
        Ok(Entered { session, secret, claimed })
    }

    /// Whose seats these are, each device once; what we have not signed is nobody's.
    fn devices(&self, seats: &[String]) -> Vec<String> {
        let heads = seats.iter().take(Credentials::SEATS).filter_map(|token| self.keys.read_any_seat(token));
        let mut devices: Vec<String> = heads.map(|seat| seat.nonce.head()).collect();
        devices.sort();
        devices.dedup();
        devices
    }

    /// Whether a name is taken, before much is done for it.
    async fn id_of(&self, name: &Name) -> Result<Option<AccountId>, AccountError> {
        let select = query_scalar("SELECT id FROM accounts WHERE name_key = $1").bind(name.key());
        Ok(select.fetch_optional(self.db.pool()?).await?.map(AccountId))
    }
}
