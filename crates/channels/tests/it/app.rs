//! The application that the contract is tested on: chat rooms with a callback for every situation.

use std::time::Duration;

use bytes::Bytes;
use channels::{
    Binary, Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Payload, Reason, Refusal, Reply,
    Socket,
};
use serde::Deserialize;
use serde_json::json;

pub fn socket() -> Socket<User> {
    Socket::new(|request| async move {
        if request.params.get("token").is_some_and(|token| token == "bad") {
            return Err(Refusal);
        }
        Ok(User(request.params.get("user").cloned()))
    })
    .id(|User(user)| user.as_ref().map(|user| format!("users_socket:{user}")))
    .channel::<Console>("console")
    .channel::<Chat>("chat:*")
    .channel::<LoudChat>("loud:*")
}

#[derive(Clone)]
pub struct User(Option<String>);

/// Tells what was broadcast to it: the end of every chat channel, by its reason.
struct Console;

impl Channel for Console {
    type Assigns = User;
    type Info = ();

    async fn join(_: &str, _: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Self))
    }
}

struct Chat {
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

impl Channel for Chat {
    type Assigns = User;
    type Info = Info;

    async fn join(
        topic: &str,
        params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        match topic {
            "chat:secret" => return Err(JoinError::reason("You don't have permission!")),
            "chat:panic" => panic!("a join that panics"),
            "chat:hang" => std::future::pending().await,
            "chat:slow" => tokio::time::sleep(Duration::from_millis(50)).await,
            _ => {}
        }
        let Name { name } = params.parse()?;
        if topic == "chat:greeting" {
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
            "kick" => {
                let Name { name } = payload.parse()?;
                socket.endpoint().disconnect(&format!("users_socket:{name}"));
            }
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
        let end = json!({ "name": self.name, "reason": format!("{reason:?}") });
        socket.endpoint().broadcast("console", "ended", end).expect("json");
    }
}

/// A chat whose messages go through `handle_out`, and arrive in capitals.
struct LoudChat {
    heard: u32,
}

impl Channel for LoudChat {
    type Assigns = User;
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
        socket.broadcast(event, payload)?;
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
