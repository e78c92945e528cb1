//! What it was measured on.

use std::{fmt, fs};

use serde::Serialize;

/// A machine, as its numbers depend on it.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    cores: usize,
    cpu: String,
    memory_gigabytes: f64,
    kernel: String,
    rustc: String,
}

impl Machine {
    /// The one that this runs on.
    pub fn this(rustc: String) -> Machine {
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let field = |file: &str, name: &str| {
            let text = read(file);
            let line = text.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned());
            value.unwrap_or_else(|| "unknown".to_owned())
        };
        let memory = field("/proc/meminfo", "MemTotal");
        let kilobytes: f64 = memory.trim_end_matches(" kB").parse().unwrap_or_default();
        Machine {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            cpu: field("/proc/cpuinfo", "model name"),
            memory_gigabytes: (kilobytes / 1024.0 / 1024.0).round(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            rustc,
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { cores, cpu, memory_gigabytes, kernel, rustc } = self;
        write!(f, "{cores} cores ({cpu}), {memory_gigabytes:.0} GB, Linux {kernel}, {rustc}")
    }
}
