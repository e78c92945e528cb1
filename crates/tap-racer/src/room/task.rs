//! The task of a room: what it owns, and when it wakes.

use std::{collections::HashMap, pin::pin, sync::Arc};

use race::{Command, Millis, Race, RacerId, Refused, Rules};
use tokio::{
    sync::mpsc,
    task::yield_now,
    time::{Instant, sleep_until},
};
use tracing::info;

use super::{
    Act, Request, RoomHandle, Ticket, Topic, bots::Bots, crowd::Crowd, door::Knocks, feed::Feed,
    finish::OpenFinish, join::Joins, news::News, party::Party, people::People, phone::Heard, record::Pace,
    saving::Saving, sent_away::SentAway, traces::Traces, updates::Updates,
};
use crate::{
    chat::{By, ChatLog},
    clock,
    metrics::Tally,
    rooms::{Entry, House, Visits},
    wire::InTournament,
};

/// How many requests are served before the clock is looked at again.
const BATCH: usize = 256;

/// All that a room is.
pub(super) struct Task {
    pub handle: RoomHandle,
    pub house: House,
    pub race: Race,
    pub people: People,
    pub bots: Bots,
    pub updates: Updates,
    pub crowd: Crowd,
    pub news: News,
    pub chat: ChatLog,
    pub console: Feed,
    pub play: Feed,
    pub talk: Feed,
    pub party: Party,
    pub knocks: Knocks,
    /// How the racers of this heat have run so far.
    pub traces: Traces,
    pub joins: Joins,
    /// It is told once for all that happened together.
    pub tournament_changed: bool,
    /// What the phones were told of the tournament; of those who are seated.
    pub told_tournament: HashMap<RacerId, InTournament>,
    pub sent_away: SentAway,
    /// What the host has chosen for the next heat, since the last one began.
    pub chosen: Option<Rules>,
    /// Of whom the screens know how many taps were refused, and whether their rhythm is a machine's.
    pub flagged: HashMap<RacerId, (u32, bool)>,
    pub saving: Saving,
    /// What its phones have done since the counters of all rooms were told.
    pub tally: Tally,
    pub record_pace: Pace,
    /// Whom an open finish waits for.
    pub finish: Option<OpenFinish>,
    /// For how many phones the screens were told that it is open.
    pub told_waiting: Option<usize>,
    pub waiting_told_at: Option<Instant>,
    /// What the race was told last of how long its finish is held; none outside of a heat.
    pub held_until: Option<Millis>,
    /// By when whoever comes back after a restart of the server has come back.
    pub returns_by: Option<Millis>,
    /// When the requests that are being served were taken out of the queue.
    pub heard_at: Instant,
    /// When the heat is next looked at; none while there is no heat: an idle room sleeps.
    pub tick_at: Option<Instant>,
    pub ticks: u32,
    /// When the room ends if nobody has come by then.
    ends_at: Option<Instant>,
    /// The host has ended it.
    pub has_ended: bool,
    /// The server stops.
    is_frozen: bool,
    visits: Arc<Visits>,
    entry: Entry,
}

impl Task {
    pub fn new(handle: RoomHandle, house: &House, entry: Entry) -> Task {
        let id = handle.id();
        let is_made = id != crate::rooms::RoomId::House;
        Task {
            race: Race::new(house.settings.clone()),
            people: People::default(),
            bots: Bots::new(rand::random()),
            updates: Updates::default(),
            crowd: Crowd::default(),
            news: News::default(),
            chat: ChatLog::open(clock::wall_clock()),
            console: Feed::new(id.topic("console")),
            play: Feed::new(id.topic("play")),
            talk: Feed::new(id.chat_topic()),
            party: Party::default(),
            knocks: Knocks::default(),
            traces: Traces::default(),
            joins: Joins::new(house.joins_per_second),
            tournament_changed: false,
            told_tournament: HashMap::new(),
            sent_away: SentAway::default(),
            chosen: None,
            flagged: HashMap::new(),
            saving: Saving::begin(),
            tally: Tally::default(),
            record_pace: Pace::begin(),
            finish: None,
            told_waiting: None,
            waiting_told_at: None,
            held_until: None,
            returns_by: None,
            heard_at: Instant::now(),
            tick_at: None,
            ticks: 0,
            ends_at: is_made.then(|| Instant::now() + house.room_unused),
            has_ended: false,
            is_frozen: false,
            visits: entry.visits().clone(),
            entry,
            house: house.clone(),
            handle,
        }
    }

