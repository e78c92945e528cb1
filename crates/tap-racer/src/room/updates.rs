//! Each phone's own count and place, at a rate that a room of any size can afford.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use race::{Lane, Mode, Phase, Place, RacerId, Results, Standing};
use tokio::time::Instant;

use super::{crowd::MOST_LISTED, phone::Phone, task::Task};
use crate::{
    rate::TokenBucket,
    wire::{You, team},
};

/// A phone is told no more often than this while it taps.
const PER_PHONE: Duration = Duration::from_millis(100);
/// And a room tells no more phones than this in one tick: 2,000 a second.
const PER_TICK: usize = 100;
/// Nor does it look at more, to find those for whom something has changed.
const LOOKS_PER_TICK: usize = 1_000;
/// What everybody has to know is told to so many at a time, one time after the other.
const AT_ONCE: usize = 1_000;
const EACH: Duration = Duration::from_millis(50);

/// What all rooms share: 10,000 phones a second are told, and no more than this at once.
const SHARED_AT_ONCE: u32 = 1_000;
const SHARED_EVERY: Duration = Duration::from_micros(100);

/// How many phones all rooms together may tell how they stand while they tap.
#[derive(Clone)]
pub struct UpdateBudget(Arc<Mutex<TokenBucket>>);

impl UpdateBudget {
    /// With all of it left.
    pub fn begin() -> UpdateBudget {
        UpdateBudget(Arc::new(Mutex::new(TokenBucket::new(SHARED_AT_ONCE, SHARED_EVERY, Instant::now()))))
    }

    fn take(&self, now: Instant) -> bool {
        self.0.lock().take(now)
    }
}

/// Whose turn it is, and how they stand.
#[derive(Default)]
pub(super) struct Updates {
    turns: Vec<RacerId>,
    /// By lane.
    standings: Vec<Option<Standing>>,
    ranked_at: Option<Instant>,
    field: u32,
    /// Where in the newest results who is, by lane.
    resulted: Vec<usize>,
    /// Who is still to be told what everybody is told once, the next one last.
    queue: Vec<RacerId>,
    /// That is the results.
    tells_results: bool,
    next_at: Option<Instant>,
}

impl Updates {
    pub fn clear(&mut self) {
        *self = Updates::default();
    }

    /// Nobody is told any more what everybody was to be told.
    pub fn drop_queue(&mut self) {
        self.queue.clear();
        self.next_at = None;
    }

    /// When the next ones are told.
    pub fn due_at(&self) -> Option<Instant> {
        self.next_at
    }

    /// Finds everybody in these results from now on.
    pub fn enter(&mut self, results: &Results) {
        self.resulted.clear();
        for (position, place) in results.places.iter().enumerate() {
            put(&mut self.resulted, place.lane, position);
        }
    }

    fn place<'r>(&self, results: &'r Results, racer: &race::Racer) -> Option<&'r Place> {
        let place = results.places.get(*self.resulted.get(racer.lane.0 as usize)?);
        // A lane may have another racer by now.
        place.filter(|place| place.racer == racer.id)
    }
}

/// Puts something where a lane is looked up.
fn put<T: Default + Clone>(by_lane: &mut Vec<T>, Lane(lane): Lane, value: T) {
    let lane = lane as usize;
    if by_lane.len() <= lane {
        by_lane.resize(lane + 1, T::default());
    }
    by_lane[lane] = value;
}

impl Phone {
    /// Tells the phone how it stands. The newest is all that one which lags needs.
    pub fn tell(&mut self, you: You) {
        if self.ready {
            // Numbers and names of fields always have a JSON form.
            let _ = self.pusher.push_conflated("you", &you);
            self.told = Some((you, Instant::now()));
        }
    }

    fn is_due(&self, now: Instant) -> bool {
        self.ready && self.told.as_ref().is_none_or(|(_, at)| now.duration_since(*at) >= PER_PHONE)
    }
}

impl Task {
    /// In a heat, on each tick: those whose turn it is and for whom something has changed.
    pub(super) fn tell_some_phones(&mut self) {
        if !matches!(self.race.phase(), Phase::Running { .. } | Phase::Finishing { .. }) {
            return;
        }
        let now = Instant::now();
        self.rank(now);
        if self.updates.turns.is_empty() {
            self.updates.turns = self.people.playing().collect();
        }
        let mut left_to_tell = PER_TICK;
        for _ in 0..LOOKS_PER_TICK.min(self.updates.turns.len()) {
            let Some(racer) = self.updates.turns.pop() else { return };
            if !self.people.phone_mut(racer).is_some_and(|phone| phone.is_due(now)) {
                continue;
            }
            let Some(you) = self.standing_of(racer) else { continue };
            let Some(phone) = self.people.phone_mut(racer) else { continue };
            if phone.told.as_ref().is_none_or(|(told, _)| *told != you) {
                if !self.house.updates.take(now) {
                    self.updates.turns.push(racer);
                    return;
                }
                phone.tell(you);
                left_to_tell -= 1;
            }
            if left_to_tell == 0 {
                return;
            }
        }
    }

    /// The gun fires: each phone hears how it stands. In a crowd it hears that in its turn.
    pub(super) fn greet_phones(&mut self) {
        if !self.is_crowd() {
            self.tell_all_phones(false);
        }
    }

