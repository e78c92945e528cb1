//! A limit on how often somebody may do something.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use parking_lot::Mutex;

use tokio::time::Instant;

/// Holds `burst` tokens and gains one each `every`; what finds none has to wait.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    burst: u32,
    every: Duration,
    /// When the bucket is full again.
    full_at: Instant,
}

impl TokenBucket {
    /// A full bucket.
    pub fn new(burst: u32, every: Duration, now: Instant) -> TokenBucket {
        TokenBucket { burst, every, full_at: now }
    }

    /// Takes a token; false when there is none.
    pub fn take(&mut self, now: Instant) -> bool {
        let full_at = self.full_at.max(now) + self.every;
        let has_one = full_at.duration_since(now) <= self.every * self.burst;
        if has_one {
            self.full_at = full_at;
        }
        has_one
    }
}

impl TokenBucket {
    /// Puts a token back that was taken.
    pub fn give_back(&mut self) {
        // A moment long past is as full as any.
        self.full_at = self.full_at.checked_sub(self.every).unwrap_or(self.full_at);
    }

    /// How long there will be none to take.
    pub fn wait(&self, now: Instant) -> Duration {
        (self.full_at + self.every).saturating_duration_since(now + self.every * self.burst)
    }

    fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}

/// A bucket for each of many, of whom only those that have taken a token lately are known.
#[derive(Debug)]
pub struct PerKey<K> {
    burst: u32,
    every: Duration,
    /// Held for one look, never while anything is awaited.
    buckets: Mutex<HashMap<K, TokenBucket>>,
}

impl<K: Eq + Hash> PerKey<K> {
    /// More than these are not told apart from those that never came: what is limited here has a limit
    /// of its own for all together.
    const MOST: usize = 10_000;

    /// Each may do something `burst` times at once, and then once `every` while.
    pub fn new(burst: u32, every: Duration) -> PerKey<K> {
        PerKey { burst, every, buckets: Mutex::default() }
    }

    /// Takes a token of this one; false when it has none.
    pub fn take(&self, key: K, now: Instant) -> bool {
        let mut buckets = self.buckets.lock();
        if buckets.len() >= Self::MOST {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        if buckets.len() >= Self::MOST && !buckets.contains_key(&key) {
            return true;
        }
        buckets.entry(key).or_insert_with(|| TokenBucket::new(self.burst, self.every, now)).take(now)
    }

    /// Puts a token back that this one took.
    pub fn give_back(&self, key: &K) {
        if let Some(bucket) = self.buckets.lock().get_mut(key) {
            bucket.give_back();
        }
    }

    /// How long this one will have none.
    pub fn wait(&self, key: &K, now: Instant) -> Duration {
        self.buckets.lock().get(key).map_or(Duration::ZERO, |bucket| bucket.wait(now))
    }
}

/// The same for addresses.
#[derive(Debug)]
pub struct PerAddress(Option<PerKey<IpAddr>>);

impl PerAddress {
    /// Each address may do something so many times in a minute, all at once or spread. 0: no limit.
    pub fn new(per_minute: u32) -> PerAddress {
        let every = Duration::from_secs(60).checked_div(per_minute);
        PerAddress(every.map(|every| PerKey::new(per_minute, every)))
    }

    /// Takes a token of an address; false when it has none.
    pub fn take(&self, address: IpAddr, now: Instant) -> bool {
        self.0.as_ref().is_none_or(|limit| limit.take(network(address), now))
    }

    /// Puts a token back that an address took.
    pub fn give_back(&self, address: IpAddr) {
        if let Some(limit) = &self.0 {
            limit.give_back(&network(address));
        }
    }

    /// How long an address will have none.
    pub fn wait(&self, address: IpAddr, now: Instant) -> Duration {
        self.0.as_ref().map_or(Duration::ZERO, |limit| limit.wait(&network(address), now))
    }
}

/// What one household has: an IPv4 address, or 2⁶⁴ of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn each_address_has_a_bucket_of_its_own() {
        let limit = PerAddress::new(2);
        let now = Instant::now();
        let takes = |from: &str, now| limit.take(address(from), now);
        assert_eq!([(); 3].map(|()| takes("192.0.2.1", now)), [true, true, false]);
        assert!(!takes("::ffff:192.0.2.1", now), "the same address in other clothes");
        assert!(takes("192.0.2.2", now));
        assert_eq!(
            ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(|from| takes(from, now)),
            [true, true, false]
        );
        assert!(takes("2001:db8:0:1::1", now));
        assert!(takes("192.0.2.1", now + Duration::from_secs(30)));
    }

    #[test]
    fn nothing_is_no_limit() {
        let limit = PerAddress::new(0);
        assert!((0..1000).all(|_| limit.take(address("192.0.2.1"), Instant::now())));
    }

    #[test]
    fn addresses_that_rest_are_forgotten() {
        let limit = PerAddress::new(2);
        let now = Instant::now();
        let crowd =
            |now| (0..20_000_u32).all(|bits| limit.take(std::net::Ipv4Addr::from_bits(bits).into(), now));
        assert!(crowd(now));
        let known = || limit.0.as_ref().map(|limit| limit.buckets.lock().len());
        assert_eq!(known(), Some(PerKey::<IpAddr>::MOST));
        let later = now + Duration::from_secs(31);
        assert!(limit.take(address("192.0.2.1"), later));
        assert_eq!(known(), Some(1));
    }

    #[test]
    fn a_burst_is_let_through_and_then_one_each_while() {
        let start = Instant::now();
        let mut bucket = TokenBucket::new(8, Duration::from_millis(500), start);
        assert_eq!((0..20).filter(|_| bucket.take(start)).count(), 8);
        assert!(!bucket.take(start + Duration::from_millis(400)));
        assert!(bucket.take(start + Duration::from_millis(600)));
        assert!(!bucket.take(start + Duration::from_millis(600)));
        let much_later = start + Duration::from_secs(60);
        assert_eq!((0..20).filter(|_| bucket.take(much_later)).count(), 8);
    }
}
