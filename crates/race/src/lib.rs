//! The rules of a tap race: commands and time in, events out.
//!
//! People tap as fast as they can; this crate says whose taps count, who is where, and who has
//! won. It has no clock (it is told the time), no sockets, no storage, no log, no tasks and no
//! randomness, and knows nothing of who calls it. The same commands at the same times make the
//! same race, to the byte, so that a race can be written down, replayed, disputed and restored.
//!
//! # What flows where
//!
//! ```text
//!                Command ──┐                      ┌── Vec<Event>   what happened (joined, gun, results)
//!                          ├──►  Race::apply  ────┤
//!   Millis (what time) ────┘          │           └── Refused      why not; nothing changed
//!                                     ▼
//!         counts: take_changes, standings, rope,   looked at as often as a screen wants,
//!                 leaders, pack                    since they change thousands of times a second
//!         wakes_at: when to apply Advance next     (the gun, the end, a lost seat)
//!         snapshot / restore                       the whole state as a plain value
//! ```
//!
//! - [`Race`] is one room's race, heat after heat: `Lobby → Countdown → Running → Finishing →
//!   Finished → Countdown → ...` ([`Phase`]). [`Command::Start`] begins a heat by some [`Rules`];
//!   from then on time alone moves it, and every heat has exactly one final [`Results`].
//! - [`Racer`]s sit in [`Lane`]s. Who sits down after the gun races in the next heat; who is lost
//!   keeps the seat for a while; who leaves in mid-heat stays in its results.
//! - Taps are **cumulative**: [`Command::Claim`] says "n so far in this heat", the increase counts.
//!   What is repeated, reordered or sent again after a reconnect changes nothing. Every tap that was
//!   ever claimed is in exactly one count of its racer: `claimed == taps + refused + false_starts
//!   + surplus`.
//! - The finish is **fair**: a tap is credited to the time when it was made, within a bounded
//!   compensation, and the results are provisional ([`Phase::Finishing`]) until everything that
//!   may have been made earlier has arrived. Who cannot be told apart shares the place.
//! - The finish **waits** for as long as it is told to ([`Command::Hold`]): for phones that are
//!   reconnecting, and after a server was down ([`Command::Outage`]), when taps are credited to the
//!   time when they were made although nobody could hear them.
//! - A heat may be for a **chosen field** ([`Command::Start`]), which is how a room larger than its lanes
//!   races, and how a [`Tournament`] does; and for **courses of different lengths**, so that unequal fingers
//!   have equal chances ([`Rules::handicap`]).
//! - Each racer's part of a heat can be kept as a [`Trace`], which [replays](Trace::replay) to the very numbers
//!   of their [`Place`].
//! - The **human limit** bounds the average number of taps a second since the gun. What exceeds
//!   it is refused and shown, never silently lost. A machine's steady rhythm is flagged.
//!
//! # A small race
//!
//! ```
//! use race::{Command, Event, Heat, Millis, Mode, Outcome, Phase, Race, Refused, Rules, Settings};
//!
//! # fn main() -> Result<(), Refused> {
//! let mut race = Race::new(Settings::default());
//! let mut ids = Vec::new();
//! for name in ["Ada", "Bo"] {
//!     for event in race.apply(Millis(0), Command::Join { name: name.into(), bot: false })? {
//!         if let Event::Joined { racer } = event {
//!             ids.push(racer);
//!         }
//!     }
//! }
//! let [ada, bo] = ids[..] else { unreachable!() };
//!
//! let rules = Rules { mode: Mode::Sprint { taps: 3 }, ..Rules::default() };
//! race.apply(Millis(0), Command::Start { rules: Some(rules), field: None })?;
//! assert_eq!(race.wakes_at(), Some(Millis(3000)), "the gun");
//!
//! // Both do three taps. Ada's arrive first, but Bo's last one was made earlier: 360 ms after
//! // the gun, not 395.
//! let claim = |racer, at| Command::Claim { racer, heat: Heat(1), taps: 3, at: Some(Millis(at)) };
//! race.apply(Millis(3400), claim(ada, 395))?;
//! assert_eq!(race.results().and_then(|results| results.winner()), Some(ada));
//! race.apply(Millis(3450), claim(bo, 360))?;
//!
//! // Once the compensation has passed, it is final.
//! let until = race.wakes_at().expect("the finish is open");
//! race.apply(until, Command::Advance)?;
//! assert!(matches!(race.phase(), Phase::Finished { .. }));
//! let results = race.results().expect("there is an outcome");
//! assert!(results.is_final);
//! assert_eq!(results.outcome, Outcome::Won);
//! assert_eq!(results.winner(), Some(bo));
//! assert_eq!(results.places[1].margin, Some(Millis(35)));
//!
//! // Everybody wants a rematch.
//! race.apply(Millis(9000), Command::Start { rules: None, field: None })?;
//! # Ok(())
//! # }
//! ```
//!
//! More races, with every rule and every refusal, are in `tests/transcripts`: text files that are
//! run as tests.
//!
//! # Cost
//!
//! A tap costs the same however many race: one lookup, some integer arithmetic, no allocation.
//! What looks at everybody is a pass (leaders, the pack, snapshots) or a sort (results, standings) over the
//! field.
//! `cargo bench -p race` measures both.
//!
//! # Features
//!
//! `serde` derives `Serialize` and `Deserialize` for [`Snapshot`] and every value in it, and for
//! [`Command`] and [`Event`].

mod command;
mod event;
mod finish;
mod race;
mod racer;
mod rhythm;
mod roster;
mod rules;
mod snapshot;
mod tally;
mod time;
mod tournament;
mod trace;
mod tug;

pub use command::{Command, Heat, Refused};
pub use event::{Event, Outcome, Phase, Place, Results, Standing, Why};
pub use race::{Outage, Pack, Race};
pub use racer::{Lane, Racer, RacerId};
pub use rhythm::Rhythm;
pub use roster::{RacerHasher, RacerMap};
pub use rules::{BadRules, FalseStart, Input, Mode, Rules, Settings, Team};
pub use snapshot::{BadSnapshot, Snapshot};
pub use time::Millis;
pub use tournament::{Entrant, Group, Tournament, TournamentState};
pub use trace::{BadTrace, NoReplay, Run, Trace, TraceStep};
pub use tug::{Rope, Side, Tug};
