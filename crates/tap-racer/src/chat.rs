//! What was said in a room, and what may be said.

use std::collections::{HashSet, VecDeque};

use channels::Payload;
use race::Millis;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{text, tokens::Nonce};

/// How much of a conversation a newcomer gets.
const SHOWN: usize = 50;
/// How much is kept for those who come back after a while.
const KEPT: usize = 200;
/// Of how many deleted messages it is known that they were there.
const DELETED: usize = 50;
/// How long one message may be, in characters.
const LONGEST: usize = 500;

/// A message that may be said: trimmed, 1 to 500 characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatText(String);

/// Why it may not be said; the reason that the client sees.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
pub enum BadText {
    #[error("text is missing")]
    Missing,
    #[error("text is too long")]
    TooLong,
}

impl ChatText {
    /// Cleans and checks what was typed.
    ///
    /// # Errors
    /// When nothing visible is left, or too much.
    pub fn parse(typed: &str) -> Result<ChatText, BadText> {
        let cleaned = text::without_controls(typed);
        let trimmed = cleaned.trim();
        match trimmed.chars().count() {
            _ if !text::is_visible(trimmed) => Err(BadText::Missing),
            length if length > LONGEST => Err(BadText::TooLong),
            _ => Ok(ChatText(trimmed.to_owned())),
        }
    }
}

/// Who says something, as everybody may know it: the same through renames and new connections, and
/// nothing by which to become them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct By(String);

impl By {
    /// Of whoever holds this number.
    pub fn of(nonce: Nonce) -> By {
        By(nonce.head())
    }

    /// Whether this is a message of one of these.
    pub fn is_of_any(some: &HashSet<By>, message: &Payload) -> bool {
        #[derive(Deserialize)]
        struct Said {
            by: By,
        }
        !some.is_empty() && message.parse().is_ok_and(|Said { by }| some.contains(&by))
    }

    /// As a client says it.
    pub fn parse(text: &str) -> Option<By> {
        let is_one = text.len() == Nonce::HEAD && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_one.then(|| By(text.to_owned()))
    }
}

/// One message, as it goes to everybody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Rises with each message of a room.
    pub id: u64,
    /// Who said it.
    #[serde(default)]
    pub by: By,
    /// As they call themselves.
    pub name: String,
    /// What was said.
    pub text: String,
    /// When, in Unix milliseconds.
    pub at: i64,
}

/// What a newcomer is shown.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// Oldest first.
    pub messages: Vec<ChatMessage>,
    /// Whether this is all that was said since the message the newcomer saw last.
    pub recovered: bool,
    /// The latest that were taken back: who comes again may still show them.
    pub deleted: Vec<u64>,
}

/// The latest messages of one room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChatLog {
    messages: VecDeque<ChatMessage>,
    first_id: u64,
    next_id: u64,
    /// Of the messages from here on none was dropped.
    #[serde(default)]
    kept_from: u64,
    #[serde(default)]
    deleted: VecDeque<u64>,
}

impl ChatLog {
    /// An empty log. Its ids begin at the time it was opened: no message of an earlier log can be
    /// mistaken for one of this.
    pub fn open(now: Millis) -> ChatLog {
        let first_id = id_of(now);
        let (messages, deleted) = (VecDeque::new(), VecDeque::new());
        ChatLog { messages, first_id, next_id: first_id, kept_from: first_id, deleted }
    }

    /// Goes on after a restart. What was said after the log was saved is lost, and its ids are not given
    /// again: who saw it must not take the next message for it.
    pub fn reopen(&mut self, now: Millis) {
        self.next_id = self.next_id.max(id_of(now));
    }

    /// Adds a message and gives it back as it is sent.
    pub fn add(&mut self, by: By, name: String, ChatText(text): ChatText, at: Millis) -> &ChatMessage {
        if self.messages.len() == KEPT
            && let Some(dropped) = self.messages.pop_front()
        {
            self.kept_from = dropped.id + 1;
        }
        self.messages.push_back(ChatMessage { id: self.next_id, by, name, text, at: at.0 });
        self.next_id += 1;
        &self.messages[self.messages.len() - 1]
    }

    /// Takes a message back; false if there is none.
    pub fn delete(&mut self, id: u64) -> bool {
        let Ok(position) = self.messages.binary_search_by_key(&id, |message| message.id) else {
            return false;
        };
        self.messages.remove(position);
        if self.deleted.len() == DELETED {
            self.deleted.pop_front();
        }
        self.deleted.push_back(id);
        true
    }

