//! The draw of a round.

use super::{Entrant, Group};
use crate::racer::RacerId;

/// A round; one of one group is the final.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Round {
    /// How many are through from each group, at least one.
    pub(super) through: usize,
    /// How many at most if some of them tie.
    pub(super) most: usize,
    pub(super) groups: Vec<Group>,
}

impl Round {
    pub(super) fn number(&self) -> u32 {
        self.groups.first().map_or(1, |group| group.round)
    }

    /// Who is through and has not left: the first of every group, then the second of every group, ...
    pub(super) fn through(&self) -> Vec<RacerId> {
        let through = |entrant: &&Entrant| entrant.through == Some(true) && !entrant.left;
        let longest = self.groups.iter().map(|group| group.entrants.len()).max().unwrap_or(0);
        let ranks = (0..longest).flat_map(|rank| {
            self.groups.iter().filter_map(move |group| group.entrants.iter().filter(through).nth(rank))
        });
        ranks.map(|entrant| entrant.racer).collect()
    }

    /// How many the next round can expect.
    pub(super) fn expected(&self) -> usize {
        let open = self.groups.iter().filter(|group| !group.done);
        self.through().len() + open.map(|group| group.entrants.len().min(self.through)).sum::<usize>()
    }
}

/// How many groups so many make, and how many are through from each.
fn plan(entrants: usize, lanes: usize) -> (usize, usize) {
    let groups = entrants.div_ceil(lanes.max(2)).max(1);
    let through = if groups == 1 { 1 } else { (entrants / groups / 2).max(1) };
    (groups, through)
}

/// How many rounds so many need when nobody leaves or ties.
pub(super) fn rounds_of(entrants: usize, lanes: usize) -> u32 {
    let (mut rounds, mut left) = (1, entrants);
    loop {
        let (groups, through) = plan(left, lanes);
        if groups == 1 {
            return rounds;
        }
        left = groups * through;
        rounds += 1;
    }
}

/// Draws a round: in a snake, so that the sum of the seeds is about the same in every group.
pub(super) fn draw(round: u32, entrants: &[RacerId], lanes: usize) -> Round {
    let (count, through) = plan(entrants.len(), lanes);
    let next = (count * through).div_ceil(lanes);
    let mut groups: Vec<Group> =
        (1..).take(count).map(|heat| Group { round, heat, entrants: Vec::new(), done: false }).collect();
    for (seed, racer) in entrants.iter().enumerate() {
        let (row, column) = (seed / count, seed % count);
        let group = if row % 2 == 0 { column } else { count - 1 - column };
        let entrant = Entrant { racer: *racer, place: None, through: None, left: false };
        groups[group].entrants.push(entrant);
    }
    Round { through, most: next * lanes / count, groups }
}
