//! Those who stand at the door.

use tokio::time::{Duration, Instant};

use crate::{looks::Look, name::Name, room::join::Guest, tokens::Nonce};

/// Who has knocked lately: at most [`Knocks::MOST`] who wait, and a bounded number of those who were answered.
#[derive(Debug, Default)]
pub struct Knocks {
    all: Vec<Knock>,
    last_id: u32,
}

/// Somebody at the door, with the name and the look that the host sees and that they will have.
#[derive(Clone, Debug)]
pub struct Knock {
    pub id: u32,
    pub nonce: Nonce,
    pub name: Name,
    pub look: Look,
    pub answer: Answer,
    /// When they are forgotten.
    until: Instant,
}

/// What the host says.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Waiting,
    /// Come in.
    Admitted,
    /// Not now.
    Denied,
}

impl Knocks {
    pub const MOST: usize = 100;
    /// A host who sends a crowd away must not keep others from knocking.
    const MOST_IN_ALL: usize = 10 * Knocks::MOST;
    /// Who does not try again for so long has gone.
    const PATIENCE: Duration = Duration::from_secs(15);
    /// For so long an answer is kept.
    const ANSWERED: Duration = Duration::from_secs(60);

    pub fn is_full(&self) -> bool {
        self.waiting().count() >= Knocks::MOST || self.all.len() >= Knocks::MOST_IN_ALL
    }

    pub fn add(&mut self, nonce: Nonce, name: Name, look: Look, now: Instant) -> Knock {
        self.last_id += 1;
        let until = now + Knocks::PATIENCE;
        let knock = Knock { id: self.last_id, nonce, name, look, answer: Answer::Waiting, until };
        self.all.push(knock.clone());
        knock
    }

    /// The knock of somebody who comes again.
    pub fn try_again(&mut self, nonce: Nonce, now: Instant) -> Option<Knock> {
        let knock = self.all.iter_mut().find(|knock| knock.nonce == nonce)?;
        if knock.answer == Answer::Waiting {
            knock.until = now + Knocks::PATIENCE;
        }
        Some(knock.clone())
    }

    /// Answers somebody who waits.
    pub fn answer(&mut self, id: u32, answer: Answer, now: Instant) -> Option<Knock> {
        let waits = |knock: &&mut Knock| knock.id == id && knock.answer == Answer::Waiting;
        let knock = self.all.iter_mut().find(waits)?;
        knock.answer = answer;
        knock.until = now + Knocks::ANSWERED;
        Some(knock.clone())
    }

    /// Takes some out.
    pub fn take(&mut self, which: impl Fn(&Knock) -> bool) -> Vec<Knock> {
        self.all.extract_if(.., |knock| which(knock)).collect()
    }

    /// Those who have no answer yet.
    pub fn waiting(&self) -> impl Iterator<Item = &Knock> {
        self.all.iter().filter(|knock| knock.answer == Answer::Waiting)
    }

    /// When the next one is forgotten.
    pub fn next_end(&self) -> Option<Instant> {
        self.all.iter().map(|knock| knock.until).min()
    }
}

impl Knock {
    pub fn is_over(&self, now: Instant) -> bool {
        self.until <= now
    }

    /// Somebody who is let in.
    pub fn into_guest(self) -> Guest {
        let Knock { name, look, nonce, .. } = self;
        Guest { name, colour: Some(look.colour), shape: Some(look.shape), nonce }
    }
}
