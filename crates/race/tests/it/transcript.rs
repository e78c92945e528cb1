//! Transcripts: a race as a text file.
//!
//! ```text
//! # A comment.
//! 0 join Ada
//!     -> joined Ada, lane 1
//! 0 start sprint 3
//!     -> countdown to 3000
//! @390 claim Ada 3 at 380
//! ```
//!
//! A line at the margin is a time and a command; `@` is the time since the gun. The lines with an
//! arrow are what followed. Running a transcript writes it anew: everything at the margin as it is, and
//! the arrows as they are now. What commands there are can be read in [`Runner::run`].

mod read;
mod tell;

use std::collections::BTreeMap;

use race::{Command, Event, Heat, Millis, Outcome, Phase, Race, Racer, RacerId, Results, Settings};

use crate::traces::Recorder;
use read::{rules_of, settings_of};
use tell::{place, reason, receipt, replay, rope, show, side};

const ARROW: &str = "    -> ";

/// Runs a transcript and returns it as it should be. With `relive`, the race is taken down to a
/// snapshot and restored before every line.
pub fn rewrite(text: &str, relive: bool) -> String {
    let mut runner = Runner::default();
    let mut written = String::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("->") {
            continue;
        }
        written += line;
        written.push('\n');
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if relive {
            runner.relive();
        }
        let follows = runner.run(line).unwrap_or_else(|| panic!("line {}: cannot read `{line}`", index + 1));
        for line in follows {
            written += ARROW;
            written += &line;
            written.push('\n');
        }
    }
    written
}

struct Runner {
    race: Race,
    recorder: Recorder,
    names: BTreeMap<RacerId, String>,
    /// When the gun of the last heat fired or will fire.
    go_at: Millis,
}

impl Default for Runner {
    fn default() -> Runner {
        Runner {
            race: Race::new(Settings::default()),
            recorder: Recorder::default(),
            names: BTreeMap::new(),
            go_at: Millis::ZERO,
        }
    }
}

impl Runner {
    fn relive(&mut self) {
        self.race = Race::restore(self.race.snapshot()).expect("a race restores its own snapshot");
    }

    /// One line; `None` when it cannot be read.
    fn run(&mut self, line: &str) -> Option<Vec<String>> {
        if let Some(settings) = line.strip_prefix("settings ") {
            *self = Runner { race: Race::new(settings_of(settings)?), ..Runner::default() };
            return Some(Vec::new());
        }
        let (time, line) = line.split_once(' ')?;
        let now = self.time_of(time)?;
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        Some(match (verb, &words[..]) {
            ("join", _) => self.apply(now, Command::Join { name: rest.into(), bot: false }),
            ("bot", _) => self.apply(now, Command::Join { name: rest.into(), bot: true }),
            ("rejoin", [name]) => self.apply(now, Command::Rejoin { racer: self.id(name)? }),
            ("disconnect", [name]) => self.apply(now, Command::Disconnect { racer: self.id(name)? }),
            ("leave", [name]) => self.apply(now, Command::Leave { racer: self.id(name)? }),
            ("kick", [name]) => self.apply(now, Command::Kick { racer: self.id(name)? }),
            ("rename", [old, to @ ..]) => {
                let racer = self.id(old)?;
                self.apply(now, Command::Rename { racer, name: to.join(" ") })
            }
            // `start sprint 5`, `start` with the rules of before, `start for Ada Bo` for these alone
            ("start", words) => {
                let (rules, names) = match words.iter().position(|word| *word == "for") {
                    Some(at) => (&words[..at], Some(&words[at + 1..])),
                    None => (words, None),
                };
                let field = names.map(|names| names.iter().map(|name| self.id(name)).collect());
                let rules = (!rules.is_empty()).then(|| rules_of(rules));
                // Present, it must be readable.
                let (rules, field) = (
                    rules.map_or(Some(None), |it| it.map(Some))?,
                    field.map_or(Some(None), |it: Option<_>| it.map(Some))?,
                );
                self.apply(now, Command::Start { rules, field })
            }
            ("hold", [until]) => self.apply(now, Command::Hold { until: self.time_of(until)? }),
            ("outage", [since, "until", until]) => {
                let (since, until) = (self.time_of(since)?, self.time_of(until)?);
                self.apply(now, Command::Outage { since, until })
            }
            ("handicap", [name, per_mille]) => {
                let (racer, per_mille) = (self.id(name)?, per_mille.parse().ok()?);
                self.apply(now, Command::Handicap { racer, per_mille })
            }
            ("cancel", []) => self.apply(now, Command::Cancel),
            ("advance", []) => self.apply(now, Command::Advance),
            ("tap", [name]) => self.apply(now, Command::Tap { racer: self.id(name)? }),
            // Several bare taps, e.g. `@0 taps Ada 40 every 80` or `every 80,95,110` in turn.
            ("taps", [name, count, "every", intervals]) => {
                let racer = self.id(name)?;
                let intervals: Vec<i64> =
                    intervals.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
                let mut now = now;
                let mut follows = Vec::new();
                for interval in intervals.iter().cycle().take(count.parse().ok()?) {
                    let events = self.apply(now, Command::Tap { racer });
                    follows.extend(events.into_iter().map(|line| format!("{}: {line}", now.0)));
                    now = now + Millis(*interval);
                }
                follows
            }
            ("claim", [name, taps, options @ ..]) => {
                let mut heat = self.race.heat();
                let mut at = None;
                for option in options.chunks(2) {
                    match option {
                        ["at", time] => at = Some(Millis(time.parse().ok()?)),
                        ["heat", number] => heat = Heat(number.parse().ok()?),
                        _ => return None,
                    }
                }
                let (racer, taps) = (self.id(name)?, taps.parse().ok()?);
                self.apply(now, Command::Claim { racer, heat, taps, at })
            }
            // Questions: they let no time pass.
            ("show", [name]) => vec![show(self.race.racer(self.id(name)?)?)],
            ("show", []) => self.race.racers().map(show).collect(),
            ("receipt", [name]) => vec![receipt(self.race.racer(self.id(name)?)?)],
            ("replay", [name]) => {
                let racer = self.id(name)?;
                let handicap = self
                    .race
                    .results()
                    .and_then(|results| results.places.iter().find(|place| place.racer == racer)?.handicap);
                let trace = self.recorder.trace(racer);
                let run = trace.replay(self.race.rules(), self.race.settings(), handicap);
                vec![replay(&trace, run)]
            }
            ("courses", []) => {
                let taps = |racer: &Racer| {
                    racer.course(self.race.rules()).map_or("none".into(), |taps| taps.to_string())
                };
                self.race.racers().map(|racer| format!("{} {}", racer.name, taps(racer))).collect()
            }
            ("standings", []) => {
                let standings = self.race.standings().into_iter();
                standings.map(|(id, at)| format!("{} of {} {}", at.place, at.of, self.name(id))).collect()
            }
            ("rope", []) => self.race.rope().map(rope).into_iter().collect(),
            ("changes", []) => {
                let changes = self.race.take_changes().into_iter();
                changes.map(|(lane, taps)| format!("lane {} {taps}", lane.0)).collect()
            }
            ("wakes", []) => {
                vec![self.race.wakes_at().map_or("never".into(), |at| format!("at {}", at.0))]
            }
            ("snapshot", []) => {
                self.relive();
                vec!["restored".into()]
            }
            _ => return None,
        })
    }

