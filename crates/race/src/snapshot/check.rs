//! Whether a snapshot is a state that a race can be in, as far as anything later relies on it.

use std::collections::HashSet;

use super::{BadSnapshot, Snapshot};
use crate::command::Heat;
use crate::event::{Outcome, Phase};
use crate::racer::{HANDICAPS, Racer, checked_name};
use crate::rhythm::Rhythm;
use crate::rules::{Mode, Team};
use crate::time::Millis;
use crate::tug::Tug;

impl Snapshot {
    pub(super) fn check(&self) -> Result<(), BadSnapshot> {
        let clamped = self.settings.clone().clamped();
        if clamped != self.settings || self.rules.validate().is_err() {
            return Err(BadSnapshot::Rules);
        }
        self.seats_are_possible().then_some(()).ok_or(BadSnapshot::Seats)?;
        for racer in &self.racers {
            let adds_up = self.counts_add_up(racer);
            adds_up.then_some(()).ok_or(BadSnapshot::Counts(racer.id))?;
        }
        self.field_fits_phase().then_some(()).ok_or(BadSnapshot::Phase)?;
        self.rope_fits_teams().then_some(()).ok_or(BadSnapshot::Rope)?;
        self.results_fit_phase().then_some(()).ok_or(BadSnapshot::Results)
    }

    fn seats_are_possible(&self) -> bool {
        let most = self.settings.seats;
        // Beside the seats there can be as many lanes of racers who left in mid-heat.
        let last_lane = u64::from(most) * 2;
        let seated = self.racers.iter().filter(|racer| racer.gone.is_none()).count();
        let mut ids = HashSet::new();
        seated <= most as usize
            && self.racers.is_sorted_by(|racer, next| racer.lane < next.lane)
            && self.racers.iter().all(|racer| {
                (1..=self.last_id).contains(&racer.id.0)
                    && ids.insert(racer.id)
                    && (1..=last_lane).contains(&u64::from(racer.lane.0))
                    && checked_name(&racer.name).is_ok_and(|name| name == racer.name)
                    && match racer.gone {
                        None => racer.connected == racer.drops_at.is_none(),
                        Some(_) => !racer.connected && racer.drops_at.is_none(),
                    }
                    && (!racer.bot || racer.connected || racer.gone.is_some())
            })
    }

    fn counts_add_up(&self, racer: &Racer) -> bool {
        let parts = [racer.taps, racer.refused, racer.false_starts, racer.surplus];
        let sum: u64 = parts.into_iter().map(u64::from).sum();
        let course = racer.course(&self.rules);
        let is_done = course == Some(racer.taps);
        let nothing =
            racer.claimed == 0 && !racer.flagged && racer.team.is_none() && racer.rhythm == Rhythm::default();
        sum == u64::from(racer.claimed)
            && course.is_none_or(|course| racer.taps <= course)
            && racer.credited.is_some() == (racer.claimed > 0)
            && racer.finished_at.is_some() == is_done
            && racer.finished_at.is_none_or(|time| time >= Millis::ZERO)
            && racer.compensated >= Millis::ZERO
            && [racer.handicap, racer.heat_handicap].iter().all(|handicap| HANDICAPS.contains(handicap))
            && racer.rhythm.is_possible()
            && (racer.in_heat || nothing)
    }

    fn field_fits_phase(&self) -> bool {
        let mut racers = self.racers.iter();
        let anybody_races = self.racers.iter().any(Racer::is_racing);
        let only_false_starts = |racer: &Racer| racer.claimed == racer.false_starts;
        (self.heat > Heat(0) || self.phase == Phase::Lobby)
            && (anybody_races || !self.phase.is_heat())
            && match self.phase {
                Phase::Lobby => racers.all(|racer| !racer.in_heat && racer.gone.is_none()),
                Phase::Countdown { .. } => racers.all(|racer| {
                    racer.gone.is_none() && (racer.in_heat || self.chosen_field) && only_false_starts(racer)
                }),
                _ => racers.all(|racer| racer.in_heat || racer.gone.is_none()),
            }
            && match self.phase {
                Phase::Finishing { opened_at, until, .. } => until >= opened_at + self.settings.compensation,
                _ => true,
            }
    }

    fn rope_fits_teams(&self) -> bool {
        let mut field = self.racers.iter().filter(|racer| racer.in_heat);
        match (&self.tug, self.rules.mode) {
            (Some(tug), Mode::Tug { lead }) => {
                self.phase != Phase::Lobby
                    && tug.lead == lead
                    && tug.is_possible()
                    && field.all(|racer| racer.team.is_some())
                    && self.side_fits_team(tug, Team::Left)
                    && self.side_fits_team(tug, Team::Right)
            }
            (None, Mode::Tug { .. }) => self.phase == Phase::Lobby,
            (None, _) => field.all(|racer| racer.team.is_none()),
            (Some(_), _) => false,
        }
    }

    fn side_fits_team(&self, tug: &Tug, team: Team) -> bool {
        let members = || self.racers.iter().filter(|racer| racer.team == Some(team));
        let taps: u64 = members().map(|racer| u64::from(racer.taps)).sum();
        let pulling = members().filter(|racer| racer.is_racing()).count();
        let size = tug.side(team).size as usize;
        // Once the heat is final the sizes stay, whoever leaves.
        let size_fits = match self.phase {
            Phase::Finished { .. } => (pulling..=members().count()).contains(&size),
            _ => size == pulling,
        };
        size_fits && tug.side(team).taps == taps
    }

    fn results_fit_phase(&self) -> bool {
        let results = self.results.as_ref();
        match self.phase {
            Phase::Lobby if self.heat == Heat(0) => results.is_none(),
            Phase::Lobby => results
                .is_some_and(|results| results.heat == self.heat && results.outcome == Outcome::Cancelled),
            Phase::Countdown { .. } | Phase::Running { .. } => {
                results.is_none_or(|results| results.is_final && results.heat <= self.heat)
            }
            Phase::Finishing { .. } => {
                results.is_some_and(|results| !results.is_final && results.heat == self.heat)
            }
            Phase::Finished { .. } => {
                results.is_some_and(|results| results.is_final && results.heat == self.heat)
            }
        }
    }
}
