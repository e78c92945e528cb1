//! A client of any serializer over any transport. Tests write messages as serializer 2.0.0 has
//! them, `[join_ref, ref, topic, event, payload]`; a peer of 1.0.0 translates.

use std::panic::Location;

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use serde_json::{Value, json, value::RawValue};
use tokio_tungstenite::tungstenite::Message;

use super::{
    client::Client,
    longpoll::{Session, status},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V1,
    V2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    WebSocket,
    LongPoll,
}

/// Which combination a case of the suite runs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    pub version: Version,
    pub transport: Transport,
}

impl Wire {
    pub fn vsn(self) -> &'static str {
        match self.version {
            Version::V1 => "1.0.0",
            Version::V2 => "2.0.0",
        }
    }
}

/// A message as a client sees it. Serializer 1.0.0 has no `join_ref`: it is null then.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    pub join_ref: Value,
    pub message_ref: Value,
    pub topic: Value,
    pub event: Value,
    pub payload: Value,
}

/// What comes to a client.
#[derive(Debug, PartialEq)]
pub enum Came {
    Text(String),
    Binary(Vec<u8>),
    /// The end, with the code of a WebSocket's close frame.
    End(Option<u16>),
}

pub struct Peer {
    pub version: Version,
    link: Link,
}

enum Link {
    WebSocket(Box<Client>),
    LongPoll(Session),
}

impl Received {
    pub fn parse(version: Version, text: &str) -> Self {
        match version {
            Version::V1 => Self::from_v1(text),
            Version::V2 => Self::from_v2(text),
        }
    }

    fn from_v2(text: &str) -> Self {
        let [join_ref, message_ref, topic, event, payload]: [Value; 5] =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"));
        Self { join_ref, message_ref, topic, event, payload }
    }

    fn from_v1(text: &str) -> Self {
        let mut object: serde_json::Map<String, Value> =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"));
        let mut key = |key| object.remove(key).unwrap_or_else(|| panic!("no {key} in {text}"));
        let received = Self {
            join_ref: Value::Null,
            message_ref: key("ref"),
            topic: key("topic"),
            event: key("event"),
            payload: key("payload"),
        };
        assert!(object.is_empty(), "serializer 1.0.0 has four keys: {text}");
        received
    }

    /// As serializer 1.0.0 has it: a farewell's reference is that of the join.
    fn in_version(self, version: Version) -> Self {
        match version {
            Version::V2 => self,
            Version::V1 if self.event == "phx_close" || self.event == "phx_error" => {
                Self { message_ref: self.join_ref, join_ref: Value::Null, ..self }
            }
            Version::V1 => Self { join_ref: Value::Null, ..self },
        }
    }
}

impl Peer {
    pub fn websocket(version: Version, client: Client) -> Self {
        Self { version, link: Link::WebSocket(Box::new(client)) }
    }

    pub fn longpoll(version: Version, session: Session) -> Self {
        Self { version, link: Link::LongPoll(session) }
    }

    /// The message in this peer's serializer, its references as they are written.
    fn encode(&self, message: &str) -> String {
        if self.version == Version::V2 {
            return message.to_owned();
        }
        let [join_ref, message_ref, topic, event, payload]: [&RawValue; 5] =
            serde_json::from_str(message).expect("the test's json");
        format!(
            r#"{{"topic":{topic},"event":{event},"payload":{payload},"ref":{message_ref},"join_ref":{join_ref}}}"#
        )
    }

