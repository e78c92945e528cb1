//! Passwords, and what is kept of them.
//!
//! A hash costs a fortieth of a second and 19 MiB on purpose. Half of the cores do it, so that the races
//! have the other half, and a bounded number of requests waits for its turn.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::available_parallelism,
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;
use tracing::error;
use unicode_normalization::UnicodeNormalization;

use super::AccountError;

/// What OWASP's Password Storage Cheat Sheet recommends for Argon2id: 19 MiB of memory, two passes, one
/// lane. A hash of other parameters is still verified, and is made anew when its owner logs in.
const PARAMS: Params = match Params::new(19_456, 2, 1, None) {
    Ok(params) => params,
    Err(_) => panic!("no parameters"),
};

/// Of nobody's password: what is verified for a name that nobody has, so that it takes as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCE\
    $9jSyDRkEzXnJBuEoYQ8dhHD+0cXSrMbHb0KXYCn3jUQ";

/// Requests beyond these are sent away.
const QUEUE: usize = 100;

/// As it was typed, not trimmed: its letters in the form that all keyboards' have in common (NFC).
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Lengths in characters.
    const SHORTEST: usize = 8;
    const LONGEST: usize = 256;

    /// One that may be chosen.
    pub fn chosen(typed: String) -> Result<Password, AccountError> {
        let password = Password::typed(typed);
        match password.0.chars().count() {
            ..Password::SHORTEST => Err(AccountError::PasswordTooShort),
            Password::SHORTEST..=Password::LONGEST => Ok(password),
            _ => Err(AccountError::PasswordTooLong),
        }
    }

    /// Any text, to be compared with the one that was chosen.
    pub fn typed(typed: String) -> Password {
        Password(typed.nfc().collect())
    }
}

/// What a password turned out to be.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Its hash should be made anew.
    RightButOutdated,
}

/// Where passwords are hashed.
pub struct Passwords {
    /// Who hashes or waits for it.
    queue: Arc<Semaphore>,
    hashing: Arc<Semaphore>,
    /// What has been done so far, in passes over a KiB: it must not tell who exists.
    work: AtomicU64,
}

impl Passwords {
    pub fn new() -> Passwords {
        let cores = available_parallelism().map_or(1, usize::from);
        let hashing = (cores / 2).max(1);
        Passwords {
            queue: Arc::new(Semaphore::new(hashing + QUEUE)),
            hashing: Arc::new(Semaphore::new(hashing)),
            work: AtomicU64::new(0),
        }
    }

    /// What is kept of a password: a PHC string.
    pub async fn hash(&self, Password(password): Password) -> Result<String, AccountError> {
        self.run(&PARAMS, move || {
            let hash: PasswordHash = argon2().hash_password(password.as_bytes())?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether a password is the one of which `hash` was kept; the same work, and never, where there is none.
    pub async fn verify(
        &self,
        Password(password): Password,
        hash: Option<&str>,
    ) -> Result<Verdict, AccountError> {
        let exists = hash.is_some();
        let hash = match PasswordHash::new(hash.unwrap_or(NOBODYS)) {
            Ok(hash) => hash,
            Err(error) => {
                error!(%error, "what is kept of a password cannot be read");
                return Ok(Verdict::Wrong);
            }
        };
        let params = Params::try_from(&hash).unwrap_or(PARAMS);
        let is_current = params.m_cost() == PARAMS.m_cost()
            && params.t_cost() == PARAMS.t_cost()
            && params.p_cost() == PARAMS.p_cost()
            && hash.algorithm.as_str() == Algorithm::Argon2id.as_str();
        self.run(&params, move || {
            let is_right = argon2().verify_password(password.as_bytes(), &hash).is_ok();
            Ok(match (exists && is_right, is_current) {
                (false, _) => Verdict::Wrong,
                (true, true) => Verdict::Right,
                (true, false) => Verdict::RightButOutdated,
            })
        })
        .await
    }

    /// Does it when it is its turn. Who gave up waiting frees the place; what has begun is done.
    async fn run<T: Send + 'static>(
        &self,
        params: &Params,
        work: impl FnOnce() -> Result<T, argon2::password_hash::Error> + Send + 'static,
    ) -> Result<T, AccountError> {
        let place = self.queue.clone().try_acquire_owned().map_err(|_| AccountError::Busy)?;
        // Neither is ever closed.
        let turn = self.hashing.clone().acquire_owned().await.map_err(|_| AccountError::Busy)?;
        let cost = u64::from(params.m_cost()) * u64::from(params.t_cost());
        self.work.fetch_add(cost, Ordering::Relaxed);
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        match working.await {
            Ok(Ok(done)) => Ok(done),
            failed => {
                error!(failed = ?failed.map(|done| done.err()), "a password could not be hashed");
                Err(AccountError::Busy)
            }
        }
    }

    #[cfg(test)]
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS)
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, future::join_all};

