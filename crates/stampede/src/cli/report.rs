//! `stampede report`.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
};

use anyhow::Context;
use clap::Args;

use crate::{
    measure::Measured,
    report::{Machine, Report},
};

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// What stampede bench --json has said, a measurement a line.
    #[arg(value_name = "FILE")]
    measured: PathBuf,
    /// The folder that the page, its plots and all numbers are written to.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// The command that makes this report again.
    #[arg(long, default_value = "scripts/bench")]
    command: String,
    /// Which state of the sources was measured.
    #[arg(long, default_value = "unknown")]
    commit: String,
    /// When.
    #[arg(long, default_value = "unknown")]
    date: String,
    /// The compiler.
    #[arg(long, default_value = "unknown")]
    rustc: String,
}

impl ReportArgs {
    pub fn run(self) -> anyhow::Result<()> {
        let file = std::fs::File::open(&self.measured)
            .with_context(|| format!("cannot read {}", self.measured.display()))?;
        let measured = BufReader::new(file)
            .lines()
            .map(|line| serde_json::from_str(&line?).context("a line that is no measurement"))
            .collect::<anyhow::Result<Vec<Measured>>>()?;
        let (command, commit, date) = (self.command, self.commit, self.date);
        let report = Report { machine: Machine::this(self.rustc), command, commit, date, measured };
        for (name, text) in report.files()? {
            let file = self.out.join(name);
            std::fs::create_dir_all(&self.out)?;
            std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(())
    }
}
