//! What a race does not take for a state of a race, and that what it takes never harms it.

use proptest::prelude::*;
use proptest::sample::select;
use race::{
    BadSnapshot, Command, Heat, Lane, Millis, Mode, Outage, Outcome, Phase, Race, RacerId, Rules, Settings,
    Snapshot, Team, Why,
};

use crate::steps::{extreme_journal, play, settings, steps};

/// Ada, Bo and Cy in mid-race, Bo gone, Cy lost; Ada is number 1.
fn mid_race(mode: Mode) -> Snapshot {
    let mut race = Race::new(Settings::default());
    let rules = Rules { mode, countdown: Millis(100), ..Rules::default() };
    let start = Command::Start { rules: Some(rules), field: None };
    let [ada, bo, cy] = [1, 2, 3].map(RacerId);
    let journal = ["Ada", "Bo", "Cy"]
        .map(|name| (0, Command::Join { name: name.into(), bot: false }))
        .into_iter()
        .chain([
            (0, start),
            (50, Command::Tap { racer: ada }),
            (200, Command::Tap { racer: ada }),
            (210, Command::Tap { racer: bo }),
            (220, Command::Leave { racer: bo }),
            (230, Command::Disconnect { racer: cy }),
            (240, Command::Claim { racer: ada, heat: Heat(1), taps: 1000, at: None }),
        ]);
    for (now, command) in journal {
        race.apply(Millis(now), command).expect("every command is possible");
    }
    race.snapshot()
}

fn assert_refused(why: BadSnapshot, mode: Mode, tampers: &[fn(&mut Snapshot)]) {
    for (index, tamper) in tampers.iter().enumerate() {
        let mut snapshot = mid_race(mode);
        assert!(Race::restore(snapshot.clone()).is_ok());
        tamper(&mut snapshot);
        assert_eq!(Race::restore(snapshot).err(), Some(why), "tampering number {index}");
    }
}

const SPRINT: Mode = Mode::Sprint { taps: 100 };
const TUG: Mode = Mode::Tug { lead: 1000 };

#[test]
fn rules_and_settings_out_of_bounds_are_refused() {
    assert_refused(
        BadSnapshot::Rules,
        SPRINT,
        &[
            |snapshot| snapshot.rules.countdown = Millis(-1),
            |snapshot| snapshot.rules.mode = Mode::Sprint { taps: 0 },
            |snapshot| snapshot.settings.compensation = Millis(-1),
            |snapshot| snapshot.settings.grace = Millis(i64::MAX),
        ],
    );
}

#[test]
fn impossible_seats_are_refused() {
    assert_refused(
        BadSnapshot::Seats,
        SPRINT,
        &[
            |snapshot| snapshot.racers[1].id = snapshot.racers[0].id,
            |snapshot| snapshot.racers[1].lane = snapshot.racers[0].lane,
            |snapshot| snapshot.racers.swap(0, 1),
            |snapshot| snapshot.racers[0].lane = Lane(0),
            |snapshot| snapshot.racers[2].lane = Lane(u32::MAX),
            |snapshot| snapshot.racers[0].id = RacerId(0),
            |snapshot| snapshot.last_id = 2,
            |snapshot| snapshot.settings.seats = 1,
            |snapshot| snapshot.racers[0].name = "  ".into(),
            |snapshot| snapshot.racers[0].name = " Ada".into(),
            |snapshot| snapshot.racers[0].connected = false,
            |snapshot| snapshot.racers[0].drops_at = Some(Millis(5)),
            |snapshot| snapshot.racers[1].drops_at = Some(Millis(5)),
            |snapshot| snapshot.racers[1].connected = true,
            |snapshot| snapshot.racers[2].bot = true,
        ],
    );
}

