//! What a broadcast costs in memory: it is written down once, whatever the number of its subscribers.

use channels::{
    Channel, ChannelSocket, Connect, Endpoint, JoinError, Joined, Limits, Payload, Refusal, Server, Socket,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const REQUEST: &[u8] =
    b"GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n\
    upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const JOIN: &[u8] = br#"["1","1","room","phx_join",{}]"#;

/// Only listens.
struct Listener;

impl Channel for Listener {
    type Assigns = ();
    type Info = ();

    async fn join(_: &str, _: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Self))
    }
}

async fn read(client: &mut TcpStream) -> usize {
    client.read(&mut [0; 1024]).await.expect("an open connection")
}

/// A client that has joined, and has nothing left to read.
async fn join(server: std::net::SocketAddr) -> TcpStream {
    let mut client = TcpStream::connect(server).await.expect("a connection");
    client.write_all(REQUEST).await.expect("an open connection");
    read(&mut client).await;
    // Masked with zeros.
    let head = [0x81, 0x80 | JOIN.len() as u8, 0, 0, 0, 0];
    client.write_all(&[&head, JOIN].concat()).await.expect("an open connection");
    read(&mut client).await;
    client
}

/// How often memory is allocated for a hundred broadcasts, each of which all of so many clients have read.
async fn allocations(clients: usize) -> u64 {
    let endpoint = Endpoint::new(Limits::default());
    let socket = Socket::new(async |_: Connect| Ok::<_, Refusal>(())).channel::<Listener>("room");
    let server = Server::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let address = server.local_addr();
    tokio::spawn(server.run(endpoint.mount("/socket", socket), std::future::pending()));
    let mut joined = Vec::new();
    for _ in 0..clients {
        joined.push(join(address).await);
    }
    let mut before = 0;
    for number in 0..110 {
        if number == 10 {
            before = dhat::HeapStats::get().total_blocks;
        }
        endpoint.broadcast("room", "news", json!({ "text": "hello" })).expect("json");
        for client in &mut joined {
            read(client).await;
        }
    }
    dhat::HeapStats::get().total_blocks - before
}

#[tokio::test]
async fn a_broadcast_allocates_nothing_for_each_of_its_subscribers() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let (few, many) = (allocations(2).await, allocations(200).await);
    assert!(many < few + 100, "{few} allocations for two clients, {many} for two hundred");
}
