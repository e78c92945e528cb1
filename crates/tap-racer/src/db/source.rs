//! Where the database is.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use thiserror::Error;

/// A file of ours, or a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The file of an SQLite database; made if there is none.
    Sqlite(PathBuf),
    /// A database of a PostgreSQL server, which exists.
    Postgres(DatabaseUrl),
}

impl Source {
    /// The database at `url`; without one, the file in the data folder.
    pub fn new(url: Option<DatabaseUrl>, data: &Path) -> Source {
        url.map_or_else(|| Source::Sqlite(data.join("accounts.db")), Source::Postgres)
    }
}

/// As it may be logged: without a password.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Sqlite(path) => write!(f, "{}", path.display()),
            Source::Postgres(url) => write!(f, "{url}"),
        }
    }
}

/// `postgres://user:password@host:port/database`; its password is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

/// Why a URL is none of a database.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
#[error("expected postgres://user:password@host:port/database")]
pub struct BadDatabaseUrl;

impl DatabaseUrl {
    /// With the password.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = BadDatabaseUrl;

    fn from_str(text: &str) -> Result<DatabaseUrl, BadDatabaseUrl> {
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        let is_one = rest.is_some() && text.parse::<sqlx::postgres::PgConnectOptions>().is_ok();
        if is_one { Ok(DatabaseUrl(text.to_owned())) } else { Err(BadDatabaseUrl) }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Behind the ? there may be a password too.
        let shown = self.0.split('?').next().unwrap_or_default();
        match shown.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
            Some((scheme, host)) => write!(f, "{scheme}://{host}"),
            None => f.write_str(shown),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        for url in [
            "postgres://ann:secret@db.example.org/race",
            "postgres://db.example.org/race?user=ann&password=secret",
            "postgresql://ann:sec@ret@db.example.org/race",
        ] {
            let url: DatabaseUrl = url.parse().expect("a url");
            let shown = format!("{url} {url:?} {}", Source::Postgres(url.clone()));
            assert!(shown.contains("db.example.org/race"), "{shown}");
            assert!(!shown.contains("sec") && !shown.contains("ret"), "{shown}");
        }
    }

    #[test]
    fn what_is_no_url_of_postgresql_is_refused() {
        for url in ["", "accounts.db", "mysql://db/race", "sqlite://accounts.db", "postgres://db:port/race"] {
            assert_eq!(url.parse::<DatabaseUrl>(), Err(BadDatabaseUrl), "{url}");
        }
    }
}
