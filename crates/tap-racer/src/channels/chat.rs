//! `chat:lobby`, `chat:CODE`, and `chat:secret`, into which nobody is let.

use std::time::Duration;

use ::channels::{Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Payload};
use serde_json::json;
use tokio::time::Instant;

use super::{AfterJoin, Visitor, no_such_room};
use crate::{
    chat::ChatText,
    clock,
    name::{BadName, Name},
    rate::TokenBucket,
    room::{Position, RoomHandle, Topic},
    rooms::{RoomId, Visit},
    wire::{ChatJoined, Params},
};

/// Somebody may say so much at once, and then one message each while.
const MESSAGES: (u32, Duration) = (8, Duration::from_millis(500));

/// One who talks.
pub struct ChatChannel {
    name: Name,
    room: RoomHandle,
    _visit: Visit,
    messages: TokenBucket,
    /// Up to where the reply to its join told what was said.
    joined_at: Position,
}

impl Channel for ChatChannel {
    type Assigns = Visitor;
    type Info = AfterJoin;

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
        let (history, joined_at) = room.history(params.whole("last_seen")).await?;
        // The channel cannot have ended before it has begun.
        let _ = socket.channel_ref().send(AfterJoin);
        let messages = TokenBucket::new(MESSAGES.0, MESSAGES.1, Instant::now());
        let channel = ChatChannel { name, room, _visit: visit, messages, joined_at };
        Ok(Joined::replying(channel, ChatJoined { history })?)
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        _socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        if event != "new_msg" {
            return Ok(Handled::reason("unknown event"));
        }
        let params = Params::of(&payload);
        let text = match ChatText::parse(params.text("text").unwrap_or_default()) {
            Ok(text) => text,
            Err(bad) => return Ok(Handled::reason(&bad.to_string())),
        };
        if !self.messages.take(Instant::now()) {
            return Ok(Handled::reason("rate limited"));
        }
        self.room.say(self.name.clone(), text).await?;
        Ok(Handled::ok(Payload::empty())?)
    }

    async fn handle_info(
        &mut self,
        AfterJoin: AfterJoin,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        self.room.listen(Topic::Chat, self.joined_at, socket.pusher()).await?;
        let presence = socket.assigns.app.presence.clone();
        let online_at = clock::wall_clock().0;
        presence.track(socket, &self.name.to_string(), json!({ "online_at": online_at }))?;
        socket.push("presence_state", presence.list(socket.topic()).await)?;
        Ok(Handled::NoReply)
    }
}
