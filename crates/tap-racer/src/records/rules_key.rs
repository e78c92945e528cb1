//! Kinds of rules, by name.

use std::{fmt, str::FromStr};

use race::{FalseStart, Input, Mode, Rules};
use thiserror::Error;

/// Rules under which runs can be compared, as a word for paths, topics and tables: `sprint-100`, `timed-10`,
/// `tug-60`, with `-hold` or `-rhythm`, `-handicap`, `-penalty`, `-max20` behind it, in this order, where they
/// are not as by default. How long the countdown is does not matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RulesKey(Rules);

/// A text that names no rules, or not as they are named.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
#[error("no such rules")]
pub struct BadRulesKey;

impl RulesKey {
    /// The kind of these rules.
    pub fn of(rules: &Rules) -> RulesKey {
        RulesKey(Rules { countdown: Rules::default().countdown, ..rules.clone() })
    }

    /// The rules of this kind that have the usual countdown.
    pub fn rules(&self) -> &Rules {
        &self.0
    }
}

impl fmt::Display for RulesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rules, defaults) = (&self.0, Rules::default());
        match rules.mode {
            Mode::Sprint { taps } => write!(f, "sprint-{taps}")?,
            Mode::Timed { seconds } => write!(f, "timed-{seconds}")?,
            Mode::Tug { lead } => write!(f, "tug-{lead}")?,
        }
        f.write_str(match rules.input {
            Input::Tap => "",
            Input::Hold => "-hold",
            Input::Rhythm => "-rhythm",
        })?;
        if rules.handicap {
            f.write_str("-handicap")?;
        }
        if rules.false_start == FalseStart::Penalty {
            f.write_str("-penalty")?;
        }
        if rules.max_taps_per_second != defaults.max_taps_per_second {
            write!(f, "-max{}", rules.max_taps_per_second)?;
        }
        Ok(())
    }
}

impl FromStr for RulesKey {
    type Err = BadRulesKey;

    fn from_str(text: &str) -> Result<RulesKey, BadRulesKey> {
        let mut words = text.split('-');
        let (mode, amount) = words.next().zip(words.next()).ok_or(BadRulesKey)?;
        let amount = amount.parse().map_err(|_| BadRulesKey)?;
        let mode = match mode {
            "sprint" => Mode::Sprint { taps: amount },
            "timed" => Mode::Timed { seconds: amount },
            "tug" => Mode::Tug { lead: amount },
            _ => return Err(BadRulesKey),
        };
        let mut rules = Rules { mode, ..Rules::default() };
        for word in words {
            match (word, word.strip_prefix("max")) {
                ("hold", _) => rules.input = Input::Hold,
                ("rhythm", _) => rules.input = Input::Rhythm,
                ("handicap", _) => rules.handicap = true,
                ("penalty", _) => rules.false_start = FalseStart::Penalty,
                (_, Some(limit)) => rules.max_taps_per_second = limit.parse().map_err(|_| BadRulesKey)?,
                _ => return Err(BadRulesKey),
            }
        }
        let key = RulesKey(rules);
        // One kind has one name: neither another order nor `+7` nor `007`.
        let is_good = key.0.validate().is_ok() && key.to_string() == text;
        is_good.then_some(key).ok_or(BadRulesKey)
    }
}

#[cfg(test)]
mod tests {
    use race::Millis;

    use super::*;

    #[test]
    fn every_kind_of_rules_has_a_name_of_its_own_that_is_read_back() {
        let mut keys = std::collections::HashSet::new();
        let modes = [
            Mode::Sprint { taps: 1 },
            Mode::Sprint { taps: 10_000 },
            Mode::Timed { seconds: 10 },
            Mode::Tug { lead: 60 },
        ];
        let mut count = 0;
        for mode in modes {
            for input in [Input::Tap, Input::Hold, Input::Rhythm] {
                for false_start in [FalseStart::Ignore, FalseStart::Penalty] {
                    for max_taps_per_second in [0, 7, 30, 1000] {
                        for handicap in [false, true] {
                            let rules = Rules {
                                mode,
                                input,
                                false_start,
                                max_taps_per_second,
                                handicap,
                                ..Rules::default()
                            };
                            if rules.validate().is_err() {
                                continue;
                            }
                            let key = RulesKey::of(&rules);
                            assert_eq!(key.to_string().parse(), Ok(key.clone()));
                            assert_eq!(key.rules(), &rules);
                            assert!(keys.insert(key.to_string()));
                            count += 1;
                        }
                    }
                }
            }
        }
        assert_eq!((count, keys.len()), (144, 144));
    }

    #[test]
    fn names_are_short_where_rules_are_as_by_default() {
        let rules = Rules { countdown: Millis(0), ..Rules::default() };
        assert_eq!(RulesKey::of(&rules).to_string(), "sprint-100");
        let all = Rules {
            input: Input::Hold,
            false_start: FalseStart::Penalty,
            max_taps_per_second: 20,
            handicap: true,
            ..rules
        };
        assert_eq!(RulesKey::of(&all).to_string(), "sprint-100-hold-handicap-penalty-max20");
    }

    #[test]
    fn what_is_not_the_name_of_a_kind_is_refused() {
        for bad in [
            "",
            "sprint",
            "sprint-",
            "sprint-0",
            "sprint-007",
            "sprint-+7",
            "sprint-99999999999",
            "sprint-100-",
            "sprint-100-max30",
            "sprint-100-max020",
            "sprint-100-penalty-hold",
            "sprint-100-hold-hold",
            "sprint-100-tap",
            "timed-10-handicap",
            "Sprint-100",
            "sprint-100 ",
            "chess-1",
        ] {
            assert_eq!(bad.parse::<RulesKey>(), Err(BadRulesKey), "{bad}");
        }
    }
}