#[test]
fn counts_that_do_not_add_up_are_refused() {
    assert_refused(
        BadSnapshot::Counts(RacerId(1)),
        SPRINT,
        &[
            |snapshot| snapshot.racers[0].taps += 1,
            |snapshot| snapshot.racers[0].claimed -= 1,
            |snapshot| snapshot.racers[0].refused = u32::MAX,
            |snapshot| snapshot.racers[0].credited = None,
            |snapshot| snapshot.racers[0].finished_at = Some(Millis(1)),
            |snapshot| snapshot.racers[0].in_heat = false,
            |snapshot| snapshot.racers[0].compensated = Millis(-1),
            |snapshot| snapshot.racers[0].handicap = 0,
            |snapshot| snapshot.racers[0].heat_handicap = u32::MAX,
            |snapshot| snapshot.racers[0].rhythm.intervals = 32,
            |snapshot| snapshot.racers[0].rhythm.sum = u64::MAX,
            |snapshot| snapshot.racers[0].rhythm.squares = u64::MAX,
            // Past the target, or there without a time.
            |snapshot| snapshot.rules.mode = Mode::Sprint { taps: 2 },
            |snapshot| snapshot.rules.mode = Mode::Sprint { taps: snapshot.racers[0].taps },
        ],
    );
}

#[test]
fn a_field_that_does_not_fit_the_phase_is_refused() {
    let go_at = Millis(100);
    assert!(mid_race(SPRINT).phase == Phase::Running { go_at });
    assert_refused(
        BadSnapshot::Phase,
        SPRINT,
        &[
            |snapshot| snapshot.phase = Phase::Lobby,
            |snapshot| snapshot.phase = Phase::Countdown { go_at: Millis(100) },
            |snapshot| snapshot.heat = Heat(0),
            // Closed before what was made earlier could arrive.
            |snapshot| {
                let (go_at, opened_at, until) = (Millis(100), Millis(250), Millis(399));
                snapshot.phase = Phase::Finishing { go_at, opened_at, until };
            },
            // Nobody races any more, yet it runs.
            |snapshot| {
                for racer in &mut snapshot.racers {
                    racer.gone = Some(Why::Left);
                    racer.connected = false;
                    racer.drops_at = None;
                }
            },
        ],
    );
}

#[test]
fn a_rope_that_does_not_fit_the_teams_is_refused() {
    assert_refused(
        BadSnapshot::Rope,
        TUG,
        &[
            |snapshot| snapshot.tug = None,
            |snapshot| snapshot.rules.mode = Mode::Timed { seconds: 10 },
            |snapshot| snapshot.rules.mode = Mode::Tug { lead: 5 },
            |snapshot| snapshot.racers[0].team = None,
            |snapshot| snapshot.racers[0].team = Some(Team::Right),
            |snapshot| snapshot.tug.as_mut().expect("a rope").left.taps += 1,
            |snapshot| snapshot.tug.as_mut().expect("a rope").right.size += 1,
            |snapshot| snapshot.tug.as_mut().expect("a rope").left.unsettled = u64::MAX,
            |snapshot| snapshot.tug.as_mut().expect("a rope").left.settled_parts = u64::MAX,
        ],
    );
    assert_refused(BadSnapshot::Rope, SPRINT, &[|snapshot| snapshot.racers[0].team = Some(Team::Left)]);
}

#[test]
fn results_of_another_phase_are_refused() {
    assert_refused(
        BadSnapshot::Results,
        SPRINT,
        &[
            |snapshot| {
                let (go_at, opened_at, until) = (Millis(100), Millis(250), Millis(400));
                snapshot.phase = Phase::Finishing { go_at, opened_at, until };
            },
            |snapshot| {
                let (go_at, ended_at) = (Millis(100), Millis(400));
                snapshot.phase = Phase::Finished { go_at, ended_at };
            },
            |snapshot| {
                snapshot.results = Some(race::Results {
                    heat: Heat(2),
                    is_final: true,
                    outcome: Outcome::NoTaps,
                    winners: Vec::new(),
                    team: None,
                    places: Vec::new(),
                });
            },
        ],
    );
}

