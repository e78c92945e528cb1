//! One room of a race: what its phones have made, and what its console has heard of it.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use crate::{
    crowd::Seat,
    herd::Width,
    measure::micros,
    rooms,
    wire::{Message, push, quoted},
};

/// Consoles hear of what has moved this often.
const TICK: Duration = Duration::from_millis(50);

/// A room, seen from outside.
#[derive(Debug)]
pub struct Room {
    /// What its phones join.
    pub play: String,
    console: String,
    host: Option<String>,
    /// Of its phones.
    pub taps: Taps,
    /// Where each lane was told to be, and their sum.
    lanes: Vec<u64>,
    sum: u64,
    ticked_at: Option<Instant>,
    /// Taps in the final results.
    pub results: Option<u64>,
}

/// Taps that were made in a room.
#[derive(Debug, Default)]
pub struct Taps {
    made: u64,
    /// So many of them the console has heard of.
    heard: u64,
    /// When each of the others was due.
    due: VecDeque<Instant>,
}

impl Taps {
    /// One more, which was due then.
    pub fn add(&mut self, due: Instant) {
        self.made += 1;
        self.due.push_back(due);
    }

    /// So many are counted by now.
    fn count(&mut self, counted: u64, now: Instant, lags: &mut Histogram<u64>) {
        while self.heard < counted
            && let Some(due) = self.due.pop_front()
        {
            self.heard += 1;
            lags.saturating_record(micros(now.saturating_duration_since(due)));
        }
    }
}

impl Room {
    /// The one that always exists.
    pub fn house() -> Room {
        Room::new("play".to_owned(), "console".to_owned(), None)
    }

    /// One that was made for this race.
    pub fn made_for(room: &rooms::Room) -> Room {
        let (play, console) = (format!("play:{}", room.code), format!("console:{}", room.code));
        Room::new(play, console, Some(room.host.clone()))
    }

    fn new(play: String, console: String, host: Option<String>) -> Room {
        Room {
            play,
            console,
            host,
            taps: Taps::default(),
            lanes: Vec::new(),
            sum: 0,
            ticked_at: None,
            results: None,
        }
    }

    /// As its host.
    pub fn console_seat(&self) -> Seat {
        let token = self.host.as_ref().map(|token| format!("\"host\":{}", quoted(token)));
        Seat {
            topic: self.console.clone(),
            params: format!("{{{}}}", token.unwrap_or_default()),
            width: Width::Wide,
        }
    }

