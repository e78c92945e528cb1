//! A server on a free port, and clients that speak frames.

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use clap::Parser;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tap_racer::{App, Config, Running};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message},
};

/// Nothing that is waited for takes so long, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for something that must come.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Rules of a sprint without a countdown or a limit.
pub fn sprint(taps: u32) -> Value {
    json!({ "rules": { "mode": "sprint", "taps": taps, "countdown": 0, "max_taps_per_second": 0 } })
}

/// A server, and a data folder of its own.
pub struct Server {
    pub running: Running,
    data: Folder,
}

/// Removed when the last server on it is.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Server {
    pub fn start() -> Server {
        Server::with(&[])
    }

    /// With flags.
    pub fn with(flags: &[&str]) -> Server {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("it-{}-{number}", std::process::id());
        Server::on(Folder(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)), flags)
    }

    fn on(data: Folder, flags: &[&str]) -> Server {
        let folder = data.0.to_str().expect("a path of text");
        let fixed = ["tap-racer", "--listen", "127.0.0.1:0", "--data", folder];
        let config = Config::parse_from(fixed.iter().chain(flags));
        // What it waits for here is the database alone, which has a thread of its own.
        let running = futures::executor::block_on(App::start(config)).expect("a server");
        Server { running, data }
    }

    /// Stops it, and starts another one on the same data.
    pub async fn restart(self) -> Server {
        self.restart_with(&[], async |_| {}).await
    }

    /// The same with flags, and with something that happens while there is no server.
    pub async fn restart_with(self, flags: &[&str], meanwhile: impl AsyncFnOnce(&Path)) -> Server {
        let Server { running, data } = self;
        running.shutdown().await;
        meanwhile(&data.0).await;
        Server::on(data, flags)
    }

    /// The folder of its data.
    pub fn data(&self) -> &Path {
        &self.data.0
    }

    /// The key that this server signs with.
    pub fn secret(&self) -> Vec<u8> {
        std::fs::read(self.data.0.join("secret")).expect("a key")
    }

    pub async fn client(&self) -> Client {
        self.client_with("").await.expect("connected")
    }

    /// A client with connect params, such as `&token=...`; the status it is refused with.
    pub async fn client_with(&self, params: &str) -> Result<Client, u16> {
        let url = format!("ws://{}/socket/websocket?vsn=2.0.0{params}", self.running.local_addr());
        match soon("a connection", tokio_tungstenite::connect_async(url)).await {
            Ok((socket, _)) => {
                Ok(Client { socket, last_ref: 0, join_refs: HashMap::new(), unread: VecDeque::new() })
            }
            Err(Error::Http(refusal)) => Err(refusal.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// A console that is in its room, and the reply to its join.
    pub async fn console(&self, topic: &str, params: Value) -> (Client, Value) {
        let mut client = self.client().await;
        let joined = client.join(topic, params).await.expect("joined");
        (client, joined)
    }

    /// A phone that is in its room, and the reply to its join.
    pub async fn phone(&self, topic: &str, name: &str) -> (Client, Value) {
        self.console(topic, json!({ "name": name })).await
    }

    /// Makes a room: its code and the token of its host.
    pub async fn make_room(&self) -> (String, String) {
        let (status, body) = self.http("POST", "/api/rooms", "").await;
        assert_eq!(status, 201, "{body}");
        let made: Value = serde_json::from_str(&body).expect("json");
        (text(&made["room"]), text(&made["host"]))
    }

    /// A request over a connection of its own: the status and the body.
    pub async fn http(&self, method: &str, path: &str, headers: &str) -> (u16, String) {
        let (head, body) = self.raw_http(method, path, headers).await;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), body)
    }

    /// A request with a body of JSON: the status and the body of the answer.
    pub async fn post(&self, path: &str, body: &Value) -> (u16, String) {
        let (head, body) =
            self.request("POST", path, "content-type: application/json\r\n", &body.to_string()).await;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), body)
    }

    /// The same as [`Server::http`], with all headers of the answer.
    pub async fn raw_http(&self, method: &str, path: &str, headers: &str) -> (String, String) {
        self.request(method, path, headers, "").await
    }

    /// The same with a body.
    pub async fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> (String, String) {
        let address = self.running.local_addr();
        let host = if headers.contains("host:") { String::new() } else { format!("host: {address}\r\n") };
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{host}{headers}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(address).await.expect("connected");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        soon("an answer", stream.read_to_end(&mut answer)).await.expect("answered");
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        (head.to_lowercase(), body.to_owned())
    }
}

