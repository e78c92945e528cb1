use std::{io::Read, net::TcpListener, sync::mpsc, thread};

use super::*;

/// Says nothing by itself.
struct Quiet;

impl Behaviour for Quiet {
    fn opened(&mut self, _: &mut Herd, _: SocketId) {}

    fn heard(&mut self, _: &mut Herd, _: SocketId, _: &Message<'_>) {}

    fn lost(&mut self, _: &mut Herd, _: SocketId, _: Lost) {}

    fn alarm(&mut self, _: &mut Herd, _: u64) {}
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
