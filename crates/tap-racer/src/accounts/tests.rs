//! What accounts do, on each database.

use std::{net::IpAddr, sync::Arc};

use ::channels::{Endpoint, Limits};
use clap::Parser;
use race::Millis;
use sqlx::{AssertSqlSafe, query, query_scalar};

use super::{
    Account, AccountError, AccountId, Accounts, Credentials, Entered, Session, SessionId, SessionSecret,
    delete_named, find, list, reset_password, session,
};
use crate::{
    clock::wall_clock,
    config::Config,
    db::{Db, test::on_each_database},
    name::Name,
    tokens::Keys,
};

const PASSWORD: &str = "correct horse";

fn accounts(db: &Db) -> Accounts {
    let config =
        Config::parse_from(["tap-racer", "--log-ins-per-minute", "1000", "--accounts-per-minute", "0"]);
    Accounts::new(db.clone(), Arc::new(Keys::of(b"key")), &Endpoint::new(Limits::default()), &config)
}

fn typed(name: &str, password: &str) -> Credentials {
    Credentials { name: name.to_owned(), password: password.to_owned(), session: None, seats: Vec::new() }
}

fn here() -> IpAddr {
    IpAddr::from([192, 0, 2, 1])
}

async fn sign_up(accounts: &Accounts, name: &str) -> Entered {
    accounts.sign_up(typed(name, PASSWORD), here()).await.expect("an account")
}

async fn log_in(accounts: &Accounts, name: &str, password: &str) -> Result<Entered, AccountError> {
    accounts.log_in(typed(name, password), here()).await
}

async fn is_open(accounts: &Accounts, entered: &Entered) -> bool {
    let pool = accounts.db.pool().expect("open");
    let found = session::find(pool, &entered.secret.id(), wall_clock()).await.expect("asked");
    let by_token = connect(accounts, &accounts.token(&entered.session)).await;
    assert_eq!(by_token, found.as_ref().map(|session| session.account.clone()));
    found.is_some()
}

async fn connect(accounts: &Accounts, token: &str) -> Option<Account> {
    accounts.connect(token).await.map(|(account, _)| account)
}

async fn count(db: &Db, sql: &str) -> i64 {
    let counting = query_scalar(AssertSqlSafe(sql.to_owned()));
    counting.fetch_one(db.pool().expect("open")).await.expect("counted")
}

on_each_database!(who_signs_up_is_logged_in_and_logs_in_again_however_they_write_their_name(db) {
    let accounts = accounts(&db);
    let made = sign_up(&accounts, "  Ada   Lovelace ").await;
    assert_eq!(made.session.account.name.as_str(), "Ada Lovelace");
    assert!(is_open(&accounts, &made).await);
    let again = log_in(&accounts, "ADA lovelace", PASSWORD).await.expect("let in");
    assert_eq!((&again.session.account, again.session.made), (&made.session.account, made.session.made));
    assert_ne!(again.session.id, made.session.id);
    for (name, password) in
        [("Ada Lovelace", "correct horsE"), ("Ada Lovelace", ""), ("Adam", PASSWORD), ("", PASSWORD)]
    {
        let refused = log_in(&accounts, name, password).await.err().map(|error| error.to_string());
        assert_eq!(refused.as_deref(), Some("wrong name or password"), "{name} {password}");
    }
});

on_each_database!(a_name_is_one_account_s_and_only_one_of_two_at_once_gets_it(db) {
    let accounts = accounts(&db);
    let (first, second) = tokio::join!(
        accounts.sign_up(typed("Ada", PASSWORD), here()),
        accounts.sign_up(typed("ada", PASSWORD), here())
    );
    let taken = |signed_up: &Result<Entered, AccountError>| matches!(signed_up, Err(AccountError::NameTaken));
    assert_eq!((first.is_ok(), second.is_ok()), (!taken(&first), !taken(&second)));
    assert!(first.is_ok() != second.is_ok());
    assert_eq!(count(&db, "SELECT COUNT(*) FROM accounts").await, 1);
});

