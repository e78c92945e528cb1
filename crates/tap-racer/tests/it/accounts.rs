//! Accounts from outside: cookies, tokens, other sites' pages, and ends.

use serde_json::{Value, json};

use crate::kit::{Client, Server};

const JSON: &str = "content-type: application/json\r\n";

/// A browser with a cookie.
struct Browser<'a> {
    server: &'a Server,
    cookie: String,
}

impl Browser<'_> {
    /// The status and what is said.
    async fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
        let (status, _, body) =
            exchange(self.server, method, path, &format!("{headers}{}", self.cookie), body).await;
        (status, body)
    }

    async fn session(&self) -> Value {
        let (status, body) = self.send("GET", "/api/session", "", "").await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// A connection with a fresh token.
    async fn connect(&self) -> Client {
        let params = self.token().await;
        self.server.client_with(&params).await.expect("connected")
    }

    async fn token(&self) -> String {
        format!("&token={}", self.session().await["token"].as_str().expect("a token"))
    }
}

/// The status, the head and the body of an answer.
async fn exchange(
    server: &Server,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (u16, String, Value) {
    let (head, body) = server.request(method, path, headers, body).await;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    assert!(head.contains("cache-control: no-store"), "{head}");
    (status, head, serde_json::from_str(&body).unwrap_or_default())
}

fn typed(name: &str, password: &str) -> String {
    json!({ "name": name, "password": password }).to_string()
}

async fn enter<'a>(server: &'a Server, path: &str, name: &str, password: &str) -> Browser<'a> {
    let (status, head, body) = exchange(server, "POST", path, JSON, &typed(name, password)).await;
    assert!(matches!(status, 200 | 201), "{body}");
    assert_eq!(body["account"]["name"], name);
    Browser { server, cookie: format!("cookie: {}\r\n", cookie_of(&head)) }
}

fn cookie_of(head: &str) -> &str {
    let line = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
    line.split(';').next().unwrap_or_default()
}

async fn sign_up<'a>(server: &'a Server, name: &str) -> Browser<'a> {
    enter(server, "/api/account", name, "correct horse").await
}

async fn log_in<'a>(server: &'a Server, name: &str, password: &str) -> Browser<'a> {
    enter(server, "/api/session", name, password).await
}

fn reason(reason: &str) -> Value {
    json!({ "reason": reason })
}

#[tokio::test]
async fn a_session_is_a_cookie_for_this_site_alone_that_no_script_reads() {
    let server = Server::start();
    let host = server.running.local_addr();
    let set = async |server: &Server, name: &str, headers: &str| {
        let (_, head, _) = exchange(
            server,
            "POST",
            "/api/account",
            &format!("{JSON}{headers}"),
            &typed(name, "correct horse"),
        )
        .await;
        let line = head.lines().find(|line| line.starts_with("set-cookie: ")).expect("a cookie").to_owned();
        assert!(line.contains("; httponly; samesite=strict; path=/; max-age="), "{line}");
        line.ends_with("; secure")
    };
    assert!(!set(&server, "Ada", "").await);
    assert!(!set(&server, "Bo", &format!("origin: http://{host}\r\n")).await);
    assert!(set(&server, "Cy", &format!("origin: https://{host}\r\n")).await, "behind a proxy with TLS");
    let server = Server::with(&["--public-url", "https://race.example.org"]);
    assert!(set(&server, "Ada", "").await);
    assert!(
        set(&server, "Bo", "origin: https://race.example.org\r\n").await,
        "a proxy that rewrites the host"
    );
    let host = server.running.local_addr();
    assert!(!set(&server, "Cy", &format!("origin: http://{host}\r\n")).await, "by the local network");
}

