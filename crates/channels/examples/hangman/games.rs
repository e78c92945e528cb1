//! The games that are being played. They know the engine and chance; channels they know not.

use std::{collections::HashMap, sync::Arc};

use hangman::{Game, Word, words};
use parking_lot::Mutex;
use rand::prelude::*;

/// All games by their names. A clone is another handle of the same.
#[derive(Clone)]
pub struct Games {
    by_name: Arc<Mutex<HashMap<String, SharedGame>>>,
    /// The word of every game, if it is not left to chance.
    word: Option<Word>,
}

pub type SharedGame = Arc<Mutex<Game>>;

impl Games {
    /// Strangers may open games, so there is a bound. Within it a game outlives its players, who
    /// may only have closed their laptops; at the bound those that nobody plays are dropped.
    const MOST: usize = 10_000;

    /// Games about random words, or all about this one.
    pub fn new(word: Option<Word>) -> Self {
        Self { by_name: Arc::default(), word }
    }

    /// The game of this name, which is begun if there is none.
    ///
    /// # Errors
    /// Why there is none and will be none: a reason to tell the player.
    pub fn open(&self, name: &str) -> Result<SharedGame, &'static str> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=32).contains(&name.len()) || !name.bytes().all(plain) {
            return Err("a game's name is 1 to 32 small letters, digits and hyphens");
        }
        let mut games = self.by_name.lock();
        if games.len() >= Self::MOST && !games.contains_key(name) {
            games.retain(|_, game| Arc::strong_count(game) > 1);
            if games.len() >= Self::MOST {
                return Err("too many games");
            }
        }
        let game = games.entry(name.to_owned()).or_insert_with(|| Arc::new(Mutex::new(self.deal())));
        Ok(game.clone())
    }

    /// A game that nobody has guessed at yet. Chance is here, since the engine has none.
    pub fn deal(&self) -> Game {
        Game::new(self.word.clone().unwrap_or_else(random_word))
    }

    /// A name that no game has.
    pub fn free_name(&self) -> String {
        loop {
            let name = format!("{}-{}", random_word(), random_word());
            if !self.by_name.lock().contains_key(&name) {
                return name;
            }
        }
    }
}

fn random_word() -> Word {
    words().choose(&mut rand::rng()).expect("there are words").clone()
}
