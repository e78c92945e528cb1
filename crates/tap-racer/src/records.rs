//! What becomes of a heat that is over.

mod rules_key;

pub use rules_key::RulesKey;
