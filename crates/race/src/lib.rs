//! The rules of a tap race: commands and time in, events out.

mod command;
mod event;
mod finish;
mod race;
mod racer;
mod rhythm;
mod roster;
mod rules;
mod snapshot;
mod tally;
mod time;
mod tug;

pub use command::{Command, Heat, Refused};
pub use event::{Event, Outcome, Phase, Place, Results, Standing, Why};
pub use race::Race;
pub use racer::{Lane, Racer, RacerId};
pub use rhythm::Rhythm;
pub use rules::{BadRules, FalseStart, Mode, Rules, Settings, Team};
pub use snapshot::{BadSnapshot, Snapshot};
pub use time::Millis;
pub use tug::{Rope, Side, Tug};