on_each_database!(names_and_passwords_that_cannot_be_are_refused_with_a_reason(db) {
    let accounts = accounts(&db);
    for (name, password, reason) in [
        ("", PASSWORD, "name is missing"),
        (&*"x".repeat(25), PASSWORD, "name is too long"),
        ("Fuck you", PASSWORD, "name is not allowed"),
        (" . ", PASSWORD, "name is not allowed"),
        ("..", PASSWORD, "name is not allowed"),
        ("Ada", "7 chars", "password is too short"),
        ("Ada", &*"ß".repeat(257), "password is too long"),
    ] {
        let refused = accounts.sign_up(typed(name, password), here()).await.err().map(|error| error.to_string());
        assert_eq!(refused.as_deref(), Some(reason), "{name}");
    }
    let longest = "ß".repeat(256);
    accounts.sign_up(typed("Ada", &longest), here()).await.expect("an account");
    log_in(&accounts, "Ada", &longest).await.expect("let in");
    assert!(log_in(&accounts, "Ada", &longest[2..]).await.is_err());
});

on_each_database!(sql_and_html_in_a_name_are_nothing_but_a_name(db) {
    let accounts = accounts(&db);
    for name in ["'; DROP TABLE runs;--", "<b onclick=x>", "%", "_", "\" OR 1=1 --", "$1", "Robert'); --\\"] {
        let made = sign_up(&accounts, name).await;
        assert_eq!(made.session.account.name.as_str(), name);
        let again = log_in(&accounts, name, PASSWORD).await.expect("let in");
        assert_eq!(again.session.account, made.session.account);
        assert!(log_in(&accounts, name, "' OR '1'='1").await.is_err());
    }
    assert_eq!(count(&db, "SELECT COUNT(*) FROM accounts").await, 7);
});

on_each_database!(a_name_that_nobody_has_is_as_much_work_as_one_that_somebody_has(db) {
    let accounts = accounts(&db);
    sign_up(&accounts, "Ada").await;
    let mut works = Vec::new();
    for name in ["Ada", "Nobody", "Fuck you", "", &"x".repeat(1000)] {
        let before = accounts.passwords.work();
        let refused = log_in(&accounts, name, "wrong password").await.err().map(|error| error.to_string());
        assert_eq!(refused.as_deref(), Some("wrong name or password"), "{name}");
        works.push(accounts.passwords.work() - before);
    }
    assert_eq!(works, [works[0]; 5]);
    assert_eq!(works[0], 2 * 19_456, "two passes over 19 MiB");
});

on_each_database!(a_hash_of_other_parameters_is_verified_and_made_anew(db) {
    let accounts = accounts(&db);
    sign_up(&accounts, "Ada").await;
    let weak = argon2::Params::new(64, 1, 1, None).expect("parameters");
    let weak: argon2::Argon2<'_> = weak.into();
    let weak = argon2::PasswordHasher::hash_password(&weak, PASSWORD.as_bytes()).expect("a hash");
    let weak: argon2::password_hash::phc::PasswordHash = weak;
    let pool = db.pool().expect("open");
    query("UPDATE accounts SET password = $1").bind(weak.to_string()).execute(pool).await.expect("updated");
    let stored = || async { query_scalar::<_, String>("SELECT password FROM accounts").fetch_one(pool).await };
    assert!(log_in(&accounts, "Ada", "wrong password").await.is_err());
    assert_eq!(stored().await.expect("a hash"), weak.to_string());
    for _ in 0..2 {
        log_in(&accounts, "Ada", PASSWORD).await.expect("let in");
        let hash = stored().await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }
});

on_each_database!(guesses_are_counted_and_right_passwords_are_not(db) {
    let accounts = accounts(&db);
    sign_up(&accounts, "Ada").await;
    for _ in 0..15 {
        log_in(&accounts, "Ada", PASSWORD).await.expect("let in");
    }
    for name in ["Ada", "Nobody"] {
        for _ in 0..10 {
            assert!(matches!(log_in(&accounts, name, "a guess").await, Err(AccountError::Wrong)));
        }
        let refused = log_in(&accounts, name, PASSWORD).await;
        assert!(matches!(refused, Err(AccountError::RateLimited(_))), "{name}");
    }
    let elsewhere = IpAddr::from([192, 0, 2, 2]);
    accounts.log_in(typed("Ada", PASSWORD), elsewhere).await.expect("its owner is not locked out");
});

