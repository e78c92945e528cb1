//! Brackets: who meets whom, group after group, until one is left. Knows results, not races: whoever
//! calls it starts a heat for each group and records how it came out.

mod draw;

use crate::event::{Outcome, Results};
use crate::racer::RacerId;

use draw::{Round, draw, rounds_of};

/// A tournament for more racers than there are lanes.
///
/// A round is drawn into as few groups as the lanes allow, as even as possible, in a snake: the
/// entrants in the order in which they were given, later those through by their place. From every
/// group of a round equally many go through: half of its smallest group (rounded down, at least one).
/// A round of one group is the final.
///
/// | entrants | lanes | the groups of each round (through from each) |
/// | -------: | ----: | -------------------------------------------- |
/// |        2 |     8 | 2 |
/// |        8 |     8 | 8 |
/// |        9 |     8 | 5 4 (2), 4 |
/// |       16 |     8 | 8 8 (4), 8 |
/// |       17 |     8 | 5 6 6 (2), 6 |
/// |       40 |     8 | 8 8 8 8 8 (4), 7 7 6 (3), 5 4 (2), 4 |
/// |       11 |     4 | 3 4 4 (1), 3 |
/// |       12 |     4 | 4 4 4 (2), 3 3 (1), 2 |
/// |        4 |     3 | 2 2 (1), 2 |
/// |        5 |     2 | 1 2 2 (1), 1 2 (1), 2 |
///
/// - A group in which no more are left than go through is not raced: all of them are through. With
///   three lanes or more that takes somebody to leave.
/// - Who ties with the last of those through is through as well if the next round, as drawn up for those
///   expected, has lanes for so many from each group; otherwise as many as expected are, in the order
///   of the results, where the lane decides at last. So no dead heat adds a group.
/// - Who leaves is out, in the middle of a heat too, and missing from every group not yet raced.
/// - The first of the final are the champions: several in a dead heat, none if nobody tapped or
///   nobody is left.
///
/// ```
/// use race::{RacerId, Tournament};
///
/// let mut tournament = Tournament::new((1..=9).map(RacerId).collect(), 8);
/// let group = tournament.next_group().expect("nobody has raced yet");
/// // A heat of these: Command::Start { rules, field: Some(group) }, then tournament.record(&results).
/// assert_eq!(group, [1, 4, 5, 8, 9].map(RacerId));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tournament {
    lanes: usize,
    /// Never empty; all but the last are done.
    rounds: Vec<Round>,
    /// The next group has been handed out and nothing recorded since: whoever leaves, it is not
    /// decided before the results of its heat.
    racing: bool,
    champions: Vec<RacerId>,
}

/// A group: those who race one heat.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Group {
    /// From 1.
    pub round: u32,
    /// Which heat of its round, from 1.
    pub heat: u32,
    /// Best seed first; once it was raced, in the order of its results.
    pub entrants: Vec<Entrant>,
    /// It is known who is through.
    pub done: bool,
}

/// Somebody in a group.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Entrant {
    /// Who.
    pub racer: RacerId,
    /// The place in the heat of this group; `None` before it, and if it was not raced.
    pub place: Option<u32>,
    /// In the next round, or champion; `None` while that is open.
    pub through: Option<bool>,
    /// Left after this group was done.
    pub left: bool,
}

/// A tournament as a screen shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TournamentState {
    /// The round that is on, from 1.
    pub round: u32,
    /// How many there will be, as far as can be said: it can change when somebody leaves or ties.
    pub rounds: u32,
    /// Which heat of the round is next or on, from 1.
    pub heat: u32,
    /// How many heats the round has.
    pub heats: u32,
    /// How many race at once.
    pub lanes: u32,
    /// All groups so far, in the order in which they race.
    pub groups: Vec<Group>,
    /// The final is done.
    pub over: bool,
    /// Who won it.
    pub champions: Vec<RacerId>,
}

impl Tournament {
    /// The first round is drawn. Fewer than two lanes are taken as two; who is named twice enters once.
    pub fn new(mut entrants: Vec<RacerId>, lanes: u32) -> Tournament {
        let mut seen = std::collections::HashSet::new();
        entrants.retain(|racer| seen.insert(*racer));
        let lanes = (lanes as usize).max(2);
        let rounds = vec![draw(1, &entrants, lanes)];
        let mut tournament = Tournament { lanes, rounds, racing: false, champions: Vec::new() };
        tournament.settle();
        tournament
    }

