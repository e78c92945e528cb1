//! The long-poll transport: for clients whose network lets no WebSocket through.
//!
//! A session is a connection whose client fetches what waits in the outbox by GET and sends by
//! POST. HTTP answers are 200 as a rule; the status is in the body.
//!
//! Source: Phoenix's `lib/phoenix/transports/long_poll.ex` and `long_poll_server.ex`.

mod answer;
mod session;

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use bytes::{Buf, Bytes};
use futures::{Stream, TryStreamExt};
use http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE};
use warp::{Filter, Rejection, Reply, reply::Response};

use self::{
    answer::Answer,
    session::{Session, Sessions, Token},
};
use super::request;
use crate::{
    endpoint::Endpoint,
    serializer::Serializer,
    socket::{Connect, NotConnected, Socket},
};
pub(crate) use session::Slot;

/// How long a poll waits for something to come.
const WINDOW: Duration = Duration::from_secs(10);
/// How long a session lives that nobody polls.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// Messages that are taken from one batch; phoenix.js sends no more.
const BATCH: usize = 100;

/// Serves this path.
pub(super) fn filter<A: Clone + Send + Sync + 'static>(
    endpoint: Endpoint,
    path: String,
    socket: Arc<Socket<A>>,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static + use<A> {
    let longpoll = Arc::new(LongPoll { endpoint, socket, sessions: Arc::default() });
    request::at(path).and(warp::method()).and(request::connect()).and(warp::body::stream()).then(
        move |method: Method, request: Connect, body| {
            let longpoll = longpoll.clone();
            async move {
                let asked = request.headers.get("access-control-request-headers").cloned();
                let response = match method {
                    Method::OPTIONS => StatusCode::OK.into_response(),
                    Method::GET => longpoll.poll(request).await.into_response(),
                    Method::POST => longpoll.publish(request, body).await,
                    _ => StatusCode::BAD_REQUEST.into_response(),
                };
                answer::with_cors(response, &method, asked)
            }
        },
    )
}

struct LongPoll<A> {
    endpoint: Endpoint,
    socket: Arc<Socket<A>>,
    sessions: Arc<Sessions>,
}

impl<A: Clone + Send + Sync + 'static> LongPoll<A> {
    /// GET: what waits in a session; for a token that is none, a new session.
    async fn poll(&self, request: Connect) -> Answer {
        let session = token(&request).and_then(|token| self.sessions.find(&token));
        match session {
            Some(session) => match session.poll(WINDOW).await {
                Some(answer) => answer,
                None => self.open(request).await,
            },
            None => self.open(request).await,
        }
    }

    async fn open(&self, request: Connect) -> Answer {
        let Some(serializer) = Serializer::for_version(request.params.get("vsn").map(String::as_str)) else {
            return Answer::Forbidden;
        };
        match self.socket.connect(&self.endpoint, request).await {
            Ok(connected) => match self.sessions.open(&self.endpoint, serializer, connected) {
                Some(token) => Answer::Gone { token: Some(token) },
                None => Answer::Unavailable,
            },
            Err(NotConnected::Refused) => Answer::Forbidden,
            Err(NotConnected::Unavailable) => Answer::Unavailable,
        }
    }

    /// POST: one message, or a batch of them.
    async fn publish<B: Buf>(
        &self,
        request: Connect,
        body: impl Stream<Item = Result<B, warp::Error>>,
    ) -> Response {
        let Some(session) = token(&request).and_then(|token| self.sessions.find(&token)) else {
            return Answer::Gone { token: None }.into_response();
        };
        let limit = self.endpoint.limits().message_bytes;
        let Some(body) = read(body, limit.saturating_mul(BATCH.min(8))).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        self.endpoint.telemetry().bytes_in.increment(body.len() as u64);
        let Ok(text) = simdutf8::basic::from_utf8(&body) else {
            return self.broken(&session).into_response();
        };
        let Some(messages) = messages(&request.headers, text) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        if session.receive(&messages, limit) {
            Answer::Ok.into_response()
        } else {
            self.broken(&session).into_response()
        }
    }

    /// A broken message ends its session. (Phoenix says so after ten seconds.)
    fn broken(&self, session: &Session) -> Answer {
        session.close();
        self.sessions.end(session.token());
        Answer::TimedOut
    }
}

fn token(request: &Connect) -> Option<Token> {
    let header = request.headers.get("x-phoenix-longpoll-token").and_then(|token| token.to_str().ok());
    header.or(request.params.get("token").map(String::as_str)).and_then(Token::parse)
}

/// A message of a client.
enum Sent<'a> {
    Text(&'a str),
    Binary(Vec<u8>),
}

/// The messages of a body; `None` when a binary one is no base64.
fn messages<'a>(headers: &HeaderMap, body: &'a str) -> Option<Vec<Sent<'a>>> {
    if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != "application/x-ndjson") {
        return Some(vec![Sent::Text(body)]);
    }
    let lines = body.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    lines
        .filter(|line| !line.is_empty())
        .take(BATCH)
        .map(|line| match line.as_bytes() {
            [b'[', ..] => Some(Sent::Text(line)),
            line => BASE64.decode(line).ok().map(Sent::Binary),
        })
        .collect()
}

/// The whole body, unless it is longer than `limit`.
async fn read<B: Buf>(body: impl Stream<Item = Result<B, warp::Error>>, limit: usize) -> Option<Bytes> {
    let mut whole = Vec::new();
    let mut body = std::pin::pin!(body);
    while let Some(mut part) = body.try_next().await.ok()? {
        if whole.len() + part.remaining() > limit {
            return None;
        }
        while part.has_remaining() {
            let chunk = part.chunk();
            whole.extend_from_slice(chunk);
            let length = chunk.len();
            part.advance(length);
        }
    }
    Some(whole.into())
}
