//! Racers that the server plays, with the rhythms of people: a reaction time, a pace of their own,
//! intervals that scatter, fingers that tire. The same seed and the same heats make the same taps.

use race::{Millis, RacerId};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde::{Deserialize, Serialize};

/// How fast bots are, about.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 4 taps a second.
    Easy,
    /// 6 taps a second.
    #[default]
    Medium,
    /// 8.5 taps a second.
    Hard,
}

impl Level {
    fn taps_per_second(self) -> f64 {
        match self {
            Level::Easy => 4.0,
            Level::Medium => 6.0,
            Level::Hard => 8.5,
        }
    }
}

/// Pleasant, and none that a guest would take for another guest.
pub(super) const NAMES: [&str; 24] = [
    "Bolt", "Pixel", "Gizmo", "Turbo", "Waffles", "Sprocket", "Comet", "Noodle", "Dynamo", "Pickle", "Zippy",
    "Widget", "Biscuit", "Rocket", "Fidget", "Mango", "Clank", "Pogo", "Marble", "Tofu", "Fizz", "Cogs",
    "Domino", "Beep",
];

/// The bots of one room.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Bots {
    /// Another one after a restart: what they are going to do nobody has seen.
    #[serde(skip, default = "any_rng")]
    rng: SmallRng,
    pub level: Level,
    bots: Vec<Bot>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Bot {
    racer: RacerId,
    /// Its pace against that of its level.
    skill: f64,
    taps: u32,
    /// When it taps next, in milliseconds since the gun; none outside of a heat.
    next_at: Option<f64>,
}

fn any_rng() -> SmallRng {
    SmallRng::seed_from_u64(rand::random())
}

/// All taps of one bot so far, and when it made the last of them.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct BotClaim {
    pub racer: RacerId,
    pub taps: u32,
    pub at: Millis,
}

impl Bots {
    /// How many one room may have.
    pub const MOST: usize = 100;

    pub fn new(seed: u64) -> Bots {
        Bots { rng: SmallRng::seed_from_u64(seed), level: Level::default(), bots: Vec::new() }
    }

    pub fn count(&self) -> usize {
        self.bots.len()
    }

    pub fn add(&mut self, racer: RacerId) {
        let skill = self.rng.random_range(0.88..1.12);
        self.bots.push(Bot { racer, skill, taps: 0, next_at: None });
    }

    /// The one that came last.
    pub fn last(&self) -> Option<RacerId> {
        self.bots.last().map(|bot| bot.racer)
    }

    pub fn remove(&mut self, racer: RacerId) {
        self.bots.retain(|bot| bot.racer != racer);
    }

    /// A heat was announced: everybody gets ready.
    pub fn get_ready(&mut self) {
        for bot in &mut self.bots {
            bot.taps = 0;
            bot.next_at = Some(self.rng.random_range(180.0..380.0));
        }
    }

    /// The heat is over.
    pub fn rest(&mut self) {
        for bot in &mut self.bots {
            bot.next_at = None;
        }
    }

    /// What the bots have tapped up to `time` since the gun, for those that tapped since the last call.
    pub fn act(&mut self, time: Millis) -> Vec<BotClaim> {
        let mut claims = Vec::new();
        for bot in &mut self.bots {
            let mut last_at = None;
            while let Some(at) = bot.next_at.filter(|at| *at <= time.0 as f64) {
                last_at = Some(at);
                bot.taps += 1;
                // Fingers lose a tenth of their speed in the first twenty seconds.
                let tired = 1.0 - 0.1 * (at / 20_000.0).min(1.0);
                let mean = 1000.0 / (self.level.taps_per_second() * bot.skill * tired);
                // The sum of three even ones is near enough to a normal one: people's intervals scatter by an eighth.
                let scatter: f64 = (0..3).map(|_| self.rng.random_range(-1.0..1.0)).sum();
                bot.next_at = Some(at + mean * (1.0 + 0.125 * scatter).max(0.4));
            }
            if let Some(at) = last_at {
                claims.push(BotClaim { racer: bot.racer, taps: bot.taps, at: Millis(at as i64) });
            }
        }
        claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taps_in_ten_seconds(level: Level, seed: u64) -> Vec<u32> {
        let mut bots = Bots::new(seed);
        bots.level = level;
        (0..20).for_each(|number| bots.add(RacerId(number)));
        bots.get_ready();
        let mut taps = vec![0; 20];
        for time in (0..=10_000).step_by(50) {
            for claim in bots.act(Millis(time)) {
                assert!(claim.at <= Millis(time));
                taps[claim.racer.0 as usize] = claim.taps;
            }
        }
        taps
    }

    #[test]
    fn each_level_has_its_pace_and_no_two_bots_the_same() {
        for (level, least, most) in [(Level::Easy, 31, 44), (Level::Medium, 46, 66), (Level::Hard, 65, 94)] {
            let taps = taps_in_ten_seconds(level, 1);
            assert!(taps.iter().all(|taps| (least..=most).contains(taps)), "{level:?}: {taps:?}");
            let different: std::collections::HashSet<_> = taps.iter().collect();
            assert!(different.len() > 4, "{taps:?}");
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_taps() {
        assert_eq!(taps_in_ten_seconds(Level::Hard, 7), taps_in_ten_seconds(Level::Hard, 7));
        assert_ne!(taps_in_ten_seconds(Level::Hard, 7), taps_in_ten_seconds(Level::Hard, 8));
    }

    #[test]
    fn nobody_taps_before_a_heat_or_after_it() {
        let mut bots = Bots::new(1);
        bots.add(RacerId(1));
        assert_eq!(bots.act(Millis(60_000)), []);
        bots.get_ready();
        assert_eq!(bots.act(Millis(-1)), []);
        assert_eq!(bots.act(Millis(5_000)).len(), 1);
        bots.rest();
        assert_eq!(bots.act(Millis(60_000)), []);
    }
}
