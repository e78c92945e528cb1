//! Who races, and what has been counted for them.

use std::ops::RangeInclusive;

use crate::command::Refused;
use crate::event::Why;
use crate::rhythm::Rhythm;
use crate::rules::{Rules, Team};
use crate::time::Millis;

/// The most characters of a name.
const LONGEST_NAME: usize = 24;

/// The course is as long as the rules say.
const NO_HANDICAP: u32 = 1000;
/// What a handicap may be.
pub(crate) const HANDICAPS: RangeInclusive<u32> = 200..=2000;

/// A racer of one race; given at the join, from 1, never used again in that race.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct RacerId(pub u32);

/// A lane, from 1: the smallest that is free at the join. A seat keeps it.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Lane(pub u32);

/// A seat and its count in the current heat.
///
/// Always `claimed == taps + refused + false_starts + surplus`: every tap that a phone ever
/// claimed is in exactly one of them. All counts begin at 0 with each heat.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Racer {
    /// Who.
    pub id: RacerId,
    /// As others see it; not unique.
    pub name: String,
    /// Where.
    pub lane: Lane,
    /// Played by the server.
    pub bot: bool,
    /// Whether the phone is there. Taps of one that is not still count: a claim may race its
    /// reconnect.
    pub connected: bool,
    /// Until when the seat of a lost phone is kept.
    pub drops_at: Option<Millis>,
    /// Races in the current (or last) heat; false for who waits for the next one.
    pub in_heat: bool,
    /// Left in mid-heat: kept until the next heat, so that lane and count stay in the results.
    pub gone: Option<Why>,
    /// The team, in a tug.
    pub team: Option<Team>,
    /// How long the course of the next heat is where the rules have a handicap, in thousandths of
    /// the rules' own: 200 to 2000, 1000 until it is set.
    pub handicap: u32,
    /// The handicap that the current (or last) heat is raced with.
    pub heat_handicap: u32,
    /// Taps that count.
    pub taps: u32,
    /// The highest count ever claimed; a phone that was reloaded counts on from here.
    pub claimed: u32,
    /// Taps that came faster than the human limit, or while held after a false start.
    pub refused: u32,
    /// Taps before the gun.
    pub false_starts: u32,
    /// Taps beyond the course of a sprint, or after the end of a heat.
    pub surplus: u32,
    /// Has been flagged for a machine's rhythm in this heat.
    pub flagged: bool,
    /// When the course was done, since the gun: a sprint's last tap.
    pub finished_at: Option<Millis>,
    /// To what time the last claim was credited, since the gun: no later tap is credited earlier.
    pub credited: Option<Millis>,
    /// How much earlier than its arrival the last claim of which anything counted was credited.
    pub compensated: Millis,
    /// What the flag is decided by.
    pub rhythm: Rhythm,
    /// Is in the list of lanes that changed since it was last taken.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) changed: bool,
}

impl Racer {
    pub(crate) fn new(id: RacerId, lane: Lane, name: String, bot: bool) -> Racer {
        Racer {
            id,
            name,
            lane,
            bot,
            connected: true,
            drops_at: None,
            in_heat: false,
            gone: None,
            team: None,
            handicap: NO_HANDICAP,
            heat_handicap: NO_HANDICAP,
            taps: 0,
            claimed: 0,
            refused: 0,
            false_starts: 0,
            surplus: 0,
            flagged: false,
            finished_at: None,
            credited: None,
            compensated: Millis::ZERO,
            rhythm: Rhythm::default(),
            changed: false,
        }
    }

    /// Everything of the last heat is forgotten, except the team.
    pub(crate) fn reset(&mut self, in_heat: bool) {
        self.in_heat = in_heat;
        self.heat_handicap = self.handicap;
        self.taps = 0;
        self.claimed = 0;
        self.refused = 0;
        self.false_starts = 0;
        self.surplus = 0;
        self.flagged = false;
        self.finished_at = None;
        self.credited = None;
        self.compensated = Millis::ZERO;
        self.rhythm = Rhythm::default();
        self.changed = false;
    }

    /// How many taps make this racer's course in a sprint of these rules: in the current (or last)
    /// heat with the handicap that it is raced with, for who waits with that of the next one.
    pub fn course(&self, rules: &Rules) -> Option<u32> {
        rules.course(if self.in_heat { self.heat_handicap } else { self.handicap })
    }

    /// Races in this heat and has not left it.
    pub(crate) fn is_racing(&self) -> bool {
        self.in_heat && self.gone.is_none()
    }
}

/// A name as it is kept: trimmed, neither empty nor too long.
pub(crate) fn checked_name(name: &str) -> Result<String, Refused> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refused::NameMissing);
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Refused::NameTooLong);
    }
    Ok(name.to_owned())
}
