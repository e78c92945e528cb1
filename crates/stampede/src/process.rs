//! What a process of this machine uses, as Linux tells it (proc(5)).

use std::{fs, io, time::Duration};

use nix::{time::clock_getcpuclockid, unistd::Pid};
use serde::Serialize;

/// A process: mostly the server.
#[derive(Copy, Clone, Debug)]
pub struct Process(u32);

/// What it has used up to now.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize)]
pub struct Usage {
    /// In seconds, of all cores, in the program and in the kernel for it.
    pub cpu: f64,
    /// Resident memory in bytes.
    pub rss: u64,
    /// Open files.
    pub files: u64,
}

impl Process {
    /// The one with this number.
    pub fn new(pid: u32) -> Process {
        Process(pid)
    }

    /// What it has used.
    ///
    /// # Errors
    /// When it is gone, or not ours to look at.
    pub fn usage(self) -> io::Result<Usage> {
        let files = fs::read_dir(format!("/proc/{}/fd", self.0))?.count() as u64;
        Ok(Usage { cpu: self.cpu()?.as_secs_f64(), rss: self.rss()?, files })
    }

    /// Its resident memory alone, for who looks often.
    ///
    /// # Errors
    /// As [`usage`](Process::usage).
    pub fn rss(self) -> io::Result<u64> {
        let pages = fs::read_to_string(format!("/proc/{}/statm", self.0))?;
        let pages = pages.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
        let pages = pages.ok_or_else(|| io::Error::other("unexpected /proc"))?;
        Ok(pages * rustix::param::page_size() as u64)
    }

    /// By the clock of the process, which is as fine as the scheduler's, where /proc has ticks of 10 ms. It
    /// counts threads that have ended too.
    fn cpu(self) -> io::Result<Duration> {
        let pid = i32::try_from(self.0).map_err(io::Error::other)?;
        Ok(clock_getcpuclockid(Pid::from_raw(pid))?.now()?.into())
    }

    /// What it uses while something is done, and how long that took.
    ///
    /// # Errors
    /// As [`usage`](Process::usage), and what is done.
    pub fn during<T, E: From<io::Error>>(
        self,
        what: impl FnOnce() -> Result<T, E>,
    ) -> Result<(T, f64, Duration), E> {
        let (before, began) = (self.cpu()?, std::time::Instant::now());
        let done = what()?;
        let took = began.elapsed();
        Ok((done, self.cpu()?.saturating_sub(before).as_secs_f64(), took))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_and_memory_of_a_process_show() {
        let me = Process::new(std::process::id());
        let before = me.usage().expect("usage");
        let (kept, cpu, took) = me
            .during(|| {
                let began = std::time::Instant::now();
                let mut kept = vec![1_u8; 64 << 20];
                while began.elapsed() < Duration::from_millis(300) {
                    kept.iter_mut().for_each(|byte| *byte = byte.wrapping_mul(3));
                }
                Ok::<_, io::Error>(kept)
            })
            .expect("usage");
        assert!(cpu > 0.05 && took >= Duration::from_millis(300), "{cpu} {took:?}");
        let after = me.usage().expect("usage");
        assert!(after.rss > before.rss + (48 << 20), "{before:?} {after:?} {}", kept.len());
        assert!(after.files >= 3);
    }

    #[test]
    fn a_process_that_is_none_is_told() {
        assert!(Process::new(u32::MAX).usage().is_err());
    }
}
