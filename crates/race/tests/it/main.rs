//! The engine from outside: transcripts that people can read, and laws that hold for any race.

mod laws;
mod snapshots;
mod steps;
mod tournament;
mod traces;
mod transcript;
mod transcripts;
