//! Frames of RFC 6455, read from bytes: no I/O, and no memory while no message is in fragments.

use std::{borrow::Cow, io::Cursor};

use tungstenite::{
    error::{Error, ProtocolError},
    protocol::frame::{
        FrameHeader,
        coding::{Control, Data, OpCode},
    },
};

use super::super::CloseCode;

/// What a client sent.
#[derive(Debug, PartialEq)]
pub(super) enum Event<'a> {
    Text(Cow<'a, str>),
    Binary(Cow<'a, [u8]>),
    Ping(&'a [u8]),
    /// A close frame with its code, if it has one.
    Close(Option<CloseCode>),
    /// A frame that asks for nothing: a pong, or a fragment of what follows.
    Nothing,
}

/// What a client must not send.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Violation {
    #[error("protocol error: {0}")]
    Protocol(&'static str),
    #[error("text is not utf-8")]
    NotUtf8,
    #[error("message is too long")]
    TooLong,
}

impl Violation {
    /// The code of RFC 6455, section 7.4.1.
    pub fn close_code(&self) -> CloseCode {
        match self {
            Self::Protocol(_) => CloseCode::Protocol,
            Self::NotUtf8 => CloseCode::Invalid,
            Self::TooLong => CloseCode::Size,
        }
    }
}

/// Reads frames, and puts messages together from their fragments.
#[derive(Default)]
pub(super) struct Decoder {
    limit: usize,
    fragments: Option<Box<Fragments>>,
}

struct Fragments {
    kind: Data,
    payload: Vec<u8>,
}

impl Decoder {
    /// A decoder for messages of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, fragments: None }
    }

    /// Reads the frame that `bytes` begin with, if all of it is there: its length, and what it
    /// says. The payload is unmasked in place.
    pub fn next<'a>(&mut self, bytes: &'a mut [u8]) -> Result<Option<(usize, Event<'a>)>, Violation> {
        let mut cursor = Cursor::new(&*bytes);
        let (header, length) = match FrameHeader::parse(&mut cursor) {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return Ok(None),
            Err(Error::Protocol(ProtocolError::InvalidOpcode(_))) => {
                return Err(Violation::Protocol("unknown opcode"));
            }
            Err(_) => return Err(Violation::Protocol("bad header")),
        };
        let start = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
        let mask = self.check(&header, length)?;
        // `check` has bounded the length.
        let end = start + usize::try_from(length).unwrap_or(usize::MAX);
        let Some(payload) = bytes.get_mut(start..end) else { return Ok(None) };
        unmask(payload, mask);
        Ok(Some((end, self.event(&header, payload)?)))
    }

    /// Judges a frame by its header. Returns the mask.
    fn check(&self, header: &FrameHeader, length: u64) -> Result<[u8; 4], Violation> {
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return Err(Violation::Protocol("reserved bit"));
        }
        let mask = header.mask.ok_or(Violation::Protocol("frame is not masked"))?;
        match header.opcode {
            OpCode::Control(_) if !header.is_final => {
                return Err(Violation::Protocol("control frame in fragments"));
            }
            OpCode::Control(_) if length > 125 => return Err(Violation::Protocol("long control frame")),
            OpCode::Data(Data::Continue) if self.fragments.is_none() => {
                return Err(Violation::Protocol("nothing to continue"));
            }
            OpCode::Data(Data::Text | Data::Binary) if self.fragments.is_some() => {
                return Err(Violation::Protocol("message within a message"));
            }
            _ => {}
        }
        let before = self.fragments.as_ref().map_or(0, |fragments| fragments.payload.len());
        if length > (self.limit - before.min(self.limit)) as u64 {
            return Err(Violation::TooLong);
        }
        Ok(mask)
    }

    fn event<'a>(&mut self, header: &FrameHeader, payload: &'a [u8]) -> Result<Event<'a>, Violation> {
        match header.opcode {
            OpCode::Control(Control::Ping) => Ok(Event::Ping(payload)),
            OpCode::Control(Control::Close) => close(payload),
            OpCode::Control(_) => Ok(Event::Nothing),
            OpCode::Data(kind) => {
                if let Some(fragments) = &mut self.fragments {
                    fragments.payload.extend_from_slice(payload);
                } else if header.is_final {
                    return message(kind, Cow::Borrowed(payload));
                } else {
                    self.fragments = Some(Box::new(Fragments { kind, payload: payload.to_vec() }));
                }
                match self.fragments.take_if(|_| header.is_final) {
                    Some(fragments) => message(fragments.kind, Cow::Owned(fragments.payload)),
                    None => Ok(Event::Nothing),
                }
            }
        }
    }
}

fn message(kind: Data, payload: Cow<'_, [u8]>) -> Result<Event<'_>, Violation> {
    if kind == Data::Binary {
        return Ok(Event::Binary(payload));
    }
    Ok(Event::Text(match payload {
        Cow::Borrowed(bytes) => simdutf8::basic::from_utf8(bytes).map_err(|_| Violation::NotUtf8)?.into(),
        Cow::Owned(bytes) => String::from_utf8(bytes).map_err(|_| Violation::NotUtf8)?.into(),
    }))
}

fn close(payload: &[u8]) -> Result<Event<'static>, Violation> {
    match payload {
        [] => Ok(Event::Close(None)),
        [_] => Err(Violation::Protocol("half a close code")),
        [high, low, reason @ ..] => {
            let code = CloseCode::from(u16::from_be_bytes([*high, *low]));
            if !code.is_allowed() {
                return Err(Violation::Protocol("bad close code"));
            }
            simdutf8::basic::from_utf8(reason).map_err(|_| Violation::NotUtf8)?;
            Ok(Event::Close(Some(code)))
        }
    }
}

/// RFC 6455, section 5.3; eight bytes at a time.
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (chunks, rest) = payload.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip([a, b, c, d, a, b, c]) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests;
