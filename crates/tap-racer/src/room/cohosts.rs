//! Guests who help the host, each from their own phone.

use race::RacerId;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{BadOrder, PhoneNews, news::Change, task::Task};
use crate::tokens::Nonce;

/// Known by their seats, so that who comes back is one again; at most [`CoHosts::MOST`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CoHosts(Vec<Nonce>);

impl CoHosts {
    const MOST: usize = 100;

    fn contains(&self, nonce: Nonce) -> bool {
        self.0.contains(&nonce)
    }

    /// Makes somebody a co-host, or no longer; false when there are too many.
    fn set(&mut self, nonce: Nonce, cohost: bool) -> bool {
        self.0.retain(|other| *other != nonce);
        if !cohost {
            return true;
        }
        let has_room = self.0.len() < CoHosts::MOST;
        if has_room {
            self.0.push(nonce);
        }
        has_room
    }
}

impl Task {
    pub(super) fn is_cohost(&self, racer: RacerId) -> bool {
        let nonce = self.people.get(racer).and_then(|person| person.nonce);
        nonce.is_some_and(|nonce| self.party.cohosts.contains(nonce))
    }

    pub(super) fn make_cohost(&mut self, racer: RacerId, cohost: bool) -> Result<(), BadOrder> {
        self.race.racer(racer).ok_or(race::Refused::NoSuchRacer)?;
        let nonce = self.people.get(racer).and_then(|person| person.nonce).ok_or(BadOrder::Bot)?;
        if self.party.cohosts.contains(nonce) == cohost {
            return Ok(());
        }
        if !self.party.cohosts.set(nonce, cohost) {
            return Err(BadOrder::CoHosts);
        }
        self.tell_phone(racer, "cohost", &json!({ "cohost": cohost }));
        self.tell_of(racer, Change::Changed);
        Ok(())
    }

    /// Who was sent away helps no more.
    pub(super) fn dismiss(&mut self, nonce: Nonce) {
        self.party.cohosts.set(nonce, false);
    }

    /// Tells one phone something about its racer. Its client has heard of its join by then.
    pub(super) fn tell_phone(
        &mut self,
        racer: RacerId,
        event: &'static str,
        payload: &impl serde::Serialize,
    ) {
        if let (Some(phone), Ok(payload)) = (self.people.phone_mut(racer), channels::Payload::json(payload)) {
            // A channel that has just ended need not be told.
            let _ = phone.channel.send(PhoneNews::Told(event, payload));
        }
    }
}
