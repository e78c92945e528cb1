//! A room: a race, its screens, its phones, its chat. One task owns all of it; everybody else holds
//! a [`RoomHandle`] and asks. So what happens in a room happens in one order, which everybody sees.
//!
//! Nothing here knows sockets or topics' protocols beyond the [`Pusher`]s and [`ChannelRef`]s that it is
//! handed, and nothing here decides who wins: that is the race's.

mod accounts;
mod boards;
mod bots;
mod cohosts;
mod crowd;
mod door;
mod equal;
mod feed;
mod finish;
mod ghost;
mod handle;
mod heats;
mod join;
mod moderation;
mod news;
mod order;
mod party;
mod people;
mod phone;
mod record;
mod report;
mod saved;
mod saving;
mod seat;
mod sent_away;
mod task;
mod ticks;
mod tournament;
mod traces;
mod updates;

use std::collections::HashSet;

use channels::Payload;
use race::{Heat, Millis, RacerId, Refused};
use thiserror::Error;

use self::handle::{OrderReply, Request, SitReply};
use crate::{chat::By, name::BadName, wire::Emoji};

pub use boards::{Best, Board};
pub use door::{Door, Knock, Setup};
pub use equal::Calibration;
pub use feed::{FellBehind, Position};
pub use ghost::Ghost;
pub use handle::RoomHandle;
pub use order::{BadOrder, Order};
pub use saved::{BadSaved, Restorable, SavedRoom};
pub use seat::{SeatWish, Seated};
pub use updates::UpdateBudget;

/// The room has ended, or its task has failed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
#[error("no such room")]
pub struct Ended;

/// Which of a room's topics somebody listens to. (Phones are told more: see [`RoomHandle::ready`].)
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// For screens.
    Console,
    /// For talk, but not with these.
    Chat { ignored: HashSet<By> },
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
    /// The account that it raced for is logged out: it joins anew, to see as whom.
    SignedOut,
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
