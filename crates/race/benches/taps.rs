//! How many taps a second one race takes in, by the size of the crowd. The time of one iteration
//! is that of one claim of every racer; criterion shows it as elements (taps) a second.
//!
//! Each report of a phone is one claim of one more tap, as it is when nothing is batched: the most
//! claims for a given number of taps. The racers take turns, so that a crowd is also as unkind to the
//! processor's cache as it can be.

use std::hint::black_box;
use std::time::Duration;

use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use race::{Command, Heat, Millis, Mode, Race, RacerId, Rules, Settings};

const CROWDS: [u32; 3] = [10, 1_000, 50_000];
/// When the gun of the heat fires.
const GO_AT: i64 = 3000;

/// A heat that has just begun and lasts for long.
fn running(mode: Mode, crowd: u32) -> Race {
    let mut race = Race::new(Settings { seats: crowd, ..Settings::default() });
    for number in 0..crowd {
        let name = format!("Racer {number}");
        race.apply(Millis(0), Command::Join { name, bot: false }).expect("there is a seat");
    }
    let rules = Rules { mode, ..Rules::default() };
    race.apply(Millis(0), Command::Start { rules: Some(rules), field: None }).expect("there are racers");
    race.apply(Millis(GO_AT), Command::Advance).expect("time passes");
    race
}

/// A race in which every phone reports, all in turn, one more tap each 100 ms.
struct Reports {
    race: Race,
    crowd: u32,
    taps: u32,
}

impl Reports {
    fn new(mode: Mode, crowd: u32) -> Reports {
        Reports { race: running(mode, crowd), crowd, taps: 0 }
    }

    fn restart(&mut self) {
        // What was measured was counting, not refusing.
        assert_eq!(self.race.taps(), u64::from(self.crowd) * u64::from(self.taps));
        *self = Reports::new(*self.mode(), self.crowd);
    }

    fn mode(&self) -> &Mode {
        &self.race.rules().mode
    }

    /// One claim of every racer.
    fn round(&mut self) {
        // No heat lasts forever: before its end another begins.
        if self.taps >= 1_500 {
            self.restart();
        }
        self.taps += 1;
        let at = Millis(i64::from(self.taps) * 100);
        let now = Millis(GO_AT + at.0 + 20);
        for number in 1..=self.crowd {
            let racer = RacerId(number);
            let claim = Command::Claim { racer, heat: Heat(1), taps: self.taps, at: Some(at) };
            black_box(self.race.apply(now, claim)).expect("the racer is seated");
        }
    }
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.measurement_time(Duration::from_secs(4)).warm_up_time(Duration::from_secs(1));
    group.sample_size(20);
    group
}

fn claims(criterion: &mut Criterion) {
    for (name, mode) in
        [("claims, timed", Mode::Timed { seconds: 600 }), ("claims, tug", Mode::Tug { lead: 10_000 })]
    {
        let mut group = group(criterion, name);
        for crowd in CROWDS {
            group.throughput(Throughput::Elements(u64::from(crowd)));
            let mut reports = Reports::new(mode, crowd);
            group.bench_function(BenchmarkId::from_parameter(crowd), |bencher| {
                bencher.iter(|| reports.round());
            });
        }
        group.finish();
    }
}

/// A tick of the console after everybody has tapped: one claim each, then the list of changes.
fn claims_and_changes(criterion: &mut Criterion) {
    let mut group = group(criterion, "claims and changes");
    for crowd in CROWDS {
        group.throughput(Throughput::Elements(u64::from(crowd)));
        let mut reports = Reports::new(Mode::Timed { seconds: 600 }, crowd);
        group.bench_function(BenchmarkId::from_parameter(crowd), |bencher| {
            bencher.iter(|| {
                reports.round();
                black_box(reports.race.take_changes())
            });
        });
    }
    group.finish();
}

/// What is done for a whole room once in a while: everybody's place, and a snapshot.
fn whole_room(criterion: &mut Criterion) {
    let mut group = group(criterion, "whole room");
    for crowd in CROWDS {
        group.throughput(Throughput::Elements(u64::from(crowd)));
        let mut reports = Reports::new(Mode::Timed { seconds: 600 }, crowd);
        for number in 1..=crowd {
            let claim =
                Command::Claim { racer: RacerId(number), heat: Heat(1), taps: number * 7919 % 40, at: None };
            reports.race.apply(Millis(GO_AT + 5000), claim).expect("the racer is seated");
        }
        let race = reports.race;
        group.bench_function(BenchmarkId::new("standings", crowd), |bencher| {
            bencher.iter(|| race.standings());
        });
        group.bench_function(BenchmarkId::new("snapshot", crowd), |bencher| {
            bencher.iter(|| race.snapshot());
        });
        group.bench_function(BenchmarkId::new("restore", crowd), |bencher| {
            bencher.iter_batched(|| race.snapshot(), Race::restore, BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, claims, claims_and_changes, whole_room);
criterion_main!(benches);
