//! Messages to bytes, as writers encode them: fields by number, zeros of implicit presence left out.

use crate::raw::WireType;
use crate::shape::{Cardinality, FieldShape, Kind, Presence, Scalar, Shapes};
use crate::value::{Content, FloatBits, Message, Value};

/// The bytes of a message of the shape with that index. What the shape does not have is left out but for the unknown fields.
pub fn encode(shapes: &Shapes, id: usize, message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_message(shapes, id, message, &mut bytes);
    bytes
}

fn write_message(shapes: &Shapes, id: usize, message: &Message, into: &mut Vec<u8>) {
    let Some(shape) = shapes.messages.get(id) else {
        return;
    };
    let mut held: Vec<_> = message.fields.iter().chain(&message.beside).collect();
    if !message.beside.is_empty() {
        held.sort_by_key(|(number, _)| **number);
    }
    for (number, content) in held {
        if let Some(field) = shape.field(*number) {
            write_field(shapes, field, content, into);
        }
    }
    into.extend_from_slice(&message.unknown);
}

fn write_field(shapes: &Shapes, field: &FieldShape, content: &Content, into: &mut Vec<u8>) {
    match content {
        Content::One(value) => {
            let implicit = field.presence == Presence::Implicit && field.oneof.is_none();
            if !(implicit && value.is_zero()) {
                write_value(shapes, field, value, into);
            }
        }
        Content::Many(values) if field.packed && field.packable() => {
            let mut packed = Vec::new();
            for value in values {
                write_bare(shapes, field, value, &mut packed);
            }
            if !packed.is_empty() {
                write_tag(field.number, WireType::Len, into);
                write_len(&packed, into);
            }
        }
        Content::Many(values) => {
            for value in values {
                write_value(shapes, field, value, into);
            }
        }
        Content::Map(entries) => {
            let Cardinality::Map(key_type) = field.cardinality else {
                return;
            };
            for (key, value) in entries {
                let message = Message::default()
                    .with(1, Content::One(key.clone().into()))
                    .with(2, Content::One(value.clone()));
                write_tag(field.number, WireType::Len, into);
                write_len(&entry(shapes, field, key_type, &message), into);
            }
        }
    }
}

/// The bytes of a map's entry: the key is field 1, the value field 2.
pub(crate) fn entry(
    shapes: &Shapes,
    field: &FieldShape,
    key_type: Scalar,
    message: &Message,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (number, part) in [(1, field.entry_key(key_type)), (2, field.entry_value())] {
        if let Some(Content::One(value)) = message.fields.get(&number) {
            write_value(shapes, &part, value, &mut bytes);
        }
    }
    bytes
}

fn write_value(shapes: &Shapes, field: &FieldShape, value: &Value, into: &mut Vec<u8>) {
    write_tag(field.number, field.wire_type(), into);
    write_bare(shapes, field, value, into);
    if field.wire_type() == WireType::StartGroup {
        write_tag(field.number, WireType::EndGroup, into);
    }
}

/// A value without its tag.
fn write_bare(shapes: &Shapes, field: &FieldShape, value: &Value, into: &mut Vec<u8>) {
    match (value, field.kind) {
        (Value::Integer(number), kind) => write_integer(kind, *number, into),
        (Value::Float(FloatBits::Single(bits)), _) => into.extend_from_slice(&bits.to_le_bytes()),
        (Value::Float(FloatBits::Double(bits)), _) => into.extend_from_slice(&bits.to_le_bytes()),
        (Value::Text(text), _) => write_len(text, into),
        (Value::Message(message), Kind::Message(id)) if field.delimited => {
            write_message(shapes, id, message, into);
        }
        (Value::Message(message), Kind::Message(id)) => {
            write_len(&encode(shapes, id, message), into);
        }
        (Value::Message(_), _) => write_len(&[], into),
    }
}

fn write_integer(kind: Kind, number: i128, into: &mut Vec<u8>) {
    let Kind::Scalar(scalar) = kind else {
        return write_varint(number as i64 as u64, into);
    };
    match scalar {
        Scalar::Sint32 => {
            let number = number as i32;
            write_varint(u64::from(((number << 1) ^ (number >> 31)) as u32), into);
        }
        Scalar::Sint64 => {
            let number = number as i64;
            write_varint(((number << 1) ^ (number >> 63)) as u64, into);
        }
        Scalar::Fixed32 | Scalar::Sfixed32 => {
            into.extend_from_slice(&(number as u32).to_le_bytes());
        }
        Scalar::Fixed64 | Scalar::Sfixed64 => {
            into.extend_from_slice(&(number as u64).to_le_bytes());
        }
        Scalar::Uint64 => write_varint(number as u64, into),
        _ => write_varint(number as i64 as u64, into),
    }
}

fn write_len(bytes: &[u8], into: &mut Vec<u8>) {
    write_varint(bytes.len() as u64, into);
    into.extend_from_slice(bytes);
}

fn write_tag(number: u32, wire_type: WireType, into: &mut Vec<u8>) {
    write_varint(u64::from(number << 3 | wire_type.bits()), into);
}

/// Writes a number in groups of seven bits, the lowest first: what tags, lengths and most integers are written as.
pub fn write_varint(mut value: u64, into: &mut Vec<u8>) {
    while value >= 0x80 {
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}
