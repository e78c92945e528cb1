//! What becomes of a heat that is over.

mod record;
mod rules_key;

pub use record::{HeatRecord, RunRecord, TraceText};
pub use rules_key::{BadRulesKey, RulesKey};
