//! What the process takes of the machine, as `/proc` says; on systems without it less is told.

use std::fs;

use rustix::process::{Resource, getrlimit};

use super::Exposition;

/// What it takes now.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    cpu_seconds: Option<f64>,
    resident_bytes: Option<u64>,
    open_files: Option<u64>,
    most_files: Option<u64>,
}

impl Process {
    /// Looks.
    pub fn now() -> Process {
        Process {
            cpu_seconds: cpu_seconds(),
            resident_bytes: resident_bytes(),
            open_files: open_files(),
            most_files: getrlimit(Resource::Nofile).current,
        }
    }

    /// Under the names that all Prometheus clients use.
    pub fn write(&self, to: &mut Exposition) {
        if let Some(seconds) = self.cpu_seconds {
            to.counter("process_cpu_seconds_total", "CPU time, of all threads.", seconds);
        }
        if let Some(bytes) = self.resident_bytes {
            to.gauge("process_resident_memory_bytes", "Memory that is in use.", bytes);
        }
        if let Some(files) = self.open_files {
            to.gauge("process_open_fds", "Open file descriptors; each connection is one.", files);
        }
        if let Some(files) = self.most_files {
            to.gauge("process_max_fds", "How many may be open.", files);
        }
    }
}

/// In user mode and in the kernel's.
fn cpu_seconds() -> Option<f64> {
    /// What Linux tells programs in, whatever its own ticks are (`USER_HZ`).
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in parentheses, may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().ok());
    Some(ticks.sum::<Option<u64>>()? as f64 / TICKS_PER_SECOND)
}

fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

fn open_files() -> Option<u64> {
    // Since Linux 6.2 the folder's size is their number; before, it is 0, and they are listed.
    match fs::metadata("/proc/self/fd").ok()?.len() {
        0 => Some(fs::read_dir("/proc/self/fd").ok()?.count() as u64),
        files => Some(files),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_process_that_works_takes_time_memory_and_files() {
        let before = Process::now();
        let files: Vec<_> = (0..20).map(|_| fs::File::open("/dev/null").expect("a file")).collect();
        let memory = std::hint::black_box(vec![1_u8; 50_000_000]);
        let began = Instant::now();
        while Process::now().cpu_seconds == before.cpu_seconds {
            assert!(began.elapsed() < Duration::from_secs(20), "it works, and it takes no time");
        }
        let after = Process::now();
        assert!(after.cpu_seconds > before.cpu_seconds);
        assert!(after.resident_bytes > before.resident_bytes.map(|bytes| bytes + 40_000_000));
        assert!(after.open_files >= before.open_files.map(|open| open + files.len() as u64 - 5));
        assert!(after.most_files > after.open_files && memory.len() > files.len());
    }
}
