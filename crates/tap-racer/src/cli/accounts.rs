//! `tap-racer accounts`: what an operator does about them.

use std::io::{self, IsTerminal, Write};

use clap::Subcommand;
use race::Millis;
use serde_json::{Value, json};
use thiserror::Error;
use time::OffsetDateTime;

use crate::{
    accounts::{AccountError, Listed, delete_named, find, list, reset_password},
    config::Config,
    db::{Db, DbError, Source},
};

/// Looks after accounts; also while a server runs.
#[derive(Debug, Subcommand)]
pub enum Accounts {
    /// Lists all accounts: name, when it was made, how many races, when it was last seen. Times are UTC.
    List {
        /// As JSON, with times in Unix milliseconds.
        #[arg(long)]
        json: bool,
    },
    /// Deletes an account, with all its races and scores.
    Delete {
        /// Its name, in upper or lower case.
        name: String,

        /// Without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Gives an account a new random password, prints it, and ends all its log-ins.
    ResetPassword {
        /// Its name, in upper or lower case.
        name: String,
    },
}

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum AccountsError {
    /// The database, as it says.
    #[error("the database of accounts could not be used")]
    Db(#[from] DbError),
    /// A database that is not there holds no accounts.
    #[error("there is no database of accounts at {0}: see --data and --database-url")]
    NoDatabase(Source),
    /// Of that name.
    #[error("there is no account called {0}")]
    NoAccount(String),
    /// Nobody can be asked.
    #[error("nothing was deleted: there is no terminal to ask at, so say --yes")]
    NotConfirmed,
    /// Whoever was asked did not want it.
    #[error("nothing was deleted")]
    ChangedMind,
    /// The terminal.
    #[error("cannot write")]
    Io(#[from] io::Error),
    /// Anything else about an account.
    #[error(transparent)]
    Account(AccountError),
}

impl From<AccountError> for AccountsError {
    fn from(error: AccountError) -> AccountsError {
        match error {
            AccountError::Db(error) => AccountsError::Db(error),
            error => AccountsError::Account(error),
        }
    }
}

impl Accounts {
    /// Does it, and says what was done on standard output.
    pub(super) async fn run(self, config: &Config) -> Result<(), AccountsError> {
        let source = Source::new(config.database_url.clone(), &config.data);
        if matches!(&source, Source::Sqlite(path) if !path.exists()) {
            return Err(AccountsError::NoDatabase(source));
        }
        let db = Db::open_now(source).await?;
        let done = self.run_on(&db).await;
        db.close().await;
        done
    }

    async fn run_on(self, db: &Db) -> Result<(), AccountsError> {
        match self {
            Accounts::List { json } => {
                let accounts = list(db).await?;
                let text = if json { as_json(&accounts) } else { as_table(&accounts) };
                match writeln!(io::stdout(), "{text}") {
                    // A pager that was left is no failure.
                    Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
                    _ => {}
                }
            }
            Accounts::Delete { name, yes } => {
                let account = find(db, &name).await?.ok_or(AccountsError::NoAccount(name))?;
                if !yes {
                    confirm(&account)?;
                }
                if !delete_named(db, &account.name).await? {
                    return Err(AccountsError::NoAccount(account.name));
                }
                println!("deleted {} (races: {})", account.name, account.races);
            }
            Accounts::ResetPassword { name } => match reset_password(db, &name).await? {
                Some(password) => println!("{password}"),
                None => return Err(AccountsError::NoAccount(name)),
            },
        }
        Ok(())
    }
}

/// Asks at the terminal. The answer is the name: nobody deletes the wrong one by a habit.
fn confirm(account: &Listed) -> Result<(), AccountsError> {
    if !io::stdin().is_terminal() {
        return Err(AccountsError::NotConfirmed);
    }
    let Listed { name, races, .. } = account;
    eprint!("This deletes {name}, with all races ({races}) and scores. Type the name to go on: ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if answer.trim() == name { Ok(()) } else { Err(AccountsError::ChangedMind) }
}

fn as_json(accounts: &[Listed]) -> String {
    let account = |Listed { name, made, races, seen }: &Listed| json!({ "name": name, "made": made.0, "races": races, "seen": seen.map(|seen| seen.0) });
    format!("{:#}", Value::from_iter(accounts.iter().map(account)))
}

fn as_table(accounts: &[Listed]) -> String {
    let titles = ["NAME", "MADE", "RACES", "LAST SEEN"].map(str::to_owned);
    let row = |Listed { name, made, races, seen }: &Listed| {
        [name.clone(), date(*made), races.to_string(), seen.map_or_else(|| "-".to_owned(), date)]
    };
    let rows: Vec<[String; 4]> = std::iter::once(titles).chain(accounts.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [0, 1, 2].map(width);
    let line = |[name, made, races, seen]: &[String; 4]| {
        let [names, dates, counts] = widths;
        format!("{name:names$}  {made:dates$}  {races:>counts$}  {seen}")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn date(time: Millis) -> String {
    match OffsetDateTime::from_unix_timestamp(time.0.div_euclid(1000)) {
        Ok(time) => format!("{} {:02}:{:02}", time.date(), time.hour(), time.minute()),
        Err(_) => time.0.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_a_table_for_people_and_json_for_programs() {
        let ada = Listed { name: "Ada".to_owned(), made: Millis(1_795_175_898_808), races: 7, seen: None };
        let seen = Some(Millis(1_795_262_298_808));
        let bo = Listed { name: "Bo the Second".to_owned(), made: Millis(0), races: 1234, seen };
        let expected = "NAME           MADE              RACES  LAST SEEN\n\
                        Ada            2026-11-20 11:58      7  -\n\
                        Bo the Second  1970-01-01 00:00   1234  2026-11-21 11:58";
        assert_eq!(as_table(&[ada.clone(), bo]), expected);
        let listed: Value = serde_json::from_str(&as_json(&[ada])).expect("json");
        assert_eq!(
            listed,
            json!([{ "name": "Ada", "made": 1_795_175_898_808_i64, "races": 7, "seen": null }])
        );
    }
}