    fn apply(&mut self, now: Millis, command: Command) -> Vec<String> {
        match self.recorder.apply(&mut self.race, now, command) {
            Err(refused) => vec![format!("refused: {refused}")],
            Ok(events) => events.into_iter().flat_map(|event| self.tell(event)).collect(),
        }
    }

    fn time_of(&self, word: &str) -> Option<Millis> {
        match word.strip_prefix('@') {
            None => word.parse().ok().map(Millis),
            Some(since) => Some(self.go_at + Millis(since.parse().ok()?)),
        }
    }

    /// The last racer who had this name, or `#7`.
    fn id(&self, word: &str) -> Option<RacerId> {
        if let Some(number) = word.strip_prefix('#') {
            return number.parse().ok().map(RacerId);
        }
        self.names.iter().rev().find(|(_, name)| *name == word).map(|(id, _)| *id)
    }

    fn name(&self, id: RacerId) -> &str {
        &self.names[&id]
    }

    fn tell(&mut self, event: Event) -> Vec<String> {
        vec![match event {
            Event::Joined { racer } => {
                let racer = self.race.racer(racer).expect("who joined is seated");
                self.names.insert(racer.id, racer.name.clone());
                format!("joined {}, lane {}", racer.name, racer.lane.0)
            }
            Event::Renamed { racer } => {
                let new = self.race.racer(racer).expect("who is renamed is seated").name.clone();
                let old = self.names.insert(racer, new.clone()).unwrap_or_default();
                format!("renamed {old} to {new}")
            }
            Event::Handicapped { racer } => {
                let handicap = self.race.racer(racer).expect("who has a handicap is seated").handicap;
                format!("handicap of {} is {handicap}", self.name(racer))
            }
            Event::Rejoined { racer } => format!("rejoined {}", self.name(racer)),
            Event::Disconnected { racer } => format!("disconnected {}", self.name(racer)),
            Event::Left { racer, why } => format!("left {} ({})", self.name(racer), reason(why)),
            Event::FalseStart { racer, count } => {
                format!("false start {} {count}", self.name(racer))
            }
            Event::Flagged { racer } => format!("flagged {}", self.name(racer)),
            Event::Phase { phase } => match self.note(phase) {
                Phase::Lobby => "lobby".into(),
                Phase::Countdown { go_at } => format!("countdown to {}", go_at.0),
                Phase::Running { go_at } => format!("running since {}", go_at.0),
                Phase::Finishing { until, .. } => format!("finishing until {}", until.0),
                Phase::Finished { ended_at, .. } => format!("finished at {}", ended_at.0),
            },
            Event::Results(results) => return self.podium(&results),
        }]
    }

    fn note(&mut self, phase: Phase) -> Phase {
        self.go_at = phase.go_at().unwrap_or(self.go_at);
        phase
    }

    fn podium(&self, results: &Results) -> Vec<String> {
        let winners: Vec<&str> = results.winners.iter().map(|id| self.name(*id)).collect();
        let winners = winners.join(" and ");
        let outcome = match (results.outcome, results.team) {
            (Outcome::Won, Some(team)) => format!("{} team won: {winners}", side(team)),
            (Outcome::Won, None) => format!("{winners} won"),
            (Outcome::DeadHeat, _) => format!("dead heat: {winners}"),
            (Outcome::NoTaps, _) => "no taps".into(),
            (Outcome::Abandoned, _) => "abandoned".into(),
            (Outcome::Cancelled, _) => "cancelled".into(),
        };
        let kind = if results.is_final { "podium" } else { "provisional" };
        let mut lines = vec![format!("{kind} of heat {}: {outcome}", results.heat.0)];
        lines.extend(results.places.iter().map(place));
        lines
    }
}
