//! Frames of WebSocket (RFC 6455, section 5), as a client writes and reads them.

use thiserror::Error;

/// The masking key of all frames. A browser draws a new one for each, to keep scripts from writing
/// what a proxy would take for HTTP (section 10.3); between a load generator and its server nobody has
/// to be kept from anything, and a fixed one lets a frame be made once and sent by many.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A server whose message is longer than this is not waited for.
const LONGEST: u64 = 64 * 1024 * 1024;

/// What a frame is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// The next part of a message.
    Continuation,
    /// A message of text, or its first part.
    Text,
    /// A message of bytes, or its first part.
    Binary,
    /// The end.
    Close,
    /// Wants an answer.
    Ping,
    /// The answer.
    Pong,
}

/// A frame where it was received.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it is.
    pub opcode: Opcode,
    /// Whether the message ends here.
    pub is_last: bool,
    /// What it holds.
    pub payload: &'a [u8],
}

/// Why bytes are no frame from a server.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// An opcode that does not exist.
    #[error("a frame of an unknown kind")]
    Opcode,
    /// Servers do not mask (section 5.1).
    #[error("a masked frame from a server")]
    Masked,
    /// Longer than anybody waits for.
    #[error("a frame of {0} bytes")]
    TooLong(u64),
}

impl<'a> Frame<'a> {
    /// The first frame of `bytes`, and how many of them it takes; none while there are too few.
    ///
    /// # Errors
    /// When no frame begins like this.
    pub fn read(bytes: &'a [u8]) -> Result<Option<(Frame<'a>, usize)>, FrameError> {
        let &[first, second, ..] = bytes else { return Ok(None) };
        let opcode = match first & 0x0f {
            0 => Opcode::Continuation,
            1 => Opcode::Text,
            2 => Opcode::Binary,
            8 => Opcode::Close,
            9 => Opcode::Ping,
            10 => Opcode::Pong,
            _ => return Err(FrameError::Opcode),
        };
        if second & 0x80 != 0 {
            return Err(FrameError::Masked);
        }
        let (header, length) = match second {
            126 => match bytes.get(2..4).and_then(|length| length.try_into().ok()) {
                Some(length) => (4, u64::from(u16::from_be_bytes(length))),
                None => return Ok(None),
            },
            127 => match bytes.get(2..10).and_then(|length| length.try_into().ok()) {
                Some(length) => (10, u64::from_be_bytes(length)),
                None => return Ok(None),
            },
            length => (2, u64::from(length)),
        };
        if length > LONGEST {
            return Err(FrameError::TooLong(length));
        }
        let end = header + length as usize;
        let Some(payload) = bytes.get(header..end) else { return Ok(None) };
        Ok(Some((Frame { opcode, is_last: first & 0x80 != 0, payload }, end)))
    }
}

/// Puts a message of text behind what is in `out`.
pub fn write_text(out: &mut Vec<u8>, text: &[u8]) {
    write(out, 1, text);
}

/// How long a server's frame is with so many bytes in it.
pub fn frame_length(payload: usize) -> usize {
    let header = match payload {
        ..=125 => 2,
        126..=0xffff => 4,
        _ => 10,
    };
    header + payload
}

/// Answers a ping.
pub fn write_pong(out: &mut Vec<u8>, payload: &[u8]) {
    write(out, 10, payload);
}

fn write(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.push(0x80 | opcode);
    match payload.len() {
        length @ ..=125 => out.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            out.push(0x80 | 126);
            out.extend((length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    out.extend(MASK);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

/// Makes frames of what one socket receives piece by piece. Holds no memory between whole frames.
#[derive(Debug, Default)]
pub struct Reader {
    /// A frame that has begun.
    rest: Vec<u8>,
}

impl Reader {
    /// Hands all frames that are complete with `received` to `take`.
    ///
    /// # Errors
    /// When these are no frames.
    pub fn read(&mut self, received: &[u8], mut take: impl FnMut(Frame<'_>)) -> Result<(), FrameError> {
        if self.rest.is_empty() {
            let used = frames(received, &mut take)?;
            self.rest.extend_from_slice(&received[used..]);
        } else {
            self.rest.extend_from_slice(received);
            let used = frames(&self.rest, &mut take)?;
            self.rest.drain(..used);
        }
        if self.rest.is_empty() {
            self.rest = Vec::new();
        }
        Ok(())
    }
}

fn frames(bytes: &[u8], take: &mut impl FnMut(Frame<'_>)) -> Result<usize, FrameError> {
    let mut used = 0;
    while let Some((frame, length)) = Frame::read(&bytes[used..])? {
        take(frame);
        used += length;
    }
    Ok(used)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a server writes it.
    fn unmasked(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut masked = Vec::new();
        write(&mut masked, opcode, payload);
        let header = masked.len() - payload.len() - MASK.len();
        let mut frame = masked[..header].to_vec();
        frame[1] &= 0x7f;
        frame.extend(payload);
        frame
    }

    fn read(reader: &mut Reader, bytes: &[u8]) -> Vec<(Opcode, Vec<u8>)> {
        let mut frames = Vec::new();
        reader.read(bytes, |frame| frames.push((frame.opcode, frame.payload.to_vec()))).expect("frames");
        frames
    }

    #[test]
    fn frames_of_every_length_are_read_however_they_arrive() {
        let payloads = [0, 1, 125, 126, 127, 65_535, 65_536].map(|length| vec![b'x'; length]);
        let bytes: Vec<u8> = payloads.iter().flat_map(|payload| unmasked(1, payload)).collect();
        let expected: Vec<_> = payloads.iter().map(|payload| (Opcode::Text, payload.clone())).collect();
        for piece in [1, 2, 7, 1000, bytes.len()] {
            let mut reader = Reader::default();
            let got: Vec<_> = bytes.chunks(piece).flat_map(|piece| read(&mut reader, piece)).collect();
            assert_eq!(got, expected, "in pieces of {piece}");
            assert_eq!(reader.rest.capacity(), 0);
        }
        let lengths = payloads.iter().map(|payload| frame_length(payload.len())).sum::<usize>();
        assert_eq!(lengths, bytes.len());
    }

    #[test]
    fn what_is_written_is_masked_and_a_server_reads_it() {
        let mut out = Vec::new();
        write_text(&mut out, b"hello");
        assert_eq!(&out[..2], [0x81, 0x85]);
        let payload: Vec<u8> =
            out[6..].iter().zip(out[2..6].iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        assert_eq!(payload, b"hello");
    }

    #[test]
    fn what_no_server_sends_is_refused() {
        assert_eq!(Frame::read(&[0x83, 0]), Err(FrameError::Opcode));
        assert_eq!(Frame::read(&[0x81, 0x80, 0, 0, 0, 0]), Err(FrameError::Masked));
        let endless = [0x81, 127, 0x7f, 0, 0, 0, 0, 0, 0, 0];
        assert!(matches!(Frame::read(&endless), Err(FrameError::TooLong(_))));
    }
}
