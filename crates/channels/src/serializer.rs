//! Serializers: between the bytes of a frame and a message, one for each version of the protocol.
//!
//! A serializer knows neither transports nor channels. A client names its version in the connect
//! parameter `vsn`.
//!
//! Source: Phoenix's `lib/phoenix/socket/serializer.ex` and `serializers/`.

mod json;
mod v1;
mod v2;

use crate::message::{Incoming, Outgoing};

/// The version of the protocol that a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Serializer {
    V1,
    V2,
}

/// An encoded message: which kind of WebSocket frame it wants to travel in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    Text,
    Binary,
}

/// A frame is no message of the protocol; the socket is closed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    #[error("not a message: {0}")]
    Malformed(String),
    #[error("not a binary message: {0}")]
    Binary(&'static str),
}

impl Serializer {
    /// The serializer for a client's `vsn`, if it is served: any patch level of 1.0 and 2.0, and
    /// 1.0.0 for clients that name none.
    pub fn for_version(vsn: Option<&str>) -> Option<Self> {
        let (serializer, patch) = match vsn {
            None => return Some(Self::V1),
            Some(vsn) => vsn
                .strip_prefix("1.0.")
                .map(|patch| (Self::V1, patch))
                .or_else(|| vsn.strip_prefix("2.0.").map(|patch| (Self::V2, patch)))?,
        };
        (!patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit())).then_some(serializer)
    }

    /// Decodes a text frame.
    pub fn decode_text(self, text: &str) -> Result<Incoming<'_>, DecodeError> {
        match self {
            Self::V1 => v1::decode_text(text),
            Self::V2 => v2::decode_text(text),
        }
    }

    /// Decodes a binary frame.
    pub fn decode_binary(self, bytes: &[u8]) -> Result<Incoming<'_>, DecodeError> {
        match self {
            Self::V1 => v1::decode_text(
                simdutf8::basic::from_utf8(bytes).map_err(|_| DecodeError::Binary("not utf-8"))?,
            ),
            Self::V2 => v2::decode_binary(bytes),
        }
    }

    /// Appends the encoded message to `out`; `None` when it has no form in this version.
    pub fn encode(self, message: &Outgoing<'_>, out: &mut Vec<u8>) -> Option<Opcode> {
        match self {
            Self::V1 => v1::encode(message, out),
            Self::V2 => Some(v2::encode(message, out)),
        }
    }
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod vectors;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_patch_of_1_0_and_2_0_is_served() {
        assert_eq!(Serializer::for_version(None), Some(Serializer::V1));
        assert_eq!(Serializer::for_version(Some("1.0.0")), Some(Serializer::V1));
        assert_eq!(Serializer::for_version(Some("1.0.3")), Some(Serializer::V1));
        assert_eq!(Serializer::for_version(Some("2.0.0")), Some(Serializer::V2));
        assert_eq!(Serializer::for_version(Some("2.0.17")), Some(Serializer::V2));
    }

    #[test]
    fn other_versions_are_not() {
        for vsn in ["2.0", "2", "", "2.1.0", "3.0.0", "2.0.", "2.0.x", "2.0.0 ", "1.0", "1.1.0"] {
            assert_eq!(Serializer::for_version(Some(vsn)), None, "{vsn:?}");
        }
    }
}
