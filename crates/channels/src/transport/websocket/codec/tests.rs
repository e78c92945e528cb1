use proptest::prelude::*;

use super::*;

const FIN: u8 = 0x80;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CONTINUE: u8 = 0;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// A masked frame, as a client sends it.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
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

/// Decodes everything that is there, or what is wrong with it.
fn events(decoder: &mut Decoder, mut bytes: Vec<u8>) -> Result<Vec<String>, Violation> {
    let mut used = 0;
    let mut events = Vec::new();
    while let Some((length, event)) = decoder.next(&mut bytes[used..])? {
        used += length;
        events.push(match event {
            Event::Text(text) => format!("text {text}"),
            Event::Binary(bytes) => format!("binary {bytes:?}"),
            Event::Ping(payload) => format!("ping {payload:?}"),
            Event::Close(code) => format!("close {:?}", code.map(u16::from)),
            Event::Nothing => continue,
        });
    }
    Ok(events)
}

fn decoded(frames: &[Vec<u8>]) -> Result<Vec<String>, Violation> {
    events(&mut Decoder::new(1000), frames.concat())
}

#[test]
fn messages_of_every_length_format_are_read() {
    for length in [0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536] {
        let text = "x".repeat(length);
        let read = events(&mut Decoder::new(100_000), frame(FIN | TEXT, text.as_bytes()));
        assert_eq!(read, Ok(vec![format!("text {text}")]));
    }
}

#[test]
fn fragments_are_put_together_with_control_frames_between_them() {
    let frames = [
        frame(TEXT, b"one "),
        frame(FIN | PING, b"?"),
        frame(CONTINUE, b"two "),
        frame(FIN | PONG, b""),
        frame(FIN | CONTINUE, b"three"),
        frame(FIN | BINARY, &[1]),
    ];
    let read = vec!["ping [63]".to_owned(), "text one two three".to_owned(), "binary [1]".to_owned()];
    assert_eq!(decoded(&frames), Ok(read));
}

#[test]
fn a_character_may_be_split_between_fragments() {
    let heart = "♥".as_bytes();
    let frames = [frame(TEXT, &heart[..1]), frame(FIN | CONTINUE, &heart[1..])];
    assert_eq!(decoded(&frames), Ok(vec!["text ♥".to_owned()]));
}

#[test]
fn what_the_rfc_forbids_has_its_close_code() {
    let mut unmasked = frame(FIN | TEXT, b"");
    unmasked[1] &= 0x7f;
    let cases: [(&str, Vec<Vec<u8>>, u16); 18] = [
        ("reserved bit 1", vec![frame(FIN | 0x40 | TEXT, b"")], 1002),
        ("reserved bit 2", vec![frame(FIN | 0x20 | TEXT, b"")], 1002),
        ("reserved bit 3", vec![frame(FIN | 0x10 | TEXT, b"")], 1002),
        ("opcode 3", vec![frame(FIN | 3, b"")], 1002),
        ("opcode 11", vec![frame(FIN | 11, b"")], 1002),
        ("unmasked", vec![unmasked], 1002),
        ("ping in fragments", vec![frame(PING, b"")], 1002),
        ("long ping", vec![frame(FIN | PING, &[0; 126])], 1002),
        ("nothing to continue", vec![frame(FIN | CONTINUE, b"")], 1002),
        ("message within a message", vec![frame(TEXT, b"a"), frame(FIN | TEXT, b"b")], 1002),
        ("close of one byte", vec![frame(FIN | CLOSE, &[3])], 1002),
        ("close 999", vec![frame(FIN | CLOSE, &999u16.to_be_bytes())], 1002),
        ("close 1005", vec![frame(FIN | CLOSE, &1005u16.to_be_bytes())], 1002),
        ("close 1006", vec![frame(FIN | CLOSE, &1006u16.to_be_bytes())], 1002),
        ("close with a bad reason", vec![frame(FIN | CLOSE, &[3, 232, 0xff])], 1007),
        ("bad utf-8", vec![frame(FIN | TEXT, &[0xc0, 0xaf])], 1007),
        ("too long", vec![frame(FIN | TEXT, &[b'x'; 1001])], 1009),
        ("too long in fragments", vec![frame(TEXT, &[b'x'; 600]), frame(FIN | CONTINUE, &[b'x'; 401])], 1009),
    ];
    for (name, frames, code) in cases {
        let violation = decoded(&frames).expect_err(name);
        assert_eq!(u16::from(violation.close_code()), code, "{name}");
    }
}

#[test]
fn a_frame_that_is_too_long_is_refused_before_it_has_arrived() {
    let mut header = frame(FIN | BINARY, &[0; 1001]);
    header.truncate(8);
    assert_eq!(decoded(&[header]), Err(Violation::TooLong));
    assert_eq!(
        decoded(&[vec![FIN | BINARY, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]]),
        Err(Violation::TooLong)
    );
}

#[test]
fn close_frames_tell_their_code() {
    assert_eq!(decoded(&[frame(FIN | CLOSE, b"")]), Ok(vec!["close None".to_owned()]));
    for code in [1000, 1001, 1003, 1011, 3000, 4999u16] {
        let close = frame(FIN | CLOSE, &[&code.to_be_bytes()[..], b"bye"].concat());
        assert_eq!(decoded(&[close]), Ok(vec![format!("close Some({code})")]));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decoded(&[bytes]);
    }

    #[test]
    fn it_does_not_matter_where_the_bytes_are_cut(cut in 0usize..60, texts in prop::collection::vec("[a-zé]{0,9}", 1..4)) {
        let bytes: Vec<u8> = texts.iter().flat_map(|text| frame(FIN | TEXT, text.as_bytes())).collect();
        let (one, two) = bytes.split_at(cut.min(bytes.len()));
        let mut decoder = Decoder::new(1000);
        let mut partial = one.to_vec();
        let mut read = Vec::new();
        let mut used = 0;
        while let Some((length, event)) = decoder.next(&mut partial[used..]).expect("frames") {
            used += length;
            if let Event::Text(text) = event {
                read.push(format!("text {text}"));
            }
        }
        read.extend(events(&mut decoder, [&one[used..], two].concat()).expect("frames"));
        prop_assert_eq!(read, texts.iter().map(|text| format!("text {text}")).collect::<Vec<_>>());
    }
}
