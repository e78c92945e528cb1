//! Rules and settings as a transcript names them.

use race::{FalseStart, Input, Millis, Mode, Rules, Settings};

/// `sprint 3 countdown 0 limit 30 penalty handicap`
pub fn rules_of(words: &[&str]) -> Option<Rules> {
    let (mode, options) = words.split_at_checked(2)?;
    let number = mode[1].parse().ok()?;
    let mode = match mode[0] {
        "sprint" => Mode::Sprint { taps: number },
        "timed" => Mode::Timed { seconds: number },
        "tug" => Mode::Tug { lead: number },
        _ => return None,
    };
    let mut rules = Rules { mode, ..Rules::default() };
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match *option {
            "countdown" => rules.countdown = Millis(options.next()?.parse().ok()?),
            "limit" => rules.max_taps_per_second = options.next()?.parse().ok()?,
            "handicap" => rules.handicap = true,
            "hold" => rules.input = Input::Hold,
            "rhythm" => rules.input = Input::Rhythm,
            "penalty" => rules.false_start = FalseStart::Penalty,
            _ => return None,
        }
    }
    Some(rules)
}

/// `seats 2 grace 5000`
pub fn settings_of(words: &str) -> Option<Settings> {
    let mut settings = Settings::default();
    let words: Vec<&str> = words.split_whitespace().collect();
    for pair in words.chunks(2) {
        let [name, value] = pair else { return None };
        let span = Millis(value.parse().ok()?);
        match *name {
            "compensation" => settings.compensation = span,
            "dead_heat" => settings.dead_heat = span,
            "grace" => settings.grace = span,
            "time_limit" => settings.time_limit = span,
            "seats" => settings.seats = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(settings)
}
