use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
};

use super::*;

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
    lost: Vec<Lost>,
    rung: usize,
    rung_before_lost: usize,
}

impl Behaviour for Notes {
    fn opened(&mut self, _: &mut Herd, _: SocketId) {}

    fn heard(&mut self, _: &mut Herd, _: SocketId, _: &Message<'_>) {}

    fn lost(&mut self, _: &mut Herd, _: SocketId, why: Lost) {
        self.lost.push(why);
        self.rung_before_lost = self.rung;
    }

    fn alarm(&mut self, _: &mut Herd, _: u64) {
        self.rung += 1;
    }
}

/// A herd with a socket that the other side has already done with.
fn done_with(last_words: &[u8]) -> (Herd, SocketId) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut herd = Herd::new(format!("ws://{address}").parse().expect("a target")).expect("a herd");
    let socket = herd.connect(Width::Wide).expect("a socket");
    let (mut stream, _) = listener.accept().expect("a connection");
    stream.write_all(last_words).expect("a socket that takes them");
    (herd, socket)
}

#[test]
fn an_end_that_comes_with_the_last_bytes_is_noticed() {
    let (mut herd, _) = done_with(b"HTTP/1.1");
    let mut notes = Notes::default();
    let patience = Instant::now() + Duration::from_secs(5);
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