on_each_database!(a_session_ends_here_or_everywhere(db) {
    let accounts = accounts(&db);
    let first = sign_up(&accounts, "Ada").await;
    let second = log_in(&accounts, "Ada", PASSWORD).await.expect("let in");
    let third = log_in(&accounts, "Ada", PASSWORD).await.expect("let in");
    let bo = sign_up(&accounts, "Bo").await;
    accounts.log_out(&second.secret).await.expect("logged out");
    accounts.log_out(&second.secret).await.expect("once is enough");
    assert_eq!((is_open(&accounts, &first).await, is_open(&accounts, &second).await), (true, false));
    accounts.log_out_everywhere(first.session.account.id).await.expect("logged out");
    assert_eq!((is_open(&accounts, &first).await, is_open(&accounts, &third).await), (false, false));
    assert!(is_open(&accounts, &bo).await);
});

on_each_database!(who_logs_in_as_somebody_else_leaves_their_earlier_session(db) {
    let accounts = accounts(&db);
    let ada = sign_up(&accounts, "Ada").await;
    sign_up(&accounts, "Bo").await;
    let session = Some(SessionSecret::of_headers(&cookie(&ada.secret)).expect("a session"));
    let bo = accounts.log_in(Credentials { session, ..typed("Bo", PASSWORD) }, here()).await.expect("let in");
    assert_eq!((is_open(&accounts, &ada).await, is_open(&accounts, &bo).await), (false, true));
});

fn cookie(secret: &SessionSecret) -> warp::http::HeaderMap {
    let cookie = secret.cookie(true);
    let (value, _) = cookie.split_once(';').expect("attributes");
    let mut headers = warp::http::HeaderMap::new();
    headers.insert("cookie", format!("a=b; {value}; c=d").parse().expect("a header"));
    headers
}

on_each_database!(another_password_ends_all_sessions_but_the_one_that_asked(db) {
    let accounts = accounts(&db);
    let asks = sign_up(&accounts, "Ada").await;
    let other = log_in(&accounts, "Ada", PASSWORD).await.expect("let in");
    let change = |old: &str, new: &str| {
        accounts.change_password(&asks.session, old.to_owned(), new.to_owned(), here())
    };
    assert!(matches!(change("wrong", "battery staple").await, Err(AccountError::WrongPassword)));
    assert!(matches!(change(PASSWORD, "short").await, Err(AccountError::PasswordTooShort)));
    assert!(is_open(&accounts, &other).await);
    change(PASSWORD, "battery staple").await.expect("changed");
    assert_eq!((is_open(&accounts, &asks).await, is_open(&accounts, &other).await), (true, false));
    assert!(log_in(&accounts, "Ada", PASSWORD).await.is_err());
    log_in(&accounts, "Ada", "battery staple").await.expect("let in");
});

on_each_database!(a_session_lasts_ninety_days_from_when_it_was_last_seen(db) {
    let accounts = accounts(&db);
    let entered = sign_up(&accounts, "Ada").await;
    let pool = db.pool().expect("open");
    let day = |number: i64| wall_clock() + Millis(number * 24 * 60 * 60 * 1000);
    let id = entered.secret.id();
    for (number, is_there) in [(89, true), (178, true), (269, false)] {
        let found = session::find(pool, &id, day(number)).await.expect("asked");
        assert_eq!(found.is_some(), is_there, "day {number}");
    }
    // Whoever logs in sweeps.
    let mut tx = db.begin().await.expect("begun");
    let fresh = SessionSecret::random().id();
    session::begin(&mut tx, entered.session.account.id, &fresh, day(269)).await.expect("begun");
    tx.commit().await.expect("committed");
    assert_eq!(count(&db, "SELECT COUNT(*) FROM sessions").await, 1);
});

