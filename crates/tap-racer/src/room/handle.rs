//! The way to a room's task: one request for each thing that may be asked of it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use channels::{ChannelRef, Payload, Pusher};
use race::Millis;
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use super::{
    Act, BadOrder, Calibration, Ended, FellBehind, NotNow, NotSaid, NotSeated, Order, Orderer, PhoneNews,
    Position, Restorable, SeatWish, Seated, Ticket, Topic, task::Task,
};
use crate::{
    accounts::AccountId,
    chat::{By, ChatText, History},
    name::Name,
    records::Recorded,
    rooms::{Entry, House, RoomId},
    wire::{Calibrated, ConsoleView, PlayJoined, Renamed},
};

/// How many requests may wait for a room; who sends one more waits itself.
const QUEUE: usize = 4096;

/// The way to a room's task. Cheap to clone.
#[derive(Clone)]
pub struct RoomHandle {
    identity: Arc<Identity>,
    pub(super) requests: mpsc::Sender<Request>,
}

struct Identity {
    id: RoomId,
    made: Millis,
    /// For who wants to know without asking: noted by the task whenever it has done something.
    racers: AtomicUsize,
    is_racing: AtomicBool,
}

pub(super) enum Request {
    View { reply: Reply<(ConsoleView, Position)> },
    Listen { topic: Topic, since: Position, pusher: Pusher, reply: Reply<Result<(), FellBehind>> },
    Sit { wish: Box<SeatWish>, channel: ChannelRef<PhoneNews>, pusher: Pusher, reply: Reply<SitReply> },
    Ready { ticket: Ticket, since: Position, reply: Reply<Result<(), FellBehind>> },
    Act { ticket: Ticket, act: Act },
    Order { by: Orderer, order: Result<Order, BadOrder>, reply: Reply<OrderReply> },
    Rename { ticket: Ticket, name: Name, reply: Reply<Result<Renamed, NotNow>> },
    History { last_seen: Option<u64>, reply: Reply<(History, Position)> },
    Say { by: By, name: Name, text: ChatText, reply: Reply<Result<(), NotSaid>> },
    Calibrate { ticket: Ticket, measured: Calibration, reply: Reply<Result<Calibrated, NotNow>> },
    Recorded { recorded: Recorded },
    SignOut { account: AccountId },
    Save,
    Freeze { reply: Reply<()> },
}

type Reply<T> = oneshot::Sender<T>;
pub(super) type OrderReply = Result<Payload, BadOrder>;
pub(super) type SitReply = Result<(Seated, PlayJoined, Position), NotSeated>;

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
        let (racers, is_racing) = Default::default();
        let handle = RoomHandle { identity: Arc::new(Identity { id, made, racers, is_racing }), requests };
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

    pub(super) fn note(&self, racers: usize, is_racing: bool) {
        self.identity.racers.store(racers, Ordering::Relaxed);
        self.identity.is_racing.store(is_racing, Ordering::Relaxed);
    }

    /// How many are seated.
    pub fn racers(&self) -> usize {
        self.identity.racers.load(Ordering::Relaxed)
    }

    /// Whether a heat is on.
    pub fn is_racing(&self) -> bool {
        self.identity.is_racing.load(Ordering::Relaxed)
    }

    /// How many requests wait.
    pub fn queue(&self) -> usize {
        self.requests.max_capacity() - self.requests.capacity()
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
        let wish = Box::new(wish);
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

    /// A heat of the room was recorded. One that has too much to do is not told: it is news of a moment.
    pub fn tell_recorded(&self, recorded: Recorded) {
        let _ = self.requests.try_send(Request::Recorded { recorded });
    }

    /// No seat of the room races for this account any more, unless it comes back with it.
    pub fn sign_out(&self, account: AccountId) {
        self.send_soon(Request::SignOut { account });
    }

    /// Has the room save its state. One that has so much to do that it is not told saves itself soon anyway.
    pub fn save(&self) {
        let _ = self.requests.try_send(Request::Save);
    }

    /// Saves the room as it is and lets nothing happen in it any more: the server stops, and the next one
    /// goes on from here.
    ///
    /// # Errors
    /// When the room has ended.
    pub async fn freeze(&self) -> Result<(), Ended> {
        self.ask(|reply| Request::Freeze { reply }).await
    }

    pub(super) async fn send(&self, request: Request) -> Result<(), Ended> {
        match self.requests.try_send(request) {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(_)) => Err(Ended),
            // Boxed, since it is rare: no other request has to leave room for it.
            Err(TrySendError::Full(request)) => {
                Box::pin(self.requests.send(request)).await.map_err(|_| Ended)
            }
        }
    }

    /// The same for who cannot wait.
    pub(super) fn send_soon(&self, request: Request) {
        if let Err(TrySendError::Full(request)) = self.requests.try_send(request) {
            // There is no runtime any more when the whole server goes down, and no room to tell.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                let room = self.clone();
                runtime.spawn(async move { room.send(request).await });
            }
        }
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, Ended> {
        let (reply, answer) = oneshot::channel();
        self.send(request(reply)).await?;
        answer.await.map_err(|_| Ended)
    }
}
