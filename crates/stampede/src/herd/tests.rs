use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    thread,
};

use tungstenite::handshake::derive_accept_key;

use super::*;
use crate::target::KEY;

/// Says nothing by itself.
struct Quiet;

impl Behaviour for Quiet {
    fn opened(&mut self, _: &mut Herd, _: SocketId) {}

    fn heard(&mut self, _: &mut Herd, _: SocketId, _: &Message<'_>) {}

    fn lost(&mut self, _: &mut Herd, _: SocketId, _: Lost) {}

    fn alarm(&mut self, _: &mut Herd, _: u64) {}
}

/// Notes what becomes of the sockets, and how often there is a look at them.
#[derive(Default)]
struct Notes {
    opened: usize,
    lost: Vec<Lost>,
    rung: usize,
    rung_before_lost: usize,
}

impl Behaviour for Notes {
    fn opened(&mut self, _: &mut Herd, _: SocketId) {
        self.opened += 1;
    }

    fn heard(&mut self, _: &mut Herd, _: SocketId, _: &Message<'_>) {}

    fn lost(&mut self, _: &mut Herd, _: SocketId, why: Lost) {
        self.lost.push(why);
        self.rung_before_lost = self.rung;
    }

    fn alarm(&mut self, _: &mut Herd, _: u64) {
        self.rung += 1;
    }
}

/// A herd with a socket to which something was said, and its other side.
fn told(words: &[u8]) -> (Herd, SocketId, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut herd = Herd::new(format!("ws://{address}").parse().expect("a target")).expect("a herd");
    let socket = herd.connect(Width::Wide).expect("a socket");
    let (mut stream, _) = listener.accept().expect("a connection");
    stream.write_all(words).expect("a socket that takes them");
    (herd, socket, stream)
}

/// The same when the other side has already done with it.
fn done_with(last_words: &[u8]) -> (Herd, SocketId) {
    let (herd, socket, _) = told(last_words);
    (herd, socket)
}

#[test]
fn an_end_that_comes_with_the_last_bytes_is_noticed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut herd = Herd::new(format!("ws://{address}").parse().expect("a target")).expect("a herd");
    herd.connect(Width::Wide).expect("a socket");
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("a request");
            request.extend(byte);
        }
        let accept = derive_accept_key(KEY.as_bytes());
        let answer = format!("HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: {accept}\r\n\r\n");
        stream.write_all(answer.as_bytes()).expect("a socket that takes it");
        stream
    });
    let mut notes = Notes::default();
    let patience = Instant::now() + Duration::from_secs(5);
    herd.run(&mut notes, |notes, herd| notes.opened > 0 || herd.now() > patience).expect("a run");
    let mut stream = server.join().expect("a stream");
    stream.write_all(&[0x81, 5, b'h', b'a']).expect("a socket that takes it");
    drop(stream);
    herd.run(&mut notes, |notes, herd| !notes.lost.is_empty() || herd.now() > patience).expect("a run");
    assert_eq!(notes.lost, [Lost::Ended]);
}

#[test]
fn the_end_of_a_socket_that_reads_nothing_is_noticed() {
    let (mut herd, socket) = done_with(b"never read");
    herd.stall(socket);
    let mut notes = Notes::default();
    let patience = Instant::now() + Duration::from_secs(5);
    herd.run(&mut notes, |notes, herd| !notes.lost.is_empty() || herd.now() > patience).expect("a run");
    assert_eq!((notes.lost, herd.traffic.received), (vec![Lost::Ended], 0));
}

#[test]
fn what_comes_to_a_socket_that_reads_nothing_is_there_when_it_reads_again() {
    let (mut herd, socket, _stream) = told(b"HTTP/1.1");
    herd.stall(socket);
    let mut notes = Notes::default();
    // The second round begins when the first has served what was there.
    let mut rounds = 0;
    herd.run(&mut notes, |_, _| std::mem::replace(&mut rounds, 1) == 1).expect("a run");
    assert_eq!(herd.traffic.received, 0);
    herd.resume(socket).expect("a socket");
    let patience = Instant::now() + Duration::from_secs(5);
    herd.run(&mut notes, |_, herd| herd.traffic.received > 0 || herd.now() > patience).expect("a run");
    assert_eq!(herd.traffic.received, 8);
}

#[test]
fn sockets_get_their_turn_between_many_alarms() {
    let (mut herd, _) = done_with(b"");
    let many = 10 * ALARMS_IN_A_ROW;
    (0..many).for_each(|alarm| herd.alarm(Duration::ZERO, alarm as u64));
    let mut notes = Notes::default();
    herd.run(&mut notes, |notes, _| notes.rung == many).expect("a run");
    assert_eq!((notes.lost.len(), notes.rung_before_lost), (1, ALARMS_IN_A_ROW));
}

#[test]
fn what_is_done_late_is_told_and_what_is_done_in_time_is_not() {
    let (mut herd, _) = done_with(b"");
    let now = Instant::now();
    herd.acts(now + Duration::from_secs(60));
    herd.acts(now - Duration::from_millis(500));
    assert_eq!(herd.late.len(), 2);
    assert!(herd.late.min() == 0 && herd.late.max() >= 499_000, "{} {}", herd.late.min(), herd.late.max());
}

#[test]
fn what_is_said_too_early_does_not_come_before_the_request_to_upgrade() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut herd = Herd::new(format!("ws://{address}").parse().expect("a target")).expect("a herd");
    let socket = herd.connect(Width::Wide).expect("a socket");
    herd.send(socket, b"a heartbeat that is due for all");
    let (got, first) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = [0; 4];
        let (mut stream, _) = listener.accept().expect("a connection");
        stream.read_exact(&mut bytes).expect("a request");
        got.send(bytes)
    });
    let mut begins_with = None;
    herd.run(&mut Quiet, |_, _| {
        begins_with = first.try_recv().ok();
        begins_with.is_some()
    })
    .expect("a run");
    assert_eq!(begins_with.as_ref(), Some(b"GET "));
}
