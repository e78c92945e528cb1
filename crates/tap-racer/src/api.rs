//! What is asked by plain HTTP: making and finding rooms, and whether the server is well.

use std::{net::IpAddr, sync::Arc};

use channels::PeerAddr;
use serde_json::{Value, json};
use tokio::time::Instant;
use warp::{
    Filter, Rejection, Reply,
    http::{HeaderMap, StatusCode, header},
    reply::Response,
};

use crate::{
    address::CameBy,
    app::App,
    rooms::{RoomCode, TooManyRooms},
};

/// `POST /api/rooms`, `GET /api/rooms/CODE` and `/healthz`.
pub fn filter(
    app: Arc<App>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static {
    let with_app = warp::any().map(move || app.clone());
    let make = warp::path!("api" / "rooms")
        .and(warp::post())
        .and(warp::ext::get::<PeerAddr>())
        .and(warp::header::headers_cloned())
        .and(with_app.clone())
        .map(|PeerAddr(peer), headers: HeaderMap, app: Arc<App>| {
            make_room(&app, peer.ip(), CameBy::from_headers(&headers).as_ref())
        });
    let find = warp::path!("api" / "rooms" / String)
        .and(warp::get().or(warp::head()).unify())
        .and(with_app)
        .map(|typed: String, app: Arc<App>| find_room(&app, &typed));
    let health =
        warp::path!("healthz").and(warp::get().or(warp::head()).unify()).map(|| "ok\n".into_response());
    make.or(find).unify().or(health).unify()
}

fn make_room(app: &App, peer: IpAddr, came_by: Option<&CameBy>) -> Response {
    if !app.room_making.take(peer, Instant::now()) {
        return answer(StatusCode::TOO_MANY_REQUESTS, &json!({ "reason": "rate limited" }));
    }
    let room = match app.rooms.make() {
        Ok(room) => room,
        Err(full @ TooManyRooms) => {
            return answer(StatusCode::SERVICE_UNAVAILABLE, &json!({ "reason": full.to_string() }));
        }
    };
    let id = room.id();
    answer(
        StatusCode::CREATED,
        &json!({
            "room": id.code(),
            "host": app.keys.host(&id, room.made()),
            "console": id.path("console"),
            "join_url": app.addresses.join_url(came_by, &id),
        }),
    )
}

fn find_room(app: &App, typed: &str) -> Response {
    match RoomCode::typed(typed).filter(|code| app.rooms.exists(*code)) {
        Some(code) => answer(StatusCode::OK, &json!({ "room": code.as_str() })),
        None => answer(StatusCode::NOT_FOUND, &json!({ "reason": "no such room" })),
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let reply = warp::reply::with_status(warp::reply::json(body), status);
    // A host token is for whoever asked, and for no cache on the way.
    let reply = warp::reply::with_header(reply, header::CACHE_CONTROL, "no-store");
    warp::reply::with_header(reply, header::X_CONTENT_TYPE_OPTIONS, "nosniff").into_response()
}
