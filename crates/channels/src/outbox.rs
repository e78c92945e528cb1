//! What a client is still owed: a queue of frames that is bounded in bytes.
//!
//! It holds nothing while nothing is owed. It knows no socket: the transport takes frames from it
//! and says how many bytes went out.

use std::{collections::VecDeque, io::IoSlice, sync::Arc};

use crate::frame::Frame;

/// A queue of frames. Full means: this client is too slow (see [`Outbox::push`]).
pub(crate) struct Outbox {
    frames: VecDeque<Arc<Frame>>,
    /// Bytes of `frames` that are not written yet.
    bytes: usize,
    /// Bytes of the first frame that are.
    written: usize,
    limit: usize,
    closed: bool,
}

/// What became of a frame that was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queued {
    Added,
    /// It took the place of its older self.
    Replaced,
}

/// Why a frame was not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// The client reads too slowly: its queue has reached its limit.
    TooSlow,
    /// The last frame was queued already.
    Closed,
}

impl Outbox {
    /// A queue that takes `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { frames: VecDeque::new(), bytes: 0, written: 0, limit, closed: false }
    }

    /// Queues a frame. A conflated one replaces its older self, if that still waits.
    ///
    /// The bound counts what waits in front of the frame and not the frame, so that one message of
    /// any size goes to a client that keeps up.
    pub fn push(&mut self, frame: Arc<Frame>) -> Result<Queued, Rejected> {
        if self.closed {
            return Err(Rejected::Closed);
        }
        if frame.conflate.is_some() {
            let untouched = usize::from(self.written > 0);
            let older =
                self.frames.iter().skip(untouched).rposition(|older| older.conflate == frame.conflate);
            if let Some(older) = older.and_then(|position| self.frames.get_mut(position + untouched)) {
                self.bytes = self.bytes - older.bytes.len() + frame.bytes.len();
                *older = frame;
                return Ok(Queued::Replaced);
            }
        }
        if self.bytes > self.limit {
            return Err(Rejected::TooSlow);
        }
        self.bytes += frame.bytes.len();
        self.frames.push_back(frame);
        Ok(Queued::Added)
    }

    /// Queues the last frame there will be (some transports have none), whatever waits. With
    /// `at_once`, what waits is dropped (but for the rest of a frame that is half written).
    pub fn close(&mut self, frame: Option<Arc<Frame>>, at_once: bool) {
        if self.closed {
            return;
        }
        self.closed = true;
        if at_once {
            self.frames.truncate(usize::from(self.written > 0));
            self.bytes = self.frames.front().map_or(0, |frame| frame.bytes.len() - self.written);
        }
        if let Some(frame) = frame {
            self.bytes += frame.bytes.len();
            self.frames.push_back(frame);
        }
    }

    /// Takes no more, and forgets what waits: nobody will read it.
    pub fn abandon(&mut self) {
        self.closed = true;
        self.frames = VecDeque::new();
        self.bytes = 0;
        self.written = 0;
    }

    /// Takes everything that waits.
    pub fn take(&mut self) -> VecDeque<Arc<Frame>> {
        self.bytes = 0;
        self.written = 0;
        std::mem::take(&mut self.frames)
    }

    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// How many frames wait, and how many bytes of them.
    pub fn waiting(&self) -> (usize, usize) {
        (self.frames.len(), self.bytes)
    }

    /// Whether nothing more is taken.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// As many frames are written in one system call.
    pub const SLICES: usize = 64;

    /// Fills `slices` with what is to be written next, and returns how many it filled.
    pub fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut count = 0;
        for (slice, frame) in slices.iter_mut().zip(&self.frames) {
            let skip = if count == 0 { self.written } else { 0 };
            *slice = IoSlice::new(&frame.bytes[skip..]);
            count += 1;
        }
        count
    }

    /// Notes that `count` bytes were written.
    pub fn wrote(&mut self, count: usize) {
        self.bytes -= count;
        self.written += count;
        while let Some(frame) = self.frames.front().filter(|frame| frame.bytes.len() <= self.written) {
            self.written -= frame.bytes.len();
            self.frames.pop_front();
        }
        if self.frames.is_empty() {
            self.frames = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::ConflateKey;

    fn frame(text: &str) -> Arc<Frame> {
        Arc::new(Frame { bytes: text.into(), conflate: None })
    }

    fn state(topic: &str, text: &str) -> Arc<Frame> {
        Arc::new(Frame { bytes: text.into(), conflate: Some(ConflateKey::new(&topic.into(), "tick")) })
    }

    fn waiting(outbox: &Outbox) -> String {
        let mut slices = [IoSlice::new(&[]); 16];
        let count = outbox.slices(&mut slices);
        slices[..count]
            .iter()
            .map(|slice| String::from_utf8_lossy(slice).into_owned())
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn frames_come_out_in_the_order_they_went_in() {
        let mut outbox = Outbox::new(100);
        for text in ["one", "two", "three"] {
            outbox.push(frame(text)).expect("room");
        }
        assert_eq!(waiting(&outbox), "one|two|three");
        outbox.wrote(4);
        assert_eq!(waiting(&outbox), "wo|three");
        outbox.wrote(7);
        assert!(outbox.is_empty());
    }

    #[test]
    fn a_newer_state_replaces_an_older_one_that_still_waits() {
        let mut outbox = Outbox::new(100);
        outbox.push(state("a", "a1")).expect("room");
        outbox.push(state("b", "b1")).expect("room");
        outbox.push(frame("event")).expect("room");
        outbox.push(state("a", "a2")).expect("room");
        assert_eq!(waiting(&outbox), "a2|b1|event");
    }

    #[test]
    fn a_state_that_is_half_written_is_not_replaced() {
        let mut outbox = Outbox::new(100);
        outbox.push(state("a", "first")).expect("room");
        outbox.wrote(2);
        outbox.push(state("a", "second")).expect("room");
        outbox.push(state("a", "third")).expect("room");
        assert_eq!(waiting(&outbox), "rst|third");
    }

    #[test]
    fn a_client_that_does_not_read_is_too_slow_past_the_limit() {
        let mut outbox = Outbox::new(10);
        outbox.push(frame("a message longer than the limit")).expect("nothing waits in front of it");
        assert_eq!(outbox.push(frame("x")), Err(Rejected::TooSlow));
        outbox.wrote(21);
        outbox.push(frame("x")).expect("ten bytes wait, which is the limit");
        assert_eq!(outbox.push(frame("y")), Err(Rejected::TooSlow));
    }

    #[test]
    fn states_of_a_client_that_does_not_read_take_no_more_than_one_place() {
        let mut outbox = Outbox::new(10);
        for number in 0..1000 {
            outbox.push(state("a", &format!("state {number}"))).expect("the older one makes room");
        }
        assert_eq!(waiting(&outbox), "state 999");
    }

    #[test]
    fn nothing_follows_the_last_frame() {
        let mut outbox = Outbox::new(100);
        outbox.push(frame("one")).expect("room");
        outbox.push(frame("two")).expect("room");
        outbox.wrote(1);
        outbox.close(Some(frame("bye")), true);
        assert_eq!(outbox.push(frame("late")), Err(Rejected::Closed));
        assert_eq!(waiting(&outbox), "ne|bye");
    }

    #[test]
    fn an_empty_queue_holds_no_memory_of_a_burst() {
        let mut outbox = Outbox::new(1_000_000);
        for _ in 0..1000 {
            outbox.push(frame("x")).expect("room");
        }
        outbox.wrote(1000);
        assert_eq!(outbox.frames.capacity(), 0);
    }
}