#[tokio::test]
async fn who_one_is_comes_with_a_token_and_a_guest_is_nobody() {
    let server = Server::start();
    let ada = sign_up(&server, "ada").await;
    let session = ada.session().await;
    assert_eq!((&session["account"]["name"], &session["expires_in"]), (&json!("ada"), &json!(600_000)));
    for cookie in ["", "cookie: tap_racer_session=abc\r\n", "cookie: a=b\r\n"] {
        let guest = Browser { server: &server, cookie: cookie.to_owned() };
        assert_eq!(guest.session().await, json!({ "account": null }), "{cookie}");
    }
    assert_eq!(ada.send("DELETE", "/api/session", "", "").await.0, 204);
    let (status, head, body) = exchange(&server, "GET", "/api/session", &ada.cookie, "").await;
    assert_eq!((status, body), (200, json!({ "account": null })));
    assert!(head.contains("set-cookie: tap_racer_session=; ") && head.contains("max-age=0"), "{head}");
    for (method, path) in
        [("GET", "/api/account/export"), ("PUT", "/api/account/password"), ("POST", "/api/account/delete")]
    {
        let body = json!({ "password": "correct horse", "old": "correct horse", "new": "battery staple" });
        let answer = ada.send(method, path, JSON, &body.to_string()).await;
        assert_eq!(answer, (401, reason("unauthorized")), "{path}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let server = Server::start();
    let ada = sign_up(&server, "ada").await;
    let host = server.running.local_addr();
    let body =
        json!({ "name": "bo", "password": "correct horse", "old": "correct horse", "new": "battery staple" });
    let body = body.to_string();
    let requests = [
        ("POST", "/api/account"),
        ("POST", "/api/session"),
        ("PUT", "/api/account/password"),
        ("POST", "/api/account/delete"),
        ("DELETE", "/api/session"),
        ("DELETE", "/api/sessions"),
    ];
    let other_port = format!("origin: http://{}:1\r\n", host.ip());
    for (method, path) in requests {
        for from in [
            "origin: https://evil.example\r\n",
            "origin: null\r\n",
            "origin: \r\n",
            &other_port,
            "sec-fetch-site: cross-site\r\n",
            "sec-fetch-site: same-site\r\n",
        ] {
            let answer = ada.send(method, path, &format!("{JSON}{from}"), &body).await;
            assert_eq!(answer, (403, reason("cross-site")), "{method} {path} {from}");
        }
        // What a form can send.
        for kind in ["", "content-type: text/plain\r\n", "content-type: multipart/form-data\r\n"] {
            if method != "DELETE" {
                let answer = ada.send(method, path, kind, &body).await;
                assert_eq!(answer, (415, reason("expected application/json")), "{path} {kind}");
            }
        }
    }
    assert_eq!(ada.session().await["account"]["name"], "ada", "still logged in");
    let ours = format!(
        "content-type: application/json; charset=utf-8\r\norigin: http://{host}\r\nsec-fetch-site: same-origin\r\n"
    );
    assert_eq!(ada.send("POST", "/api/account", &ours, &body).await.0, 201);
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let server = Server::start();
    let nobody = Browser { server: &server, cookie: String::new() };
    for path in ["/api/account", "/api/session"] {
        for body in
            ["", "{}", "[]", "null", r#"{"name": 7, "password": "correct horse"}"#, r#"{"name": "ada"}"#]
        {
            assert_eq!(nobody.send("POST", path, JSON, body).await, (400, reason("bad request")), "{body}");
        }
        let long = typed("ada", &"x".repeat(40_000));
        assert_eq!(nobody.send("POST", path, JSON, &long).await, (413, reason("too long")));
    }
    for (method, path) in [
        ("PUT", "/api/account"),
        ("GET", "/api/account"),
        ("POST", "/api/sessions"),
        ("GET", "/api/account/delete"),
    ] {
        assert_eq!(server.http(method, path, "").await.0, 404, "{method} {path}");
    }
}

#[tokio::test]
async fn guesses_are_refused_for_a_while_and_so_are_too_many_accounts() {
    let server = Server::with(&["--accounts-per-minute", "2"]);
    sign_up(&server, "ada").await;
    let mut statuses = Vec::new();
    for _ in 0..12 {
        let (status, head, body) =
            exchange(&server, "POST", "/api/session", JSON, &typed("ada", "a guess")).await;
        if status == 429 {
            assert_eq!(body, reason("rate limited"));
            let wait = head.lines().find_map(|line| line.strip_prefix("retry-after: ")?.parse::<u32>().ok());
            assert!(wait.is_some_and(|wait| (60..=120).contains(&wait)), "about two minutes: {head}");
        }
        statuses.push(status);
    }
    assert_eq!(statuses, [vec![401; 10], vec![429; 2]].concat());
    sign_up(&server, "bo").await;
    let (status, head, _) =
        exchange(&server, "POST", "/api/account", JSON, &typed("cy", "correct horse")).await;
    assert_eq!(status, 429);
    assert!(head.contains("retry-after: "), "{head}");
    let answer = exchange(&server, "POST", "/api/account", JSON, &typed("ada", "correct horse")).await;
    assert_eq!((answer.0, answer.2), (409, reason("name is taken")), "which makes none");
}

#[tokio::test]
async fn a_token_connects_its_account_and_nobody_connects_with_another_one() {
    let server = Server::start();
    let ada = sign_up(&server, "ada").await;
    let token = ada.token().await;
    let mut client = server.client_with(&token).await.expect("connected");
    client.join("score:practice", json!({})).await.expect("an account's");
    assert_eq!(server.client().await.join("score:practice", json!({})).await, Err("unauthorized".to_owned()));
    let (_, host) = server.make_room().await;
    let other = Server::start();
    let foreign = sign_up(&other, "ada").await.token().await;
    for forged in [
        format!("{token}x"),
        "&token=a.b.c".to_owned(),
        "&token=undefined".to_owned(),
        format!("&token={host}"),
        foreign,
    ] {
        assert_eq!(server.client_with(&forged).await.err(), Some(403), "{forged}");
    }
    assert_eq!(ada.send("DELETE", "/api/session", "", "").await.0, 204);
    assert_eq!(server.client_with(&token).await.err(), Some(403), "its session has ended");
}

#[tokio::test]
async fn who_logs_out_everywhere_is_hung_up_on_everywhere() {
    let server = Server::start();
    let here = sign_up(&server, "ada").await;
    let there = log_in(&server, "ada", "correct horse").await;
    let bo = sign_up(&server, "bo").await;
    let (mut here_connected, mut there_connected) = (here.connect().await, there.connect().await);
    let (mut bo_connected, mut guest) = (bo.connect().await, server.client().await);
    let token = there.token().await;
    assert_eq!(here.send("DELETE", "/api/sessions", "", "").await.0, 204);
    here_connected.closed().await;
    there_connected.closed().await;
    assert_eq!(server.client_with(&token).await.err(), Some(403));
    assert_eq!(there.session().await, json!({ "account": null }));
    for client in [&mut bo_connected, &mut guest] {
        client.everything().await;
    }
}

#[tokio::test]
async fn another_password_hangs_up_and_its_own_session_connects_again() {
    let server = Server::start();
    let here = sign_up(&server, "ada").await;
    let there = log_in(&server, "ada", "correct horse").await;
    let mut connected = there.connect().await;
    let change = json!({ "old": "correct horse", "new": "battery staple" }).to_string();
    let wrong = json!({ "old": "correct house", "new": "battery staple" }).to_string();
    let answer = here.send("PUT", "/api/account/password", JSON, &wrong).await;
    assert_eq!(answer, (401, reason("wrong password")));
    connected.everything().await;
    assert_eq!(here.send("PUT", "/api/account/password", JSON, &change).await.0, 204);
    connected.closed().await;
    here.connect().await.everything().await;
    assert_eq!(there.session().await, json!({ "account": null }));
    log_in(&server, "ada", "battery staple").await;
}

#[tokio::test]
async fn a_deleted_account_is_hung_up_on_and_its_name_is_free() {
    let server = Server::start();
    let ada = sign_up(&server, "ada").await;
    let mut connected = ada.connect().await;
    let (status, head, export) = exchange(&server, "GET", "/api/account/export", &ada.cookie, "").await;
    assert_eq!((status, &export["account"][0]["name"]), (200, &json!("ada")));
    assert!(head.contains("content-disposition: attachment; filename="), "{head}");
    let delete = async |password: &str| {
        ada.send("POST", "/api/account/delete", JSON, &json!({ "password": password }).to_string()).await
    };
    assert_eq!(delete("wrong password").await, (401, reason("wrong password")));
    connected.everything().await;
    assert_eq!(delete("correct horse").await.0, 204);
    connected.closed().await;
    assert_eq!(ada.session().await, json!({ "account": null }));
    sign_up(&server, "ada").await;
}

// The connection to PostgreSQL needs a thread that drives it while the server is started.
#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_guests_play_on_and_accounts_say_so() {
    let server = Server::with(&["--database-url", "postgres://127.0.0.1:1/nothing"]);
    let unavailable = (503, reason("accounts are unavailable"));
    let nobody = Browser { server: &server, cookie: String::new() };
    assert_eq!(nobody.session().await, json!({ "account": null }));
    let somebody =
        Browser { server: &server, cookie: format!("cookie: tap_racer_session={}\r\n", "0".repeat(64)) };
    assert_eq!(somebody.send("GET", "/api/session", "", "").await, unavailable);
    for path in ["/api/account", "/api/session"] {
        assert_eq!(
            nobody.send("POST", path, JSON, &typed("ada", "correct horse")).await,
            unavailable,
            "{path}"
        );
    }
    server.phone("play", "Bo").await;
}

#[tokio::test]
async fn an_account_outlives_the_server() {
    let server = Server::start();
    let cookie = sign_up(&server, "ada").await.cookie;
    let server = server.restart().await;
    let ada = Browser { server: &server, cookie };
    assert_eq!(ada.session().await["account"]["name"], "ada");
    ada.connect().await.everything().await;
    log_in(&server, "ada", "correct horse").await;
}
