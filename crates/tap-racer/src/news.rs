//! What is recorded is told: to the pages of whose it is, and to those who look at a board.

use std::sync::Arc;

use ::channels::Endpoint;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tracing::error;

use crate::{
    boards::Boards,
    db::{Db, DbError},
    profile,
    records::{Recorded, RecordedRun},
};

/// Tells what it hears of until there is nothing more to hear.
pub async fn spread(mut recorded: Receiver<Arc<Recorded>>, db: Db, endpoint: Endpoint, boards: Boards) {
    loop {
        match recorded.recv().await {
            Ok(recorded) => {
                recorded.boards.iter().for_each(|key| boards.changed(key));
                for run in &recorded.runs {
                    if let Err(error) = db.within(tell(&db, &endpoint, run)).await {
                        db.note(&error);
                    }
                }
            }
            // Boards are looked at by themselves, and an account's page when it is opened again.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn tell(db: &Db, endpoint: &Endpoint, run: &RecordedRun) -> Result<(), DbError> {
    let news = profile::news(db.pool()?, run.account, run.run, run.best).await?;
    let topic = format!("account:{}", run.account);
    if let Some(Err(error)) = news.map(|news| endpoint.broadcast(&topic, "race", news)) {
        error!(%error, "news of a race have no JSON form");
    }
    Ok(())
}
