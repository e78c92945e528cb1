//! What becomes of a heat that is over.
//!
//! ```text
//!  room ── HeatRecord ──► outbox (store) ──► recorder ── one transaction ──► database of accounts
//!                                               │
//!                                               └── Recorded ──► room, pages of the account, boards
//! ```
//!
//! A heat is written to the outbox with the room in which it ended. The recorder takes the oldest one, judges
//! it by replaying its traces (`judge`), writes it with what it means for its accounts (`credit`, `stats`),
//! and only then lets go of it. Its id is unique in the database: one that is recorded already is passed
//! over, so that each counts once, whenever a process dies.

mod claim;
mod credit;
mod judge;
mod record;
mod recorded;
mod recorder;
mod rules_key;
mod stats;
mod sweep;
#[cfg(test)]
mod test;
#[cfg(test)]
mod tests;
mod write;

pub use claim::{Claimed, claim_guest_runs};
pub use record::{HeatRecord, RunRecord, TraceText};
pub use recorded::{Recorded, RecordedRun, Records};
pub use recorder::Recorder;
pub use rules_key::RulesKey;
pub use stats::day;
