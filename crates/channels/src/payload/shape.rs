//! JSON as channels see it, where serde would be more or less generous than Elixir's pattern
//! matching: an array is no struct, and of a key that comes twice the first value counts.

use std::fmt;

use serde::{
    Deserialize,
    de::{DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// Parses JSON into `T`.
pub(super) fn parse<T: DeserializeOwned>(json: &str) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let parsed = T::deserialize(Strict(&mut deserializer));
    let parsed = parsed.and_then(|value| deserializer.end().map(|()| value));
    parsed.or_else(|error| match serde_json::from_str::<FirstWins>(json) {
        // Serde says of a struct's key that comes twice that it is an error.
        Ok(FirstWins { value, repeats: true }) => T::deserialize(Strict(value)),
        _ => Err(error),
    })
}

/// A deserializer to which a struct is an object, and no array of its fields.
struct Strict<D>(D);

macro_rules! forward {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    forward! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf deserialize_option deserialize_unit deserialize_seq
        deserialize_map deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(length, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, length, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }
}

/// Any JSON, with the first value of each key.
struct FirstWins {
    value: Value,
    /// Whether a key came twice.
    repeats: bool,
}

impl<'de> Deserialize<'de> for FirstWins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FirstWinsVisitor)
    }
}

struct FirstWinsVisitor;

impl From<Value> for FirstWins {
    fn from(value: Value) -> Self {
        Self { value, repeats: false }
    }
}

impl<'de> Visitor<'de> for FirstWinsVisitor {
    type Value = FirstWins;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("json")
    }

    fn visit_unit<E: Error>(self) -> Result<FirstWins, E> {
        Ok(Value::Null.into())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<FirstWins, E> {
        Ok(Value::from(value).into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<FirstWins, E> {
        Ok(Value::from(value).into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<FirstWins, E> {
        Ok(Value::from(value).into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<FirstWins, E> {
        Ok(Value::from(value).into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<FirstWins, E> {
        Ok(Value::from(value).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<FirstWins, A::Error> {
        let (mut values, mut repeats) = (Vec::new(), false);
        while let Some(item) = array.next_element::<FirstWins>()? {
            repeats |= item.repeats;
            values.push(item.value);
        }
        Ok(FirstWins { value: Value::Array(values), repeats })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<FirstWins, A::Error> {
        let (mut values, mut repeats) = (Map::new(), false);
        while let Some(key) = object.next_key::<String>()? {
            if values.contains_key(&key) {
                repeats = true;
                object.next_value::<IgnoredAny>()?;
            } else {
                let item = object.next_value::<FirstWins>()?;
                repeats |= item.repeats;
                values.insert(key, item.value);
            }
        }
        Ok(FirstWins { value: Value::Object(values), repeats })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Said {
        text: String,
        to: Option<Box<Said>>,
    }

    fn said(text: &str) -> Said {
        Said { text: text.into(), to: None }
    }

    #[test]
    fn a_struct_is_an_object_and_no_array() {
        assert_eq!(parse::<Said>(r#"{"text":"hi","more":[1]}"#).expect("parsed"), said("hi"));
        assert!(parse::<Said>(r#"["hi",null]"#).is_err());
        assert!(parse::<Said>(r#"{"text":"hi"}x"#).is_err());
        assert_eq!(parse::<(String, u8)>(r#"["hi",5]"#).expect("parsed"), ("hi".into(), 5));
        assert_eq!(parse::<Option<Said>>("null").expect("parsed"), None);
        assert_eq!(parse::<Value>("[1,{}]").expect("parsed"), json!([1, {}]));
    }

    #[test]
    fn of_a_key_that_comes_twice_the_first_value_counts() {
        assert_eq!(parse::<Said>(r#"{"text":"hi","text":5}"#).expect("parsed"), said("hi"));
        let nested = parse::<Said>(r#"{"text":"a","to":{"text":"b","text":"c"},"text":"d"}"#);
        assert_eq!(nested.expect("parsed"), Said { text: "a".into(), to: Some(said("b").into()) });
        assert!(parse::<Said>(r#"{"text":5,"text":"hi"}"#).is_err());
        assert!(parse::<Said>(r#"[{"a":1,"a":2}]"#).is_err());
    }
}
