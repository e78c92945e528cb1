//! Who sits in a room: what the race need not know of its racers.

use std::{
    collections::HashMap,
    ops::{Deref, DerefMut},
};

use race::{Heat, RacerId, RacerMap};
use serde::{Deserialize, Serialize};
use tokio::time::{Duration, Instant};

use super::{
    Ticket,
    phone::{Heard, Phone},
};
use crate::{
    accounts::{Account, AccountId},
    looks::{Colour, Look, Looks, Shape},
    name::{Name, Names},
    tokens::Nonce,
};

/// A racer, as a guest.
pub(super) struct Person {
    profile: Profile,
    /// The socket that plays it now.
    pub phone: Option<Phone>,
    /// Of all sockets that this seat has had, the last one.
    serial: u64,
    /// The latest heat for which it has said that there will be no more taps. (Not saved: what came with
    /// it may be lost with the server, and is said again.)
    last_word: Option<Heat>,
}

/// What is known of a person whatever becomes of the socket: it is saved with the room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Profile {
    pub name: Name,
    pub look: Look,
    /// Whose seat it is; none for a bot.
    pub nonce: Option<Nonce>,
    /// Whether results may tell of them.
    races: bool,
    #[serde(default)]
    pub raced: Raced,
    /// For whom they race; nobody for a guest.
    #[serde(default)]
    pub account: Option<Account>,
}

/// When somebody last had their turn, and how often. The order is that of turns.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Raced {
    last: Heat,
    heats: u32,
}

impl Deref for Person {
    type Target = Profile;

    fn deref(&self) -> &Profile {
        &self.profile
    }
}

