//! Guests who come into a room, race by the gun, lose their connection now and then, and talk.

mod faults;
mod party;

use std::{
    collections::{HashMap, VecDeque},
    io,
    time::{Duration, Instant},
};

use crate::{
    guest::Guest,
    herd::{Behaviour, Herd, Lost, SocketId, Width},
    human::Fingers,
    wire::{Message, push, quoted, write_text},
};

pub use party::{Counts, Party};

/// The guests, and the one who hosts.
pub struct Phones {
    party: Party,
    play: String,
    chat: String,
    console: String,
    guests: Vec<Guest>,
    by_socket: HashMap<SocketId, usize>,
    host: Option<SocketId>,
    /// For what happens now and then.
    chance: Fingers,
    /// Guests that there ever were.
    came: usize,
    /// Who is about to come, and when the next one may.
    coming: VecDeque<usize>,
    /// What has happened.
    pub counts: Counts,
}

/// At most so many join in one go, each of these.
const COMING: (usize, Duration) = (64, Duration::from_millis(10));
/// Who lost the connection is back within this time.
const BACK_WITHIN: Duration = Duration::from_secs(2);
/// Between two heats.
const PAUSE: Duration = Duration::from_secs(2);
/// Phoenix's clients give a sign of life this often.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// Alarms below this are those of the guest with the number.
const ALARMS: u64 = 1 << 48;
const COME: u64 = ALARMS;
const DROP: u64 = ALARMS + 1;
const CHAT: u64 = ALARMS + 2;
const START: u64 = ALARMS + 3;
const BEAT: u64 = ALARMS + 4;
const HOST: u64 = ALARMS + 5;
const LEAVE: u64 = ALARMS + 6;
/// And from here on those of who comes back.
const BACK: u64 = 1 << 50;

impl Phones {
    /// Guests who are about to come.
    pub fn new(party: Party) -> Phones {
        let topic = |name: &str| match &party.room {
            Some(code) => format!("{name}:{code}"),
            None => name.to_owned(),
        };
        Phones {
            play: topic("play"),
            console: topic("console"),
            chat: format!("chat:{}", party.room.as_deref().unwrap_or("lobby")),
            guests: (0..party.players).map(|number| party.guest(number)).collect(),
            coming: (0..party.players).collect(),
            chance: Fingers::new(!party.seed, 0, 1.0),
            came: party.players,
            party,
            by_socket: HashMap::new(),
            host: None,
            counts: Counts::default(),
        }
    }

    /// They begin to come.
    ///
    /// # Errors
    /// When the system has no files or ports for us.
    pub fn begin(&mut self, herd: &mut Herd) -> io::Result<()> {
        if self.party.hosts.is_some() {
            self.host = Some(herd.connect(Width::Wide)?);
        }
        herd.alarm(Duration::ZERO, COME);
        herd.alarm(HEARTBEAT / 2, BEAT);
        self.now_and_then(herd, self.party.drops_every, DROP);
        self.now_and_then(herd, self.party.leaves_every, LEAVE);
        self.now_and_then(herd, self.party.chats_every, CHAT);
        Ok(())
    }

    fn now_and_then(&mut self, herd: &mut Herd, every: Option<Duration>, alarm: u64) {
        if let Some(every) = every {
            // Half as often as that to twice as rarely.
            let after = every / 2 + self.chance.somewhere(every);
            herd.alarm(after, alarm);
        }
    }

    fn come(&mut self, herd: &mut Herd) {
        for _ in 0..COMING.0 {
            let Some(number) = self.coming.pop_front() else { return };
            self.connect(herd, number);
        }
        herd.alarm(COMING.1, COME);
    }

    fn connect(&mut self, herd: &mut Herd, number: usize) {
        self.guests[number].away_since.get_or_insert(herd.now());
        match herd.connect(Width::Wide) {
            Ok(socket) => {
                self.guests[number].socket = Some(socket);
                self.by_socket.insert(socket, number);
            }
            Err(error) => {
                self.counts.trouble = Some(error.to_string());
                self.come_back(herd, number);
            }
        }
    }

    fn come_back(&mut self, herd: &mut Herd, number: usize) {
        let after = self.chance.somewhere(BACK_WITHIN);
        herd.alarm(after, BACK + number as u64);
    }

