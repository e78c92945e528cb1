//! The letters of the English alphabet, and sets of them.

use std::{fmt, str::FromStr};

/// One of the 26 letters, of which case makes no two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Letter(u8);

/// What was given is not exactly one letter from a to z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a guess is one letter from a to z")]
pub struct NotALetter;

impl Letter {
    /// The alphabet, in its order.
    pub fn all() -> impl DoubleEndedIterator<Item = Letter> {
        (b'a'..=b'z').map(Letter)
    }

    fn bit(self) -> u32 {
        1 << (self.0 - b'a')
    }
}

impl TryFrom<char> for Letter {
    type Error = NotALetter;

    fn try_from(letter: char) -> Result<Self, NotALetter> {
        match u8::try_from(letter.to_ascii_lowercase()) {
            Ok(letter @ b'a'..=b'z') => Ok(Self(letter)),
            _ => Err(NotALetter),
        }
    }
}

impl FromStr for Letter {
    type Err = NotALetter;

    fn from_str(text: &str) -> Result<Self, NotALetter> {
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => letter.try_into(),
            _ => Err(NotALetter),
        }
    }
}

impl From<Letter> for char {
    /// In lower case.
    fn from(letter: Letter) -> char {
        letter.0.into()
    }
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        char::from(*self).fmt(f)
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A set of letters.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Letters(u32);

impl Letters {
    /// Whether the letter is in the set.
    #[must_use]
    pub fn contains(self, letter: Letter) -> bool {
        self.0 & letter.bit() != 0
    }

    /// Puts a letter in. False if it has been there.
    pub fn insert(&mut self, letter: Letter) -> bool {
        let new = !self.contains(letter);
        self.0 |= letter.bit();
        new
    }

    /// The letters in the order of the alphabet.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Letter> {
        Letter::all().filter(move |letter| self.contains(*letter))
    }
}

impl FromIterator<Letter> for Letters {
    fn from_iter<I: IntoIterator<Item = Letter>>(letters: I) -> Self {
        let mut set = Self::default();
        for letter in letters {
            set.insert(letter);
        }
        set
    }
}

impl fmt::Debug for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_single_letter_is_a_letter() {
        assert_eq!("e".parse::<Letter>().map(char::from), Ok('e'));
        assert_eq!("E".parse::<Letter>(), "e".parse());
        // The Kelvin sign's lower case is k, but not in ASCII.
        for other in ["", "ab", " e", "é", "ß", "\u{212A}", "5", "?", "{", "`", "\0"] {
            assert_eq!(other.parse::<Letter>(), Err(NotALetter), "{other:?}");
        }
    }

    #[test]
    fn a_set_holds_each_letter_once_and_in_order() {
        let mut letters = Letters::default();
        let [a, z] = ['a', 'z'].map(|letter| Letter::try_from(letter).unwrap());
        assert!(letters.insert(z) && letters.insert(a) && !letters.insert(z));
        assert_eq!(letters.iter().collect::<Vec<_>>(), [a, z]);
        assert_eq!(Letter::all().collect::<Letters>().iter().count(), 26);
    }
}
