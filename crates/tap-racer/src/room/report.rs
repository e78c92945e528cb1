//! What screens and phones are told of the race.

use race::{Event, Phase, Racer, RacerId, Results, Why};

use super::{PhoneNews, task::Task, traces::Traces};
use crate::wire::{
    self, BoardJson, ConsoleView, KnockJson, OwnRacer, PhaseJson, RacerJson, ResultsJson, RosterJson,
    RulesJson,
};

/// As many places as a screen lists.
const PLACES_FOR_SCREENS: usize = 1000;
/// As many as fit on a phone, beside its own.
const PLACES_FOR_PHONES: usize = 10;

impl Task {
    /// Tells everybody what happened, in the order in which it did.
    pub(super) fn follow(&mut self, events: Vec<Event>) {
        for event in events {
            match event {
                Event::Joined { racer } => self.tell_racer("racer_joined", racer),
                Event::Rejoined { racer } | Event::Disconnected { racer } | Event::Renamed { racer } => {
                    self.tell_racer("racer_changed", racer);
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
                    let left = serde_json::json!({ "id": racer.0, "why": wire::why(why) });
                    self.tell_consoles("racer_left", &left);
                }
                // Told to the phone with its next count; the results hold it for the screens.
                Event::FalseStart { .. } => {}
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
        // What moved before comes before.
        self.tell_positions(false);
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
        let mut for_screens = PhaseJson::of(&self.race, phase, self.now(), true);
        let for_phones = PhaseJson { lanes: None, ..for_screens.clone() };
        if matches!(phase, Phase::Countdown { .. }) {
            for_screens.ghost = self.party.boards.ghost(self.race.rules()).cloned();
        }
        self.tell_consoles("phase", &for_screens);
        self.tell_players("phase", &for_phones);
        if matches!(phase, Phase::Running { .. }) {
            self.tell_all_phones(None);
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
        if !self.saving.is_first() {
            self.tell_all_phones(Some(results));
        }
        if results.is_final {
            self.record_heat(results);
            self.keep_bests(results);
            self.learn_paces(results);
            self.record_in_tournament(results);
        }
    }

    pub(super) fn phase(&self) -> PhaseJson {
        PhaseJson::of(&self.race, self.race.phase(), self.now(), false)
    }

    pub(super) fn view(&self) -> ConsoleView {
        ConsoleView {
            phase: self.phase(),
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
            racers: self.race.racers().map(|racer| self.racer_json(racer)).collect(),
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
        ResultsJson { waiting_for: self.missing(), ..self.results_json(results, PLACES_FOR_SCREENS) }
    }

    /// Tells the screens when an open finish waits for more phones, or for fewer.
    pub(super) fn tell_waiting(&mut self) {
        let waiting_for = self.missing();
        if std::mem::replace(&mut self.told_waiting, waiting_for) == waiting_for {
            return;
        }
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
