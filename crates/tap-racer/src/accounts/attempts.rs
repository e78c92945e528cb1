//! How often a password may be guessed.
//!
//! What counts is a password that turned out wrong. Somebody at one address has ten tries at a name and
//! then thirty an hour; all addresses together have forty, and then sixty an hour, so that it takes many
//! of them to lock an owner out. An address has so many a minute for all names. Names that nobody has
//! count as others do.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    time::Duration,
};

use tokio::time::Instant;

use super::AccountError;
use crate::rate::{PerAddress, PerKey, network};

/// Names that somebody makes up have no end. A few share a place here, and nobody can tell which; all have
/// one, since it is less than what [`PerKey`] knows.
const PLACES: u64 = 8192;

/// See above.
#[derive(Debug)]
pub struct Attempts {
    addresses: PerAddress,
    names_at_addresses: PerKey<u64>,
    names: PerKey<u64>,
    hasher: RandomState,
}

/// One try, which counts unless it is forgiven.
#[derive(Debug)]
pub struct Attempt<'a> {
    attempts: &'a Attempts,
    from: IpAddr,
    name_there: u64,
    name: u64,
}

impl Attempts {
    /// With so many wrong passwords an address and minute; 0: no limit.
    pub fn new(per_minute: u32) -> Attempts {
        Attempts {
            addresses: PerAddress::new(per_minute),
            names_at_addresses: PerKey::new(10, Duration::from_secs(2 * 60)),
            names: PerKey::new(40, Duration::from_secs(60)),
            hasher: RandomState::new(),
        }
    }

    /// Before a password is looked at.
    ///
    /// # Errors
    /// When it is too soon.
    pub fn begin(&self, name: &str, from: IpAddr) -> Result<Attempt<'_>, AccountError> {
        let now = Instant::now();
        let place = |hash: u64| hash % PLACES;
        let name_there = place(self.hasher.hash_one((name, network(from))));
        let name = place(self.hasher.hash_one(name));
        if !self.addresses.take(from, now) {
            return Err(AccountError::RateLimited(self.addresses.wait(from, now)));
        }
        if !self.names_at_addresses.take(name_there, now) {
            self.addresses.give_back(from);
            return Err(AccountError::RateLimited(self.names_at_addresses.wait(&name_there, now)));
        }
        if !self.names.take(name, now) {
            self.addresses.give_back(from);
            self.names_at_addresses.give_back(&name_there);
            return Err(AccountError::RateLimited(self.names.wait(&name, now)));
        }
        Ok(Attempt { attempts: self, from, name_there, name })
    }
}

impl Attempt<'_> {
    /// It was the right password, or nothing was learnt about it.
    pub fn forgive(self) {
        self.attempts.addresses.give_back(self.from);
        self.attempts.names_at_addresses.give_back(&self.name_there);
        self.attempts.names.give_back(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn guesses(attempts: &Attempts, name: &str, from: &str) -> usize {
        let from = from.parse().expect("an address");
        (0..1000).take_while(|_| attempts.begin(name, from).is_ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn a_guesser_has_some_tens_an_hour_and_an_owner_is_back_soon() {
        let attempts = Attempts::new(0);
        assert_eq!(guesses(&attempts, "ada", "192.0.2.1"), 10);
        assert_eq!(guesses(&attempts, "bo", "192.0.2.1"), 10, "another name");
        advance(Duration::from_secs(2 * 60)).await;
        assert_eq!(guesses(&attempts, "ada", "192.0.2.1"), 1);
        let mut in_an_hour = 0;
        for _ in 0..30 {
            advance(HOUR / 30).await;
            in_an_hour += guesses(&attempts, "ada", "192.0.2.1");
        }
        assert_eq!(in_an_hour, 30);
    }

    #[tokio::test(start_paused = true)]
    async fn many_addresses_together_have_not_many_more() {
        let attempts = Attempts::new(0);
        let all =
            || (0..100).map(|host| guesses(&attempts, "ada", &format!("192.0.2.{host}"))).sum::<usize>();
        assert_eq!(all(), 40);
        advance(HOUR).await;
        assert_eq!(all(), 40);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_so_many_for_all_names() {
        let attempts = Attempts::new(30);
        let all =
            |from: &str| (0..100).map(|name| guesses(&attempts, &name.to_string(), from)).sum::<usize>();
        assert_eq!(all("192.0.2.1"), 30);
        assert_eq!(all("2001:db8::1") + all("2001:db8::2"), 30, "of one household");
        advance(Duration::from_secs(60)).await;
        assert_eq!(all("192.0.2.1"), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_let_in_has_not_guessed_and_who_must_wait_is_told_how_long() {
        let attempts = Attempts::new(30);
        let from: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..100 {
            attempts.begin("ada", from).expect("a try").forgive();
        }
        assert_eq!(guesses(&attempts, "ada", "192.0.2.1"), 10);
        let refused = attempts.begin("ada", from).err();
        assert!(
            matches!(refused, Some(AccountError::RateLimited(wait)) if wait == 2 * HOUR / 60),
            "{refused:?}"
        );
        for name in ["bo", "cy"] {
            assert_eq!(guesses(&attempts, name, "192.0.2.1"), 10, "a refused try costs nothing");
        }
        let refused = attempts.begin("di", from).err();
        assert!(
            matches!(refused, Some(AccountError::RateLimited(wait)) if wait == HOUR / 60 / 30),
            "{refused:?}"
        );
    }
}
