//! Shapes of messages: all that the wire needs to know of a schema, in tables of plain values.

use crate::raw::WireType;
use crate::value::Value;

/// The messages and enums of one side, which refer to each other by index.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    /// The messages.
    pub messages: Vec<MessageShape>,
    /// The enums.
    pub enums: Vec<EnumShape>,
}

/// A message.
#[derive(Clone, Debug, Default)]
pub struct MessageShape {
    /// Full name.
    pub name: String,
    /// Its fields and the extensions that are registered for it, by number.
    pub fields: Vec<FieldShape>,
    /// What it is to whoever made the table.
    pub origin: u32,
}

/// A field.
#[derive(Clone, Debug)]
pub struct FieldShape {
    /// Number.
    pub number: u32,
    /// Name; of an extension the full one.
    pub name: String,
    /// Name in ProtoJSON.
    pub json_name: String,
    /// Type of one value.
    pub kind: Kind,
    /// One, many, or a map.
    pub cardinality: Cardinality,
    /// What absence means.
    pub presence: Presence,
    /// The oneof that it is a member of.
    pub oneof: Option<u32>,
    /// The value of an absent field, where the schema gives one.
    pub default: Option<Value>,
    /// A list that is written packed.
    pub packed: bool,
    /// A message that is written as a group.
    pub delimited: bool,
    /// Text whose UTF-8 the schema asks to check.
    pub utf8: bool,
    /// Its file is proto2: some runtimes take its enum for closed, whatever the enum is.
    pub proto2: bool,
    /// An extension, which the reader's program must register.
    pub extension: bool,
}

/// The type of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A scalar.
    Scalar(Scalar),
    /// A message, by index into [`Shapes::messages`].
    Message(usize),
    /// An enum, by index into [`Shapes::enums`].
    Enum(usize),
}

/// The scalar types.
#[allow(missing_docs)] // the names are the protobuf language's own
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
}

/// One, many, or a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// At most one value.
    Singular,
    /// A list.
    Repeated,
    /// A map with such keys.
    Map(Scalar),
}

/// What absence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Zero is not sent; absent and zero are one.
    Implicit,
    /// Absent and zero differ.
    Explicit,
    /// Must be sent.
    Required,
}

/// An enum.
#[derive(Clone, Debug, Default)]
pub struct EnumShape {
    /// Full name.
    pub name: String,
    /// Its values in the order of their declaration: number and name.
    pub values: Vec<(i32, String)>,
    /// Unknown numbers are not kept in the field.
    pub closed: bool,
    /// What it is to whoever made the table.
    pub origin: u32,
}

impl MessageShape {
    /// The field of that number.
    pub fn field(&self, number: u32) -> Option<&FieldShape> {
        let at = self
            .fields
            .binary_search_by_key(&number, |field| field.number);
        self.fields.get(at.ok()?)
    }
}

impl EnumShape {
    /// Whether it lists the number.
    pub fn lists(&self, number: i32) -> bool {
        self.values.iter().any(|(listed, _)| *listed == number)
    }

    /// The first name of the number.
    pub fn name_of(&self, number: i32) -> Option<&str> {
        let value = self.values.iter().find(|(listed, _)| *listed == number)?;
        Some(&value.1)
    }

    /// The number that absence means: 0 of an open enum, the first listed value of a closed one.
    pub fn zero(&self) -> i32 {
        match self.values.first() {
            Some((first, _)) if self.closed => *first,
            _ => 0,
        }
    }
}

impl Scalar {
    /// The scalar that the protobuf language calls so.
    pub fn named(keyword: &str) -> Option<Self> {
        use Scalar::*;
        Some(match keyword {
            "double" => Double,
            "float" => Float,
            "int32" => Int32,
            "int64" => Int64,
            "uint32" => Uint32,
            "uint64" => Uint64,
            "sint32" => Sint32,
            "sint64" => Sint64,
            "fixed32" => Fixed32,
            "fixed64" => Fixed64,
            "sfixed32" => Sfixed32,
            "sfixed64" => Sfixed64,
            "bool" => Bool,
            "string" => String,
            "bytes" => Bytes,
            _ => return None,
        })
    }

    /// How one value of it lies in the bytes.
    pub const fn wire_type(self) -> WireType {
        use Scalar::*;
        match self {
            Double | Fixed64 | Sfixed64 => WireType::I64,
            Float | Fixed32 | Sfixed32 => WireType::I32,
            String | Bytes => WireType::Len,
            Int32 | Int64 | Uint32 | Uint64 | Sint32 | Sint64 | Bool => WireType::Varint,
        }
    }
}

impl FieldShape {
    /// How one value of it lies in the bytes.
    pub fn wire_type(&self) -> WireType {
        match self.kind {
            _ if matches!(self.cardinality, Cardinality::Map(_)) => WireType::Len,
            Kind::Scalar(scalar) => scalar.wire_type(),
            Kind::Enum(_) => WireType::Varint,
            Kind::Message(_) if self.delimited => WireType::StartGroup,
            Kind::Message(_) => WireType::Len,
        }
    }

    /// A message, or a list of them, that lies in the bytes as a group.
    pub fn is_group(&self) -> bool {
        self.wire_type() == WireType::StartGroup
    }

    /// A list of numbers, which may come packed or not.
    pub fn packable(&self) -> bool {
        self.cardinality == Cardinality::Repeated
            && !matches!(self.wire_type(), WireType::Len | WireType::StartGroup)
    }

    /// The same field, as far as one value of it goes: how the value of a map is read.
    pub(crate) fn entry_value(&self) -> FieldShape {
        FieldShape {
            number: 2,
            name: "value".to_owned(),
            json_name: "value".to_owned(),
            cardinality: Cardinality::Singular,
            presence: Presence::Explicit,
            oneof: None,
            default: None,
            packed: false,
            delimited: false,
            extension: false,
            ..self.clone()
        }
    }

    /// The key of a map as a field of its entry.
    pub(crate) fn entry_key(&self, key: Scalar) -> FieldShape {
        FieldShape {
            number: 1,
            name: "key".to_owned(),
            json_name: "key".to_owned(),
            kind: Kind::Scalar(key),
            ..self.entry_value()
        }
    }
}
