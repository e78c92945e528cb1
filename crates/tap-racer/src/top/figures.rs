//! What is shown of two scrapes: figures in groups, in words and units that people read.

use super::scrape::{Between, Scrape};

/// Figures that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What of.
    pub title: &'static str,
    /// What each is, and its value.
    pub figures: Vec<(&'static str, String)>,
}

/// What is drawn over time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pulse {
    /// Taps a second that count.
    pub taps: f64,
    /// Messages a second to clients.
    pub messages: f64,
    /// Of one core, in percent.
    pub cpu: f64,
}

/// Of something that is not known.
const UNKNOWN: &str = "–";

impl Pulse {
    /// Of the time between two scrapes.
    pub fn of(between: &Between<'_>) -> Pulse {
        let rate = |counter, label| between.rate(counter, label).unwrap_or(0.0);
        Pulse {
            taps: rate("tap_racer_taps_total", ACCEPTED),
            messages: rate("channels_messages_out_total", ""),
            cpu: rate("process_cpu_seconds_total", "") * 100.0,
        }
    }
}

const ACCEPTED: &str = "outcome=\"accepted\"";
const REFUSED: &str = "outcome=\"refused\"";
const OK: &str = "outcome=\"ok\"";

/// Six groups of six, of the newest scrape and of the time since the one before it, if they can be compared.
pub fn groups(now: &Scrape, between: Option<Between<'_>>) -> [Group; 6] {
    let rate = |counter, label| {
        between.and_then(|it| it.rate(counter, label)).map_or_else(|| UNKNOWN.to_owned(), decimal)
    };
    let bytes_rate = |counter| {
        let rate = between.and_then(|it| it.rate(counter, ""));
        rate.map_or_else(|| UNKNOWN.to_owned(), |rate| format!("{}/s", bytes(rate)))
    };
    let delay = |histogram, share| {
        let delay = between.and_then(|it| it.quantile(histogram, share));
        delay.map_or_else(|| UNKNOWN.to_owned(), seconds)
    };
    let known = |name, label, as_text: fn(f64) -> String| {
        now.sum(name, label).map_or_else(|| UNKNOWN.to_owned(), as_text)
    };
    let total = |name, label| known(name, label, whole);
    let cpu = between.map_or_else(|| UNKNOWN.to_owned(), |it| format!("{:.1} %", Pulse::of(&it).cpu));
    let files = format!("{}/{}", total("process_open_fds", ""), total("process_max_fds", ""));
    let available = |value: f64| if value > 0.0 { "available" } else { "unavailable" }.to_owned();
    [
        Group {
            title: "Guests",
            figures: vec![
                ("connections", total("channels_connections", "")),
                ("connects/s", rate("channels_connects_total", OK)),
                ("joins/s", rate("channels_joins_total", OK)),
                ("rooms", total("tap_racer_rooms", "")),
                ("rooms racing", total("tap_racer_rooms_racing", "")),
                ("racers", total("tap_racer_racers", "")),
            ],
        },
        Group {
            title: "Races",
            figures: vec![
                ("taps/s", rate("tap_racer_taps_total", ACCEPTED)),
                ("refused taps/s", rate("tap_racer_taps_total", REFUSED)),
                ("claims/s", rate("tap_racer_claims_total", "")),
                ("heats", total("tap_racer_heats_total", "")),
                ("unrecorded heats", total("tap_racer_heats_unrecorded", "")),
                ("snapshot p99", delay("tap_racer_snapshot_seconds", 0.99)),
            ],
        },
        Group {
            title: "Delays",
            figures: vec![
                ("tick p50", delay("tap_racer_tick_seconds", 0.5)),
                ("tick p99", delay("tap_racer_tick_seconds", 0.99)),
                ("tick late p50", delay("tap_racer_tick_late_seconds", 0.5)),
                ("tick late p99", delay("tap_racer_tick_late_seconds", 0.99)),
                ("loop lag p99", delay("tap_racer_loop_lag_seconds", 0.99)),
                ("room inbox", total("tap_racer_room_inbox", "")),
            ],
        },
        Group {
            title: "Wire",
            figures: vec![
                ("messages in/s", rate("channels_messages_in_total", "")),
                ("messages out/s", rate("channels_messages_out_total", "")),
                ("in", bytes_rate("channels_bytes_in_total")),
                ("out", bytes_rate("channels_bytes_out_total")),
                ("waiting", known("channels_outbox_bytes", "", bytes)),
                ("conflated/s", rate("channels_conflations_total", "")),
            ],
        },
        Group {
            title: "Process",
            figures: vec![
                ("CPU", cpu),
                ("memory", known("process_resident_memory_bytes", "", bytes)),
                ("files", files),
                ("accounts", known("tap_racer_accounts_available", "", available)),
                ("saves failed", total("tap_racer_saves_failed_total", "")),
                ("database errors", total("tap_racer_database_errors_total", "")),
            ],
        },
        Group {
            title: "Sent away",
            figures: vec![
                ("slow readers", total("channels_slow_consumers_total", "")),
                ("silent", total("channels_silent_total", "")),
                ("malformed", total("channels_messages_malformed_total", "")),
                ("limited messages", total("channels_messages_limited_total", "")),
                ("refused joins", total("channels_joins_total", REFUSED)),
                ("crashes", total("channels_crashes_total", "")),
            ],
        },
    ]
}

/// `12,345`.
pub fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let grouped: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    grouped.join(",")
}

/// With one digit behind the point while it is small.
fn decimal(number: f64) -> String {
    if number > 0.0 && number < 99.95 { format!("{number:.1}") } else { whole(number) }
}

fn bytes(number: f64) -> String {
    match number {
        1e9.. => format!("{:.1} GB", number / 1e9),
        1e6.. => format!("{:.1} MB", number / 1e6),
        1e3.. => format!("{:.1} kB", number / 1e3),
        _ => format!("{number:.0} B"),
    }
}

fn seconds(number: f64) -> String {
    if number < 1.0 { format!("{:.1} ms", number * 1e3) } else { format!("{number:.1} s") }
}

/// How long a span is, for people.
pub fn span(seconds: f64) -> String {
    let minutes = (seconds / 60.0).max(0.0) as u64;
    match (minutes / 60 / 24, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// All of it as lines of text.
pub fn table(groups: &[Group]) -> String {
    let figures = |group: &Group| {
        let lines = group.figures.iter().map(|(what, value)| format!("  {what:<18}{value:>16}\n"));
        format!("{}\n{}", group.title, lines.collect::<String>())
    };
    groups.iter().map(figures).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!([0.0, 999.0, 1000.0, 12_345_678.4].map(whole), ["0", "999", "1,000", "12,345,678"]);
        assert_eq!([0.0, 0.26, 99.9, 99.96, 2500.4].map(decimal), ["0", "0.3", "99.9", "100", "2,500"]);
        assert_eq!(
            [0.0, 999.0, 1000.0, 23.1e6, 1.5e9].map(bytes),
            ["0 B", "999 B", "1.0 kB", "23.1 MB", "1.5 GB"]
        );
        assert_eq!([0.0001, 0.02, 1.5].map(seconds), ["0.1 ms", "20.0 ms", "1.5 s"]);
        assert_eq!([59.0, 3700.0, 90_000.0].map(span), ["0 min", "1 h 1 min", "1 d 1 h"]);
    }
}
