//! How a phone gets a seat, and how it gets it back.

use channels::{ChannelRef, Pusher};
use race::{Command, Event, RacerId, Refused};
use tokio::time::{Duration, Instant};

use super::{
    FellBehind, NotNow, NotSeated, PhoneNews, Position, SeatWish, Seated, SitReply, Ticket, phone::Phone,
    task::Task,
};
use crate::{
    looks::{Colour, Look, Shape},
    name::{BadName, Name},
    rate::TokenBucket,
    rooms::RoomId,
    tokens::{Nonce, Seat},
    wire::{PlayJoined, Renamed, RulesJson},
};

/// Somebody who is about to sit down.
#[derive(Clone, Debug)]
pub struct Guest {
    pub name: Name,
    pub colour: Option<Colour>,
    pub shape: Option<Shape>,
    pub nonce: Nonce,
}

/// How many may come in how fast. Who proves to be one guest, by a seat or a ticket, is let through
/// five times as fast as those of whom nothing is known.
pub(super) struct Joins(Option<(TokenBucket, TokenBucket)>);

impl Joins {
    /// So many strangers a second, ten seconds' worth of them at once; 0: no limit.
    pub fn new(per_second: u32) -> Joins {
        let now = Instant::now();
        let bucket = |per_second: u32| {
            let every = Duration::from_secs(1).checked_div(per_second)?;
            Some(TokenBucket::new(per_second.saturating_mul(10), every, now))
        };
        Joins(bucket(per_second.saturating_mul(5)).zip(bucket(per_second)))
    }

    fn take(&mut self, is_known: bool) -> bool {
        self.0.as_mut().is_none_or(|(known, strangers)| {
            let bucket = if is_known { known } else { strangers };
            bucket.take(Instant::now())
        })
    }
}

impl Guest {
    /// Who comes as they say themselves.
    pub fn typed(wish: &SeatWish, nonce: Option<Nonce>) -> Result<Guest, BadName> {
        let name = Name::parse(wish.name.as_deref().ok_or(BadName::Missing)?)?;
        let nonce = nonce.unwrap_or_else(Nonce::random);
        Ok(Guest { name, colour: wish.colour, shape: wish.shape, nonce })
    }

    /// Who was here before.
    fn known(Seat { name, look, nonce, .. }: Seat) -> Guest {
        Guest { name, colour: Some(look.colour), shape: Some(look.shape), nonce }
    }
}

impl Task {
    pub(super) fn sit(&mut self, wish: SeatWish, channel: ChannelRef<PhoneNews>, pusher: Pusher) -> SitReply {
        let id = self.handle.id();
        let seat = wish.seat.as_deref().and_then(|token| self.house.keys.read_seat(token, &id));
        let ticket = wish.ticket.as_deref().and_then(|token| self.house.keys.read_ticket(token, &id));
        let nonce = seat.as_ref().map(|seat| seat.nonce).or(ticket);
        if nonce.is_some_and(|nonce| self.sent_away.is_banned(nonce)) {
            return Err(NotSeated::Banned);
        }
        let seated = nonce.and_then(|nonce| Some((self.people.of_nonce(nonce)?, nonce)));
        let (racer, nonce) = match seated {
            // Refused is who has timed out in this very moment.
            Some((racer, nonce)) if self.apply(Command::Rejoin { racer }).is_ok() => (racer, nonce),
            _ => self.sit_down(&wish, seat, ticket)?,
        };
        self.race_as(racer, wish.account, wish.guest);
        let phone = Phone::new(channel, pusher, wish.alive);
        let (ticket, older) = self.people.take_over(racer, phone).ok_or(Refused::NoSuchRacer)?;
        self.expect_returned(racer);
        if let Some(older) = older {
            // A channel that has just ended need not be told.
            let _ = older.channel.send(PhoneNews::SeatTaken);
        }
        let seated = Seated::new(self.handle.clone(), ticket);
        let joined = self.play_joined(racer, nonce).ok_or(Refused::NoSuchRacer)?;
        Ok((seated, joined, self.play.position()))
    }

    /// Somebody who is not in the room comes in: anew, or with a seat they once had.
    fn sit_down(
        &mut self,
        wish: &SeatWish,
        seat: Option<Seat>,
        ticket: Option<Nonce>,
    ) -> Result<(RacerId, Nonce), NotSeated> {
        if !self.joins.take(seat.is_some() || ticket.is_some()) {
            return Err(NotSeated::RateLimited);
        }
        if self.is_full() {
            return Err(Refused::Full.into());
        }
        let guest = match seat {
            // Who only left may come back, whatever the door; who was sent away is a stranger.
            Some(seat) if !seat.is_of_knock() && !self.sent_away.contains(seat.nonce) => Guest::known(seat),
            Some(seat) => {
                // Not the name: it may have been the reason.
                let (colour, shape) = (Some(seat.look.colour), Some(seat.look.shape));
                self.open_door(&SeatWish { colour, shape, ..wish.clone() }, Some(seat.nonce))?
            }
            None => self.open_door(wish, ticket)?,
        };
        let racer = self.seat(&guest.name, guest.colour, guest.shape, Some(guest.nonce))?;
        self.sent_away.forgive(guest.nonce);
        self.recall_pace(racer, guest.nonce);
        self.recall_account(racer, guest.nonce);
        Ok((racer, guest.nonce))
    }

