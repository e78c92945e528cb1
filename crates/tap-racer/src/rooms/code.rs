//! What a room is called, on a big screen and in topics.

use std::{fmt, str::FromStr};

use rand::{Rng, RngExt};

/// Letters and digits that stay apart on a television across the room and in handwriting: of each
/// group of look-alikes (0 O D, 1 I L, 2 Z, 5 S, 6 G C, 8 B, U V Y) at most one that nothing else in the
/// alphabet resembles. Without the vowels, and without 3, 4, V and Y that pass for vowels, no word
/// comes out that a host would not want on the wall. 16⁴ codes are many times what a server holds.
const ALPHABET: &[u8; 16] = b"79CDFHJKMNPQRTWX";

/// The code of a room that somebody made.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
pub struct RoomCode([u8; RoomCode::LENGTH]);

impl RoomCode {
    const LENGTH: usize = 4;

    /// Any code.
    pub fn random(rng: &mut impl Rng) -> RoomCode {
        RoomCode(std::array::from_fn(|_| ALPHABET[rng.random_range(0..ALPHABET.len())]))
    }

    /// The code that a person typed, in upper or lower case. Topics know the upper case only.
    pub fn typed(text: &str) -> Option<RoomCode> {
        text.to_ascii_uppercase().parse().ok()
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        // Of the alphabet, which is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A text that is no room's code.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct NoCode;

impl FromStr for RoomCode {
    type Err = NoCode;

    fn from_str(text: &str) -> Result<RoomCode, NoCode> {
        let code: [u8; RoomCode::LENGTH] = text.as_bytes().try_into().map_err(|_| NoCode)?;
        if code.iter().all(|character| ALPHABET.contains(character)) {
            Ok(RoomCode(code))
        } else {
            Err(NoCode)
        }
    }
}

impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A room: the house's own, or one that somebody made.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum RoomId {
    /// Always there, and needs no code.
    House,
    /// Made by "Host a race".
    Code(RoomCode),
}

impl RoomId {
    /// The room of a topic such as `console` or `play:CDFH`, given what stands before the colon.
    pub fn of_topic(kind: &str, topic: &str) -> Option<RoomId> {
        match topic.strip_prefix(kind)? {
            "" => Some(RoomId::House),
            code => Some(RoomId::Code(code.strip_prefix(':')?.parse().ok()?)),
        }
    }

    /// The room of a chat topic: `chat:lobby` is the house room's.
    pub fn of_chat(topic: &str) -> Option<RoomId> {
        match topic.strip_prefix("chat:")? {
            "lobby" => Some(RoomId::House),
            code => Some(RoomId::Code(code.parse().ok()?)),
        }
    }

    /// The room of this code, the house room's being nothing.
    pub fn of_code(code: &str) -> Option<RoomId> {
        match code {
            "" => Some(RoomId::House),
            code => Some(RoomId::Code(code.parse().ok()?)),
        }
    }

    /// Its code; nothing for the house room.
    pub fn code(&self) -> &str {
        match self {
            RoomId::House => "",
            RoomId::Code(code) => code.as_str(),
        }
    }

    /// The topic of this kind (`console`, `play`).
    pub fn topic(&self, kind: &str) -> String {
        self.joined(kind, ':')
    }

    /// The topic of its chat.
    pub fn chat_topic(&self) -> String {
        match self {
            RoomId::House => "chat:lobby".to_owned(),
            RoomId::Code(code) => format!("chat:{}", code.as_str()),
        }
    }

    /// The path of its page of this kind, such as `/play/CDFH`.
    pub fn path(&self, kind: &str) -> String {
        format!("/{}", self.joined(kind, '/'))
    }

    fn joined(&self, kind: &str, separator: char) -> String {
        match self {
            RoomId::House => kind.to_owned(),
            RoomId::Code(code) => format!("{kind}{separator}{}", code.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::SmallRng};

    use super::*;

    #[test]
    fn a_code_is_four_characters_that_cannot_be_confused() {
        let mut rng = SmallRng::seed_from_u64(1);
        for _ in 0..1000 {
            let code = RoomCode::random(&mut rng);
            assert_eq!(code.as_str().len(), 4);
            assert!(
                !code.as_str().contains(|character| "AEIOUYVL0123456S8BZG".contains(character)),
                "{code:?}"
            );
            assert_eq!(code.as_str().parse(), Ok(code));
        }
    }

    #[test]
    fn people_may_type_it_in_lower_case_and_topics_may_not() {
        assert_eq!(RoomCode::typed("k7qf").map(|code| code.as_str().to_owned()), Some("K7QF".to_owned()));
        assert_eq!(RoomId::of_topic("play", "play:k7qf"), None);
    }

    #[test]
    fn a_topic_names_its_room() {
        let code = RoomId::Code("K7QF".parse().expect("a code"));
        assert_eq!(RoomId::of_topic("console", "console"), Some(RoomId::House));
        assert_eq!(RoomId::of_topic("console", "console:K7QF"), Some(code));
        assert_eq!(RoomId::of_chat("chat:lobby"), Some(RoomId::House));
        assert_eq!(RoomId::of_chat("chat:K7QF"), Some(code));
        for stranger in
            ["play:", "play:K7Q", "play:K7QF7", "play:K7Q0", "playK7QF", "play::K7QF", "console", "play:ÄÄ"]
        {
            assert_eq!(RoomId::of_topic("play", stranger), None, "{stranger}");
        }
        for room in [RoomId::House, code] {
            assert_eq!(RoomId::of_topic("play", &room.topic("play")), Some(room));
            assert_eq!(RoomId::of_chat(&room.chat_topic()), Some(room));
        }
    }
}
