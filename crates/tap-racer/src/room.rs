//! A room: a race, its screens, its phones, its chat. One task owns all of it; everybody else holds
//! a [`RoomHandle`] and asks. So what happens in a room happens in one order, which everybody sees.
//!
//! Nothing here knows sockets or topics' protocols beyond the [`Pusher`]s and [`ChannelRef`]s that it is
//! handed, and nothing here decides who wins: that is the race's.

mod boards;
mod bots;
mod cohosts;
mod door;
mod equal;
mod feed;
mod finish;
mod ghost;
mod heats;
mod join;
mod moderation;
mod order;
mod party;
mod people;
mod report;
mod saved;
mod saving;
mod seat;
mod sent_away;
mod task;
mod tournament;
mod updates;

use std::sync::Arc;

use channels::{ChannelRef, Payload, Pusher};
use race::{Heat, Millis, RacerId, Refused};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use self::task::Task;
use crate::{
    chat::{By, ChatText, History},
    name::{BadName, Name},
    rooms::{Entry, House, RoomId},
    wire::{Calibrated, ConsoleView, Emoji, PlayJoined, Renamed},
};

pub use boards::{Best, Board};
pub use door::{Door, Knock, Setup};
pub use equal::Calibration;
pub use feed::{FellBehind, Position};
pub use ghost::Ghost;
pub use order::{BadOrder, Order};
pub use saved::{BadSaved, Restorable, SavedRoom};
pub use seat::{SeatWish, Seated};

/// How many requests may wait for a room; who sends one more waits itself.
const QUEUE: usize = 4096;

/// The way to a room's task. Cheap to clone.
#[derive(Clone)]
pub struct RoomHandle {
    identity: Arc<Identity>,
    requests: mpsc::Sender<Request>,
}

struct Identity {
    id: RoomId,
    made: Millis,
}

/// The room has ended, or its task has failed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
#[error("no such room")]
pub struct Ended;

/// Which of a room's topics somebody listens to. (Phones are told more: see [`RoomHandle::ready`].)
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// For screens.
    Console,
    /// For talk.
    Chat,
}

/// What a phone's channel is told by its room.
#[derive(Clone, Debug)]
pub enum PhoneNews {
    /// The client has heard that it joined: pushes reach it from now on.
    Joined,
    /// Another socket goes on with this seat.
    SeatTaken,
    /// The host has sent the racer away.
    Kicked,
    /// Nothing was heard for so long that the seat was given up, although the socket lives.
    TimedOut,
    /// Something about its racer alone.
    Told(&'static str, Payload),
}

/// Why somebody was not seated; the reason that the client sees.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotSeated {
    #[error(transparent)]
    Name(#[from] BadName),
    #[error("room is locked")]
    Locked,
    #[error("waiting for approval")]
    Waiting {
        /// With which to try again.
        seat: String,
    },
    #[error("not let in")]
    NotLetIn,
    #[error("rate limited")]
    RateLimited,
    #[error("banned")]
    Banned,
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Ended(#[from] Ended),
}

/// Which racer acts, and by which of the sockets that its seat has had: what an older one sends
/// after the seat was taken over is not heard.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    racer: RacerId,
    serial: u64,
}

/// Who gives an order.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Orderer {
    /// A screen with the host's token.
    Host,
    /// A phone, which must be a co-host's for most.
    Phone(Ticket),
}

/// What a phone does.
#[derive(Clone, Debug)]
pub enum Act {
    /// One more tap.
    Tap,
    /// All taps so far.
    Claim {
        /// In which heat.
        heat: Heat,
        /// How many.
        taps: u32,
        /// When the last one was made, since the gun.
        at: Option<Millis>,
        /// There will be no more in this heat.
        last: bool,
    },
    /// It is still there.
    Alive,
    /// To the screens.
    Cheer(Emoji),
    /// The connection is lost; the seat is kept for a while.
    Disconnect,
    /// For good.
    Leave,
}

enum Request {
    View { reply: oneshot::Sender<(ConsoleView, Position)> },
    Listen { topic: Topic, since: Position, pusher: Pusher, reply: oneshot::Sender<Result<(), FellBehind>> },
    Sit { wish: SeatWish, channel: ChannelRef<PhoneNews>, pusher: Pusher, reply: oneshot::Sender<SitReply> },
    Ready { ticket: Ticket, since: Position, reply: oneshot::Sender<Result<(), FellBehind>> },
    Act { ticket: Ticket, act: Act },
    Order { by: Orderer, order: Result<Order, BadOrder>, reply: oneshot::Sender<OrderReply> },
    Rename { ticket: Ticket, name: Name, reply: oneshot::Sender<Result<Renamed, NotNow>> },
    History { last_seen: Option<u64>, reply: oneshot::Sender<(History, Position)> },
    Say { by: By, name: Name, text: ChatText, reply: oneshot::Sender<Result<(), NotSaid>> },
    Calibrate { ticket: Ticket, measured: Calibration, reply: oneshot::Sender<Result<Calibrated, NotNow>> },
    Freeze { reply: oneshot::Sender<()> },
}

