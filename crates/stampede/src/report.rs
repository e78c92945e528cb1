//! A page of what was measured: targets and whether they are met, plots, every number.

mod goals;
mod machine;
mod plots;
mod svg;

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use self::goals::{Goal, Verdict, goals};
use crate::{measure::Measured, table::table};

pub use machine::Machine;

/// Everything that a page tells.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Where it was measured, ...
    pub machine: Machine,
    /// ... how, ...
    pub command: String,
    /// ... what, ...
    pub commit: String,
    /// ... and when.
    pub date: String,
    /// In the order in which it was.
    pub measured: Vec<Measured>,
}

/// Phoenix 1.7.24 on OTP 25, the better of its two adapters. Costs are microseconds of CPU.
#[derive(Clone, Debug, Deserialize)]
struct Earlier {
    scenario: String,
    clients: usize,
    cpu: Option<f64>,
    kilobytes: Option<f64>,
    per_second: Option<f64>,
    p50: Option<f64>,
    p99: Option<f64>,
}

const PHOENIX: &str = include_str!("report/phoenix.json");

impl Report {
    /// The page, its plots and all numbers, each with the name of its file.
    ///
    /// # Errors
    /// When the numbers have no JSON form.
    pub fn files(&self) -> anyhow::Result<Vec<(String, String)>> {
        let phoenix: Vec<Earlier> = serde_json::from_str(PHOENIX)?;
        let plots = plots::of(&self.measured, &phoenix);
        let mut files = vec![
            ("README.md".to_owned(), self.page(&plots)),
            ("report.json".to_owned(), serde_json::to_string_pretty(self)? + "\n"),
        ];
        files.extend(plots.iter().map(|plot| (plot.file(), plot.draw())));
        Ok(files)
    }

    fn page(&self, plots: &[svg::Plot]) -> String {
        let Report { machine, command, commit, date, measured } = self;
        let mut page = format!(
            "# Benchmarks\n\nMeasured on {date} at commit {commit} by `{command}`, on {machine}. Server and \
             clients share the machine.\n\n## Targets\n\n\
             | row | target | measured | |\n| --- | --- | --- | --- |\n"
        );
        for Goal { row, target, told, verdict } in goals(measured) {
            let verdict = match verdict {
                Verdict::Met => "met",
                Verdict::MetAtItsPace => "met at its pace",
                Verdict::Missed => "**not met**",
                Verdict::OtherSize => "not at this size",
                Verdict::NotMeasured => "not measured",
            };
            // Writing to a string does not fail.
            let _ = writeln!(page, "| {row} | {target} | {told} | {verdict} |");
        }
        if let Some(slowness) = goals::slowness(measured).filter(|slowness| *slowness > 1.0) {
            let _ = write!(
                page,
                "\nThe targets were set on a machine whose floor was {} CPU-seconds per million sends to 10,000 \
                 sockets. Here it is {slowness:.2} times that: what is within a target divided by this is *met at \
                 its pace*.\n",
                goals::FLOOR
            );
        }
        page += HOW;
        for plot in plots {
            let _ = writeln!(page, "\n![{}]({})", plot.title, plot.file());
        }
        let _ = write!(page, "\n## All numbers\n\n{}", table(measured));
        page
    }
}

const HOW: &str = "
CPU is that of the server's process (its clock), user and system together, for each delivery, join, tap or
claim; RSS for each client is what the process grew by since before they came, without the kernel's buffers;
in `idle`, since the first few came and went. The floor is a process that does nothing but write the same
bytes to as many sockets in one loop, several frames of one moment in one `send(2)`; server and floor are
measured in turn, and the medians compared. `fanout`, `burst`, `slow` and `overflow` at a rate, `taps` and
`race` are open loops: their latencies count from when something was due, and a server that falls behind does
not keep the next one from being due (no coordinated omission). Closed are `joins` and `return` (256 at a
time, each from its connect), `fanout saturated` (four messages on their way), the floor (a round begins when
all have the one before it) and heartbeats (from when they were sent). In a room of a crowd the console is
told the sum, and taps are taken in the order in which they were due: its latency is that of the sum, and does
not show a few phones that are far behind the others. Own lateness is by how much later than due the simulated
phones acted themselves, all of them in one thread: a part of each latency that is not the server's, in bold
where it is more than a quarter of the p99. In `overflow` those who read nothing are sent more than the server
holds for them, until it lets go of them; its memory is looked at fifty times a second. `return` counts from
when the new server listens. How large the pages are is measured by `npm run --prefix web size`, the frames a
second of the console by `npm run --prefix tests frames -- 300`.

## Plots

The points of Phoenix (1.7.24, OTP 25, the better of its two adapters) were measured earlier on a machine of
the same kind, not in this run.
";
