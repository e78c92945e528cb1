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

use ::channels::{Connect, Crash, Endpoint, Handled, Limits, Socket};

use crate::{accounts::AccountId, address::CameBy, app::App, db::DbError, room::Ended, wire::Params};

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
    /// Whose it is; nobody's is a guest's.
    pub account: Option<AccountId>,
}

impl Visitor {
    /// For whose account things are done.
    pub fn account_id(&self) -> Option<AccountId> {
        self.account
    }
}

/// The endpoint that all rooms broadcast from.
pub fn endpoint() -> Endpoint {
    Endpoint::new(Limits::default())
}

/// `/socket`: everybody may connect.
pub fn socket(app: Arc<App>) -> Socket<Visitor> {
    topics(Socket::new(move |connect: Connect| {
        let came_by = CameBy::from_headers(&connect.headers);
        let visitor = Visitor { app: app.clone(), came_by, account: None };
        async move { Ok(visitor) }
    }))
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

/// Why something that the database knows is not told now. The cause is for the log.
fn unavailable(error: &DbError) -> &'static str {
    tracing::debug!(reason = error as &dyn std::error::Error, "the database did not answer");
    "accounts are unavailable"
}

fn no_such_room() -> String {
    Ended.to_string()
}
