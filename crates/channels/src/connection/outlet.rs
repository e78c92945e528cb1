//! The way out of a connection: what is queued, who writes it, and when.
//!
//! A frame is written by one of three: the flusher whose list the connection is on, the last cork
//! that is pulled, or the task that waits for a wire that was full. The lock sees to it that only
//! one of them does at a time; it is never held across an await.

use std::{collections::VecDeque, sync::Arc};

use tracing::debug;

use super::Connection;
use crate::{
    frame::{ConflateKey, Frame},
    message::Outgoing,
    outbox::{Outbox, Queued, Rejected},
    transport::{CloseCode, Written},
};

/// The outbox, and who is going to empty it.
pub(super) struct Outlet {
    pub(super) outbox: Outbox,
    /// A flusher has the connection on its list.
    scheduled: bool,
    /// A task waits for the wire to take more.
    blocked: bool,
    /// While corked, frames are collected; the last cork out writes them together.
    corks: u32,
}

/// Collects what is sent to a connection while it lives, so that it is written together.
pub(crate) struct Cork<'a>(&'a Arc<Connection>);

impl Outlet {
    pub fn new(limit: usize) -> Self {
        Self { outbox: Outbox::new(limit), scheduled: false, blocked: false, corks: 0 }
    }
}

impl Connection {
    /// Encodes a message and queues it.
    pub fn send(self: &Arc<Self>, message: &Outgoing<'_>, conflate: Option<ConflateKey>) {
        if let Some(frame) = self.format.frame(message, conflate) {
            self.send_frame(frame);
        }
    }

    /// Queues a frame; it is written soon, together with whatever else is queued by then.
    pub fn send_frame(self: &Arc<Self>, frame: Arc<Frame>) {
        let mut outlet = self.outlet.lock();
        match outlet.outbox.push(frame) {
            Ok(Queued::Added) => self.schedule(&mut outlet),
            // It waits in a place whose turn comes.
            Ok(Queued::Replaced) => self.endpoint.telemetry().conflations.increment(1),
            Err(Rejected::Closed) => {}
            Err(Rejected::TooSlow) => {
                debug!("slow consumer");
                self.endpoint.telemetry().slow_consumers.increment(1);
                self.close_locked(&mut outlet, CloseCode::Policy, "slow consumer", true);
            }
        }
    }

    /// Closes the connection from our side, after what is queued.
    pub fn close(self: &Arc<Self>, code: CloseCode, reason: &str) {
        self.close_locked(&mut self.outlet.lock(), code, reason, false);
    }

    /// Queues a frame of the transport's own (a pong, the answer to a close).
    pub fn send_last(self: &Arc<Self>, frame: Arc<Frame>) {
        let mut outlet = self.outlet.lock();
        outlet.outbox.close(Some(frame), false);
        self.start_closing();
        self.schedule(&mut outlet);
    }

    fn close_locked(self: &Arc<Self>, outlet: &mut Outlet, code: CloseCode, reason: &str, at_once: bool) {
        outlet.outbox.close(self.wire.close_frame(code, reason), at_once);
        self.start_closing();
        self.schedule(outlet);
    }

    fn schedule(self: &Arc<Self>, outlet: &mut Outlet) {
        if outlet.corks == 0 && !outlet.scheduled && !outlet.blocked {
            outlet.scheduled = true;
            self.endpoint.flush_soon(self.clone());
        }
    }

    /// Collects what is sent from here on, until the cork is dropped.
    pub fn cork(self: &Arc<Self>) -> Cork<'_> {
        self.outlet.lock().corks += 1;
        Cork(self)
    }

    /// A flusher's turn for this connection has come.
    pub fn flush(self: &Arc<Self>) {
        let mut outlet = self.outlet.lock();
        outlet.scheduled = false;
        if outlet.corks == 0 && !outlet.blocked {
            self.write(&mut outlet);
        }
    }

    /// Writes what is queued, as far as the wire takes it.
    fn write(self: &Arc<Self>, outlet: &mut Outlet) {
        let (frames, bytes) = outlet.outbox.waiting();
        let written = self.wire.write(&mut outlet.outbox);
        let (frames_left, bytes_left) = outlet.outbox.waiting();
        self.count_out(frames - frames_left, bytes - bytes_left);
        if written == Written::Blocked {
            outlet.blocked = true;
            tokio::spawn(self.clone().write_when_possible());
        }
    }

    /// Takes all that waits, for a transport whose client fetches it. While corked it is nothing:
    /// what belongs together is taken together.
    pub fn take(&self) -> VecDeque<Arc<Frame>> {
        let mut outlet = self.outlet.lock();
        if outlet.corks > 0 {
            return VecDeque::new();
        }
        let (frames, bytes) = outlet.outbox.waiting();
        self.count_out(frames, bytes);
        outlet.outbox.take()
    }

    fn count_out(&self, frames: usize, bytes: usize) {
        if bytes > 0 {
            self.endpoint.telemetry().messages_out.increment(frames as u64);
            self.endpoint.telemetry().bytes_out.increment(bytes as u64);
        }
    }

    /// How many bytes wait for the client to read.
    pub fn owed_bytes(&self) -> usize {
        self.outlet.lock().outbox.waiting().1
    }

    /// Only clients that read more slowly than we write have this task.
    async fn write_when_possible(self: Arc<Self>) {
        let ready = self.wire.writable().await;
        let mut outlet = self.outlet.lock();
        outlet.blocked = false;
        if ready.is_err() {
            outlet.outbox.abandon();
        }
        if outlet.corks == 0 {
            self.write(&mut outlet);
        }
    }
}

impl Drop for Cork<'_> {
    fn drop(&mut self) {
        let mut outlet = self.0.outlet.lock();
        outlet.corks -= 1;
        if outlet.corks == 0 && !outlet.blocked {
            self.0.write(&mut outlet);
        }
    }
}
