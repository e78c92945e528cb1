//! What hosts may do about the chat: take a message back, and silence somebody.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{BadOrder, NotSaid, task::Task};
use crate::{
    chat::{By, ChatText},
    clock,
    name::Name,
};

/// Who is muted: the latest [`Muted::MOST`] of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Muted(VecDeque<By>);

impl Muted {
    const MOST: usize = 1000;

    pub fn contains(&self, by: &By) -> bool {
        self.0.contains(by)
    }

    pub fn all(&self) -> impl Iterator<Item = &By> {
        self.0.iter()
    }

    /// Tells whether that was news.
    fn set(&mut self, by: &By, muted: bool) -> bool {
        if self.contains(by) == muted {
            return false;
        }
        self.0.retain(|other| other != by);
        if muted {
            if self.0.len() == Muted::MOST {
                self.0.pop_front();
            }
            self.0.push_back(by.clone());
        }
        true
    }
}

impl Task {
    pub(super) fn say(&mut self, by: By, name: &Name, text: ChatText) -> Result<(), NotSaid> {
        if self.party.muted.contains(&by) {
            return Err(NotSaid::Muted);
        }
        self.saving.soon();
        let message = self.chat.add(by, name.to_string(), text, clock::wall_clock());
        self.talk.broadcast(&self.house.endpoint, "new_msg", message);
        Ok(())
    }

    pub(super) fn mute(&mut self, by: &By, muted: bool) {
        if self.party.muted.set(by, muted) {
            let change = json!({ "by": by, "muted": muted });
            self.tell_consoles("muted", &change);
            self.talk.broadcast(&self.house.endpoint, "muted", &change);
        }
    }

    pub(super) fn delete_message(&mut self, id: u64) -> Result<(), BadOrder> {
        if !self.chat.delete(id) {
            return Err(BadOrder::NoSuchMessage);
        }
        self.talk.broadcast(&self.house.endpoint, "msg_deleted", &json!({ "id": id }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_thousand_are_muted() {
        let mut muted = Muted::default();
        let people: Vec<By> =
            (0..=Muted::MOST).map(|number| By::parse(&format!("{number:016x}")).expect("an id")).collect();
        assert!(people.iter().all(|by| muted.set(by, true)));
        assert!(!muted.contains(&people[0]));
        assert!(people[1..].iter().all(|by| muted.contains(by)));
        assert!(!muted.set(&people[1], true), "that is no news");
        assert!(muted.set(&people[1], false) && !muted.contains(&people[1]));
    }
}
