//! What a player may see.

use std::fmt;

use crate::{
    game::State,
    letter::{Letter, Letters},
    word::Word,
};

/// A game as its players see it. While the game goes on, it holds nothing from which a hidden
/// letter could be learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What the last guess has led to.
    pub state: State,
    /// How many more guesses may be wrong; the last of them loses the game.
    pub guesses_left: u8,
    /// The word, place by place; `None` is a letter that is still hidden.
    pub letters: Vec<Option<Letter>>,
    /// All letters that were guessed, the right and the wrong ones.
    pub guessed: Letters,
    /// The word, once the game is over.
    pub word: Option<Word>,
}

impl fmt::Display for Tally {
    /// `p _ _ n e t  5 left`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in &self.letters {
            write!(f, "{} ", letter.map_or('_', char::from))?;
        }
        write!(f, " {} left", self.guesses_left)
    }
}
