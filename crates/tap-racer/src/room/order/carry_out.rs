//! What a room does when it is told to.

use channels::Payload;
use race::{Command, RacerId, Refused, Rules};
use serde_json::json;

use super::{BadOrder, Order};
use crate::{
    name::Name,
    room::{
        Door, OrderReply, Orderer, PhoneNews, Setup,
        bots::{Level, NAMES},
        task::Task,
    },
    rooms::RoomId,
    wire::RulesJson,
};

impl Task {
    pub(in crate::room) fn order(&mut self, by: Orderer, order: Result<Order, BadOrder>) -> OrderReply {
        if let Orderer::Phone(ticket) = by {
            let is_cohost = self.people.is_current(ticket) && self.is_cohost(ticket.racer);
            // Whether an order of somebody else would have been a good one is none of their business.
            if !is_cohost || order.as_ref().is_ok_and(|order| !order.is_for_cohosts()) {
                return Err(BadOrder::NotTheHost);
            }
        }
        let order = order?;
        if order == Order::Roster {
            // Plain fields always have a JSON form.
            return Ok(Payload::json(&self.roster()).unwrap_or_else(|_| Payload::empty()));
        }
        self.carry_out(order).map(|()| Payload::empty())
    }

    fn carry_out(&mut self, order: Order) -> Result<(), BadOrder> {
        match order {
            Order::Rules { rules } => self.choose(rules),
            Order::Start { rules } => {
                let rules = rules.or_else(|| self.chosen.clone());
                self.start(rules)?;
            }
            Order::Rematch => self.start(None)?,
            Order::Cancel => self.apply(Command::Cancel)?,
            Order::Kick { racer } => self.kick(racer, false)?,
            Order::Ban { racer } => self.kick(racer, true)?,
            Order::Door { door } => self.set_up(Setup { door, ..self.party.setup }),
            Order::Lock { locked } if locked == self.is_locked() => {}
            Order::Lock { locked } => {
                let door = if locked { Door::Locked } else { Door::Open };
                self.set_up(Setup { door, ..self.party.setup });
            }
            Order::Cap { racers } => {
                let most = self.house.settings.seats;
                if racers > most {
                    return Err(BadOrder::Cap { most });
                }
                self.set_up(Setup { cap: racers, ..self.party.setup });
            }
            Order::Lanes { lanes } => self.set_up(Setup { lanes, ..self.party.setup }),
            Order::Answer { knock, answer } => self.answer_knock(knock, answer)?,
            Order::Rename { racer, name } => {
                let renamed = self.rename(racer, &name)?;
                self.tell_phone(racer, "renamed", &renamed);
            }
            Order::CoHost { racer, cohost } => self.make_cohost(racer, cohost)?,
            Order::Bots { count, level } => self.set_bots(count, level)?,
            Order::Mute { by, muted } => self.mute(&by, muted),
            Order::DeleteMessage { id } => self.delete_message(id)?,
            Order::Tournament { on: true } => self.begin_tournament()?,
            Order::Tournament { on: false } => self.end_tournament(),
            Order::Roster => {}
            Order::End => self.end()?,
        }
        Ok(())
    }

    fn kick(&mut self, racer: RacerId, banned: bool) -> Result<(), Refused> {
        self.race.racer(racer).ok_or(Refused::NoSuchRacer)?;
        if let Some(nonce) = self.people.get(racer).and_then(|person| person.nonce) {
            self.sent_away.add(nonce, banned);
            self.dismiss(nonce);
        }
        if let Some(phone) = self.people.phone_mut(racer) {
            // A channel that has just ended need not be told.
            let _ = phone.channel.send(PhoneNews::Kicked);
        }
        self.apply(Command::Kick { racer })
    }

    fn choose(&mut self, rules: Rules) {
        if self.chosen.as_ref() != Some(&rules) {
            let json = json!({ "rules": RulesJson(rules.clone()) });
            self.chosen = Some(rules);
            self.tell_consoles("rules", &json);
            self.tell_players("rules", &json);
            self.tell_courses();
        }
    }

    fn set_bots(&mut self, count: usize, level: Option<Level>) -> Result<(), Refused> {
        if let Some(level) = level {
            self.bots.level = level;
        }
        while self.bots.count() > count
            && let Some(racer) = self.bots.last()
        {
            self.apply(Command::Leave { racer })?;
        }
        while self.bots.count() < count {
            self.add_bot()?;
        }
        Ok(())
    }

    fn add_bot(&mut self) -> Result<(), Refused> {
        if self.is_full() {
            return Err(Refused::Full);
        }
        let names = || NAMES.iter().filter_map(|name| Name::parse(name).ok());
        // Past the list, or with guests who took its names, numbers go behind them.
        let any = || names().nth(self.bots.count() % NAMES.len());
        let Some(name) = names().find(|name| self.people.is_free(name)).or_else(any) else { return Ok(()) };
        let racer = self.seat(&name, None, None, None)?;
        self.bots.add(racer);
        Ok(())
    }

    fn end(&mut self) -> Result<(), BadOrder> {
        if self.handle.id() == RoomId::House {
            return Err(BadOrder::House);
        }
        self.has_ended = true;
        let nothing = json!({});
        self.tell_consoles("room_ended", &nothing);
        self.tell_players("room_ended", &nothing);
        self.talk.broadcast(&self.house.endpoint, "room_ended", &nothing);
        Ok(())
    }
}
