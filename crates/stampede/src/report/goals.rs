//! What was aimed at, and whether it is met.

mod rules;

use self::rules::RULES;
use crate::measure::Measured;

/// A row of the table of targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    pub row: &'static str,
    pub target: &'static str,
    /// What was measured, with its size.
    pub told: String,
    pub verdict: Verdict,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Met,
    /// Met as far as the machine was slower than the one on which the target was set.
    MetAtItsPace,
    Missed,
    /// Measured with fewer clients than are aimed at.
    OtherSize,
    NotMeasured,
}

/// How a target is judged.
struct Rule {
    row: &'static str,
    target: &'static str,
    server: &'static str,
    /// All that begin with it, where it ends in a blank.
    scenario: &'static str,
    size: Size,
    limits: &'static [Limit],
}

/// Which of the measurements of a scenario are meant.
#[derive(Copy, Clone)]
enum Size {
    /// All of them, with this many clients at least among them; the worst one counts.
    UpTo(usize),
    /// That with so many clients.
    Of(usize),
}

/// A number, and what it must not be above (or below). Some are held against the whole.
struct Limit {
    what: &'static str,
    of: fn(&Measured, &[Measured]) -> Option<f64>,
    bound: Bound,
    scales: Scales,
    /// How long is waited for something, by simulated phones that may have been late themselves.
    is_wait: bool,
}

/// How a number depends on the machine.
#[derive(Copy, Clone, PartialEq)]
enum Scales {
    No,
    /// A slower machine takes longer for it, ...
    AsTime,
    /// ... or does less of it in a second.
    AsRate,
}

/// CPU-s per million of the floor, one frame to 10,000, on the machine on which the targets were set.
pub const FLOOR: f64 = 5.2;

/// How much slower this machine is, by the floor that was measured in the same run.
pub fn slowness(all: &[Measured]) -> Option<f64> {
    let is_floor = |row: &&Measured| row.server.is_none() && row.scenario == "floor";
    let of_a_crowd = |row: &&Measured| (5_000..=10_000).contains(&row.clients);
    let floor = all.iter().filter(is_floor).filter(of_a_crowd).max_by_key(|row| row.clients)?;
    Some((floor.cpu_per_million() / FLOOR).max(1.0))
}

#[derive(Copy, Clone)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

use Bound::{AtLeast, AtMost};

/// All targets, as they stand by these measurements.
pub fn goals(measured: &[Measured]) -> Vec<Goal> {
    RULES.iter().map(|rule| rule.judge(measured)).collect()
}

impl Rule {
    fn is_of(&self, scenario: &str) -> bool {
        scenario == self.scenario || (self.scenario.ends_with(' ') && scenario.starts_with(self.scenario))
    }

    fn judge(&self, all: &[Measured]) -> Goal {
        let rows: Vec<&Measured> = all
            .iter()
            .filter(|row| row.server.as_deref() == Some(self.server) && self.is_of(&row.scenario))
            .filter(|row| (row.clients == 0) == matches!(self.size, Size::Of(0)))
            .collect();
        let exact: Vec<&Measured> =
            rows.iter().copied().filter(|row| self.size.is_met_by(row.clients)).collect();
        let (rows, is_exact) = match self.size {
            Size::UpTo(_) => (rows, !exact.is_empty()),
            Size::Of(_) if exact.is_empty() => (rows, false),
            Size::Of(_) => (exact, true),
        };
        let (told, reached) = self.tell(&rows, all);
        let verdict = match (rows.is_empty(), is_exact) {
            (true, _) => Verdict::NotMeasured,
            (_, false) => Verdict::OtherSize,
            (_, true) => reached,
        };
        Goal { row: self.row, target: self.target, told, verdict }
    }

    /// The worst of each number, with the clients there were; and whether all of them are within bounds, of
    /// runs in which nothing went wrong.
    fn tell(&self, rows: &[&Measured], all: &[Measured]) -> (String, Verdict) {
        let slowness = slowness(all).unwrap_or(1.0);
        let mut told = Vec::new();
        let is_sound = rows.iter().all(|row| row.faults.is_empty());
        let (mut is_met, mut is_met_at_its_pace) = (is_sound, is_sound);
        for Limit { what, of, bound, scales, .. } in self.limits {
            if rows.iter().any(|row| of(row, all).is_none()) {
                (is_met, is_met_at_its_pace) = (false, false);
            }
            let numbers = rows.iter().filter_map(|row| Some(((of)(row, all)?, row.clients)));
            let worst = numbers.max_by(|one, other| bound.badness(one.0).total_cmp(&bound.badness(other.0)));
            let Some((number, clients)) = worst else { continue };
            let at_its_pace = match scales {
                Scales::No => number,
                Scales::AsTime => number / slowness,
                Scales::AsRate => number * slowness,
            };
            is_met &= bound.holds(number);
            is_met_at_its_pace &= bound.holds(at_its_pace);
            let mut words = format!("{} {what}", short(number));
            if *scales != Scales::No && slowness > 1.0 {
                words += &format!(" ({} at the floor of {FLOOR})", short(at_its_pace));
            }
            if clients > 0 {
                words += &format!(" with {clients}");
            }
            told.push(words);
        }
        if self.limits.iter().any(|limit| limit.is_wait) {
            let own = rows.iter().filter(|row| row.waits_for_itself()).filter_map(|row| row.generator_late);
            if let Some(p99) = own.map(|late| late.p99).max_by(f64::total_cmp) {
                told.push(format!("the simulated phones themselves late by {} ms", short(p99)));
            }
        }
        let faults = rows.iter().map(|row| row.faults.len()).sum::<usize>();
        if faults > 0 {
            told.push(format!("{faults} faults"));
        }
        let verdict = match (is_met, is_met_at_its_pace) {
            (true, _) => Verdict::Met,
            (_, true) => Verdict::MetAtItsPace,
            _ => Verdict::Missed,
        };
        (told.join("; "), verdict)
    }
}

impl Size {
    fn is_met_by(self, clients: usize) -> bool {
        match self {
            Size::UpTo(least) => clients >= least,
            Size::Of(size) => clients == size,
        }
    }
}

impl Bound {
    fn holds(self, number: f64) -> bool {
        match self {
            AtMost(most) => number <= most,
            AtLeast(least) => number >= least,
        }
    }

    fn badness(self, number: f64) -> f64 {
        match self {
            AtMost(_) => number,
            AtLeast(_) => -number,
        }
    }
}

fn short(number: f64) -> String {
    if number >= 1000.0 { format!("{number:.0}") } else { format!("{number:.2}") }
}

#[cfg(test)]
mod tests;