    /// Runs until the room has been empty for long enough.
    pub async fn run(mut self, mut inbox: mpsc::Receiver<Request>) {
        info!(room = self.handle.id().code(), "room opened");
        let visits = self.visits.clone();
        let mut batch = Vec::new();
        let mut alarm = pin!(sleep_until(Instant::now()));
        loop {
            let wakes_at = self.wakes_at();
            if let Some(time) = wakes_at.filter(|time| *time != alarm.deadline() || alarm.is_elapsed()) {
                alarm.as_mut().reset(time);
            }
            tokio::select! {
                biased;
                // Never none: this task holds a sender itself.
                _ = inbox.recv_many(&mut batch, BATCH) => gather(&mut inbox, &mut batch).await,
                () = visits.emptied() => self.emptied(),
                () = self.saving.written() => {}
                () = &mut alarm, if wakes_at.is_some() => {}
            }
            self.heard_at = Instant::now();
            for request in batch.drain(..) {
                self.serve(request);
                if self.is_frozen {
                    // Whoever still asks is sent away by the server, and asks the next one.
                    return std::future::pending().await;
                }
            }
            // Also when requests never cease: a heat must not wait for a quiet moment.
            let has_ended = self.wake();
            self.note();
            if has_ended {
                break;
            }
        }
        info!(room = self.handle.id().code(), "room ended");
    }

    pub fn now(&self) -> Millis {
        self.house.clock.now()
    }

    /// Carries a command out and tells everybody what followed.
    pub fn apply(&mut self, command: Command) -> Result<(), Refused> {
        self.apply_at(self.now(), command)
    }

    pub fn apply_at(&mut self, now: Millis, command: Command) -> Result<(), Refused> {
        let events = self.race.apply(now, command)?;
        self.saving.soon();
        self.follow(events);
        Ok(())
    }

    fn serve(&mut self, request: Request) {
        match request {
            Request::Act { ticket, act } => self.act(ticket, act),
            Request::View { reply } => {
                self.crowd.meet_anew();
                self.news.meet_anew();
                let _ = reply.send((self.view(), self.console.position()));
            }
            Request::Listen { topic, since, pusher, reply } => {
                // Only now a tick reaches it, and those before are not replayed.
                self.crowd.is_awaited |= topic == Topic::Console;
                let _ = reply.send(match topic {
                    Topic::Console => self.console.replay(since, &pusher, |_| true),
                    Topic::Chat { ignored } => {
                        self.talk.replay(since, &pusher, |payload| !By::is_of_any(&ignored, payload))
                    }
                });
            }
            Request::Sit { wish, channel, pusher, reply } => {
                self.saving.soon();
                // Whoever has gone meanwhile leaves by the seat's own drop.
                let _ = reply.send(self.sit(*wish, channel, pusher));
            }
            Request::Ready { ticket, since, reply } => {
                let _ = reply.send(self.ready(ticket, since));
            }
            Request::Order { by, order, reply } => {
                self.saving.soon();
                let _ = reply.send(self.order(by, order));
            }
            Request::Rename { ticket, name, reply } => {
                self.saving.soon();
                let _ = reply.send(self.rename_self(ticket, &name));
            }
            Request::History { last_seen, reply } => {
                let history = self.chat.history(last_seen);
                let _ = reply.send((history, self.talk.position()));
            }
            Request::Say { by, name, text, reply } => {
                self.saving.soon();
                let _ = reply.send(self.say(by, &name, text));
            }
            Request::Calibrate { ticket, measured, reply } => {
                self.saving.soon();
                let _ = reply.send(self.calibrate(ticket, measured));
            }
            Request::Recorded { recorded } => self.tell_recorded(recorded),
            Request::SignOut { account } => {
                self.saving.soon();
                self.sign_out(account);
            }
            Request::Save => self.saving.soon(),
            Request::Freeze { reply } => {
                self.save();
                self.is_frozen = true;
                let _ = reply.send(());
            }
        }
    }

