//! The race itself: time and commands in, events out.

mod crowd;
mod heat;
mod hold;

pub use crowd::Pack;
pub use hold::Outage;

use std::collections::BTreeSet;

use crate::command::{Command, Heat, Refused};
use crate::event::{Event, Phase, Results, Standing, Why};
use crate::racer::{HANDICAPS, Lane, Racer, RacerId, checked_name};
use crate::roster::Roster;
use crate::rules::{Rules, Settings};
use crate::time::Millis;
use crate::tug::{Rope, Tug};

/// One race: seats, heat after heat, and the count.
///
/// The same commands at the same times make the same race, to the byte.
#[derive(Clone, Debug)]
pub struct Race {
    pub(crate) settings: Settings,
    pub(crate) rules: Rules,
    pub(crate) heat: Heat,
    pub(crate) phase: Phase,
    /// The latest time that was ever told; time never goes back from here.
    pub(crate) now: Millis,
    /// The last id that was given.
    pub(crate) last_id: u32,
    pub(crate) roster: Roster,
    pub(crate) results: Option<Results>,
    pub(crate) tug: Option<Tug>,
    /// Who sits down before the gun is not in this heat: its field was chosen.
    pub(crate) chosen_field: bool,
    /// Before this time the results of this heat do not become final.
    pub(crate) held_until: Option<Millis>,
    /// The last span in which nobody could be heard, as far as claims of this heat may still be of it.
    pub(crate) outage: Option<Outage>,
    /// Events of time that passed before a command was refused.
    pub(crate) pending: Vec<Event>,
    /// Lanes whose `changed` is set.
    pub(crate) changes: Vec<Lane>,
    /// Exactly the `drops_at` of all seated racers.
    pub(crate) graces: BTreeSet<(Millis, RacerId)>,
    /// How many racers of the heat have not left.
    pub(crate) racing: u32,
    /// The sum of all lanes.
    pub(crate) taps: u64,
}

impl Race {
    /// An empty lobby. Settings that make no sense are [clamped](Settings::clamped).
    pub fn new(settings: Settings) -> Race {
        Race {
            settings: settings.clamped(),
            rules: Rules::default(),
            heat: Heat(0),
            phase: Phase::Lobby,
            now: Millis::MIN,
            last_id: 0,
            roster: Roster::default(),
            results: None,
            tug: None,
            chosen_field: false,
            held_until: None,
            outage: None,
            pending: Vec::new(),
            changes: Vec::new(),
            graces: BTreeSet::new(),
            racing: 0,
            taps: 0,
        }
    }

    /// Lets time pass up to `now`, then carries out the command, and returns everything that
    /// followed, in order. A time before the last one is taken as the last one. A tap from which
    /// no event follows allocates nothing and costs the same in any crowd.
    ///
    /// # Errors
    /// When the command cannot be carried out now. The race is then as after
    /// [`Command::Advance`] at the same time; what that brought about is returned by the next
    /// call that succeeds, and [`wakes_at`](Race::wakes_at) asks for one at once.
    pub fn apply(&mut self, now: Millis, command: Command) -> Result<Vec<Event>, Refused> {
        self.pass(now);
        match command {
            Command::Join { name, bot } => self.join(&name, bot)?,
            Command::Rejoin { racer } => self.rejoin(racer)?,
            Command::Disconnect { racer } => self.disconnect(racer)?,
            Command::Leave { racer } => self.leave(racer, Why::Left, self.now)?,
            Command::Kick { racer } => self.leave(racer, Why::Kicked, self.now)?,
            Command::Rename { racer, name } => self.rename(racer, &name)?,
            Command::Handicap { racer, per_mille } => self.handicap(racer, per_mille)?,
            Command::Start { rules, field } => self.start(rules, field)?,
            Command::Hold { until } => self.hold(until)?,
            Command::Outage { since, until } => self.outage(since, until),
            Command::Cancel => self.cancel()?,
            Command::Tap { racer } => self.tap(racer)?,
            Command::Claim { racer, heat, taps, at } => self.claim(racer, heat, taps, at)?,
            Command::Advance => {}
        }
        self.pass(now);
        Ok(std::mem::take(&mut self.pending))
    }

    /// When [`Command::Advance`] next has something to do; `None` while nothing is due.
    pub fn wakes_at(&self) -> Option<Millis> {
        if !self.pending.is_empty() {
            return Some(self.now);
        }
        let grace = self.graces.first().map(|(drops_at, _)| *drops_at);
        match (self.phase_ends_at(), grace) {
            (Some(phase), Some(grace)) => Some(phase.min(grace)),
            (phase, grace) => phase.or(grace),
        }
    }

    /// The latest time that it was told.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Where the race is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The current heat, or the last one.
    pub fn heat(&self) -> Heat {
        self.heat
    }

    /// The rules of the current heat, or of the last one.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The settings of the house.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Everybody who is seated, in lane order.
    pub fn racers(&self) -> impl Iterator<Item = &Racer> {
        self.roster.iter().filter(|racer| racer.gone.is_none())
    }

    /// Somebody who is seated.
    pub fn racer(&self, racer: RacerId) -> Option<&Racer> {
        self.roster.get(racer)
    }

    /// Everybody of the current or last heat in lane order, those who left it included.
    pub fn field(&self) -> impl Iterator<Item = &Racer> {
        self.roster.iter().filter(|racer| racer.in_heat)
    }

    /// Whether the field of the current or last heat was chosen: then others may be seated who wait.
    pub fn has_chosen_field(&self) -> bool {
        self.chosen_field
    }

    /// All taps that counted in the current or last heat: the sum of its lanes.
    pub fn taps(&self) -> u64 {
        self.taps
    }

