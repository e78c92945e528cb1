//! A page and a phone, as far as they matter here.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::Outcome;

/// One connection, one request after the other.
pub struct Browser {
    stream: BufStream<TcpStream>,
    address: SocketAddr,
    cookie: String,
}

impl Browser {
    pub async fn open(address: SocketAddr) -> Outcome<Browser> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Browser { stream: BufStream::new(stream), address, cookie: String::new() })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes an account, and gives its number.
    pub async fn sign_up(&mut self, name: &str) -> Outcome<i64> {
        let body = json!({ "name": name, "password": "correct horse" }).to_string();
        let answer = self.send("POST", "/api/account", &body).await?;
        answer["account"]["id"].as_i64().ok_or_else(|| answer.to_string().into())
    }

    pub async fn token(&mut self) -> Outcome<String> {
        let answer = self.get("/api/session").await?;
        Ok(answer["token"].as_str().ok_or("nobody is logged in")?.to_owned())
    }

    pub async fn get(&mut self, path: &str) -> Outcome<Value> {
        self.send("GET", path, "").await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Outcome<Value> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.cookie,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.stream.flush().await?;
        let (mut line, mut length) = (String::new(), 0);
        self.stream.read_line(&mut line).await?;
        if !line.starts_with("HTTP/1.1 20") {
            return Err(format!("{method} {path}: {line}").into());
        }
        while line != "\r\n" {
            line.clear();
            self.stream.read_line(&mut line).await?;
            if let Some((name, value)) = line.split_once(": ") {
                match name {
                    "content-length" => length = value.trim().parse()?,
                    "set-cookie" => self.cookie = value.split(';').next().unwrap_or_default().to_owned(),
                    _ => {}
                }
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(serde_json::from_slice(&body)?)
    }
}

/// A phone that races for an account in the house room, that it hosts too, and the account's page.
pub struct Phone {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    account: String,
}

impl Phone {
    pub async fn open(address: SocketAddr, token: &str, account: i64) -> Outcome<Phone> {
        let url = format!("ws://{address}/socket/websocket?vsn=2.0.0&token={token}");
        let (socket, _) = connect_async(url).await?;
        let mut phone = Phone { socket, account: format!("account:{account}") };
        let account = phone.account.clone();
        for (topic, params) in [
            ("play", json!({ "name": "The measured one" })),
            ("console", json!({})),
            (account.as_str(), json!({})),
        ] {
            phone.say(topic, "phx_join", &params).await?;
            phone.heard(topic, "phx_reply").await?;
        }
        Ok(phone)
    }

    /// From the end of a heat to when it is on the page.
    pub async fn race(&mut self) -> Outcome<Duration> {
        let rules = json!({ "rules": { "mode": "sprint", "taps": 1, "countdown": 0 } });
        self.say("console", "start", &rules).await?;
        loop {
            let phase = self.heard("play", "phase").await?;
            if phase["phase"] == "running" {
                break self.say("play", "tap", &json!({ "heat": phase["heat"], "n": 1 })).await?;
            }
        }
        while self.heard("play", "results").await?["final"] != true {}
        let began = Instant::now();
        let page = self.account.clone();
        self.heard(&page, "race").await?;
        Ok(began.elapsed())
    }

    async fn say(&mut self, topic: &str, event: &str, payload: &Value) -> Outcome<()> {
        let message = json!([topic, "1", topic, event, payload]).to_string();
        Ok(self.socket.send(Message::text(message)).await?)
    }

    async fn heard(&mut self, topic: &str, event: &str) -> Outcome<Value> {
        loop {
            let next = timeout(Duration::from_secs(20), self.socket.next()).await;
            let Message::Text(text) = next?.ok_or("the server hung up")?? else { continue };
            let mut message: Vec<Value> = serde_json::from_str(&text)?;
            if message[2] == topic && message[3] == event {
                return Ok(message.swap_remove(4));
            }
        }
    }
}
