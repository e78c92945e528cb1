//! A tournament: the room's heats are its groups until there is a champion. Who meets whom is the
//! race crate's; here are the faces, and who is told what.

use std::collections::{BTreeMap, HashMap};

use race::{Entrant, RacerId, Refused, Results, Tournament, TournamentState};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{BadOrder, Order, task::Task};
use crate::{
    looks::Look,
    wire::{EntrantJson, GroupJson, InTournament, TournamentJson},
};

/// As many race at once unless the host says otherwise.
const LANES: u32 = 8;

/// A tournament that is on, or whose champion is being shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Cup {
    bracket: Tournament,
    /// Of everybody who entered: they are shown though they may have left.
    faces: BTreeMap<RacerId, (String, Look)>,
}

/// How everybody stands in it; in none, if there is none.
#[derive(Default)]
struct Standings {
    entrants: HashMap<RacerId, InTournament>,
    newcomer: InTournament,
}

impl Standings {
    fn of(&self, racer: RacerId) -> InTournament {
        self.entrants.get(&racer).copied().unwrap_or(self.newcomer)
    }
}

impl Cup {
    fn json(&self) -> TournamentJson {
        let TournamentState { round, rounds, heat, heats, lanes, groups, champions, over } =
            self.bracket.state();
        let face = |racer: &RacerId| {
            let (name, look) =
                self.faces.get(racer).cloned().unwrap_or_else(|| (String::new(), Look::plain()));
            EntrantJson { id: racer.0, name, look, place: None, through: None }
        };
        let entrant = |it: &Entrant| EntrantJson { place: it.place, through: it.through, ..face(&it.racer) };
        let groups = groups.iter().map(|group| GroupJson {
            round: group.round,
            heat: group.heat,
            racers: group.entrants.iter().map(entrant).collect(),
            done: group.done,
        });
        TournamentJson {
            round,
            rounds,
            heat_of_round: heat,
            heats_in_round: heats,
            lanes,
            groups: groups.collect(),
            champion: champions.first().map(face),
            champions: champions.iter().map(face).collect(),
            over,
        }
    }

    /// How everybody who entered stands.
    fn standings(&self, is_heat: bool) -> Standings {
        let TournamentState { round, rounds, groups, champions, over, .. } = self.bracket.state();
        let mut entrants = HashMap::new();
        let next = groups.iter().position(|group| !group.done);
        // Of the rounds that somebody was in the last one counts.
        for (position, group) in groups.iter().enumerate() {
            let is_next = next == Some(position);
            for entrant in &group.entrants {
                let state = match entrant.through {
                    _ if champions.contains(&entrant.racer) => "champion",
                    Some(true) => "through",
                    Some(false) => "out",
                    None if is_next && is_heat => "racing",
                    None => "waiting",
                };
                entrants.insert(entrant.racer, InTournament { state: Some(state), round, rounds });
            }
        }
        // Who came later waits for its end.
        let waiting = InTournament { state: Some("waiting"), round, rounds };
        Standings { entrants, newcomer: if over { InTournament::default() } else { waiting } }
    }
}

impl Task {
    pub(super) fn begin_tournament(&mut self) -> Result<(), BadOrder> {
        if self.race.phase().is_heat() {
            return Err(Refused::AlreadyRunning.into());
        }
        if self.party.cup.as_ref().is_some_and(|cup| !cup.bracket.is_over()) {
            return Err(BadOrder::Tournament);
        }
        if self.race.seated() > Order::MOST_ENTRANTS {
            return Err(BadOrder::TooMany);
        }
        let face = |racer: &race::Racer| (racer.id, (racer.name.clone(), self.people.look(racer.id)));
        let faces: BTreeMap<_, _> = self.race.racers().map(face).collect();
        if faces.len() < 2 {
            return Err(BadOrder::TooFew);
        }
        let lanes = match self.party.setup.lanes {
            0 => LANES,
            lanes => lanes,
        };
        // In the order in which they came.
        let bracket = Tournament::new(faces.keys().copied().collect(), lanes);
        self.party.cup = Some(Cup { bracket, faces });
        self.tournament_changed = true;
        Ok(())
    }

    pub(super) fn end_tournament(&mut self) {
        if self.party.cup.take().is_some() {
            self.tournament_changed = true;
        }
    }

    /// Who races next in a tournament. One that is over makes place for races of everybody.
    pub(super) fn next_group(&mut self) -> Option<Vec<RacerId>> {
        let group = self.party.cup.as_mut()?.bracket.next_group();
        if group.is_none() {
            self.end_tournament();
        }
        group
    }

    /// The results of a heat are final, or it was called off.
    pub(super) fn record_in_tournament(&mut self, results: &Results) {
        if let Some(cup) = &mut self.party.cup
            && !cup.bracket.is_over()
            && cup.bracket.record(results)
        {
            self.tournament_changed = true;
        }
    }

    pub(super) fn leave_tournament(&mut self, racer: RacerId) {
        self.told_tournament.remove(&racer);
        if let Some(cup) = &mut self.party.cup
            && cup.faces.contains_key(&racer)
        {
            cup.bracket.leave(racer);
            self.tournament_changed = true;
        }
    }

    pub(super) fn rename_in_tournament(&mut self, racer: RacerId, name: &str) {
        if let Some(cup) = &mut self.party.cup
            && let Some(face) = cup.faces.get_mut(&racer)
        {
            name.clone_into(&mut face.0);
            self.tournament_changed = true;
        }
    }

    pub(super) fn tournament_json(&self) -> Option<TournamentJson> {
        self.party.cup.as_ref().map(Cup::json)
    }

    pub(super) fn tell_tournament(&mut self) {
        let state = json!({ "tournament": self.tournament_json() });
        self.tell_consoles("tournament", &state);
        self.tell_tournament_to_phones();
    }

    /// Tells the phones for which something has changed how their racer stands.
    pub(super) fn tell_tournament_to_phones(&mut self) {
        if self.party.cup.is_none() && self.told_tournament.is_empty() {
            return;
        }
        let standings = self.party.cup.as_ref().map(|cup| cup.standings(self.race.phase().is_heat()));
        let standings = standings.unwrap_or_default();
        let playing: Vec<RacerId> = self.people.playing().collect();
        for racer in playing {
            let standing = standings.of(racer);
            if self.told_tournament.insert(racer, standing).unwrap_or_default() != standing {
                self.tell_phone(racer, "tournament", &standing);
            }
        }
        if self.party.cup.is_none() {
            self.told_tournament.clear();
        }
    }

    /// A phone has joined.
    pub(super) fn greet_in_tournament(&mut self, racer: RacerId) {
        if let Some(cup) = &self.party.cup {
            let standing = cup.standings(self.race.phase().is_heat()).of(racer);
            self.told_tournament.insert(racer, standing);
            self.tell_phone(racer, "tournament", &standing);
        }
    }
}
