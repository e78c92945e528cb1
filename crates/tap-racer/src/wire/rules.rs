//! Rules, as hosts write them.

use race::{BadRules, FalseStart, Input, Millis, Mode, Rules};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};
use thiserror::Error;

/// `{"mode":"sprint","taps":100,"countdown":3000,"false_start":"ignore","max_taps_per_second":30,"input":"tap",
/// "handicap":false}`
#[derive(Clone, Debug)]
pub struct RulesJson(pub Rules);

/// Why rules were not understood or not taken; the reason that the client sees.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadRulesJson {
    #[error("bad rules: they must be an object")]
    Shape,
    #[error("bad rules: mode must be sprint, timed or tug")]
    Mode,
    #[error("bad rules: false_start must be ignore or penalty")]
    FalseStart,
    #[error("bad rules: input must be tap, hold or rhythm")]
    Input,
    #[error("bad rules: handicap must be true or false")]
    Handicap,
    #[error("bad rules: {0} must be a whole number")]
    Number(&'static str),
    #[error("bad rules: {0}")]
    Bounds(#[from] BadRules),
}

impl Serialize for RulesJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rules = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("mode", mode_name(&rules.mode))?;
        match rules.mode {
            Mode::Sprint { taps } => map.serialize_entry("taps", &taps)?,
            Mode::Timed { seconds } => map.serialize_entry("seconds", &seconds)?,
            Mode::Tug { lead } => map.serialize_entry("lead", &lead)?,
        }
        map.serialize_entry("countdown", &rules.countdown.0)?;
        let false_start = match rules.false_start {
            FalseStart::Ignore => "ignore",
            FalseStart::Penalty => "penalty",
        };
        map.serialize_entry("false_start", false_start)?;
        map.serialize_entry("max_taps_per_second", &rules.max_taps_per_second)?;
        map.serialize_entry("input", input_name(rules.input))?;
        map.serialize_entry("handicap", &rules.handicap)?;
        map.end()
    }
}

impl RulesJson {
    /// Reads rules; what is left out is as by default.
    ///
    /// # Errors
    /// What is not understood, or out of bounds.
    pub fn parse(json: &Value) -> Result<Rules, BadRulesJson> {
        let fields = json.as_object().ok_or(BadRulesJson::Shape)?;
        let defaults = Rules::default();
        let mode = match fields.get("mode").map(Value::as_str) {
            None | Some(Some("sprint")) => Mode::Sprint { taps: number(fields, "taps", 100)? },
            Some(Some("timed")) => Mode::Timed { seconds: number(fields, "seconds", 10)? },
            Some(Some("tug")) => Mode::Tug { lead: number(fields, "lead", 60)? },
            Some(_) => return Err(BadRulesJson::Mode),
        };
        let false_start = match fields.get("false_start").map(Value::as_str) {
            None => defaults.false_start,
            Some(Some("ignore")) => FalseStart::Ignore,
            Some(Some("penalty")) => FalseStart::Penalty,
            Some(_) => return Err(BadRulesJson::FalseStart),
        };
        let input = match fields.get("input").map(Value::as_str) {
            None | Some(Some("tap")) => Input::Tap,
            Some(Some("hold")) => Input::Hold,
            Some(Some("rhythm")) => Input::Rhythm,
            Some(_) => return Err(BadRulesJson::Input),
        };
        let handicap = match fields.get("handicap") {
            None => false,
            Some(handicap) => handicap.as_bool().ok_or(BadRulesJson::Handicap)?,
        };
        let rules = Rules {
            mode,
            countdown: Millis(number(fields, "countdown", 3000)?.into()),
            false_start,
            max_taps_per_second: number(fields, "max_taps_per_second", defaults.max_taps_per_second)?,
            input,
            handicap,
        };
        rules.validate()?;
        Ok(rules)
    }
}