on_each_database!(an_account_has_so_many_sessions_and_no_more(db) {
    let accounts = accounts(&db);
    let account = sign_up(&accounts, "Ada").await.session.account.id;
    let now = wall_clock();
    for number in 1..60 {
        let mut tx = db.begin().await.expect("begun");
        let id = SessionSecret::random().id();
        session::begin(&mut tx, account, &id, now + Millis(number)).await.expect("begun");
        tx.commit().await.expect("committed");
    }
    assert_eq!(count(&db, "SELECT COUNT(*) FROM sessions").await, 50);
    let oldest = count(&db, "SELECT MIN(seen) FROM sessions").await;
    assert_eq!(oldest, (now + Millis(10)).0, "the oldest have ended");
});

/// Something in every table.
const TRACKS: &[&str] = &[
    "INSERT INTO heats (id, room, heat, key, rules, outcome, racers, finished_at) \
     VALUES ('h', 'K7QF', 3, 'sprint-100', '{}', 'finished', 2, 5)",
    "INSERT INTO runs (id, heat, racer, account, name, key, place, racers, won, dead_heat, taps, rate, refused, \
     false_starts, flagged, trace, finished_at) \
     VALUES (7, 'h', 1, {}, 'Ada', 'sprint-100', 1, 2, 1, 0, 100, 9000, 0, 0, 0, {bytes}, 5)",
    "INSERT INTO stats (account, races, wins, podiums, taps, win_streak, best_win_streak, day_streak, \
     best_day_streak, last_day) VALUES ({}, 1, 1, 1, 100, 1, 1, 1, 1, 0)",
    "INSERT INTO rule_stats (account, key, races, wins, best_rate, best_run) VALUES ({}, 'sprint-100', 1, 1, 9000, 7)",
    "INSERT INTO bests (key, period, account, merit, run, at) VALUES ('sprint-100', 'all', {}, 11000, 7, 5)",
    "INSERT INTO scores (account, game, score, at) VALUES ({}, 'practice', 61, 6)",
    "INSERT INTO games (game, account, last, best, best_at, count) VALUES ('practice', {}, 61, 61, 6, 1)",
];

async fn leave_tracks(db: &Db, account: AccountId) {
    let bytes = match db.source() {
        crate::db::Source::Sqlite(_) => "x'00ff'",
        crate::db::Source::Postgres(_) => "'\\x00ff'::bytea",
    };
    for sql in TRACKS {
        let sql = sql.replace("{}", &account.to_string()).replace("{bytes}", bytes);
        query(AssertSqlSafe(sql)).execute(db.pool().expect("open")).await.expect("inserted");
    }
}

