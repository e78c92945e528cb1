//! The way out of a connection: what is queued, who writes it, and when.
//!
//! A frame is written by one of three: the flusher whose turn it is, the last cork that is pulled, or the
//! task that waits for a wire that was full. The lock sees to it that only one of them does at a time; it
//! is never held across an await.
//!
//! Broadcasts are not queued: they stand in the logs of their topics, and are read there when the
//! connection's turn comes, or before anything else is sent to it.

use std::{collections::VecDeque, io::IoSlice, sync::Arc};

use smallvec::SmallVec;
use tokio::runtime::Handle;
use tracing::debug;

use super::Connection;
use crate::{
    frame::{ConflateKey, Frame},
    message::Outgoing,
    outbox::{Outbox, Queued, Rejected},
    pubsub::{Events, News, Reader, Reading, SubscriberId},
    telemetry::Out,
    transport::{CloseCode, Wire, Written},
};

/// The outbox, and who is going to empty it.
pub(super) struct Outlet {
    pub(super) outbox: Outbox,
    /// The topics that are read.
    readings: SmallVec<[Reading; 1]>,
    /// While corked, frames are collected; the last cork out writes them together.
    corks: u32,
    /// A flusher has the connection on its list.
    scheduled: bool,
    /// A task waits for the wire to take more.
    blocked: bool,
}

/// Collects what is sent to a connection while it lives, so that it is written together.
pub(crate) struct Cork<'a>(&'a Arc<Connection>);

/// Keeps a connection reading a topic.
pub(crate) struct Reads {
    connection: Arc<Connection>,
    id: SubscriberId,
}

impl Outlet {
    pub fn new(limit: usize) -> Self {
        Self {
            outbox: Outbox::new(limit),
            readings: SmallVec::new(),
            corks: 0,
            scheduled: false,
            blocked: false,
        }
    }

    fn may_write(&self) -> bool {
        self.corks == 0 && !self.blocked
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
        self.collect(&mut outlet);
        self.queue(&mut outlet, frame);
        self.schedule(&mut outlet);
    }

    fn queue(self: &Arc<Self>, outlet: &mut Outlet, frame: Arc<Frame>) {
        match outlet.outbox.push(frame) {
            Ok(Queued::Added) | Err(Rejected::Closed) => {}
            Ok(Queued::Replaced) => self.endpoint.telemetry().conflations.increment(1),
            Err(Rejected::TooSlow) => {
                debug!("slow consumer");
                self.endpoint.telemetry().slow_consumers.increment(1);
                self.close_locked(outlet, CloseCode::Policy, "slow consumer", true);
            }
        }
    }

    /// Closes the connection from our side, after what is queued.
    pub fn close(self: &Arc<Self>, code: CloseCode, reason: &str) {
        let mut outlet = self.outlet.lock();
        self.collect(&mut outlet);
        self.close_locked(&mut outlet, code, reason, false);
    }

    /// Queues the transport's own last frame: the answer to a close.
    pub fn send_last(self: &Arc<Self>, frame: Arc<Frame>) {
        let mut outlet = self.outlet.lock();
        self.collect(&mut outlet);
        outlet.outbox.close(Some(frame), false);
        self.start_closing();
        self.schedule(&mut outlet);
    }

    fn close_locked(self: &Arc<Self>, outlet: &mut Outlet, code: CloseCode, reason: &str, at_once: bool) {
        outlet.outbox.close(self.wire.close_frame(code, reason), at_once);
        self.start_closing();
        self.schedule(outlet);
    }