    /// The lanes whose taps changed since the last call, with their counts, in the order of their
    /// first change. Costs as much as it returns. Beginning a heat, calling one off and
    /// [`restore`](Race::restore) empty the list: all lanes are then to be shown anew.
    pub fn take_changes(&mut self) -> Vec<(Lane, u32)> {
        let roster = &mut self.roster;
        self.changes
            .drain(..)
            .filter_map(|lane| {
                let racer = roster.in_lane_mut(lane)?;
                racer.changed = false;
                Some((lane, racer.taps))
            })
            .collect()
    }

    /// Where a racer of the heat stands right now; `None` before the gun and for who is not in the
    /// heat. Ranks the whole field: for many racers use [`standings`](Race::standings).
    pub fn standing(&self, racer: RacerId) -> Option<Standing> {
        let standings = self.standings();
        standings.into_iter().find(|(id, _)| *id == racer).map(|(_, standing)| standing)
    }

    /// Where everybody of the heat stands right now, best first, in one sort; empty before the gun.
    pub fn standings(&self) -> Vec<(RacerId, Standing)> {
        match self.phase {
            Phase::Lobby | Phase::Countdown { .. } => Vec::new(),
            _ => self.order().standings(self.field()),
        }
    }

    /// Of the current heat once it is finishing, before that of the last one.
    pub fn results(&self) -> Option<&Results> {
        self.results.as_ref()
    }

    /// The rope, in a tug.
    pub fn rope(&self) -> Option<Rope> {
        self.tug.as_ref().map(Tug::rope)
    }

    fn join(&mut self, name: &str, bot: bool) -> Result<(), Refused> {
        let name = checked_name(name)?;
        if self.roster.seated() >= self.settings.seats as usize {
            return Err(Refused::Full);
        }
        let id = RacerId(self.last_id.checked_add(1).ok_or(Refused::Full)?);
        self.last_id = id.0;
        let mut racer = Racer::new(id, self.roster.free_lane(), name, bot);
        if matches!(self.phase, Phase::Countdown { .. }) && !self.chosen_field {
            racer.in_heat = true;
            racer.team = self.tug.as_mut().map(Tug::enter);
            self.racing += 1;
        }
        self.roster.seat(racer);
        self.pending.push(Event::Joined { racer: id });
        Ok(())
    }

    fn rejoin(&mut self, id: RacerId) -> Result<(), Refused> {
        let racer = self.roster.get_mut(id).ok_or(Refused::NoSuchRacer)?;
        if let Some(drops_at) = racer.drops_at.take() {
            racer.connected = true;
            self.graces.remove(&(drops_at, id));
            self.pending.push(Event::Rejoined { racer: id });
        }
        Ok(())
    }

    fn disconnect(&mut self, id: RacerId) -> Result<(), Refused> {
        let racer = self.roster.get_mut(id).ok_or(Refused::NoSuchRacer)?;
        if !racer.bot && racer.connected {
            let drops_at = self.now + self.settings.grace;
            racer.connected = false;
            racer.drops_at = Some(drops_at);
            self.graces.insert((drops_at, id));
            self.pending.push(Event::Disconnected { racer: id });
        }
        Ok(())
    }

    fn rename(&mut self, id: RacerId, name: &str) -> Result<(), Refused> {
        let name = checked_name(name)?;
        let racer = self.roster.get_mut(id).ok_or(Refused::NoSuchRacer)?;
        if racer.name != name {
            racer.name = name;
            self.pending.push(Event::Renamed { racer: id });
        }
        Ok(())
    }

    fn handicap(&mut self, id: RacerId, per_mille: u32) -> Result<(), Refused> {
        let racer = self.roster.get_mut(id).ok_or(Refused::NoSuchRacer)?;
        let handicap = per_mille.clamp(*HANDICAPS.start(), *HANDICAPS.end());
        if racer.handicap != handicap {
            racer.handicap = handicap;
            self.pending.push(Event::Handicapped { racer: id });
        }
        Ok(())
    }

    /// Somebody goes. Who leaves a heat after the gun keeps lane and count until the next one.
    fn leave(&mut self, id: RacerId, why: Why, at: Millis) -> Result<(), Refused> {
        let racer = self.roster.get(id).ok_or(Refused::NoSuchRacer)?;
        let (was_racing, team) = (racer.is_racing(), racer.team);
        if let Some(drops_at) = racer.drops_at {
            self.graces.remove(&(drops_at, id));
        }
        if was_racing && !matches!(self.phase, Phase::Countdown { .. }) {
            self.roster.depart(id, why);
        } else {
            self.roster.vacate(id);
        }
        self.pending.push(Event::Left { racer: id, why });
        if was_racing {
            self.racing -= 1;
            // After the end the rope stays as it was won.
            if let (true, Some(team), Some(tug)) = (self.phase.is_heat(), team, &mut self.tug) {
                tug.leave(team);
            }
            self.end_if_abandoned(at);
        }
        Ok(())
    }

    /// Lets everything happen that is due, each at its own time; at the same time the heat goes on
    /// before a seat is lost.
    fn pass(&mut self, now: Millis) {
        self.now = self.now.max(now);
        loop {
            let phase_ends_at = self.phase_ends_at().filter(|due| *due <= self.now);
            let grace = self.graces.first().copied().filter(|(due, _)| *due <= self.now);
            match (phase_ends_at, grace) {
                (Some(due), Some((drops_at, _))) if due <= drops_at => self.next_phase(due),
                (_, Some((drops_at, id))) => self.drop_racer(drops_at, id),
                (Some(due), None) => self.next_phase(due),
                (None, None) => return,
            }
        }
    }
}
