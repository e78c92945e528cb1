//! A trace as bytes.
//!
//! ```text
//! trace  = whole step*  |  cut
//! step   = claim | outage
//! claim  = increase of the count * 2 + has_at,  arrival - last arrival,  [arrival - at]
//! outage = 0,  since,  until - since
//! ```
//!
//! Each is a varint (seven bits a byte, the lowest first); what may be negative has its sign in the lowest bit.

use thiserror::Error;

use super::{Trace, TraceStep};
use crate::time::Millis;

/// The first byte.
pub(super) const CUT: u8 = 0;
pub(super) const WHOLE: u8 = 1;
/// No heat is announced longer before its gun: from here on the arrivals are counted.
pub(super) const EARLIEST: Millis = Millis(-60_000);

/// Why bytes are no trace.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum BadTrace {
    /// More than [`Trace::MOST`].
    #[error("a trace is too long")]
    TooLong,
    /// Of no form that is known.
    #[error("a trace of an unknown form")]
    Form,
    /// A step that ends too early, or a number too large.
    #[error("a trace with a broken step")]
    Step,
}

/// A claim that arrived no earlier than the `last`.
pub(super) fn put_claim(bytes: &mut Vec<u8>, last: Millis, arrival: Millis, more: u32, at: Option<Millis>) {
    put(bytes, u64::from(more) << 1 | u64::from(at.is_some()));
    put(bytes, arrival.0.wrapping_sub(last.0) as u64);
    if let Some(at) = at {
        put(bytes, zigzag(arrival.0.wrapping_sub(at.0)));
    }
}

pub(super) fn put_outage(bytes: &mut Vec<u8>, since: Millis, until: Millis) {
    put(bytes, 0);
    put(bytes, zigzag(since.0));
    put(bytes, zigzag(until.0.wrapping_sub(since.0)));
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Whether it may be one; its steps are looked at by [`Steps`].
pub(super) fn check(bytes: &[u8]) -> Result<(), BadTrace> {
    match bytes {
        _ if bytes.len() > Trace::MOST => Err(BadTrace::TooLong),
        [CUT] | [WHOLE, ..] => Ok(()),
        _ => Err(BadTrace::Form),
    }
}

/// Reads the steps, up to the first that is broken.
pub(super) struct Steps<'b> {
    rest: &'b [u8],
    last: Millis,
    taps: u32,
}

impl<'b> Steps<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Steps<'b> {
        Steps { rest: bytes.get(1..).unwrap_or_default(), last: EARLIEST, taps: 0 }
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let part = u64::from(byte & 0x7f);
            // Of the tenth byte one bit is left.
            if part << shift >> shift != part {
                return None;
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn step(&mut self) -> Option<TraceStep> {
        let head = self.number()?;
        if head == 0 {
            let since = unzigzag(self.number()?);
            let until = since.wrapping_add(unzigzag(self.number()?));
            return Some(TraceStep::Outage { since: Millis(since), until: Millis(until) });
        }
        let more = u32::try_from(head >> 1).ok().filter(|more| *more > 0)?;
        self.taps = self.taps.checked_add(more)?;
        self.last = Millis(self.last.0.checked_add_unsigned(self.number()?)?);
        let arrival = self.last;
        let at = match head & 1 {
            0 => None,
            _ => Some(Millis(arrival.0.wrapping_sub(unzigzag(self.number()?)))),
        };
        Some(TraceStep::Claim { arrival, taps: self.taps, at })
    }
}

impl Iterator for Steps<'_> {
    type Item = Result<TraceStep, BadTrace>;

    fn next(&mut self) -> Option<Result<TraceStep, BadTrace>> {
        if self.rest.is_empty() {
            return None;
        }
        let step = self.step().ok_or(BadTrace::Step);
        if step.is_err() {
            self.rest = &[];
        }
        Some(step)
    }
}
