//! What a message carries: JSON, kept as the text it arrived as or was encoded to, or bytes.

mod shape;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

/// The payload of a message, in either direction.
///
/// JSON is held as text and never as a tree: what arrives is parsed once, into the type that the
/// callback asks for, and what is sent is serialised once, however many clients receive it.
#[derive(Clone, Debug)]
pub enum Payload {
    /// A JSON value of any kind; clients send objects unless they are told otherwise.
    Json(Box<RawValue>),
    /// Bytes, for events whose payload is not JSON (serializer 2.0.0 only).
    Binary(Bytes),
}

/// A payload could not be turned into JSON, or JSON could not be turned into what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The value has no JSON form (a map with keys that are no strings, say), or the JSON is not
    /// of the expected shape.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// JSON was expected, and the client sent bytes.
    #[error("the payload is binary, not json")]
    Binary,
}

impl Payload {
    /// Serialises `value` to JSON.
    ///
    /// # Errors
    /// [`PayloadError::Json`] when the value has no JSON form.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, PayloadError> {
        Ok(Self::Json(to_raw_value(value)?))
    }

    /// `{}`.
    #[must_use]
    pub fn empty() -> Self {
        Self::Json(RawValue::from_string("{}".to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// `{"reason": reason}`, which is what clients look for in an error.
    #[must_use]
    pub fn reason(reason: &str) -> Self {
        to_raw_value(&serde_json::json!({ "reason": reason })).map_or_else(|_| Self::empty(), Self::Json)
    }

    /// Parses JSON into `T`; a callback that uses `?` on it crashes its channel when the shape is
    /// wrong, as an Elixir callback without a matching clause does. A struct is an object; of a key
    /// that comes twice in it, the first value counts.
    ///
    /// # Errors
    /// [`PayloadError::Binary`] for bytes, [`PayloadError::Json`] for JSON of another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        match self {
            Self::Json(json) => Ok(shape::parse(json.get())?),
            Self::Binary(_) => Err(PayloadError::Binary),
        }
    }

    /// The JSON text, or `None` for bytes.
    #[must_use]
    pub fn as_json(&self) -> Option<&str> {
        match self {
            Self::Json(json) => Some(json.get()),
            Self::Binary(_) => None,
        }
    }

    /// Bytes that this payload holds, for the bounds of queues.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Json(json) => json.get().len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}

/// A payload is equal to the JSON that it says; bytes are equal to none.
impl PartialEq<serde_json::Value> for Payload {
    fn eq(&self, other: &serde_json::Value) -> bool {
        self.parse::<serde_json::Value>().is_ok_and(|value| value == *other)
    }
}

/// What `push`, `broadcast` and replies take: anything that serialises to JSON, [`Binary`] for
/// bytes, or a finished [`Payload`].
pub trait IntoPayload {
    /// Turns the value into a payload.
    ///
    /// # Errors
    /// [`PayloadError::Json`] when the value has no JSON form.
    fn into_payload(self) -> Result<Payload, PayloadError>;
}

impl<T: Serialize> IntoPayload for T {
    fn into_payload(self) -> Result<Payload, PayloadError> {
        Payload::json(&self)
    }
}

impl IntoPayload for Payload {
    fn into_payload(self) -> Result<Payload, PayloadError> {
        Ok(self)
    }
}

/// Marks bytes as a binary payload, as `{:binary, data}` does in Elixir.
#[derive(Clone, Debug)]
pub struct Binary(pub Bytes);

impl IntoPayload for Binary {
    fn into_payload(self) -> Result<Payload, PayloadError> {
        Ok(Payload::Binary(self.0))
    }
}
