//! The best runs of a room, for each kind of rules apart: who holds a button runs against others who
//! hold one.

use std::cmp::Reverse;

use race::{Millis, Mode, Outcome, Place, Results, Rules, Why};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ghost::Ghost, task::Task, traces::Traces};
use crate::{looks::Look, name::Name, tokens::Nonce, wire::BoardJson};

/// The boards of a room: those of the latest [`Boards::MOST`] kinds of rules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Boards(Vec<Board>);

/// The best [`Board::MOST`] under one kind of rules, each guest once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Board {
    pub rules: Rules,
    pub entries: Vec<Best>,
    ghost: Option<Ghost>,
}

/// A run on a board.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Best {
    nonce: Nonce,
    pub name: String,
    pub look: Look,
    pub taps: u32,
    /// In ms since the gun; none in a timed heat.
    pub time: Option<i64>,
}

/// Rules under which runs can be compared: how long the countdown was does not matter.
fn kind(rules: &Rules) -> Rules {
    Rules { countdown: Millis::ZERO, ..rules.clone() }
}

impl Boards {
    const MOST: usize = 20;

    /// The latest last.
    pub fn all(&self) -> impl Iterator<Item = &Board> {
        self.0.iter()
    }

    /// Whom to race against under these rules.
    pub fn ghost(&self, rules: &Rules) -> Option<&Ghost> {
        let kind = kind(rules);
        self.0.iter().find(|board| board.rules == kind)?.ghost.as_ref()
    }

    /// The board of a kind of rules, now the latest one.
    fn latest(&mut self, rules: &Rules) -> &mut Board {
        let kind = kind(rules);
        let known = self.0.iter().position(|board| board.rules == kind);
        let board = match known {
            Some(position) => self.0.remove(position),
            None => Board { rules: kind, entries: Vec::new(), ghost: None },
        };
        if self.0.len() == Boards::MOST {
            self.0.remove(0);
        }
        self.0.push(board);
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    /// Somebody is called otherwise; tells whether that shows.
    fn rename(&mut self, nonce: Nonce, name: &Name) -> bool {
        let mut shows = false;
        for board in &mut self.0 {
            for (position, entry) in board.entries.iter_mut().enumerate() {
                if entry.nonce == nonce {
                    entry.name = name.to_string();
                    shows = true;
                    if let (0, Some(ghost)) = (position, &mut board.ghost) {
                        ghost.name = name.to_string();
                    }
                }
            }
        }
        shows
    }
}

impl Board {
    const MOST: usize = 5;

    /// Enters a run; tells its rank from 0 if it is among the best.
    fn enter(&mut self, entry: Best) -> Option<usize> {
        let own = self.entries.iter().position(|other| other.nonce == entry.nonce);
        if own.is_some_and(|own| self.entries[own].merit() <= entry.merit()) {
            return None;
        }
        own.map(|own| self.entries.remove(own));
        // Of two equal ones the older stays ahead.
        let rank = self.entries.partition_point(|other| other.merit() <= entry.merit());
        self.entries.insert(rank, entry);
        self.entries.truncate(Board::MOST);
        (rank < Board::MOST).then_some(rank)
    }
}

impl Best {
    /// The less, the better.
    fn merit(&self) -> (i64, Reverse<u32>) {
        (self.time.unwrap_or(i64::MAX), Reverse(self.taps))
    }
}

impl Task {
    /// A heat is over: its runs go on the board.
    pub(super) fn keep_bests(&mut self, results: &Results) {
        let traces: Traces = std::mem::take(&mut self.traces);
        if results.outcome == Outcome::Cancelled {
            return;
        }
        let rules = self.race.rules().clone();
        let has_board = |place: &&Place| match rules.mode {
            Mode::Sprint { .. } => place.time.is_some(),
            Mode::Timed { .. } => place.taps > 0,
            Mode::Tug { .. } => false,
        };
        // Bots and machines are no measure for guests, nor is who was sent away.
        let is_fair = |place: &&Place| !place.flagged && place.gone != Some(Why::Kicked);
        let runs: Vec<(Best, &Place)> = results
            .places
            .iter()
            .filter(has_board)
            .filter(is_fair)
            .filter_map(|place| {
                let person = self.people.get(place.racer)?;
                let (nonce, look) = (person.nonce?, person.look);
                let (name, time) = (place.name.clone(), place.time.map(|time| time.0));
                Some((Best { nonce, name, look, taps: place.taps, time }, place))
            })
            .take(Board::MOST)
            .collect();
        if runs.is_empty() {
            return;
        }
        let board = self.party.boards.latest(&rules);
        let mut is_news = false;
        for (entry, place) in runs {
            let look = entry.look;
            let rank = board.enter(entry);
            is_news |= rank.is_some();
            if rank == Some(0)
                && let Some(trace) = traces.of(place.racer)
                && let Ok(run) = trace.replay(&rules, self.race.settings(), place.handicap)
            {
                board.ghost = Some(Ghost::of(&run, place, look));
            }
        }
        if is_news {
            self.tell_bests();
        }
    }

