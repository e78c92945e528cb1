//! A fresh database of each kind for a test.
//!
//! PostgreSQL's is made on the server that `TAP_RACER_TEST_POSTGRES` names, by the URL of a user who may
//! make databases; without it those tests say so and do nothing. `scripts/test` starts one.

use std::{env, path::PathBuf};

use uuid::Uuid;

use super::{Db, Source};

/// A folder that is gone at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let path = env::temp_dir().join(format!("tap-racer-db-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// For who needs none.
pub fn unavailable() -> Db {
    Db::new(Source::Sqlite(PathBuf::new()))
}

/// A new SQLite database.
pub async fn sqlite() -> (Db, Folder) {
    let folder = Folder::new();
    let db = Db::open_now(Source::new(None, &folder.0)).await.expect("a database");
    (db, folder)
}

/// A new database of the PostgreSQL server for tests, if there is one.
pub async fn postgres() -> Option<Db> {
    let source = Source::Postgres(postgres_url().await?.parse().expect("a url"));
    Some(Db::open_now(source).await.expect("a database"))
}

/// The URL of a new and empty database there.
pub async fn postgres_url() -> Option<String> {
    use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

    let Ok(server) = env::var("TAP_RACER_TEST_POSTGRES") else {
        eprintln!("not tried on PostgreSQL: TAP_RACER_TEST_POSTGRES is not set (see scripts/test)");
        return None;
    };
    let name = format!("tap_racer_{}", Uuid::new_v4().simple());
    let mut connection = PgConnection::connect(&server).await.expect("the server of TAP_RACER_TEST_POSTGRES");
    // As most are: words are not in the order of their bytes.
    let create =
        format!(r#"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE "en-US""#);
    connection.execute(AssertSqlSafe(create)).await.expect("a new database");
    connection.close().await.expect("closed");
    let (server, _) = server.rsplit_once('/').expect("a url with a database");
    Some(format!("{server}/{name}"))
}

/// Makes a test of each kind of database: `on_each_database!(it_is_empty(db) { ... });`.
macro_rules! on_each_database {
    ($name:ident($db:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($db: crate::db::Db) $body

            #[tokio::test]
            async fn on_sqlite() {
                let (db, _folder) = crate::db::test::sqlite().await;
                test(db).await;
            }

            #[tokio::test]
            async fn on_postgresql() {
                if let Some(db) = crate::db::test::postgres().await {
                    test(db.clone()).await;
                    db.close().await;
                }
            }
        }
    };
}
pub(crate) use on_each_database;