    /// A racer gets a lane: a guest, or a bot, which has no nonce.
    pub(super) fn seat(
        &mut self,
        name: &Name,
        colour: Option<Colour>,
        shape: Option<Shape>,
        nonce: Option<Nonce>,
    ) -> Result<RacerId, Refused> {
        let (name, look) = self.people.dress(name, colour, shape);
        let command = Command::Join { name: name.to_string(), bot: nonce.is_none() };
        let events =
            self.race.apply(self.now(), command).inspect_err(|_| self.people.undress(&name, look))?;
        let joined = events.iter().rev().find_map(|event| match event {
            Event::Joined { racer } => Some(*racer),
            _ => None,
        });
        let racer = joined.ok_or(Refused::NoSuchRacer)?;
        let races = self.race.racer(racer).is_some_and(|racer| racer.in_heat);
        self.people.seat(racer, name, look, nonce, races);
        self.follow(events);
        Ok(racer)
    }

    fn play_joined(&self, racer: RacerId, nonce: Nonce) -> Option<PlayJoined> {
        let id = self.handle.id();
        let state = self.race.racer(racer)?;
        let own = self.own_racer(racer)?;
        let name = self.people.get(racer)?.name.clone();
        Some(PlayJoined {
            seat: self.seat_token(racer, nonce, name, own.look),
            racer: own,
            room: id.code().to_owned(),
            phase: self.phase_for_phones(self.race.phase()),
            taps: state.taps,
            claimed: state.claimed,
            refused: state.refused,
            in_heat: state.in_heat,
            team: self.team_of(state),
            locked: self.is_locked(),
            cohost: self.is_cohost(racer),
            house: id == RoomId::House,
            handicap: self.handicap_json(state),
            next_rules: self.chosen.clone().map(RulesJson),
            chat: id.chat_topic(),
            alive: self.people.promise(racer).map(|alive| alive.as_millis()),
            results: self.results_for_phones(),
            account: self.account_of(racer).map(|account| account.name.to_string()),
        })
    }

    fn seat_token(&self, racer: RacerId, nonce: Nonce, name: Name, look: Look) -> String {
        self.house.keys.seat(&Seat::new(&self.handle.id(), racer, nonce, name, look))
    }

    /// Another name, or the first one like it that is free.
    pub(super) fn rename(&mut self, racer: RacerId, wanted: &Name) -> Result<Renamed, Refused> {
        self.race.racer(racer).ok_or(Refused::NoSuchRacer)?;
        let name = self.people.rename(racer, wanted).ok_or(Refused::NoSuchRacer)?;
        self.rename_in_tournament(racer, name.as_str());
        if let Some(nonce) = self.people.get(racer).and_then(|person| person.nonce) {
            self.rename_on_boards(nonce, &name);
        }
        self.apply(Command::Rename { racer, name: name.to_string() })?;
        let person = self.people.get(racer).ok_or(Refused::NoSuchRacer)?;
        let seat = person.nonce.map(|nonce| self.seat_token(racer, nonce, name.clone(), person.look));
        Ok(Renamed { name: name.to_string(), seat: seat.unwrap_or_default() })
    }

    /// The same, by the racer's own wish.
    pub(super) fn rename_self(&mut self, ticket: Ticket, wanted: &Name) -> Result<Renamed, NotNow> {
        let racer = self.race.racer(ticket.racer).filter(|_| self.people.is_current(ticket));
        let racer = racer.ok_or(Refused::NoSuchRacer)?;
        if racer.in_heat && self.race.phase().is_heat() {
            return Err(NotNow::Racing);
        }
        Ok(self.rename(ticket.racer, wanted)?)
    }

    /// The client has heard of its join.
    pub(super) fn ready(&mut self, ticket: Ticket, since: Position) -> Result<(), FellBehind> {
        if !self.people.is_current(ticket) {
            return Ok(());
        }
        let you = self.you(ticket.racer);
        if let Some(phone) = self.people.phone_mut(ticket.racer) {
            self.play.replay(since, &phone.pusher, |_| true)?;
            phone.ready = true;
            if let Some(you) = you {
                phone.tell(you);
            }
        }
        self.greet_in_tournament(ticket.racer);
        Ok(())
    }
}
