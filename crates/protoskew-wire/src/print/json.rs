//! ProtoJSON: a message on one line.

use std::fmt::Write;

use super::well_known;
use crate::shape::{Cardinality, FieldShape, Kind, Scalar, Shapes};
use crate::value::{Content, FloatBits, Key, Message, Value};

/// A message as ProtoJSON on one line; unknown fields do not appear in it.
pub fn json(shapes: &Shapes, id: usize, message: &Message) -> String {
    let mut out = String::new();
    write_message(shapes, id, message, &mut out);
    out
}

fn write_message(shapes: &Shapes, id: usize, message: &Message, out: &mut String) {
    let shape = shapes.messages.get(id);
    if let Some(written) = shape.and_then(|shape| well_known::written(shapes, shape, message)) {
        out.push_str(&written);
        return;
    }
    out.push('{');
    let mut first = true;
    for (number, content) in &message.fields {
        let Some(field) = shape.and_then(|shape| shape.field(*number)) else {
            continue;
        };
        separate(&mut first, out);
        let name = if field.extension {
            format!("[{}]", field.name)
        } else {
            field.json_name.clone()
        };
        quoted(name.as_bytes(), out);
        out.push(':');
        write_content(shapes, field, content, out);
    }
    out.push('}');
}

/// What a field holds, by itself.
pub(super) fn written(shapes: &Shapes, field: &FieldShape, content: &Content) -> String {
    let mut out = String::new();
    write_content(shapes, field, content, &mut out);
    out
}

fn write_content(shapes: &Shapes, field: &FieldShape, content: &Content, out: &mut String) {
    let mut first = true;
    match content {
        Content::One(value) => write_value(shapes, field, value, out),
        Content::Many(values) => {
            out.push('[');
            for value in values {
                separate(&mut first, out);
                write_value(shapes, field, value, out);
            }
            out.push(']');
        }
        Content::Map(entries) => {
            out.push('{');
            for (key, value) in entries {
                separate(&mut first, out);
                write_key(field, key, out);
                out.push(':');
                write_value(shapes, field, value, out);
            }
            out.push('}');
        }
    }
}

fn separate(first: &mut bool, out: &mut String) {
    if !*first {
        out.push(',');
    }
    *first = false;
}

fn write_key(field: &FieldShape, key: &Key, out: &mut String) {
    match key {
        Key::Text(text) => quoted(text, out),
        Key::Integer(number) if field.cardinality == Cardinality::Map(Scalar::Bool) => {
            let _ = write!(out, "\"{}\"", *number != 0);
        }
        Key::Integer(number) => {
            let _ = write!(out, "\"{number}\"");
        }
    }
}

fn write_value(shapes: &Shapes, field: &FieldShape, value: &Value, out: &mut String) {
    use Scalar::*;
    match (value, field.kind) {
        (Value::Message(message), Kind::Message(id)) => write_message(shapes, id, message, out),
        (Value::Integer(number), Kind::Scalar(Bool)) => {
            let _ = write!(out, "{}", *number != 0);
        }
        (Value::Integer(number), Kind::Scalar(Int64 | Uint64 | Sint64 | Fixed64 | Sfixed64)) => {
            let _ = write!(out, "\"{number}\"");
        }
        (Value::Integer(0), kind) if well_known::is_null(shapes, kind) => out.push_str("null"),
        (Value::Integer(number), Kind::Enum(id)) => {
            let each = shapes.enums.get(id);
            let name = i32::try_from(*number)
                .ok()
                .and_then(|number| each?.name_of(number));
            match name {
                Some(name) => quoted(name.as_bytes(), out),
                None => {
                    let _ = write!(out, "{number}");
                }
            }
        }
        (Value::Integer(number), _) => {
            let _ = write!(out, "{number}");
        }
        (Value::Float(bits), _) => {
            let text = float(*bits);
            match text.as_str() {
                "nan" => out.push_str("\"NaN\""),
                "inf" => out.push_str("\"Infinity\""),
                "-inf" => out.push_str("\"-Infinity\""),
                text => out.push_str(text),
            }
        }
        (Value::Text(bytes), Kind::Scalar(Bytes)) => {
            out.push('"');
            base64(bytes, out);
            out.push('"');
        }
        (Value::Text(text), _) => quoted(text, out),
        (Value::Message(_), _) => out.push_str("{}"),
    }
}

/// A JSON string; bytes that are not UTF-8 are written as U+FFFD, as there is no other way to.
pub(super) fn quoted(text: &[u8], out: &mut String) {
    out.push('"');
    for character in std::string::String::from_utf8_lossy(text).chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if (control as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

fn base64(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            if at <= chunk.len() {
                let digit = bits >> (18 - 6 * at) & 63;
                out.push(char::from(DIGITS[digit as usize]));
            } else {
                out.push('=');
            }
        }
    }
}

/// A floating-point number in the fewest digits that give it back.
fn float(bits: FloatBits) -> String {
    let number = bits.number();
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let large = number != 0.0 && !(1e-5..1e15).contains(&number.abs());
    match bits {
        FloatBits::Single(bits) if large => exponent(&format!("{:e}", f32::from_bits(bits))),
        FloatBits::Single(bits) => f32::from_bits(bits).to_string(),
        FloatBits::Double(bits) if large => exponent(&format!("{:e}", f64::from_bits(bits))),
        FloatBits::Double(bits) => f64::from_bits(bits).to_string(),
    }
}

/// `1e-45` for Rust's, `1e+20` as C prints it.
fn exponent(text: &str) -> String {
    match text.split_once('e') {
        Some((digits, power)) => match power.strip_prefix('-') {
            Some(power) => format!("{digits}e-{power:0>2}"),
            None => format!("{digits}e+{power:0>2}"),
        },
        None => text.to_owned(),
    }
}
