//! One guest of a race: its seat, its clock, its count.

use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::{
    herd::SocketId,
    human::Fingers,
    wire::{Message, push, quoted, write_push},
};

/// A phone that taps on sends its count this often, unless the server wants it less often.
const REPORT_EVERY: Duration = Duration::from_millis(50);
/// A sign of life is promised this often, in milliseconds, and with it a last word: then the end of a heat
/// waits for it. Who taps until the end gives more of them than that.
const ALIVE: u32 = 2000;

/// Somebody with a phone.
#[derive(Debug)]
pub struct Guest {
    /// As typed.
    pub name: String,
    /// The phone's connection, while there is one.
    pub socket: Option<SocketId>,
    /// Let in, and not left since.
    pub is_seated: bool,
    /// Since when this guest wants in and is not.
    pub away_since: Option<Instant>,
    /// What to come back with.
    seat: Option<String>,
    /// Which racer it is.
    pub racer: Option<u32>,
    /// Fingers do not know of connections.
    pub fingers: Fingers,
    /// Taps are made up to this time after the gun; without it, until the heat is over.
    pub rests_after: Option<Duration>,
    heat: Option<Heat>,
    /// A heat that began before this guest came.
    looks_on: Option<u64>,
    report_every: Duration,
    references: u32,
}

/// A heat that this guest is in.
#[derive(Copy, Clone, Debug)]
struct Heat {
    number: u64,
    go_at: Instant,
    next_tap: Instant,
    taps: u64,
    last_tap: Option<Instant>,
    /// What the server was told last, and when.
    sent: u64,
    sent_at: Option<Instant>,
    is_over: bool,
    has_said_last: bool,
}

impl Heat {
    /// Whether the next tap would be too late to be made.
    fn rests(&self, after: Option<Duration>) -> bool {
        after.is_some_and(|after| self.next_tap > self.go_at + after)
    }
}

/// The reply to a join of `play`, as far as anything follows from it.
#[derive(Debug, Deserialize)]
struct Joined {
    response: Response,
}

#[derive(Debug, Deserialize)]
struct Response {
    seat: String,
    racer: Racer,
}

#[derive(Debug, Deserialize)]
struct Racer {
    id: u32,
}

/// What a guest's count came to.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Final {
    /// Taps made and told.
    pub made: u64,
    /// Taps that the server has heard of.
    pub claimed: u64,
    /// Those of them that count.
    pub counted: u64,
}

impl Guest {
    /// Who has not come yet.
    pub fn new(name: String, fingers: Fingers) -> Guest {
        Guest {
            name,
            socket: None,
            is_seated: false,
            away_since: None,
            seat: None,
            racer: None,
            fingers,
            rests_after: None,
            heat: None,
            looks_on: None,
            report_every: REPORT_EVERY,
            references: 1,
        }
    }

    /// What to join with, as JSON.
    pub fn params(&self) -> String {
        let seat = self.seat.as_ref().map_or(String::new(), |seat| format!(",\"seat\":{}", quoted(seat)));
        format!("{{\"name\":{},\"alive\":{ALIVE}{seat}}}", quoted(&self.name))
    }

    /// What to say first on a new connection.
    pub fn join(&mut self, topic: &str) -> String {
        self.references = 1;
        push(1, 1, topic, "phx_join", &self.params())
    }

    /// Let in; a heat that is on goes on.
    pub fn joined(&mut self, message: &Message<'_>, now: Instant) {
        if let Ok(joined) = serde_json::from_slice::<Joined>(message.payload) {
            self.seat = Some(joined.response.seat);
            self.racer = Some(joined.response.racer.id);
        }
        self.is_seated = true;
        self.away_since = None;
        // Who comes when a heat is on looks on until the next one.
        let looks_on = memchr::memmem::find(message.payload, b"\"in_heat\":false").is_some()
            && matches!(message.text("phase"), Some(b"countdown" | b"running"));
        self.looks_on = message.number("heat").filter(|_| looks_on);
        self.follow(message, now);
    }

