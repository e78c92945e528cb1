//! Sitting down in a room, as its channels see it.

use std::time::Duration;

use super::{Act, Request, RoomHandle, Ticket};
use crate::{
    accounts::Account,
    looks::{Colour, Shape},
};

/// What a phone asks for when it joins.
#[derive(Clone, Debug, Default)]
pub struct SeatWish {
    /// What its owner typed.
    pub name: Option<String>,
    /// If they chose one.
    pub colour: Option<Colour>,
    /// If they chose one.
    pub shape: Option<Shape>,
    /// The token of a seat that it has had.
    pub seat: Option<String>,
    /// What it was given to come with.
    pub ticket: Option<String>,
    /// For whom its owner races.
    pub account: Option<Account>,
    /// Says that nobody is logged in: whatever account the seat has raced for, it does no more.
    pub guest: bool,
    /// How often it promises to give a sign of life in a heat.
    pub alive: Option<Duration>,
}

/// A seat that is held by a socket. When this is dropped, on whatever way, the room hears that the
/// socket is gone.
pub struct Seated {
    room: RoomHandle,
    ticket: Ticket,
    for_good: bool,
}

impl Seated {
    pub(super) fn new(room: RoomHandle, ticket: Ticket) -> Seated {
        Seated { room, ticket, for_good: false }
    }

    /// Whose seat.
    pub fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Says that the racer is not coming back.
    pub fn leave_for_good(&mut self) {
        self.for_good = true;
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        let act = if self.for_good { Act::Leave } else { Act::Disconnect };
        self.room.send_soon(Request::Act { ticket: self.ticket, act });
    }
}
