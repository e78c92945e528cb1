//! Random races that get somewhere: commands relative to where the race is.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use race::{Command, Event, FalseStart, Heat, Input, Millis, Mode, Race, RacerId, Refused, Rules, Settings};

use crate::traces::Recorder;

/// What happens next, and how long after the last.
#[derive(Clone, Debug)]
pub struct Step {
    wait: i64,
    act: Act,
}

#[derive(Clone, Debug)]
enum Act {
    /// A command as it is.
    Command(Command),
    /// A claim of some more than the racer's highest, for a heat near the current one, made some
    /// time before now.
    Claim { racer: RacerId, more: i64, heat: i64, ago: Option<i64> },
    /// A hold to some time after now, or before it.
    Hold { longer: i64 },
    /// The server was down from now on; the step after this one comes when it is back.
    Outage { longer: i64 },
}

/// A race with its journal and all that followed.
pub struct Game {
    pub race: Race,
    pub now: Millis,
    pub journal: Vec<(Millis, Command)>,
    pub recorder: Recorder,
    pub events: Vec<Event>,
}

impl Game {
    pub fn new(settings: Settings) -> Game {
        Game {
            race: Race::new(settings),
            now: Millis(0),
            journal: Vec::new(),
            recorder: Recorder::default(),
            events: Vec::new(),
        }
    }

    /// The command of a step, as things are.
    pub fn read(&self, step: &Step) -> (Millis, Command) {
        let now = self.now + Millis(step.wait);
        let command = match &step.act {
            Act::Command(command) => command.clone(),
            Act::Claim { racer, more, heat, ago } => {
                let claimed = self.race.racer(*racer).map_or(0, |racer| racer.claimed);
                let since = now - self.race.phase().go_at().unwrap_or(now);
                Command::Claim {
                    racer: *racer,
                    heat: Heat(clamp(i64::from(self.race.heat().0) + heat)),
                    taps: clamp(i64::from(claimed) + more),
                    at: ago.map(|ago| since - Millis(ago)),
                }
            }
            Act::Hold { longer } => Command::Hold { until: now + Millis(*longer) },
            Act::Outage { longer } => Command::Outage { since: now, until: now + Millis(*longer) },
        };
        (now, command)
    }

    pub fn apply(&mut self, now: Millis, command: Command) -> Result<(), Refused> {
        self.now = self.now.max(now);
        self.journal.push((now, command.clone()));
        self.events.extend(self.recorder.apply(&mut self.race, now, command)?);
        Ok(())
    }

    /// Whether it was carried out.
    pub fn step(&mut self, step: &Step) -> bool {
        let (now, command) = self.read(step);
        self.apply(now, command).is_ok()
    }
}

pub fn play(settings: Settings, steps: &[Step]) -> Game {
    let mut game = Game::new(settings);
    for step in steps {
        game.step(step);
    }
    game
}

fn clamp(number: i64) -> u32 {
    u32::try_from(number.clamp(0, i64::from(u32::MAX))).unwrap_or_default()
}

pub fn settings() -> impl Strategy<Value = Settings> {
    let spans = (select(vec![0, 50, 150]), select(vec![0, 20]), select(vec![0, 300, 2000]));
    (spans, select(vec![1500, 180_000]), 1_u32..8).prop_map(|(spans, time_limit, seats)| {
        let (compensation, dead_heat, grace) = spans;
        Settings {
            compensation: Millis(compensation),
            dead_heat: Millis(dead_heat),
            grace: Millis(grace),
            time_limit: Millis(time_limit),
            seats,
        }
    })
}

/// Up to a hundred steps, beginning with a few racers.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let arrivals = vec(join().prop_map(|command| Step { wait: 0, act: Act::Command(command) }), 0..5);
    let wait = prop_oneof![20 => 0_i64..60, 6 => 60_i64..400, 1 => -100_i64..0, 1 => 0_i64..4000];
    let step = (wait, act()).prop_map(|(wait, act)| Step { wait, act });
    (arrivals, vec(step, 0..100)).prop_map(|(mut steps, rest)| {
        steps.extend(rest);
        steps
    })
}

fn racer() -> impl Strategy<Value = RacerId> {
    prop_oneof![12 => 1_u32..5, 1 => 0_u32..20].prop_map(RacerId)
}

fn join() -> impl Strategy<Value = Command> {
    let name = prop_oneof![8 => "[A-Z][a-z]{1,5}", 1 => " {0,3}", 1 => ".{20,30}"];
    (name, prop::bool::weighted(0.1)).prop_map(|(name, bot)| Command::Join { name, bot })
}

