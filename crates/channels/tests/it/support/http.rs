//! Just enough of an HTTP client to see what a server says, header for header.

use std::{collections::HashMap, net::SocketAddr};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::soon;

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// A request under way; dropping it hangs up.
pub struct Request(TcpStream);

/// Sends a request on a connection of its own.
pub async fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Request {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n");
    if !body.is_empty() || method == "POST" {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut stream = soon(TcpStream::connect(address)).await.expect("a connection");
    let request = [head.as_bytes(), body].concat();
    soon(stream.write_all(&request)).await.expect("an open connection");
    Request(stream)
}

impl Request {
    pub async fn response(mut self) -> Response {
        let mut answer = Vec::new();
        let end = loop {
            if let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            assert_ne!(
                soon(self.0.read_buf(&mut answer)).await.expect("an answer"),
                0,
                "the end of the head"
            );
        };
        let head = String::from_utf8(answer[..end - 4].to_vec()).expect("a head of text");
        let (first, rest) = head.split_once("\r\n").unwrap_or((&head, ""));
        let headers: HashMap<String, String> = rest
            .split("\r\n")
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let status = first.split(' ').nth(1).expect("a status").parse().expect("a number");
        let length = headers.get("content-length").map_or(0, |length| length.parse().expect("a number"));
        let mut body = answer.split_off(end);
        while body.len() < length {
            assert_ne!(soon(self.0.read_buf(&mut body)).await.expect("an answer"), 0, "the end of the body");
        }
        Response { status, headers, body }
    }
}

pub async fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Response {
    send(address, method, path, headers, body).await.response().await
}
