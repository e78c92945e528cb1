//! How a phone gets a seat, and how it gets it back.

use channels::{ChannelRef, Pusher};
use race::{Command, Event, RacerId, Refused};

use super::{
    FellBehind, NotSeated, PhoneNews, Position, SeatWish, Seated, SitReply, Ticket, people::Phone, task::Task,
};
use crate::{
    looks::{Colour, Shape},
    name::{BadName, Name},
    tokens::{Nonce, Seat},
    wire::{PlayJoined, RulesJson},
};

/// A phone that taps on sends its count this often, in milliseconds.
const REPORT_EVERY: u32 = 50;

impl Task {
    pub(super) fn sit(&mut self, wish: SeatWish, channel: ChannelRef<PhoneNews>, pusher: Pusher) -> SitReply {
        let seat = wish.seat.as_deref().and_then(|token| self.house.keys.read_seat(token, &self.handle.id()));
        if seat.as_ref().is_some_and(|seat| self.sent_away.is_banned(seat.nonce)) {
            return Err(NotSeated::Banned);
        }
        let seated = seat.as_ref().and_then(|seat| self.people.of_nonce(seat.nonce));
        let (racer, nonce) = match (seated, seat) {
            // Refused is who has timed out in this very moment.
            (Some(racer), Some(seat)) if self.apply(Command::Rejoin { racer }).is_ok() => (racer, seat.nonce),
            (_, seat) => self.sit_down(&wish, seat)?,
        };
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
    fn sit_down(&mut self, wish: &SeatWish, seat: Option<Seat>) -> Result<(RacerId, Nonce), NotSeated> {
        // While the room is locked, who was sent away stays away; who only left may come back.
        let is_expected = seat.as_ref().is_some_and(|seat| !self.sent_away.contains(seat.nonce));
        if self.locked && !is_expected {
            return Err(NotSeated::Locked);
        }
        let typed = || Name::parse(wish.name.as_deref().ok_or(BadName::Missing)?);
        let (name, colour, shape, nonce) = match seat {
            Some(seat) => {
                // It may have been the name for which somebody was sent away.
                let name = if is_expected { seat.name } else { typed()? };
                (name, Some(seat.look.colour), Some(seat.look.shape), seat.nonce)
            }
            None => (typed()?, wish.colour, wish.shape, Nonce::random()),
        };
        let racer = self.seat(&name, colour, shape, Some(nonce))?;
        self.sent_away.forgive(nonce);
        Ok((racer, nonce))
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
        let seat = Seat::new(&id, racer, nonce, name, own.look);
        Some(PlayJoined {
            seat: self.house.keys.seat(&seat),
            racer: own,
            room: id.code().to_owned(),
            phase: self.phase(),
            taps: state.taps,
            claimed: state.claimed,
            refused: state.refused,
            in_heat: state.in_heat,
            team: self.team_of(state),
            locked: self.locked,
            next_rules: self.chosen.clone().map(RulesJson),
            chat: id.chat_topic(),
            report_every: REPORT_EVERY,
            alive: self.people.promise(racer).map(|alive| alive.as_millis()),
            results: self.results_for_phones(),
        })
    }

    /// The client has heard of its join.
    pub(super) fn ready(&mut self, ticket: Ticket, since: Position) -> Result<(), FellBehind> {
        if !self.people.is_current(ticket) {
            return Ok(());
        }
        let you = self.you(ticket.racer);
        if let Some(phone) = self.people.phone_mut(ticket.racer) {
            self.play.replay(since, &phone.pusher)?;
            phone.ready = true;
            if let Some(you) = you {
                phone.tell(you);
            }
        }
        Ok(())
    }
}
