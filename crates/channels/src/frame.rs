//! Encoded messages, ready to be written: one encoding, however many clients get it.

use std::sync::{Arc, OnceLock};

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use tracing::debug;
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
pub(crate) struct Format {
    pub serializer: Serializer,
    pub framing: Framing,
}

/// What a transport puts around a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// The header of RFC 6455.
    WebSocket,
    /// A JSON string, as it stands in the answer to a poll.
    LongPoll,
    /// Nothing: for the client of the test kit.
    #[cfg(feature = "test")]
    Bare,
}

impl Format {
    const COUNT: usize = 6;

    /// Its place in a table of all formats.
    fn index(self) -> usize {
        let framing = match self.framing {
            Framing::WebSocket => 0,
            Framing::LongPoll => 1,
            #[cfg(feature = "test")]
            Framing::Bare => 2,
        };
        match self.serializer {
            Serializer::V1 => framing,
            Serializer::V2 => framing + 3,
        }
    }

    /// Encodes a message; `None` when it has no form in this format.
    pub fn frame(self, message: &Outgoing<'_>, conflate: Option<ConflateKey>) -> Option<Arc<Frame>> {
        // The header is written in front of the message once the length is known.
        const ROOM: usize = 10;
        let mut bytes = Vec::with_capacity(ROOM + 96 + message.payload_len());
        bytes.resize(ROOM, 0);
        let opcode = self.serializer.encode(message, &mut bytes);
        if opcode.is_none() {
            debug!("a binary payload for a client whose serializer has none is not sent");
        }
        let bytes = match self.framing {
            Framing::WebSocket => {
                let start = write_header(&mut bytes, ROOM, opcode?);
                bytes.drain(..start);
                bytes.shrink_to_fit();
                bytes
            }
            #[cfg(feature = "test")]
            Framing::Bare => bytes.split_off(ROOM),
            Framing::LongPoll => {
                let message = &bytes[ROOM..];
                match opcode? {
                    Opcode::Text => serde_json::to_vec(&String::from_utf8_lossy(message)),
                    Opcode::Binary => serde_json::to_vec(&BASE64.encode(message)),
                }
                .ok()?
            }
        };
        Some(Arc::new(Frame { bytes, conflate }))
    }
}

/// Writes the header of a frame into the room in front of its payload; returns where it begins.
fn write_header(bytes: &mut [u8], room: usize, opcode: Opcode) -> usize {
    let opcode = match opcode {
        Opcode::Text => OpCode::Data(Data::Text),
        Opcode::Binary => OpCode::Data(Data::Binary),
    };
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    let length = (bytes.len() - room) as u64;
    let start = room - header.len(length);
    // The longest header of an unmasked frame has ten bytes.
    let _ = header.format(length, &mut &mut bytes[start..room]);
    start
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
    frames: [OnceLock<Option<Arc<Frame>>>; Format::COUNT],
}

impl Broadcast {
    pub fn new(topic: &str, event: &str, payload: Payload, conflated: bool) -> Self {
        Self { topic: topic.into(), event: event.into(), payload, conflated, frames: Default::default() }
    }

    /// The message in this format; the first to ask has it encoded.
    pub fn frame(&self, format: Format) -> Option<&Arc<Frame>> {
        let encode = || {
            let message =
                Outgoing::Broadcast { topic: &self.topic, event: &self.event, payload: &self.payload };
            format.frame(&message, self.conflated.then(|| ConflateKey::new(&self.topic, &self.event)))
        };
        self.frames[format.index()].get_or_init(encode).as_ref()
    }
}