fn act() -> impl Strategy<Value = Act> {
    let more = prop_oneof![10 => 1_i64..4, 2 => -3_i64..1, 2 => 4_i64..40, 1 => 0_i64..5_000_000_000];
    let heat = prop_oneof![12 => Just(0_i64), 1 => -1_i64..2];
    let claim = (racer(), more, heat, prop::option::of(-50_i64..400))
        .prop_map(|(racer, more, heat, ago)| Act::Claim { racer, more, heat, ago });
    prop_oneof![
        12 => claim,
        6 => racer().prop_map(|racer| Act::Command(Command::Tap { racer })),
        8 => command().prop_map(Act::Command),
        1 => (-100_i64..3000).prop_map(|longer| Act::Hold { longer }),
        1 => (-100_i64..3000).prop_map(|longer| Act::Outage { longer }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => join(),
        2 => racer().prop_map(|racer| Command::Rejoin { racer }),
        2 => racer().prop_map(|racer| Command::Disconnect { racer }),
        1 => racer().prop_map(|racer| Command::Leave { racer }),
        1 => racer().prop_map(|racer| Command::Kick { racer }),
        1 => (racer(), "[A-Z][a-z]{0,5}").prop_map(|(racer, name)| Command::Rename { racer, name }),
        8 => (prop::option::weighted(0.8, rules()), field())
            .prop_map(|(rules, field)| Command::Start { rules, field }),
        1 => (racer(), 0_u32..3000).prop_map(|(racer, per_mille)| Command::Handicap { racer, per_mille }),
        1 => Just(Command::Cancel),
        3 => Just(Command::Advance),
    ]
}

fn field() -> impl Strategy<Value = Option<Vec<RacerId>>> {
    prop::option::weighted(0.15, vec(racer(), 0..5))
}

fn rules() -> impl Strategy<Value = Rules> {
    let mode = prop_oneof![
        20 => (1_u32..12).prop_map(|taps| Mode::Sprint { taps }),
        10 => (1_u32..3).prop_map(|seconds| Mode::Timed { seconds }),
        20 => (1_u32..8).prop_map(|lead| Mode::Tug { lead }),
        1 => Just(Mode::Sprint { taps: 0 }),
    ];
    let false_start = select(vec![FalseStart::Ignore, FalseStart::Penalty]);
    let input = select(vec![Input::Tap, Input::Tap, Input::Hold, Input::Rhythm]);
    let limit = (select(vec![0, 5, 30]), prop::bool::weighted(0.4));
    (mode, select(vec![0, 100, 500]), false_start, input, limit).prop_map(
        |(mode, countdown, false_start, input, (max_taps_per_second, handicap))| Rules {
            mode,
            countdown: Millis(countdown),
            false_start,
            max_taps_per_second,
            input,
            handicap: handicap && matches!(mode, Mode::Sprint { .. }),
        },
    )
}

/// Commands with any numbers at any times.
pub fn extreme_journal() -> impl Strategy<Value = Vec<(Millis, Command)>> {
    let number = || prop_oneof![Just(0), Just(1), Just(u32::MAX - 1), Just(u32::MAX), any::<u32>()];
    let millis = || {
        let ends = select(vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX]);
        prop_oneof![ends, any::<i64>(), 0_i64..10_000].prop_map(Millis)
    };
    let claim =
        (1_u32..5, 0_u32..6, number(), prop::option::of(millis())).prop_map(|(racer, heat, taps, at)| {
            Command::Claim { racer: RacerId(racer), heat: Heat(heat), taps, at }
        });
    let start = (rules(), number(), millis()).prop_map(|(rules, number, countdown)| {
        let mode = match rules.mode {
            Mode::Sprint { .. } => Mode::Sprint { taps: number },
            Mode::Timed { .. } => Mode::Timed { seconds: number },
            Mode::Tug { .. } => Mode::Tug { lead: number },
        };
        Command::Start { rules: Some(Rules { mode, countdown, ..rules }), field: None }
    });
    let anybody = (select(vec![0, 1, u32::MAX]), "\\PC{0,30}")
        .prop_map(|(racer, name)| Command::Rename { racer: RacerId(racer), name });
    let hold = millis().prop_map(|until| Command::Hold { until });
    let outage = (millis(), millis()).prop_map(|(since, until)| Command::Outage { since, until });
    let handicap = (racer(), number()).prop_map(|(racer, per_mille)| Command::Handicap { racer, per_mille });
    let waiting = prop_oneof![hold, outage, handicap];
    let command = prop_oneof![6 => claim, 2 => start, 1 => anybody, 2 => waiting, 6 => command()];
    vec((millis(), command), 0..40)
}