/// A whole number; one that is negative or too large becomes the largest, which is out of every
/// bound, so that the answer names the bound.
fn number(fields: &Map<String, Value>, name: &'static str, default: u32) -> Result<u32, BadRulesJson> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(value) if value.is_i64() || value.is_u64() => {
            Ok(value.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(u32::MAX))
        }
        Some(_) => Err(BadRulesJson::Number(name)),
    }
}

/// Under which rules of a kind are known: those that nobody changes are left out.
pub(super) fn key(rules: &Rules) -> String {
    let amount = match rules.mode {
        Mode::Sprint { taps } => taps,
        Mode::Timed { seconds } => seconds,
        Mode::Tug { lead } => lead,
    };
    let mut key = format!("{}-{amount}-{}", mode_name(&rules.mode), input_name(rules.input));
    let defaults = Rules::default();
    if rules.handicap {
        key += "-handicap";
    }
    if rules.false_start != defaults.false_start {
        key += "-penalty";
    }
    if rules.max_taps_per_second != defaults.max_taps_per_second {
        key += &format!("-limit-{}", rules.max_taps_per_second);
    }
    key
}

pub(super) fn input_name(input: Input) -> &'static str {
    match input {
        Input::Tap => "tap",
        Input::Hold => "hold",
        Input::Rhythm => "rhythm",
    }
}

pub(super) fn mode_name(mode: &Mode) -> &'static str {
    match mode {
        Mode::Sprint { .. } => "sprint",
        Mode::Timed { .. } => "timed",
        Mode::Tug { .. } => "tug",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rules_are_read_back_as_they_are_written() {
        for rules in [
            json!({"mode": "sprint", "taps": 7, "countdown": 0, "false_start": "penalty", "max_taps_per_second": 0, "input": "rhythm", "handicap": true}),
            json!({"mode": "timed", "seconds": 5, "countdown": 1000, "false_start": "ignore", "max_taps_per_second": 9, "input": "hold", "handicap": false}),
            json!({"mode": "tug", "lead": 30, "countdown": 3000, "false_start": "ignore", "max_taps_per_second": 30, "input": "tap", "handicap": false}),
        ] {
            let parsed = RulesJson::parse(&rules).expect("rules");
            assert_eq!(serde_json::to_value(RulesJson(parsed)).expect("json"), rules);
        }
    }

    #[test]
    fn what_is_left_out_is_as_by_default() {
        assert_eq!(RulesJson::parse(&json!({})), Ok(Rules::default()));
        let timed = RulesJson::parse(&json!({"mode": "timed"})).expect("rules");
        assert_eq!(timed.mode, Mode::Timed { seconds: 10 });
    }

    #[test]
    fn bad_rules_are_refused_with_what_is_wrong() {
        let reason = |rules: Value| RulesJson::parse(&rules).expect_err("refused").to_string();
        assert_eq!(reason(json!([])), "bad rules: they must be an object");
        assert_eq!(reason(json!({"mode": "chess"})), "bad rules: mode must be sprint, timed or tug");
        assert_eq!(reason(json!({"mode": null})), "bad rules: mode must be sprint, timed or tug");
        assert_eq!(reason(json!({"taps": 1.5})), "bad rules: taps must be a whole number");
        assert_eq!(reason(json!({"taps": "9"})), "bad rules: taps must be a whole number");
        for taps in [json!(0), json!(-1), json!(10_001), json!(1e15 as u64), json!(u64::MAX)] {
            assert_eq!(reason(json!({ "taps": taps })), "bad rules: taps must be between 1 and 10000");
        }
        assert_eq!(reason(json!({"countdown": -1})), "bad rules: countdown must be between 0 and 60000");
        assert_eq!(reason(json!({"input": "shout"})), "bad rules: input must be tap, hold or rhythm");
        assert_eq!(reason(json!({"handicap": 1})), "bad rules: handicap must be true or false");
        assert_eq!(reason(json!({"mode": "timed", "handicap": true})), "bad rules: handicap needs a sprint");
        assert_eq!(reason(json!({"false_start": 1})), "bad rules: false_start must be ignore or penalty");
    }
}
