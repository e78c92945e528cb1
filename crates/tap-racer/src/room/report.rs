//! What screens and phones are told of the race.

use race::{Event, Phase, Racer, RacerId, Results, Why};
use tokio::time::{Duration, Instant};

use super::{
    PhoneNews,
    crowd::{self, MANY, MOST_LISTED},
    news::Change,
    task::Task,
    traces::Traces,
};
use crate::wire::{
    self, BoardJson, ConsoleView, KnockJson, OwnRacer, PhaseJson, RacerJson, ResultsJson, RosterJson,
    RulesJson, SidesJson,
};

/// As many places as a screen lists.
const PLACES_FOR_SCREENS: usize = MOST_LISTED;
/// As many as fit on a phone, beside its own.
const PLACES_FOR_PHONES: usize = 10;
/// For how many the finish of a crowd is open is told this often.
const EVERY_WAITING: Duration = Duration::from_millis(250);

impl Task {
    /// Tells everybody what happened, in the order in which it did.
    pub(super) fn follow(&mut self, events: Vec<Event>) {
        for event in events {
            match event {
                Event::Joined { racer } => self.tell_of(racer, Change::Joined),
                Event::Rejoined { racer } | Event::Disconnected { racer } | Event::Renamed { racer } => {
                    self.tell_of(racer, Change::Changed);
                }
                Event::Handicapped { racer } => self.tell_course(racer),
                Event::Left { racer, why } => {
                    self.bots.remove(racer);
                    self.forget_missing(racer);
                    self.remember_account(racer);
                    if let (Some(phone), Why::Timeout) = (self.people.depart(racer), why) {
                        // A channel that has just ended need not be told.
                        let _ = phone.channel.send(PhoneNews::TimedOut);
                    }
                    self.leave_tournament(racer);
                    self.crowd.forget(racer);
                    self.tell_of(racer, Change::Left(why));
                }
                // Told to the phone with its next count; the results hold it for the screens.
                Event::FalseStart { .. } => {}
                // In a crowd with those whose taps were refused.
                Event::Flagged { .. } if self.is_crowd() => {}
                Event::Flagged { racer } => {
                    let refused = self.race.racer(racer).map_or(0, |racer| racer.refused);
                    self.flag(racer, refused, true);
                }
                Event::Phase { phase } => self.enter(phase),
                Event::Results(results) => self.publish(&results),
            }
        }
    }

    fn enter(&mut self, phase: Phase) {
        match phase {
            Phase::Countdown { .. } | Phase::Lobby => self.crowd.begin(),
            // What moved before comes before.
            _ => self.tell_positions(false),
        }
        match phase {
            Phase::Countdown { .. } => {
                self.chosen = None;
                self.people.line_up();
                self.flagged.clear();
                self.updates.clear();
                self.bots.get_ready();
                self.traces = Traces::default();
            }
            Phase::Lobby | Phase::Finished { .. } => self.bots.rest(),
            Phase::Running { .. } => self.count_heat(),
            Phase::Finishing { .. } => {}
        }
        self.set_ticking(phase.is_heat());
        match phase {
            Phase::Countdown { .. } | Phase::Finished { .. } | Phase::Lobby => self.save_first(),
            Phase::Running { .. } | Phase::Finishing { .. } => {}
        }
        self.tell_consoles("phase", &self.phase_for_screens(phase));
        self.tell_players("phase", &self.phase_for_phones(phase));
        if matches!(phase, Phase::Running { .. }) {
            self.greet_phones();
        }
        if matches!(phase, Phase::Countdown { .. } | Phase::Lobby) {
            self.tell_tournament_to_phones();
        }
    }

    fn publish(&mut self, results: &Results) {
        let for_screens = self.results_for_screens(results);
        let for_phones = self.results_json(results, PLACES_FOR_PHONES);
        self.tell_consoles("results", &for_screens);
        self.tell_players("results", &for_phones);
        self.updates.enter(results);
        // Of what came out together only the last is told.
        let is_newest = self.race.results().is_some_and(|newest| newest.is_final == results.is_final);
        if is_newest && !self.saving.is_first() {
            self.tell_results_to_phones();
        }
        if results.is_final {
            self.record_heat(results);
            self.keep_bests(results);
            self.learn_paces(results);
            self.record_in_tournament(results);
        }
    }

    /// A phase of the race, or one that it went through a moment ago.
    fn phase_json(&self, phase: Phase) -> PhaseJson {
        PhaseJson::of(&self.race, phase, self.now(), MOST_LISTED)
    }

    pub(super) fn phase_for_phones(&self, phase: Phase) -> PhaseJson {
        let report_every = Some(crowd::report_every(self.race.seated()));
        PhaseJson { report_every, ..self.phase_json(phase) }
    }

