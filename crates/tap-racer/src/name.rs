//! What people call themselves.

mod rude;

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::text;

/// How long a name may be, in characters.
const LONGEST: usize = 24;

/// A name that others may see: white space trimmed and collapsed, no control characters, 1 to 24
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

/// Why a name was not taken; the reason that the client sees.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
pub enum BadName {
    #[error("name is missing")]
    Missing,
    #[error("name is too long")]
    TooLong,
    #[error("name is not allowed")]
    NotAllowed,
}

impl Name {
    /// Cleans and checks what was typed.
    ///
    /// # Errors
    /// When nothing visible is left, or too much, or what nobody wants on a big screen.
    pub fn parse(typed: &str) -> Result<Name, BadName> {
        let name = Name::cleaned(typed)?;
        if rude::is_rude(&name.0) { Err(BadName::NotAllowed) } else { Ok(name) }
    }

    fn cleaned(typed: &str) -> Result<Name, BadName> {
        let cleaned = text::without_controls(typed);
        let name = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text::is_visible(&name) {
            Err(BadName::Missing)
        } else if name.chars().count() > LONGEST {
            Err(BadName::TooLong)
        } else {
            Ok(Name(name))
        }
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name with a number behind it, shortened so that both fit.
    fn numbered(&self, number: usize) -> Name {
        let suffix = format!(" {number}");
        let kept: String = self.0.chars().take(LONGEST - suffix.len()).collect();
        Name(format!("{}{suffix}", kept.trim_end()))
    }

    /// What two names share that people would not tell apart by ear, or by eye.
    pub(crate) fn key(&self) -> String {
        self.0.nfkc().collect::<String>().to_lowercase()
    }

    /// Whether it can be a part of a page's address. Browsers take the others for folders, however they are
    /// written.
    pub(crate) fn has_address(&self) -> bool {
        !matches!(self.as_str(), "." | "..")
    }
}

/// Of a name that was let in before, by this program or an earlier one with other words: a seat or a whole
/// room must not be lost for it.
impl TryFrom<String> for Name {
    type Error = BadName;

    fn try_from(known: String) -> Result<Name, BadName> {
        Name::cleaned(&known)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The names in use in one room, upper and lower case not told apart.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
    /// Of a name that several wanted, the number below which all are taken.
    next: HashMap<String, usize>,
}

impl Names {
    /// Whether nobody has it.
    pub fn is_free(&self, name: &Name) -> bool {
        !self.taken.contains(&name.key())
    }

    /// Takes the name, or the first free one of `Ada 2`, `Ada 3`, ...
    pub fn take(&mut self, wanted: &Name) -> Name {
        let key = wanted.key();
        if self.taken.insert(key.clone()) {
            return wanted.clone();
        }
        // A room of thousands called the same must not cost a search each.
        let mut number = self.next.get(&key).copied().unwrap_or(2);
        let name = loop {
            let name = wanted.numbered(number);
            number += 1;
            if self.taken.insert(name.key()) {
                break name;
            }
        };
        if self.next.len() > self.taken.len() {
            // Most of them are of people who have gone.
            self.next.clear();
        }
        self.next.insert(key, number);
        name
    }

    /// Takes exactly this name, which nobody else has.
    pub fn keep(&mut self, name: &Name) {
        self.taken.insert(name.key());
    }

    /// Gives a name back.
    pub fn release(&mut self, name: &Name) {
        let key = name.key();
        self.taken.remove(&key);
        if let Some((wanted, number)) = key.rsplit_once(' ')
            && let (Some(next), Ok(number)) = (self.next.get_mut(wanted), number.parse())
        {
            *next = (*next).min(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(typed: &str) -> Name {
        Name::parse(typed).expect("a name")
    }

    #[test]
    fn white_space_is_trimmed_and_collapsed_and_controls_go() {
        assert_eq!(name("  Ada \t\n Lovelace\u{7} ").as_str(), "Ada Lovelace");
        assert_eq!(name("\u{202e}Bo\u{200b}b").as_str(), "Bob");
    }

    #[test]
    fn a_name_has_one_to_twenty_four_characters() {
        assert_eq!(Name::parse(""), Err(BadName::Missing));
        assert_eq!(Name::parse(" \u{3164} "), Err(BadName::Missing));
        assert_eq!(name(&"ß".repeat(24)).as_str().chars().count(), 24);
        assert_eq!(Name::parse(&"ß".repeat(25)), Err(BadName::TooLong));
    }

    #[test]
    fn rude_names_are_not_allowed() {
        assert_eq!(Name::parse("Fuck you"), Err(BadName::NotAllowed));
    }

    #[test]
    fn a_taken_name_gets_a_number_whatever_its_case() {
        let mut names = Names::default();
        assert_eq!(names.take(&name("Ada")).as_str(), "Ada");
        assert_eq!(names.take(&name("ADA")).as_str(), "ADA 2");
        assert_eq!(names.take(&name("Ada")).as_str(), "Ada 3");
        names.release(&name("ada 2"));
        assert_eq!(names.take(&name("Ada")).as_str(), "Ada 2");
    }

    #[test]
    fn names_that_look_the_same_are_the_same() {
        for [one, other] in [["Zoë", "Zoe\u{308}"], ["ADA", "ａｄａ"], ["Office", "oﬃce"], ["Å", "\u{212b}"]]
        {
            assert_eq!(name(one).key(), name(other).key(), "{one} {other}");
        }
        assert_ne!(name("Zoë").key(), name("Zoe").key());
    }

    #[test]
    fn a_numbered_name_still_fits() {
        let mut names = Names::default();
        let long = name("abcdefghijklmnopqrstuvwx");
        names.take(&long);
        assert_eq!(names.take(&long).as_str(), "abcdefghijklmnopqrstuv 2");
    }

    #[test]
    fn a_name_that_was_let_in_once_is_read_back_whatever_a_number_has_made_of_it() {
        let mut names = Names::default();
        let twice = name("abcdefghijklmnopq Cocker");
        names.take(&twice);
        let numbered = names.take(&twice);
        assert_eq!(numbered.as_str(), "abcdefghijklmnopq Cock 2");
        let json = serde_json::to_string(&numbered).expect("json");
        assert_eq!(serde_json::from_str::<Name>(&json).ok(), Some(numbered));
        for typed in ["", " ", &"ß".repeat(25)] {
            assert!(Name::try_from(typed.to_owned()).is_err(), "{typed}");
        }
    }

    #[test]
    fn thousands_of_the_same_name_all_differ() {
        let mut names = Names::default();
        let all: HashSet<String> = (0..5000).map(|_| names.take(&name("Ada")).as_str().to_owned()).collect();
        assert_eq!(all.len(), 5000);
    }
}
