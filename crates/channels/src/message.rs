//! The messages of the protocol: what clients send and what they are sent.
//!
//! Source: Phoenix's `lib/phoenix/socket/message.ex`.

use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::value::RawValue;

use crate::payload::{IntoPayload, Payload, PayloadError};

/// A message reference (`ref` or `join_ref`): chosen by the client, any JSON, given back to it
/// verbatim. `5` and `"5"` are different references.
#[derive(Clone)]
pub(crate) struct Ref(Arc<str>);

impl Ref {
    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// The text of a string, the JSON of anything else: how binary messages write references.
    pub(crate) fn to_bare(&self) -> Cow<'_, str> {
        RefText::Json(&self.0).parts().1
    }
}

/// `"a"` and `"\u0061"` are the same reference; `5`, `5.0` and `"5"` are three.
impl PartialEq<RefText<'_>> for Ref {
    fn eq(&self, other: &RefText<'_>) -> bool {
        RefText::Json(&self.0).parts() == other.parts()
    }
}

impl PartialEq for Ref {
    fn eq(&self, other: &Self) -> bool {
        *self == RefText::Json(&other.0)
    }
}

impl fmt::Debug for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands between the quotes of a JSON string that holds no escapes.
fn unescaped(json: &str) -> Option<&str> {
    let plain = json.strip_prefix('"')?.strip_suffix('"')?;
    (!plain.contains('\\')).then_some(plain)
}

/// A reference as it arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RefText<'a> {
    /// Its JSON text.
    Json(&'a str),
    /// The text of a string, from a binary message.
    Bare(&'a str),
}

impl<'a> RefText<'a> {
    /// Whether it is a string, and its text.
    fn parts(self) -> (bool, Cow<'a, str>) {
        match self {
            Self::Bare(bare) => (true, bare.into()),
            Self::Json(json) => match unescaped(json) {
                Some(plain) => (true, plain.into()),
                None => serde_json::from_str::<String>(json)
                    .map_or((false, json.into()), |text| (true, text.into())),
            },
        }
    }
}

impl From<RefText<'_>> for Ref {
    fn from(text: RefText<'_>) -> Self {
        match text {
            RefText::Json(json) => Self(json.into()),
            RefText::Bare(bare) => Self(serde_json::Value::from(bare).to_string().into()),
        }
    }
}

/// A message as a client sent it, borrowed from the buffer it was read into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming<'a> {
    pub join_ref: Option<RefText<'a>>,
    pub message_ref: Option<RefText<'a>>,
    pub topic: Text<'a>,
    pub event: Text<'a>,
    pub payload: IncomingPayload<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum IncomingPayload<'a> {
    Json(&'a RawValue),
    Binary(&'a [u8]),
}

impl IncomingPayload<'_> {
    pub fn to_payload(self) -> Payload {
        match self {
            Self::Json(json) => Payload::Json(json.to_owned()),
            Self::Binary(bytes) => Payload::Binary(bytes::Bytes::copy_from_slice(bytes)),
        }
    }
}

/// A topic or an event: a JSON string as a rule, and any other JSON from a client that errs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text<'a> {
    /// A string without escapes, or one from a binary frame.
    Plain(&'a str),
    /// The JSON text of a string with escapes, or of something that is no string.
    Json(&'a RawValue),
}

impl<'a> Text<'a> {
    pub fn from_json(json: &'a RawValue) -> Self {
        unescaped(json.get()).map_or(Self::Json(json), Self::Plain)
    }

    /// The text, or `None` when it is no string.
    pub fn to_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Plain(plain) => Some(plain.into()),
            Self::Json(json) => serde_json::from_str::<String>(json.get()).ok().map(Into::into),
        }
    }

    /// The text, or the JSON when it is no string.
    pub fn to_lossy(self) -> Cow<'a, str> {
        self.to_text().unwrap_or_else(|| match self {
            Self::Plain(plain) => plain.into(),
            Self::Json(json) => json.get().into(),
        })
    }
}

/// Whether a request was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `"ok"`
    Ok,
    /// `"error"`
    Error,
}

impl Status {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }
}

/// The answer to a message: `{"status": …, "response": …}` on the wire.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Whether the request was granted.
    pub status: Status,
    /// What the client's `receive` callback is given.
    pub response: Payload,
}

impl Reply {
    /// A reply of status `ok`.
    ///
    /// # Errors
    /// [`PayloadError`] when the response has no JSON form.
    pub fn ok(response: impl IntoPayload) -> Result<Self, PayloadError> {
        Ok(Self { status: Status::Ok, response: response.into_payload()? })
    }

    /// A reply of status `error`.
    ///
    /// # Errors
    /// [`PayloadError`] when the response has no JSON form.
    pub fn error(response: impl IntoPayload) -> Result<Self, PayloadError> {
        Ok(Self { status: Status::Error, response: response.into_payload()? })
    }

    /// A reply of status `error` with the response `{"reason": reason}`.
    #[must_use]
    pub fn reason(reason: &str) -> Self {
        Self { status: Status::Error, response: Payload::reason(reason) }
    }
}

/// A message to a client, before it is encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outgoing<'a> {
    Reply {
        join_ref: Option<&'a Ref>,
        message_ref: Option<&'a Ref>,
        topic: Text<'a>,
        status: Status,
        response: &'a Payload,
    },
    Push {
        join_ref: Option<&'a Ref>,
        topic: &'a str,
        event: &'a str,
        payload: &'a Payload,
    },
    Broadcast {
        topic: &'a str,
        event: &'a str,
        payload: &'a Payload,
    },
    Farewell {
        join_ref: Option<&'a Ref>,
        topic: &'a str,
        kind: Farewell,
    },
}

impl Outgoing<'_> {
    /// Bytes of the payload.
    pub fn payload_len(&self) -> usize {
        match self {
            Self::Reply { response: payload, .. }
            | Self::Push { payload, .. }
            | Self::Broadcast { payload, .. } => payload.len(),
            Self::Farewell { .. } => 0,
        }
    }
}

/// What a client is told when a channel has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// `phx_close`: it was meant to end.
    Close,
    /// `phx_error`: it was not, and the client will join again.
    Error,
}

impl Farewell {
    pub fn event(self) -> &'static str {
        match self {
            Self::Close => "phx_close",
            Self::Error => "phx_error",
        }
    }

    pub fn payload(self) -> &'static str {
        match self {
            Self::Close => "{}",
            Self::Error => r#"{"reason":"channel_crash"}"#,
        }
    }
}
