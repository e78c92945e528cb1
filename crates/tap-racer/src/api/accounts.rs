//! `/api/account` and `/api/session`: who one is, and what becomes of it.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use warp::{
    Filter, Rejection, Reply,
    http::{HeaderValue, StatusCode, header},
    reply::Response,
};

use super::{Asked, Refused, answer, failed};
use crate::{
    accounts::{AccountError, Credentials, Entered, Session, SessionSecret},
    app::App,
    db::DbError,
    records::{Recorded, RulesKey},
    tokens::SESSION_TOKEN_LIFE,
};

/// Fifty seats, a name and a password need no more bytes.
const BODY: u64 = 32 * 1024;

#[derive(Deserialize)]
struct Typed {
    name: String,
    password: String,
    #[serde(default)]
    seats: Vec<String>,
}

#[derive(Deserialize)]
struct Change {
    old: String,
    new: String,
}

#[derive(Deserialize)]
struct Confirmation {
    password: String,
}

/// What is answered, or why not.
type Answer = Result<Response, Failure>;

/// Why something was not done.
enum Failure {
    Refused(Refused),
    Account(AccountError),
}

/// Everything below these two.
pub(super) fn filter(
    app: Arc<App>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static {
    let asked = Asked::filter(app);
    let body = warp::body::content_length_limit(BODY).and(warp::body::bytes()).map(Some);
    let body = body.or(warp::any().map(|| None)).unify();
    let get = || warp::get().or(warp::head()).unify();
    let sign_up = warp::path!("api" / "account").and(warp::post()).and(asked.clone()).and(body);
    let sign_up = sign_up.then(async |asked: Asked, body| done(&asked.app, sign_up_as(&asked, body)).await);
    let log_in = warp::path!("api" / "session").and(warp::post()).and(asked.clone()).and(body);
    let log_in = log_in.then(async |asked: Asked, body| done(&asked.app, log_in_as(&asked, body)).await);
    let who = warp::path!("api" / "session").and(get()).and(asked.clone());
    let who = who.then(async |asked: Asked| done(&asked.app, who_is(&asked)).await);
    let log_out = warp::path!("api" / "session").and(warp::delete()).and(asked.clone());
    let log_out = log_out.then(async |asked: Asked| done(&asked.app, end_session(&asked)).await);
    let everywhere = warp::path!("api" / "sessions").and(warp::delete()).and(asked.clone());
    let everywhere = everywhere.then(async |asked: Asked| done(&asked.app, end_sessions(&asked)).await);
    let password = warp::path!("api" / "account" / "password").and(warp::put()).and(asked.clone()).and(body);
    let password =
        password.then(async |asked: Asked, body| done(&asked.app, change_password(&asked, body)).await);
    let delete = warp::path!("api" / "account" / "delete").and(warp::post()).and(asked.clone()).and(body);
    let delete = delete.then(async |asked: Asked, body| done(&asked.app, delete_account(&asked, body)).await);
    let export = warp::path!("api" / "account" / "export").and(get()).and(asked);
    let export = export.then(async |asked: Asked| done(&asked.app, export_account(&asked)).await);
    let sessions = who.or(log_in).unify().or(log_out).unify().or(everywhere).unify();
    sessions.or(sign_up).unify().or(password).unify().or(delete).unify().or(export).unify()
}

async fn sign_up_as(asked: &Asked, body: Option<Bytes>) -> Answer {
    let credentials = credentials(asked, body.as_ref())?;
    let entered = asked.app.accounts.sign_up(credentials, asked.from).await?;
    Ok(let_in(asked, StatusCode::CREATED, entered))
}

async fn log_in_as(asked: &Asked, body: Option<Bytes>) -> Answer {
    let credentials = credentials(asked, body.as_ref())?;
    let entered = asked.app.accounts.log_in(credentials, asked.from).await?;
    Ok(let_in(asked, StatusCode::OK, entered))
}

fn credentials(asked: &Asked, body: Option<&Bytes>) -> Result<Credentials, Refused> {
    asked.must_be_ours()?;
    let Typed { name, password, seats } = asked.read(body)?;
    Ok(Credentials { name, password, session: SessionSecret::of_headers(&asked.headers), seats })
}

fn let_in(asked: &Asked, status: StatusCode, entered: Entered) -> Response {
    let Entered { session, secret, claimed } = entered;
    let response = answer(status, &json!({ "account": session.as_json(), "claimed": claimed.runs }));
    tell_boards(&asked.app, claimed.boards);
    with_cookie(response, &secret.cookie(asked.is_secure()))
}

/// A guest is nobody, and so is a browser whose session has ended: it may forget it.
async fn who_is(asked: &Asked) -> Answer {
    let accounts = &asked.app.accounts;
    Ok(match accounts.of_headers(&asked.headers).await? {
        Some(session) => {
            let life = u64::try_from(SESSION_TOKEN_LIFE.as_millis()).unwrap_or(u64::MAX);
            let token = accounts.token(&session);
            let body = json!({ "account": session.as_json(), "token": token, "expires_in": life });
            answer(StatusCode::OK, &body)
        }
        None => {
            let response = answer(StatusCode::OK, &json!({ "account": null }));
            match SessionSecret::of_headers(&asked.headers) {
                Some(_) => with_cookie(response, &SessionSecret::no_cookie()),
                None => response,
            }
        }
    })
}

async fn end_session(asked: &Asked) -> Answer {
    asked.must_be_ours()?;
    if let Some(secret) = SessionSecret::of_headers(&asked.headers) {
        asked.app.accounts.log_out(&secret).await?;
    }
    Ok(with_cookie(nothing(), &SessionSecret::no_cookie()))
}

async fn end_sessions(asked: &Asked) -> Answer {
    asked.must_be_ours()?;
    if let Some(session) = asked.app.accounts.of_headers(&asked.headers).await? {
        asked.app.accounts.log_out_everywhere(session.account.id).await?;
        asked.app.rooms.sign_out(session.account.id);
    }
    Ok(with_cookie(nothing(), &SessionSecret::no_cookie()))
}

async fn change_password(asked: &Asked, body: Option<Bytes>) -> Answer {
    asked.must_be_ours()?;
    let Change { old, new } = asked.read(body.as_ref())?;
    let session = logged_in(asked).await?;
    asked.app.accounts.change_password(&session, old, new, asked.from).await?;
    asked.app.rooms.sign_out(session.account.id);
    Ok(nothing())
}

async fn delete_account(asked: &Asked, body: Option<Bytes>) -> Answer {
    asked.must_be_ours()?;
    let Confirmation { password } = asked.read(body.as_ref())?;
    let session = logged_in(asked).await?;
    let boards = asked.app.accounts.delete(&session.account, password, asked.from).await?;
    asked.app.rooms.sign_out(session.account.id);
    tell_boards(&asked.app, boards);
    Ok(with_cookie(nothing(), &SessionSecret::no_cookie()))
}

async fn export_account(asked: &Asked) -> Answer {
    let session = logged_in(asked).await?;
    let everything = asked.app.accounts.export(&session.account).await?;
    let mut response = answer(StatusCode::OK, &everything);
    let name = HeaderValue::from_static("attachment; filename=\"tap-racer.json\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Whoever looks at one of these sees what has become of it.
fn tell_boards(app: &App, boards: Vec<RulesKey>) {
    if !boards.is_empty() {
        app.records.announce(Recorded { room: None, heat: 0, runs: Vec::new(), boards });
    }
}

async fn logged_in(asked: &Asked) -> Result<Session, AccountError> {
    asked.app.accounts.of_headers(&asked.headers).await?.ok_or(AccountError::Unauthorized)
}

async fn done(app: &App, answering: impl Future<Output = Answer>) -> Response {
    match app.db.within(answering).await {
        Ok(response) => response,
        Err(Failure::Refused(refused)) => refused.into_response(),
        Err(Failure::Account(error)) => denied(app, &error),
    }
}

fn nothing() -> Response {
    let reply = warp::reply::with_status(warp::reply(), StatusCode::NO_CONTENT);
    warp::reply::with_header(reply, header::CACHE_CONTROL, "no-store").into_response()
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    // Of our own making: letters, digits, and what stands between them.
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        Failure::Refused(refused)
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Failure {
        Failure::Account(error.into())
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Failure {
        Failure::Account(error)
    }
}

/// What is answered when something about an account was not done.
pub(super) fn denied(app: &App, error: &AccountError) -> Response {
    let status = match error {
        AccountError::Db(cause) => return failed(app, cause),
        AccountError::Name(_) | AccountError::PasswordTooShort | AccountError::PasswordTooLong => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        AccountError::NameTaken => StatusCode::CONFLICT,
        AccountError::Wrong | AccountError::WrongPassword | AccountError::Unauthorized => {
            StatusCode::UNAUTHORIZED
        }
        AccountError::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
        AccountError::Busy => StatusCode::SERVICE_UNAVAILABLE,
    };
    let refused = Refused::new(status, &error.to_string());
    match error {
        AccountError::RateLimited(wait) => refused.until(*wait).into_response(),
        _ => refused.into_response(),
    }
}
