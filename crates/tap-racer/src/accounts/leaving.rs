//! Ends: of a session, of a password, of an account.

use std::net::IpAddr;

use sqlx::{query, query_scalar};

use super::{
    Account, AccountError, AccountId, Accounts, Session, SessionSecret,
    password::{Password, Verdict},
    replace_hash, session,
};
use crate::records::RulesKey;

impl Accounts {
    /// Ends one session; nothing happens if it has ended.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn log_out(&self, secret: &SessionSecret) -> Result<(), AccountError> {
        let mut tx = self.db.begin().await?;
        let ended = session::end(&mut tx, &secret.id()).await?;
        tx.commit().await?;
        if let Some(account) = ended {
            self.hang_up(account);
        }
        Ok(())
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn log_out_everywhere(&self, account: AccountId) -> Result<(), AccountError> {
        let mut tx = self.db.begin().await?;
        session::end_others(&mut tx, account, None).await?;
        tx.commit().await?;
        self.hang_up(account);
        Ok(())
    }

    /// Gives an account another password, and ends all sessions but the one that asks.
    ///
    /// # Errors
    /// When the old password is wrong, or the new one cannot be chosen.
    pub async fn change_password(
        &self,
        session: &Session,
        old: String,
        new: String,
        from: IpAddr,
    ) -> Result<(), AccountError> {
        let new = Password::chosen(new)?;
        let known = self.check(&session.account, old, from).await?;
        let hash = self.passwords.hash(new).await?;
        let mut tx = self.db.begin().await?;
        let account = session.account.id;
        if !replace_hash(&mut tx, account, &known, &hash).await? {
            return Err(AccountError::WrongPassword);
        }
        session::end_others(&mut tx, account, Some(&session.id)).await?;
        tx.commit().await?;
        self.hang_up(account);
        Ok(())
    }

    /// Deletes an account with everything that is stored of it; the boards on which it stood.
    ///
    /// # Errors
    /// When the password is wrong.
    pub async fn delete(
        &self,
        account: &Account,
        password: String,
        from: IpAddr,
    ) -> Result<Vec<RulesKey>, AccountError> {
        self.check(account, password, from).await?;
        let mut tx = self.db.begin().await?;
        let select = query_scalar("SELECT DISTINCT key FROM bests WHERE account = $1 ORDER BY key");
        let boards: Vec<String> = select.bind(account.id.0).fetch_all(&mut *tx).await?;
        // All else is deleted with it: each table says so.
        query("DELETE FROM accounts WHERE id = $1").bind(account.id.0).execute(&mut *tx).await?;
        tx.commit().await?;
        self.hang_up(account.id);
        Ok(boards.iter().filter_map(|key| key.parse().ok()).collect())
    }

    /// Whether who is logged in is who they say; what is kept of their password.
    async fn check(&self, account: &Account, typed: String, from: IpAddr) -> Result<String, AccountError> {
        let attempt = self.attempts.begin(&account.name.key(), from)?;
        let checked = self.verify(account.id, typed).await;
        if !matches!(checked, Err(AccountError::WrongPassword)) {
            attempt.forgive();
        }
        checked
    }

    async fn verify(&self, account: AccountId, typed: String) -> Result<String, AccountError> {
        let select = query_scalar("SELECT password FROM accounts WHERE id = $1").bind(account.0);
        let hash: Option<String> = select.fetch_optional(self.db.pool()?).await?;
        let hash = hash.ok_or(AccountError::Unauthorized)?;
        match self.passwords.verify(Password::typed(typed), Some(&hash)).await? {
            Verdict::Wrong => Err(AccountError::WrongPassword),
            Verdict::Right | Verdict::RightButOutdated => Ok(hash),
        }
    }
}
