//! The key in the data folder.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rand::RngExt;
use thiserror::Error;
use uuid::Uuid;

type Secret = [u8; 32];

/// Why the server has no key.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The folder or the file.
    #[error("cannot use {}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Somebody else's file, or half of ours.
    #[error("{} does not hold 32 bytes; if nothing is lost by it, delete the file", .0.display())]
    NotOurs(PathBuf),
}

/// The key in `data/secret`, made at the first start. Only the owner may read it.
pub(super) fn open(data: &Path) -> Result<Secret, SecretError> {
    let path = data.join("secret");
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| SecretError::Io { path, source }
    };
    fs::create_dir_all(data).map_err(io(data))?;
    if !path.try_exists().map_err(io(&path))? {
        create(data, &path).map_err(io(&path))?;
    }
    let bytes = fs::read(&path).map_err(io(&path))?;
    Secret::try_from(bytes).map_err(|_| SecretError::NotOurs(path))
}

/// Written aside and then linked into place: whoever finds the file finds all of it, and of two
/// servers that start at once the first one's key is the key of both.
fn create(data: &Path, path: &Path) -> io::Result<()> {
    let mut secret = Secret::default();
    rand::rng().fill(&mut secret);
    let aside = data.join(format!("secret.{}", Uuid::new_v4().simple()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    let written = file.write_all(&secret).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match fs::hard_link(&aside, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // Some file systems know no links.
        Err(_) => fs::copy(&aside, path).map(drop),
        Ok(()) => Ok(()),
    });
    fs::remove_file(&aside)?;
    linked
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Folder {
            Folder(std::env::temp_dir().join(format!("tap-racer-{}", Uuid::new_v4().simple())))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_first_start_makes_a_key_and_the_second_finds_it() {
        let folder = Folder::new();
        let first = open(&folder.0).expect("a key");
        assert_eq!(open(&folder.0).expect("a key"), first);
        assert_ne!(first, Secret::default());
        let mode = fs::metadata(folder.0.join("secret")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder.0).expect("a folder").count(), 1);
    }

    #[test]
    fn a_file_that_is_no_key_is_refused() {
        let folder = Folder::new();
        fs::create_dir_all(&folder.0).expect("a folder");
        fs::write(folder.0.join("secret"), b"short").expect("a file");
        assert!(matches!(open(&folder.0), Err(SecretError::NotOurs(_))));
    }
}
