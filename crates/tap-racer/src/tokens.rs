//! What the server signs: seats of racers, and the right to host a room.
//!
//! The key outlives the process, so that phones and host links are known again after a restart.
//! Nothing here knows who is in a room.

mod secret;

use std::time::Duration;

use channels::Tokens;
use race::Millis;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{accounts::Session, looks::Look, name::Name, rooms::RoomId};

pub use secret::SecretError;

/// Whoever holds a seat, known to the server by this number alone: it stays the same through
/// reloads, new connections and restarts.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(Uuid);

impl Nonce {
    /// One that nobody else has.
    pub fn random() -> Nonce {
        Nonce(Uuid::new_v4())
    }

    /// How many characters [`Nonce::head`] has.
    pub const HEAD: usize = 16;

    /// Its first half, which is as good as all of it for telling people apart.
    pub fn head(&self) -> String {
        format!("{:016x}", self.0.as_u64_pair().0)
    }
}

/// The right to a seat in a room, and how its racer looks: all that is needed to seat them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    room: String,
    /// The racer it was given for.
    pub racer: u32,
    /// Whose it is.
    pub nonce: Nonce,
    /// As shown, a number behind it included.
    pub name: Name,
    /// Kept in the next heat and after a restart.
    #[serde(flatten)]
    pub look: Look,
}

impl Seat {
    /// Racers are counted from 1.
    const NOBODY: race::RacerId = race::RacerId(0);

    /// The seat of a racer in `room`.
    pub fn new(room: &RoomId, racer: race::RacerId, nonce: Nonce, name: Name, look: Look) -> Seat {
        Seat { room: room.code().to_owned(), racer: racer.0, nonce, name, look }
    }

    /// No seat yet: proves who it was that knocked.
    pub fn of_knock(room: &RoomId, nonce: Nonce, name: Name, look: Look) -> Seat {
        Seat::new(room, Seat::NOBODY, nonce, name, look)
    }

    /// Whether its holder has never been let in.
    pub fn is_of_knock(&self) -> bool {
        self.racer == Seat::NOBODY.0
    }
}

/// The right to a seat that is not taken yet.
#[derive(Serialize, Deserialize)]
struct Ticket {
    room: String,
    nonce: Nonce,
}

/// The right to host a room.
#[derive(Serialize, Deserialize)]
struct Host {
    room: String,
    /// In Unix milliseconds.
    made: i64,
}

/// The key of this server.
pub struct Keys(Tokens);

/// What a token is for: one for a seat does not host.
const SEAT: &str = "seat";
const HOST: &str = "host";
const TICKET: &str = "ticket";
const TALKER: &str = "talker";
const SESSION: &str = "account";

/// A seat and a host link are good for as long as their room.
const FOR_EVER: Duration = Duration::MAX;
/// Who has a ticket is expected to come.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A connection is made at once; a page has its token renewed as long as it is open.
pub const SESSION_TOKEN_LIFE: Duration = Duration::from_secs(10 * 60);

impl Keys {
    /// The key in the data folder, made when there is none.
    ///
    /// # Errors
    /// When it cannot be read, written, or is not one of ours.
    pub fn open(data: &std::path::Path) -> Result<Keys, SecretError> {
        Ok(Keys::of(&secret::open(data)?))
    }

    /// The key that this is.
    pub(crate) fn of(secret: &[u8]) -> Keys {
        Keys(Tokens::new(secret))
    }

    /// Signs a seat.
    pub fn seat(&self, seat: &Seat) -> String {
        self.sign(SEAT, seat)
    }

    /// The seat that a token gives in `room`; none if it is forged or another room's.
    pub fn read_seat(&self, token: &str, room: &RoomId) -> Option<Seat> {
        self.read_any_seat(token).filter(|seat| seat.room == room.code())
    }

    /// The seat that a token gives in some room; none if it is forged.
    pub fn read_any_seat(&self, token: &str) -> Option<Seat> {
        self.0.verify(SEAT, token, FOR_EVER).ok()
    }

    /// Signs a ticket: whoever joins with it is always the same guest.
    pub fn ticket(&self, room: &RoomId) -> String {
        self.sign(TICKET, &Ticket { room: room.code().to_owned(), nonce: Nonce::random() })
    }

