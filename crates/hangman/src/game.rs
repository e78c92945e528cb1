//! The game: a word, and what has been guessed of it.

use std::fmt;

use crate::{
    letter::{Letter, Letters},
    tally::Tally,
    word::Word,
};

/// One word being guessed, from its first guess to the game's end.
///
/// All there is to know is the word and the guesses. How many are left and who has won is computed
/// from them, so that the parts of a game cannot contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game {
    word: Word,
    guessed: Letters,
    state: State,
}

/// What the last guess has led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing has been guessed yet.
    Started,
    /// The letter is in the word.
    GoodGuess,
    /// The letter is not in the word, and one guess fewer is left.
    BadGuess,
    /// The word is found.
    Won,
    /// No guess is left.
    Lost,
}

/// A guess that does not count. The game is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The letter was guessed before.
    #[error("{0} was guessed already")]
    AlreadyGuessed(Letter),
    /// The game is won or lost.
    #[error("the game is over")]
    Over,
}

impl Game {
    /// How many guesses may be wrong; the last of them loses the game.
    pub const GUESSES: u8 = 7;

    /// A game about a word.
    #[must_use]
    pub fn new(word: Word) -> Self {
        Self { word, guessed: Letters::default(), state: State::Started }
    }

    /// Guesses a letter, and gives what came of it.
    ///
    /// # Errors
    /// [`Refused`], and nothing has changed, when the letter was guessed before or the game is over.
    pub fn guess(&mut self, letter: Letter) -> Result<State, Refused> {
        if self.state.is_over() {
            return Err(Refused::Over);
        }
        if !self.guessed.insert(letter) {
            return Err(Refused::AlreadyGuessed(letter));
        }
        self.state = if self.is_found() {
            State::Won
        } else if self.guesses_left() == 0 {
            State::Lost
        } else if self.word.set().contains(letter) {
            State::GoodGuess
        } else {
            State::BadGuess
        };
        Ok(self.state)
    }

    /// What players may see of the game.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let seen = |letter: Letter| self.guessed.contains(letter).then_some(letter);
        Tally {
            state: self.state,
            guesses_left: self.guesses_left(),
            letters: self.word.letters().map(seen).collect(),
            guessed: self.guessed,
            word: self.state.is_over().then(|| self.word.clone()),
        }
    }

    fn is_found(&self) -> bool {
        self.word.letters().all(|letter| self.guessed.contains(letter))
    }

    fn guesses_left(&self) -> u8 {
        let word = self.word.set();
        let wrong = self.guessed.iter().filter(|letter| !word.contains(*letter));
        wrong.fold(Self::GUESSES, |left, _| left.saturating_sub(1))
    }
}

impl State {
    /// Whether the game has come to its end.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Won | Self::Lost)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Started => "started",
            Self::GoodGuess => "good guess",
            Self::BadGuess => "bad guess",
            Self::Won => "won",
            Self::Lost => "lost",
        })
    }
}