    use super::*;

    fn password(typed: &str) -> Password {
        Password::typed(typed.to_owned())
    }

    #[test]
    fn nobody_s_hash_is_of_today_s_parameters() {
        let hash = PasswordHash::new(NOBODYS).expect("a hash");
        let params = Params::try_from(&hash).expect("parameters");
        let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(costs(&params), costs(&PARAMS));
        assert_eq!(hash.hash.map(|hash| hash.as_bytes().len()), Some(Params::DEFAULT_OUTPUT_LEN));
    }

    #[tokio::test]
    async fn two_hashes_of_a_password_differ_and_both_are_of_it() {
        let passwords = Passwords::new();
        let first = passwords.hash(password("correct horse")).await.expect("a hash");
        let second = passwords.hash(password("correct horse")).await.expect("a hash");
        assert_ne!(first, second);
        for hash in [first, second] {
            let verify = |typed: &str| passwords.verify(password(typed), Some(&hash));
            assert_eq!(verify("correct horse").await.ok(), Some(Verdict::Right));
            assert_eq!(verify("correct horse ").await.ok(), Some(Verdict::Wrong));
        }
        for hash in [None, Some(""), Some("$argon2id$"), Some("correct horse")] {
            let verdict = passwords.verify(password("correct horse"), hash).await.ok();
            assert_eq!(verdict, Some(Verdict::Wrong), "{hash:?}");
        }
    }

    #[tokio::test]
    async fn a_password_is_the_same_from_keyboards_that_compose_letters_and_those_that_do_not() {
        let passwords = Passwords::new();
        let hash = passwords.hash(password("cr\u{e8}me br\u{fb}l\u{e9}e")).await.expect("a hash");
        let verify = async |typed: &str| passwords.verify(password(typed), Some(&hash)).await.ok();
        assert_eq!(verify("cre\u{300}me bru\u{302}le\u{301}e").await, Some(Verdict::Right));
        assert_eq!(verify("creme brulee").await, Some(Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_bounded_number_waits_and_the_next_one_is_sent_away() {
        let passwords = Passwords::new();
        let hashing = passwords.hashing.available_permits();
        let all = u32::try_from(hashing).expect("few");
        let turns = passwords.hashing.clone().try_acquire_many_owned(all).expect("free");
        let mut waiting: Vec<_> =
            (0..hashing + QUEUE).map(|_| Box::pin(passwords.hash(password("correct horse")))).collect();
        assert!(waiting.iter_mut().all(|hash| hash.now_or_never().is_none()));
        let sent_away = passwords.hash(password("correct horse")).now_or_never();
        assert!(matches!(sent_away, Some(Err(AccountError::Busy))));
        // Who hangs up makes room.
        waiting.truncate(2);
        drop(turns);
        waiting.push(Box::pin(passwords.hash(password("correct horse"))));
        assert!(join_all(waiting).await.iter().all(Result::is_ok));
    }
}
