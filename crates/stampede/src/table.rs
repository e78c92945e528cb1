//! Measurements as people read them.

use std::fmt::Write;

use crate::measure::Measured;

/// A table in Markdown, a line for each measurement. The floor of a fan-out is the last one of as many
/// clients and frames that stands before it.
pub fn table(all: &[Measured]) -> String {
    let mut out = String::from(
        "| scenario | clients | per second | CPU-s per million | RSS | RSS per client | p50 | p99 | max |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for one in all {
        let cost = if one.unit == "client" {
            // Nothing is counted but time.
            format!("{:.1} % of a core", one.cpu / one.seconds * 100.0)
        } else {
            format!("{:.2} / {}", one.cpu_per_million(), one.unit)
        };
        let latency = one.latency.map_or(["", "", ""].map(str::to_owned), |latency| {
            [latency.p50, latency.p99, latency.max].map(|ms| format!("{ms:.1} ms"))
        });
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} | {cost} | {:.1} MB | {} | {} |",
            one.scenario,
            one.clients,
            if one.unit == "client" { String::new() } else { format!("{:.0}", one.per_second()) },
            one.rss as f64 / 1e6,
            one.rss_per_client.map_or(String::new(), |bytes| format!("{:.2} KB", bytes / 1024.0)),
            latency.join(" | "),
        );
    }
    for one in all {
        for fault in &one.faults {
            let _ = writeln!(out, "\n{} with {} clients: {fault}", one.scenario, one.clients);
        }
    }
    out
}
