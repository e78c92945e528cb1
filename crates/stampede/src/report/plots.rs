//! What is drawn: cost against size.

use super::{
    Earlier,
    svg::{Plot, Series},
};
use crate::measure::Measured;

/// A number of a measurement, where it has one.
type Number<T> = fn(&T) -> Option<f64>;

/// What is drawn of one scenario.
struct Picture {
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    scenario: &'static str,
    /// Each a line for every server.
    ours: &'static [(&'static str, Number<Measured>)],
    phoenix: &'static [(&'static str, Number<Earlier>)],
}

const PICTURES: &[Picture] = &[
    Picture {
        name: "fanout",
        title: "CPU of a delivery, 20,000 a second",
        unit: "µs",
        scenario: "fanout",
        ours: &[("", |it| Some(it.cpu_per_million()))],
        phoenix: &[("", |it| it.cpu)],
    },
    Picture {
        name: "latency",
        title: "From a message to a subscriber, 20,000 deliveries a second",
        unit: "ms",
        scenario: "fanout",
        ours: &[(" p50", |it| Some(it.latency?.p50)), (" p99", |it| Some(it.latency?.p99))],
        phoenix: &[(" p50", |it| it.p50), (" p99", |it| it.p99)],
    },
    Picture {
        name: "saturated",
        title: "Deliveries a second, saturated",
        unit: "thousand a second",
        scenario: "fanout saturated",
        ours: &[("", |it| Some(it.per_second() / 1000.0))],
        phoenix: &[("", |it| Some(it.per_second? / 1000.0))],
    },
    Picture {
        name: "memory",
        title: "RSS of a client that has joined",
        unit: "KB",
        scenario: "idle",
        ours: &[("", |it| Some(it.rss_per_client? / 1024.0))],
        phoenix: &[("", |it| it.kilobytes)],
    },
    Picture {
        name: "joins",
        title: "CPU of a join, with its connection",
        unit: "µs",
        scenario: "joins",
        ours: &[("", |it| Some(it.cpu_per_million()))],
        phoenix: &[("", |it| it.cpu)],
    },
    Picture {
        name: "taps",
        title: "CPU of a tap that is broadcast to one console",
        unit: "µs",
        scenario: "taps 20000/s",
        ours: &[("", |it| Some(it.cpu_per_million()))],
        phoenix: &[("", |it| it.cpu)],
    },
];

/// The plots of what was measured at several sizes.
pub fn of(measured: &[Measured], phoenix: &[Earlier]) -> Vec<Plot> {
    PICTURES.iter().filter_map(|picture| picture.plot(measured, phoenix)).collect()
}

impl Picture {
    fn plot(&self, measured: &[Measured], phoenix: &[Earlier]) -> Option<Plot> {
        let mut series = Vec::new();
        for server in [Some("reference"), Some("game"), None] {
            let scenario = if server.is_none() { "floor" } else { self.scenario };
            let rows =
                measured.iter().filter(|row| row.server.as_deref() == server && row.scenario == scenario);
            let rows: Vec<_> = rows.filter(|row| row.clients > 0).collect();
            let is_drawn = server.is_some() || self.name == "fanout";
            for (what, number) in self.ours.iter().filter(|_| is_drawn) {
                let points = rows.iter().filter_map(|row| Some((row.clients as f64, number(row)?)));
                series.push(Series::new(format!("{}{what}", server.unwrap_or("floor")), points));
            }
        }
        series.retain(|series| !series.points.is_empty());
        if series.is_empty() {
            return None;
        }
        // As it is known by what is measured here.
        let scenario = self.scenario.split(" 20000").next().unwrap_or_default();
        for (what, number) in self.phoenix {
            let rows = phoenix.iter().filter(|row| row.scenario == scenario);
            let points = rows.filter_map(|row| Some((row.clients as f64, number(row)?)));
            series.push(Series::new(format!("Phoenix{what} (earlier)"), points));
        }
        let title = self.title.to_owned();
        Some(Plot { name: self.name, title, x: "clients", y: self.unit, series })
    }
}
