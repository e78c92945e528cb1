//! `play` and `play:CODE`: phones.

use std::{ops::RangeInclusive, time::Duration};

use ::channels::{Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Payload, Reason};
use race::{Heat, Millis};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::{Visitor, no_such_room, sync};
use crate::{
    looks::{Colour, Shape},
    name::{BadName, Name},
    rate::TokenBucket,
    room::{
        Act, BadOrder, Calibration, Ended, NotSeated, Order, Orderer, PhoneNews, Position, RoomHandle,
        SeatWish, Seated,
    },
    rooms::{RoomId, Visit},
    wire::{Emoji, Params},
};

/// A phone may cheer this often at once, and then once each while.
const CHEERS: (u32, Duration) = (5, Duration::from_millis(500));

/// And change its name or pace this often: every screen is told.
const CHANGES: (u32, Duration) = (5, Duration::from_secs(2));

/// One phone.
pub struct PlayChannel {
    seated: Seated,
    room: RoomHandle,
    _visit: Visit,
    cheers: TokenBucket,
    changes: TokenBucket,
    /// Up to where the reply to its join told what happened.
    joined_at: Position,
}

/// What a phone may promise: a sign of life this often.
const ALIVE: RangeInclusive<u64> = 250..=10_000;

/// `{}`, or `{"heat", "n", "at"?, "last"?}`
#[derive(Deserialize)]
struct Tap {
    heat: Option<u32>,
    n: Option<u32>,
    at: Option<f64>,
    #[serde(default)]
    last: bool,
}

impl Channel for PlayChannel {
    type Assigns = Visitor;
    type Info = PhoneNews;

    const INTERCEPT: &'static [&'static str] = &["room_ended"];

    async fn join(
        topic: &str,
        params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        let id = RoomId::of_topic("play", topic);
        let Some((room, visit)) = id.and_then(|id| socket.assigns.app.rooms.enter(id)) else {
            return Err(JoinError::reason(&no_such_room()));
        };
        let params = Params::of(&params);
        let wish = SeatWish {
            name: params.text("name").map(str::to_owned),
            colour: params.text("colour").and_then(Colour::named),
            shape: params.text("shape").and_then(Shape::named),
            seat: params.text("seat").map(str::to_owned),
            ticket: params.text("ticket").map(str::to_owned),
            account: socket.assigns.account.clone(),
            guest: params.truth("guest") == Some(true),
            alive: params
                .whole("alive")
                .map(|alive| Duration::from_millis(alive.clamp(*ALIVE.start(), *ALIVE.end()))),
        };
        let seated = room.sit(wish, socket.channel_ref(), socket.pusher()).await;
        let (seated, reply, joined_at) = seated.map_err(|why| refusal(&why))?;
        // The channel cannot have ended before it has begun.
        let _ = socket.channel_ref().send(PhoneNews::Joined);
        let now = Instant::now();
        let cheers = TokenBucket::new(CHEERS.0, CHEERS.1, now);
        let changes = TokenBucket::new(CHANGES.0, CHANGES.1, now);
        let channel = PlayChannel { seated, room, _visit: visit, cheers, changes, joined_at };
        Ok(Joined::replying(channel, reply)?)
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        match event {
            "tap" => self.tap(&payload).await,
            "alive" => {
                self.act(Act::Alive).await?;
                Ok(Handled::NoReply)
            }
            "sync" => sync(&Params::of(&payload), &socket.assigns.app),
            "cheer" => self.cheer(&payload).await,
            "calibrate" => self.calibrate(&payload).await,
            "rename" => self.rename(&payload).await,
            _ => self.order(event, &payload).await,
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
        news: PhoneNews,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        let event = match news {
            PhoneNews::Joined => {
                self.room.ready(self.seated.ticket(), self.joined_at).await?;
                return Ok(Handled::NoReply);
            }
            // The client joins again, by its seat.
            PhoneNews::SignedOut => return Err(Crash::new("its account is logged out")),
            PhoneNews::TimedOut => return Err(Crash::new("the seat was given up after a long silence")),
            PhoneNews::Told(event, payload) => {
                socket.push(event, payload)?;
                return Ok(Handled::NoReply);
            }
            PhoneNews::SeatTaken => "seat_taken",
            PhoneNews::Kicked => "kicked",
        };
        socket.push(event, Payload::empty())?;
        Ok(Handled::Stop)
    }

    async fn terminate(&mut self, reason: Reason, _socket: &mut ChannelSocket<Self>) {
        if reason == Reason::Left {
            self.seated.leave_for_good();
        }
    }
}

