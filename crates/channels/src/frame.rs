//! Encoded messages, ready to be written: one encoding, however many clients get it.

use std::sync::{Arc, OnceLock};

use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Control, Data, OpCode},
};

use crate::{
    message::Outgoing,
    payload::Payload,
    serializer::{Opcode, Serializer},
};

/// The bytes of one message as they go over a connection, shared by everyone who gets it.
#[derive(Debug)]
pub(crate) struct Frame {
    pub bytes: Vec<u8>,
    /// A newer frame of the same key makes this one pointless.
    pub conflate: Option<ConflateKey>,
}

/// What a state is of: frames with the same key are newer and older words on the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConflateKey {
    topic: Arc<str>,
    event: Box<str>,
}

impl ConflateKey {
    pub fn new(topic: &Arc<str>, event: &str) -> Self {
        Self { topic: topic.clone(), event: event.into() }
    }
}

/// How a connection wants its messages: which serializer, in which framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format(pub Serializer);

impl Format {
    pub fn frame(self, message: &Outgoing<'_>, conflate: Option<ConflateKey>) -> Arc<Frame> {
        let payload_len = match message {
            Outgoing::Reply { response: payload, .. }
            | Outgoing::Push { payload, .. }
            | Outgoing::Broadcast { payload, .. } => payload.len(),
            Outgoing::Farewell { .. } => 0,
        };
        // The header is written in front of the message once the length is known.
        const ROOM: usize = 10;
        let mut bytes = Vec::with_capacity(ROOM + 96 + payload_len);
        bytes.resize(ROOM, 0);
        let opcode = match self.0.encode(message, &mut bytes) {
            Opcode::Text => OpCode::Data(Data::Text),
            Opcode::Binary => OpCode::Data(Data::Binary),
        };
        let header = FrameHeader { opcode, ..FrameHeader::default() };
        let length = (bytes.len() - ROOM) as u64;
        let start = ROOM - header.len(length);
        // Writing ten bytes at most to ten bytes of room cannot fail.
        let _ = header.format(length, &mut &mut bytes[start..ROOM]);
        bytes.drain(..start);
        bytes.shrink_to_fit();
        Arc::new(Frame { bytes, conflate })
    }
}

/// A control frame (RFC 6455, section 5.5); the payload is 125 bytes at most.
pub(crate) fn control(control: Control, payload: &[u8]) -> Arc<Frame> {
    let payload = &payload[..payload.len().min(125)];
    let header = FrameHeader { opcode: OpCode::Control(control), ..FrameHeader::default() };
    let mut bytes = Vec::with_capacity(2 + payload.len());
    // Writing to memory cannot fail.
    let _ = header.format(payload.len() as u64, &mut bytes);
    bytes.extend_from_slice(payload);
    Arc::new(Frame { bytes, conflate: None })
}

/// A message to all subscribers of a topic, encoded when the first of them asks for it.
#[derive(Debug)]
pub(crate) struct Broadcast {
    pub topic: Arc<str>,
    pub event: Box<str>,
    pub payload: Payload,
    pub conflated: bool,
    v2: OnceLock<Arc<Frame>>,
}

impl Broadcast {
    pub fn new(topic: &str, event: &str, payload: Payload, conflated: bool) -> Self {
        Self { topic: topic.into(), event: event.into(), payload, conflated, v2: OnceLock::new() }
    }

    pub fn frame(&self, format: Format) -> &Arc<Frame> {
        let cache = match format {
            Format(Serializer::V2) => &self.v2,
        };
        cache.get_or_init(|| {
            let message =
                Outgoing::Broadcast { topic: &self.topic, event: &self.event, payload: &self.payload };
            format.frame(&message, self.conflated.then(|| ConflateKey::new(&self.topic, &self.event)))
        })
    }
}
