//! `board:<KEY>:<period>`: who is the fastest, for everybody.

use std::time::Duration;

use ::channels::{Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Payload};
use serde_json::json;
use tokio::time::Instant;

use super::{AfterJoin, Visitor};
use crate::{
    boards::{Board, SHOWN, Watch},
    rate::TokenBucket,
};

/// Somebody may ask for their own place so often at once, and then once each while.
const QUESTIONS: (u32, Duration) = (10, Duration::from_secs(1));

/// One who looks at a board.
pub struct BoardChannel {
    board: Board,
    /// Nothing where too many boards are looked at.
    watch: Option<Watch>,
    questions: TokenBucket,
}

impl Channel for BoardChannel {
    type Assigns = Visitor;
    type Info = AfterJoin;

    async fn join(
        topic: &str,
        _params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        let Some(board) = Board::of_topic(topic) else { return Err(JoinError::reason("no such board")) };
        let Visitor { app, .. } = &socket.assigns;
        let watch = app.boards.watch(&board);
        let opened = app.boards.open(&board, SHOWN, socket.assigns.account_id()).await;
        let opened =
            opened.map_err(|error| JoinError::reason(super::unavailable(&socket.assigns.app, &error)))?;
        // The channel cannot have ended before it has begun.
        let _ = socket.channel_ref().send(AfterJoin);
        let questions = TokenBucket::new(QUESTIONS.0, QUESTIONS.1, Instant::now());
        Ok(Joined::replying(BoardChannel { board, watch, questions }, opened)?)
    }

    async fn handle_in(
        &mut self,
        event: &str,
        _payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        if event != "me" {
            return Ok(Handled::reason("unknown event"));
        }
        let Some(account) = socket.assigns.account_id() else { return Ok(Handled::ok(json!({}))?) };
        if !self.questions.take(Instant::now()) {
            return Ok(Handled::reason("rate limited"));
        }
        match socket.assigns.app.boards.own(&self.board, account).await {
            Ok(Some(me)) => Ok(Handled::ok(json!({ "me": me }))?),
            Ok(None) => Ok(Handled::ok(json!({}))?),
            Err(error) => Ok(Handled::reason(super::unavailable(&socket.assigns.app, &error))),
        }
    }

    async fn handle_info(
        &mut self,
        AfterJoin: AfterJoin,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        if let Some(board) = self.watch.as_ref().and_then(Watch::missed) {
            socket.push("board", board)?;
        }
        Ok(Handled::NoReply)
    }
}
