//! A server that is watched for hours while guests come and go: what it holds must not grow.

use std::{
    io,
    time::{Duration, Instant},
};

use crate::process::{Process, Usage};

/// A server's process, looked at now and then.
#[derive(Debug)]
pub struct Watch {
    process: Process,
    /// Before anybody came.
    before: Usage,
    every: Duration,
    due: Instant,
    rss: Vec<u64>,
}

/// Looks in a run of any length: enough for means of thirds of it.
const LOOKS: u32 = 180;
/// What the last third may have more than the middle one: in parts of it, and in bytes.
const GROWTH: (f64, f64) = (0.05, 1e6);
/// Files that a server may have opened for itself meanwhile: connections of its database.
const OWN_FILES: u64 = 8;
/// How long it may take to close what was left.
const CLOSING: Duration = Duration::from_secs(20);

impl Watch {
    /// Begins to watch, for so long.
    ///
    /// # Errors
    /// When there is no such process.
    pub fn begin(process: Process, length: Duration) -> io::Result<Watch> {
        let before = process.usage()?;
        Ok(Watch { process, before, every: length / LOOKS, due: Instant::now(), rss: Vec::new() })
    }

    /// Looks, if it is time.
    ///
    /// # Errors
    /// When the server has ended.
    pub fn look(&mut self, now: Instant) -> io::Result<()> {
        if now >= self.due {
            self.due = now + self.every;
            self.rss.push(self.process.usage()?.rss);
        }
        Ok(())
    }

    /// What it uses now.
    ///
    /// # Errors
    /// When the server has ended.
    pub fn usage(&self) -> io::Result<Usage> {
        self.process.usage()
    }

    /// How much memory it held, for people.
    pub fn told(&self) -> String {
        let [first, middle, last] = thirds(&self.rss).unwrap_or_default().map(|bytes| bytes / 1e6);
        format!("memory in MB, means of thirds: {first:.1}, {middle:.1}, {last:.1}")
    }

    /// When all have gone: what is not as it was.
    ///
    /// # Errors
    /// When the server has ended.
    pub fn end(&self) -> io::Result<Vec<String>> {
        self.end_within(CLOSING)
    }

    fn end_within(&self, closing: Duration) -> io::Result<Vec<String>> {
        let began = Instant::now();
        let most = self.before.files + OWN_FILES;
        let mut files = self.usage()?.files;
        while files > most && began.elapsed() < closing {
            std::thread::sleep(Duration::from_millis(50));
            files = self.usage()?.files;
        }
        let left = (files > most)
            .then(|| format!("{files} files are open after all have gone, {} before", self.before.files));
        Ok(left.into_iter().chain(growth(&self.rss)).collect())
    }
}

/// Means of the three thirds.
fn thirds(rss: &[u64]) -> Option<[f64; 3]> {
    let third = rss.len() / 3;
    let mean = |part: &[u64]| part.iter().sum::<u64>() as f64 / part.len() as f64;
    (third > 0).then(|| [mean(&rss[..third]), mean(&rss[third..2 * third]), mean(&rss[2 * third..])])
}

/// What there is to say when the last third is more than the middle one.
fn growth(rss: &[u64]) -> Option<String> {
    let [_, middle, last] = thirds(rss)?;
    (last > middle * (1.0 + GROWTH.0) + GROWTH.1).then(|| {
        format!("memory grows: {:.1} MB in the middle, {:.1} MB in the last third", middle / 1e6, last / 1e6)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn megabytes(of: impl Fn(u64) -> u64) -> Vec<u64> {
        (0..180).map(|look| of(look) * 1_000_000).collect()
    }

    #[test]
    fn memory_that_grows_to_the_end_is_told_and_that_of_a_beginning_is_not() {
        assert!(growth(&megabytes(|look| 40 + look / 5)).is_some_and(|told| told.contains("memory grows")));
        assert_eq!(growth(&megabytes(|look| 20 + look.min(50))), None);
        assert_eq!(growth(&megabytes(|look| 50 + look % 3)), None);
        assert_eq!(growth(&[]), None);
    }

    #[test]
    fn files_that_stay_open_are_told() {
        let me = Process::new(std::process::id());
        let mut watch = Watch::begin(me, Duration::from_secs(1)).expect("this process");
        let told = |watch: &Watch| watch.end_within(Duration::ZERO).expect("usage");
        // Other tests open files meanwhile.
        watch.before.files += 1_000;
        assert_eq!(told(&watch), Vec::<String>::new());
        watch.before.files = 0;
        let opened: Vec<_> = (0..=OWN_FILES).map(|_| std::fs::File::open("/proc/self/stat")).collect();
        assert!(told(&watch).first().is_some_and(|told| told.contains("files are open")));
        drop(opened);
    }
}
