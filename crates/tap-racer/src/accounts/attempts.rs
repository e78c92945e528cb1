//! How often a password may be guessed.
//!
//! What counts is a password that turned out wrong. Somebody at one address has ten tries at a name and
//! then thirty an hour; all addresses together have forty, and then sixty an hour. Whoever has four can
//! therefore lock an owner out who is not logged in, and guesses no faster for it. An address has so many
//! a minute for all names. Names that nobody has count as others do.
//!
//! Looking at a password is work, whether it is right or not: an address has four times as many of those a
//! minute.
//!
//! Behind a proxy all have its address: without a limit on addresses there is only the one on names.

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

/// Of an address, for each that may be wrong.
const LOOKS: u32 = 4;

/// See above.
#[derive(Debug)]
pub struct Attempts {
    looks: PerAddress,
    addresses: PerAddress,
    names_at_addresses: Option<PerKey<u64>>,
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
    /// With so many wrong passwords an address and minute; 0: addresses have no limit.
    pub fn new(per_minute: u32) -> Attempts {
        let knows_addresses = per_minute > 0;
        Attempts {
            looks: PerAddress::new(per_minute.saturating_mul(LOOKS)),
            addresses: PerAddress::new(per_minute),
            names_at_addresses: knows_addresses.then(|| PerKey::new(10, Duration::from_secs(2 * 60))),
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
        if !self.looks.take(from, now) {
            return Err(AccountError::RateLimited(self.looks.wait(from, now)));
        }
        let wait = if !self.addresses.take(from, now) {
            self.addresses.wait(from, now)
        } else if let Some(limit) = &self.names_at_addresses
            && !limit.take(name_there, now)
        {
            self.addresses.give_back(from);
            limit.wait(&name_there, now)
        } else if !self.names.take(name, now) {
            self.addresses.give_back(from);
            self.give_back_there(name_there);
            self.names.wait(&name, now)
        } else {
            return Ok(Attempt { attempts: self, from, name_there, name });
        };
        // A password that was not looked at was no work.
        self.looks.give_back(from);
        Err(AccountError::RateLimited(wait))
    }

    fn give_back_there(&self, name_there: u64) {
        if let Some(limit) = &self.names_at_addresses {
            limit.give_back(&name_there);
        }
    }
}

impl Attempt<'_> {
    /// It was the right password, or nothing was learnt about it.
    pub fn forgive(self) {
        self.attempts.addresses.give_back(self.from);
        self.attempts.give_back_there(self.name_there);
        self.attempts.names.give_back(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const MANY: u32 = 1_000_000;
    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn guesses(attempts: &Attempts, name: &str, from: &str) -> usize {
        let from = from.parse().expect("an address");
        (0..1000).take_while(|_| attempts.begin(name, from).is_ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn a_guesser_has_some_tens_an_hour_and_an_owner_is_back_soon() {
        let attempts = Attempts::new(MANY);
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
        let attempts = Attempts::new(MANY);
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
        for _ in 0..50 {
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
    #[tokio::test(start_paused = true)]
    async fn right_passwords_are_no_guesses_but_work_and_an_address_has_so_much_of_it() {
        let attempts = Attempts::new(30);
        let let_in = |from: &str| {
            let from = from.parse().expect("an address");
            let attempts = (0..1000).map_while(|_| attempts.begin("ada", from).ok());
            attempts.map(Attempt::forgive).count()
        };
        assert_eq!((let_in("192.0.2.1"), let_in("192.0.2.2")), (120, 120));
        advance(Duration::from_secs(30)).await;
        assert_eq!(let_in("192.0.2.1"), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn where_addresses_have_no_limit_names_have_theirs() {
        let attempts = Attempts::new(0);
        for name in ["ada", "bo"] {
            assert_eq!(guesses(&attempts, name, "192.0.2.1"), 40, "one proxy for all");
        }
    }
}