on_each_database!(a_deleted_account_leaves_nothing_of_itself(db) {
    let accounts = accounts(&db);
    let ada = sign_up(&accounts, "Ada").await;
    let bo = sign_up(&accounts, "Bo").await;
    let account = ada.session.account.clone();
    leave_tracks(&db, account.id).await;
    let delete = |password: &str| accounts.delete(&account, password.to_owned(), here());
    assert!(matches!(delete("wrong password").await, Err(AccountError::WrongPassword)));
    assert!(is_open(&accounts, &ada).await);
    let left: Vec<_> = delete(PASSWORD).await.expect("deleted").iter().map(ToString::to_string).collect();
    assert_eq!(left, ["sprint-100"]);
    for table in ["runs", "stats", "rule_stats", "bests", "scores", "games"] {
        assert_eq!(count(&db, &format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
    }
    assert_eq!((is_open(&accounts, &ada).await, is_open(&accounts, &bo).await), (false, true));
    assert!(matches!(log_in(&accounts, "Ada", PASSWORD).await, Err(AccountError::Wrong)));
    assert!(matches!(delete(PASSWORD).await, Err(AccountError::Unauthorized)));
    assert!(sign_up(&accounts, "Ada").await.session.account.id > account.id, "another person");
});

on_each_database!(an_operator_lists_deletes_and_gives_new_passwords(db) {
    let accounts = accounts(&db);
    let ada = sign_up(&accounts, "Ada").await;
    let bo = sign_up(&accounts, "bo").await;
    leave_tracks(&db, ada.session.account.id).await;
    let password = reset_password(&db, "BO").await.expect("asked").expect("a password");
    assert!(!is_open(&accounts, &bo).await);
    assert!(log_in(&accounts, "bo", PASSWORD).await.is_err());
    log_in(&accounts, "bo", &password).await.expect("let in");
    accounts.log_out_everywhere(bo.session.account.id).await.expect("logged out");
    let listed = list(&db).await.expect("a list");
    let lines: Vec<_> = listed.iter().map(|account| (&*account.name, account.races, account.seen.is_some())).collect();
    assert_eq!(lines, [("Ada", 1, true), ("bo", 0, false)]);
    assert_eq!(find(&db, "ADA").await.expect("asked").as_ref(), Some(&listed[0]));
    assert_eq!(listed[0].made, ada.session.made);
    for nobody in ["Cy", "", "%", "' OR '1'='1"] {
        assert!(!delete_named(&db, nobody).await.expect("asked"), "{nobody}");
        assert_eq!(reset_password(&db, nobody).await.expect("asked"), None, "{nobody}");
    }
    assert!(delete_named(&db, "ada").await.expect("deleted"));
    assert_eq!(count(&db, "SELECT COUNT(*) FROM runs").await, 0);
    assert!(!is_open(&accounts, &ada).await);
    assert_eq!(list(&db).await.expect("a list").len(), 1);
});

on_each_database!(an_export_has_everything_but_what_lets_somebody_in(db) {
    let accounts = accounts(&db);
    let ada = sign_up(&accounts, "Ada").await;
    sign_up(&accounts, "Somebody else").await;
    leave_tracks(&db, ada.session.account.id).await;
    let export = accounts.export(&ada.session.account).await.expect("an export");
    for part in ["account", "sessions", "runs", "stats", "rule_stats", "bests", "scores", "games"] {
        assert_eq!(export[part].as_array().map(Vec::len), Some(1), "{part}");
    }
    assert_eq!(export["account"][0]["name"], "Ada");
    let run = &export["runs"][0];
    assert_eq!((&run["trace"], &run["room"], &run["time"]), (&"AP8=".into(), &"K7QF".into(), &None::<i64>.into()));
    let text = export.to_string();
    let secrets = [ada.session.id.as_str(), "argon2", "Somebody else"];
    assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
    let mut exports = 1;
    while accounts.export(&ada.session.account).await.is_ok() {
        exports += 1;
    }
    assert_eq!(exports, 5);
});

#[tokio::test]
async fn while_the_database_is_away_nobody_logs_in_and_who_connects_is_believed() {
    let accounts = accounts(&crate::db::test::unavailable());
    let session = Session {
        id: SessionSecret::random().id(),
        account: Account { id: AccountId(7), name: Name::parse("Ada").expect("a name") },
        made: Millis(5),
    };
    let token = accounts.token(&session);
    assert_eq!(connect(&accounts, &token).await, Some(session.account));
    assert_eq!(connect(&accounts, &format!("{token}x")).await, None);
    let refused = log_in(&accounts, "Ada", PASSWORD).await.err().map(|error| error.to_string());
    assert_eq!(refused.as_deref(), Some("accounts are unavailable"));
    let secret = SessionSecret::random();
    assert!(accounts.of_headers(&cookie(&secret)).await.is_err());
    assert_eq!(accounts.of_headers(&warp::http::HeaderMap::new()).await.ok(), Some(None));
}

#[test]
fn a_session_is_known_by_its_cookie_and_by_nothing_like_it() {
    let secret = SessionSecret::random();
    let known = |headers: &warp::http::HeaderMap| SessionSecret::of_headers(headers).map(|known| known.id());
    assert_eq!(known(&cookie(&secret)), Some(secret.id()));
    assert_ne!(secret.id(), SessionSecret::random().id());
    for other in
        ["", "tap_racer_session=", "tap_racer_session=abc", "tap_racer_session", "tap_racer_session=' OR 1"]
    {
        let mut headers = warp::http::HeaderMap::new();
        headers.insert("cookie", other.parse().expect("a header"));
        assert_eq!(known(&headers), None::<SessionId>, "{other}");
    }
}