    /// Sees to it that what is queued is written.
    fn schedule(self: &Arc<Self>, outlet: &mut Outlet) {
        if outlet.may_write() && !outlet.scheduled {
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
    pub fn flush(self: &Arc<Self>, out: &mut Out) {
        let mut outlet = self.outlet.lock();
        outlet.scheduled = false;
        self.write(&mut outlet, out);
    }

    /// Writes what is queued and what is to be read, as far as the wire takes it, if it is time.
    fn write(self: &Arc<Self>, outlet: &mut Outlet, out: &mut Out) {
        out.turns += 1;
        self.collect(outlet);
        if !outlet.may_write() {
            return;
        }
        let (frames, bytes) = outlet.outbox.waiting();
        let written = self.wire.write(&mut outlet.outbox);
        if written == Written::Lost {
            return;
        }
        let (frames_left, bytes_left) = outlet.outbox.waiting();
        out.messages += (frames - frames_left) as u64;
        out.bytes += (bytes - bytes_left) as u64;
        if written == Written::Blocked {
            match Handle::try_current() {
                Ok(runtime) => {
                    outlet.blocked = true;
                    runtime.spawn(self.clone().write_when_possible());
                }
                // Who broadcasts from elsewhere leaves it to a flusher.
                Err(_) => self.schedule(outlet),
            }
        }
    }

    /// Takes all that waits, for a transport whose client fetches it. While corked it is nothing:
    /// what belongs together is taken together.
    pub fn take(self: &Arc<Self>) -> VecDeque<Arc<Frame>> {
        let mut outlet = self.outlet.lock();
        if outlet.corks > 0 {
            return VecDeque::new();
        }
        self.collect(&mut outlet);
        let (frames, bytes) = outlet.outbox.waiting();
        self.endpoint.telemetry().count_out(&mut Out {
            turns: 0,
            messages: frames as u64,
            bytes: bytes as u64,
        });
        outlet.outbox.take()
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
        self.write_and_count(&mut outlet);
    }

    fn write_and_count(self: &Arc<Self>, outlet: &mut Outlet) {
        let mut out = Out::default();
        self.write(outlet, &mut out);
        self.endpoint.telemetry().count_out(&mut out);
    }
}

/// What a connection reads.
impl Connection {
    /// Reads a topic from here on, until what is returned is dropped.
    /// Events of `except` are not read.
    pub fn read(self: &Arc<Self>, topic: &Arc<str>, id: SubscriberId, except: Events) -> Reads {
        let mut outlet = self.outlet.lock();
        let reading = self.endpoint.topics().read(topic, self.clone(), id, except);
        outlet.readings.push(reading);
        Reads { connection: self.clone(), id }
    }

    /// Queues what was broadcast and not read yet, in the order in which it was.
    fn collect(self: &Arc<Self>, outlet: &mut Outlet) {
        if !outlet.readings.iter().any(Reading::is_behind) {
            return;
        }
        // Of what is broadcast meanwhile some would come before what it follows.
        let until = self.endpoint.topics().next_number();
        let mut owed = Vec::new();
        outlet.readings.iter_mut().for_each(|reading| reading.read(until, &mut owed));
        if outlet.readings.len() > 1 {
            owed.sort_unstable_by_key(|logged| logged.number);
        }
        for logged in owed {
            if let Some(frame) = logged.broadcast.frame(self.format) {
                self.queue(outlet, frame.clone());
            }
        }
    }

    /// Writes news from where they stand, as long as nothing else is owed and nothing needs to be queued.
    /// Returns whether it has.
    fn write_news(self: &Arc<Self>, outlet: &mut Outlet, news: &News<'_>, out: &mut Out) -> bool {
        let Wire::WebSocket(stream) = &self.wire else { return false };
        let is_idle = outlet.may_write() && outlet.outbox.is_empty() && !outlet.outbox.is_closed();
        let more_waits = |reading: &Reading| !reading.is_of(news) && reading.is_behind();
        if !is_idle || outlet.readings.iter().any(more_waits) {
            return false;
        }
        let reading = outlet.readings.iter_mut().find(|reading| reading.is_of(news));
        let Some(reading) = reading else { return true };
        let unread = reading.unread(news).filter_map(|broadcast| broadcast.frame(self.format));
        let mut slices = [IoSlice::new(&[]); Outbox::SLICES];
        let (mut count, mut has_states) = (0, false);
        for frame in unread.clone() {
            has_states |= frame.conflate.is_some();
            // Of several states only the newest is written.
            if count == slices.len() || has_states && count > 0 {
                return false;
            }
            slices[count] = IoSlice::new(&frame.bytes);
            count += 1;
        }
        reading.advance(news);
        if count == 0 {
            return true;
        }
        // An error shows again when what is left is written.
        let mut written = stream.send(&slices[..count]).unwrap_or(0);
        out.bytes += written as u64;
        for frame in unread {
            if let Some(rest) = written.checked_sub(frame.bytes.len()) {
                written = rest;
                out.messages += 1;
            } else {
                self.queue(outlet, frame.clone());
                outlet.outbox.wrote(std::mem::take(&mut written));
            }
        }
        outlet.outbox.is_empty()
    }
}

impl Reader for Connection {
    fn catch_up(self: Arc<Self>, news: &News<'_>, out: &mut Out) {
        let mut outlet = self.outlet.lock();
        if self.write_news(&mut outlet, news, out) {
            out.turns += 1;
        } else {
            self.write(&mut outlet, out);
        }
    }
}

impl Drop for Reads {
    fn drop(&mut self) {
        let mut outlet = self.connection.outlet.lock();
        // Whatever was broadcast before still arrives.
        self.connection.collect(&mut outlet);
        let position = outlet.readings.iter().position(|reading| reading.id() == self.id);
        let reading = position.map(|position| outlet.readings.swap_remove(position));
        if !outlet.outbox.is_empty() {
            self.connection.schedule(&mut outlet);
        }
        drop(outlet);
        if let Some(reading) = reading {
            self.connection.endpoint.topics().leave(reading.topic(), reading.place());
        }
    }
}

impl Drop for Cork<'_> {
    fn drop(&mut self) {
        let mut outlet = self.0.outlet.lock();
        outlet.corks -= 1;
        self.0.write_and_count(&mut outlet);
    }
}
