//! What plain HTTP answers.

use serde_json::Value;

use crate::kit::Server;

#[tokio::test]
async fn a_made_room_is_found_by_its_code_in_any_case() {
    let server = Server::start();
    let (code, _) = server.make_room().await;
    let found = server.http("GET", &format!("/api/rooms/{}", code.to_lowercase()), "").await;
    assert_eq!(found, (200, format!(r#"{{"room":"{code}"}}"#)));
    for stranger in ["7777", "x", "", "%00", "..%2f"] {
        let (status, _) = server.http("GET", &format!("/api/rooms/{stranger}"), "").await;
        assert_eq!(status, 404, "{stranger}");
    }
    assert_eq!(server.http("GET", "/api/rooms/7777", "").await.1, r#"{"reason":"no such room"}"#);
}

#[tokio::test]
async fn the_address_of_a_room_is_the_one_by_which_its_host_came() {
    let server = Server::start();
    let (_, body) = server.http("POST", "/api/rooms", "host: party.example:8080\r\n").await;
    let made: Value = serde_json::from_str(&body).expect("json");
    let code = made["room"].as_str().expect("a code");
    assert_eq!(made["join_url"], format!("http://party.example:8080/play/{code}"));
    assert_eq!(made["console"], format!("/console/{code}"));
    let server = Server::with(&["--public-url", "https://race.example.org"]);
    let (_, body) = server.http("POST", "/api/rooms", "").await;
    assert!(body.contains("https://race.example.org/play/"), "{body}");
    assert_eq!(server.running.join_url(), "https://race.example.org/play");
    assert_eq!(server.running.console_url(), "https://race.example.org/console");
}

#[tokio::test]
async fn a_server_for_this_machine_says_where_it_is() {
    let server = Server::start();
    let address = server.running.local_addr();
    assert_eq!(server.running.console_url(), format!("http://{address}/console"));
    assert_eq!(server.running.join_url(), format!("http://{address}/play"));
    assert_eq!(server.http("GET", "/healthz", "").await, (200, "ok\n".to_owned()));
}

#[tokio::test]
async fn an_address_without_a_page_leads_back_to_the_start() {
    let server = Server::start();
    let (head, body) = server.raw_http("GET", "/nowhere", "").await;
    assert!(head.starts_with("http/1.1 404"), "{head}");
    assert!(head.contains("content-security-policy: default-src 'self'; script-src 'self'"), "{head}");
    assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    assert!(body.contains(r#"<a href="/">"#), "{body}");
    assert_eq!(server.http("POST", "/play", "").await.0, 405);
    assert_eq!(server.http("DELETE", "/api/rooms", "").await.0, 404);
}

#[tokio::test]
async fn pages_are_there_or_say_how_to_build_them() {
    let server = Server::start();
    for path in ["/", "/console", "/console/K7QF", "/play", "/play/K7QF", "/chat/lobby"] {
        let (head, body) = server.raw_http("GET", path, "").await;
        let is_there =
            head.starts_with("http/1.1 200") && head.contains("etag:") && head.contains("no-cache");
        let says_how = head.starts_with("http/1.1 503") && body.contains("npm run build");
        assert!(is_there || says_how, "{path}: {head}");
    }
}