    pub(super) fn rename_on_boards(&mut self, nonce: Nonce, name: &Name) {
        if self.party.boards.rename(nonce, name) {
            self.tell_bests();
        }
    }

    fn tell_bests(&mut self) {
        let boards: Vec<BoardJson> = self.party.boards.all().map(BoardJson::of).collect();
        self.tell_consoles("bests", &json!({ "boards": boards }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(nonce: Nonce, taps: u32, time: Option<i64>) -> Best {
        Best { nonce, name: "Ada".to_owned(), look: Look::plain(), taps, time }
    }

    fn board() -> Board {
        Boards::default().latest(&Rules::default()).clone()
    }

    #[test]
    fn the_best_five_stay_each_guest_once() {
        let mut board = board();
        let ada = Nonce::random();
        assert_eq!(board.enter(entry(ada, 100, Some(9000))), Some(0));
        assert_eq!(board.enter(entry(ada, 100, Some(9500))), None);
        assert_eq!(board.enter(entry(ada, 100, Some(9000))), None);
        for (time, rank) in [(9000, 1), (8000, 0), (10_000, 3), (9500, 3)] {
            assert_eq!(board.enter(entry(Nonce::random(), 100, Some(time))), Some(rank), "{time}");
        }
        assert_eq!(board.enter(entry(Nonce::random(), 100, Some(10_000))), None);
        assert_eq!(board.enter(entry(ada, 100, Some(7000))), Some(0));
        let times: Vec<_> = board.entries.iter().filter_map(|entry| entry.time).collect();
        assert_eq!(times, [7000, 8000, 9000, 9500, 10_000]);
    }

    #[test]
    fn without_times_the_most_taps_are_best() {
        let mut board = board();
        for (taps, rank) in [(40, 0), (50, 0), (45, 1), (45, 2)] {
            assert_eq!(board.enter(entry(Nonce::random(), taps, None)), Some(rank), "{taps}");
        }
    }

    #[test]
    fn the_latest_twenty_kinds_of_rules_have_boards_whatever_their_countdown() {
        let mut boards = Boards::default();
        let sprint = |taps| Rules { mode: Mode::Sprint { taps }, ..Rules::default() };
        (1..=20).for_each(|taps| {
            boards.latest(&sprint(taps));
        });
        boards.latest(&Rules { countdown: Millis(0), ..sprint(1) });
        assert_eq!(boards.0.len(), 20);
        boards.latest(&sprint(21));
        let kept: Vec<_> = boards.all().map(|board| board.rules.mode).collect();
        assert_eq!((kept.len(), kept[0], kept[18]), (20, Mode::Sprint { taps: 3 }, Mode::Sprint { taps: 1 }));
    }
}
