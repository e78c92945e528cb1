//! RFC 6455 over a live socket: what a client sends, segment by segment, and what it is answered.
//! After each case another socket of the server is as it was.

use std::time::Duration;

use tokio::time::timeout;

use crate::support::{
    clock::Clock,
    raw::{BINARY, CLOSE, CONTINUE, FIN, Frame, PING, PONG, RawSocket, TEXT, close, frame, text},
    server::TestServer,
};

/// What is sent, and what follows.
struct Case {
    name: String,
    segments: Vec<Vec<u8>>,
    answers: Vec<Frame>,
}

fn case(name: impl Into<String>, segments: &[Vec<u8>], answers: &[Frame]) -> Case {
    Case { name: name.into(), segments: segments.to_vec(), answers: answers.to_vec() }
}

fn heartbeat(reference: &str) -> String {
    format!(r#"[null,{reference},"phoenix","heartbeat",{{}}]"#)
}

fn answer(reference: &str) -> Frame {
    Frame::Text(format!(r#"[null,{reference},"phoenix","phx_reply",{{"status":"ok","response":{{}}}}]"#))
}

fn closed(code: u16) -> Frame {
    Frame::Close(Some(code))
}

/// Runs cases, each on a socket of its own.
async fn run(cases: Vec<Case>) {
    let server = TestServer::start();
    let mut other = server.client().await;
    for Case { name, segments, answers } in cases {
        let mut socket = RawSocket::connect(server.address, "2.0.0").await;
        for segment in segments {
            socket.write(&segment).await;
        }
        for answer in answers {
            let got = socket.next().await;
            assert_eq!(got, answer, "{name}");
            if matches!(got, Frame::Close(_)) {
                // The closing handshake: the server hangs up when it has the client's answer.
                socket.write(&frame(FIN | CLOSE, &[])).await;
                // At once: who does not answer is cut off after five seconds.
                let end = timeout(Duration::from_secs(3), socket.next()).await;
                assert_eq!(end, Ok(Frame::End), "{name}");
            }
        }
        other.expect_nothing().await;
    }
}

#[tokio::test]
async fn messages_come_whole_or_in_fragments() {
    let message = heartbeat("1");
    let bytes = message.as_bytes();
    let (start, end) = bytes.split_at(9);
    let ones = |opcode: u8| {
        let mut frames = vec![frame(opcode, b"")];
        frames.extend(bytes.iter().map(|byte| frame(CONTINUE, &[*byte])));
        frames.push(frame(FIN | CONTINUE, b""));
        frames
    };
    let binary = b"\x00\x00\x01\x07\x091phoenixheartbeat";
    let unicode = heartbeat(r#""ä☃😀""#);
    let splits = (0..=unicode.len()).map(|at| {
        let (start, end) = unicode.as_bytes().split_at(at);
        case(
            format!("a message split after {at} bytes, be it within a character"),
            &[frame(TEXT, start), frame(FIN | CONTINUE, end)],
            &[answer(r#""ä☃😀""#)],
        )
    });
    let mut cases = vec![
        case("a whole message", &[text(&message)], &[answer("1")]),
        case("two fragments", &[frame(TEXT, start), frame(FIN | CONTINUE, end)], &[answer("1")]),
        case("fragments of a byte, and empty ones", &ones(TEXT), &[answer("1")]),
        case("the same in one segment", &[ones(TEXT).concat()], &[answer("1")]),
        case(
            "a binary message in fragments",
            &[
                frame(BINARY, &binary[..3]),
                frame(CONTINUE, &binary[3..7]),
                frame(FIN | CONTINUE, &binary[7..]),
            ],
            &[answer(r#""1""#)],
        ),
        case(
            "control frames between fragments",
            &[
                frame(TEXT, start),
                frame(FIN | PING, b"a"),
                frame(FIN | PONG, b"b"),
                frame(CONTINUE, b""),
                frame(FIN | PING, b"c"),
                frame(FIN | CONTINUE, end),
            ],
            &[Frame::Pong(b"a".to_vec()), Frame::Pong(b"c".to_vec()), answer("1")],
        ),
        case(
            "a close between fragments",
            &[frame(TEXT, start), close(1000, b""), frame(FIN | CONTINUE, end)],
            &[closed(1000)],
        ),
        case(
            "one message after the other",
            &[
                frame(TEXT, start),
                frame(FIN | CONTINUE, end),
                text(&heartbeat("2")),
                frame(TEXT, start),
                frame(FIN | CONTINUE, end),
            ],
            &[answer("1"), answer("2"), answer("1")],
        ),
    ];
    cases.extend(splits);
    run(cases).await;
}

#[tokio::test]
async fn segments_are_no_matter() {
    let whole = [
        frame(FIN | PING, b"a"),
        frame(TEXT, heartbeat("1").as_bytes()),
        frame(FIN | PING, b""),
        frame(FIN | CONTINUE, b"  "),
        text(&heartbeat("2")),
        close(1000, b"bye"),
    ]
    .concat();
    let answers = [Frame::Pong(b"a".to_vec()), Frame::Pong(vec![]), answer("1"), answer("2"), closed(1000)];
    let many: Vec<_> = (0..500).map(|number| text(&heartbeat(&number.to_string()))).collect();
    let many_answers: Vec<_> = (0..500).map(|number| answer(&number.to_string())).collect();
    let mut cases = vec![
        case("byte by byte", &whole.iter().map(|byte| vec![*byte]).collect::<Vec<_>>(), &answers),
        case("many frames in one segment", &[many.concat()], &many_answers),
    ];
    for length in 1..40 {
        let segments: Vec<_> = whole.chunks(length).map(<[u8]>::to_vec).collect();
        cases.push(case(format!("segments of {length} bytes"), &segments, &answers));
    }
    run(cases).await;
}

#[tokio::test]
async fn pings_are_answered_with_their_payload_and_pongs_are_not() {
    let long = [b'x'; 125];
    run(vec![
        case("an empty ping", &[frame(FIN | PING, b"")], &[Frame::Pong(vec![])]),
        case("the longest ping", &[frame(FIN | PING, &long)], &[Frame::Pong(long.to_vec())]),
        case("a ping of bytes", &[frame(FIN | PING, &[0, 255, 128])], &[Frame::Pong(vec![0, 255, 128])]),
        case(
            "pings in order",
            &[[frame(FIN | PING, b"1"), frame(FIN | PING, b"2"), frame(FIN | PING, b"3")].concat()],
            &[b"1", b"2", b"3"].map(|payload| Frame::Pong(payload.to_vec())),
        ),
        case(
            "pongs that nobody asked for",
            &[frame(FIN | PONG, b""), frame(FIN | PONG, &long), text(&heartbeat("1"))],
            &[answer("1")],
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_close_is_answered_and_the_stream_ends() {
    let mut cases = vec![
        case("no code", &[frame(FIN | CLOSE, b"")], &[Frame::Close(None)]),
        case("the longest reason", &[close(1000, &[b'x'; 123])], &[closed(1000)]),
        case("a reason of unicode", &[close(4000, "ä☃😀".as_bytes())], &[closed(4000)]),
        case(
            "what follows a close is not looked at",
            &[[close(1000, b""), text(&heartbeat("1")), frame(FIN | PING, b""), vec![0xff; 100]].concat()],
            &[closed(1000)],
        ),
        case(
            "what came before is answered",
            &[[text(&heartbeat("1")), close(1001, b"")].concat()],
            &[answer("1"), closed(1001)],
        ),
        case("half a code", &[frame(FIN | CLOSE, &[3])], &[closed(1002)]),
        case("a reason that is no text", &[close(1000, &[0xff, 0xfe])], &[closed(1007)]),
        case("a reason cut within a character", &[close(1000, &[0xe2, 0x98])], &[closed(1007)]),
    ];
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999] {
        cases.push(case(format!("the code {code}"), &[close(code, b"bye")], &[closed(code)]));
    }
    // Reserved for use within an endpoint, not given out, or out of range (section 7.4).
    for code in [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 10000, 65535] {
        cases.push(case(format!("the code {code}"), &[close(code, b"bye")], &[closed(1002)]));
    }
    run(cases).await;
}

#[tokio::test]
async fn a_violation_of_the_protocol_is_closed_with_1002() {
    let mut cases = Vec::new();
    let mut refused = |name: String, frames: &[Vec<u8>]| {
        cases.push(case(name.clone(), frames, &[closed(1002)]));
        let around = [text(&heartbeat("1")), frames.concat(), text(&heartbeat("2"))].concat();
        let name = format!("{name}, between messages in one segment");
        cases.push(case(name, &[around], &[answer("1"), closed(1002)]));
    };
    for bit in [0x40, 0x20, 0x10, 0x70] {
        for (kind, opcode) in
            [("text", TEXT), ("binary", BINARY), ("ping", PING), ("pong", PONG), ("close", CLOSE)]
        {
            refused(format!("reserved bits {bit:x} on {kind}"), &[frame(FIN | bit | opcode, b"")]);
        }
        let fragments = [frame(TEXT, b"["), frame(FIN | bit | CONTINUE, b"]")];
        refused(format!("reserved bits {bit:x} on a continuation"), &fragments);
    }
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        refused(format!("the opcode {opcode}"), &[frame(FIN | opcode, b"")]);
        refused(format!("the opcode {opcode} with a payload"), &[frame(FIN | opcode, b"hi")]);
        refused(format!("the opcode {opcode} as a fragment"), &[frame(opcode, b"hi")]);
    }
    for (kind, opcode) in
        [("text", TEXT), ("binary", BINARY), ("ping", PING), ("pong", PONG), ("close", CLOSE)]
    {
        refused(format!("{kind} without a mask"), &[vec![FIN | opcode, 2, 3, 0xe8]]);
        refused(format!("{kind} without a mask and payload"), &[vec![FIN | opcode, 0]]);
    }
    for (kind, opcode) in [("ping", PING), ("pong", PONG), ("close", CLOSE)] {
        refused(format!("{kind} in fragments"), &[frame(opcode, b"")]);
        refused(format!("{kind} of 126 bytes"), &[frame(FIN | opcode, &[b'x'; 126])]);
        refused(format!("{kind} of 70,000 bytes"), &[frame(FIN | opcode, &[b'x'; 70_000])]);
    }
    refused("a continuation of nothing".into(), &[frame(CONTINUE, b"x")]);
    refused("the end of nothing".into(), &[frame(FIN | CONTINUE, b"x")]);
    refused("text within text".into(), &[frame(TEXT, b"["), frame(FIN | TEXT, b"]")]);
    refused("binary within text".into(), &[frame(TEXT, b"["), frame(FIN | BINARY, b"]")]);
    refused("fragments within fragments".into(), &[frame(TEXT, b"["), frame(TEXT, b"]")]);
    run(cases).await;
}

#[tokio::test]
async fn text_that_is_no_utf8_is_closed_with_1007() {
    let broken: [(&str, &[u8]); 9] = [
        ("a byte that is none", b"\xff"),
        ("a continuation byte alone", b"\x80"),
        ("two bytes for one", b"\xc0\xaf"),
        ("three bytes for one", b"\xe0\x80\xaf"),
        ("a surrogate", b"\xed\xa0\x80"),
        ("past U+10FFFF", b"\xf4\x90\x80\x80"),
        ("five bytes", b"\xf8\x88\x80\x80\x80"),
        ("a character that is cut", b"\xe2\x98"),
        ("four bytes that are cut", b"\xf0\x9f\x98"),
    ];
    let mut cases = Vec::new();
    for (name, bytes) in broken {
        let message = [&br#"[null,"1","phoenix","heartbeat",""#[..], bytes, br#""]"#].concat();
        cases.push(case(name, &[frame(FIN | TEXT, &message)], &[closed(1007)]));
        cases.push(case(format!("{name}, at the end"), &[frame(FIN | TEXT, bytes)], &[closed(1007)]));
        for at in 34..=34 + bytes.len() {
            let (start, end) = message.split_at(at);
            let fragments = [frame(TEXT, start), frame(FIN | PING, b""), frame(FIN | CONTINUE, end)];
            let name = format!("{name}, in fragments split at {at}");
            cases.push(case(name, &fragments, &[Frame::Pong(vec![]), closed(1007)]));
        }
    }
    run(cases).await;
}

#[tokio::test]
async fn lengths_of_every_size_are_read_and_too_long_is_closed_with_1009() {
    let header =
        |first: u8, length: u64| [&[first, 0x80 | 127][..], &length.to_be_bytes(), &[0, 0, 0, 0]].concat();
    let limit = 10_000_000;
    let mut cases = Vec::new();
    for length in [125, 126, 127, 65_535, 65_536, 1_000_000] {
        let message = heartbeat("1");
        let padded = format!("{}{message}", " ".repeat(length - message.len()));
        cases.push(case(format!("{length} bytes"), &[text(&padded)], &[answer("1")]));
    }
    let message = heartbeat("1");
    let zero_mask =
        [&[FIN | TEXT, 0x80 | 126][..], &(message.len() as u16).to_be_bytes(), &[0; 4], message.as_bytes()];
    cases.push(case("a length in more bytes than it needs", &[zero_mask.concat()], &[answer("1")]));
    let zero_mask = [&header(FIN | TEXT, message.len() as u64), message.as_bytes()];
    cases.push(case("a length in far more bytes than it needs", &[zero_mask.concat()], &[answer("1")]));
    for length in [limit + 1, 1 << 32, (1 << 63) - 1] {
        for (kind, opcode) in [("text", TEXT), ("binary", BINARY)] {
            let name = format!("{kind} of {length} bytes, which are not waited for");
            cases.push(case(name, &[header(FIN | opcode, length)], &[closed(1009)]));
        }
    }
    let half = vec![b' '; 5_000_000];
    cases.push(case(
        "fragments that are too long together",
        &[frame(TEXT, &half), frame(CONTINUE, &half), frame(CONTINUE, b"x")],
        &[closed(1009)],
    ));
    run(cases).await;
}

#[tokio::test]
async fn a_length_with_its_highest_bit_set_is_refused() {
    let server = TestServer::start();
    let mut other = server.client().await;
    for length in [1 << 63, u64::MAX] {
        let mut socket = RawSocket::connect(server.address, "2.0.0").await;
        let header = [&[FIN | BINARY, 0x80 | 127][..], &length.to_be_bytes(), &[0; 4]].concat();
        socket.write(&header).await;
        let got = socket.next().await;
        assert!(got == closed(1002) || got == closed(1009), "{got:?}");
        other.expect_nothing().await;
    }
}

#[tokio::test]
async fn what_the_server_sends_has_the_shortest_lengths() {
    let server = TestServer::start();
    let mut socket = RawSocket::connect(server.address, "2.0.0").await;
    socket.write(&text(r#"["1","1","chat:a","phx_join",{"name":"Ada"}]"#)).await;
    assert!(matches!(socket.next().await, Frame::Text(_)));
    let empty = r#"["1","2","chat:a","phx_reply",{"status":"ok","response":""}]"#.len();
    // The client itself sees to it that a length is as short as can be.
    for length in [125, 126, 127, 65_535, 65_536, 65_537] {
        let filler = "x".repeat(length - empty);
        socket.write(&text(&format!(r#"["1","2","chat:a","ping","{filler}"]"#))).await;
        let Frame::Text(reply) = socket.next().await else { panic!("no text") };
        assert_eq!(reply.len(), length);
    }
}

#[tokio::test]
async fn a_half_closed_stream_is_answered_and_ends() {
    let server = TestServer::start();
    let mut other = server.client().await;
    for (sent, answers) in [
        (vec![], &[][..]),
        (text(&heartbeat("1")), &[answer("1")]),
        ([text(&heartbeat("1")), text(&heartbeat("2"))[..9].to_vec()].concat(), &[answer("1")]),
        (frame(TEXT, b"[null"), &[]),
        (close(1000, b""), &[closed(1000)]),
        (frame(FIN | PING, b"a"), &[Frame::Pong(b"a".to_vec())]),
    ] {
        let mut socket = RawSocket::connect(server.address, "2.0.0").await;
        socket.write(&sent).await;
        socket.hang_up().await;
        for answer in answers {
            assert_eq!(socket.next().await, *answer);
        }
        assert_eq!(socket.next().await, Frame::End);
        other.expect_nothing().await;
    }
    drop(other);
    let gone = async {
        while server.endpoint.connections() > 0 {
            tokio::task::yield_now().await;
        }
    };
    crate::support::soon(gone).await;
}

#[tokio::test]
async fn who_does_not_answer_a_close_is_cut_off() {
    let server = TestServer::start();
    let mut other = server.client().await;
    let mut socket = RawSocket::connect(server.address, "2.0.0").await;
    socket.write(&frame(FIN | 3, b"")).await;
    assert_eq!(socket.next().await, closed(1002));
    let clock = Clock::stop();
    let (seconds, end) = clock.until(socket.next()).await;
    assert_eq!(end, Frame::End);
    assert!((3..=8).contains(&seconds), "{seconds}");
    other.expect_nothing().await;
}
