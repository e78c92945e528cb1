//! Why something about an account was not done.

use std::time::Duration;

use thiserror::Error;

use crate::{db::DbError, name::BadName};

/// The reason that the client sees.
#[derive(Debug, Error)]
pub enum AccountError {
    /// Nobody can be called this.
    #[error(transparent)]
    Name(#[from] BadName),
    /// Somebody is.
    #[error("name is taken")]
    NameTaken,
    /// Easily guessed.
    #[error("password is too short")]
    PasswordTooShort,
    /// Nobody types that.
    #[error("password is too long")]
    PasswordTooLong,
    /// At log-in. It is not told which of them.
    #[error("wrong name or password")]
    Wrong,
    /// The password of somebody who is logged in.
    #[error("wrong password")]
    WrongPassword,
    /// Nobody is logged in.
    #[error("unauthorized")]
    Unauthorized,
    /// Too often; may be tried again after a while.
    #[error("rate limited")]
    RateLimited(Duration),
    /// More passwords are being checked than there is time for.
    #[error("busy")]
    Busy,
    /// The database.
    #[error("accounts are unavailable")]
    Db(#[from] DbError),
}

impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> AccountError {
        AccountError::Db(error.into())
    }
}
