//! Metas: what is known of one presence, as JSON with a reference of its own.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, value::RawValue};

use super::TrackError;

/// What is known of one presence of a key: the fields that it was tracked with, and `phx_ref`.
#[derive(Clone, Debug)]
pub struct Meta {
    phx_ref: String,
    json: Box<RawValue>,
}

impl Meta {
    /// Takes the fields of an object, and puts the references to them.
    pub(crate) fn new(
        fields: &impl Serialize,
        phx_ref: String,
        phx_ref_prev: Option<&str>,
    ) -> Result<Self, TrackError> {
        let mut object = match serde_json::to_value(fields).map_err(TrackError::Json)? {
            Value::Object(object) => object,
            Value::Null => Map::new(),
            _ => return Err(TrackError::NotAnObject),
        };
        object.insert("phx_ref".into(), phx_ref.clone().into());
        if let Some(previous) = phx_ref_prev {
            object.insert("phx_ref_prev".into(), previous.into());
        }
        let json = serde_json::value::to_raw_value(&object).map_err(TrackError::Json)?;
        Ok(Self { phx_ref, json })
    }

    /// What tells this meta from all others.
    #[must_use]
    pub fn phx_ref(&self) -> &str {
        &self.phx_ref
    }

    /// The meta as JSON text: an object.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.json.get()
    }

    #[cfg(test)]
    pub(crate) fn test(phx_ref: &str) -> Self {
        Self::new(&(), phx_ref.to_owned(), None).expect("a meta")
    }
}

impl PartialEq for Meta {
    fn eq(&self, other: &Self) -> bool {
        self.phx_ref == other.phx_ref
    }
}

impl Serialize for Meta {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}