    fn act(&mut self, ticket: Ticket, act: Act) {
        let racer = ticket.racer;
        match self.people.hear(ticket, self.heard_at) {
            Heard::Stale => return,
            Heard::Current => {}
            Heard::Again => {
                // Refused is who has left in this very moment.
                let _ = self.apply(Command::Rejoin { racer });
                self.expect_returned(racer);
            }
        }
        // Refused is only who has left in this very moment: then there is nothing to be done.
        let _ = match act {
            Act::Tap => self.take_taps(racer, Command::Tap { racer }, None),
            Act::Claim { heat, taps, at, last } => {
                let claimed = self.take_taps(racer, Command::Claim { racer, heat, taps, at }, at);
                if last {
                    self.hear_last(racer, heat);
                }
                claimed
            }
            Act::Alive => Ok(()),
            Act::Cheer(emoji) => {
                let name = self.people.get(racer).map(|person| person.name.to_string());
                let cheer = serde_json::json!({ "id": racer.0, "name": name, "emoji": emoji.as_str() });
                self.tell_consoles("cheer", &cheer);
                Ok(())
            }
            Act::Disconnect => {
                self.people.hang_up(racer);
                self.apply(Command::Disconnect { racer })
            }
            Act::Leave => {
                self.people.hang_up(racer);
                self.apply(Command::Leave { racer })
            }
        };
    }

    /// The last one has left, or the server was restarted and nobody has come back yet.
    pub fn emptied(&mut self) {
        if self.handle.id() != crate::rooms::RoomId::House {
            self.ends_at = Some(Instant::now() + self.house.room_idle);
        }
    }

    fn wakes_at(&self) -> Option<Instant> {
        let race = self.race.wakes_at().map(|time| self.house.clock.instant(time));
        let told = [self.news.due_at(), self.updates.due_at()].into_iter().flatten().min();
        [race, self.tick_at, told, self.saves_at(), self.knocks.next_end(), self.ends_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// For who looks from outside. In a heat the tally waits for the next tick.
    fn note(&mut self) {
        self.handle.note(self.race.seated(), self.race.phase().is_heat());
        if self.tick_at.is_none() {
            self.tally.flush(&self.house.metrics);
        }
    }

    /// Does what is due, and tells whether the room has ended.
    fn wake(&mut self) -> bool {
        if self.race.wakes_at().is_some_and(|due| due <= self.now()) {
            // Time always passes.
            let _ = self.apply(Command::Advance);
        }
        let now = Instant::now();
        self.tick_if_due(now);
        self.tell_news_if_due(now);
        self.tell_queued_if_due(now);
        self.forget_knocks(|knock| knock.is_over(now));
        if self.has_ended {
            // A heat that has just ended is recorded although its room is gone.
            self.save();
            self.tell_what_waited();
            self.entry.remove_for_good(self.handle.made());
            return true;
        }
        self.settle_finish();
        self.tell_waiting();
        self.save_if_due(now);
        if !self.saving.is_first() && std::mem::take(&mut self.tournament_changed) {
            self.tell_tournament();
        }
        let is_late = self.ends_at.is_some_and(|due| due <= now);
        if is_late {
            // If somebody is in, the end is put off until the last one leaves.
            self.ends_at = None;
        }
        is_late && self.entry.remove_if_empty()
    }

    pub fn tell_consoles(&mut self, event: &'static str, payload: &impl serde::Serialize) {
        self.console.broadcast(&self.house.endpoint, event, payload);
    }

    pub fn tell_players(&mut self, event: &'static str, payload: &impl serde::Serialize) {
        self.play.broadcast(&self.house.endpoint, event, payload);
    }
}

/// Lets the phones that can be read now be read before what they say is served: in a crowd the room would
/// otherwise be woken for each tap.
async fn gather(inbox: &mut mpsc::Receiver<Request>, batch: &mut Vec<Request>) {
    yield_now().await;
    while batch.len() < BATCH
        && let Ok(request) = inbox.try_recv()
    {
        batch.push(request);
    }
}
