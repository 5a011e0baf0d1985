//! One value that is no message: does it arrive, and if not, could the reader's type have expressed it?

use super::{Judge, NumberMeaning};
use crate::encode::{encode, entry};
use crate::outcome::Outcome;
use crate::shape::{Cardinality, FieldShape, Kind, Scalar};
use crate::value::{FloatBits, Value};

/// What became of `meant`, which the reader holds as `held`; `absent` where that is only a default.
pub(super) fn of(
    judge: &Judge<'_>,
    [writer, reader]: [&FieldShape; 2],
    meant: &Value,
    held: &Value,
    absent: bool,
) -> Outcome {
    let arrives = |arrives: bool| {
        if arrives {
            Outcome::Compatible
        } else if expresses(reader, meant, judge) {
            Outcome::Misread
        } else {
            Outcome::Lossy
        }
    };
    match (meant, held) {
        (Value::Integer(number), Value::Integer(read)) => {
            if number != read {
                return arrives(false);
            }
            enum_number(judge, [writer, reader], *number, absent)
        }
        (Value::Float(a), Value::Float(b)) => {
            let same_width = std::mem::discriminant(a) == std::mem::discriminant(b);
            arrives(a == b || (!same_width && a.number() == b.number()))
        }
        (Value::Integer(number), Value::Float(read)) => {
            arrives(read.number() == *number as f64 && *read != negative_zero(*read))
        }
        (Value::Float(number), Value::Integer(read)) => {
            arrives(number.number() == *read as f64 && *number != negative_zero(*number))
        }
        (Value::Text(text), Value::Text(read)) => arrives(text == read),
        (Value::Message(message), Value::Text(read)) => {
            let table = judge.passage.writer.0;
            let bytes = match (writer.cardinality, writer.kind) {
                (Cardinality::Map(key), _) => entry(table, writer, key, message),
                (_, Kind::Message(id)) => encode(table, id, message),
                _ => return Outcome::Misread,
            };
            if bytes != *read {
                Outcome::Misread
            } else if reader.kind == Kind::Scalar(Scalar::Bytes) || bytes.is_empty() {
                Outcome::Compatible
            } else {
                // the bytes of a message are no text, whatever they look like
                Outcome::Misread
            }
        }
        (Value::Text(text), Value::Message(read)) => {
            let Kind::Message(id) = reader.kind else {
                return Outcome::Compatible;
            };
            // bytes that are an encoding of the message arrive as that message
            if encode(judge.passage.reader.0, id, read) == *text {
                Outcome::Compatible
            } else {
                Outcome::Lossy
            }
        }
        _ => Outcome::Misread,
    }
}

/// The same number on both sides: is it the same value of an enum?
fn enum_number(
    judge: &Judge<'_>,
    [writer, reader]: [&FieldShape; 2],
    number: i128,
    absent: bool,
) -> Outcome {
    let Kind::Enum(theirs) = reader.kind else {
        return Outcome::Compatible;
    };
    let Some(theirs) = judge.passage.reader.0.enums.get(theirs) else {
        return Outcome::Compatible;
    };
    let number = number as i32;
    let unlisted = if absent {
        Outcome::Compatible
    } else {
        Outcome::Blind
    };
    let Kind::Enum(mine) = writer.kind else {
        return if theirs.lists(number) {
            Outcome::Compatible
        } else {
            unlisted
        };
    };
    let Some(mine) = judge.passage.writer.0.enums.get(mine) else {
        return Outcome::Compatible;
    };
    match judge.passage.meanings.number([mine, theirs], number) {
        NumberMeaning::Same => Outcome::Compatible,
        NumberMeaning::Other => Outcome::Misread,
        NumberMeaning::Elsewhere => Outcome::Lossy,
        NumberMeaning::Unlisted => unlisted,
    }
}

/// Whether the field's type has the value at all.
pub(super) fn expresses(field: &FieldShape, value: &Value, judge: &Judge<'_>) -> bool {
    use Scalar::*;
    let scalar = match field.kind {
        Kind::Scalar(scalar) => scalar,
        Kind::Enum(id) => {
            let Value::Integer(number) = value else {
                return false;
            };
            let each = judge.passage.reader.0.enums.get(id);
            return i32::try_from(*number)
                .is_ok_and(|number| each.is_none_or(|each| !each.closed || each.lists(number)));
        }
        Kind::Message(_) => return false,
    };
    let number = match value {
        Value::Integer(number) => *number,
        Value::Float(bits) => match scalar {
            Double => return true,
            Float => return f64::from(bits.number() as f32) == bits.number(),
            _ if bits.number().fract() == 0.0 && bits.number().abs() < 1e18 => {
                bits.number() as i128
            }
            _ => return false,
        },
        Value::Text(text) => {
            return match scalar {
                Bytes => true,
                String => std::str::from_utf8(text).is_ok(),
                _ => false,
            };
        }
        Value::Message(_) => return false,
    };
    match scalar {
        Bool => (0..=1).contains(&number),
        Int32 | Sint32 | Sfixed32 => i32::try_from(number).is_ok(),
        Uint32 | Fixed32 => u32::try_from(number).is_ok(),
        Int64 | Sint64 | Sfixed64 => i64::try_from(number).is_ok(),
        Uint64 | Fixed64 => u64::try_from(number).is_ok(),
        Float => number as f32 as i128 == number,
        Double => number as f64 as i128 == number,
        String | Bytes => false,
    }
}

/// The bits of −0 of the same width, which equals 0 and is not it.
fn negative_zero(like: FloatBits) -> FloatBits {
    match like {
        FloatBits::Single(_) => FloatBits::Single(0x8000_0000),
        FloatBits::Double(_) => FloatBits::Double(0x8000_0000_0000_0000),
    }
}
