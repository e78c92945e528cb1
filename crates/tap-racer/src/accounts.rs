//! Accounts: who somebody is beyond one room.

use serde::{Deserialize, Serialize};

use crate::name::Name;

/// An account, as the database counts them.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub i64);

/// For whom somebody races.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose account.
    pub id: AccountId,
    /// Its name, as it was when they sat down.
    pub name: Name,
}
