//! The channels of the game: what clients send is read and checked here, and handed to the room.
//!
//! Nothing here holds a race or decides anything. Bad input is answered with a reason, and the
//! channel lives on.

mod account;
mod board;
mod chat;
mod console;
mod play;
mod score;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use ::channels::{Connect, Crash, Endpoint, Handled, Limits, Refusal, Socket};

use crate::{
    accounts::{Account, AccountId, Accounts, Connection},
    address::CameBy,
    app::App,
    db::DbError,
    room::Ended,
    wire::Params,
};

pub use account::AccountChannel;
pub use board::BoardChannel;
pub use chat::ChatChannel;
pub use console::ConsoleChannel;
pub use play::PlayChannel;
pub use score::ScoreChannel;

/// What a connected socket knows.
#[derive(Clone)]
pub struct Visitor {
    /// The server.
    pub app: Arc<App>,
    /// By which address the client came.
    pub came_by: Option<CameBy>,
    /// Who it is; guests are nobody.
    pub account: Option<Account>,
    /// Its connection, which is closed when its session ends.
    pub _connection: Option<Arc<Connection>>,
}

impl Visitor {
    /// Whose account it is.
    pub fn account_id(&self) -> Option<AccountId> {
        self.account.as_ref().map(|account| account.id)
    }
}

/// The endpoint that all rooms broadcast from.
pub fn endpoint() -> Endpoint {
    Endpoint::new(Limits::default())
}

/// `/socket`: everybody may connect, but nobody as somebody else.
pub fn socket(app: Arc<App>) -> Socket<Visitor> {
    let socket = Socket::new(move |connect: Connect| {
        let app = app.clone();
        async move {
            let came_by = CameBy::from_headers(&connect.headers);
            let Some(token) = connect.params.get("token").or(connect.auth_token.as_ref()) else {
                return Ok(Visitor { app, came_by, account: None, _connection: None });
            };
            let (account, connection) = app.accounts.connect(token).await.ok_or(Refusal)?;
            Ok(Visitor { app, came_by, account: Some(account), _connection: Some(Arc::new(connection)) })
        }
    });
    topics(socket.id(|visitor| visitor.account_id().map(Accounts::socket_id)))
}

/// What can be joined.
pub(crate) fn topics(socket: Socket<Visitor>) -> Socket<Visitor> {
    socket
        .channel::<ConsoleChannel>("console")
        .channel::<ConsoleChannel>("console:*")
        .channel::<PlayChannel>("play")
        .channel::<PlayChannel>("play:*")
        .channel::<ChatChannel>("chat:*")
        .channel::<ScoreChannel>("score:*")
        .channel::<BoardChannel>("board:*")
        .channel::<AccountChannel>("account:*")
}

/// What channels send themselves from `join`: the client has heard that it joined.
#[derive(Copy, Clone, Debug)]
pub struct AfterJoin;

/// Answers with the server's time, for clients that measure how far theirs is off.
fn sync(params: &Params, app: &App) -> Result<Handled, Crash> {
    let Some(t0) = params.number("t0") else { return Ok(Handled::reason("t0 is missing")) };
    Ok(Handled::ok(serde_json::json!({ "t0": t0, "now": app.clock.now().0 }))?)
}

/// What is said of what the database does not tell now. The cause is for the log.
fn unavailable(app: &App, error: &DbError) -> &'static str {
    app.db.note(error);
    if error.is_passing() { "accounts are unavailable" } else { "failed" }
}

fn no_such_room() -> String {
    Ended.to_string()
}
