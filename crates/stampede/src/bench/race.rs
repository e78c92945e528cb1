//! Rooms of the game in which everybody races at once, in timed heats with a console each.
//!
//! An open loop: fingers do not wait for the server. A tap counts from when it was due to the first positions
//! on the room's console that hold as many taps as were due until then.

mod room;

use std::time::Duration;

use anyhow::bail;
use hdrhistogram::Histogram;

use self::room::Room;
use super::{Bench, Outcome, Run, Scenario};
use crate::{
    crowd::{Arrival, Crowd, Seat},
    guest::Guest,
    herd::{Herd, Width},
    human::Fingers,
    measure::{Latency, Measured, histogram},
    rooms,
    wire::{Message, write_text},
};

/// Who races.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Racing {
    /// Phones in all rooms together.
    pub phones: usize,
    /// In so many rooms; none is the house room.
    pub rooms: Option<usize>,
    /// Of each phone.
    pub taps_per_second: f64,
}

/// From the start to the gun.
const COUNTDOWN: Duration = Duration::from_secs(3);
/// Fingers rest so long before the end of the heat: what is made in the heat, and no more, must count.
const REST: Duration = Duration::from_secs(1);
/// How long after the end of the heat everybody must have heard how it came out.
const PATIENCE: Duration = Duration::from_secs(20);

/// The consoles are the first members of the crowd, one a room, and then come the guests, room by room.
struct Race {
    rooms: Vec<Room>,
    guests: Vec<Guest>,
    claims: u64,
    /// Guests who have heard their final count.
    finals: usize,
    /// Those whose count is not what they made.
    wrong: Vec<String>,
    refusals: Vec<String>,
    lags: Histogram<u64>,
    ticks_late: Histogram<u64>,
    /// What is sent next, as text and in its frame: buffers that are used again.
    claim: String,
    frame: Vec<u8>,
}

impl Race {
    fn room_of(&self, guest: usize) -> usize {
        guest % self.rooms.len()
    }

    fn wake_later(&self, herd: &mut Herd, guest: usize) {
        if let Some(due) = self.guests[guest].wakes_at() {
            // One that is due already waits for something else, an answer to its join.
            let at = if due > herd.now() { due } else { herd.now() + Duration::from_millis(1) };
            herd.alarm_at(at, guest as u64);
        }
    }

    fn is_over(&self) -> bool {
        self.finals == self.guests.len() && self.rooms.iter().all(|room| room.results.is_some())
    }

    fn hear_guest(&mut self, herd: &mut Herd, number: usize, message: &Message<'_>) {
        match message.event {
            b"\"phase\"" => {
                self.guests[number].follow(message, herd.now());
                self.wake_later(herd, number);
            }
            b"\"you\"" => {
                let Some(count) = self.guests[number].finished(message) else { return };
                self.finals += 1;
                if count.counted != count.made {
                    let told = String::from_utf8_lossy(message.payload);
                    self.wrong
                        .push(format!("{} made {}, was told {told}", self.guests[number].name, count.made));
                }
            }
            _ => {}
        }
    }

    fn hear_console(&mut self, herd: &Herd, number: usize, message: &Message<'_>) {
        let room = &mut self.rooms[number];
        match message.event {
            b"\"tick\"" => room.tick(message, herd.now(), &mut self.lags, &mut self.ticks_late),
            b"\"results\"" => room.come_out(message),
            b"\"phx_reply\"" if message.reference == b"\"2\"" && !message.is_ok() => {
                self.refusals.push(String::from_utf8_lossy(message.payload).into_owned());
            }
            _ => {}
        }
    }

    /// What must be so after a race, and is not.
    fn faults(&self) -> Vec<String> {
        let mut faults = self.refusals.clone();
        let silent = self.guests.len() - self.finals;
        if silent > 0 {
            faults.push(format!("{silent} phones were not told their final count"));
        }
        if let Some(first) = self.wrong.first() {
            faults.push(format!("{} counts are wrong, the first one: {first}", self.wrong.len()));
        }
        let wrong: Vec<String> = self.rooms.iter().filter_map(Room::fault).collect();
        if let Some(first) = wrong.first() {
            faults.push(format!("{} rooms came out wrong, the first one: {first}", wrong.len()));
        }
        faults
    }
}

impl Scenario for Race {
    fn joined(&mut self, herd: &mut Herd, _: &Crowd, member: usize, message: &Message<'_>) {
        if let Some(number) = member.checked_sub(self.rooms.len()) {
            self.guests[number].joined(message, herd.now());
        }
    }

    fn message(&mut self, herd: &mut Herd, _: &Crowd, member: usize, message: &Message<'_>) {
        match member.checked_sub(self.rooms.len()) {
            Some(number) => self.hear_guest(herd, number, message),
            None => self.hear_console(herd, member, message),
        }
    }

