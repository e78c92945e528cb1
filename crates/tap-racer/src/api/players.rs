//! `GET /api/players/NAME`, `GET /api/players/NAME/races` and `GET /api/runs/ID`: what anybody may know of an
//! account.

use std::{collections::HashMap, sync::Arc};

use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::json;
use warp::{Filter, Rejection, http::StatusCode, reply::Response};

use super::{answer, failed, number, refuse};
use crate::{
    accounts::AccountId,
    app::App,
    db::DbError,
    profile::{self, MOST_RACES, RACES},
    wire::AccountJson,
};

/// Players and their runs.
pub(super) fn filter(
    app: Arc<App>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static {
    let with_app = warp::any().map(move || app.clone());
    let get = || warp::get().or(warp::head()).unify();
    let player = warp::path!("api" / "players" / String).and(get()).and(with_app.clone());
    let races = warp::path!("api" / "players" / String / "races");
    let races = races.and(get()).and(warp::query()).and(with_app.clone());
    let run = warp::path!("api" / "runs" / String).and(get()).and(with_app);
    player.then(show_player).or(races.then(list_races)).unify().or(run.then(show_run)).unify()
}

async fn show_player(name: String, app: Arc<App>) -> Response {
    let profile = async {
        let Some(account) = find(&app, &name).await? else { return Ok(None) };
        Ok(Some(profile::profile(app.db.pool()?, account).await?))
    };
    found(&app, profile, "no such player").await
}

async fn list_races(name: String, query: HashMap<String, String>, app: Arc<App>) -> Response {
    let Some(most) = number(&query, "limit", RACES, MOST_RACES) else {
        return refuse(StatusCode::BAD_REQUEST, "limit must be a whole number");
    };
    let before = query.get("before").map(|before| before.parse());
    let Ok(before) = before.transpose() else {
        return refuse(StatusCode::BAD_REQUEST, "before must be the number of a run");
    };
    let races = async {
        let Some(account) = find(&app, &name).await? else { return Ok(None) };
        // One more tells whether there are more.
        let mut races = profile::races(app.db.pool()?, AccountId(account.id), before, most + 1).await?;
        let most = usize::try_from(most).unwrap_or_default();
        let more = races.len() > most;
        races.truncate(most);
        Ok(Some(json!({ "races": races, "more": more })))
    };
    found(&app, races, "no such player").await
}

async fn show_run(run: String, app: Arc<App>) -> Response {
    let Ok(run) = run.parse() else { return refuse(StatusCode::NOT_FOUND, "no such run") };
    let replay = async { profile::replay(app.db.pool()?, run).await };
    found(&app, replay, "no such run").await
}

async fn find(app: &App, name: &str) -> Result<Option<AccountJson>, DbError> {
    match percent_decode_str(name).decode_utf8() {
        Ok(name) => profile::find(app.db.pool()?, &name).await,
        Err(_) => Ok(None),
    }
}

async fn found<T: Serialize>(
    app: &App,
    looking: impl Future<Output = Result<Option<T>, DbError>>,
    otherwise: &str,
) -> Response {
    match app.db.within(looking).await {
        Ok(Some(found)) => answer(StatusCode::OK, &found),
        Ok(None) => refuse(StatusCode::NOT_FOUND, otherwise),
        Err(error) => failed(app, &error),
    }
}
