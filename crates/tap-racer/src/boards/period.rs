//! Spans of time that have a board of their own.

use race::Millis;
use time::{Duration, OffsetDateTime, Time};

/// Of which runs the best are looked for. Days and weeks are those of UTC; weeks begin on Mondays.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// This day's.
    Today,
    /// This week's.
    Week,
    /// All.
    All,
}

impl Period {
    /// Each of them.
    pub const EACH: [Period; 3] = [Period::Today, Period::Week, Period::All];

    /// As clients call it.
    pub fn parse(text: &str) -> Option<Period> {
        Period::EACH.into_iter().find(|period| period.as_str() == text)
    }

    /// As clients call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Period::Today => "today",
            Period::Week => "week",
            Period::All => "all",
        }
    }

    /// The name of the one that this moment is in: `2026-11-20`, `2026-W47`, `all`.
    pub fn name_at(self, now: Millis) -> String {
        let date = moment(now).date();
        match self {
            Period::Today => {
                format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
            }
            Period::Week => {
                let (year, week, _) = date.to_iso_week_date();
                format!("{year:04}-W{week:02}")
            }
            Period::All => "all".to_owned(),
        }
    }

    /// How long after this moment another one begins, at the latest: each midnight.
    pub fn rest_at(now: Millis) -> std::time::Duration {
        let now = moment(now);
        let rest = Duration::DAY - (now.time() - Time::MIDNIGHT);
        std::time::Duration::from_millis(u64::try_from(rest.whole_milliseconds()).unwrap_or_default())
    }
}

fn moment(now: Millis) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(now.0) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20 00:00:00 UTC, a Friday.
    const FRIDAY: i64 = 1_795_132_800_000;

    fn names(now: i64) -> [String; 3] {
        Period::EACH.map(|period| period.name_at(Millis(now)))
    }

    #[test]
    fn a_day_begins_at_midnight_and_a_week_on_monday() {
        assert_eq!(names(FRIDAY - 1), ["2026-11-19", "2026-W47", "all"]);
        assert_eq!(names(FRIDAY), ["2026-11-20", "2026-W47", "all"]);
        const DAY: i64 = 86_400_000;
        assert_eq!(names(FRIDAY + 3 * DAY - 1), ["2026-11-22", "2026-W47", "all"]);
        assert_eq!(names(FRIDAY + 3 * DAY), ["2026-11-23", "2026-W48", "all"]);
    }

    #[test]
    fn a_week_belongs_to_the_year_of_its_thursday() {
        // 2027-01-01 is a Friday, 2024-12-30 a Monday.
        assert_eq!(names(1_798_761_600_000)[..2], ["2027-01-01", "2026-W53"]);
        assert_eq!(names(1_735_516_800_000)[..2], ["2024-12-30", "2025-W01"]);
    }

    #[test]
    fn no_time_is_too_long_ago_or_too_far_away() {
        for now in [i64::MIN, i64::MAX] {
            assert_eq!(names(now)[..2], ["1970-01-01", "1970-W01"]);
        }
    }

    #[test]
    fn the_rest_of_a_day_ends_at_midnight() {
        let rest = |now| Period::rest_at(Millis(now)).as_millis();
        assert_eq!((rest(FRIDAY), rest(FRIDAY + 1), rest(FRIDAY - 1)), (86_400_000, 86_399_999, 1));
    }

    #[test]
    fn a_period_is_read_as_it_is_called() {
        for period in Period::EACH {
            assert_eq!(Period::parse(period.as_str()), Some(period));
        }
        assert_eq!(Period::parse("2026-11-20"), None);
    }
}
