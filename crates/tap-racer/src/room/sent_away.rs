//! Whom the host has sent away.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::tokens::Nonce;

/// The latest of them: a room that is open for months must not remember everybody.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct SentAway {
    latest: VecDeque<Guest>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Guest {
    nonce: Nonce,
    is_banned: bool,
}

impl SentAway {
    const MOST: usize = 1000;

    /// Somebody was kicked, or banned.
    pub fn add(&mut self, nonce: Nonce, is_banned: bool) {
        if self.latest.len() == SentAway::MOST {
            self.latest.pop_front();
        }
        self.latest.push_back(Guest { nonce, is_banned });
    }

    /// Who was kicked has been let in again.
    pub fn forgive(&mut self, nonce: Nonce) {
        self.latest.retain(|guest| guest.nonce != nonce);
    }

    /// Whether somebody was kicked or banned.
    pub fn contains(&self, nonce: Nonce) -> bool {
        self.latest.iter().any(|guest| guest.nonce == nonce)
    }

    /// Whether somebody may not come back.
    pub fn is_banned(&self, nonce: Nonce) -> bool {
        self.latest.iter().any(|guest| guest.nonce == nonce && guest.is_banned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_thousand_are_remembered() {
        let mut sent_away = SentAway::default();
        let guests: Vec<Nonce> = (0..=SentAway::MOST).map(|_| Nonce::random()).collect();
        guests.iter().for_each(|guest| sent_away.add(*guest, true));
        assert!(!sent_away.contains(guests[0]));
        assert!(guests[1..].iter().all(|guest| sent_away.is_banned(*guest)));
    }
}
