//! Places: who is ahead of whom, who cannot be told apart, and how a heat came out.

use crate::command::Heat;
use crate::event::{Outcome, Place, Results, Standing};
use crate::racer::{Lane, Racer, RacerId};
use crate::rules::{Rules, Team};
use crate::time::Millis;

/// Parts in which a share of a course is measured: so small that two shares of courses of real
/// lengths never fall into one unless they are equal.
const PARTS: u64 = 1 << 40;

/// By what the racers of a heat are compared.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Order<'r> {
    /// Finishers by time, then the others by how far they came; finishes closer than `dead_heat`
    /// to the first of their group are one place. Without finishers this is the order of a timed heat.
    /// Where the courses differ, these rules say how.
    Racers { dead_heat: Millis, shares: Option<&'r Rules> },
    /// By team.
    Teams { leading: Option<Team> },
}

/// A racer with its place.
struct Ranked<'a> {
    racer: &'a Racer,
    place: u32,
    dead_heat: bool,
}

impl Order<'_> {
    /// How far a racer came: in taps, or, where the courses differ, in parts of the own course.
    fn progress(self, racer: &Racer) -> u64 {
        let taps = u64::from(racer.taps);
        match self {
            Order::Racers { shares: Some(rules), .. } => {
                racer.course(rules).map_or(taps, |course| taps * PARTS / u64::from(course))
            }
            _ => taps,
        }
    }

    /// By which racers are sorted, best first: team, finishers by time before the others by how far they
    /// came, lane. (Who has finished has come as far as anybody.) One number is compared at once.
    pub(crate) fn key(self, racer: &Racer) -> u128 {
        let (is_on_course, rank) = match racer.finished_at {
            Some(time) => (false, u64::try_from(time.0).unwrap_or(0)),
            None => (true, u64::MAX - self.progress(racer)),
        };
        let group = u128::from(self.team_place(racer)) << 1 | u128::from(is_on_course);
        (group << 64 | u128::from(rank)) << 32 | u128::from(racer.lane.0)
    }

    /// Whose key that is.
    pub(crate) fn lane(key: u128) -> Lane {
        Lane(key as u32)
    }

    /// Everybody with their places, best first, in one sort.
    fn rank<'a>(self, field: impl Iterator<Item = &'a Racer>) -> Vec<Ranked<'a>> {
        let mut keyed: Vec<(u128, &Racer)> = field.map(|racer| (self.key(racer), racer)).collect();
        keyed.sort_unstable_by_key(|(key, _)| *key);
        let racers: Vec<&Racer> = keyed.into_iter().map(|(_, racer)| racer).collect();
        let mut ranked = Vec::with_capacity(racers.len());
        let mut place = 1;
        for group in groups(&racers, |first, racer| self.is_tie(first, racer)) {
            let size = u32::try_from(group.len()).unwrap_or(u32::MAX);
            let cannot_be_told_apart = match self {
                Order::Racers { .. } => size > 1,
                Order::Teams { leading } => leading.is_none(),
            };
            // Who has not tapped has not raced to a dead heat.
            let dead_heat = cannot_be_told_apart && group[0].taps > 0;
            for racer in group {
                let place = match self {
                    Order::Racers { .. } => place,
                    Order::Teams { .. } => self.team_place(racer),
                };
                ranked.push(Ranked { racer, place, dead_heat });
            }
            place += size;
        }
        ranked
    }

    fn team_place(self, racer: &Racer) -> u32 {
        match self {
            Order::Teams { leading: Some(leading) } if racer.team != Some(leading) => 2,
            _ => 1,
        }
    }

    /// Whether a racer cannot be told apart from the first of a group that is sorted before it.
    fn is_tie(self, first: &Racer, racer: &Racer) -> bool {
        let Order::Racers { dead_heat, .. } = self else {
            return self.team_place(first) == self.team_place(racer);
        };
        match (first.finished_at, racer.finished_at) {
            (Some(first), Some(time)) => time == first || time - first < dead_heat,
            (None, None) => self.progress(first) == self.progress(racer),
            _ => false,
        }
    }

    pub(crate) fn standings<'a>(self, field: impl Iterator<Item = &'a Racer>) -> Vec<(RacerId, Standing)> {
        let ranked = self.rank(field);
        let of = match self {
            Order::Racers { .. } => u32::try_from(ranked.len()).unwrap_or(u32::MAX),
            Order::Teams { .. } => 2,
        };
        let standing = |place| Standing { place, of };
        ranked.iter().map(|ranked| (ranked.racer.id, standing(ranked.place))).collect()
    }

    /// How the heat stands; `called_off` where it was not raced to its end.
    pub(crate) fn results<'a>(
        self,
        field: impl Iterator<Item = &'a Racer>,
        heat: Heat,
        is_final: bool,
        called_off: Option<Outcome>,
    ) -> Results {
        let ranked = self.rank(field);
        let handicap = |racer: &Racer| match self {
            Order::Racers { shares: Some(_), .. } => Some(racer.heat_handicap),
            _ => None,
        };
        let first_time = ranked.first().and_then(|first| first.racer.finished_at);
        let places: Vec<Place> = ranked
            .into_iter()
            .map(|Ranked { racer, place, dead_heat }| Place {
                place,
                racer: racer.id,
                name: racer.name.clone(),
                lane: racer.lane,
                taps: racer.taps,
                time: racer.finished_at,
                margin: racer.finished_at.zip(first_time).map(|(time, first)| time - first),
                dead_heat,
                team: racer.team,
                handicap: handicap(racer),
                gone: racer.gone,
                refused: racer.refused,
                false_starts: racer.false_starts,
                flagged: racer.flagged,
            })
            .collect();
        let outcome = called_off.unwrap_or_else(|| match places.first() {
            _ if places.iter().all(|place| place.taps == 0) => Outcome::NoTaps,
            Some(first) if first.dead_heat => Outcome::DeadHeat,
            _ => Outcome::Won,
        });
        let winners = match outcome {
            Outcome::Won | Outcome::DeadHeat => {
                places.iter().take_while(|place| place.place == 1).map(|place| place.racer).collect()
            }
            Outcome::NoTaps | Outcome::Abandoned | Outcome::Cancelled => Vec::new(),
        };
        let team = match self {
            Order::Teams { leading } if outcome == Outcome::Won => leading,
            _ => None,
        };
        Results { heat, is_final, outcome, winners, team, places }
    }
}

/// Splits what is sorted into groups that are measured from the first of each. (The standard
/// `chunk_by` compares neighbours, which would chain a dead heat through a whole field.)
fn groups<T>(sorted: &[T], is_tie: impl Fn(&T, &T) -> bool) -> impl Iterator<Item = &[T]> {
    let mut rest = sorted;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let end = rest.iter().position(|item| !is_tie(first, item)).unwrap_or(rest.len());
        let (group, others) = rest.split_at(end.max(1));
        rest = others;
        Some(group)
    })
}