    /// Somebody's phone is off the network.
    fn hang_up(&mut self, herd: &mut Herd, number: usize) {
        let guest = &mut self.guests[number];
        if let Some(socket) = guest.socket.take() {
            self.by_socket.remove(&socket);
            herd.drop_socket(socket);
        }
        if std::mem::take(&mut guest.is_seated) {
            self.counts.seated -= 1;
        }
    }

    /// Somebody leaves for good, and somebody new comes.
    fn replace(&mut self, herd: &mut Herd, number: usize) {
        if let Some(socket) = self.guests[number].socket {
            Phones::send(herd, socket, &push(1, 2, &self.play, "phx_leave", "{}"));
        }
        self.hang_up(herd, number);
        self.guests[number] = self.party.guest(self.came);
        self.came += 1;
        self.come_back(herd, number);
    }

    fn send(herd: &mut Herd, socket: SocketId, text: &str) {
        let mut frame = Vec::new();
        write_text(&mut frame, text.as_bytes());
        herd.send(socket, &frame);
    }

    /// What this guest's fingers have made meanwhile.
    fn tap(&mut self, herd: &mut Herd, number: usize) {
        let guest = &mut self.guests[number];
        // Of two alarms for the same the later one finds nothing to do.
        if guest.wakes_at().is_none_or(|due| due > herd.now()) {
            return;
        }
        let mut claim = String::new();
        let is_time = guest.tap(&self.play, herd.now(), &mut claim, |_| ());
        if let Some(socket) = guest.socket.filter(|_| is_time) {
            self.counts.claims += 1;
            Phones::send(herd, socket, &claim);
        }
        self.wake_later(herd, number);
    }

    fn wake_later(&mut self, herd: &mut Herd, number: usize) {
        let guest = &self.guests[number];
        if let Some(due) = guest.wakes_at().filter(|_| guest.is_seated) {
            herd.alarm_at(due.max(herd.now() + Duration::from_millis(1)), number as u64);
        }
    }

    fn hear_guest(&mut self, herd: &mut Herd, number: usize, message: &Message<'_>) {
        let now = herd.now();
        let guest = &mut self.guests[number];
        match message.event {
            b"\"phx_reply\"" if message.reference == b"\"1\"" && message.topic != b"\"phoenix\"" => {
                if message.is_ok() {
                    guest.joined(message, now);
                    self.counts.seated += 1;
                } else {
                    self.counts.trouble = Some(String::from_utf8_lossy(message.payload).into_owned());
                    self.hang_up(herd, number);
                    self.come_back(herd, number);
                    return;
                }
            }
            b"\"phase\"" => guest.follow(message, now),
            b"\"you\"" => {
                if let Some(count) = guest.finished(message) {
                    self.counts.taps += count.counted;
                    // Taps behind the end of a sprint do not count: what arrived is all that can be asked.
                    let of_all = if guest.rests_after.is_some() { count.counted } else { count.claimed };
                    if count.made == of_all {
                        self.counts.right += 1;
                    } else {
                        self.counts.wrong += 1;
                        let told = String::from_utf8_lossy(message.payload);
                        self.counts.trouble =
                            Some(format!("{} made {} taps, was told {told}", guest.name, count.made));
                    }
                }
                return;
            }
            b"\"kicked\"" | b"\"seat_taken\"" | b"\"phx_error\"" | b"\"phx_close\"" => {
                self.counts.closed += 1;
                self.counts.trouble = Some(String::from_utf8_lossy(message.event).into_owned());
                self.hang_up(herd, number);
                self.come_back(herd, number);
                return;
            }
            _ => return,
        }
        self.wake_later(herd, number);
    }

    fn hear_host(&mut self, herd: &mut Herd, message: &Message<'_>) {
        let phase = match message.event {
            b"\"phase\"" => message.text("phase"),
            b"\"phx_reply\"" if message.reference == b"\"1\"" => message.text("phase"),
            b"\"results\"" => {
                let is_final = memchr::memmem::find(message.payload, b"\"final\":true").is_some();
                self.counts.heats.extend(message.number("heat").filter(|_| is_final));
                return;
            }
            _ => return,
        };
        if phase == Some(b"countdown") && message.event == b"\"phase\"" {
            self.counts.started.extend(message.number("heat"));
            self.counts.started_at = Some(herd.now());
        }
        if matches!(phase, Some(b"lobby" | b"finished")) {
            herd.alarm(PAUSE, START);
        }
    }

    fn start(&mut self, herd: &mut Herd) {
        if let (Some(host), Some(rules)) = (self.host, &self.party.hosts) {
            if self.counts.seated == 0 {
                return herd.alarm(PAUSE, START);
            }
            Phones::send(herd, host, &push(1, 2, &self.console, "start", &format!("{{\"rules\":{rules}}}")));
        }
    }

