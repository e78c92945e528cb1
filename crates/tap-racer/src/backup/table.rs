//! What is saved: the tables in an order in which none comes before one that it refers to. Not saved are
//! sessions: whoever stole a backup is logged in nowhere by it.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde_json::Value;
use sqlx::{Row, any::AnyRow};

/// A table of the database.
#[derive(Debug)]
pub(super) struct Table {
    pub name: &'static str,
    /// By which its rows are told from each other, and put in order.
    pub key: &'static [&'static str],
    pub columns: &'static [(&'static str, Kind)],
    /// Whether the database counts its ids.
    pub gives_ids: bool,
}

/// What a column holds, or nothing.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Text,
    Bytes,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

use Kind::{Bytes, Integer, Text};

pub(super) const TABLES: &[Table] = &[
    Table {
        name: "accounts",
        key: &["id"],
        columns: &[
            ("id", Integer),
            ("name", Text),
            ("name_key", Text),
            ("password", Text),
            ("made", Integer),
        ],
        gives_ids: true,
    },
    Table {
        name: "heats",
        key: &["id"],
        columns: &[
            ("id", Text),
            ("room", Text),
            ("heat", Integer),
            ("key", Text),
            ("rules", Text),
            ("outcome", Text),
            ("racers", Integer),
            ("finished_at", Integer),
        ],
        gives_ids: false,
    },
    Table {
        name: "runs",
        key: &["id"],
        columns: &[
            ("id", Integer),
            ("heat", Text),
            ("racer", Integer),
            ("account", Integer),
            ("guest", Text),
            ("name", Text),
            ("key", Text),
            ("place", Integer),
            ("racers", Integer),
            ("won", Integer),
            ("dead_heat", Integer),
            ("gone", Text),
            ("taps", Integer),
            ("time", Integer),
            ("margin", Integer),
            ("rate", Integer),
            ("refused", Integer),
            ("false_starts", Integer),
            ("flagged", Integer),
            ("handicap", Integer),
            ("unranked", Text),
            ("trace", Bytes),
            ("finished_at", Integer),
        ],
        gives_ids: true,
    },
    Table {
        name: "stats",
        key: &["account"],
        columns: &[
            ("account", Integer),
            ("races", Integer),
            ("wins", Integer),
            ("podiums", Integer),
            ("taps", Integer),
            ("win_streak", Integer),
            ("best_win_streak", Integer),
            ("day_streak", Integer),
            ("best_day_streak", Integer),
            ("last_day", Integer),
        ],
        gives_ids: false,
    },
    Table {
        name: "rule_stats",
        key: &["account", "key"],
        columns: &[
            ("account", Integer),
            ("key", Text),
            ("races", Integer),
            ("wins", Integer),
            ("best_time", Integer),
            ("best_taps", Integer),
            ("best_rate", Integer),
            ("best_run", Integer),
        ],
        gives_ids: false,
    },
    Table { name: "boards", key: &["key"], columns: &[("key", Text), ("runs", Integer)], gives_ids: false },
    Table {
        name: "bests",
        key: &["key", "period", "account"],
        columns: &[
            ("key", Text),
            ("period", Text),
            ("account", Integer),
            ("merit", Integer),
            ("run", Integer),
            ("at", Integer),
        ],
        gives_ids: false,
    },
    Table {
        name: "scores",
        key: &["id"],
        columns: &[
            ("id", Integer),
            ("account", Integer),
            ("game", Text),
            ("score", Integer),
            ("at", Integer),
            ("client_id", Text),
        ],
        gives_ids: true,
    },
    Table {
        name: "games",
        key: &["game", "account"],
        columns: &[
            ("game", Text),
            ("account", Integer),
            ("last", Integer),
            ("best", Integer),
            ("best_at", Integer),
            ("count", Integer),
        ],
        gives_ids: false,
    },
];

impl Table {
    pub fn named(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.name == name)
    }

    pub fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    pub fn kind(&self, column: &str) -> Kind {
        self.columns.iter().find(|(name, _)| *name == column).map_or(Text, |(_, kind)| *kind)
    }

    /// A row that was selected by [`names`](Table::names).
    pub fn read(&self, row: &AnyRow) -> sqlx::Result<Vec<Cell>> {
        let cell = |(index, (_, kind)): (usize, &(&str, Kind))| {
            let cell = match kind {
                Integer => row.try_get::<Option<i64>, _>(index)?.map(Cell::Integer),
                Text => row.try_get::<Option<String>, _>(index)?.map(Cell::Text),
                Bytes => row.try_get::<Option<Vec<u8>>, _>(index)?.map(Cell::Bytes),
            };
            Ok(cell.unwrap_or(Cell::Null))
        };
        self.columns.iter().enumerate().map(cell).collect()
    }
}

impl Cell {
    /// As it stands in a file.
    pub fn to_json(&self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Integer(value) => (*value).into(),
            Cell::Text(value) => value.as_str().into(),
            Cell::Bytes(value) => BASE64.encode(value).into(),
        }
    }

    /// None for what is none of this kind.
    pub fn from_json(value: Value, kind: Kind) -> Option<Cell> {
        match (value, kind) {
            (Value::Null, _) => Some(Cell::Null),
            (Value::Number(number), Integer) => number.as_i64().map(Cell::Integer),
            (Value::String(text), Text) => Some(Cell::Text(text)),
            (Value::String(text), Bytes) => BASE64.decode(text).ok().map(Cell::Bytes),
            _ => None,
        }
    }
}