    /// Who comes with a ticket of `room`; nobody if it is forged, another room's or too old.
    pub fn read_ticket(&self, token: &str, room: &RoomId) -> Option<Nonce> {
        let ticket: Ticket = self.0.verify(TICKET, token, A_DAY).ok()?;
        (ticket.room == room.code()).then_some(ticket.nonce)
    }

    /// Signs who somebody is in every chat.
    pub fn talker(&self, nonce: Nonce) -> String {
        self.sign(TALKER, &nonce)
    }

    /// Who talks; nobody if the token is forged.
    pub fn read_talker(&self, token: &str) -> Option<Nonce> {
        self.0.verify(TALKER, token, FOR_EVER).ok()
    }

    /// Signs who connects.
    pub fn session(&self, session: &Session) -> String {
        self.sign(SESSION, session)
    }

    /// Who connects; nobody if the token is forged or has expired.
    pub fn read_session(&self, token: &str) -> Option<Session> {
        self.0.verify(SESSION, token, SESSION_TOKEN_LIFE).ok()
    }

    /// Signs the right to host `room`. `made` tells the room from a later one that happens to get the
    /// same code.
    pub fn host(&self, room: &RoomId, made: Millis) -> String {
        self.sign(HOST, &Host { room: room.code().to_owned(), made: made.0 })
    }

    /// When the room that a token gives the right to was made; none if it is forged or another room's.
    pub fn read_host(&self, token: &str, room: &RoomId) -> Option<Millis> {
        let host: Host = self.0.verify(HOST, token, FOR_EVER).ok()?;
        (host.room == room.code()).then_some(Millis(host.made))
    }

    fn sign(&self, purpose: &str, data: &impl Serialize) -> String {
        // Structs of plain fields always have a JSON form; an empty token is refused like a forged one.
        self.0.sign(purpose, data).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use race::RacerId;

    use super::*;
    use crate::looks::Looks;

    fn seat(room: &RoomId) -> Seat {
        let name = Name::parse("Ada 2").expect("a name");
        Seat::new(room, RacerId(7), Nonce::random(), name, Looks::default().take(None, None))
    }

    #[test]
    fn a_seat_is_read_back_in_its_own_room_only() {
        let keys = Keys::of(b"key");
        let room = RoomId::Code("K7QF".parse().expect("a code"));
        let seat = seat(&room);
        let token = keys.seat(&seat);
        assert_eq!(keys.read_seat(&token, &room), Some(seat));
        assert_eq!(keys.read_seat(&token, &RoomId::House), None);
        assert!(keys.read_any_seat(&token).is_some());
    }

    #[test]
    fn a_token_of_another_key_or_without_one_is_none() {
        let (ours, theirs) = (Keys::of(b"ours"), Keys::of(b"theirs"));
        let token = theirs.seat(&seat(&RoomId::House));
        assert_eq!(ours.read_seat(&token, &RoomId::House), None);
        let payload = token.split('.').nth(1).expect("three parts");
        // {"alg":"none","typ":"JWT"}
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
        assert_eq!(ours.read_seat(&unsigned, &RoomId::House), None);
        for garbage in ["", "..", "a.b.c", &"x".repeat(100_000)] {
            assert_eq!(ours.read_seat(garbage, &RoomId::House), None);
        }
    }

    #[test]
    fn a_seat_does_not_host_and_a_host_link_does_not_race() {
        let keys = Keys::of(b"key");
        let host = keys.host(&RoomId::House, Millis(5));
        assert_eq!(keys.read_host(&host, &RoomId::House), Some(Millis(5)));
        assert_eq!(keys.read_seat(&host, &RoomId::House), None);
        assert_eq!(keys.read_host(&keys.seat(&seat(&RoomId::House)), &RoomId::House), None);
        let other = RoomId::Code("K7QF".parse().expect("a code"));
        assert_eq!(keys.read_host(&host, &other), None);
        let ticket = keys.ticket(&RoomId::House);
        assert!(keys.read_ticket(&ticket, &RoomId::House).is_some());
        assert_eq!((keys.read_ticket(&ticket, &other), keys.read_talker(&ticket)), (None, None));
        assert_eq!(keys.read_seat(&ticket, &RoomId::House), None);
    }
}
