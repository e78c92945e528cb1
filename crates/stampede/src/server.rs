//! A server that is started and stopped here.

use std::{
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::{process::Process, target::Target};

/// How long one may take to listen, and to stop.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked whether it does.
const LOOK: Duration = Duration::from_millis(5);

/// A process of ours. It ends when this is dropped.
#[derive(Debug)]
pub struct Server(Child);

impl Server {
    /// Runs a command of the shell, which must stay in the foreground, and waits until the server listens.
    ///
    /// # Errors
    /// When it ends or does not listen.
    pub fn start(command: &str, target: &Target) -> anyhow::Result<Server> {
        let child = Command::new("sh")
            .args(["-c", &format!("exec {command}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("no server")?;
        let mut server = Server(child);
        let began = Instant::now();
        while TcpStream::connect(target.address).is_err() {
            if let Some(status) = server.0.try_wait()? {
                bail!("the server has ended: {status}");
            }
            if began.elapsed() > PATIENCE {
                bail!("the server does not listen");
            }
            std::thread::sleep(LOOK);
        }
        Ok(server)
    }

    /// The process.
    pub fn process(&self) -> Process {
        Process::new(self.0.id())
    }

    /// Asks it to stop, as whoever starts a new version does.
    pub fn ask_to_stop(&self) {
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // One that has ended is stopped.
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    /// Whether it has ended.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn has_ended(&mut self) -> std::io::Result<bool> {
        Ok(self.0.try_wait()?.is_some())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