    /// Who races next, until [`record`](Tournament::record) has heard how it came out; `None` when
    /// it is over. Two at least.
    pub fn next_group(&mut self) -> Option<Vec<RacerId>> {
        self.settle();
        let group = self.current()?.entrants.iter().map(|entrant| entrant.racer).collect();
        self.racing = true;
        Some(group)
    }

    /// Takes the final results of the next group's heat; false when they decide nothing, because they
    /// are provisional, or those of a heat that was called off, or others raced.
    pub fn record(&mut self, results: &Results) -> bool {
        let raced = |entrant: &Entrant| results.places.iter().any(|place| place.racer == entrant.racer);
        let is_of_group = self.current().is_some_and(|group| group.entrants.iter().all(raced));
        if !results.is_final || !is_of_group {
            return false;
        }
        let counts = results.outcome != Outcome::Cancelled;
        if counts {
            self.decide(results);
        }
        self.settle();
        counts
    }

    /// Somebody leaves for good.
    pub fn leave(&mut self, racer: RacerId) {
        for group in self.rounds.iter_mut().flat_map(|round| &mut round.groups) {
            if group.done {
                group.entrants.iter_mut().filter(|it| it.racer == racer).for_each(|it| it.left = true);
            } else {
                group.entrants.retain(|entrant| entrant.racer != racer);
            }
        }
        if !self.racing {
            self.settle();
        }
    }

    /// The final is done.
    pub fn is_over(&self) -> bool {
        self.current().is_none()
    }

    /// What a screen shows.
    pub fn state(&self) -> TournamentState {
        let groups = || self.rounds.iter().flat_map(|round| &round.groups);
        let (round, rest) = self.rounds.last().map_or((1, 0), |round| {
            let heats = round.groups.len();
            let rest = if heats > 1 { rounds_of(round.expected(), self.lanes) } else { 0 };
            (round.groups.first().map_or(1, |group| group.round), rest)
        });
        let heats = groups().filter(|group| group.round == round).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        TournamentState {
            round,
            rounds: round.saturating_add(rest),
            heat: self.current().map_or(number(heats), |group| group.heat),
            heats: number(heats),
            lanes: number(self.lanes),
            groups: groups().cloned().collect(),
            over: self.is_over(),
            champions: self.champions.clone(),
        }
    }

    fn current(&self) -> Option<&Group> {
        self.rounds.last()?.groups.iter().find(|group| !group.done)
    }

    /// Says who of the next group is through.
    fn decide(&mut self, results: &Results) {
        let Some(round) = self.rounds.last_mut() else { return };
        let is_final = round.groups.len() == 1;
        let Some(group) = round.groups.iter_mut().find(|group| !group.done) else { return };
        // Who left in mid-heat stays in its results.
        let places = results.places.iter().filter(|place| place.gone.is_none());
        let places: Vec<_> =
            places.filter(|place| group.entrants.iter().any(|it| it.racer == place.racer)).collect();
        let with_ties = places.get(round.through.saturating_sub(1)).map_or(places.len(), |last| {
            places.iter().position(|place| place.place > last.place).unwrap_or(places.len())
        });
        let cut = match results.outcome {
            Outcome::NoTaps if is_final => 0,
            _ if is_final || with_ties <= round.most => with_ties,
            _ => round.through,
        };
        let through: Vec<RacerId> = places.iter().take(cut).map(|place| place.racer).collect();
        group.done = true;
        for entrant in &mut group.entrants {
            let place = results.places.iter().find(|place| place.racer == entrant.racer);
            entrant.place = place.map(|place| place.place);
            entrant.through = Some(through.contains(&entrant.racer));
        }
        group
            .entrants
            .sort_by_key(|entrant| results.places.iter().position(|place| place.racer == entrant.racer));
        if is_final {
            self.champions = through;
        }
    }

    /// Lets through who needs no heat, and draws the next round when this one is done.
    fn settle(&mut self) {
        self.racing = false;
        while let Some(round) = self.rounds.last_mut() {
            let is_final = round.groups.len() == 1;
            let through = round.through;
            for group in round.groups.iter_mut().filter(|group| !group.done) {
                if group.entrants.len() <= through {
                    group.done = true;
                    group.entrants.iter_mut().for_each(|entrant| entrant.through = Some(true));
                    if is_final {
                        self.champions = group.entrants.iter().map(|entrant| entrant.racer).collect();
                    }
                }
            }
            if is_final || round.groups.iter().any(|group| !group.done) {
                return;
            }
            let (number, entrants) = (round.number().saturating_add(1), round.through());
            self.rounds.push(draw(number, &entrants, self.lanes));
        }
    }
}
