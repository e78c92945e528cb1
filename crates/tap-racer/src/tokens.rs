//! What the server signs: seats of racers, and the right to host a room.
//!
//! Both are JSON Web Tokens (HS256) under one key that outlives the process, so that phones and host
//! links are known again after a restart. Nothing here knows who is in a room.

mod secret;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use race::Millis;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{looks::Look, name::Name, rooms::RoomId};

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
    /// The seat of a racer in `room`.
    pub fn new(room: &RoomId, racer: race::RacerId, nonce: Nonce, name: Name, look: Look) -> Seat {
        Seat { room: room.code().to_owned(), racer: racer.0, nonce, name, look }
    }
}

#[derive(Serialize, Deserialize)]
struct HostClaims {
    room: String,
    host: bool,
    made: i64,
}

/// The key of this server.
pub struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl Keys {
    /// Longer tokens are none of ours, and are not looked at.
    const LONGEST_TOKEN: usize = 1024;

    /// The key in the data folder, made when there is none.
    ///
    /// # Errors
    /// When it cannot be read, written, or is not one of ours.
    pub fn open(data: &std::path::Path) -> Result<Keys, SecretError> {
        Ok(Keys::of(&secret::open(data)?))
    }

    fn of(secret: &[u8]) -> Keys {
        let mut validation = Validation::new(Algorithm::HS256);
        // A seat and a host link are good for as long as their room.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        Keys {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// Signs a seat.
    pub fn seat(&self, seat: &Seat) -> String {
        self.sign(seat)
    }

    /// The seat that a token gives in `room`; none if it is forged or another room's.
    pub fn read_seat(&self, token: &str, room: &RoomId) -> Option<Seat> {
        self.read::<Seat>(token).filter(|seat| seat.room == room.code())
    }

    /// Signs the right to host `room`. `made` tells the room from a later one that happens to get the
    /// same code.
    pub fn host(&self, room: &RoomId, made: Millis) -> String {
        self.sign(&HostClaims { room: room.code().to_owned(), host: true, made: made.0 })
    }

    /// When the room that a token gives the right to was made; none if it is forged or another room's.
    pub fn read_host(&self, token: &str, room: &RoomId) -> Option<Millis> {
        let claims = self.read::<HostClaims>(token)?;
        (claims.host && claims.room == room.code()).then_some(Millis(claims.made))
    }

    fn sign(&self, claims: &impl Serialize) -> String {
        // Claims are structs of plain fields, which always have a JSON form; an empty token is refused
        // like any forged one.
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding).unwrap_or_default()
    }

    fn read<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        if token.len() > Keys::LONGEST_TOKEN {
            return None;
        }
        jsonwebtoken::decode(token, &self.decoding, &self.validation).ok().map(|token| token.claims)
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
    }
}
