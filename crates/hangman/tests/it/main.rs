//! The game from outside: games that people can read, and laws that hold for any game.

mod laws;
mod transcripts;