/// Why a phone's wish was not met; the reason that the client sees.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
pub enum NotNow {
    #[error("not while racing")]
    Racing,
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Ended(#[from] Ended),
}

/// Why something is not said; the reason that the client sees.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
pub enum NotSaid {
    #[error("muted")]
    Muted,
    #[error(transparent)]
    Ended(#[from] Ended),
}

type OrderReply = Result<Payload, BadOrder>;
type SitReply = Result<(Seated, PlayJoined, Position), NotSeated>;

impl RoomHandle {
    /// Opens a room: its task runs until the room has been empty for long.
    pub fn open(id: RoomId, made: Millis, house: &House, entry: Entry) -> RoomHandle {
        RoomHandle::begin(id, made, |handle| Task::new(handle, house, entry))
    }

    /// Opens a room as it was before the server was restarted.
    pub fn restore(id: RoomId, room: Restorable, house: &House, entry: Entry) -> RoomHandle {
        RoomHandle::begin(id, room.made(), |handle| Task::restored(handle, house, entry, room))
    }

    fn begin(id: RoomId, made: Millis, task: impl FnOnce(RoomHandle) -> Task) -> RoomHandle {
        let (requests, inbox) = mpsc::channel(QUEUE);
        let handle = RoomHandle { identity: Arc::new(Identity { id, made }), requests };
        tokio::spawn(task(handle.clone()).run(inbox));
        handle
    }

    /// Which room.
    pub fn id(&self) -> RoomId {
        self.identity.id
    }

    /// When it was made: what tells it from an earlier room of the same code.
    pub fn made(&self) -> Millis {
        self.identity.made
    }

    /// Everything that a screen shows, and up to which event.
    ///
    /// # Errors
    /// When the room has ended.
    pub async fn view(&self) -> Result<(ConsoleView, Position), Ended> {
        self.ask(|reply| Request::View { reply }).await
    }

    /// What was said in the chat, and up to which event.
    ///
    /// # Errors
    /// When the room has ended.
    pub async fn history(&self, last_seen: Option<u64>) -> Result<(History, Position), Ended> {
        self.ask(|reply| Request::History { last_seen, reply }).await
    }

    /// Seats a racer, or lets one go on.
    ///
    /// # Errors
    /// Why not.
    pub async fn sit(&self, wish: SeatWish, channel: ChannelRef<PhoneNews>, pusher: Pusher) -> SitReply {
        self.ask(|reply| Request::Sit { wish, channel, pusher, reply }).await?
    }

    /// Pushes what was broadcast since the view that a client was given, now that it is subscribed: the
    /// client misses nothing.
    ///
    /// # Errors
    /// When the room has ended, or too much was broadcast: the client has to join again.
    pub async fn listen(&self, topic: Topic, since: Position, pusher: Pusher) -> Result<(), FellBehind> {
        self.ask(|reply| Request::Listen { topic, since, pusher, reply }).await?
    }

    /// The same for a phone, which from now on is told its own count and place.
    ///
    /// # Errors
    /// As for [`listen`](RoomHandle::listen).
    pub async fn ready(&self, ticket: Ticket, since: Position) -> Result<(), FellBehind> {
        self.ask(|reply| Request::Ready { ticket, since, reply }).await?
    }

    /// Something a phone did. Waits while the room is busy, so that no tap is lost.
    ///
    /// # Errors
    /// When the room has ended.
    pub async fn act(&self, ticket: Ticket, act: Act) -> Result<(), Ended> {
        self.send(Request::Act { ticket, act }).await
    }

    /// Another name for a phone's racer.
    ///
    /// # Errors
    /// Why not.
    pub async fn rename(&self, ticket: Ticket, name: Name) -> Result<Renamed, NotNow> {
        self.ask(|reply| Request::Rename { ticket, name, reply }).await?
    }

    /// How fast a phone's racer taps.
    ///
    /// # Errors
    /// Why it is not taken.
    pub async fn calibrate(&self, ticket: Ticket, measured: Calibration) -> Result<Calibrated, NotNow> {
        self.ask(|reply| Request::Calibrate { ticket, measured, reply }).await?
    }

    /// Something a host wants, as it was read. It is answered with what was asked for, or nothing.
    ///
    /// # Errors
    /// Why not.
    pub async fn order(&self, by: Orderer, order: Result<Order, BadOrder>) -> OrderReply {
        self.ask(|reply| Request::Order { by, order, reply }).await?
    }

    /// Something somebody says.
    ///
    /// # Errors
    /// Why it is not heard.
    pub async fn say(&self, by: By, name: Name, text: ChatText) -> Result<(), NotSaid> {
        self.ask(|reply| Request::Say { by, name, text, reply }).await?
    }

    /// Saves the room as it is and lets nothing happen in it any more: the server stops, and the next one
    /// goes on from here.
    ///
    /// # Errors
    /// When the room has ended.
    pub async fn freeze(&self) -> Result<(), Ended> {
        self.ask(|reply| Request::Freeze { reply }).await
    }

    async fn send(&self, request: Request) -> Result<(), Ended> {
        self.requests.send(request).await.map_err(|_| Ended)
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, Ended> {
        let (reply, answer) = oneshot::channel();
        self.send(request(reply)).await?;
        answer.await.map_err(|_| Ended)
    }
}
