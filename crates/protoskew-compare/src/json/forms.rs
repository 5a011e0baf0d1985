//! The form in which a type is written as JSON.

use protoskew_schema::{Cardinality, Field, FieldType, Name, Scalar};

use crate::indexed::Indexed;

/// What a value looks like in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// An integer of this range; `text`: written as a string, as all 64 bits are.
    Integer { least: i128, most: i128, text: bool },
    /// A number, or the strings `NaN`, `Infinity` and `-Infinity`.
    Real { double: bool },
    /// `true` or `false`.
    Bool,
    /// A string.
    Text,
    /// Base64.
    Bytes,
    /// The name of a value, or a number that has none.
    Enum(u32),
    /// `null`: the only value of `google.protobuf.NullValue`.
    Null,
    /// A well-known message that is a string of its own kind.
    Special(Special),
    /// `google.protobuf.Value`: anything.
    Anything,
    /// `google.protobuf.Any`: an object with its `@type`.
    Any,
    /// An object with a message's fields.
    Object(u32),
    /// `[…]`.
    List(Box<Form>),
    /// An object whose keys are values of a type, as strings.
    Map(Scalar, Box<Form>),
    /// A type whose import is missing.
    Unknown(Name),
}

/// Well-known messages that are written as strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    /// `2024-01-01T00:00:00Z`
    Timestamp,
    /// `1.5s`
    Duration,
    /// `a,b.c`
    FieldMask,
}

/// By which rules a form is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    ProtoJson,
    /// Plain structs: no well-known message is special, bytes are a list of numbers.
    Structs,
}

impl Form {
    /// The form of all that a field holds.
    pub(super) fn of(field: &Field, side: &Indexed, rules: Rules) -> Self {
        let each = Self::of_type(&field.ty, side, rules);
        match field.cardinality {
            Cardinality::Singular => each,
            Cardinality::Repeated => Form::List(Box::new(each)),
            Cardinality::Map(key) => Form::Map(key, Box::new(each)),
        }
    }

    /// The form of one value.
    pub(super) fn of_type(ty: &FieldType, side: &Indexed, rules: Rules) -> Self {
        match ty {
            FieldType::Scalar(scalar) => Self::of_scalar(*scalar, rules),
            FieldType::Enum(target) => match target.name.as_str() {
                "google.protobuf.NullValue" if rules == Rules::ProtoJson => Form::Null,
                _ => Form::Enum(target.id),
            },
            FieldType::Message(target) if rules == Rules::ProtoJson => {
                Self::well_known(&target.name).unwrap_or(Form::Object(target.id))
            }
            FieldType::Message(target) => Form::Object(target.id),
            FieldType::Unresolved(name) => match rules {
                Rules::ProtoJson => {
                    Self::well_known(name).unwrap_or_else(|| Form::Unknown(name.clone()))
                }
                Rules::Structs => Form::Unknown(name.clone()),
            },
        }
        .in_side(side)
    }

    /// A message that the schema does not hold is known by its name alone.
    fn in_side(self, side: &Indexed) -> Self {
        let schema = side.schema();
        match self {
            Form::Object(id) if schema.messages.get(id as usize).is_none() => {
                Form::Unknown(Name::default())
            }
            Form::Enum(id) if schema.enums.get(id as usize).is_none() => {
                Form::Unknown(Name::default())
            }
            form => form,
        }
    }

    fn of_scalar(scalar: Scalar, rules: Rules) -> Self {
        let integer = |least: i128, most: i128, wide: bool| Form::Integer {
            least,
            most,
            text: wide && rules == Rules::ProtoJson,
        };
        match scalar {
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
                integer(i32::MIN.into(), i32::MAX.into(), false)
            }
            Scalar::Uint32 | Scalar::Fixed32 => integer(0, u32::MAX.into(), false),
            Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
                integer(i64::MIN.into(), i64::MAX.into(), true)
            }
            Scalar::Uint64 | Scalar::Fixed64 => integer(0, u64::MAX.into(), true),
            Scalar::Double => Form::Real { double: true },
            Scalar::Float => Form::Real { double: false },
            Scalar::Bool => Form::Bool,
            Scalar::String => Form::Text,
            Scalar::Bytes => match rules {
                Rules::ProtoJson => Form::Bytes,
                Rules::Structs => Form::List(Box::new(Form::Integer {
                    least: 0,
                    most: u8::MAX.into(),
                    text: false,
                })),
            },
        }
    }

    /// The forms of well-known messages.
    fn well_known(name: &str) -> Option<Self> {
        let wrapped = |scalar| Self::of_scalar(scalar, Rules::ProtoJson);
        Some(match name.strip_prefix("google.protobuf.")? {
            "Timestamp" => Form::Special(Special::Timestamp),
            "Duration" => Form::Special(Special::Duration),
            "FieldMask" => Form::Special(Special::FieldMask),
            "Value" => Form::Anything,
            "ListValue" => Form::List(Box::new(Form::Anything)),
            "Struct" => Form::Map(Scalar::String, Box::new(Form::Anything)),
            "Any" => Form::Any,
            // a wrapper is written as what it wraps
            "DoubleValue" => wrapped(Scalar::Double),
            "FloatValue" => wrapped(Scalar::Float),
            "Int64Value" => wrapped(Scalar::Int64),
            "UInt64Value" => wrapped(Scalar::Uint64),
            "Int32Value" => wrapped(Scalar::Int32),
            "UInt32Value" => wrapped(Scalar::Uint32),
            "BoolValue" => wrapped(Scalar::Bool),
            "StringValue" => wrapped(Scalar::String),
            "BytesValue" => wrapped(Scalar::Bytes),
            _ => return None,
        })
    }

    /// An ordinary value of this form, as it is written.
    pub(super) fn sample(&self, side: &Indexed) -> String {
        match self {
            Form::Integer { text: true, .. } => "\"1\"".to_owned(),
            Form::Integer { .. } => "1".to_owned(),
            Form::Real { .. } => "1.5".to_owned(),
            Form::Bool => "true".to_owned(),
            Form::Text => "\"a\"".to_owned(),
            Form::Bytes => "\"AQID\"".to_owned(),
            Form::Enum(id) => {
                let name = side.enumeration(*id).values.last().map(|value| &value.name);
                format!("\"{}\"", name.map_or("", Name::as_str))
            }
            Form::Null => "null".to_owned(),
            Form::Special(Special::Timestamp) => "\"2024-01-01T00:00:00Z\"".to_owned(),
            Form::Special(Special::Duration) => "\"1.500s\"".to_owned(),
            Form::Special(Special::FieldMask) => "\"a\"".to_owned(),
            Form::Anything => "\"a\"".to_owned(),
            Form::Any => "{\"@type\":\"…\"}".to_owned(),
            Form::Object(_) => "{}".to_owned(),
            Form::List(each) => format!("[{}]", each.sample(side)),
            Form::Map(key, value) => {
                let key = match key {
                    Scalar::Bool => "true",
                    Scalar::String => "a",
                    _ => "1",
                };
                format!("{{\"{key}\":{}}}", value.sample(side))
            }
            Form::Unknown(_) => String::new(),
        }
    }
}
