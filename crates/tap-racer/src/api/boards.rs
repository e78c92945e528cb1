//! `GET /api/boards` and `GET /api/boards/KEY`.

use std::{collections::HashMap, sync::Arc};

use serde_json::json;
use warp::{Filter, Rejection, http::StatusCode, reply::Response};

use super::{answer, failed, number, refuse};
use crate::{
    app::App,
    boards::{Board, Period, SHOWN},
};

/// Boards.
pub(super) fn filter(
    app: Arc<App>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static {
    let with_app = warp::any().map(move || app.clone());
    let get = || warp::get().or(warp::head()).unify();
    let all = warp::path!("api" / "boards").and(get()).and(with_app.clone());
    let one = warp::path!("api" / "boards" / String).and(get()).and(warp::query()).and(with_app);
    all.then(kinds).or(one.then(open)).unify()
}

async fn kinds(app: Arc<App>) -> Response {
    match app.boards.kinds().await {
        Ok(kinds) => answer(StatusCode::OK, &json!({ "boards": kinds })),
        Err(error) => failed(&error),
    }
}

async fn open(key: String, query: HashMap<String, String>, app: Arc<App>) -> Response {
    let Ok(key) = key.parse() else { return refuse(StatusCode::NOT_FOUND, "no such board") };
    let period = query.get("period").map_or(Some(Period::All), |period| Period::parse(period));
    let Some(period) = period else {
        return refuse(StatusCode::BAD_REQUEST, "period must be today, week or all");
    };
    let Some(most) = number(&query, "limit", SHOWN, SHOWN) else {
        return refuse(StatusCode::BAD_REQUEST, "limit must be a whole number");
    };
    match app.boards.open(&Board { key, period }, most, None).await {
        Ok(board) => answer(StatusCode::OK, &board),
        Err(error) => failed(&error),
    }
}
