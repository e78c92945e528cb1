//! Each phone's own count and place, at a rate that a room of any size can afford.

use std::{collections::HashMap, time::Duration};

use race::{Phase, Place, RacerId, Results, Standing};
use tokio::time::Instant;

use super::{phone::Phone, task::Task};
use crate::wire::You;

/// A phone is told no more often than this while it taps.
const PER_PHONE: Duration = Duration::from_millis(100);
/// And a room tells no more phones than this in one tick: 2,000 a second.
const PER_TICK: usize = 100;
/// Nor does it look at more, to find those for whom something has changed.
const LOOKS_PER_TICK: usize = 5_000;

/// Whose turn it is, and how they stand.
#[derive(Default)]
pub(super) struct Updates {
    turns: Vec<RacerId>,
    places: HashMap<RacerId, Standing>,
    ranked_at: Option<Instant>,
    field: u32,
}

impl Updates {
    pub fn clear(&mut self) {
        *self = Updates::default();
    }
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
                phone.tell(you);
                left_to_tell -= 1;
            }
            if left_to_tell == 0 {
                return;
            }
        }
    }

    /// When everybody has to know at once: the gun, the finish, the results.
    pub(super) fn tell_all_phones(&mut self, results: Option<&Results>) {
        self.updates.ranked_at = None;
        self.rank(Instant::now());
        let places: HashMap<RacerId, &Place> =
            results.iter().flat_map(|results| &results.places).map(|place| (place.racer, place)).collect();
        let playing: Vec<RacerId> = self.people.playing().collect();
        for racer in playing {
            let Some(mut you) = self.standing_of(racer) else { continue };
            if let Some(results) = results {
                you.resulting(results, places.get(&racer).copied());
            }
            if let Some(phone) = self.people.phone_mut(racer) {
                phone.tell(you);
            }
        }
    }

    /// How one racer stands, or has come out.
    pub(super) fn you(&self, racer: RacerId) -> Option<You> {
        let mut you = self.standing_of(racer)?;
        // In an open finish the count goes on.
        if let Some(results) = self.current_results().filter(|results| results.is_final) {
            you.resulting(results, results.places.iter().find(|place| place.racer == racer));
        }
        Some(you)
    }

    fn standing_of(&self, racer: RacerId) -> Option<You> {
        let racer = self.race.racer(racer)?;
        // Before the first tap everybody would be first.
        let standing = self.updates.places.get(&racer.id).filter(|_| racer.taps > 0);
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
        self.updates.places = self.race.standings().into_iter().collect();
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