    fn alarm(&mut self, herd: &mut Herd, crowd: &Crowd, alarm: u64) {
        let number = usize::try_from(alarm).unwrap_or_default();
        // Of two alarms for the same the later one finds nothing to do.
        let Some(due) = self.guests[number].wakes_at().filter(|due| *due <= herd.now()) else { return };
        herd.acts(due);
        let at = self.room_of(number);
        let Room { play, taps, .. } = &mut self.rooms[at];
        let is_time = self.guests[number].tap(play, herd.now(), &mut self.claim, |due| taps.add(due));
        if let Some(socket) = crowd.socket(self.rooms.len() + number).filter(|_| is_time) {
            self.claims += 1;
            self.frame.clear();
            write_text(&mut self.frame, self.claim.as_bytes());
            herd.send(socket, &self.frame);
        }
        self.wake_later(herd, number);
    }
}

impl Bench {
    /// Measures phones that race: what a claim costs, and what screens and phones wait for.
    ///
    /// # Errors
    /// When not all of them get in, no race starts, or the server's process cannot be looked at.
    pub fn race(&self, racing: Racing) -> Outcome {
        let before = self.rss()?;
        let (mut herd, mut run) = self.gather_race(racing)?;
        // The rooms' own memory is that of who sits in them.
        let joined = self.rss()?;
        let length = self.window.warm_up + self.window.length + REST;
        run.start(&mut herd, length + REST)?;
        let gun = herd.now() + COUNTDOWN;
        herd.run(&mut run, |_, herd| herd.now() >= gun + self.window.warm_up)?;
        run.clear();
        herd.late.clear();
        let claims = run.scenario.claims;
        let (cpu, seconds) = self.measure(&mut herd, &mut run)?;
        let Race { rooms, ticks_late, .. } = &mut run.scenario;
        // A room that has stopped ticking tells nothing of it.
        rooms.iter_mut().for_each(|room| room.stand_still(herd.now(), ticks_late));
        let (rss, claims) = (self.rss()?, run.scenario.claims - claims);
        let measured = Measured {
            count: claims,
            seconds,
            cpu,
            rss,
            rss_per_client: Some(joined.saturating_sub(before) as f64 / racing.phones as f64),
            latency: Latency::of(&run.scenario.lags),
            heartbeats: Latency::of(&run.crowd.heartbeats),
            ticks_late: Latency::of(&run.scenario.ticks_late),
            generator_late: Latency::of(&herd.late),
            ..Measured::new(racing.to_string(), racing.phones, "claim")
        };
        let patience = gun + length + REST + PATIENCE;
        herd.run(&mut run, |run, herd| run.scenario.is_over() || herd.now() >= patience)?;
        let faults = run.faults().into_iter().chain(run.scenario.faults()).collect();
        Ok(Measured { faults, ..measured })
    }

    fn gather_race(&self, racing: Racing) -> anyhow::Result<(Herd, Run<Race>)> {
        let rooms = match racing.rooms {
            None => vec![Room::house()],
            Some(count) => (0..count)
                .map(|_| rooms::make(&self.target).map(|room| Room::made_for(&room)))
                .collect::<anyhow::Result<Vec<Room>>>()?,
        };
        if rooms.is_empty() || racing.phones < rooms.len() {
            bail!("a room without phones has no race");
        }
        let rests_after = Some(self.window.warm_up + self.window.length + REST);
        let guest = |number| {
            let fingers = Fingers::tireless(1, number, racing.taps_per_second);
            let mut guest = Guest::new(format!("Phone {}", number + 1), fingers);
            guest.rests_after = rests_after;
            guest
        };
        let guests: Vec<Guest> = (0..racing.phones).map(guest).collect();
        let consoles = rooms.iter().map(Room::console_seat);
        let phones = guests.iter().enumerate().map(|(number, guest)| Seat {
            topic: rooms[number % rooms.len()].play.clone(),
            params: guest.params(),
            width: Width::Wide,
        });
        let seats = consoles.chain(phones).collect();
        let race = Race {
            rooms,
            guests,
            claims: 0,
            finals: 0,
            wrong: Vec::new(),
            refusals: Vec::new(),
            lags: histogram(),
            ticks_late: histogram(),
            claim: String::new(),
            frame: Vec::new(),
        };
        self.gather(seats, Arrival::Storm, race)
    }
}

impl Run<Race> {
    /// All hosts start a heat of this length, at once.
    fn start(&mut self, herd: &mut Herd, length: Duration) -> anyhow::Result<()> {
        // What was sent to all who were joining may still be on its way.
        let settled = herd.now() + Duration::from_secs(1);
        herd.run(self, |_, herd| herd.now() >= settled)?;
        for (number, room) in self.scenario.rooms.iter().enumerate() {
            if let Some(socket) = self.crowd.socket(number) {
                let mut frame = Vec::new();
                write_text(&mut frame, room.start(COUNTDOWN, length).as_bytes());
                herd.send(socket, &frame);
            }
        }
        Ok(())
    }

    /// From here on is measured.
    fn clear(&mut self) {
        self.scenario.lags.clear();
        self.scenario.ticks_late.clear();
        self.crowd.heartbeats.clear();
    }
}

impl std::fmt::Display for Racing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.rooms {
            None => f.write_str("race"),
            Some(rooms) => write!(f, "race in {rooms} rooms"),
        }
    }
}