/// What a client was sent.
#[derive(Clone, Debug)]
pub struct Frame {
    pub reference: Value,
    pub topic: String,
    pub event: String,
    pub payload: Value,
}

/// One socket.
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_ref: u32,
    join_refs: HashMap<String, String>,
    /// What came while something else was waited for.
    unread: VecDeque<Frame>,
}

/// The answer to a push: a response, or the reason why not.
pub type Answer = Result<Value, String>;

impl Client {
    pub async fn join(&mut self, topic: &str, params: Value) -> Answer {
        let reference = (self.last_ref + 1).to_string();
        self.join_refs.insert(topic.to_owned(), reference);
        self.push(topic, "phx_join", params).await
    }

    /// Sends an event and waits for its answer.
    pub async fn push(&mut self, topic: &str, event: &str, payload: Value) -> Answer {
        let reference = self.send(topic, event, payload).await;
        let reply = self.reply(&reference).await;
        match reply["status"].as_str() {
            Some("ok") => Ok(reply["response"].clone()),
            _ => Err(text(&reply["response"]["reason"])),
        }
    }

    /// The answer to what was sent under this reference, whole.
    pub async fn reply(&mut self, reference: &str) -> Value {
        let is_answer = |frame: &Frame| frame.event == "phx_reply" && frame.reference == reference;
        self.next(&format!("the answer to message {reference}"), is_answer).await.payload
    }

    /// Sends an event; the reference under which it is answered.
    pub async fn send(&mut self, topic: &str, event: &str, payload: Value) -> String {
        self.last_ref += 1;
        let reference = self.last_ref.to_string();
        let frame = json!([self.join_refs.get(topic), reference, topic, event, payload]);
        self.socket.send(Message::text(frame.to_string())).await.expect("sent");
        reference
    }

    pub async fn tap(&mut self, topic: &str, times: u32) {
        for _ in 0..times {
            self.send(topic, "tap", json!({})).await;
        }
    }

    pub async fn claim(&mut self, topic: &str, heat: u32, taps: u32) {
        self.send(topic, "tap", json!({ "heat": heat, "n": taps })).await;
    }

    /// The next event of this name.
    pub async fn event(&mut self, topic: &str, event: &str) -> Value {
        self.event_where(topic, event, |_| true).await
    }

    /// The next event of this name that is meant; those before it are passed over.
    pub async fn event_where(
        &mut self,
        topic: &str,
        event: &str,
        is_meant: impl Fn(&Value) -> bool,
    ) -> Value {
        let is_it = |frame: &Frame| frame.topic == topic && frame.event == event && is_meant(&frame.payload);
        self.next(&format!("{event} on {topic}"), is_it).await.payload
    }

    pub async fn phase(&mut self, topic: &str, phase: &str) -> Value {
        self.event_where(topic, "phase", |change| change["phase"] == phase).await
    }

    pub async fn final_results(&mut self, topic: &str) -> Value {
        self.event_where(topic, "results", |results| results["final"] == true).await
    }

    /// Everything that was sent up to now, as far as it has not been asked for. What the server does
    /// for one client it does in order: the answer to a heartbeat comes after all of it.
    pub async fn everything(&mut self) -> Vec<Frame> {
        self.push("phoenix", "heartbeat", json!({})).await.expect("a heartbeat");
        self.unread.drain(..).collect()
    }

    /// How the server closes this socket.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match soon("the end", self.socket.next()).await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The next frame that is meant, of any event; those before it are passed over.
    pub async fn next(&mut self, what: &str, is_it: impl Fn(&Frame) -> bool) -> Frame {
        if let Some(position) = self.unread.iter().position(&is_it)
            && let Some(frame) = self.unread.remove(position)
        {
            return frame;
        }
        let receive = async {
            loop {
                let message = self.socket.next().await.expect("an open socket").expect("a message");
                let Message::Text(text) = message else { continue };
                let frame = Frame::parse(&text);
                if is_it(&frame) {
                    return frame;
                }
                self.unread.push_back(frame);
            }
        };
        let received = tokio::time::timeout(PATIENCE, receive).await;
        received.unwrap_or_else(|_| panic!("waited in vain for {what}; there was {:#?}", self.unread))
    }
}

impl Frame {
    fn parse(json: &str) -> Frame {
        let [_, reference, topic, event, payload]: [Value; 5] = serde_json::from_str(json).expect("a frame");
        Frame { reference, topic: text(&topic), event: text(&event), payload }
    }
}

pub fn text(json: &Value) -> String {
    json.as_str().unwrap_or_else(|| panic!("{json} is no text")).to_owned()
}
