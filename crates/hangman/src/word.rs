//! Words to guess, and a list of them to choose from.

use std::{fmt, str::FromStr, sync::LazyLock};

use crate::letter::{Letter, Letters, NotALetter};

/// A word that can be guessed: at least one letter, and nothing but letters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Word(Box<[Letter]>);

/// A text cannot be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWord {
    /// There is nothing to guess in it.
    #[error("a word has at least one letter")]
    Empty,
    /// It holds something that is not a letter from a to z.
    #[error("a word is made of the letters from a to z")]
    NotALetter,
}

impl From<NotALetter> for BadWord {
    fn from(_: NotALetter) -> Self {
        Self::NotALetter
    }
}

impl Word {
    /// The letters in their order.
    pub fn letters(&self) -> impl ExactSizeIterator<Item = Letter> {
        self.0.iter().copied()
    }

    /// The different letters.
    pub(crate) fn set(&self) -> Letters {
        self.letters().collect()
    }
}

impl FromStr for Word {
    type Err = BadWord;

    fn from_str(text: &str) -> Result<Self, BadWord> {
        let letters = text.chars().map(Letter::try_from).collect::<Result<Box<[_]>, _>>()?;
        if letters.is_empty() { Err(BadWord::Empty) } else { Ok(Self(letters)) }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.letters().try_for_each(|letter| letter.fmt(f))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

static WORDS: LazyLock<Vec<Word>> =
    LazyLock::new(|| include_str!("words.txt").lines().filter_map(|line| line.parse().ok()).collect());

/// Some hundred common English words of five to ten letters, in the order of the alphabet. Chance
/// is the caller's part.
#[must_use]
pub fn words() -> &'static [Word] {
    &WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_letters_and_not_empty() {
        assert_eq!("Planet".parse::<Word>().map(|word| word.to_string()), Ok("planet".into()));
        assert_eq!("".parse::<Word>(), Err(BadWord::Empty));
        for text in ["two words", "naïve", "it's", "\n"] {
            assert_eq!(text.parse::<Word>(), Err(BadWord::NotALetter), "{text:?}");
        }
    }

    #[test]
    fn every_line_of_the_list_is_a_word_of_five_to_ten_letters() {
        let lines: Vec<&str> = include_str!("words.txt").lines().collect();
        let list: Vec<String> = words().iter().map(Word::to_string).collect();
        assert_eq!(list, lines);
        assert!(list.len() >= 300, "{} words", list.len());
        assert!(list.is_sorted_by(|a, b| a < b), "in order, and none twice");
        let odd: Vec<_> = list.iter().filter(|word| !(5..=10).contains(&word.len())).collect();
        assert!(odd.is_empty(), "{odd:?}");
    }
}
