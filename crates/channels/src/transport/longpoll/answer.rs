//! What a long poll is answered with.

use std::{collections::VecDeque, sync::Arc};

use http::{HeaderValue, Method, header};
use warp::{Reply, reply::Response};

use super::session::Token;
use crate::frame::Frame;

/// The body of an answer; its HTTP status is 200 whatever it says.
pub(super) enum Answer {
    /// A POST was taken.
    Ok,
    /// What waited.
    Messages {
        token: Token,
        messages: VecDeque<Arc<Frame>>,
    },
    /// Nothing came.
    Nothing {
        token: Token,
    },
    /// The session is gone; here is another.
    Gone {
        token: Option<Token>,
    },
    Forbidden,
    TimedOut,
    /// The client may try again later.
    Unavailable,
}

impl Answer {
    fn body(&self) -> Vec<u8> {
        let polled =
            |status: u16, token: &Token| format!(r#"{{"status":{status},"token":"{token}","messages":["#);
        match self {
            Self::Ok => br#"{"status":200}"#.to_vec(),
            Self::Forbidden => br#"{"status":403}"#.to_vec(),
            Self::TimedOut => br#"{"status":408}"#.to_vec(),
            Self::Unavailable => br#"{"status":500}"#.to_vec(),
            Self::Gone { token: None } => br#"{"status":410}"#.to_vec(),
            Self::Gone { token: Some(token) } => [polled(410, token).as_bytes(), b"]}"].concat(),
            Self::Nothing { token } => [polled(204, token).as_bytes(), b"]}"].concat(),
            Self::Messages { token, messages } => {
                let mut body = polled(200, token).into_bytes();
                for (index, message) in messages.iter().enumerate() {
                    if index > 0 {
                        body.push(b',');
                    }
                    body.extend_from_slice(&message.bytes);
                }
                body.extend_from_slice(b"]}");
                body
            }
        }
    }
}

impl Reply for Answer {
    fn into_response(self) -> Response {
        let mut response = self.body().into_response();
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

/// Pages of any origin may read the answer: who may connect is judged by the request's origin.
pub(super) fn with_cors(mut response: Response, method: &Method, asked: Option<HeaderValue>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=0, private, must-revalidate"));
    if method == Method::OPTIONS {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("get, post, options"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
        if let Some(asked) = asked {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
        }
    }
    response
}