    /// In a tug of so many that the phase did not list the teams, each phone is told its own: after the phase,
    /// as before that it knows nothing of this heat.
    pub(super) fn tell_teams_to_phones(&mut self) {
        let is_tug = matches!(self.race.rules().mode, Mode::Tug { .. });
        if is_tug && self.race.field().nth(MOST_LISTED).is_some() {
            self.tell_all_phones(false);
        }
    }

    /// Everybody is told how the heat came out.
    pub(super) fn tell_results_to_phones(&mut self) {
        if self.race.results().is_some() {
            self.tell_all_phones(true);
        }
    }

    /// Tells everybody once: the best first, and not all at once.
    fn tell_all_phones(&mut self, tells_results: bool) {
        self.updates.ranked_at = None;
        self.rank(Instant::now());
        let results = self.race.results().filter(|_| tells_results);
        let places = results.iter().flat_map(|results| &results.places).map(|place| place.racer);
        let is_listed = |racer: &RacerId| {
            let racer = self.race.racer(*racer).zip(results);
            racer.is_some_and(|(racer, results)| self.updates.place(results, racer).is_some())
        };
        let others = self.people.playing().filter(|racer| !is_listed(racer));
        let mut queue: Vec<RacerId> = places.chain(others).collect();
        queue.reverse();
        (self.updates.queue, self.updates.tells_results) = (queue, tells_results);
        self.tell_queued();
    }

    pub(super) fn tell_queued_if_due(&mut self, now: Instant) {
        if self.updates.next_at.is_some_and(|due| due <= now) {
            self.tell_queued();
        }
    }

    /// Tells everybody now whose turn was still to come.
    pub(super) fn tell_all_queued(&mut self) {
        while !self.updates.queue.is_empty() {
            self.tell_queued();
        }
    }

    fn tell_queued(&mut self) {
        for _ in 0..AT_ONCE {
            let Some(racer) = self.updates.queue.pop() else { break };
            let results = self.race.results().filter(|_| self.updates.tells_results);
            let you = self.standing_of(racer).map(|you| self.resulting(you, racer, results));
            if let (Some(you), Some(phone)) = (you, self.people.phone_mut(racer)) {
                phone.tell(you);
            }
        }
        self.updates.next_at = (!self.updates.queue.is_empty()).then(|| Instant::now() + EACH);
    }

    /// How one racer stands, or has come out.
    pub(super) fn you(&self, racer: RacerId) -> Option<You> {
        let you = self.standing_of(racer)?;
        // In an open finish the count goes on.
        Some(self.resulting(you, racer, self.current_results().filter(|results| results.is_final)))
    }

    /// With what the results, if there are any, say of this racer.
    fn resulting(&self, mut you: You, racer: RacerId, results: Option<&Results>) -> You {
        if let (Some(results), Some(racer)) = (results, self.race.racer(racer)) {
            you.resulting(results, self.updates.place(results, racer));
        }
        you
    }

    fn standing_of(&self, racer: RacerId) -> Option<You> {
        let racer = self.race.racer(racer)?;
        // Before the first tap everybody would be first.
        let standing = self.updates.standings.get(racer.lane.0 as usize).copied().flatten();
        let standing = standing.filter(|_| racer.taps > 0);
        let is_listed = self.updates.field as usize <= MOST_LISTED;
        Some(You {
            heat: self.race.heat().0,
            taps: racer.taps,
            refused: racer.refused,
            place: standing.map(|standing| standing.place),
            of: standing.map_or(self.updates.field, |standing| standing.of),
            is_final: false,
            claimed: racer.claimed,
            false_starts: racer.false_starts,
            in_heat: racer.in_heat,
            compensated: racer.compensated.0,
            waiting_for: self.waiting_for(),
            team: racer.team.filter(|_| !is_listed).map(team),
            time: racer.finished_at.map(|time| time.0),
            margin: None,
            dead_heat: None,
        })
    }

    /// Ranks the field again, less often the longer it is: sorting fifty thousand takes a while.
    fn rank(&mut self, now: Instant) {
        let every = PER_PHONE.max(Duration::from_micros(50) * self.updates.field);
        if self.updates.ranked_at.is_some_and(|at| now.duration_since(at) < every) {
            return;
        }
        self.updates.field = u32::try_from(self.race.field().count()).unwrap_or(u32::MAX);
        self.updates.standings.clear();
        for (racer, standing) in self.race.standings() {
            if let Some(racer) = self.race.racer(racer) {
                put(&mut self.updates.standings, racer.lane, Some(standing));
            }
        }
        self.updates.ranked_at = Some(now);
    }
}

impl You {
    /// With what the results say of this racer.
    fn resulting(&mut self, results: &Results, place: Option<&Place>) {
        self.is_final = results.is_final;
        self.place = place.map(|place| place.place);
        if let Some(place) = place {
            // In a tug places are those of the two teams.
            self.of = place.team.map_or(u32::try_from(results.places.len()).unwrap_or(u32::MAX), |_| 2);
            self.taps = place.taps;
            self.time = place.time.map(|time| time.0);
            self.margin = place.margin.map(|margin| margin.0);
            self.dead_heat = Some(place.dead_heat);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_rooms_together_tell_ten_thousand_phones_a_second() {
        let (one, mut told) = (UpdateBudget::begin(), 0);
        let other = one.clone();
        for _ in 0..1_000 {
            tokio::time::advance(Duration::from_millis(1)).await;
            told += (0..100).filter(|_| one.take(Instant::now())).count();
            told += (0..100).filter(|_| other.take(Instant::now())).count();
        }
        assert!((10_000..=11_000).contains(&told), "{told}");
    }
}
