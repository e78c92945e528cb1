//! `score:<game>`: a game on a page, played for an account.

use ::channels::{Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Payload};
use serde_json::json;

use super::Visitor;
use crate::{
    accounts::AccountId,
    clock,
    scores::{Game, NewScore, NotStored, Taken},
    wire::Params,
};

/// One page.
pub struct ScoreChannel {
    account: AccountId,
    game: Game,
}

impl Channel for ScoreChannel {
    type Assigns = Visitor;
    type Info = ();

    async fn join(
        topic: &str,
        _params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        let Some(account) = socket.assigns.account_id() else {
            return Err(JoinError::reason("unauthorized"));
        };
        let Some(game) = topic.strip_prefix("score:").and_then(Game::parse) else {
            return Err(JoinError::reason("no such game"));
        };
        let scored = socket.assigns.app.scores.of(account, &game).await;
        let scored =
            scored.map_err(|error| JoinError::reason(super::unavailable(&socket.assigns.app, &error)))?;
        Ok(Joined::replying(ScoreChannel { account, game }, scored)?)
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        if event != "new_score" {
            return Ok(Handled::reason("unknown event"));
        }
        match self.take(&Params::of(&payload), socket).await {
            Ok(Taken::New { name, stored }) => {
                let news = json!({
                    "name": name, "score": stored.score, "place": stored.place, "at": stored.at,
                    "count": stored.count
                });
                socket.broadcast("score", news)?;
                let own = json!({
                    "game": self.game.as_str(), "score": stored.score, "best": stored.best,
                    "place": stored.place, "at": stored.at, "count": stored.count
                });
                socket.endpoint().broadcast(&format!("account:{}", self.account), "score", own)?;
                Ok(Handled::ok(stored)?)
            }
            Ok(Taken::Again(stored)) => Ok(Handled::ok(stored)?),
            Err(NotStored::Db(error)) => Ok(Handled::reason(super::unavailable(&socket.assigns.app, &error))),
            Err(refused) => Ok(Handled::reason(&refused.to_string())),
        }
    }
}

impl ScoreChannel {
    async fn take(&self, params: &Params, socket: &ChannelSocket<Self>) -> Result<Taken, NotStored> {
        let new = NewScore::parse(&self.game, params.get("score"), params.get("id"))?;
        let at = clock::wall_clock().0;
        socket.assigns.app.scores.store(self.account, &self.game, new, at).await
    }
}