    /// A message with this payload, whether that is JSON or not.
    pub fn encode_raw(&self, payload: &str) -> String {
        match self.version {
            Version::V1 => format!(r#"{{"topic":"chat:a","event":"ping","payload":{payload},"ref":"2"}}"#),
            Version::V2 => format!(r#"["1","2","chat:a","ping",{payload}]"#),
        }
    }

    pub async fn send(&mut self, message: &str) {
        self.send_as_is(&self.encode(message)).await;
    }

    /// Sends a message that is not to be translated.
    pub async fn send_as_is(&mut self, message: &str) {
        match &mut self.link {
            Link::WebSocket(client) => client.send(message).await,
            Link::LongPoll(session) => assert_eq!(session.post(message).await, status(200), "{message}"),
        }
    }

    /// Sends several messages in one segment.
    pub async fn send_together(&mut self, messages: &[&str]) {
        let messages: Vec<_> = messages.iter().map(|message| self.encode(message)).collect();
        match &mut self.link {
            Link::WebSocket(client) => client.send_together(&messages).await,
            Link::LongPoll(session) => {
                assert_eq!(session.post_lines(&lines(messages)).await, status(200));
            }
        }
    }

    /// Sends a message that is none. It is not translated.
    pub async fn send_broken(&mut self, broken: &str) {
        self.send_around_broken(&[], broken, &[]).await;
    }

    /// Sends good messages before and behind one that is none, all in one segment.
    pub async fn send_around_broken(&mut self, before: &[&str], broken: &str, behind: &[&str]) {
        let encode = |message: &&str| self.encode(message);
        let messages = before.iter().map(encode).chain([broken.to_owned()]);
        let messages: Vec<_> = messages.chain(behind.iter().map(encode)).collect();
        match &mut self.link {
            Link::WebSocket(client) => client.send_together(&messages).await,
            Link::LongPoll(session) if messages.len() == 1 => {
                assert_eq!(session.post(broken).await, status(408), "{broken}");
            }
            Link::LongPoll(session) => {
                assert_eq!(session.post_lines(&lines(messages)).await, status(408), "{broken}");
            }
        }
    }

    pub async fn send_binary(&mut self, message: &[u8]) {
        match &mut self.link {
            Link::WebSocket(client) => client.message(Message::binary(message.to_vec())).await,
            Link::LongPoll(session) => {
                assert_eq!(session.post_lines(&[BASE64.encode(message)]).await, status(200));
            }
        }
    }

    /// Sends a binary message that is none.
    pub async fn send_broken_binary(&mut self, message: &[u8]) {
        match &mut self.link {
            Link::WebSocket(client) => client.message(Message::binary(message.to_vec())).await,
            Link::LongPoll(session) => {
                assert_eq!(session.post_lines(&[BASE64.encode(message)]).await, status(408));
            }
        }
    }

    /// Whatever comes next.
    pub async fn came(&mut self) -> Came {
        match &mut self.link {
            Link::WebSocket(client) => match client.next().await {
                Message::Text(text) => Came::Text(text.to_string()),
                Message::Binary(bytes) => Came::Binary(bytes.to_vec()),
                Message::Close(frame) => Came::End(frame.map(|frame| frame.code.into())),
                other => panic!("{other:?}"),
            },
            Link::LongPoll(session) => match session.next().await {
                None => Came::End(None),
                Some(text) if text.starts_with(['[', '{']) => Came::Text(text),
                Some(base64) => Came::Binary(BASE64.decode(base64).expect("base64")),
            },
        }
    }

    /// The next message.
    #[track_caller]
    pub fn next(&mut self) -> impl Future<Output = Received> {
        let caller = Location::caller();
        async move {
            match self.came().await {
                Came::Text(text) => Received::parse(self.version, &text),
                other => panic!("{caller}: expected a message, got {other:?}"),
            }
        }
    }

    /// The next message is this one.
    #[track_caller]
    pub fn expect(&mut self, message: &str) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            let expected = Received::from_v2(message).in_version(self.version);
            match self.came().await {
                Came::Text(text) => {
                    assert_eq!(Received::parse(self.version, &text), expected, "at {caller}");
                }
                other => panic!("{caller}: expected {message}, got {other:?}"),
            }
        }
    }

