//! Reading one, part by part.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::{End, FORMAT, Header, Heading, WHAT};
use crate::{
    backup::{
        BackupError,
        table::{Cell, Kind, Table},
    },
    db,
};

/// So many rows come at once: with all their columns fewer values than a statement may have.
const ROWS: usize = 200;
/// No line is longer.
const MOST_BYTES: u64 = 64 << 20;

/// What comes next.
#[derive(Debug)]
pub enum Part {
    /// A table, and the last id that was given there.
    Table(&'static Table, Option<i64>),
    /// Some of its rows, and what their columns are.
    Rows(&'static Table, Vec<(&'static str, Kind)>, Vec<Vec<Cell>>),
}

/// A file that is being read. What it gives is of the right kind; whether it was all is known at its end.
pub struct Reader {
    path: PathBuf,
    lines: BufReader<MultiGzDecoder<BufReader<File>>>,
    table: Option<(&'static Table, Vec<(&'static str, Kind)>)>,
    rows: Vec<Vec<Cell>>,
    /// A line that is not a row of the table before.
    line: Option<Value>,
    read: End,
    has_ended: bool,
}

impl Reader {
    pub fn open(path: &Path) -> Result<Reader, BackupError> {
        let file = File::open(path).map_err(|source| BackupError::Io { path: path.to_owned(), source })?;
        let mut reader = Reader {
            path: path.to_owned(),
            lines: BufReader::new(MultiGzDecoder::new(BufReader::new(file))),
            table: None,
            rows: Vec::new(),
            line: None,
            read: End::default(),
            has_ended: false,
        };
        let header = reader.next_line()?.and_then(|line| serde_json::from_value::<Header>(line).ok());
        let Some(header) = header.filter(|header| header.backup == WHAT) else {
            return Err(reader.damaged("it does not begin like one"));
        };
        if header.format > FORMAT || header.schema > db::version() {
            return Err(BackupError::Newer { path: reader.path, program: header.program });
        }
        Ok(reader)
    }

    fn next_part(&mut self) -> Result<Option<Part>, BackupError> {
        while self.line.is_none() && self.rows.len() < ROWS {
            match self.next_line()? {
                Some(Value::Array(row)) => self.take_row(row)?,
                Some(line) => self.line = Some(line),
                None => return Err(self.damaged("its end is missing")),
            }
        }
        if let Some((table, columns)) = self.table.as_ref().filter(|_| !self.rows.is_empty()) {
            return Ok(Some(Part::Rows(table, columns.clone(), std::mem::take(&mut self.rows))));
        }
        let line = self.line.take().unwrap_or_default();
        if line.get("end").is_some() {
            return self.end(line).map(|()| None);
        }
        self.begin_table(line).map(Some)
    }

    fn take_row(&mut self, row: Vec<Value>) -> Result<(), BackupError> {
        let Some((table, columns)) = &self.table else { return Err(self.damaged("a row of no table")) };
        let cells = row.into_iter().zip(columns).map(|(value, (_, kind))| Cell::from_json(value, *kind));
        let cells: Vec<Cell> = cells.flatten().collect();
        if cells.len() != columns.len() {
            return Err(self.damaged(&format!("a row of {} has another form", table.name)));
        }
        *self.read.end.entry(table.name.to_owned()).or_default() += 1;
        self.rows.push(cells);
        Ok(())
    }

    fn begin_table(&mut self, line: Value) -> Result<Part, BackupError> {
        let heading =
            serde_json::from_value::<Heading>(line).map_err(|error| self.damaged(&error.to_string()))?;
        let table = Table::named(&heading.table).filter(|table| !self.read.end.contains_key(table.name));
        let Some(table) = table else {
            return Err(self.damaged(&format!("{} is no table, or comes twice", heading.table)));
        };
        let known = |name: &String| table.columns.iter().find(|(column, _)| column == name).copied();
        let columns: Vec<_> = heading.columns.iter().map_while(known).collect();
        if columns.len() != heading.columns.len() {
            return Err(self.damaged(&format!("{} has other columns", table.name)));
        }
        self.read.end.insert(table.name.to_owned(), 0);
        self.table = Some((table, columns));
        Ok(Part::Table(table, heading.last_id))
    }

    fn end(&mut self, line: Value) -> Result<(), BackupError> {
        let end = serde_json::from_value::<End>(line).map_err(|error| self.damaged(&error.to_string()))?;
        if end.end != self.read.end {
            return Err(self.damaged("rows are missing"));
        }
        // Also the checksum comes after the last line.
        match self.next_line()? {
            None => Ok(()),
            Some(_) => Err(self.damaged("it goes on after its end")),
        }
    }

    fn next_line(&mut self) -> Result<Option<Value>, BackupError> {
        let mut line = Vec::new();
        let read = (&mut self.lines).take(MOST_BYTES).read_until(b'\n', &mut line);
        read.map_err(|error| self.damaged(&error.to_string()))?;
        if line.is_empty() {
            return Ok(None);
        }
        serde_json::from_slice(&line).map(Some).map_err(|error| self.damaged(&error.to_string()))
    }

    fn damaged(&self, why: &str) -> BackupError {
        BackupError::Damaged { path: self.path.clone(), why: why.to_owned() }
    }
}

impl Iterator for Reader {
    type Item = Result<Part, BackupError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let part = self.next_part().transpose();
        self.has_ended = !matches!(part, Some(Ok(_)));
        part
    }
}
