//! For whom racers race, also when they have been away for so long that their seat was given up.

use std::collections::VecDeque;

use race::RacerId;
use serde::{Deserialize, Serialize};

use super::{PhoneNews, news::Change, task::Task};
use crate::{
    accounts::{Account, AccountId},
    tokens::Nonce,
};

/// The accounts of those who have gone, of the latest [`Remembered::MOST`] of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Remembered(VecDeque<(Nonce, Account)>);

impl Remembered {
    const MOST: usize = 1000;

    fn of(&self, nonce: Nonce) -> Option<&Account> {
        self.0.iter().find(|(other, _)| *other == nonce).map(|(_, account)| account)
    }

    fn forget(&mut self, account: AccountId) {
        self.0.retain(|(_, other)| other.id != account);
    }

    fn keep(&mut self, nonce: Nonce, account: Option<Account>) {
        self.0.retain(|(other, _)| *other != nonce);
        let Some(account) = account else { return };
        if self.0.len() == Remembered::MOST {
            self.0.pop_front();
        }
        self.0.push_back((nonce, account));
    }
}

impl Task {
    /// For whom a racer races.
    pub(super) fn account_of(&self, racer: RacerId) -> Option<&Account> {
        self.people.get(racer)?.account.as_ref()
    }

    /// Whoever comes with an account races for it; who comes back without one still does for the account of
    /// before, unless they say that they have logged out.
    pub(super) fn race_as(&mut self, racer: RacerId, account: Option<Account>, guest: bool) {
        if account.is_some() || guest {
            self.race_for(racer, account);
        }
    }

    fn race_for(&mut self, racer: RacerId, account: Option<Account>) {
        let Some(person) = self.people.get_mut(racer) else { return };
        if std::mem::replace(&mut person.account, account.clone()) != account {
            self.tell_of(racer, Change::Changed);
        }
    }

    /// The account's log-ins have ended: its racers are guests from now on, and their phones join anew, with
    /// the account where somebody is still logged in.
    pub(super) fn sign_out(&mut self, account: AccountId) {
        self.party.accounts.forget(account);
        for racer in self.people.racing_for(account) {
            self.race_for(racer, None);
            if let Some(phone) = self.people.phone_mut(racer) {
                // A channel that has just ended need not be told.
                let _ = phone.channel.send(PhoneNews::SignedOut);
            }
        }
    }

    /// Somebody goes.
    pub(super) fn remember_account(&mut self, racer: RacerId) {
        let Some(person) = self.people.get(racer) else { return };
        if let Some(nonce) = person.nonce {
            self.party.accounts.keep(nonce, person.account.clone());
        }
    }

    /// Somebody has sat down: whom they raced for holds.
    pub(super) fn recall_account(&mut self, racer: RacerId, nonce: Nonce) {
        self.race_as(racer, self.party.accounts.of(nonce).cloned(), false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    #[test]
    fn the_latest_accounts_of_the_latest_thousand_are_remembered() {
        let account = |id| Account { id: AccountId(id), name: Name::parse("Ada").expect("a name") };
        let mut remembered = Remembered::default();
        let (ada, bo) = (Nonce::random(), Nonce::random());
        remembered.keep(bo, Some(account(2)));
        remembered.keep(ada, Some(account(1)));
        remembered.keep(ada, Some(account(7)));
        assert_eq!((remembered.of(ada), remembered.of(bo)), (Some(&account(7)), Some(&account(2))));
        remembered.forget(AccountId(2));
        assert_eq!((remembered.of(ada), remembered.of(bo)), (Some(&account(7)), None));
        remembered.keep(bo, Some(account(2)));
        remembered.keep(ada, Some(account(7)));
        (1..Remembered::MOST).for_each(|_| remembered.keep(Nonce::random(), Some(account(9))));
        assert_eq!((remembered.of(ada), remembered.of(bo)), (Some(&account(7)), None));
    }
}
