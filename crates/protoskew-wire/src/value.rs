//! Messages as values: what a program holds, whatever its schema.

use std::collections::BTreeMap;

use crate::shape::{Cardinality, FieldShape, Kind, Scalar, Shapes};

/// A message: contents by number, and the bytes of what its schema does not have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// Only what is set, of a oneof one member; a list or a map that is there is not empty.
    pub fields: BTreeMap<u32, Content>,
    /// Whole fields, tags included, in the order in which they came.
    pub unknown: Vec<u8>,
    /// Members of oneofs that are held although a later one is what is set: protobufjs 7 holds both, and writes both again.
    pub beside: BTreeMap<u32, Content>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// The value of a singular field.
    One(Value),
    /// A list.
    Many(Vec<Value>),
    /// The entries of a map.
    Map(BTreeMap<Key, Value>),
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// An integer, or a `bool` as 0 or 1.
    Integer(i128),
    /// The bytes of a `string`.
    Text(Vec<u8>),
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Integer(number) => Self::Integer(number),
            Key::Text(text) => Self::Text(text),
        }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer of up to 64 bits, with or without a sign; a `bool` is 0 or 1; an enum is its number.
    Integer(i128),
    /// A `double`, or a `float`, by its bits: NaN is itself.
    Float(FloatBits),
    /// The bytes of a `string` (not all of it need be UTF-8 in every runtime) or of `bytes`.
    Text(Vec<u8>),
    /// A message.
    Message(Message),
}

/// A floating-point number as the bits that travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatBits {
    /// A `float`.
    Single(u32),
    /// A `double`.
    Double(u64),
}

impl FloatBits {
    /// The number.
    pub fn number(self) -> f64 {
        match self {
            Self::Single(bits) => f64::from(f32::from_bits(bits)),
            Self::Double(bits) => f64::from_bits(bits),
        }
    }
}

impl Value {
    /// The zero of a scalar.
    pub fn zero(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Double => Self::Float(FloatBits::Double(0)),
            Scalar::Float => Self::Float(FloatBits::Single(0)),
            Scalar::String | Scalar::Bytes => Self::Text(Vec::new()),
            _ => Self::Integer(0),
        }
    }

    /// True for the value that a field with implicit presence does not send.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Integer(number) => *number == 0,
            Self::Float(FloatBits::Single(bits)) => *bits == 0,
            Self::Float(FloatBits::Double(bits)) => *bits == 0,
            Self::Text(bytes) => bytes.is_empty(),
            Self::Message(_) => false,
        }
    }

    /// What an absent field reads as; an absent message is an empty one.
    pub fn absent(field: &FieldShape, shapes: &Shapes) -> Self {
        if let Some(default) = &field.default {
            return default.clone();
        }
        match field.kind {
            Kind::Scalar(scalar) => Self::zero(scalar),
            Kind::Enum(id) => Self::Integer(
                shapes
                    .enums
                    .get(id)
                    .map_or(0, |each| i128::from(each.zero())),
            ),
            Kind::Message(_) => Self::Message(Message::default()),
        }
    }
}

impl Message {
    /// With a field set.
    #[must_use]
    pub fn with(mut self, number: u32, content: Content) -> Self {
        self.fields.insert(number, content);
        self
    }

    /// Adds a value to what a field holds: in place of what was there where it is singular.
    pub(crate) fn add(&mut self, field: &FieldShape, value: Value) {
        if field.cardinality == Cardinality::Singular {
            self.fields.insert(field.number, Content::One(value));
            return;
        }
        match self.fields.get_mut(&field.number) {
            Some(Content::Many(values)) => values.push(value),
            _ => {
                self.fields.insert(field.number, Content::Many(vec![value]));
            }
        }
    }

    /// Adds an entry to a map: in place of the one with the same key. Only integers and text are keys.
    pub(crate) fn add_entry(&mut self, number: u32, key: Value, value: Value) {
        let key = match key {
            Value::Integer(number) => Key::Integer(number),
            Value::Text(text) => Key::Text(text),
            Value::Float(_) | Value::Message(_) => return,
        };
        let content = self
            .fields
            .entry(number)
            .or_insert_with(|| Content::Map(BTreeMap::new()));
        if let Content::Map(entries) = content {
            entries.insert(key, value);
        }
    }
}
