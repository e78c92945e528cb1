//! Which runs may stand on a board: those that come about again when their trace is replayed. No database
//! here, and no clock.

use race::{Mode, TraceStep};

use super::{HeatRecord, RunRecord};

/// With this human limit and below it, times can be compared.
const MOST_TAPS_PER_SECOND: u32 = 30;
/// Over less than this nobody's rate is known, in ms.
const SHORTEST: i64 = 1000;

/// What is found out about a run before it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    /// Why it may not stand on a board; nothing if it may.
    pub unranked: Option<&'static str>,
    /// If it replays to the run's own numbers.
    pub trace: Option<Vec<u8>>,
    /// Taps in a thousand seconds.
    pub rate: i64,
}

/// For whom nobody has an account, although nothing else is wrong with the run.
pub(super) const GUEST: &str = "guest";

/// Looks at a run of a heat. It may replay ten minutes of taps: nothing for a task that others wait for.
pub(super) fn judge(heat: &HeatRecord, run: &RunRecord) -> Judged {
    let replayed = replay(heat, run);
    let has_limit = (1..=MOST_TAPS_PER_SECOND).contains(&heat.rules.max_taps_per_second);
    let has_result = match heat.rules.mode {
        Mode::Sprint { .. } => run.time.is_some(),
        Mode::Timed { .. } | Mode::Tug { .. } => run.taps > 0,
    };
    let unranked = match heat.rules.mode {
        Mode::Tug { .. } => Some("tug"),
        _ if heat.rules.handicap => Some("handicap"),
        _ if run.flagged => Some("machine"),
        _ if !has_limit => Some("no limit"),
        _ if run.gone.is_some() => Some("left"),
        _ if !has_result => Some("not finished"),
        _ => replayed.as_ref().err().copied().or_else(|| run.account.is_none().then_some(GUEST)),
    };
    Judged { unranked, trace: replayed.ok(), rate: rate(heat, run) }
}

/// The trace, if it comes out as the run did, or else what is wrong with it.
fn replay(heat: &HeatRecord, run: &RunRecord) -> Result<Vec<u8>, &'static str> {
    let trace = run.trace.as_ref().map(|text| &text.0).filter(|trace| !trace.is_cut()).ok_or("no trace")?;
    let again = trace.replay(&heat.rules, &heat.settings, run.handicap).map_err(|_| "does not replay")?;
    let time = again.time.map(|time| time.0);
    let is_same = (again.taps, time, again.refused, again.false_starts, again.flagged)
        == (run.taps, run.time, run.refused, run.false_starts, run.flagged);
    is_same.then(|| trace.as_bytes().to_vec()).ok_or("does not replay")
}

/// Over the whole heat if that has an end, or else up to the racer's last tap.
fn rate(heat: &HeatRecord, run: &RunRecord) -> i64 {
    let last_tap = || {
        let steps = run.trace.as_ref()?.0.steps();
        let last = steps.filter_map(|step| match step {
            TraceStep::Claim { arrival, .. } => Some(arrival.0),
            TraceStep::Outage { .. } => None,
        });
        last.last()
    };
    let lasted = match heat.rules.mode {
        Mode::Timed { seconds } => Some(i64::from(seconds) * 1000),
        Mode::Sprint { .. } | Mode::Tug { .. } => run.time.or_else(last_tap),
    };
    lasted.filter(|lasted| *lasted >= SHORTEST).map_or(0, |lasted| i64::from(run.taps) * 1_000_000 / lasted)
}

#[cfg(test)]
mod tests {
    use race::{Millis, Rules, Trace, Why};

    use super::*;
    use crate::records::{TraceText, test};

    /// A sprint of twenty taps that was really run: the heat and its one run.
    fn sprinted() -> (HeatRecord, RunRecord) {
        test::sprint(&[(Some(1), 20, 100)])
    }

    fn reason(heat: &HeatRecord, run: &RunRecord) -> Option<&'static str> {
        judge(heat, run).unranked
    }

    #[test]
    fn a_run_that_comes_about_again_is_ranked_and_keeps_its_trace() {
        let (heat, run) = sprinted();
        let judged = judge(&heat, &run);
        assert_eq!(judged.unranked, None);
        let trace = Trace::from_bytes(&judged.trace.expect("a trace")).expect("its own");
        assert_eq!(Some(trace), run.trace.map(|text| text.0));
        // Twenty in two seconds.
        assert_eq!((run.time, judged.rate), (Some(2000), 10_000));
    }

    #[test]
    fn a_run_that_comes_out_otherwise_is_not() {
        let (heat, run) = sprinted();
        let others = [
            RunRecord { time: Some(1900), ..run.clone() },
            RunRecord { taps: 21, ..run.clone() },
            RunRecord { refused: 1, ..run.clone() },
            RunRecord { false_starts: 1, ..run.clone() },
        ];
        for other in others {
            let judged = judge(&heat, &other);
            assert_eq!((judged.unranked, judged.trace), (Some("does not replay"), None), "{other:?}");
        }
        for trace in [None, Some(TraceText(Trace::cut()))] {
            assert_eq!(reason(&heat, &RunRecord { trace, ..run.clone() }), Some("no trace"));
        }
    }

    #[test]
    fn each_reason_is_told() {
        let (heat, run) = sprinted();
        let by = |rules| HeatRecord { rules, ..heat.clone() };
        let rules = &heat.rules;
        assert_eq!(reason(&heat, &RunRecord { account: None, ..run.clone() }), Some("guest"));
        assert_eq!(reason(&heat, &RunRecord { flagged: true, ..run.clone() }), Some("machine"));
        assert_eq!(reason(&heat, &RunRecord { gone: Some(Why::Left), ..run.clone() }), Some("left"));
        assert_eq!(reason(&heat, &RunRecord { time: None, ..run.clone() }), Some("not finished"));
        let tug = Mode::Tug { lead: 60 };
        assert_eq!(reason(&by(Rules { mode: tug, ..rules.clone() }), &run), Some("tug"));
        assert_eq!(reason(&by(Rules { handicap: true, ..rules.clone() }), &run), Some("handicap"));
        for max_taps_per_second in [0, 31] {
            let rules = Rules { max_taps_per_second, ..rules.clone() };
            assert_eq!(reason(&by(rules), &run), Some("no limit"));
        }
    }

    #[test]
    fn the_rate_is_over_the_heat_or_up_to_the_last_tap() {
        let (heat, run) = sprinted();
        let timed = Rules { mode: Mode::Timed { seconds: 4 }, ..heat.rules.clone() };
        assert_eq!(judge(&HeatRecord { rules: timed, ..heat.clone() }, &run).rate, 5000);
        let mut trace = Trace::default();
        trace.claim(Millis(400), 5, None);
        trace.claim(Millis(2500), 10, Some(Millis(2450)));
        let lost = RunRecord { time: None, taps: 10, trace: Some(TraceText(trace)), ..run.clone() };
        assert_eq!(judge(&heat, &lost).rate, 4000);
        assert_eq!(judge(&heat, &RunRecord { time: Some(999), ..run }).rate, 0);
    }
}
