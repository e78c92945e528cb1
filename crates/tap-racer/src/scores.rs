//! Scores that games on the pages make for an account: `practice`, and any other that a page may be.
//!
//! Nothing here knows the games: a score is a number, and more is better. Each is kept (the latest of them
//! at least), and of each game what the account has made in all.

pub(crate) mod kept;

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;
use tokio::time::Instant;

use crate::{
    accounts::AccountId,
    db::{Db, DbError},
    rate::PerKey,
};

/// An account may hand in so many at once, and then one each while.
const SCORES: (u32, Duration) = (10, Duration::from_secs(2));
/// The largest number that a page can count to.
const MOST: i64 = (1 << 53) - 1;
/// Nobody taps more in ten seconds: the human limit and its burst.
const MOST_IN_PRACTICE: i64 = 310;

/// A game, by name: `[a-z0-9][a-z0-9_-]{0,31}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game(String);

impl Game {
    /// Reads a name; none if it cannot be one.
    pub fn parse(name: &str) -> Option<Game> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_one = (1..=32).contains(&name.len())
            && plain(name.as_bytes()[0])
            && name.bytes().all(|byte| plain(byte) || matches!(byte, b'_' | b'-'));
        is_one.then(|| Game(name.to_owned()))
    }

    /// As in the topic.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether somebody can have made this score in it.
    fn allows(&self, score: i64) -> bool {
        let most = if self.0 == "practice" { MOST_IN_PRACTICE } else { MOST };
        (0..=most).contains(&score)
    }
}

/// What a page hands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewScore {
    score: i64,
    /// The page's own name for it, by which it is known when it comes again.
    id: Option<String>,
}

impl NewScore {
    /// Reads `{score, id?}`.
    ///
    /// # Errors
    /// When this cannot be a score of the game.
    pub fn parse(game: &Game, score: Option<&Value>, id: Option<&Value>) -> Result<NewScore, NotStored> {
        // JavaScript has one kind of number, and some of its encoders write 7.0.
        let whole = |score: &Value| {
            score.as_i64().or_else(|| {
                let score = score.as_f64()?;
                (score.fract() == 0.0 && score.abs() <= MOST as f64).then_some(score as i64)
            })
        };
        let score = score.and_then(whole).filter(|score| game.allows(*score)).ok_or(NotStored::Bad)?;
        let is_id = |id: &str| {
            (1..=36).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let id = match id {
            None => None,
            Some(id) => Some(id.as_str().filter(|id| is_id(id)).ok_or(NotStored::Bad)?.to_owned()),
        };
        Ok(NewScore { score, id })
    }
}

/// What who joins a game is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scored {
    /// The account's latest, if there is one.
    pub score: Option<i64>,
    /// Its highest.
    pub best: Option<i64>,
    /// One more than there are accounts with a higher one.
    pub place: Option<i64>,
    /// How many it has made.
    pub count: i64,
    /// The highest of all.
    pub top: Vec<Standing>,
    /// The account's own: when, and how many; oldest first.
    pub history: Vec<(i64, i64)>,
}

/// The highest score of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Whose.
    pub name: String,
    /// How many.
    pub score: i64,
}

/// A score that is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stored {
    /// It.
    pub score: i64,
    /// The account's highest.
    pub best: i64,
    /// One more than there are accounts with a higher one.
    pub place: i64,
    /// How many the account has made.
    pub count: i64,
    /// When it was stored.
    pub at: i64,
}

/// What became of a score that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new.
    New {
        /// Whose.
        name: String,
        /// As it is stored.
        stored: Stored,
    },
    /// It has been stored before.
    Again(Stored),
}

/// Why a score was not stored; the reason that the client sees.
#[derive(Debug, Error)]
pub enum NotStored {
    #[error("bad score")]
    Bad,
    #[error("rate limited")]
    RateLimited,
    #[error("too many games")]
    TooManyGames,
    /// The account is no more.
    #[error("unauthorized")]
    Nobody,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// All scores.
pub struct Scores {
    db: Db,
    /// By account, however many pages of it are open.
    limit: PerKey<AccountId>,
}

impl Scores {
    /// Those of a database.
    pub fn new(db: Db) -> Scores {
        Scores { db, limit: PerKey::new(SCORES.0, SCORES.1) }
    }

    /// How an account stands in a game.
    ///
    /// # Errors
    /// While the database is away.
    pub async fn of(&self, account: AccountId, game: &Game) -> Result<Scored, DbError> {
        self.db.within(async { kept::read(self.db.pool()?, account, game).await }).await
    }

    /// Stores a score.
    ///
    /// # Errors
    /// Why not: nothing is stored then.
    pub async fn store(
        &self,
        account: AccountId,
        game: &Game,
        new: NewScore,
        at: i64,
    ) -> Result<Taken, NotStored> {
        self.db.within(self.store_now(account, game, new, at)).await
    }

    async fn store_now(
        &self,
        account: AccountId,
        game: &Game,
        new: NewScore,
        at: i64,
    ) -> Result<Taken, NotStored> {
        let pool = self.db.pool()?;
        if let Some(id) = &new.id
            && let Some(known) = kept::known(pool, account, game, id).await?
        {
            return Ok(Taken::Again(known));
        }
        if !self.limit.take(account, Instant::now()) {
            return Err(NotStored::RateLimited);
        }
        if let Some((name, stored)) = kept::store(&self.db, account, game, &new, at).await? {
            return Ok(Taken::New { name, stored });
        }
        // It came twice at once; or this is the name of another game's score.
        let id = new.id.as_deref().unwrap_or_default();
        kept::known(pool, account, game, id).await?.map(Taken::Again).ok_or(NotStored::Bad)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_game_has_a_plain_name() {
        for name in ["practice", "a", "2048", "tower_of-hanoi", &"x".repeat(32)] {
            assert!(Game::parse(name).is_some(), "{name}");
        }
        for name in ["", "Practice", "-a", "_a", "a b", "ä", "a:b", "a'; DROP TABLE scores", &"x".repeat(33)]
        {
            assert_eq!(Game::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_score_is_a_whole_number_that_somebody_can_have_made() {
        let score = |game: &str, score: Value| {
            let game = Game::parse(game).expect("a game");
            NewScore::parse(&game, Some(&score), None).ok().map(|new| new.score)
        };
        for (json, whole) in [(json!(0), 0), (json!(7.0), 7), (json!(MOST), MOST)] {
            assert_eq!(score("towers", json), Some(whole));
        }
        for bad in [json!(-1), json!(1.5), json!("7"), json!(null), json!([7]), json!(MOST + 1), json!(1e300)]
        {
            assert_eq!(score("towers", bad.clone()), None, "{bad}");
        }
        assert_eq!(score("practice", json!(310)), Some(310));
        assert_eq!(score("practice", json!(311)), None);
    }

    #[test]
    fn a_page_may_name_its_score() {
        let game = Game::parse("practice").expect("a game");
        let new = |id: Value| NewScore::parse(&game, Some(&json!(7)), Some(&id)).ok();
        assert_eq!(new(json!("7f-A")), Some(NewScore { score: 7, id: Some("7f-A".to_owned()) }));
        for bad in [json!(7), json!(""), json!("a b"), json!("é"), json!("x".repeat(37))] {
            assert_eq!(new(bad.clone()), None, "{bad}");
        }
    }
}
