//! What the process takes of the machine, as the system says; on systems without `/proc` some of it.

use std::fs;

use rustix::{
    param::page_size,
    process::{Resource, getrlimit},
    time::{ClockId, clock_gettime},
};

use super::Exposition;

/// What it takes now.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    cpu_seconds: f64,
    resident_bytes: Option<u64>,
    open_files: Option<u64>,
    most_files: Option<u64>,
}

impl Process {
    /// Looks.
    pub fn now() -> Process {
        let cpu = clock_gettime(ClockId::ProcessCPUTime);
        Process {
            cpu_seconds: cpu.tv_sec as f64 + cpu.tv_nsec as f64 / 1e9,
            resident_bytes: resident_bytes(),
            open_files: open_files(),
            most_files: getrlimit(Resource::Nofile).current,
        }
    }

    /// Under the names that all Prometheus clients use.
    pub fn write(&self, to: &mut Exposition) {
        to.counter("process_cpu_seconds_total", "CPU time, of all threads.", self.cpu_seconds);
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

fn resident_bytes() -> Option<u64> {
    let pages: u64 = fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * page_size() as u64)
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
    use super::*;

    #[test]
    fn a_process_that_works_takes_time_memory_and_files() {
        let before = Process::now();
        let files: Vec<_> = (0..20).map(|_| fs::File::open("/dev/null").expect("a file")).collect();
        let memory = std::hint::black_box(vec![1_u8; 50_000_000]);
        let after = Process::now();
        assert!(after.cpu_seconds > before.cpu_seconds);
        assert!(after.resident_bytes > before.resident_bytes.map(|bytes| bytes + 40_000_000));
        assert!(after.open_files >= before.open_files.map(|open| open + files.len() as u64 - 5));
        assert!(after.most_files > after.open_files && memory.len() > files.len());
    }
}
