//! Measurements as people read them.

use std::fmt::Write;

use crate::measure::{Latency, Measured};

const HEAD: &str = "\
| server | scenario | clients | per second | CPU-s per million | of the floor | RSS | RSS per client | p50 | p99 \
| max | heartbeat p99 | tick late p99 | own lateness p99 |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
";

/// A table in Markdown, a line for each measurement, with the faults below it.
pub fn table(all: &[Measured]) -> String {
    let mut out = HEAD.to_owned();
    for one in all {
        // Writing to a string does not fail.
        let _ = writeln!(out, "| {} |", cells(one).join(" | "));
    }
    for one in all {
        for fault in &one.faults {
            let _ = writeln!(out, "\n{} with {} clients: {fault}", one.scenario, one.clients);
        }
    }
    out
}

fn cells(one: &Measured) -> [String; 14] {
    // Of clients that are silent nothing is counted but time.
    let is_silent = one.unit == "client";
    let cost = if is_silent {
        format!("{:.1} % of a core", one.cpu / one.seconds * 100.0)
    } else {
        format!("{:.2} / {}", one.cpu_per_million(), one.unit)
    };
    let spread = one.spread.map_or(String::new(), |(least, most)| format!(" ({least:.2} to {most:.2})"));
    let time = |latency: Option<Latency>, of: fn(Latency) -> f64| {
        latency.map_or(String::new(), |latency| format!("{:.1} ms", of(latency)))
    };
    let own = time(one.generator_late, |it| it.p99);
    let let_go = one.let_go.map_or(String::new(), |count| format!(", {count} let go"));
    let most = one.rss_most.map_or(String::new(), |most| format!(" (at most {:.1})", most as f64 / 1e6));
    [
        one.server.clone().unwrap_or_default(),
        one.scenario.clone() + &let_go,
        one.clients.to_string(),
        if is_silent { String::new() } else { format!("{:.0}", one.per_second()) },
        cost + &spread,
        one.of_floor.map_or(String::new(), |ratio| format!("× {ratio:.2}")),
        format!("{:.1} MB{most}", one.rss as f64 / 1e6),
        one.rss_per_client.map_or(String::new(), |bytes| format!("{:.2} KB", bytes / 1024.0)),
        time(one.latency, |it| it.p50),
        time(one.latency, |it| it.p99),
        time(one.latency, |it| it.max),
        time(one.heartbeats, |it| it.p99),
        time(one.ticks_late, |it| it.p99),
        if one.waits_for_itself() { format!("**{own}**") } else { own },
    ]
}
