//! Tokens: data that the server signs and a client carries, such as a user's id in the connect
//! parameters. Clients can read them and cannot change them.
//!
//! They are JSON Web Tokens (RFC 7519) under HS256.
//!
//! Source: Phoenix's `lib/phoenix/token.ex`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Signs and verifies tokens.
///
/// ```
/// use std::time::Duration;
/// use channels::{Tokens, TokenError};
///
/// let tokens = Tokens::new(b"a secret of at least 32 random bytes");
/// let token = tokens.sign("user auth", &17)?;
/// assert_eq!(tokens.verify::<i32>("user auth", &token, Duration::from_secs(86400))?, 17);
/// assert_eq!(tokens.verify::<i32>("other salt", &token, Duration::MAX), Err(TokenError::Invalid));
/// # Ok::<(), TokenError>(())
/// ```
pub struct Tokens {
    signing: EncodingKey,
    verifying: Vec<DecodingKey>,
}

/// Why a token was not signed or not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is older than it may be.
    #[error("the token has expired")]
    Expired,
    /// It was not signed by us, for this salt, or holds other data than was asked for.
    #[error("the token is invalid")]
    Invalid,
    /// The data has no JSON form.
    #[error("the data has no json form")]
    Data,
}

#[derive(Serialize, Deserialize)]
struct Claims<T> {
    /// The salt: what the token is for.
    aud: String,
    /// When it was signed, in milliseconds of Unix time.
    signed_at: u64,
    data: T,
}

impl Tokens {
    /// Longer tokens are none of ours, and are not looked at.
    const LONGEST: usize = 16 * 1024;

    /// Tokens under a secret, which should have at least 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let verifying = vec![DecodingKey::from_secret(secret)];
        Self { signing: EncodingKey::from_secret(secret), verifying }
    }

    /// Still takes tokens that were signed under an older secret: key rotation without logging
    /// everybody out.
    #[must_use]
    pub fn and_verify(mut self, older_secret: &[u8]) -> Self {
        self.verifying.push(DecodingKey::from_secret(older_secret));
        self
    }

    /// Signs data. `salt` says what the token is for, so that a token for one purpose is none for
    /// another.
    ///
    /// # Errors
    /// [`TokenError::Data`] when the data has no JSON form.
    pub fn sign(&self, salt: &str, data: &impl Serialize) -> Result<String, TokenError> {
        self.sign_at(salt, data, SystemTime::now())
    }

    fn sign_at(&self, salt: &str, data: &impl Serialize, now: SystemTime) -> Result<String, TokenError> {
        let claims = Claims { aud: salt.to_owned(), signed_at: millis(now), data };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .map_err(|_| TokenError::Data)
    }

    /// Gives the data of a token that was signed for this salt within `max_age`.
    ///
    /// # Errors
    /// [`TokenError::Expired`], [`TokenError::Invalid`].
    pub fn verify<T: DeserializeOwned>(
        &self,
        salt: &str,
        token: &str,
        max_age: Duration,
    ) -> Result<T, TokenError> {
        if token.len() > Self::LONGEST {
            return Err(TokenError::Invalid);
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[salt]);
        validation.set_required_spec_claims(&["aud"]);
        validation.validate_exp = false;
        let claims = self
            .verifying
            .iter()
            .find_map(|key| jsonwebtoken::decode::<Claims<T>>(token, key, &validation).ok())
            .ok_or(TokenError::Invalid)?
            .claims;
        let age = millis(SystemTime::now()).saturating_sub(claims.signed_at);
        if Duration::from_millis(age) > max_age { Err(TokenError::Expired) } else { Ok(claims.data) }
    }
}

fn millis(time: SystemTime) -> u64 {
    let passed = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86400);

    #[test]
    fn a_token_expires() {
        let tokens = Tokens::new(b"secret");
        let token = tokens.sign_at("user", &"ada", SystemTime::now() - 2 * DAY).expect("a token");
        assert_eq!(tokens.verify::<String>("user", &token, DAY), Err(TokenError::Expired));
        assert_eq!(tokens.verify::<String>("user", &token, 3 * DAY).as_deref(), Ok("ada"));
    }

    #[test]
    fn a_token_of_an_older_secret_is_taken_while_it_is_known() {
        let token = Tokens::new(b"older").sign("user", &1).expect("a token");
        assert_eq!(Tokens::new(b"newer").verify::<i32>("user", &token, DAY), Err(TokenError::Invalid));
        assert_eq!(Tokens::new(b"newer").and_verify(b"older").verify::<i32>("user", &token, DAY), Ok(1));
    }

    #[test]
    fn what_was_tampered_with_is_invalid() {
        let tokens = Tokens::new(b"secret");
        let token = tokens.sign("user", &1).expect("a token");
        let (head, signature) = token.rsplit_once('.').expect("three parts");
        let unsigned = format!("{head}.");
        let flipped = format!("{head}.{}", signature.chars().rev().collect::<String>());
        for token in ["", "a.b.c", &unsigned, &flipped, &"x".repeat(100_000)] {
            assert_eq!(tokens.verify::<i32>("user", token, DAY), Err(TokenError::Invalid));
        }
        assert_eq!(tokens.verify::<String>("user", &token, DAY), Err(TokenError::Invalid), "other data");
    }
}
