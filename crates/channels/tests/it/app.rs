//! What the tests need besides the reference application: a channel with a callback for every
//! situation, and one whose messages go through `handle_out`.

use std::time::Duration;

use bytes::Bytes;
use channels::{
    Binary, Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Payload, Presence, Reason, Reply,
    Socket,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::reference::{self, Assigns};

pub fn socket(presence: Presence) -> Socket<Assigns> {
    reference::socket(presence).channel::<Probe>("probe:*").channel::<Loud>("loud:*")
}

/// Tells the topic `console` of its end.
struct Probe {
    name: String,
}

enum Info {
    AfterJoin,
    Tell(String),
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

impl Channel for Probe {
    type Assigns = Assigns;
    type Info = Info;

    async fn join(
        topic: &str,
        params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        match topic {
            "probe:panic" => panic!("a join that panics"),
            "probe:hang" => std::future::pending().await,
            "probe:slow" => tokio::time::sleep(Duration::from_millis(50)).await,
            _ => {}
        }
        let Name { name } = params.parse()?;
        if name == "nobody" {
            return Err(JoinError::reason("no such name"));
        }
        if topic == "probe:greeting" {
            let _ = socket.channel_ref().send(Info::AfterJoin);
        }
        Ok(Joined::new(Self { name }))
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        match event {
            "new_msg" => {
                let Text { text } = payload.parse()?;
                socket.broadcast("new_msg", json!({ "name": self.name, "text": text }))?;
            }
            "to_others" => socket.broadcast_from("new_msg", payload)?,
            "ping" => return Ok(Handled::ok(payload)?),
            "refuse" => return Ok(Handled::reason("no")),
            "push" => socket.push("pushed", payload)?,
            "bin" => return Ok(Handled::ok(payload)?),
            "bin_all" => socket.broadcast("bin_all", payload)?,
            "bytes" => socket.push("bytes", Binary(Bytes::from_static(b"\x01\x02")))?,
            "later" => {
                let reply_ref = socket.reply_ref();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    if let (Some(reply_ref), Ok(reply)) = (reply_ref, Reply::ok(json!({ "late": true }))) {
                        reply_ref.reply(reply);
                    }
                });
            }
            "info" => {
                let Text { text } = payload.parse()?;
                let channel = socket.channel_ref();
                tokio::spawn(async move { channel.send(Info::Tell(text)) });
            }
            "wait" => {
                tokio::time::sleep(Duration::from_millis(payload.parse()?)).await;
                return Ok(Handled::ok(json!({ "waited": true }))?);
            }
            "hang" => std::future::pending().await,
            "stop" => return Ok(Handled::Stop),
            "stop_reply" => return Ok(Handled::StopReply(Reply::ok(json!({ "last": true }))?)),
            "panic" => panic!("a callback that panics"),
            "track" | "update" | "untrack" => {
                let presence = socket.assigns.presence.clone();
                match event {
                    "track" => presence.track(socket, &self.name, payload.parse::<Value>()?)?,
                    "update" => presence.update(socket, &self.name, payload.parse::<Value>()?)?,
                    _ => presence.untrack(socket, &self.name)?,
                }
            }
            "list" => return Ok(Handled::ok(socket.assigns.presence.list(socket.topic()).await)?),
            "states" => {
                let pusher = socket.pusher();
                let filler = "x".repeat(50_000);
                for number in 0..payload.parse()? {
                    pusher.push_conflated("state", json!({ "number": number, "filler": filler }))?;
                }
            }
            "flood" => {
                let filler = "x".repeat(50_000);
                for _ in 0..payload.parse::<u32>()? {
                    socket.broadcast("flood", json!({ "filler": filler }))?;
                }
            }
            other => return Err(Crash::new(format!("unknown event {other}"))),
        }
        Ok(Handled::NoReply)
    }

    async fn handle_info(&mut self, info: Info, socket: &mut ChannelSocket<Self>) -> Result<Handled, Crash> {
        match info {
            Info::AfterJoin => socket.push("welcome", json!({ "name": self.name }))?,
            Info::Tell(text) => socket.push("told", json!({ "text": text }))?,
        }
        Ok(Handled::NoReply)
    }

    async fn terminate(&mut self, reason: Reason, socket: &mut ChannelSocket<Self>) {
        if socket.topic() == "probe:lingering" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let end = json!({ "name": self.name, "reason": format!("{reason:?}") });
        socket.endpoint().broadcast("console", "ended", end).expect("json");
    }
}

/// A chat whose messages go through `handle_out`, and arrive in capitals.
struct Loud {
    heard: u32,
}

impl Channel for Loud {
    type Assigns = Assigns;
    type Info = ();
    const INTERCEPT: &'static [&'static str] = &["new_msg"];

    async fn join(_: &str, _: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Self { heard: 0 }))
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        match event {
            "loud" | "plain" => socket.intercept(event == "loud"),
            _ => socket.broadcast(event, payload)?,
        }
        Ok(Handled::NoReply)
    }

    async fn handle_out(
        &mut self,
        event: &str,
        payload: &Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        self.heard += 1;
        let Text { text } = payload.parse()?;
        socket.push(event, json!({ "text": text.to_uppercase(), "heard": self.heard }))?;
        Ok(Handled::NoReply)
    }
}

/// Joined by whoever shall hear of nothing.
pub struct Quiet;

impl Channel for Quiet {
    type Assigns = Assigns;
    type Info = ();

    async fn join(_: &str, _: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Self))
    }
}
