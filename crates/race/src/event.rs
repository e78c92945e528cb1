//! What follows from commands and time.

use crate::command::Heat;
use crate::racer::RacerId;
use crate::rules::Team;
use crate::time::Millis;

/// Something happened that others may want to know. Counts are not events (they change thousands
/// of times a second): see [`Race::take_changes`](crate::Race::take_changes).
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Event {
    /// Somebody sat down; name and lane are in [`Race::racer`](crate::Race::racer).
    Joined {
        /// The new id.
        racer: RacerId,
    },
    /// A lost racer is back.
    Rejoined {
        /// Who.
        racer: RacerId,
    },
    /// A racer was lost; the seat is kept for a while.
    Disconnected {
        /// Who.
        racer: RacerId,
    },
    /// A racer is gone for good.
    Left {
        /// Who.
        racer: RacerId,
        /// And why.
        why: Why,
    },
    /// A racer has another name.
    Renamed {
        /// Who.
        racer: RacerId,
    },
    /// The course of a racer in heats with a handicap is another.
    Handicapped {
        /// Whose.
        racer: RacerId,
    },
    /// The race entered this phase.
    Phase {
        /// The phase it is in now.
        phase: Phase,
    },
    /// Taps before the gun.
    FalseStart {
        /// Whose.
        racer: RacerId,
        /// All of this racer in this heat.
        count: u32,
    },
    /// The taps have a machine's steady rhythm. Once a heat; the taps still count.
    Flagged {
        /// Whose.
        racer: RacerId,
    },
    /// Where everybody stands: provisional when [`Phase::Finishing`] begins, then, exactly once a
    /// heat, final.
    Results(Results),
}

/// Why a racer is gone.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Why {
    /// Of their own will.
    Left,
    /// Lost for longer than the grace.
    Timeout,
    /// Sent away by the host.
    Kicked,
}

/// Where a race is. All times are points in time, not spans.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Phase {
    /// No heat: before the first, or after one that was called off.
    Lobby,
    /// The heat is announced; taps are false starts.
    Countdown {
        /// When the gun fires.
        go_at: Millis,
    },
    /// Taps count.
    Running {
        /// When the gun fired.
        go_at: Millis,
    },
    /// It is decided by what has arrived; taps made earlier may still arrive.
    Finishing {
        /// When the gun fired.
        go_at: Millis,
        /// When it was decided.
        opened_at: Millis,
        /// When the results become final; a hold moves it.
        until: Millis,
    },
    /// The results are final.
    Finished {
        /// When the gun fired (or would have, if everybody left before it).
        go_at: Millis,
        /// When the results became final.
        ended_at: Millis,
    },
}

impl Phase {
    /// When the gun fires or fired; `None` in the lobby.
    pub fn go_at(self) -> Option<Millis> {
        match self {
            Phase::Lobby => None,
            Phase::Countdown { go_at }
            | Phase::Running { go_at }
            | Phase::Finishing { go_at, .. }
            | Phase::Finished { go_at, .. } => Some(go_at),
        }
    }

    /// Whether a heat is on: announced, running, or not yet final.
    pub fn is_heat(self) -> bool {
        !matches!(self, Phase::Lobby | Phase::Finished { .. })
    }
}

/// How a heat came out.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Outcome {
    /// One racer, or in a tug one team, was first.
    Won,
    /// Several cannot be told apart at the front; in a tug the rope is in the middle.
    DeadHeat,
    /// Time ran out and no tap had counted.
    NoTaps,
    /// Everybody left before there was a finish.
    Abandoned,
    /// The host called it off.
    Cancelled,
}

/// Where everybody stands at the end of a heat.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Results {
    /// Of which heat.
    pub heat: Heat,
    /// False while taps that were made earlier may still arrive.
    pub is_final: bool,
    /// How it came out.
    pub outcome: Outcome,
    /// Who is first: one if won, several in a dead heat, the members of the winning team in a tug;
    /// otherwise nobody.
    pub winners: Vec<RacerId>,
    /// The winning team, in a tug that was won.
    pub team: Option<Team>,
    /// Everybody who raced, those who left included, best first; ties in lane order.
    pub places: Vec<Place>,
}

impl Results {
    /// The one winner, where there is exactly one.
    pub fn winner(&self) -> Option<RacerId> {
        match self.winners[..] {
            [winner] => Some(winner),
            _ => None,
        }
    }
}

/// Where one racer stands at the end of a heat.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Place {
    /// From 1; who cannot be told apart shares it, and as many places are then left out. In a tug
    /// the members of the better team are all first, those of the other all second.
    pub place: u32,
    /// Who.
    pub racer: RacerId,
    /// The name they raced under.
    pub name: String,
    /// The lane they raced in.
    pub lane: crate::racer::Lane,
    /// Taps that counted.
    pub taps: u32,
    /// Since the gun, for who finished a sprint.
    pub time: Option<Millis>,
    /// Behind the first finisher (0 for the first), for who finished a sprint.
    pub margin: Option<Millis>,
    /// This place is shared because those who have it cannot be told apart.
    pub dead_heat: bool,
    /// The team, in a tug.
    pub team: Option<Team>,
    /// Where the rules have a handicap: this racer's course, in thousandths of theirs.
    pub handicap: Option<u32>,
    /// Left before the end, and why.
    pub gone: Option<Why>,
    /// Taps that came faster than the human limit, or while held after a false start.
    pub refused: u32,
    /// Taps before the gun.
    pub false_starts: u32,
    /// Tapped with a machine's steady rhythm.
    pub flagged: bool,
}

/// Where one racer stands right now.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Standing {
    /// From 1, shared by who cannot be told apart. In a tug that of the team.
    pub place: u32,
    /// Of how many; in a tug, of two teams.
    pub of: u32,
}
