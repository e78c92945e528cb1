//! Who may come in: the door is open, or the host is asked, or it is locked; and how many fit.
//!
//! Who has a seat of this room goes past the door, unless they were sent away. Everybody else is a
//! stranger. A stranger who has to wait tries again every second with the seat that came with the
//! refusal; it proves that they are the one who knocked, and nothing more.

mod knocks;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{BadOrder, NotSeated, SeatWish, join::Guest, task::Task};
use crate::{
    tokens::{Nonce, Seat},
    wire::KnockJson,
};

pub use knocks::{Answer, Knock, Knocks};

/// What a stranger finds.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Door {
    /// A free lane.
    #[default]
    Open,
    /// A host who has to be asked.
    Approve,
    /// Nobody is let in.
    Locked,
}

/// How the host has set up the room.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setup {
    pub door: Door,
    /// How many racers fit; 0: as many as the house allows.
    pub cap: u32,
    /// How many race at once; 0: all.
    pub lanes: u32,
}

impl Door {
    /// The door of this name.
    pub fn named(name: &str) -> Option<Door> {
        match name {
            "open" => Some(Door::Open),
            "approve" => Some(Door::Approve),
            "locked" => Some(Door::Locked),
            _ => None,
        }
    }
}

impl Task {
    pub(super) fn set_up(&mut self, setup: Setup) {
        if self.party.setup == setup {
            return;
        }
        let door = self.party.setup.door;
        self.party.setup = setup;
        if door != setup.door {
            // Who was told to wait finds another door with the next try; who was promised to be let in is.
            self.forget_knocks(|knock| setup.door == Door::Open || knock.answer == Answer::Waiting);
        }
        self.tell_consoles("room", &setup);
        if (door == Door::Locked) != self.is_locked() {
            self.tell_consoles("lock", &serde_json::json!({ "locked": self.is_locked() }));
        }
    }

    pub(super) fn is_locked(&self) -> bool {
        self.party.setup.door == Door::Locked
    }

    /// Whether there is no seat left, bots included.
    pub(super) fn is_full(&self) -> bool {
        let seats = self.race.settings().seats;
        let most = if self.party.setup.cap == 0 { seats } else { self.party.setup.cap.min(seats) };
        self.people.guests() + self.bots.count() >= most as usize
    }

    /// Lets a stranger pass the door, or says why not.
    pub(super) fn open_door(&mut self, wish: &SeatWish, nonce: Option<Nonce>) -> Result<Guest, NotSeated> {
        let now = Instant::now();
        let known = nonce.and_then(|nonce| self.knocks.try_again(nonce, now));
        match (known, self.party.setup.door) {
            (Some(knock), _) if knock.answer == Answer::Denied => Err(NotSeated::NotLetIn),
            (Some(knock), _) if knock.answer == Answer::Admitted => {
                self.forget_knocks(|other| other.nonce == knock.nonce);
                Ok(knock.into_guest())
            }
            (_, Door::Open) => Ok(Guest::typed(wish, nonce)?),
            (_, Door::Locked) => Err(NotSeated::Locked),
            (Some(knock), Door::Approve) => Err(self.outside(&knock)),
            (None, Door::Approve) if self.knocks.is_full() => Err(NotSeated::RateLimited),
            (None, Door::Approve) => {
                let Guest { name, colour, shape, nonce } = Guest::typed(wish, nonce)?;
                let (name, look) = self.people.dress(&name, colour, shape);
                let knock = self.knocks.add(nonce, name, look, now);
                self.tell_consoles("knock", &KnockJson::of(&knock));
                Err(self.outside(&knock))
            }
        }
    }

    fn outside(&self, knock: &Knock) -> NotSeated {
        let seat = Seat::of_knock(&self.handle.id(), knock.nonce, knock.name.clone(), knock.look);
        NotSeated::Waiting { seat: self.house.keys.seat(&seat) }
    }

    /// Lets somebody in who waits, or sends them away: they hear of it with their next try.
    pub(super) fn answer_knock(&mut self, id: u32, answer: Answer) -> Result<(), BadOrder> {
        let knock = self.knocks.answer(id, answer, Instant::now()).ok_or(BadOrder::NoSuchKnock)?;
        if answer == Answer::Denied {
            self.people.undress(&knock.name, knock.look);
        }
        self.tell_consoles("knock_gone", &serde_json::json!({ "id": id }));
        Ok(())
    }

    pub(super) fn forget_knocks(&mut self, which: impl Fn(&Knock) -> bool) {
        for knock in self.knocks.take(which) {
            if knock.answer != Answer::Denied {
                self.people.undress(&knock.name, knock.look);
            }
            if knock.answer == Answer::Waiting {
                self.tell_consoles("knock_gone", &serde_json::json!({ "id": knock.id }));
            }
        }
    }
}
