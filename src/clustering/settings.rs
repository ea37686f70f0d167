//! The settings of the algorithms: the tables `[cluster.NAME]`, of which each algorithm reads its own.

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor, value};
use serde::{Deserialize, Deserializer, Serialize, Serializer, forward_to_deserialize_any};

/// A table per algorithm, with all of its keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct AlgorithmSettings(pub(super) Ordered<Ordered<Number>>);

/// A value in a table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Number {
    Count(usize),
    Real(f64),
}

/// Values by name, in the order in which they are written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered<T>(pub(super) Vec<(&'static str, T)>);

/// A setting that makes no sense.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("cluster.{key} = {value}: it must be {must_be}")]
pub struct SettingsError {
    /// Below `cluster`, such as `kmeans.starts`.
    pub key: &'static str,
    pub value: String,
    pub must_be: &'static str,
}

impl SettingsError {
    pub(super) fn unless(
        makes_sense: bool,
        key: &'static str,
        value: impl ToString,
        must_be: &'static str,
    ) -> Result<(), Self> {
        if makes_sense { Ok(()) } else { Err(Self { key, value: value.to_string(), must_be }) }
    }
}

impl AlgorithmSettings {
    /// The table called `name`, as the struct that has its keys for fields.
    ///
    /// # Panics
    /// The table has other keys than the struct, or numbers of another kind.
    pub(super) fn table<T: DeserializeOwned>(&self, name: &str) -> T {
        let (_, table) =
            self.0.0.iter().find(|(known, _)| *known == name).expect("every algorithm has a table");
        let entries = value::MapDeserializer::<_, value::Error>::new(table.0.iter().copied());
        T::deserialize(entries).expect("a table has the keys of its algorithm")
    }

    /// The same with another number for one key.
    pub(super) fn with(mut self, name: &str, key: &str, number: Number) -> Self {
        *self.0.get_mut(name).and_then(|table| table.get_mut(key)).expect("a key of the table") = number;
        self
    }
}

impl<T> Ordered<T> {
    fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.0.iter_mut().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Reads those values that are given; the others stay as they are.
impl<'de, T> DeserializeSeed<'de> for &mut Ordered<T>
where
    for<'a> &'a mut T: DeserializeSeed<'de, Value = ()>,
{
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T> Visitor<'de> for &mut Ordered<T>
where
    for<'a> &'a mut T: DeserializeSeed<'de, Value = ()>,
{
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let value = self.get_mut(&name).ok_or_else(|| Error::custom(format!("unknown key `{name}`")))?;
            map.next_value_seed(value)?;
        }
        Ok(())
    }
}

/// A number is read as one of the kind that stands there.
impl<'de> DeserializeSeed<'de> for &mut Number {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self {
            Number::Count(count) => *count = usize::deserialize(deserializer)?,
            Number::Real(real) => *real = f64::deserialize(deserializer)?,
        }
        Ok(())
    }
}

impl<'de> IntoDeserializer<'de> for Number {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Number {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        match self {
            Self::Count(count) => visitor.visit_u64(count as u64),
            Self::Real(real) => visitor.visit_f64(real),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
