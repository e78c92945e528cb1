//! What is asked by plain HTTP: making and finding rooms, tickets for them, accounts, players and boards.

mod accounts;
mod asked;
mod boards;
mod players;
mod refused;

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use bytes::Bytes;
use channels::PeerAddr;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::Instant;
use warp::{
    Filter, Rejection, Reply,
    http::{HeaderMap, StatusCode, header},
    reply::Response,
};

use crate::{
    address::CameBy,
    app::App,
    db::DbError,
    rooms::{RoomCode, RoomId, TooManyRooms},
};

use asked::Asked;
use refused::Refused;

/// A code and its name need no more bytes.
const TICKET_BODY: u64 = 1000;

/// For which room a ticket is wanted.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    room: Option<String>,
}

/// Rooms and tickets, accounts, players and boards.
pub fn filter(
    app: Arc<App>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static {
    let accounts = accounts::filter(app.clone());
    let records = boards::filter(app.clone()).or(players::filter(app.clone())).unify();
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
        .and(with_app.clone())
        .map(|typed: String, app: Arc<App>| find_room(&app, &typed));
    let body = warp::body::content_length_limit(TICKET_BODY).and(warp::body::bytes()).map(Some);
    let body = body.or(warp::any().map(|| None)).unify();
    let ticket = warp::path!("api" / "tickets")
        .and(warp::post())
        .and(warp::ext::get::<PeerAddr>())
        .and(body)
        .and(with_app)
        .map(|PeerAddr(peer), body: Option<Bytes>, app: Arc<App>| {
            give_ticket(&app, peer.ip(), body.as_deref())
        });
    let rooms = make.or(find).unify().or(ticket).unify();
    rooms.or(accounts).unify().or(records).unify()
}

fn make_room(app: &App, peer: IpAddr, came_by: Option<&CameBy>) -> Response {
    if !app.room_making.take(peer, Instant::now()) {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "rate limited");
    }
    let room = match app.rooms.make() {
        Ok(room) => room,
        Err(full @ TooManyRooms) => {
            return refuse(StatusCode::SERVICE_UNAVAILABLE, &full.to_string());
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
        None => refuse(StatusCode::NOT_FOUND, "no such room"),
    }
}

/// A seat that is not taken yet: whoever joins with it is one guest, however often.
fn give_ticket(app: &App, peer: IpAddr, body: Option<&[u8]>) -> Response {
    let Some(body) = body else { return refuse(StatusCode::PAYLOAD_TOO_LARGE, "too long") };
    let Ok(Wanted { room }) = serde_json::from_slice(body) else {
        return refuse(StatusCode::BAD_REQUEST, "room must be a code or null");
    };
    let room = match room {
        None => Some(RoomId::House),
        Some(typed) => RoomCode::typed(&typed).filter(|code| app.rooms.exists(*code)).map(RoomId::Code),
    };
    let Some(room) = room else { return refuse(StatusCode::NOT_FOUND, "no such room") };
    if !app.ticket_giving.take(peer, Instant::now()) {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "rate limited");
    }
    answer(StatusCode::CREATED, &json!({ "ticket": app.keys.ticket(&room) }))
}

/// A number of a query, from 1 to `most`; `usual` if it is not there, none if it is no number.
fn number(query: &HashMap<String, String>, name: &str, usual: i64, most: i64) -> Option<i64> {
    query.get(name).map_or(Some(usual), |text| text.parse().ok()).map(|number: i64| number.clamp(1, most))
}

/// What the database does not tell now.
fn failed(app: &App, error: &DbError) -> Response {
    app.db.note(error);
    if error.is_passing() {
        refuse(StatusCode::SERVICE_UNAVAILABLE, "accounts are unavailable")
    } else {
        refuse(StatusCode::INTERNAL_SERVER_ERROR, "failed")
    }
}

fn refuse(status: StatusCode, reason: &str) -> Response {
    Refused::new(status, reason).into_response()
}

fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    let reply = warp::reply::with_status(warp::reply::json(body), status);
    // A host token is for whoever asked, and for no cache on the way.
    let reply = warp::reply::with_header(reply, header::CACHE_CONTROL, "no-store");
    warp::reply::with_header(reply, header::X_CONTENT_TYPE_OPTIONS, "nosniff").into_response()
}