/// One change to a snapshot that nobody would make.
fn tamper(snapshot: &mut Snapshot, what: u32, racer: usize, number: i64) {
    let count = u32::try_from(number.rem_euclid(1 << 32)).unwrap_or(u32::MAX);
    let at = racer % snapshot.racers.len().max(1);
    let racer = snapshot.racers.get_mut(at);
    match (what, racer, &mut snapshot.tug) {
        (0, _, _) => snapshot.heat = Heat(count),
        (1, _, _) => snapshot.now = Millis(number),
        (2, _, _) => snapshot.last_id = count,
        (3, _, _) => snapshot.phase = Phase::Running { go_at: Millis(number) },
        (4, _, _) => snapshot.phase = Phase::Countdown { go_at: Millis(number) },
        (5, _, _) => snapshot.settings.seats = count,
        (6, _, _) => snapshot.rules = Rules::default(),
        (7, Some(racer), _) => racer.taps = count,
        (8, Some(racer), _) => racer.claimed = count,
        (9, Some(racer), _) => racer.credited = Some(Millis(number)),
        (10, Some(racer), _) => racer.finished_at = Some(Millis(number)),
        (11, Some(racer), _) => racer.gone = Some(Why::Left),
        (12, Some(racer), _) => racer.in_heat = !racer.in_heat,
        (13, Some(racer), _) => racer.team = racer.team.map(Team::other),
        (14, Some(racer), _) => racer.rhythm.sum = number.unsigned_abs(),
        (15, Some(racer), _) => racer.drops_at = Some(Millis(number)),
        (16, Some(racer), _) => {
            racer.false_starts = count - count.min(racer.taps);
            racer.refused = 0;
            racer.surplus = 0;
            racer.claimed = racer.false_starts.saturating_add(racer.taps);
        }
        (17, Some(_), _) => {
            snapshot.racers.remove(at);
        }
        (18, _, Some(tug)) => tug.left.size = count,
        (19, _, Some(tug)) => tug.right.settled = number.unsigned_abs(),
        (20, _, Some(tug)) => tug.won_at = Some(Millis(number)),
        (21, _, Some(tug)) => tug.left.settled_parts = number.unsigned_abs(),
        (22, Some(racer), _) => racer.heat_handicap = count,
        (23, _, _) => snapshot.held_until = Some(Millis(number)),
        (24, _, _) => snapshot.outage = Some(Outage { since: Millis(number), until: Millis(i64::MAX) }),
        (25, _, _) => {
            let (go_at, opened_at) = (Millis(0), Millis(0));
            snapshot.phase = Phase::Finishing { go_at, opened_at, until: Millis(number) };
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn a_snapshot_that_was_tampered_with_is_refused_or_harmless(
        settings in settings(),
        steps in steps(),
        tampers in prop::collection::vec((0_u32..26, any::<usize>(), prop_oneof![
            select(vec![i64::MIN, -1, 0, 1, 2, i64::from(u32::MAX), i64::MAX]),
            any::<i64>(),
        ]), 1..4),
        journal in extreme_journal(),
    ) {
        let mut snapshot = play(settings, &steps).race.snapshot();
        for (what, racer, number) in tampers {
            tamper(&mut snapshot, what, racer, number);
        }
        if let Ok(mut race) = Race::restore(snapshot) {
            for (now, command) in journal {
                let _ = race.apply(now, command);
                let _ = (race.wakes_at(), race.standings(), race.rope(), race.take_changes());
            }
        }
    }
}

#[test]
fn the_list_of_changes_is_forgotten_by_a_restore() {
    let snapshot = mid_race(SPRINT);
    let mut race = Race::restore(snapshot).expect("a real state");
    assert!(race.take_changes().is_empty());
    race.apply(Millis(5000), Command::Tap { racer: RacerId(1) }).expect("seated");
    assert_eq!(race.take_changes().len(), 1);
}

#[cfg(feature = "serde")]
#[test]
fn with_the_feature_everything_can_be_stored() {
    fn is_stored<T: serde::Serialize + serde::de::DeserializeOwned>() {}
    is_stored::<Snapshot>();
    is_stored::<Command>();
    is_stored::<race::Event>();
    is_stored::<race::Refused>();
}
