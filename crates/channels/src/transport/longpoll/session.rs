//! Sessions: connections whose clients fetch.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};
use tracing::warn;
use uuid::Uuid;

use super::{Sent, answer::Answer};
use crate::{
    connection::{Connection, Online},
    endpoint::Endpoint,
    frame::{Format, Framing},
    outbox::Outbox,
    serializer::Serializer,
    socket::Connected,
    transport::{CloseCode, Wire, Written, intake::Intake},
};

/// Names a session, and is all that its client needs to know: it cannot be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Token(Uuid);

impl Token {
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// The sessions of one mounted socket.
#[derive(Default)]
pub(super) struct Sessions {
    open: Mutex<HashMap<Token, Arc<Session>>>,
}

impl Sessions {
    /// Opens a session, unless there are too many.
    pub fn open<A: Clone + Send + Sync + 'static>(
        self: &Arc<Self>,
        endpoint: &Endpoint,
        serializer: Serializer,
        connected: Connected<A>,
    ) -> Option<Token> {
        if self.open.lock().len() >= endpoint.limits().longpoll_sessions {
            warn!("no room for another long-poll session");
            return None;
        }
        let token = Token(Uuid::new_v4());
        let slot = Slot { more: Notify::new(), token, sessions: Arc::downgrade(self) };
        let format = Format { serializer, framing: Framing::LongPoll };
        let online = Online::new(endpoint, connected, format, Wire::LongPoll(slot));
        let session = Session { token, intake: Mutex::new(Intake::new(online.connection().clone())), online };
        self.open.lock().insert(token, Arc::new(session));
        Some(token)
    }

    pub fn find(&self, token: &Token) -> Option<Arc<Session>> {
        self.open.lock().get(token).cloned()
    }

    pub fn end(&self, token: Token) {
        // Dropped when no lock is held: its channels end.
        let _session = self.open.lock().remove(&token);
    }
}

pub(super) struct Session {
    token: Token,
    intake: Mutex<Intake>,
    online: Online,
}

impl Session {
    pub fn token(&self) -> Token {
        self.token
    }

    fn slot(&self) -> Option<&Slot> {
        match self.online.connection().wire() {
            Wire::LongPoll(slot) => Some(slot),
            Wire::WebSocket(_) => None,
        }
    }

    /// Closes the connection; a poll that waits is told.
    pub fn close(&self) {
        self.online.connection().close(CloseCode::Error, "malformed message");
    }

    /// What waits, or what comes within the window; `None` when the session has ended.
    pub async fn poll(&self, window: Duration) -> Option<Answer> {
        let connection = self.online.connection();
        let deadline = Instant::now() + window;
        let slot = self.slot()?;
        loop {
            connection.heard();
            let messages = connection.take();
            if !messages.is_empty() {
                return Some(Answer::Messages { token: self.token, messages });
            }
            if connection.is_closing() {
                slot.shutdown();
                return None;
            }
            if timeout_at(deadline, slot.more()).await.is_err() {
                connection.heard();
                return Some(Answer::Nothing { token: self.token });
            }
        }
    }

    /// Takes messages in their order. Returns whether all of them were messages.
    pub fn receive(&self, messages: &[Sent<'_>], limit: usize) -> bool {
        let connection: &Arc<Connection> = self.online.connection();
        let _cork = connection.cork();
        // Posts do not count as a sign of life: who never polls reads nothing.
        let mut intake = self.intake.lock();
        let now = intake.now();
        messages.iter().all(|message| match message {
            Sent::Text(text) => text.len() <= limit && intake.text(text, now),
            Sent::Binary(bytes) => bytes.len() <= limit && intake.binary(bytes, now),
        })
    }
}

/// Where a session's polls wait.
pub(crate) struct Slot {
    more: Notify,
    token: Token,
    sessions: Weak<Sessions>,
}

impl Slot {
    /// The slot of a client in memory.
    #[cfg(feature = "test")]
    pub fn detached() -> Self {
        Self { more: Notify::new(), token: Token(Uuid::nil()), sessions: Weak::new() }
    }

    /// Waits until there may be something in the outbox.
    pub async fn more(&self) {
        self.more.notified().await;
    }

    /// Wakes the poll that waits; it takes what there is from the outbox.
    pub fn announce(&self, outbox: &mut Outbox) -> Written {
        if !outbox.is_empty() || outbox.is_closed() {
            self.more.notify_one();
        }
        Written::Enough
    }

    /// Ends the session.
    pub fn shutdown(&self) {
        if let Some(sessions) = self.sessions.upgrade() {
            sessions.end(self.token);
        }
    }
}
