//! The channels of the reference application, and the socket that routes to them.
//!
//! The contract suite of the crate includes this file: what is documented is what is tested.

use std::time::{SystemTime, UNIX_EPOCH};

use channels::{
    Channel, ChannelSocket, CheckOrigin, Crash, Handled, JoinError, Joined, Limits, Payload, Presence,
    Reason, Refusal, Socket,
};
use serde::Deserialize;
use serde_json::json;

/// What `connect` returns, and every channel has.
#[derive(Clone)]
pub struct Assigns {
    user: Option<String>,
    pub presence: Presence,
}

/// Join parameters and payloads. A channel that is sent anything else crashes, as one in Elixir
/// without a matching clause does.
#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Said {
    text: String,
}

#[derive(Deserialize)]
struct Kick {
    user: String,
}

/// The big screen: it only listens.
struct Console;

impl Channel for Console {
    type Assigns = Assigns;
    type Info = ();

    async fn join(_: &str, _: Payload, _: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Self))
    }
}

/// A player, whose taps the big screen hears of.
struct Play {
    name: String,
    user_id: String,
}

impl Channel for Play {
    type Assigns = Assigns;
    type Info = ();

    async fn join(
        _: &str,
        params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        let Named { name } = params.parse()?;
        let user_id = uuid::Uuid::new_v4().to_string();
        socket.endpoint().broadcast("console", "user_join", json!({ "name": name, "user_id": user_id }))?;
        Ok(Joined::new(Self { name, user_id }))
    }

    async fn handle_in(
        &mut self,
        event: &str,
        _: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        match event {
            "tap" => {
                let tap = json!({ "name": self.name, "user_id": self.user_id });
                socket.endpoint().broadcast("console", "user_tap", tap)?;
                Ok(Handled::NoReply)
            }
            _ => Err(Crash::new(format!("no event {event}"))),
        }
    }

    async fn terminate(&mut self, _: Reason, socket: &mut ChannelSocket<Self>) {
        // A payload of strings has a JSON form.
        let _ = socket.endpoint().broadcast("console", "user_terminate", json!({ "user_id": self.user_id }));
    }
}

/// Chat. `INTERCEPT` decides whether messages go through `handle_out`.
struct Chat<const INTERCEPT: bool> {
    name: String,
}

impl<const INTERCEPT: bool> Channel for Chat<INTERCEPT> {
    type Assigns = Assigns;
    type Info = ();
    const INTERCEPT: &'static [&'static str] = if INTERCEPT { &["new_msg"] } else { &[] };

    async fn join(
        topic: &str,
        params: Payload,
        _: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        if topic == "chat:secret" {
            return Err(JoinError::reason("You don't have permission!"));
        }
        let Named { name } = params.parse()?;
        Ok(Joined::new(Self { name }))
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        match (event, &payload) {
            ("new_msg", _) => {
                let Said { text } = payload.parse()?;
                socket.broadcast("new_msg", json!({ "name": self.name, "text": text }))?;
                Ok(Handled::NoReply)
            }
            ("ping", _) | ("bin", Payload::Binary(_)) => Ok(Handled::ok(payload)?),
            ("bin_all", Payload::Binary(_)) => {
                socket.broadcast("bin_all", payload)?;
                Ok(Handled::NoReply)
            }
            ("stop", _) => Ok(Handled::Stop),
            ("crash", _) => panic!("as asked for"),
            _ => Err(Crash::new(format!("no event {event}"))),
        }
    }

    async fn handle_out(
        &mut self,
        event: &str,
        payload: &Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        socket.push(event, payload.clone())?;
        Ok(Handled::NoReply)
    }
}

/// A room that shows who is in it.
struct Room {
    name: String,
}

/// The client has heard that it joined.
struct AfterJoin;

impl Channel for Room {
    type Assigns = Assigns;
    type Info = AfterJoin;

    async fn join(
        _: &str,
        params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        let Named { name } = params.parse()?;
        let _ = socket.channel_ref().send(AfterJoin);
        Ok(Joined::new(Self { name }))
    }

    async fn handle_info(
        &mut self,
        _: AfterJoin,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        let presence = socket.assigns.presence.clone();
        let online_at =
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
        presence.track(socket, &self.name, json!({ "online_at": online_at }))?;
        socket.push("presence_state", presence.list(socket.topic()).await)?;
        Ok(Handled::NoReply)
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        match event {
            "kick" => {
                let Kick { user } = payload.parse()?;
                socket.endpoint().disconnect(&format!("users_socket:{user}"));
                Ok(Handled::NoReply)
            }
            _ => Err(Crash::new(format!("no event {event}"))),
        }
    }
}

/// Phoenix's limits: none on rates, messages of ten megabytes.
pub fn limits() -> Limits {
    Limits {
        message_bytes: 10_000_000,
        topic_bytes: 10_000_000,
        // Half a second of a hundred thousand taps, for a screen that pauses.
        outbox_bytes: 4 << 20,
        messages_per_second: 0,
        joins_per_second: 0,
        ..Limits::default()
    }
}

/// The socket: who may connect, and which channel serves which topic.
pub fn socket(presence: Presence) -> Socket<Assigns> {
    Socket::new(move |request| {
        let presence = presence.clone();
        async move {
            match request.params.get("token") {
                Some(token) if token == "bad" => Err(Refusal),
                _ => Ok(Assigns { user: request.params.get("user").cloned(), presence }),
            }
        }
    })
    .id(|assigns| assigns.user.as_ref().map(|user| format!("users_socket:{user}")))
    .check_origin(CheckOrigin::Any)
    .channel::<Console>("console")
    .channel::<Play>("play")
    .channel::<Chat<false>>("chat:*")
    .channel::<Chat<true>>("ichat:*")
    .channel::<Room>("room:*")
}
