//! `account:<id>`: what an account has raced and played, for its own pages alone.

use ::channels::{Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Payload};
use serde_json::{Value, json};

use super::{AfterJoin, Visitor, unavailable};
use crate::{
    accounts::AccountId,
    app::App,
    db::DbError,
    profile::{self, RACES},
    scores::Game,
    wire::{AccountJoined, RecordsJson},
};

/// One page.
pub struct AccountChannel {
    account: AccountId,
    /// What it was told when it joined, until it hears of all that follows.
    told: Option<RecordsJson>,
}

impl Channel for AccountChannel {
    type Assigns = Visitor;
    type Info = AfterJoin;

    async fn join(
        topic: &str,
        _params: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        let account = socket.assigns.account_id();
        let Some(account) = account.filter(|account| topic == format!("account:{account}")) else {
            return Err(JoinError::reason("unauthorized"));
        };
        let app = &socket.assigns.app;
        let reply = match app.db.within(reply(app, account)).await {
            Ok(Some(reply)) => reply,
            // It was deleted.
            Ok(None) => return Err(JoinError::reason("unauthorized")),
            Err(error) => return Err(JoinError::reason(unavailable(app, &error))),
        };
        // The channel cannot have ended before it has begun.
        let _ = socket.channel_ref().send(AfterJoin);
        let channel = AccountChannel { account, told: Some(reply.records.clone()) };
        Ok(Joined::replying(channel, reply)?)
    }

    async fn handle_in(
        &mut self,
        _event: &str,
        _payload: Payload,
        _socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        Ok(Handled::reason("unknown event"))
    }

    async fn handle_info(
        &mut self,
        AfterJoin: AfterJoin,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        let Some(told) = self.told.take() else { return Ok(Handled::NoReply) };
        let app = &socket.assigns.app;
        match app.db.within(missed(app, self.account, &told)).await {
            Ok(news) => news.into_iter().try_for_each(|(event, payload)| socket.push(event, payload))?,
            // As much as everybody misses then.
            Err(error) => drop(unavailable(app, &error)),
        }
        Ok(Handled::NoReply)
    }
}

async fn reply(app: &App, account: AccountId) -> Result<Option<AccountJoined>, DbError> {
    let pool = app.db.pool()?;
    let Some(who) = profile::who(pool, account).await? else { return Ok(None) };
    Ok(Some(AccountJoined { account: who, records: profile::records(pool, account).await? }))
}

/// The news of what was stored after the reply was read: they may have gone round before this page could
/// hear them.
async fn missed(
    app: &App,
    account: AccountId,
    told: &RecordsJson,
) -> Result<Vec<(&'static str, Value)>, DbError> {
    let pool = app.db.pool()?;
    let mut missed = Vec::new();
    for race in profile::races(pool, account, None, RACES).await?.iter().rev() {
        let is_told = told.races.iter().any(|known| known.id == race.id);
        if !is_told && let Some(news) = profile::news(pool, account, race.id, false).await? {
            missed.push(("race", json!(news)));
        }
    }
    for played in profile::games(pool, account).await? {
        if !told.games.contains(&played)
            && let Some(game) = Game::parse(&played.game)
        {
            let scored = app.scores.of(account, &game).await?;
            missed.push((
                "score",
                json!({
                    "game": played.game, "score": scored.score, "best": scored.best, "place": scored.place,
                    "count": scored.count, "at": scored.history.last().map(|(at, _)| at)
                }),
            ));
        }
    }
    Ok(missed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        channels::tests::House,
        db::test::on_each_database,
        profile::kit::{Run, sign_up},
    };

    on_each_database!(what_is_stored_while_a_page_joins_is_told_once_it_listens(db) {
        let house = House::on(db.clone());
        let ada = sign_up(&db, "Ada").await;
        Run::sprint(ada, 8000, 1000).record(&db).await;
        let told = reply(&house.app, ada).await.expect("read").expect("an account").records;
        assert!(missed(&house.app, ada, &told).await.expect("read").is_empty());
        let runs = [Run::sprint(ada, 7000, 2000).record(&db).await, Run::timed(ada, 70, 3000).record(&db).await];
        let game = Game::parse("practice").expect("a game");
        let new = crate::scores::NewScore::parse(&game, Some(&json!(50)), None).expect("a score");
        house.app.scores.store(ada, &game, new, 4000).await.expect("stored");
        let news = missed(&house.app, ada, &told).await.expect("read");
        let races: Vec<_> = news.iter().filter(|(event, _)| *event == "race")
            .map(|(_, news)| (news["race"]["id"].clone(), news["rules"][0]["key"].clone())).collect();
        assert_eq!(races, [(json!(runs[0]), json!("sprint-100")), (json!(runs[1]), json!("timed-10"))]);
        let score = json!({ "game": "practice", "score": 50, "best": 50, "place": 1, "count": 1, "at": 4000 });
        assert_eq!(news.last(), Some(&("score", score)));
    });
}
