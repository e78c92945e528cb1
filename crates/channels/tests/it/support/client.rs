//! A WebSocket client that speaks in lines of JSON.

use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest, http::StatusCode},
};

use super::soon;

pub struct Client(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    pub async fn connect(
        address: SocketAddr,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, StatusCode> {
        let mut request = format!("ws://{address}{path}").into_client_request().expect("a request");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        match soon(connect_async(request)).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(tungstenite::Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn send(&mut self, text: &str) {
        self.message(Message::text(text)).await;
    }

    pub async fn message(&mut self, message: Message) {
        self.0.send(message).await.expect("an open socket");
    }

    /// Sends several messages in one write, as a browser under load does.
    pub async fn send_together(&mut self, texts: &[impl AsRef<str>]) {
        for text in texts {
            self.0.feed(Message::text(text.as_ref())).await.expect("an open socket");
        }
        self.0.flush().await.expect("an open socket");
    }

    /// The next message but pings and pongs.
    pub async fn next(&mut self) -> Message {
        loop {
            let next = soon(self.0.next()).await;
            match next.expect("a message, and not the end").expect("a message") {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    /// The next message is this one, whatever the order of the keys in it.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let expected: Value = serde_json::from_str(text).expect("the test's json");
            let message = self.next().await;
            let Message::Text(got) = message else { panic!("{caller}: expected {text}, got {message:?}") };
            let got: Value = serde_json::from_str(&got).expect("json");
            assert_eq!(got, expected, "at {caller}");
        }
    }

    /// The server closes, with this code.
    #[track_caller]
    pub fn expect_close(&mut self, code: u16) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            match self.next().await {
                Message::Close(Some(frame)) => assert_eq!(u16::from(frame.code), code, "at {caller}"),
                message => panic!("{caller}: expected a close with {code}, got {message:?}"),
            }
        }
    }

    /// Nothing is on its way: the next thing to come is the answer to a heartbeat.
    #[track_caller]
    pub fn expect_nothing(&mut self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            self.send(r#"[null,"hb","phoenix","heartbeat",{}]"#).await;
            let message = self.next().await;
            let Message::Text(got) = message else { panic!("{caller}: {message:?}") };
            assert!(got.contains(r#""hb""#), "at {caller}: expected nothing, got {got}");
        }
    }

    /// Joins a topic with the join_ref and ref `"1"`.
    pub async fn join(&mut self, topic: &str, params: &str) {
        self.send(&format!(r#"["1","1","{topic}","phx_join",{params}]"#)).await;
        self.expect(&format!(r#"["1","1","{topic}","phx_reply",{{"status":"ok","response":{{}}}}]"#)).await;
    }
}
