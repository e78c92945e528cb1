//! `stampede phones`.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    herd::Herd,
    phones::{self, Counts, Party, Phones},
    process::Process,
    soak::Watch,
    target::Target,
};

#[derive(Debug, Args)]
pub struct PhonesArgs {
    /// The server: ws://HOST:PORT.
    #[arg(long, value_name = "URL", default_value = "ws://127.0.0.1:4000")]
    url: Target,
    /// The code of a room; without it, the house room.
    #[arg(long, value_name = "CODE")]
    room: Option<String>,
    /// How many guests.
    #[arg(long, default_value_t = 10)]
    players: usize,
    /// How much faster than people they tap.
    #[arg(long, default_value_t = 1.0)]
    rate: f64,
    /// The same seed makes the same fingers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// About how often, in seconds, one of them loses the connection and comes back.
    #[arg(long, value_name = "SECONDS")]
    drops_every: Option<f64>,
    /// About how often, in seconds, one of them leaves for good and somebody new comes.
    #[arg(long, value_name = "SECONDS")]
    leaves_every: Option<f64>,
    /// About how often, in seconds, one of them says something.
    #[arg(long, value_name = "SECONDS")]
    chats_every: Option<f64>,
    /// Starts race after race, with these rules as JSON.
    #[arg(long, value_name = "RULES", num_args = 0..=1, default_missing_value = r#"{"mode":"sprint","taps":50}"#)]
    host: Option<String>,
    /// The token or key with which the room is hosted.
    #[arg(long, value_name = "TOKEN", requires = "host")]
    host_token: Option<String>,
    /// How long they stay; without it, until ctrl-c.
    #[arg(long)]
    seconds: Option<f64>,
    /// The number of the server's process, on this machine: it must hold no more of memory and files in the end,
    /// let everybody in, lose no connection and bring every race of --host to its end.
    #[arg(long, requires = "seconds")]
    pid: Option<u32>,
}

impl PhonesArgs {
    pub fn run(self) -> anyhow::Result<()> {
        let party = Party {
            room: self.room.map(|code| code.to_uppercase()),
            players: self.players,
            rate: self.rate,
            seed: self.seed,
            drops_every: self.drops_every.map(Duration::from_secs_f64),
            leaves_every: self.leaves_every.map(Duration::from_secs_f64),
            chats_every: self.chats_every.map(Duration::from_secs_f64),
            hosts: self.host,
            host_token: self.host_token,
        };
        let length = Duration::from_secs_f64(self.seconds.unwrap_or_default());
        let mut watch = self.pid.map(|pid| Watch::begin(Process::new(pid), length)).transpose()?;
        let mut herd = Herd::new(self.url)?;
        let mut phones = Phones::new(party);
        phones.begin(&mut herd)?;
        let style = ProgressStyle::with_template("{spinner} {pos}/{len} seated  {msg}")?;
        let progress = ProgressBar::new(self.players as u64).with_style(style);
        let is_over = phones::until(self.seconds);
        let mut minutes = Minutes::begin();
        let mut trouble = None;
        herd.run(&mut phones, |phones, herd| {
            let counts = &phones.counts;
            progress.set_position(counts.seated as u64);
            progress.set_message(summary(counts));
            if progress.is_hidden() && minutes.is_over(herd.now()) {
                let used =
                    watch.as_ref().and_then(|watch| watch.usage().ok()).map_or(String::new(), |usage| {
                        format!("; {:.1} MB, {} files", usage.rss as f64 / 1e6, usage.files)
                    });
                println!("{} min: {} seated, {}{used}", minutes.count, counts.seated, summary(counts));
            }
            trouble = watch.as_mut().and_then(|watch| watch.look(herd.now()).err());
            trouble.is_some() || is_over(herd.now())
        })?;
        progress.finish();
        drop(herd);
        let counts = &phones.counts;
        println!("{}, {} taps in all", summary(counts), counts.taps);
        if let Some(trouble) = &counts.trouble {
            println!("the last trouble: {trouble}");
        }
        if let Some(gone) = trouble {
            return Err(gone).context("the server has ended");
        }
        let faults = match watch {
            Some(watch) => {
                println!("{}", watch.told());
                let (faults, grown) = (phones.faults(length, Instant::now()), watch.end()?);
                faults.into_iter().chain(grown).collect()
            }
            None if counts.wrong > 0 => vec![format!("{} counts were not what was tapped", counts.wrong)],
            None => Vec::new(),
        };
        if faults.is_empty() { Ok(()) } else { bail!(faults.join("; ")) }
    }
}

fn summary(counts: &Counts) -> String {
    let Counts { claims, right, wrong, lost, .. } = counts;
    let heats = counts.heats.len();
    format!("{claims} claims, {heats} heats, {right} counts right, {wrong} wrong, {lost} connections lost")
}

/// For who is not there to see a progress bar.
struct Minutes {
    began: Instant,
    count: u32,
}

impl Minutes {
    fn begin() -> Minutes {
        Minutes { began: Instant::now(), count: 0 }
    }

    /// Whether one more is.
    fn is_over(&mut self, now: Instant) -> bool {
        let is_over = now >= self.began + Duration::from_secs(60) * (self.count + 1);
        self.count += u32::from(is_over);
        is_over
    }
}
