//! A WebSocket client that sends any bytes whatever, and judges every byte that it is sent.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::soon;

pub const FIN: u8 = 0x80;
pub const CONTINUE: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// What the server sends.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    Text(String),
    Binary(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<u16>),
    /// The end of the stream.
    End,
}

pub struct RawSocket {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// A frame whose first byte is given; masked, as a client's frames are.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..126 => bytes.push(0x80 | length as u8),
        length @ 126..65536 => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// A whole text message.
pub fn text(text: &str) -> Vec<u8> {
    frame(FIN | TEXT, text.as_bytes())
}

/// A close frame with a code.
pub fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FIN | CLOSE, &[&code.to_be_bytes(), reason].concat())
}

impl RawSocket {
    pub async fn connect(address: SocketAddr, vsn: &str) -> Self {
        let mut stream = soon(TcpStream::connect(address)).await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        let request = format!(
            "GET /socket/websocket?vsn={vsn} HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-extensions: permessage-deflate\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("an open connection");
        let mut socket = Self { stream, unread: Vec::new() };
        loop {
            if let Some(end) = socket.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&socket.unread[..end]).to_ascii_lowercase();
                assert!(head.starts_with("http/1.1 101"), "{head}");
                assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
                assert!(!head.contains("sec-websocket-extensions"), "{head}");
                socket.unread.drain(..end + 4);
                return socket;
            }
            assert!(socket.read().await, "the end of the head");
        }
    }

    /// Writes as far as the server takes it.
    pub async fn write(&mut self, bytes: &[u8]) {
        // The server may have hung up already: what it said before tells why.
        let _ = soon(self.stream.write_all(bytes)).await;
    }

    /// Sends no more. What comes can still be read.
    pub async fn hang_up(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Reads more. Returns whether there was any.
    async fn read(&mut self) -> bool {
        matches!(soon(self.stream.read_buf(&mut self.unread)).await, Ok(1..))
    }

    /// The next frame.
    pub async fn next(&mut self) -> Frame {
        loop {
            if let Some((length, frame)) = parse(&self.unread) {
                self.unread.drain(..length);
                return frame;
            }
            if !self.read().await {
                assert!(self.unread.is_empty(), "half a frame: {:?}", self.unread);
                return Frame::End;
            }
        }
    }
}

/// Reads a frame of a server: whole, not masked, its length in as few bytes as possible.
fn parse(bytes: &[u8]) -> Option<(usize, Frame)> {
    let [first, second, rest @ ..] = bytes else { return None };
    assert_eq!(first & 0x70, 0, "a reserved bit");
    assert_eq!(first & FIN, FIN, "the server sends no fragments");
    let (length, head) = match second {
        0..126 => (usize::from(*second), 2),
        126 => {
            let length = u16::from_be_bytes(*rest.first_chunk()?);
            assert!(length > 125);
            (usize::from(length), 4)
        }
        127 => {
            let length = u64::from_be_bytes(*rest.first_chunk()?);
            assert!(length > 65535);
            (usize::try_from(length).expect("a length"), 10)
        }
        _ => panic!("the server masks nothing"),
    };
    let payload = bytes.get(head..head + length)?.to_vec();
    let opcode = first & 0x0f;
    assert!(opcode < 8 || length < 126, "a long control frame");
    let frame = match opcode {
        TEXT => Frame::Text(String::from_utf8(payload).expect("utf-8")),
        BINARY => Frame::Binary(payload),
        PONG => Frame::Pong(payload),
        CLOSE => {
            assert_ne!(length, 1, "half a close code");
            assert!(payload.get(2..).is_none_or(|reason| std::str::from_utf8(reason).is_ok()));
            Frame::Close(payload.first_chunk().map(|code| u16::from_be_bytes(*code)))
        }
        opcode => panic!("the server sends no {opcode}"),
    };
    Some((head + length, frame))
}
