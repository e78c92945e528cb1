//! `tap-racer accounts`, beside a server that runs.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::kit::{Server, soon};

/// Whether it went well, and what it said on standard output or, if it did not, on standard error.
async fn accounts(server: &Server, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tap-racer"));
    command
        .env("RUST_BACKTRACE", "0")
        .args(["accounts", "--data"])
        .arg(server.data())
        .args(arguments)
        .stdin(Stdio::null());
    let output = soon("a command", command.output()).await.expect("run");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_owned()).expect("text").trim_end().to_owned();
    match output.status.code() {
        Some(0) => Ok(text(&output.stdout)),
        Some(1) => Err(text(&output.stderr)),
        code => panic!("{code:?}: {}", text(&output.stderr)),
    }
}

async fn enter(server: &Server, path: &str, name: &str, password: &str) -> u16 {
    server.post(path, &json!({ "name": name, "password": password })).await.0
}

#[tokio::test]
async fn accounts_are_listed_deleted_and_given_passwords_while_the_server_runs() {
    let server = Server::start();
    for name in ["Ada", "Bo & Co"] {
        assert_eq!(enter(&server, "/api/account", name, "correct horse").await, 201);
    }
    let listed = accounts(&server, &["list", "--json"]).await.expect("a list");
    let listed: Value = serde_json::from_str(&listed).expect("json");
    assert_eq!((&listed[0]["name"], &listed[1]["name"]), (&json!("Ada"), &json!("Bo & Co")));
    assert_eq!((&listed[0]["races"], listed[0]["seen"].is_i64()), (&json!(0), true));
    let table = accounts(&server, &["list"]).await.expect("a list");
    assert!(table.starts_with("NAME ") && table.lines().count() == 3, "{table}");
    let password = accounts(&server, &["reset-password", "bo & co"]).await.expect("a password");
    assert_eq!(password.len(), 19, "{password}");
    assert_eq!(enter(&server, "/api/session", "Bo & Co", "correct horse").await, 401);
    assert_eq!(enter(&server, "/api/session", "Bo & Co", &password).await, 200);
    let refused = accounts(&server, &["delete", "ada"]).await.expect_err("nobody to ask");
    assert_eq!(refused, "Error: nothing was deleted: there is no terminal to ask at, so say --yes");
    assert_eq!(enter(&server, "/api/session", "Ada", "correct horse").await, 200);
    assert_eq!(accounts(&server, &["delete", "ada", "--yes"]).await.expect("done"), "deleted Ada (races: 0)");
    assert_eq!(enter(&server, "/api/session", "Ada", "correct horse").await, 401);
    for command in [&["delete", "Ada", "--yes"][..], &["reset-password", "Ada"]] {
        let refused = accounts(&server, command).await.expect_err("nobody");
        assert_eq!(refused, "Error: there is no account called Ada");
    }
    let refused = accounts(&server, &["list", "--data", "/nowhere"]).await.expect_err("nothing there");
    assert!(refused.contains("there is no database of accounts at /nowhere/accounts.db"), "{refused}");
}
