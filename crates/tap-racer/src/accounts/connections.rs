//! Which sessions have connections: a session may end elsewhere, at another server on the same database or
//! by the operator's command, and then they are closed here.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use parking_lot::Mutex;
use sqlx::{AssertSqlSafe, query_scalar};

use super::{AccountId, Accounts, Session, SessionId};
use crate::{clock, db::DbError};

/// Sessions that are looked for in one query.
const AT_ONCE: usize = 200;

/// Those of this server.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// Whose each session is, and how many connections it has. Held for one look.
    sessions: Arc<Mutex<HashMap<SessionId, (AccountId, usize)>>>,
}

/// One of them, for as long as this lives.
#[derive(Debug)]
pub struct Connection {
    connections: Connections,
    session: SessionId,
}

impl Connections {
    pub(super) fn open(&self, session: &Session) -> Connection {
        let mut sessions = self.sessions.lock();
        let (_, count) = sessions.entry(session.id.clone()).or_insert((session.account.id, 0));
        *count += 1;
        Connection { connections: self.clone(), session: session.id.clone() }
    }

    fn all(&self) -> Vec<(SessionId, AccountId)> {
        let sessions = self.sessions.lock();
        sessions.iter().map(|(session, (account, _))| (session.clone(), *account)).collect()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut sessions = self.connections.sessions.lock();
        if let Some((_, count)) = sessions.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                sessions.remove(&self.session);
            }
        }
    }
}

impl Accounts {
    /// Closes connections of accounts of which a session that is connected has ended.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn hang_up_on_the_ended(&self) -> Result<(), DbError> {
        let mut ended = BTreeSet::new();
        for sessions in self.connections.all().chunks(AT_ONCE) {
            let places: Vec<String> = (2..).take(sessions.len()).map(|place| format!("${place}")).collect();
            let select =
                format!("SELECT id FROM sessions WHERE expires > $1 AND id IN ({})", places.join(", "));
            let mut asking = query_scalar(AssertSqlSafe(select)).bind(clock::wall_clock().0);
            for (session, _) in sessions {
                asking = asking.bind(session.as_str());
            }
            let open: HashSet<String> = asking.fetch_all(self.db.pool()?).await?.into_iter().collect();
            let is_over = |(session, _): &&(SessionId, AccountId)| !open.contains(session.as_str());
            ended.extend(sessions.iter().filter(is_over).map(|(_, account)| *account));
        }
        ended.into_iter().for_each(|account| self.hang_up(account));
        Ok(())
    }
}