    /// The host's push that starts a heat of at least this length.
    pub fn start(&self, countdown: Duration, length: Duration) -> String {
        let (countdown, seconds) = (countdown.as_millis(), length.as_secs_f64().ceil());
        let rules = format!(r#"{{"mode":"timed","seconds":{seconds},"countdown":{countdown}}}"#);
        push(1, 2, &self.console, "start", &format!("{{\"rules\":{rules}}}"))
    }

    /// The console hears where the lanes are: of a crowd the sum and some of them, else all that moved.
    pub fn tick(
        &mut self,
        message: &Message<'_>,
        now: Instant,
        lags: &mut Histogram<u64>,
        late: &mut Histogram<u64>,
    ) {
        self.mark(now, late);
        for (lane, taps) in lanes(message.payload) {
            self.move_lane(lane, taps);
        }
        self.taps.count(message.number("total").unwrap_or(self.sum), now, lags);
    }

    /// What is late by several ticks is so for each of them, and one that has not come by now is late too.
    pub fn mark(&mut self, now: Instant, late: &mut Histogram<u64>) {
        if let Some(before) = self.ticked_at.replace(now) {
            let by = now.saturating_duration_since(before).saturating_sub(TICK);
            // A value within the bounds of the histogram, which saturates.
            let _ = late.record_correct(micros(by).min(late.high()), micros(TICK));
        }
    }

    /// At the end: a tick that has been due for a while is late as if it came now.
    pub fn stand_still(&mut self, now: Instant, late: &mut Histogram<u64>) {
        if self.ticked_at.is_none_or(|at| now.saturating_duration_since(at) > TICK) {
            self.mark(now, late);
        }
    }

    fn move_lane(&mut self, lane: usize, taps: u64) {
        if self.lanes.len() <= lane {
            self.lanes.resize(lane + 1, 0);
        }
        let before = std::mem::replace(&mut self.lanes[lane], taps);
        self.sum = (self.sum + taps).saturating_sub(before);
    }

    /// Takes the results, when they are final.
    pub fn come_out(&mut self, message: &Message<'_>) {
        if memchr::memmem::find(message.payload, b"\"final\":true").is_some() {
            // Results that tell no sum are none.
            self.results = message.number("total");
        }
    }

    /// What is wrong with the results.
    pub fn fault(&self) -> Option<String> {
        match self.results {
            None => Some(format!("no final results in {}", self.console)),
            Some(total) if total != self.taps.made => {
                Some(format!("{} taps were made in {}, {total} counted", self.taps.made, self.console))
            }
            Some(_) => None,
        }
    }
}

/// The pairs of `"lanes":[[1,20],[7,3]]`.
fn lanes(payload: &[u8]) -> impl Iterator<Item = (usize, u64)> {
    let key = b"\"lanes\":[";
    let start = memchr::memmem::find(payload, key).map_or(payload.len(), |at| at + key.len());
    let list = &payload[start..];
    let end = memchr::memmem::find(list, b"]]").unwrap_or(0);
    list[..end].split(|byte| *byte == b']').filter_map(|pair| {
        let text = std::str::from_utf8(pair).ok()?;
        let (lane, taps) = text.trim_start_matches([',', '[', ' ']).split_once(',')?;
        Some((lane.trim().parse().ok()?, taps.trim().parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message<'_> {
        Message::split(text.as_bytes()).expect("a message")
    }

    fn heard(room: &mut Room, payload: &str, now: Instant) -> Vec<u64> {
        let (mut lags, mut late) = (crate::measure::histogram(), crate::measure::histogram());
        let text = format!(r#"[null,null,"console","tick",{payload}]"#);
        room.tick(&message(&text), now, &mut lags, &mut late);
        lags.iter_recorded().map(|lag| lag.value_iterated_to() / 1000).collect()
    }

    #[test]
    fn a_tap_is_heard_of_when_the_lanes_hold_as_many() {
        let now = Instant::now();
        let after = |millis| now + Duration::from_millis(millis);
        let mut room = Room::house();
        [0, 10, 20].into_iter().for_each(|millis| room.taps.add(after(millis)));
        assert_eq!(heard(&mut room, r#"{"heat":1,"t":5,"lanes":[[4,1]]}"#, after(50)), [50]);
        assert_eq!(heard(&mut room, r#"{"heat":1,"t":5,"lanes":[[4, 1], [12,2]]}"#, after(100)), [80, 90]);
        assert_eq!(heard(&mut room, r#"{"heat":1,"t":5,"lanes":[]}"#, after(150)), Vec::<u64>::new());
    }

    #[test]
    fn each_tick_that_was_due_while_a_room_stood_still_is_late() {
        let now = Instant::now();
        let mut late = crate::measure::histogram();
        let mut room = Room::house();
        for millis in [0, 50, 100, 600, 650] {
            room.mark(now + Duration::from_millis(millis), &mut late);
        }
        // 450 ms, 400, ... and 50; and three in time.
        assert_eq!((late.len(), late.count_between(1, u64::MAX)), (12, 9));
        assert!((449_000..452_000).contains(&late.max()));
    }

    #[test]
    fn of_a_crowd_the_total_counts_and_not_the_few_lanes_that_are_told() {
        let now = Instant::now();
        let mut room = Room::house();
        [0, 1, 2].into_iter().for_each(|_| room.taps.add(now));
        let after = now + Duration::from_millis(20);
        assert_eq!(heard(&mut room, r#"{"lanes":[[4,1]],"field":90,"total":3}"#, after).len(), 1);
        assert_eq!((room.taps.heard, room.taps.due.len()), (3, 0));
    }

    #[test]
    fn results_that_are_not_final_or_not_the_sum_of_all_taps_are_a_fault() {
        let mut room = Room::house();
        room.taps.add(Instant::now());
        room.come_out(&message(r#"[null,null,"console","results",{"final":false,"total":1}]"#));
        assert!(room.fault().is_some_and(|fault| fault.contains("no final results")));
        room.come_out(&message(r#"[null,null,"console","results",{"final":true,"total":2}]"#));
        assert_eq!(room.fault().as_deref(), Some("1 taps were made in console, 2 counted"));
        room.come_out(&message(r#"[null,null,"console","results",{"final":true,"total":1}]"#));
        assert_eq!(room.fault(), None);
    }
}
