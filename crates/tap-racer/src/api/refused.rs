//! What is not done, and why.

use std::time::Duration;

use serde_json::json;
use warp::{
    Reply,
    http::{HeaderValue, StatusCode, header},
    reply::Response,
};

use super::answer;

/// A status, and a reason that a page can tell people.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    reason: String,
    /// After which it may be tried again.
    wait: Option<Duration>,
}

impl Refused {
    pub fn new(status: StatusCode, reason: &str) -> Refused {
        Refused { status, reason: reason.to_owned(), wait: None }
    }

    /// It is done after a while.
    pub fn until(self, wait: Duration) -> Refused {
        Refused { wait: Some(wait), ..self }
    }
}

impl Reply for Refused {
    fn into_response(self) -> Response {
        let mut response = answer(self.status, &json!({ "reason": self.reason }));
        if let Some(wait) = self.wait {
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            if let Ok(seconds) = HeaderValue::from_str(&seconds.to_string()) {
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
        }
        response
    }
}
