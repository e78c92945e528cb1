//! `console` and `console:CODE`: screens, those of hosts among them.

use ::channels::{Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Payload};

use super::{AfterJoin, Visitor, no_such_room, sync};
use crate::{
    address::CameBy,
    app::App,
    config::HostKey,
    qr,
    room::{BadOrder, Order, Orderer, Position, RoomHandle, Topic},
    rooms::{RoomId, Visit},
    wire::{ConsoleJoined, Params},
};

/// One screen.
pub struct ConsoleChannel {
    room: RoomHandle,
    _visit: Visit,
    is_host: bool,
    /// Up to where the reply to its join told what happened.
    joined_at: Position,
}

impl Channel for ConsoleChannel {
    type Assigns = Visitor;
    type Info = AfterJoin;

    const INTERCEPT: &'static [&'static str] = &["room_ended"];

    async fn join(
        topic: &str,
        params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        let Visitor { app, came_by, .. } = &socket.assigns;
        let Some(id) = RoomId::of_topic("console", topic) else {
            return Err(JoinError::reason(&no_such_room()));
        };
        let Entrance { room, visit, is_host } =
            enter(app, id, &Params::of(&params)).map_err(|reason| JoinError::reason(&reason))?;
        let (view, joined_at) = room.view().await?;
        let join_url = app.addresses.join_url(came_by.as_ref(), &id);
        let host_url = is_host.then(|| host_url(app, came_by.as_ref(), &room));
        let reply = ConsoleJoined {
            room: id.code(),
            host: is_host,
            host_required: app.requires_host_token(id),
            host_qr: host_url.as_deref().and_then(qr::path),
            host_url,
            join_qr: qr::path(&join_url),
            join_url,
            chat: id.chat_topic(),
            view,
        };
        // The channel cannot have ended before it has begun.
        let _ = socket.channel_ref().send(AfterJoin);
        Ok(Joined::replying(ConsoleChannel { room, _visit: visit, is_host, joined_at }, reply)?)
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        let params = Params::of(&payload);
        if event == "sync" {
            return sync(&params, &socket.assigns.app);
        }
        let order = match Order::parse(event, &params) {
            Err(unknown @ BadOrder::Unknown) => return Ok(Handled::reason(&unknown.to_string())),
            // Whether an order of somebody else would have been a good one is none of their business.
            _ if !self.is_host => return Ok(Handled::reason(&BadOrder::NotTheHost.to_string())),
            order => order,
        };
        match self.room.order(Orderer::Host, order).await {
            Ok(answer) => Ok(Handled::ok(answer)?),
            Err(bad) => Ok(Handled::reason(&bad.to_string())),
        }
    }

    async fn handle_out(
        &mut self,
        event: &str,
        payload: &Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        // The room has ended, and with it this channel.
        socket.push(event, payload.clone())?;
        Ok(Handled::Stop)
    }

    async fn handle_info(
        &mut self,
        AfterJoin: AfterJoin,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        self.room.listen(Topic::Console, self.joined_at, socket.pusher()).await?;
        Ok(Handled::NoReply)
    }
}

/// The console with the token that controls it, which is not the one that this screen came with: anybody
/// who hosts may pass it on.
fn host_url(app: &App, came_by: Option<&CameBy>, room: &RoomHandle) -> String {
    let id = room.id();
    let base = app.addresses.base(came_by);
    let token = match id {
        RoomId::House => app.host_key.as_ref().map(HostKey::in_url),
        RoomId::Code(_) => Some(app.keys.host(&id, room.made())),
    };
    let fragment = token.map(|token| format!("#host={token}")).unwrap_or_default();
    format!("{base}{}{fragment}", id.path("console"))
}

struct Entrance {
    room: RoomHandle,
    visit: Visit,
    is_host: bool,
}

/// Lets a screen in, and finds out whether its token makes it a host.
fn enter(app: &App, id: RoomId, params: &Params) -> Result<Entrance, String> {
    let wrong = || "wrong host token".to_owned();
    let token = match params.get("host") {
        None => None,
        Some(token) => Some(token.as_str().ok_or_else(wrong)?),
    };
    let open = |entered: Option<(RoomHandle, Visit)>| entered.ok_or_else(no_such_room);
    let (room, visit, is_host) = match (id, token) {
        (RoomId::House, token) => {
            let (room, visit) = open(app.rooms.enter(id))?;
            let is_host = match (&app.host_key, token) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(key), Some(token)) if key.matches(token) => true,
                (Some(_), Some(_)) => return Err(wrong()),
            };
            (room, visit, is_host)
        }
        (RoomId::Code(_), None) => {
            let (room, visit) = open(app.rooms.enter(id))?;
            (room, visit, false)
        }
        (RoomId::Code(_), Some(token)) => match (app.rooms.enter(id), app.keys.read_host(token, &id)) {
            (Some((room, visit)), Some(made)) if room.made() == made => (room, visit, true),
            (Some(_), _) => return Err(wrong()),
            (None, None) => return Err(no_such_room()),
            (None, Some(made)) if app.rooms.was_ended(id, made) => return Err(no_such_room()),
            // The room has ended, or the server was restarted: its host opens it again.
            (None, Some(made)) => {
                let (room, visit) = app.rooms.reopen(id, made).map_err(|full| full.to_string())?;
                (room, visit, true)
            }
        },
    };
    Ok(Entrance { room, visit, is_host })
}
