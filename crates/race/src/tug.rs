//! The rope of a tug of war.
//!
//! A tap of one team moves the rope by `larger / own`, the sizes of the larger team and of its
//! own, so that two against three is a fair fight. Taps are added up as whole numbers and divided
//! once, in units of 10⁻¹² of a tap of the larger team, when the rope is looked at: no rounding
//! adds up, and two fractions with the sizes of real teams never fall into one unit unless they are
//! equal. When somebody leaves, what was pulled so far is settled, and later taps pull by the
//! new sizes.

use crate::roster::Roster;
use crate::rules::Team;
use crate::time::Millis;

/// Parts of a tap in which a pull is measured.
const PARTS: u64 = 1_000_000_000_000;

/// Where the rope is, as others see it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rope {
    /// From -1000 (the left team has won) through 0 to 1000 (the right team has).
    pub position: i32,
    /// Taps of the left team that counted.
    pub left_taps: u64,
    /// Taps of the right team that counted.
    pub right_taps: u64,
    /// How many still pull on the left.
    pub left_size: u32,
    /// How many still pull on the right.
    pub right_size: u32,
}

/// The whole state of a rope.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tug {
    /// By how many taps of the larger team it is won.
    pub lead: u32,
    /// One side.
    pub left: Side,
    /// The other.
    pub right: Side,
    /// When the winning tap was made, since the gun.
    pub won_at: Option<Millis>,
}

/// The state of one side of a rope.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Side {
    /// How many pull.
    pub size: u32,
    /// Taps that counted.
    pub taps: u64,
    /// Those of them that were made since the sizes last changed.
    pub unsettled: u64,
    /// What was pulled before, in whole taps of the larger team.
    pub settled: u64,
    /// And in 10⁻¹² of such a tap, beyond the whole ones.
    pub settled_parts: u64,
}

impl Side {
    /// In parts, for a larger team of this size.
    fn pulled(&self, larger: u32) -> i128 {
        let unsettled = i128::from(self.unsettled) * i128::from(larger) * i128::from(PARTS)
            / i128::from(self.size.max(1));
        i128::from(self.settled) * i128::from(PARTS) + i128::from(self.settled_parts) + unsettled
    }

    fn settle(&mut self, larger: u32) {
        let pulled = self.pulled(larger);
        self.unsettled = 0;
        self.settled = u64::try_from(pulled / i128::from(PARTS)).unwrap_or(u64::MAX);
        self.settled_parts = u64::try_from(pulled % i128::from(PARTS)).unwrap_or(0);
    }
}

impl Tug {
    pub(crate) fn new(lead: u32) -> Tug {
        Tug { lead, left: Side::default(), right: Side::default(), won_at: None }
    }

    fn side_mut(&mut self, team: Team) -> &mut Side {
        match team {
            Team::Left => &mut self.left,
            Team::Right => &mut self.right,
        }
    }

    pub(crate) fn side(&self, team: Team) -> &Side {
        match team {
            Team::Left => &self.left,
            Team::Right => &self.right,
        }
    }

    fn larger(&self) -> u32 {
        self.left.size.max(self.right.size)
    }

    /// How far the rope is to the right, in parts.
    fn offset(&self) -> i128 {
        let larger = self.larger();
        self.right.pulled(larger) - self.left.pulled(larger)
    }

    fn settle(&mut self) {
        let larger = self.larger();
        self.left.settle(larger);
        self.right.settle(larger);
    }

    /// Somebody takes the rope: on the side with fewer, of equal ones the left. Only before the gun, so
    /// that nothing has been pulled yet that would have to be settled.
    pub(crate) fn enter(&mut self) -> Team {
        let team = if self.right.size < self.left.size { Team::Right } else { Team::Left };
        self.enter_side(team);
        team
    }

    pub(crate) fn enter_side(&mut self, team: Team) {
        self.side_mut(team).size += 1;
    }

    /// Somebody lets go of it; what they pulled stays.
    pub(crate) fn leave(&mut self, team: Team) {
        self.settle();
        let side = self.side_mut(team);
        side.size = side.size.saturating_sub(1);
    }

    /// Counts taps; true when they won, which happens once.
    pub(crate) fn pull(&mut self, team: Team, taps: u32, credited: Millis) -> bool {
        let side = self.side_mut(team);
        side.taps += u64::from(taps);
        side.unsettled += u64::from(taps);
        let won = self.won_at.is_none() && self.offset().abs() >= i128::from(self.lead) * i128::from(PARTS);
        if won {
            self.won_at = Some(credited);
        }
        won
    }

    /// The team on whose side the rope is.
    pub(crate) fn leading(&self) -> Option<Team> {
        match self.offset() {
            0 => None,
            ..0 => Some(Team::Left),
            _ => Some(Team::Right),
        }
    }

    pub(crate) fn rope(&self) -> Rope {
        let whole = i128::from(self.lead.max(1)) * i128::from(PARTS);
        let position = (self.offset() * 1000 / whole).clamp(-1000, 1000);
        Rope {
            position: i32::try_from(position).unwrap_or(0),
            left_taps: self.left.taps,
            right_taps: self.right.taps,
            left_size: self.left.size,
            right_size: self.right.size,
        }
    }

    pub(crate) fn is_possible(&self) -> bool {
        [&self.left, &self.right]
            .into_iter()
            .all(|side| side.unsettled <= side.taps && side.settled_parts < PARTS)
    }
}

/// Gives everybody in the heat a team: who had one keeps it, newcomers go where fewer are, and as
/// long as one side is two or more ahead in numbers its last lanes cross over.
pub(crate) fn assign(lead: u32, roster: &mut Roster) -> Tug {
    let mut tug = Tug::new(lead);
    for team in roster.iter().filter(|racer| racer.is_racing()).filter_map(|racer| racer.team) {
        tug.side_mut(team).size += 1;
    }
    for racer in roster.iter_mut().filter(|racer| racer.is_racing() && racer.team.is_none()) {
        racer.team = Some(tug.enter());
    }
    for racer in roster.iter_mut().rev().filter(|racer| racer.is_racing()) {
        let Some(team) = racer.team else { continue };
        if tug.side_mut(team).size > tug.side_mut(team.other()).size + 1 {
            tug.leave(team);
            tug.enter_side(team.other());
            racer.team = Some(team.other());
        }
    }
    tug
}