    /// Somebody of those who are in.
    fn somebody(&mut self) -> Option<usize> {
        let number = self.chance.one_of(self.guests.len());
        self.guests.get(number).filter(|guest| guest.is_seated).map(|_| number)
    }

    fn chat(&mut self, herd: &mut Herd) {
        if let Some(socket) = self.somebody().and_then(|number| self.guests[number].socket) {
            let name = format!("{{\"name\":{}}}", quoted("Guest"));
            // A second join of the same chat by one socket closes the first.
            Phones::send(herd, socket, &push(9, 9, &self.chat, "phx_join", &name));
            Phones::send(herd, socket, &push(9, 10, &self.chat, "new_msg", r#"{"text":"Faster!"}"#));
            Phones::send(herd, socket, &push(9, 11, &self.chat, "phx_leave", "{}"));
        }
    }

    fn beat(&mut self, herd: &mut Herd) {
        let heartbeat = r#"[null,"0","phoenix","heartbeat",{}]"#;
        let sockets: Vec<SocketId> = self.by_socket.keys().copied().chain(self.host).collect();
        sockets.into_iter().for_each(|socket| Phones::send(herd, socket, heartbeat));
        herd.alarm(HEARTBEAT, BEAT);
    }
}

impl Behaviour for Phones {
    fn opened(&mut self, herd: &mut Herd, socket: SocketId) {
        let join = if Some(socket) == self.host {
            let token = self.party.host_token.as_ref();
            let params = token.map_or("{}".to_owned(), |token| format!("{{\"host\":{}}}", quoted(token)));
            push(1, 1, &self.console, "phx_join", &params)
        } else {
            let Some(number) = self.by_socket.get(&socket) else { return };
            self.guests[*number].join(&self.play)
        };
        Phones::send(herd, socket, &join);
    }

    fn heard(&mut self, herd: &mut Herd, socket: SocketId, message: &Message<'_>) {
        let is_chat = message.join_ref == b"\"9\"";
        if message.event == b"\"phx_error\"" && (is_chat || Some(socket) == self.host) {
            self.counts.closed += 1;
            self.counts.trouble = Some(format!("{} crashed", String::from_utf8_lossy(message.topic)));
        }
        if Some(socket) == self.host {
            self.hear_host(herd, message);
        } else if let Some(number) = self.by_socket.get(&socket).copied()
            && !is_chat
        {
            self.hear_guest(herd, number, message);
        }
    }

    fn lost(&mut self, herd: &mut Herd, socket: SocketId, why: Lost) {
        self.counts.lost += 1;
        self.counts.trouble = Some(why.to_string());
        if Some(socket) == self.host {
            self.host = None;
            herd.alarm(BACK_WITHIN, HOST);
        } else if let Some(number) = self.by_socket.get(&socket).copied() {
            self.hang_up(herd, number);
            self.come_back(herd, number);
        }
    }

    fn alarm(&mut self, herd: &mut Herd, alarm: u64) {
        match alarm {
            COME => self.come(herd),
            START => self.start(herd),
            BEAT => self.beat(herd),
            HOST => {
                self.host = herd.connect(Width::Wide).ok();
                if self.host.is_none() {
                    herd.alarm(BACK_WITHIN, HOST);
                }
            }
            DROP => {
                if let Some(number) = self.somebody() {
                    self.hang_up(herd, number);
                    self.come_back(herd, number);
                }
                self.now_and_then(herd, self.party.drops_every, DROP);
            }
            LEAVE => {
                if let Some(number) = self.somebody() {
                    self.replace(herd, number);
                }
                self.now_and_then(herd, self.party.leaves_every, LEAVE);
            }
            CHAT => {
                self.chat(herd);
                self.now_and_then(herd, self.party.chats_every, CHAT);
            }
            BACK.. => self.connect(herd, usize::try_from(alarm - BACK).unwrap_or_default()),
            number => self.tap(herd, usize::try_from(number).unwrap_or_default()),
        }
    }
}

/// How long guests stay.
pub fn until(seconds: Option<f64>) -> impl Fn(Instant) -> bool {
    let ends_at = seconds.map(|seconds| Instant::now() + Duration::from_secs_f64(seconds));
    move |now| ends_at.is_some_and(|ends_at| now >= ends_at)
}
