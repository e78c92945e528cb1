//! The form of a backup: JSON, one value a line, compressed by gzip.
//!
//! ```text
//! {"backup":"tap-racer accounts","format":1,"schema":1,"program":"0.1.0","made":1790000000000}
//! {"table":"accounts","columns":["id","name",...],"last_id":17}
//! [1,"Ada",...]                    a row: integers, texts, bytes in base64, or null
//! ...                              more rows, more tables
//! {"end":{"accounts":1,...}}       how many rows there were of each: without it the file was cut
//! ```

mod read;
mod write;

use race::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub(super) use read::{Part, Reader};
pub(super) use write::Writer;

const WHAT: &str = "tap-racer accounts";
const FORMAT: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    backup: String,
    format: u32,
    /// The version of the tables.
    schema: i64,
    program: String,
    made: Millis,
}

impl Header {
    pub fn new(schema: i64, made: Millis) -> Header {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Header { backup: WHAT.to_owned(), format: FORMAT, schema, program, made }
    }
}

/// Before the rows of a table.
#[derive(Debug, Serialize, Deserialize)]
struct Heading {
    table: String,
    columns: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_id: Option<i64>,
}

/// The last line.
#[derive(Debug, Default, Serialize, Deserialize)]
struct End {
    end: BTreeMap<String, u64>,
}
