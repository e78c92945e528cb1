//! Prometheus' text format, for what is looked at rather than counted.
//!
//! Source: "Exposition formats" of Prometheus' documentation, version 0.0.4.

use std::fmt::{Display, Write};

/// Metrics, one after the other.
#[derive(Debug, Default)]
pub struct Exposition(String);

impl Exposition {
    /// Something that rises and falls.
    pub fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.metric(name, "gauge", help, value);
    }

    /// Something that only rises.
    pub fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.metric(name, "counter", help, value);
    }

    fn metric(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        // Writing to a text does not fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
    }

    /// As text.
    pub fn into_text(self) -> String {
        self.0
    }
}
