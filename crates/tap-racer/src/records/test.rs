//! Heats for tests, really run.

use race::{Command, Heat, Millis, Mode, Outcome, Race, RacerId, Rules, Settings, Trace};
use uuid::Uuid;

use super::{HeatRecord, RunRecord, TraceText};
use crate::accounts::AccountId;

/// A sprint of twenty taps, over two seconds after the gun at the earliest. Who ran it: an account, how many taps, and
/// how long each took. Gives the run of the first as well.
pub(super) fn sprint(racers: &[(Option<i64>, u32, i64)]) -> (HeatRecord, RunRecord) {
    run(Rules { mode: Mode::Sprint { taps: 20 }, countdown: Millis(0), ..Rules::default() }, racers)
}

/// The same by other rules.
pub(super) fn run(rules: Rules, racers: &[(Option<i64>, u32, i64)]) -> (HeatRecord, RunRecord) {
    let settings = Settings::default();
    let mut race = Race::new(settings.clone());
    for number in 0..racers.len() {
        let name = format!("Racer {number}");
        race.apply(Millis(0), Command::Join { name, bot: false }).expect("a seat");
    }
    race.apply(Millis(0), Command::Start { rules: Some(rules.clone()), field: None }).expect("racers");
    // Everybody is waited for.
    race.apply(Millis(0), Command::Hold { until: Millis(900_000) }).expect("a heat");
    let mut claims: Vec<(Millis, RacerId, u32)> = Vec::new();
    for (id, (_, taps, every)) in (1..).zip(racers) {
        // No finger is as steady as a clock.
        let at = |tap: u32| Millis(i64::from(tap) * every + i64::from(tap % 3 * 20) * i64::from(tap < *taps));
        claims.extend((1..=*taps).map(|tap| (at(tap), RacerId(id), tap)));
    }
    claims.sort();
    let mut traces = vec![Trace::default(); racers.len()];
    for (now, racer, taps) in claims {
        let claim = Command::Claim { racer, heat: Heat(1), taps, at: None };
        race.apply(now, claim).expect("a claim");
        traces[racer.0 as usize - 1].claim(now, taps, None);
    }
    race.apply(Millis(1_000_000), Command::Advance).expect("time passes");
    let results = race.results().expect("results");
    assert!(results.is_final && results.outcome != Outcome::Cancelled);
    let run_of = |place: &race::Place| {
        let index = place.racer.0 as usize - 1;
        RunRecord {
            racer: place.racer.0,
            account: racers[index].0.map(AccountId),
            guest: format!("device-{index}"),
            name: place.name.clone(),
            place: place.place,
            won: racers.len() > 1 && results.winners.contains(&place.racer),
            dead_heat: place.dead_heat,
            gone: place.gone,
            taps: place.taps,
            time: place.time.map(|time| time.0),
            margin: place.margin.map(|margin| margin.0),
            refused: place.refused,
            false_starts: place.false_starts,
            flagged: place.flagged,
            handicap: place.handicap,
            trace: Some(TraceText(traces[index].clone())),
        }
    };
    let runs: Vec<RunRecord> = results.places.iter().map(run_of).collect();
    let first = runs.iter().find(|run| run.racer == 1).expect("the first").clone();
    let heat = HeatRecord {
        id: Uuid::new_v4(),
        room: "K7QF".to_owned(),
        heat: 1,
        rules,
        settings,
        finished_at: crate::clock::wall_clock(),
        outcome: results.outcome,
        racers: u32::try_from(runs.len()).expect("few"),
        runs,
    };
    (heat, first)
}