    /// A phase, told by itself or with the reply to the join.
    pub fn follow(&mut self, message: &Message<'_>, now: Instant) {
        let (Some(number), Some(phase)) = (message.number("heat"), message.text("phase")) else { return };
        if let Some(every) = message.number("report_every") {
            self.report_every = Duration::from_millis(every);
        }
        let go_at = || {
            let (go_at, server_now) = (message.number("go_at")?, message.number("now")?);
            let ahead = Duration::from_millis(go_at.saturating_sub(server_now));
            let ago = Duration::from_millis(server_now.saturating_sub(go_at));
            (now + ahead).checked_sub(ago)
        };
        match phase {
            b"countdown" | b"running" if self.looks_on == Some(number) => self.heat = None,
            b"countdown" | b"running" => {
                // The same heat after a lost connection: the fingers have gone on.
                if self.heat.is_none_or(|heat| heat.number != number)
                    && let Some(go_at) = go_at()
                {
                    let next_tap = go_at.max(now) + self.fingers.reaction();
                    self.heat = Some(Heat {
                        number,
                        go_at,
                        next_tap,
                        taps: 0,
                        last_tap: None,
                        sent: 0,
                        sent_at: None,
                        is_over: false,
                        has_said_last: false,
                    });
                } else if let Some(heat) = &mut self.heat {
                    // Whatever was told on the lost connection is told again.
                    (heat.sent, heat.has_said_last) = (0, false);
                }
            }
            _ => {
                if let Some(heat) = self.heat.as_mut().filter(|heat| heat.number == number) {
                    heat.is_over = true;
                }
            }
        }
    }

    /// When there is next something to do.
    pub fn wakes_at(&self) -> Option<Instant> {
        let heat = self.heat.as_ref()?;
        if heat.is_over {
            return (!heat.has_said_last).then_some(heat.go_at);
        }
        let report = heat.sent_at.map_or(heat.go_at, |sent_at| sent_at + self.report_every);
        let report = (heat.taps > heat.sent).then_some(report);
        let tap = (!heat.rests(self.rests_after)).then_some(heat.next_tap);
        report.into_iter().chain(tap).min()
    }

    /// Taps that are due, each of which `made` is told of by the time when it was; and whether it is time to
    /// tell the server of them, with what is then in `claim`.
    pub fn tap(
        &mut self,
        topic: &str,
        now: Instant,
        claim: &mut String,
        mut made: impl FnMut(Instant),
    ) -> bool {
        let Some(heat) = self.heat.as_mut() else { return false };
        while !heat.is_over && heat.next_tap <= now && !heat.rests(self.rests_after) {
            made(heat.next_tap);
            heat.taps += 1;
            heat.last_tap = Some(heat.next_tap);
            heat.next_tap += self.fingers.next();
        }
        let is_due = if heat.is_over {
            !heat.has_said_last
        } else {
            heat.taps > heat.sent && heat.sent_at.is_none_or(|sent_at| now >= sent_at + self.report_every)
        };
        if !is_due || !self.is_seated {
            return false;
        }
        (heat.sent, heat.sent_at, heat.has_said_last) = (heat.taps, Some(now), heat.is_over);
        let at = heat.last_tap.map_or(0, |at| at.saturating_duration_since(heat.go_at).as_millis());
        let Heat { number, taps, is_over, .. } = heat;
        let made = format_args!("{{\"heat\":{number},\"n\":{taps},\"at\":{at},\"last\":{is_over}}}");
        self.references += 1;
        claim.clear();
        write_push(claim, 1, self.references, topic, "tap", made);
        true
    }

    /// The final count of this heat, if `message` is that.
    pub fn finished(&self, message: &Message<'_>) -> Option<Final> {
        let heat = self.heat.as_ref()?;
        let is_final = memchr::memmem::find(message.payload, b"\"final\":true").is_some();
        if !is_final || message.number("heat") != Some(heat.number) {
            return None;
        }
        let (claimed, counted) = (message.number("claimed")?, message.number("taps")?);
        Some(Final { made: heat.taps, claimed, counted })
    }
}
