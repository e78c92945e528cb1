//! Streams of WebSocket frames that are almost right, delivered in any pieces.

use proptest::{collection::vec, prelude::*, sample::select};

use super::Fuzzed;
use crate::support::raw::{FIN, Frame, RawSocket, TEXT, frame};

/// A stream: the version it speaks, what is sent, and the sizes of its segments.
#[derive(Clone, Debug)]
pub struct Stream {
    vsn: &'static str,
    sent: Vec<Sent>,
    segments: Vec<usize>,
}

#[derive(Clone, Debug)]
enum Sent {
    /// Any bytes.
    Bytes(Vec<u8>),
    /// A frame with any first byte.
    Frame(u8, Vec<u8>),
    /// A frame that says of itself what is not true.
    Lie { first: u8, second: u8, length: u64, payload: Vec<u8> },
    /// A message, with some bytes changed.
    Message { first: u8, text: &'static str, changes: Vec<(usize, u8)> },
    /// A message that is right.
    Good(&'static str),
}

const MESSAGES: [&str; 11] = [
    r#"["1","1","chat:a","phx_join",{"name":"Ada"}]"#,
    r#"["1","2","chat:a","new_msg",{"text":"hi"}]"#,
    r#"["1","3","chat:a","ping",{"ä":"\ud83d\ude00"}]"#,
    r#"["1","4","chat:a","phx_leave",{}]"#,
    r#"[null,"5","phoenix","heartbeat",{}]"#,
    r#"["1","6","room:a","phx_join",{"name":"Bo"}]"#,
    r#"{"topic":"chat:a","event":"phx_join","payload":{"name":"Ada"},"ref":"1","join_ref":"1"}"#,
    r#"{"topic":"chat:a","event":"new_msg","payload":{"text":"hi"},"ref":"2"}"#,
    r#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":3}"#,
    "\0\x01\x01\x06\x031\x32chat:abin1234",
    "\0\x01\x01\x06\x071\x32chat:abin_all1234",
];

fn sent() -> impl Strategy<Value = Sent> {
    let bytes = || vec(any::<u8>(), 0..40);
    // Opcodes and flags that mean something are likelier.
    let first = || prop_oneof![3 => select(&[0x81u8, 0x82, 0x01, 0x02, 0x00, 0x80, 0x88, 0x89, 0x8a][..]), 1 => any::<u8>()];
    let length = prop_oneof![0..200u64, any::<u64>(), Just(u64::MAX), Just(1 << 63), Just(10_000_001u64)];
    prop_oneof![
        1 => bytes().prop_map(Sent::Bytes),
        3 => (first(), bytes()).prop_map(|(first, payload)| Sent::Frame(first, payload)),
        2 => (first(), any::<u8>(), length, bytes())
            .prop_map(|(first, second, length, payload)| Sent::Lie { first, second, length, payload }),
        5 => (first(), select(&MESSAGES[..]), vec((0..80usize, any::<u8>()), 0..3))
            .prop_map(|(first, text, changes)| Sent::Message { first, text, changes }),
        8 => select(&MESSAGES[..]).prop_map(Sent::Good),
    ]
}

pub fn streams() -> impl Strategy<Value = Stream> {
    let vsn = select(&["1.0.0", "2.0.0"][..]);
    (vsn, vec(sent(), 1..12), vec(1..200usize, 0..4)).prop_map(|(vsn, sent, segments)| Stream {
        vsn,
        sent,
        segments,
    })
}

impl Sent {
    fn bytes(&self, vsn: &str) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Frame(first, payload) => frame(*first, payload),
            Self::Lie { first, second, length, payload } => {
                [&[*first, *second][..], &length.to_be_bytes(), payload].concat()
            }
            Self::Message { first, text, changes } => {
                let mut bytes = text.as_bytes().to_vec();
                for (at, byte) in changes {
                    let at = at % bytes.len();
                    bytes[at] = *byte;
                }
                frame(*first, &bytes)
            }
            Self::Good(text) => {
                let is_v1 = text.starts_with('{');
                let opcode = if text.starts_with('\0') { 2 } else { TEXT };
                // What is good for the other version comes as an empty fragment.
                if is_v1 == (vsn == "1.0.0") {
                    frame(FIN | opcode, text.as_bytes())
                } else {
                    frame(FIN | 10, b"")
                }
            }
        }
    }
}

/// Sends a stream and hangs up. Whatever it was, what the server sends is in order: every frame of
/// it is judged by the client.
pub async fn check(server: &Fuzzed, stream: Stream) -> u64 {
    let mut socket = RawSocket::connect(server.address, stream.vsn).await;
    let bytes: Vec<u8> = stream.sent.iter().flat_map(|sent| sent.bytes(stream.vsn)).collect();
    let mut rest = &bytes[..];
    for length in &stream.segments {
        let (segment, after) = rest.split_at((*length).min(rest.len()));
        socket.write(segment).await;
        rest = after;
    }
    socket.write(rest).await;
    socket.hang_up().await;
    let mut closes = 0;
    loop {
        match socket.next().await {
            Frame::End => break,
            Frame::Close(_) => closes += 1,
            frame => assert_eq!(closes, 0, "{frame:?} after a close"),
        }
    }
    assert!(closes <= 1, "{closes} closes");
    stream.sent.len() as u64
}
