//! Good messages in any order, over every wire at once: joins, leaves, pushes, crashes on a handful
//! of topics that three clients share.

use std::collections::{HashMap, HashSet};

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::Value;

use super::Fuzzed;
use crate::support::{
    client::Client,
    longpoll::Session,
    peer::{Came, Peer, Received, Version},
};

#[derive(Clone, Debug)]
pub struct Step {
    /// Which client.
    client: usize,
    /// The messages that it sends in one segment.
    messages: Vec<Said>,
}

#[derive(Clone, Debug)]
struct Said {
    join_ref: &'static str,
    topic: &'static str,
    event: &'static str,
    payload: &'static str,
    /// Pushed as bytes, where the serializer has them.
    binary: bool,
}

const JOIN_REFS: [&str; 5] = ["null", r#""1""#, r#""2""#, "1", r#""""#];
const TOPICS: [&str; 12] = [
    "chat:a",
    "chat:a",
    "chat:b",
    "ichat:a",
    "room:a",
    "play",
    "console",
    "probe:a",
    "probe:slow",
    "chat:secret",
    "nowhere",
    "",
];
const EVENTS: [&str; 24] = [
    "phx_join",
    "phx_join",
    "phx_join",
    "phx_join",
    "phx_leave",
    "phx_leave",
    "ping",
    "ping",
    "new_msg",
    "new_msg",
    "bin",
    "bin_all",
    "stop",
    "crash",
    "tap",
    "track",
    "update",
    "untrack",
    "list",
    "to_others",
    "later",
    "wait",
    "states",
    "phx_close",
];
const PAYLOADS: [&str; 8] = [
    r#"{"name":"Ada"}"#,
    r#"{"name":"Ada"}"#,
    r#"{"name":"nobody"}"#,
    r#"{"text":"hi"}"#,
    r#"{"text":"hi"}"#,
    "{}",
    "null",
    "3",
];

fn said() -> impl Strategy<Value = Said> {
    (select(&JOIN_REFS[..]), select(&TOPICS[..]), select(&EVENTS[..]), select(&PAYLOADS[..]), 0..8u8)
        .prop_map(|(join_ref, topic, event, payload, binary)| Said {
            join_ref,
            topic,
            event,
            payload,
            binary: binary == 0,
        })
}

pub fn conversations() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..3usize, vec(said(), 1..8)).prop_map(|(client, messages)| Step { client, messages });
    vec(step, 1..40)
}

/// A client, and what it has been told.
struct Talker {
    peer: Peer,
    /// The references that were answered.
    answered: HashSet<String>,
    /// Of each topic: joins that were granted, and channels that have ended.
    joins: HashMap<String, (u32, u32)>,
    sent: u64,
}

impl Talker {
    fn new(peer: Peer) -> Self {
        Self { peer, answered: HashSet::new(), joins: HashMap::new(), sent: 0 }
    }

    async fn say(&mut self, messages: &[Said]) {
        let mut texts = Vec::new();
        for said in messages {
            self.sent += 1;
            let Said { join_ref, topic, event, payload, binary } = said;
            if *binary && self.peer.version == Version::V2 {
                let fields = [join_ref.trim_matches('"'), &self.sent.to_string(), topic, event];
                let mut push = vec![0];
                push.extend(fields.map(|field| field.len() as u8));
                push.extend(fields.concat().into_bytes());
                push.extend(payload.as_bytes());
                self.peer.send_binary(&push).await;
            } else {
                let reference = self.sent;
                texts.push(format!(r#"[{join_ref},{reference},"{topic}","{event}",{payload}]"#));
            }
        }
        if !texts.is_empty() {
            self.peer.send_together(&texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
        }
    }

    fn hear(&mut self, message: Received) {
        let topic = message.topic.as_str().expect("a topic of ours").to_owned();
        let (joined, ended) = self.joins.entry(topic).or_default();
        match message.event.as_str() {
            Some("phx_reply") => {
                let reference = message.message_ref.to_string();
                assert!(self.answered.insert(reference), "answered twice: {message:?}");
                // It may be the answer to a join. There are never more ends than these.
                *joined += u32::from(message.payload["status"] == "ok");
            }
            Some("phx_close" | "phx_error") => {
                *ended += 1;
                assert!(ended <= joined, "it was not joined: {message:?}");
            }
            _ => assert!(*joined > 0, "it was not joined: {message:?}"),
        }
    }

    /// Hears all that comes until a heartbeat is answered.
    async fn listen(&mut self) {
        self.peer.send(r#"[null,"hb","phoenix","heartbeat",{}]"#).await;
        loop {
            match self.peer.came().await {
                Came::Text(text) => match Received::parse(self.peer.version, &text) {
                    Received { message_ref: Value::String(reference), topic, .. } if reference == "hb" => {
                        return assert_eq!(topic, "phoenix");
                    }
                    message => self.hear(message),
                },
                Came::Binary(bytes) => assert!(bytes[0] < 3 && self.peer.version == Version::V2, "{bytes:?}"),
                Came::End(code) => panic!("the connection was ended with {code:?}"),
            }
        }
    }
}

pub async fn check(server: &Fuzzed, steps: Vec<Step>) -> u64 {
    let websocket = |vsn| async move {
        Client::connect(server.address, &format!("/socket/websocket?vsn={vsn}"), &[]).await.expect("let in")
    };
    let session = Session::open(server.address, "/socket/longpoll?vsn=2.0.0").await;
    let mut talkers = [
        Talker::new(Peer::websocket(Version::V1, websocket("1.0.0").await)),
        Talker::new(Peer::websocket(Version::V2, websocket("2.0.0").await)),
        Talker::new(Peer::longpoll(Version::V2, session)),
    ];
    for step in &steps {
        talkers[step.client].say(&step.messages).await;
    }
    for talker in &mut talkers {
        talker.listen().await;
    }
    // A broken message ends a session at once, and leaves nobody to wait for.
    talkers[2].peer.send_broken("over").await;
    steps.iter().map(|step| step.messages.len() as u64).sum()
}
