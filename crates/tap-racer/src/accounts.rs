//! Accounts: who somebody is beyond one room.

use serde::{Deserialize, Serialize};

/// An account, as the database counts them.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub i64);
