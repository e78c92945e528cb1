//! A limit on how often somebody may do something.

use std::time::Duration;

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
    pub fn new(burst: u32, every: Duration) -> TokenBucket {
        TokenBucket { burst, every, full_at: Instant::now() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_one_each_while() {
        let mut bucket = TokenBucket::new(8, Duration::from_millis(500));
        let start = Instant::now();
        assert_eq!((0..20).filter(|_| bucket.take(start)).count(), 8);
        assert!(!bucket.take(start + Duration::from_millis(400)));
        assert!(bucket.take(start + Duration::from_millis(600)));
        assert!(!bucket.take(start + Duration::from_millis(600)));
        let much_later = start + Duration::from_secs(60);
        assert_eq!((0..20).filter(|_| bucket.take(much_later)).count(), 8);
    }
}
