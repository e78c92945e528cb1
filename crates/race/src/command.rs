//! What can be asked of a race, and why it may say no.

use thiserror::Error;

use crate::racer::RacerId;
use crate::rules::{BadRules, Rules};
use crate::time::Millis;

/// The number of a heat: 0 before the first start, then 1, 2, ...
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Heat(pub u32);

/// Everything that can happen to a race. A list of `(Millis, Command)` is its journal: applied
/// again to a new race it gives the same race.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Command {
    /// Somebody sits down, in the smallest free lane. During a heat that has begun they wait for
    /// the next one; until the gun they are in it.
    Join {
        /// Trimmed; 1 to 24 characters. Two racers may have the same name.
        name: String,
        /// Played by the server: never disconnects, never flagged.
        bot: bool,
    },
    /// A lost phone is back within its grace.
    Rejoin {
        /// Who.
        racer: RacerId,
    },
    /// The phone was lost; the seat is kept for [`Settings::grace`](crate::Settings::grace).
    Disconnect {
        /// Who.
        racer: RacerId,
    },
    /// Somebody goes for good.
    Leave {
        /// Who.
        racer: RacerId,
    },
    /// The host sends somebody away.
    Kick {
        /// Who.
        racer: RacerId,
    },
    /// Another name.
    Rename {
        /// Who.
        racer: RacerId,
        /// As for a join.
        name: String,
    },
    /// The countdown of the next heat begins, from the lobby or after a finished heat.
    Start {
        /// `None`: the rules of the last heat, a rematch.
        rules: Option<Rules>,
        /// Who of the seated races in this heat; the others wait for the next one, and so does who
        /// sits down before the gun. Ids that nobody has are passed over. `None`: everybody, until the gun.
        field: Option<Vec<RacerId>>,
    },
    /// Somebody whose taps are still to come is waited for: this heat's results do not become
    /// final before `until`. Another hold takes the place of this one, earlier ones too; none
    /// shortens the time that the compensation needs.
    Hold {
        /// A point in time.
        until: Millis,
    },
    /// Nobody could be heard since `since`, as after a restart from a
    /// [`Snapshot`](crate::Snapshot): given at that snapshot's own time, before time goes on. A
    /// claim that arrives up to `until` is credited to when its last tap was made, though not before
    /// `since` less the compensation; up to then the heat is held, and no lost seat is given up.
    Outage {
        /// When somebody was last heard.
        since: Millis,
        /// When whoever comes back by itself will have come back.
        until: Millis,
    },
    /// How long the course of a racer is in heats with [`Rules::handicap`]; in the middle of one,
    /// from the next on.
    Handicap {
        /// Who.
        racer: RacerId,
        /// In thousandths of the course of the rules: 1000 is no handicap; 200 to 2000, beyond
        /// which the nearest is taken.
        per_mille: u32,
    },
    /// The heat is called off; everybody is back in the lobby.
    Cancel,
    /// One tap more than this racer ever claimed in this heat, made now.
    Tap {
        /// Who.
        racer: RacerId,
    },
    /// "I have tapped `taps` times in this heat": the increase over the highest claim counts.
    /// A claim for another heat, or outside of one, or not above the highest, changes nothing.
    Claim {
        /// Who.
        racer: RacerId,
        /// Which heat the taps were made in.
        heat: Heat,
        /// All taps of this racer in this heat so far.
        taps: u32,
        /// When the last of them was made, since the gun (negative: before it). It is credited
        /// no later than the arrival and no earlier than
        /// [`Settings::compensation`](crate::Settings::compensation) before it; `None` is the arrival.
        /// What was made before the end of the heat is credited no later than the end, however
        /// late it arrives at an open finish.
        at: Option<Millis>,
    },
    /// Time passes.
    Advance,
}

/// Why a command was not carried out. The race is then as if only time had passed.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Refused {
    /// A start with nobody to race.
    #[error("no racers")]
    NoRacers,
    /// A start during a heat.
    #[error("already running")]
    AlreadyRunning,
    /// A cancel or a hold outside of a heat.
    #[error("not running")]
    NotRunning,
    /// Nobody with this id is seated (any more).
    #[error("no such racer")]
    NoSuchRacer,
    /// All seats are taken.
    #[error("room is full")]
    Full,
    /// A start with rules out of bounds.
    #[error("bad rules: {0}")]
    BadRules(#[from] BadRules),
    /// A name of nothing but white space.
    #[error("name is missing")]
    NameMissing,
    /// A name of more than 24 characters.
    #[error("name is too long")]
    NameTooLong,
}
