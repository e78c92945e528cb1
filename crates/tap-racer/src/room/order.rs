//! What a host may want of a room, as clients write it.

mod carry_out;
#[cfg(test)]
mod tests;

use race::{RacerId, Refused, Rules};
use serde_json::Value;
use thiserror::Error;

use super::{
    bots::{Bots, Level},
    door::{Answer, Door},
};
use crate::{
    chat::By,
    name::{BadName, Name},
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
    Door {
        door: Door,
    },
    /// Locks the door, or opens one that is locked.
    Lock {
        locked: bool,
    },
    /// How many racers the room takes; 0: as many as the house allows.
    Cap {
        racers: u32,
    },
    /// How many race at once; 0: all.
    Lanes {
        lanes: u32,
    },
    /// Somebody at the door comes in, or does not.
    Answer {
        knock: u32,
        answer: Answer,
    },
    Rename {
        racer: RacerId,
        name: Name,
    },
    CoHost {
        racer: RacerId,
        cohost: bool,
    },
    Bots {
        count: usize,
        level: Option<Level>,
    },
    Mute {
        by: By,
        muted: bool,
    },
    DeleteMessage {
        id: u64,
    },
    Tournament {
        on: bool,
    },
    /// Who is here and who knocks, for those who are told of neither.
    Roster,
    /// The room is closed for good.
    End,
}

/// Why an order was not carried out; the reason that the client sees.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadOrder {
    #[error("unknown event")]
    Unknown,
    #[error("not the host")]
    NotTheHost,
    #[error(transparent)]
    Rules(#[from] BadRulesJson),
    #[error("locked must be true or false")]
    Locked,
    #[error("door must be open, approve or locked")]
    Door,
    #[error("racers must be between 0 and {most}")]
    Cap { most: u32 },
    #[error("lanes must be 0 or between 2 and {}", Order::MOST_LANES)]
    Lanes,
    #[error("no such knock")]
    NoSuchKnock,
    #[error("cohost must be true or false")]
    CoHost,
    #[error("too many co-hosts")]
    CoHosts,
    #[error("a bot has no phone")]
    Bot,
    #[error("by is missing")]
    By,
    #[error("muted must be true or false")]
    Muted,
    #[error("no such message")]
    NoSuchMessage,
    #[error("on must be true or false")]
    On,
    #[error("a tournament needs two racers")]
    TooFew,
    #[error("a tournament is for {} racers at most", Order::MOST_ENTRANTS)]
    TooMany,
    #[error("a tournament is on")]
    Tournament,
    #[error("the house room stays")]
    House,
    #[error("bad rules: count must be between 0 and {}", Bots::MOST)]
    Count,
    #[error("bad rules: level must be easy, medium or hard")]
    Level,
    #[error(transparent)]
    Name(#[from] BadName),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Ended(#[from] super::Ended),
}

impl Order {
    /// More do not fit on a screen side by side.
    pub const MOST_LANES: u32 = 100;

    /// Every screen is told of everybody in a tournament whenever something changes in it.
    pub const MOST_ENTRANTS: usize = 1_000;

    /// Reads an event of a console.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(event: &str, params: &Params) -> Result<Order, BadOrder> {
        let order = match event {
            "rules" => Order::Rules { rules: RulesJson::parse(params.get("rules").unwrap_or(&Value::Null))? },
            "start" => Order::Start { rules: params.get("rules").map(RulesJson::parse).transpose()? },
            "rematch" => Order::Rematch,
            "cancel" => Order::Cancel,
            "kick" => Order::Kick { racer: racer(params)? },
            "ban" => Order::Ban { racer: racer(params)? },
            "lock" => Order::Lock { locked: params.truth("locked").ok_or(BadOrder::Locked)? },
            "door" => Order::Door { door: params.text("door").and_then(Door::named).ok_or(BadOrder::Door)? },
            // What is too large for a number is more than any house allows.
            "cap" => Order::Cap { racers: number(params, "racers").unwrap_or(u32::MAX) },
            "lanes" => Order::Lanes { lanes: lanes(params)? },
            "admit" => Order::Answer { knock: knock(params)?, answer: Answer::Admitted },
            "deny" => Order::Answer { knock: knock(params)?, answer: Answer::Denied },
            "rename" => Order::Rename { racer: racer(params)?, name: name(params)? },
            "cohost" => {
                let cohost = params.truth("cohost").ok_or(BadOrder::CoHost)?;
                Order::CoHost { racer: racer(params)?, cohost }
            }
            "bots" => {
                Order::Bots { count: count(params)?, level: params.get("level").map(level).transpose()? }
            }
            "mute" => Order::Mute {
                by: params.text("by").and_then(By::parse).ok_or(BadOrder::By)?,
                muted: params.truth("muted").ok_or(BadOrder::Muted)?,
            },
            "delete_msg" => Order::DeleteMessage { id: params.whole("id").ok_or(BadOrder::NoSuchMessage)? },
            "tournament" => Order::Tournament { on: params.truth("on").ok_or(BadOrder::On)? },
            "roster" => Order::Roster,
            "end" => Order::End,
            _ => return Err(BadOrder::Unknown),
        };
        Ok(order)
    }

    /// Whether a guest who helps may give it. What cannot be undone, or would make others hosts, is
    /// for the host.
    pub fn is_for_cohosts(&self) -> bool {
        match self {
            Order::Rules { .. }
            | Order::Start { .. }
            | Order::Rematch
            | Order::Cancel
            | Order::Kick { .. }
            | Order::Door { .. }
            | Order::Lock { .. }
            | Order::Answer { .. }
            | Order::Mute { .. }
            | Order::DeleteMessage { .. }
            | Order::Roster => true,
            Order::Ban { .. }
            | Order::Cap { .. }
            | Order::Lanes { .. }
            | Order::Rename { .. }
            | Order::CoHost { .. }
            | Order::Bots { .. }
            | Order::Tournament { .. }
            | Order::End => false,
        }
    }
}

fn number(params: &Params, field: &str) -> Option<u32> {
    params.whole(field).and_then(|number| u32::try_from(number).ok())
}

fn racer(params: &Params) -> Result<RacerId, Refused> {
    number(params, "id").map(RacerId).ok_or(Refused::NoSuchRacer)
}

fn knock(params: &Params) -> Result<u32, BadOrder> {
    number(params, "id").ok_or(BadOrder::NoSuchKnock)
}

fn name(params: &Params) -> Result<Name, BadName> {
    Name::parse(params.text("name").ok_or(BadName::Missing)?)
}

fn lanes(params: &Params) -> Result<u32, BadOrder> {
    let lanes = number(params, "lanes").ok_or(BadOrder::Lanes)?;
    let is_possible = lanes == 0 || (2..=Order::MOST_LANES).contains(&lanes);
    is_possible.then_some(lanes).ok_or(BadOrder::Lanes)
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
