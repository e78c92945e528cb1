//! Where everything is counted: one recorder for the process, behind the facade of the crate `metrics`.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use race::Millis;

use super::{Exposition, Process};
use crate::clock;

/// The bounds of all histograms, which are of delays: 20 ms is what a look at a heat may be late, 50 ms the
/// time between two, and of a quarter of a second everybody takes note.
const SECONDS: [f64; 15] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 1.0, 5.0];

/// The recorder of this process.
#[derive(Clone, Debug)]
pub struct Recorder {
    handle: PrometheusHandle,
    /// When it was installed, which is about when the process began.
    began: Millis,
}

impl Recorder {
    /// Installs it, the first time. What is to be counted must be made afterwards.
    pub fn install() -> Recorder {
        static INSTALLED: OnceLock<Recorder> = OnceLock::new();
        let install = || {
            let began = clock::wall_clock();
            // Refused are no bounds at all.
            let builder = PrometheusBuilder::new();
            let recorder = builder.set_buckets(&SECONDS).unwrap_or_default().build_recorder();
            let handle = recorder.handle();
            // A program that runs the server inside itself may count with a recorder of its own.
            let _ = metrics::set_global_recorder(recorder);
            Recorder { handle, began }
        };
        INSTALLED.get_or_init(install).clone()
    }

    /// What was counted, how the process is, and what is added to it, in an order that stays.
    pub fn render(&self, mut and: Exposition) -> String {
        Process::now().write(&mut and);
        let began = self.began.0 as f64 / 1000.0;
        and.gauge("process_start_time_seconds", "When it began, since the Unix epoch.", began);
        let counted = self.handle.render();
        let looked_at = and.into_text();
        let mut families: Vec<&str> = counted.split("\n\n").chain(looked_at.split("\n\n")).collect();
        families.retain(|family| !family.is_empty());
        families.sort_unstable();
        families.join("\n\n") + "\n"
    }

    /// What histograms were given is kept one by one until it is asked for, or this is called.
    pub fn tidy(&self) {
        self.handle.run_upkeep();
    }
}