impl DerefMut for Person {
    fn deref_mut(&mut self) -> &mut Profile {
        &mut self.profile
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct People {
    all: RacerMap<Person>,
    by_nonce: HashMap<Nonce, RacerId>,
    names: Names,
    looks: Looks,
    /// Who left in mid-heat: results still show how they looked.
    departed: Vec<RacerId>,
    serials: u64,
}

impl People {
    pub fn get(&self, racer: RacerId) -> Option<&Person> {
        self.all.get(&racer)
    }

    pub fn get_mut(&mut self, racer: RacerId) -> Option<&mut Person> {
        self.all.get_mut(&racer)
    }

    pub fn phone_mut(&mut self, racer: RacerId) -> Option<&mut Phone> {
        self.all.get_mut(&racer)?.phone.as_mut()
    }

    /// The racer that whoever has this nonce plays.
    pub fn of_nonce(&self, nonce: Nonce) -> Option<RacerId> {
        self.by_nonce.get(&nonce).copied()
    }

    /// Those who race for an account.
    pub fn racing_for(&self, account: AccountId) -> Vec<RacerId> {
        let is_one = |person: &Person| person.account.as_ref().is_some_and(|other| other.id == account);
        self.all.iter().filter(|(_, person)| is_one(person)).map(|(racer, _)| *racer).collect()
    }

    /// Those whom a phone plays.
    pub fn playing(&self) -> impl Iterator<Item = RacerId> {
        self.all.iter().filter(|(_, person)| person.phone.is_some()).map(|(racer, _)| *racer)
    }

    /// How a racer looks, also one who has left.
    pub fn look(&self, racer: RacerId) -> Look {
        self.get(racer).map_or_else(Look::plain, |person| person.look)
    }

    pub fn is_free(&self, name: &Name) -> bool {
        self.names.is_free(name)
    }

    /// What is saved of them.
    pub fn saved(&self) -> Vec<(RacerId, Profile)> {
        self.all.iter().map(|(racer, person)| (*racer, person.profile.clone())).collect()
    }

    /// All of them as they were saved, each without a socket.
    pub fn restored(saved: Vec<(RacerId, Profile)>, is_seated: impl Fn(RacerId) -> bool) -> People {
        let mut people = People::default();
        for (racer, profile) in saved {
            if is_seated(racer) {
                people.names.keep(&profile.name);
                people.looks.keep(profile.look);
                people.by_nonce.extend(profile.nonce.map(|nonce| (nonce, racer)));
            } else {
                people.departed.push(racer);
            }
            people.all.insert(racer, Person { profile, phone: None, serial: 0, last_word: None });
        }
        people
    }

    /// Takes a name and a look out of those that are free.
    pub fn dress(&mut self, name: &Name, colour: Option<Colour>, shape: Option<Shape>) -> (Name, Look) {
        (self.names.take(name), self.looks.take(colour, shape))
    }

    /// Takes another name, or the first one like it that is free; gives the old one back.
    pub fn rename(&mut self, racer: RacerId, wanted: &Name) -> Option<Name> {
        let person = self.all.get_mut(&racer)?;
        self.names.release(&person.name);
        person.name = self.names.take(wanted);
        Some(person.name.clone())
    }

    /// Somebody has had their turn.
    pub fn has_raced(&mut self, racer: RacerId, heat: Heat) {
        if let Some(person) = self.all.get_mut(&racer) {
            person.raced.last = heat;
            person.raced.heats += 1;
        }
    }

    /// How many are no bots.
    pub fn guests(&self) -> usize {
        self.by_nonce.len()
    }

    /// Gives them back.
    pub fn undress(&mut self, name: &Name, look: Look) {
        self.names.release(name);
        self.looks.release(look);
    }

    /// Somebody sits down, dressed.
    pub fn seat(&mut self, racer: RacerId, name: Name, look: Look, nonce: Option<Nonce>, races: bool) {
        if let Some(nonce) = nonce {
            self.by_nonce.insert(nonce, racer);
        }
        let profile = Profile { name, look, nonce, races, raced: Raced::default(), account: None };
        self.all.insert(racer, Person { profile, phone: None, serial: 0, last_word: None });
    }

    /// A socket takes over a seat: its ticket, and the older socket that must be told.
    pub fn take_over(&mut self, racer: RacerId, phone: Phone) -> Option<(Ticket, Option<Phone>)> {
        let person = self.all.get_mut(&racer)?;
        self.serials += 1;
        person.serial = self.serials;
        Some((Ticket { racer, serial: self.serials }, person.phone.replace(phone)))
    }

    /// Whether this is the ticket of the seat's newest socket.
    pub fn is_current(&self, ticket: Ticket) -> bool {
        self.get(ticket.racer).is_some_and(|person| person.serial == ticket.serial && person.phone.is_some())
    }

    /// The same of somebody who acts, and so is there.
    pub fn hear(&mut self, ticket: Ticket, now: Instant) -> Heard {
        let Some(person) = self.all.get_mut(&ticket.racer) else { return Heard::Stale };
        let is_newest = person.serial == ticket.serial;
        let Some(phone) = person.phone.as_mut().filter(|_| is_newest) else { return Heard::Stale };
        phone.hear(now)
    }

    /// Those of whom signs of life are expected, and who have kept silent for longer than they promised;
    /// each is told of once.
    pub fn fall_silent(&mut self, now: Instant, is_expected: impl Fn(RacerId) -> bool) -> Vec<RacerId> {
        let silent = |(racer, person): (&RacerId, &mut Person)| {
            let phone = person.phone.as_mut()?;
            (is_expected(*racer) && phone.falls_silent(now)).then_some(*racer)
        };
        self.all.iter_mut().filter_map(silent).collect()
    }

    /// How often this one has promised to give a sign of life, and with it a last word.
    pub fn promise(&self, racer: RacerId) -> Option<Duration> {
        self.get(racer)?.phone.as_ref()?.alive
    }

    /// There will be no more taps of this heat.
    pub fn say_last(&mut self, racer: RacerId, heat: Heat) {
        if let Some(person) = self.all.get_mut(&racer) {
            person.last_word = Some(heat);
        }
    }

    pub fn has_said_last(&self, racer: RacerId, heat: Heat) -> bool {
        self.get(racer).is_some_and(|person| person.last_word == Some(heat))
    }

    /// The socket of a seat is gone.
    pub fn hang_up(&mut self, racer: RacerId) {
        if let Some(person) = self.all.get_mut(&racer) {
            person.phone = None;
        }
    }

    /// Somebody goes; name, look and nonce are free. The socket that played, if there is one, is
    /// handed out.
    pub fn depart(&mut self, racer: RacerId) -> Option<Phone> {
        let person = self.all.get_mut(&racer)?;
        self.names.release(&person.name);
        self.looks.release(person.look);
        if let Some(nonce) = person.nonce {
            self.by_nonce.remove(&nonce);
        }
        let phone = person.phone.take();
        if person.races {
            self.departed.push(racer);
        } else {
            self.all.remove(&racer);
        }
        phone
    }

    /// A new heat begins, with everybody who sits; nobody asks for those who left the one before.
    pub fn line_up(&mut self) {
        for racer in self.departed.drain(..) {
            self.all.remove(&racer);
        }
        let now = Instant::now();
        for person in self.all.values_mut() {
            person.races = true;
            if let Some(phone) = &mut person.phone {
                // Before a heat nobody has promised anything.
                phone.heard_at = now;
            }
        }
    }
}
