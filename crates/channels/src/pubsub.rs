//! Broadcasts: to the subscribers of this node, and through an adapter to those of others.
//!
//! Source: the package `phoenix_pubsub`, `lib/phoenix/pubsub.ex` and `pubsub/adapter.ex`.

mod topic;
mod topics;

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub(crate) use topic::{Bag, Events, Left, News, Reader, Reading, Round};
pub(crate) use topics::{Subscriber, SubscriberId, Subscription, Topics};

use crate::{frame::Broadcast, payload::Payload};

/// Carries broadcasts between the nodes of one server. What a node broadcasts reaches its own
/// subscribers without an adapter's help.
///
/// [`Local`] is the adapter of a server of one node. `channels::test::pubsub_contract` (feature
/// `test`) is what every adapter must pass.
pub trait PubSub: Send + Sync + 'static {
    /// Called once, when the endpoint is made: what other nodes publish is to go in here. An adapter
    /// that connects to something does so on a task of its own.
    fn start(&self, inlet: Inlet);

    /// Tells the other nodes, in the order of the calls. It must not wait.
    fn publish(&self, message: &Relayed);
}

/// The adapter of a server of one node: there is nobody to tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local;

impl PubSub for Local {
    fn start(&self, _: Inlet) {}

    fn publish(&self, _: &Relayed) {}
}

/// A broadcast on its way between nodes.
#[derive(Clone, Debug)]
pub struct Relayed(pub(crate) Arc<Broadcast>);

/// A relayed broadcast was not understood: another version of this crate wrote it.
#[derive(Debug, thiserror::Error)]
#[error("not a relayed broadcast")]
pub struct NotRelayed;

/// The first line of the encoding; the payload follows as it is.
#[derive(Serialize, Deserialize)]
struct Head {
    topic: Box<str>,
    event: Box<str>,
    binary: bool,
    conflated: bool,
}

impl Relayed {
    /// The topic, by which an adapter may route.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.0.topic
    }

    /// The broadcast as bytes: a line of JSON, and the payload.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Broadcast { topic, event, payload, conflated, .. } = &*self.0;
        let binary = matches!(payload, Payload::Binary(_));
        let head = Head { topic: (**topic).into(), event: event.clone(), binary, conflated: *conflated };
        // A struct of texts always has a JSON form.
        let mut bytes = serde_json::to_vec(&head).unwrap_or_default();
        bytes.push(b'\n');
        match payload {
            Payload::Json(json) => bytes.extend_from_slice(json.get().as_bytes()),
            Payload::Binary(binary) => bytes.extend_from_slice(binary),
        }
        bytes
    }

    /// Reads what [`Relayed::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`NotRelayed`] when it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotRelayed> {
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(NotRelayed)?;
        let (head, payload) = (&bytes[..end], &bytes[end + 1..]);
        let Head { topic, event, binary, conflated } =
            serde_json::from_slice(head).map_err(|_| NotRelayed)?;
        let payload = if binary {
            Payload::Binary(Bytes::copy_from_slice(payload))
        } else {
            let json = std::str::from_utf8(payload).map_err(|_| NotRelayed)?;
            Payload::Json(RawValue::from_string(json.to_owned()).map_err(|_| NotRelayed)?)
        };
        Ok(Self(Arc::new(Broadcast::new(&topic, &event, payload, conflated))))
    }
}

/// Where broadcasts of other nodes come in.
#[derive(Clone)]
pub struct Inlet {
    topics: Arc<Topics>,
}

impl Inlet {
    pub(crate) fn new(topics: Arc<Topics>) -> Self {
        Self { topics }
    }

    /// Hands the broadcast of another node to the subscribers of this one.
    pub fn deliver(&self, message: &Relayed) {
        self.topics.publish(&message.0, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relayed_broadcast_is_read_back() {
        for payload in [Payload::reason("a\nb"), Payload::Binary(Bytes::from_static(b"\n\x00\xff"))] {
            let message = Relayed(Arc::new(Broadcast::new("a\n\"b", "e", payload, true)));
            let read = Relayed::from_bytes(&message.to_bytes()).expect("our own");
            assert_eq!(read.to_bytes(), message.to_bytes());
            assert_eq!(read.topic(), "a\n\"b");
        }
    }

    #[test]
    fn what_is_no_relayed_broadcast_is_refused() {
        for bytes in [&b""[..], b"\n", b"{}\n{}", b"no newline", b"{\"topic\":\"a\"}\n"] {
            assert!(Relayed::from_bytes(bytes).is_err());
        }
    }
}
