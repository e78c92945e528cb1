//! One process on one data folder: two would write over each other.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use rustix::fs::{FlockOperation, flock};

use super::StoreError;

/// Held for as long as this is; the system lets go of it whatever becomes of the process.
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the folder.
    ///
    /// # Errors
    /// When another server has it, or nothing can be written there.
    pub fn take(data: &Path) -> Result<DataLock, StoreError> {
        let path = data.join("lock");
        let io = |source| StoreError::Io { path: path.clone(), source };
        // Never truncated or removed: only whether it is locked matters.
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path).map_err(io)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(DataLock { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(StoreError::InUse(data.to_owned())),
            Err(error) => Err(io(error.into())),
        }
    }
}
