//! The boards of a room.

use serde::Serialize;

use super::{RulesJson, rules};
use crate::{
    looks::Look,
    room::{Best, Board},
};

/// The best of one kind of rules.
#[derive(Clone, Debug, Serialize)]
pub struct BoardJson {
    pub key: String,
    pub rules: RulesJson,
    pub entries: Vec<BestJson>,
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
pub struct BestJson {
    pub name: String,
    #[serde(flatten)]
    pub look: Look,
    pub taps: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
}

impl BoardJson {
    /// As screens show it.
    pub fn of(board: &Board) -> BoardJson {
        let entry = |entry: &Best| BestJson {
            name: entry.name.clone(),
            look: entry.look,
            taps: entry.taps,
            time: entry.time,
        };
        BoardJson {
            key: rules::key(&board.rules),
            rules: RulesJson(board.rules.clone()),
            entries: board.entries.iter().map(entry).collect(),
        }
    }
}