    /// What to show somebody who saw everything up to `last_seen`, or nothing yet.
    pub fn history(&self, last_seen: Option<u64>) -> History {
        let deleted = self.deleted.iter().copied().collect();
        match last_seen.filter(|seen| (self.first_id..self.next_id).contains(seen)) {
            Some(seen) => {
                let skipped = self.messages.partition_point(|message| message.id <= seen);
                History {
                    messages: self.messages.iter().skip(skipped).cloned().collect(),
                    recovered: seen + 1 >= self.kept_from,
                    deleted,
                }
            }
            None => {
                let skipped = self.messages.len().saturating_sub(SHOWN);
                let messages = self.messages.iter().skip(skipped).cloned().collect();
                History { messages, recovered: false, deleted }
            }
        }
    }
}

fn id_of(time: Millis) -> u64 {
    u64::try_from(time.0).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_of(messages: usize) -> ChatLog {
        let mut log = ChatLog::open(Millis(1_000_000));
        for number in 0..messages {
            let text = ChatText::parse(&format!("message {number}")).expect("a text");
            log.add(By::default(), "Ada".to_owned(), text, Millis(5));
        }
        log
    }

    fn ids(history: &History) -> Vec<u64> {
        history.messages.iter().map(|message| message.id - 1_000_000).collect()
    }

    #[test]
    fn a_newcomer_gets_the_last_fifty() {
        assert_eq!(ids(&log_of(3).history(None)), [0, 1, 2]);
        let shown = log_of(120).history(None);
        assert_eq!(ids(&shown), (70..120).collect::<Vec<_>>());
        assert!(!shown.recovered);
    }

    #[test]
    fn who_comes_back_gets_all_that_was_missed() {
        let missed = log_of(120).history(Some(1_000_009));
        assert_eq!(ids(&missed), (10..120).collect::<Vec<_>>());
        assert!(missed.recovered);
        let nothing_missed = log_of(120).history(Some(1_000_119));
        assert!(nothing_missed.messages.is_empty() && nothing_missed.recovered);
    }

    #[test]
    fn who_was_away_too_long_is_told_that_something_is_missing() {
        let log = log_of(300);
        assert!(log.history(Some(1_000_099)).recovered);
        let gap = log.history(Some(1_000_098));
        assert_eq!(ids(&gap), (100..300).collect::<Vec<_>>());
        assert!(!gap.recovered);
    }

    #[test]
    fn a_message_that_a_restart_lost_is_not_mistaken_for_the_next_one() {
        let mut log = log_of(3);
        let lost =
            log.clone().add(By::default(), "Ada".to_owned(), ChatText("lost".to_owned()), Millis(5)).id;
        log.reopen(Millis(2_000_000));
        log.add(By::default(), "Bo".to_owned(), ChatText("said after it".to_owned()), Millis(5));
        let missed = log.history(Some(lost));
        assert_eq!(
            missed.messages.iter().map(|message| &*message.text).collect::<Vec<_>>(),
            ["said after it"]
        );
        assert_eq!(ids(&log.history(Some(1_000_001))), [2, 1_000_000]);
    }

    #[test]
    fn a_message_that_is_taken_back_is_no_gap() {
        let mut log = log_of(3);
        assert!(log.delete(1_000_000) && log.delete(1_000_001));
        assert!(!log.delete(1_000_001) && !log.delete(7));
        let shown = log.history(Some(1_000_000));
        assert_eq!(ids(&shown), [2]);
        assert!(shown.recovered);
        assert_eq!(shown.deleted, [1_000_000, 1_000_001]);
        let mut log = log_of(120);
        (0..60).for_each(|number| assert!(log.delete(1_000_000 + number)));
        assert_eq!(log.history(None).deleted.len(), 50);
    }

    #[test]
    fn an_id_of_another_log_recovers_nothing() {
        for stranger in [0, 7, 999_999, 1_000_003, u64::MAX] {
            let shown = log_of(3).history(Some(stranger));
            assert_eq!(ids(&shown), [0, 1, 2]);
            assert!(!shown.recovered, "{stranger}");
        }
    }

    #[test]
    fn a_text_is_trimmed_and_freed_of_controls_before_it_is_measured() {
        assert_eq!(ChatText::parse("  hi\u{7}\u{202e} there\n"), Ok(ChatText("hi there".to_owned())));
        assert_eq!(ChatText::parse(" \u{200b}\n"), Err(BadText::Missing));
        assert_eq!(ChatText::parse(&format!(" {} ", "é".repeat(500))), Ok(ChatText("é".repeat(500))));
        assert_eq!(ChatText::parse(&"é".repeat(501)), Err(BadText::TooLong));
    }
}