    #[track_caller]
    pub fn expect_binary(&mut self, bytes: &[u8]) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move { assert_eq!(self.came().await, Came::Binary(bytes.to_vec()), "at {caller}") }
    }

    /// The server ends the connection: a WebSocket with this code, a session by being gone.
    #[track_caller]
    pub fn expect_end(&mut self, code: u16) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            let code = matches!(self.link, Link::WebSocket(_)).then_some(code);
            assert_eq!(self.came().await, Came::End(code), "at {caller}");
        }
    }

    /// The same, after whatever messages there are.
    #[track_caller]
    pub fn expect_end_of_anything(&mut self, code: u16) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            let code = matches!(self.link, Link::WebSocket(_)).then_some(code);
            loop {
                if let Came::End(got) = self.came().await {
                    return assert_eq!(got, code, "at {caller}");
                }
            }
        }
    }

    /// Nothing is on its way: the next thing to come is the answer to a heartbeat.
    #[track_caller]
    pub fn expect_nothing(&mut self) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            self.send(r#"[null,"hb","phoenix","heartbeat",{}]"#).await;
            let next = self.next().await;
            assert_eq!(next.message_ref, "hb", "at {caller}: expected nothing, got {next:?}");
        }
    }

    /// It answers, whatever else it says.
    pub async fn expect_alive(&mut self) {
        self.until_heartbeat().await;
    }

    /// All that comes until a heartbeat that is sent now is answered.
    pub async fn until_heartbeat(&mut self) -> Vec<Received> {
        self.send(r#"[null,"hb","phoenix","heartbeat",{}]"#).await;
        let mut messages = Vec::new();
        loop {
            match self.next().await {
                Received { message_ref, .. } if message_ref == "hb" => return messages,
                message => messages.push(message),
            }
        }
    }

    /// The reply of status ok to this message, with an empty response.
    #[track_caller]
    pub fn expect_ok(&mut self, join_ref: &str, message_ref: &str, topic: &str) -> impl Future<Output = ()> {
        let ok =
            format!(r#"[{join_ref},{message_ref},"{topic}","phx_reply",{{"status":"ok","response":{{}}}}]"#);
        let caller = Location::caller();
        async move {
            let expected = Received::from_v2(&ok).in_version(self.version);
            assert_eq!(self.next().await, expected, "at {caller}");
        }
    }

    /// The error `{"reason": …}` to this message.
    #[track_caller]
    pub fn expect_error(
        &mut self,
        join_ref: &str,
        message_ref: &str,
        topic: &str,
        reason: &str,
    ) -> impl Future<Output = ()> {
        let parse = |text| serde_json::from_str::<Value>(text).expect("the test's json");
        let expected = Received {
            join_ref: parse(join_ref),
            message_ref: parse(message_ref),
            topic: topic.into(),
            event: "phx_reply".into(),
            payload: json!({ "status": "error", "response": { "reason": reason } }),
        };
        let caller = Location::caller();
        async move {
            let expected = expected.in_version(self.version);
            assert_eq!(self.next().await, expected, "at {caller}");
        }
    }

    /// Joins a topic with the join_ref and ref `"1"`.
    #[track_caller]
    pub fn join(&mut self, topic: &str, params: &str) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            self.send(&format!(r#"["1","1","{topic}","phx_join",{params}]"#)).await;
            let reply = self.next().await;
            assert_eq!(reply.payload, json!({ "status": "ok", "response": {} }), "at {caller}");
        }
    }

    /// The session, for cases of the long poll.
    pub fn session(&mut self) -> &mut Session {
        match &mut self.link {
            Link::LongPoll(session) => session,
            Link::WebSocket(_) => panic!("a WebSocket has no session"),
        }
    }
}

/// A batch: what is no serializer-2.0.0 text is sent as base64.
fn lines(messages: Vec<String>) -> Vec<String> {
    let line = |message: String| if message.starts_with('[') { message } else { BASE64.encode(message) };
    messages.into_iter().map(line).collect()
}