    fn phase_for_screens(&self, phase: Phase) -> PhaseJson {
        let lanes = || self.race.racers().map(|racer| (racer.lane.0, racer.taps)).collect();
        let lanes = (self.race.seated() <= MOST_LISTED).then(lanes);
        let ghost = self.party.boards.ghost(self.race.rules()).cloned();
        let ghost = ghost.filter(|_| matches!(phase, Phase::Countdown { .. }));
        PhaseJson { lanes, ghost, ..self.phase_json(phase) }
    }

    pub(super) fn view(&self) -> ConsoleView {
        ConsoleView {
            phase: self.phase_json(self.race.phase()),
            roster: self.roster(),
            muted: self.party.muted.all().cloned().collect(),
            bests: self.party.boards.all().map(BoardJson::of).collect(),
            ghost: self.party.boards.ghost(self.next_rules()).cloned(),
            tournament: self.tournament_json(),
            locked: self.is_locked(),
            next_rules: self.chosen.clone().map(RulesJson),
            rope: self.race.rope().filter(|_| self.is_tug()).map(|rope| rope.position),
            results: self.current_results().map(|results| self.results_for_screens(results)),
        }
    }

    pub(super) fn roster(&self) -> RosterJson {
        RosterJson {
            racers: self.listed().into_iter().map(|racer| self.racer_json(racer)).collect(),
            count: self.race.seated(),
            knocks: self.knocks.waiting().map(KnockJson::of).collect(),
            setup: self.party.setup,
        }
    }

    pub(super) fn results_for_phones(&self) -> Option<ResultsJson> {
        self.current_results().map(|results| self.results_json(results, PLACES_FOR_PHONES))
    }

    /// Those of the heat that is shown; not those of the one before it.
    pub(super) fn current_results(&self) -> Option<&Results> {
        let is_shown = matches!(self.race.phase(), Phase::Finishing { .. } | Phase::Finished { .. });
        self.race.results().filter(|_| is_shown)
    }

    fn missing(&self) -> Option<usize> {
        self.waiting_for().filter(|missing| *missing > 0)
    }

    fn results_for_screens(&self, results: &Results) -> ResultsJson {
        let total = results.places.iter().map(|place| u64::from(place.taps)).sum();
        let is_tug = results.places.iter().any(|place| place.team.is_some());
        let sides = (is_tug && results.places.len() > MANY).then(|| SidesJson::of(results));
        let json = self.results_json(results, PLACES_FOR_SCREENS);
        ResultsJson { waiting_for: self.missing(), total: Some(total), sides, ..json }
    }

    /// Tells the screens when an open finish waits for more phones, or for fewer.
    pub(super) fn tell_waiting(&mut self) {
        let waiting_for = self.missing();
        let may_wait = waiting_for.is_some() && self.is_crowd();
        let is_early = may_wait && self.waiting_told_at.is_some_and(|at| at + EVERY_WAITING > Instant::now());
        if is_early || std::mem::replace(&mut self.told_waiting, waiting_for) == waiting_for {
            return;
        }
        self.waiting_told_at = Some(Instant::now());
        let provisional = self.current_results().filter(|results| !results.is_final);
        if let Some(results) = provisional.map(|results| self.results_for_screens(results)) {
            self.tell_consoles("results", &results);
        }
    }

    fn results_json(&self, results: &Results, most: usize) -> ResultsJson {
        ResultsJson::of(results, self.race.rules(), most, |racer| self.people.look(racer))
    }

    pub(super) fn own_racer(&self, racer: RacerId) -> Option<OwnRacer> {
        let racer = self.race.racer(racer)?;
        let look = self.people.look(racer.id);
        Some(OwnRacer { id: racer.id.0, name: racer.name.clone(), look, lane: racer.lane.0 })
    }

    pub(super) fn team_of(&self, racer: &Racer) -> Option<&'static str> {
        racer.team.filter(|_| racer.in_heat && self.is_tug()).map(wire::team)
    }

    fn is_tug(&self) -> bool {
        matches!(self.race.rules().mode, race::Mode::Tug { .. }) && self.race.phase() != Phase::Lobby
    }

    fn racer_json(&self, racer: &Racer) -> RacerJson {
        RacerJson {
            id: racer.id.0,
            name: racer.name.clone(),
            look: self.people.look(racer.id),
            lane: racer.lane.0,
            taps: racer.taps,
            connected: racer.connected,
            bot: racer.bot,
            team: self.team_of(racer),
            refused: racer.refused,
            flagged: racer.flagged,
            in_heat: racer.in_heat,
            cohost: self.is_cohost(racer.id),
            account: self.account_of(racer.id).is_some(),
            handicap: self.handicap_json(racer),
        }
    }

    pub(super) fn tell_racer(&mut self, event: &'static str, racer: RacerId) {
        // Who has left since is told of by the next event.
        if let Some(racer) = self.race.racer(racer) {
            let racer = self.racer_json(racer);
            self.tell_consoles(event, &racer);
        }
    }
}
