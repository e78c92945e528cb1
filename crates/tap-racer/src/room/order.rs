//! What a host may want of a room.

use race::{Command, RacerId, Refused, Rules};
use serde_json::Value;
use thiserror::Error;

use super::{
    PhoneNews,
    bots::{Bots, Level, NAMES},
    task::Task,
};
use crate::{
    name::Name,
    wire::{BadRulesJson, Params, RulesJson},
};

/// An order of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// What the next heat is to be.
    Rules {
        rules: Rules,
    },
    /// With these rules, or those that were chosen, or those of the heat before.
    Start {
        rules: Option<Rules>,
    },
    Rematch,
    Cancel,
    Kick {
        racer: RacerId,
    },
    Ban {
        racer: RacerId,
    },
    Lock {
        locked: bool,
    },
    Bots {
        count: usize,
        level: Option<Level>,
    },
}

/// Why an order was not carried out; the reason that the client sees.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadOrder {
    #[error("unknown event")]
    Unknown,
    #[error(transparent)]
    Rules(#[from] BadRulesJson),
    #[error("locked must be true or false")]
    Locked,
    #[error("bad rules: count must be between 0 and {}", Bots::MOST)]
    Count,
    #[error("bad rules: level must be easy, medium or hard")]
    Level,
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Ended(#[from] super::Ended),
}

impl Order {
    /// Reads an event of a console.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(event: &str, params: &Params) -> Result<Order, BadOrder> {
        match event {
            "rules" => {
                Ok(Order::Rules { rules: RulesJson::parse(params.get("rules").unwrap_or(&Value::Null))? })
            }
            "start" => Ok(Order::Start { rules: params.get("rules").map(RulesJson::parse).transpose()? }),
            "rematch" => Ok(Order::Rematch),
            "cancel" => Ok(Order::Cancel),
            "kick" => Ok(Order::Kick { racer: racer(params)? }),
            "ban" => Ok(Order::Ban { racer: racer(params)? }),
            "lock" => Ok(Order::Lock { locked: params.truth("locked").ok_or(BadOrder::Locked)? }),
            "bots" => {
                Ok(Order::Bots { count: count(params)?, level: params.get("level").map(level).transpose()? })
            }
            _ => Err(BadOrder::Unknown),
        }
    }
}

fn racer(params: &Params) -> Result<RacerId, Refused> {
    let id = params.whole("id").and_then(|id| u32::try_from(id).ok());
    id.map(RacerId).ok_or(Refused::NoSuchRacer)
}

fn count(params: &Params) -> Result<usize, BadOrder> {
    let count = params.whole("count").and_then(|count| usize::try_from(count).ok());
    count.filter(|count| *count <= Bots::MOST).ok_or(BadOrder::Count)
}

fn level(json: &Value) -> Result<Level, BadOrder> {
    match json.as_str() {
        Some("easy") => Ok(Level::Easy),
        Some("medium") => Ok(Level::Medium),
        Some("hard") => Ok(Level::Hard),
        _ => Err(BadOrder::Level),
    }
}

impl Task {
    pub(super) fn order(&mut self, order: Order) -> Result<(), BadOrder> {
        match order {
            Order::Rules { rules } => self.choose(rules),
            Order::Start { rules } => {
                let rules = rules.or_else(|| self.chosen.clone());
                self.apply(Command::Start { rules, field: None })?;
            }
            Order::Rematch => self.apply(Command::Start { rules: None, field: None })?,
            Order::Cancel => self.apply(Command::Cancel)?,
            Order::Kick { racer } => self.kick(racer, false)?,
            Order::Ban { racer } => self.kick(racer, true)?,
            Order::Lock { locked } => self.lock(locked),
            Order::Bots { count, level } => self.set_bots(count, level)?,
        }
        Ok(())
    }

    fn kick(&mut self, racer: RacerId, banned: bool) -> Result<(), Refused> {
        self.race.racer(racer).ok_or(Refused::NoSuchRacer)?;
        if let Some(nonce) = self.people.get(racer).and_then(|person| person.nonce) {
            self.sent_away.add(nonce, banned);
        }
        if let Some(phone) = self.people.phone_mut(racer) {
            // A channel that has just ended need not be told.
            let _ = phone.channel.send(PhoneNews::Kicked);
        }
        self.apply(Command::Kick { racer })
    }

    fn choose(&mut self, rules: Rules) {
        if self.chosen.as_ref() != Some(&rules) {
            let json = serde_json::json!({ "rules": RulesJson(rules.clone()) });
            self.chosen = Some(rules);
            self.tell_consoles("rules", &json);
            self.tell_players("rules", &json);
        }
    }

    fn lock(&mut self, locked: bool) {
        if self.locked != locked {
            self.locked = locked;
            self.tell_consoles("lock", &serde_json::json!({ "locked": locked }));
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
        let names = || NAMES.iter().filter_map(|name| Name::parse(name).ok());
        // Past the list, or with guests who took its names, numbers go behind them.
        let any = || names().nth(self.bots.count() % NAMES.len());
        let Some(name) = names().find(|name| self.people.is_free(name)).or_else(any) else { return Ok(()) };
        let racer = self.seat(&name, None, None, None)?;
        self.bots.add(racer);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use channels::Payload;
    use serde_json::json;

    use super::*;

    fn parse(event: &str, params: Value) -> Result<Order, String> {
        let params = Params::of(&Payload::json(&params).expect("a payload"));
        Order::parse(event, &params).map_err(|bad| bad.to_string())
    }

    #[test]
    fn orders_are_read_and_bad_ones_answered() {
        assert_eq!(parse("start", json!({})), Ok(Order::Start { rules: None }));
        assert_eq!(parse("start", json!({ "rules": null })), Ok(Order::Start { rules: None }));
        assert_eq!(parse("kick", json!({ "id": 7 })), Ok(Order::Kick { racer: RacerId(7) }));
        assert_eq!(
            parse("bots", json!({ "count": 3, "level": "hard" })),
            Ok(Order::Bots { count: 3, level: Some(Level::Hard) })
        );
        for (event, params, reason) in [
            ("start", json!({ "rules": 7 }), "bad rules: they must be an object"),
            ("rules", json!({}), "bad rules: they must be an object"),
            ("kick", json!({}), "no such racer"),
            ("ban", json!({ "id": -1 }), "no such racer"),
            ("ban", json!({ "id": 1u64 << 40 }), "no such racer"),
            ("lock", json!({ "locked": 1 }), "locked must be true or false"),
            ("bots", json!({ "count": 101 }), "bad rules: count must be between 0 and 100"),
            ("bots", json!({ "count": 1, "level": "mad" }), "bad rules: level must be easy, medium or hard"),
            ("dance", json!({}), "unknown event"),
        ] {
            assert_eq!(parse(event, params), Err(reason.to_owned()), "{event}");
        }
    }
}
