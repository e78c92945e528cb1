//! Who races next, when not everybody does.

use race::{Command, Racer, RacerId, Rules};

use super::{BadOrder, task::Task};

impl Task {
    /// Begins a heat: the next group of a tournament, those whose turn it is, or everybody.
    pub(super) fn start(&mut self, rules: Option<Rules>) -> Result<(), BadOrder> {
        if !self.race.phase().is_heat() {
            // Of the heat before nobody hears any more once this one has begun.
            self.tell_all_queued();
        }
        let field =
            if self.race.phase().is_heat() { None } else { self.next_group().or_else(|| self.next_turn()) };
        Ok(self.apply(Command::Start { rules, field })?)
    }

    /// Who waited longest, where there are fewer lanes than racers; those who are lost only if nobody
    /// else is there.
    fn next_turn(&self) -> Option<Vec<RacerId>> {
        let lanes = self.party.setup.lanes as usize;
        let mut racers: Vec<&Racer> = self.race.racers().collect();
        if lanes == 0 || racers.len() <= lanes {
            return None;
        }
        let raced = |racer: &Racer| self.people.get(racer.id).map(|person| person.raced);
        racers.sort_by_key(|racer| (!racer.connected, raced(racer), racer.lane));
        Some(racers.into_iter().take(lanes).map(|racer| racer.id).collect())
    }

    /// The gun has fired: those who race have had their turn.
    pub(super) fn count_heat(&mut self) {
        let heat = self.race.heat();
        for racer in self.race.field() {
            self.people.has_raced(racer.id, heat);
        }
    }

    /// The rules of the heat that is on, or else of the next one.
    pub(super) fn next_rules(&self) -> &Rules {
        match &self.chosen {
            Some(chosen) if !self.race.phase().is_heat() => chosen,
            _ => self.race.rules(),
        }
    }
}
