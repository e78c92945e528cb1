//! `GET /api/boards` and `GET /api/boards/KEY`.

use std::{collections::HashMap, sync::Arc};

use serde_json::json;
use warp::{Filter, Rejection, http::StatusCode, reply::Response};

use super::{Asked, accounts::denied, answer, failed, number, refuse};
use crate::{
    app::App,
    boards::{Board, Period, SHOWN},
};

/// Boards.
pub(super) fn filter(
    app: Arc<App>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static {
    let get = || warp::get().or(warp::head()).unify();
    let all = warp::path!("api" / "boards").and(get()).and(Asked::filter(app.clone()));
    let one =
        warp::path!("api" / "boards" / String).and(get()).and(warp::query()).and(Asked::filter(app.clone()));
    all.then(kinds).or(one.then(open)).unify()
}

async fn kinds(Asked { app, .. }: Asked) -> Response {
    match app.boards.kinds().await {
        Ok(kinds) => answer(StatusCode::OK, &json!({ "boards": kinds })),
        Err(error) => failed(&app, &error),
    }
}

async fn open(key: String, query: HashMap<String, String>, asked: Asked) -> Response {
    let app = &asked.app;
    let Ok(key) = key.parse() else { return refuse(StatusCode::NOT_FOUND, "no such board") };
    let period = query.get("period").map_or(Some(Period::All), |period| Period::parse(period));
    let Some(period) = period else {
        return refuse(StatusCode::BAD_REQUEST, "period must be today, week or all");
    };
    let Some(most) = number(&query, "limit", SHOWN, SHOWN) else {
        return refuse(StatusCode::BAD_REQUEST, "limit must be a whole number");
    };
    let me = match app.db.within(app.accounts.of_headers(&asked.headers)).await {
        Ok(session) => session.map(|session| session.account.id),
        Err(error) => return denied(app, &error),
    };
    match app.boards.open(&Board { key, period }, most, me).await {
        Ok(board) => answer(StatusCode::OK, &board),
        Err(error) => failed(app, &error),
    }
}
