//! A client of the long-poll transport.

use std::{collections::VecDeque, net::SocketAddr};

use serde_json::{Value, json};

use super::http::{self, Response};

/// What an answer says of its session.
#[derive(Debug, PartialEq)]
pub struct Polled {
    pub status: u64,
    pub token: Option<String>,
    pub messages: Vec<String>,
}

impl Polled {
    fn of(response: &Response) -> Self {
        assert_eq!(response.status, 200, "{response:?}");
        let body = response.json();
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        Self {
            status: body["status"].as_u64().expect("a status"),
            token: body.get("token").map(text),
            messages: body["messages"]
                .as_array()
                .map_or(vec![], |messages| messages.iter().map(text).collect()),
        }
    }
}

pub struct Session {
    address: SocketAddr,
    /// The path with its query, without the token.
    pub path: String,
    pub token: String,
    waiting: VecDeque<String>,
}

impl Session {
    pub async fn open(address: SocketAddr, path: &str) -> Self {
        let opened = Polled::of(&http::request(address, "GET", path, &[], b"").await);
        assert_eq!((opened.status, &*opened.messages), (410, &[][..]));
        let token = opened.token.expect("a token");
        Self { address, path: path.to_owned(), token, waiting: VecDeque::new() }
    }

    pub fn url(&self) -> String {
        format!("{}&token={}", self.path, self.token)
    }

    /// One poll, whatever it brings.
    pub async fn poll(&self) -> Polled {
        Polled::of(&http::request(self.address, "GET", &self.url(), &[], b"").await)
    }

    /// A poll that has been sent.
    pub async fn start_poll(&self) -> http::Request {
        http::send(self.address, "GET", &self.url(), &[], b"").await
    }

    pub async fn finish_poll(&self, poll: http::Request) -> Polled {
        Polled::of(&poll.response().await)
    }

    pub async fn post_raw(&self, headers: &[(&str, &str)], body: &[u8]) -> Response {
        http::request(self.address, "POST", &self.url(), headers, body).await
    }

    /// Posts one message, as a client of the versions before 1.7 does. Returns the status.
    pub async fn post(&self, message: &str) -> Value {
        self.post_raw(&[("content-type", "application/json")], message.as_bytes()).await.json()
    }

    /// Posts lines, as a client from 1.7 on does.
    pub async fn post_lines(&self, lines: &[String]) -> Value {
        self.post_raw(&[("content-type", "application/x-ndjson")], lines.join("\n").as_bytes()).await.json()
    }

    /// The next message; `None` when the session is gone.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                return Some(message);
            }
            let polled = self.poll().await;
            match polled.status {
                200 => {
                    assert!(!polled.messages.is_empty(), "200 says that there are messages");
                    assert_eq!(polled.token.as_ref(), Some(&self.token), "the token is repeated");
                    self.waiting.extend(polled.messages);
                }
                410 => {
                    assert_ne!(polled.token.as_ref(), Some(&self.token), "a new session has a new token");
                    return None;
                }
                _ => panic!("nothing came: {polled:?}"),
            }
        }
    }
}

/// The answer to a POST.
pub fn status(status: u16) -> Value {
    json!({ "status": status })
}
