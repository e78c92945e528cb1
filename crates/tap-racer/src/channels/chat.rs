//! `chat:lobby`, `chat:CODE`, and `chat:secret`, into which nobody is let.

use std::{collections::HashSet, time::Duration};

use ::channels::{Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Payload};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{AfterJoin, Visitor, no_such_room};
use crate::{
    chat::{By, ChatText},
    clock,
    name::{BadName, Name},
    rate::TokenBucket,
    room::{NotSaid, Position, RoomHandle, Topic},
    rooms::{RoomId, Visit},
    tokens::Nonce,
    wire::{ChatJoined, Params},
};

/// Somebody may say so much at once, and then one message each while.
const MESSAGES: (u32, Duration) = (8, Duration::from_millis(500));

/// So many people one may ignore.
const IGNORED: usize = 100;

/// One who talks.
pub struct ChatChannel {
    name: Name,
    by: By,
    /// Whose messages are kept from this client, at most [`IGNORED`].
    ignored: HashSet<By>,
    room: RoomHandle,
    _visit: Visit,
    messages: TokenBucket,
    /// Up to where the reply to its join told what was said.
    joined_at: Position,
}

impl Channel for ChatChannel {
    type Assigns = Visitor;
    type Info = AfterJoin;

    /// For those who ignore somebody; to the others all goes as it is, encoded once.
    const INTERCEPT: &'static [&'static str] = &["new_msg"];

    async fn join(
        topic: &str,
        params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        if topic == "chat:secret" {
            return Err(JoinError::reason("You don't have permission!"));
        }
        let id = RoomId::of_chat(topic);
        let Some((room, visit)) = id.and_then(|id| socket.assigns.app.rooms.enter(id)) else {
            return Err(JoinError::reason(&no_such_room()));
        };
        let params = Params::of(&params);
        let name = params.text("name").ok_or(BadName::Missing).and_then(Name::parse);
        let name = name.map_err(|bad| JoinError::reason(&bad.to_string()))?;
        let keys = &socket.assigns.app.keys;
        let nonce = params.text("me").and_then(|token| keys.read_talker(token)).unwrap_or_else(Nonce::random);
        let (me, by) = (keys.talker(nonce), By::of(nonce));
        let ignored = params.get("ignored").and_then(Value::as_array).into_iter().flatten();
        let ignored = ignored.filter_map(|by| By::parse(by.as_str()?)).take(IGNORED).collect();
        let (history, joined_at) = room.history(params.whole("last_seen")).await?;
        // The channel cannot have ended before it has begun.
        let _ = socket.channel_ref().send(AfterJoin);
        let messages = TokenBucket::new(MESSAGES.0, MESSAGES.1, Instant::now());
        let reply = ChatJoined { me, by: by.clone(), history };
        let channel = ChatChannel { name, by, ignored, room, _visit: visit, messages, joined_at };
        socket.intercept(!channel.ignored.is_empty());
        Ok(Joined::replying(channel, reply)?)
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        let params = Params::of(&payload);
        match event {
            "new_msg" => self.say(&params).await,
            "ignore" | "unignore" => self.ignore(&params, event == "ignore", socket),
            _ => Ok(Handled::reason("unknown event")),
        }
    }

    async fn handle_out(
        &mut self,
        event: &str,
        payload: &Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        if !By::is_of_any(&self.ignored, payload) {
            socket.push(event, payload.clone())?;
        }
        Ok(Handled::NoReply)
    }

    async fn handle_info(
        &mut self,
        AfterJoin: AfterJoin,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        self.room
            .listen(Topic::Chat { ignored: self.ignored.clone() }, self.joined_at, socket.pusher())
            .await?;
        let presence = socket.assigns.app.presence.clone();
        let online_at = clock::wall_clock().0;
        presence.track(socket, &self.name.to_string(), json!({ "online_at": online_at, "by": self.by }))?;
        socket.push("presence_state", presence.list(socket.topic()).await)?;
        Ok(Handled::NoReply)
    }
}

impl ChatChannel {
    async fn say(&mut self, params: &Params) -> Result<Handled, Crash> {
        let text = match ChatText::parse(params.text("text").unwrap_or_default()) {
            Ok(text) => text,
            Err(bad) => return Ok(Handled::reason(&bad.to_string())),
        };
        if !self.messages.take(Instant::now()) {
            return Ok(Handled::reason("rate limited"));
        }
        match self.room.say(self.by.clone(), self.name.clone(), text).await {
            Ok(()) => Ok(Handled::ok(Payload::empty())?),
            Err(muted @ NotSaid::Muted) => Ok(Handled::reason(&muted.to_string())),
            Err(ended) => Err(ended.into()),
        }
    }

    fn ignore(
        &mut self,
        params: &Params,
        ignored: bool,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        let Some(by) = params.text("by").and_then(By::parse) else {
            return Ok(Handled::reason("by is missing"));
        };
        if !ignored {
            self.ignored.remove(&by);
        } else if self.ignored.len() < IGNORED || self.ignored.contains(&by) {
            self.ignored.insert(by);
        } else {
            return Ok(Handled::reason("too many ignored"));
        }
        socket.intercept(!self.ignored.is_empty());
        Ok(Handled::ok(Payload::empty())?)
    }
}