fn refusal(why: &NotSeated) -> JoinError {
    match why {
        NotSeated::Waiting { seat } => JoinError::refused(json!({ "reason": why.to_string(), "seat": seat })),
        _ => JoinError::reason(&why.to_string()),
    }
}

impl PlayChannel {
    async fn tap(&mut self, payload: &Payload) -> Result<Handled, Crash> {
        let act = match payload.parse() {
            Ok(Tap { heat: None, n: None, at: None, last: false }) => Act::Tap,
            Ok(Tap { heat: Some(heat), n: Some(taps), at, last }) => {
                // A time out of range becomes the nearest that there is.
                let at = at.map(|at| Millis(at.round() as i64));
                Act::Claim { heat: Heat(heat), taps, at, last }
            }
            _ => return Ok(Handled::reason("bad tap")),
        };
        self.act(act).await?;
        Ok(Handled::NoReply)
    }

    async fn cheer(&mut self, payload: &Payload) -> Result<Handled, Crash> {
        let params = Params::of(payload);
        let Some(emoji) = params.text("emoji").and_then(Emoji::parse) else {
            return Ok(Handled::reason("emoji is missing"));
        };
        if !self.cheers.take(Instant::now()) {
            return Ok(Handled::reason("rate limited"));
        }
        self.act(Act::Cheer(emoji)).await?;
        Ok(Handled::ok(Payload::empty())?)
    }

    async fn rename(&mut self, payload: &Payload) -> Result<Handled, Crash> {
        let params = Params::of(payload);
        let name = match params.text("name").ok_or(BadName::Missing).and_then(Name::parse) {
            Ok(name) => name,
            Err(bad) => return Ok(Handled::reason(&bad.to_string())),
        };
        if !self.changes.take(Instant::now()) {
            return Ok(Handled::reason("rate limited"));
        }
        match self.room.rename(self.seated.ticket(), name).await {
            Ok(renamed) => Ok(Handled::ok(renamed)?),
            Err(not_now) => Ok(Handled::reason(&not_now.to_string())),
        }
    }

    async fn calibrate(&mut self, payload: &Payload) -> Result<Handled, Crash> {
        let params = Params::of(payload);
        let measured = params.whole("taps").zip(params.whole("ms"));
        let Some(measured) = measured.and_then(|(taps, time)| Calibration::of(taps, time)) else {
            return Ok(Handled::reason("bad calibration"));
        };
        if !self.changes.take(Instant::now()) {
            return Ok(Handled::reason("rate limited"));
        }
        match self.room.calibrate(self.seated.ticket(), measured).await {
            Ok(calibrated) => Ok(Handled::ok(calibrated)?),
            Err(not_now) => Ok(Handled::reason(&not_now.to_string())),
        }
    }

    /// What a co-host wants.
    async fn order(&mut self, event: &str, payload: &Payload) -> Result<Handled, Crash> {
        let order = Order::parse(event, &Params::of(payload));
        if order == Err(BadOrder::Unknown) {
            return Ok(Handled::reason(&BadOrder::Unknown.to_string()));
        }
        match self.room.order(Orderer::Phone(self.seated.ticket()), order).await {
            Ok(answer) => Ok(Handled::ok(answer)?),
            Err(bad) => Ok(Handled::reason(&bad.to_string())),
        }
    }

    async fn act(&mut self, act: Act) -> Result<(), Ended> {
        self.room.act(self.seated.ticket(), act).await
    }
}
