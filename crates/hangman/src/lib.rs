//! Hangman: guess a word letter by letter, before seven guesses were wrong.
//!
//! The crate is the game and nothing else. It does no I/O, reads no clock and throws no dice: the
//! word is an argument, and whoever calls may choose it from [`words`]. It knows nothing of who
//! plays, how many they are, or how their guesses reach it.
//!
//! ```text
//!   Word ────► Game::new ──► Game
//!                             │
//!   Letter ──► Game::guess ───┼──► State     what came of it: a good guess, a bad one, won, lost
//!                             │    Refused   why it is no guess; nothing has changed
//!                             │
//!              Game::tally ───┴──► Tally     all that a player may see
//! ```
//!
//! What is no letter never reaches a game: [`Letter`] cannot be made of it ([`NotALetter`]).
//!
//! # Example
//!
//! ```
//! use hangman::{Game, Letter, Refused, State};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut game = Game::new("apple".parse()?);
//! let p: Letter = "P".parse()?;
//! assert_eq!(game.guess(p), Ok(State::GoodGuess));
//! assert_eq!(game.guess("z".parse()?), Ok(State::BadGuess));
//! assert_eq!(game.guess(p), Err(Refused::AlreadyGuessed(p)));
//! assert!("?".parse::<Letter>().is_err());
//! assert_eq!(game.tally().to_string(), "_ p p _ _  6 left");
//!
//! for letter in ["a", "l", "e"] {
//!     game.guess(letter.parse()?)?;
//! }
//! assert_eq!(game.tally().state, State::Won);
//! # Ok(())
//! # }
//! ```
//!
//! Whole games can be read in `tests/transcripts`.

mod game;
mod letter;
mod tally;
mod word;

pub use game::{Game, Refused, State};
pub use letter::{Letter, Letters, NotALetter};
pub use tally::Tally;
pub use word::{BadWord, Word, words};
