//! Clients that read nothing, and what the server holds for them.

use std::ops::Range;

use crate::{crowd::Crowd, herd::Herd, process::Process};

/// Those clients, and what has become of them.
pub struct Stalled {
    members: Range<usize>,
    is_begun: bool,
    /// Those that the server does not hold anything for any more.
    pub let_go: usize,
    server: Process,
    /// The server's memory at the highest that was seen, in bytes.
    pub rss_most: u64,
}

impl Stalled {
    /// So many of the clients that are about to come, but not the first, which talks.
    pub fn new(count: usize, clients: usize, server: Process) -> Stalled {
        let members = 1..clients.clamp(1, count + 1);
        Stalled { members, is_begun: false, let_go: 0, server, rss_most: 0 }
    }

    pub fn members(&self) -> Range<usize> {
        self.members.clone()
    }

    pub fn count(&self) -> usize {
        self.members.len()
    }

    /// From here on they read nothing.
    pub fn stall(&mut self, herd: &mut Herd, crowd: &Crowd) {
        self.members().filter_map(|number| crowd.socket(number)).for_each(|socket| herd.stall(socket));
        self.is_begun = true;
    }

    /// At the server's memory. That of one that has ended is found missing by others.
    pub fn look(&mut self) {
        self.rss_most = self.rss_most.max(self.server.rss().unwrap_or(0));
    }

    /// A member is let go: whether it is one of these, and stalled.
    pub fn lets_go(&mut self, member: usize) -> bool {
        let is_one = self.is_begun && self.members.contains(&member);
        self.let_go += usize::from(is_one);
        is_one
    }

    /// Whether none of them is left.
    pub fn are_gone(&self) -> bool {
        self.let_go == self.count()
    }
}
