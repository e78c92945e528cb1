//! Writing one: beside its name first, so that under its name there is only ever a whole one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use serde_json::Value;

use super::{End, Header, Heading};
use crate::backup::{
    BackupError,
    table::{Cell, Table},
};

/// A file that is being written; gone if it is not finished.
pub struct Writer {
    path: PathBuf,
    force: bool,
    aside: Aside,
    lines: GzEncoder<BufWriter<File>>,
    end: End,
    table: &'static str,
}

struct Aside(PathBuf);

impl Drop for Aside {
    fn drop(&mut self) {
        // Once it has its name it is not there any more.
        let _ = fs::remove_file(&self.0);
    }
}

impl Writer {
    /// Begins a file; one that is there is replaced at the end, by `force` alone.
    pub fn begin(path: &Path, force: bool) -> Result<Writer, BackupError> {
        refuse_existing(path, force)?;
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let aside = PathBuf::from(name);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside);
        let file = file.map_err(|source| BackupError::Io { path: aside.clone(), source })?;
        Ok(Writer {
            path: path.to_owned(),
            force,
            aside: Aside(aside),
            lines: GzEncoder::new(BufWriter::new(file), Compression::default()),
            end: End::default(),
            table: "",
        })
    }

    pub fn header(&mut self, header: &Header) -> Result<(), BackupError> {
        self.line(header)
    }

    /// The rows that follow are of this table.
    pub fn table(&mut self, table: &Table, last_id: Option<i64>) -> Result<(), BackupError> {
        self.table = table.name;
        self.end.end.insert(table.name.to_owned(), 0);
        let columns = table.names().into_iter().map(str::to_owned).collect();
        self.line(&Heading { table: table.name.to_owned(), columns, last_id })
    }

    pub fn row(&mut self, row: &[Cell]) -> Result<(), BackupError> {
        *self.end.end.entry(self.table.to_owned()).or_default() += 1;
        self.line(&row.iter().map(Cell::to_json).collect::<Vec<Value>>())
    }

    /// Gives the file its name.
    pub fn finish(mut self) -> Result<(), BackupError> {
        let end = std::mem::take(&mut self.end);
        self.line(&end)?;
        let Writer { path, force, aside, lines, .. } = self;
        let written =
            lines.finish().and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error));
        let synced = written.and_then(|file| file.sync_all());
        synced.map_err(|source| BackupError::Io { path: aside.0.clone(), source })?;
        refuse_existing(&path, force)?;
        fs::rename(&aside.0, &path).map_err(|source| BackupError::Io { path, source })
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), BackupError> {
        let written = serde_json::to_writer(&mut self.lines, line).map_err(io::Error::from);
        let written = written.and_then(|()| self.lines.write_all(b"\n"));
        written.map_err(|source| BackupError::Io { path: self.aside.0.clone(), source })
    }
}

fn refuse_existing(path: &Path, force: bool) -> Result<(), BackupError> {
    if path.symlink_metadata().is_ok() && !force {
        return Err(BackupError::Exists(path.to_owned()));
    }
    Ok(())
}
