//! Text format, as `protoc --decode` prints it.

use std::fmt::Write;

use crate::raw::{Raw, Walker};
use crate::shape::{Cardinality, FieldShape, Kind, MessageShape, Scalar, Shapes};
use crate::value::{Content, FloatBits, Message, Value};

/// How deep unknown bytes are tried as messages.
const DEEPEST_GUESS: usize = 10;

/// A message, one field a line, as `protoc --decode` prints it.
pub fn text(shapes: &Shapes, id: usize, message: &Message) -> String {
    let mut out = Out::default();
    if let Some(shape) = shapes.messages.get(id) {
        out.message(shapes, shape, message);
    }
    out.text
}

/// A message on one line.
pub fn text_line(shapes: &Shapes, id: usize, message: &Message) -> String {
    let text = text(shapes, id, message);
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    lines.join(" ")
}

/// What a message holds in one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The names that lead to the field, with dots: `storage.size`.
    pub field: String,
    /// Its value on one line: `150`; of an absent field the default, where it has one.
    pub value: String,
    /// Whether the value is there, and not only what absence means.
    pub set: bool,
}

/// One field of a message, by the numbers that lead to it. `None` where the path ends before: the shape has no such field.
pub fn at_path(shapes: &Shapes, id: usize, message: &Message, path: &[u32]) -> Option<Seen> {
    let (number, rest) = path.split_first()?;
    let shape = shapes.messages.get(id)?;
    let field = shape.field(*number)?;
    let content = message.fields.get(number);
    if !rest.is_empty()
        && let Kind::Message(inner) = field.kind
    {
        let values: Vec<&Value> = match content {
            Some(Content::One(value)) => vec![value],
            Some(Content::Many(values)) => values.iter().collect(),
            Some(Content::Map(entries)) => entries.values().collect(),
            None => Vec::new(),
        };
        let mut nested = values.into_iter().filter_map(|value| match value {
            Value::Message(nested) => Some(at_path(shapes, inner, nested, rest)),
            _ => None,
        });
        // of several the one in which it is set, as others may not show it
        let first = nested.next();
        let set = |seen: &Option<Seen>| seen.as_ref().is_some_and(|seen| seen.set);
        let shown = match first {
            Some(first) if !set(&first) => Some(nested.find(set).unwrap_or(first)),
            first => first,
        };
        if let Some(nested) = shown {
            return nested.map(|nested| Seen {
                field: format!("{}.{}", field.name, nested.field),
                ..nested
            });
        }
    }
    let value = |value: &Value| match (value, field.kind) {
        (Value::Message(message), Kind::Message(inner)) => {
            let line = text_line(shapes, inner, message);
            if line.is_empty() {
                "{}".to_owned()
            } else {
                format!("{{ {line} }}")
            }
        }
        (value, _) => scalar(shapes, field, value),
    };
    let shown = match content {
        Some(Content::One(one)) => value(one),
        Some(Content::Many(values)) => {
            let all: Vec<String> = values.iter().map(value).collect();
            format!("[{}]", all.join(", "))
        }
        Some(Content::Map(entries)) => {
            let Cardinality::Map(key_type) = field.cardinality else {
                return None;
            };
            let key_field = field.entry_key(key_type);
            let all: Vec<String> = entries
                .iter()
                .map(|(key, one)| {
                    let key = scalar(shapes, &key_field, &key.clone().into());
                    format!("{key}: {}", value(one))
                })
                .collect();
            format!("{{{}}}", all.join(", "))
        }
        None => match (field.cardinality, field.oneof, field.kind) {
            (Cardinality::Singular, None, Kind::Scalar(_) | Kind::Enum(_)) => {
                value(&Value::absent(field, shapes))
            }
            _ => String::new(),
        },
    };
    Some(Seen {
        field: field.name.clone(),
        value: shown,
        set: content.is_some(),
    })
}

#[derive(Default)]
struct Out {
    text: String,
    depth: usize,
}

impl Out {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{:width$}{line}", "", width = 2 * self.depth);
    }

    fn message(&mut self, shapes: &Shapes, shape: &MessageShape, message: &Message) {
        for (number, content) in &message.fields {
            let Some(field) = shape.field(*number) else {
                continue;
            };
            match content {
                Content::One(value) => self.value(shapes, field, value),
                Content::Many(values) => {
                    for value in values {
                        self.value(shapes, field, value);
                    }
                }
                Content::Map(entries) => {
                    let Cardinality::Map(key_type) = field.cardinality else {
                        continue;
                    };
                    let (key_field, value_field) = (field.entry_key(key_type), field.entry_value());
                    for (key, value) in entries {
                        self.line(&format!("{} {{", name(shapes, field)));
                        self.depth += 1;
                        self.value(shapes, &key_field, &key.clone().into());
                        self.value(shapes, &value_field, value);
                        self.depth -= 1;
                        self.line("}");
                    }
                }
            }
        }
        self.unknown(&message.unknown, 0);
    }

    fn value(&mut self, shapes: &Shapes, field: &FieldShape, value: &Value) {
        match (value, field.kind) {
            (Value::Message(message), Kind::Message(id)) => {
                self.line(&format!("{} {{", name(shapes, field)));
                self.depth += 1;
                if let Some(shape) = shapes.messages.get(id) {
                    self.message(shapes, shape, message);
                }
                self.depth -= 1;
                self.line("}");
            }
            _ => self.line(&format!(
                "{}: {}",
                name(shapes, field),
                scalar(shapes, field, value)
            )),
        }
    }

    /// What the schema does not have: by number, and as a message where it looks like one.
    fn unknown(&mut self, bytes: &[u8], guesses: usize) {
        for field in Walker::new(bytes).flatten() {
            let number = field.number;
            match field.value {
                Raw::Varint(value) => self.line(&format!("{number}: {value}")),
                Raw::I32(value) => self.line(&format!("{number}: 0x{value:08x}")),
                Raw::I64(value) => self.line(&format!("{number}: 0x{value:016x}")),
                Raw::Len(inner) => {
                    let message = !inner.is_empty()
                        && guesses < DEEPEST_GUESS
                        && Walker::new(inner).all(|field| field.is_ok());
                    if message {
                        self.line(&format!("{number} {{"));
                        self.nested(inner, guesses + 1);
                    } else {
                        self.line(&format!("{number}: \"{}\"", escaped(inner)));
                    }
                }
                Raw::Group(inner) => {
                    self.line(&format!("{number} {{"));
                    self.nested(inner, guesses);
                }
            }
        }
    }

    fn nested(&mut self, bytes: &[u8], guesses: usize) {
        self.depth += 1;
        self.unknown(bytes, guesses);
        self.depth -= 1;
        self.line("}");
    }
}

/// A field's name as text format has it: a group by its type, an extension in brackets.
fn name(shapes: &Shapes, field: &FieldShape) -> String {
    if field.extension {
        return format!("[{}]", field.name);
    }
    if field.delimited
        && let Kind::Message(id) = field.kind
        && let Some(shape) = shapes.messages.get(id)
    {
        let short = shape.name.rsplit('.').next().unwrap_or(&shape.name);
        if short.eq_ignore_ascii_case(&field.name) {
            return short.to_owned();
        }
    }
    field.name.clone()
}

/// A value that is no message.
pub(super) fn scalar(shapes: &Shapes, field: &FieldShape, value: &Value) -> String {
    match value {
        Value::Integer(number) => match field.kind {
            Kind::Scalar(Scalar::Bool) => (*number != 0).to_string(),
            Kind::Enum(id) => {
                let each = shapes.enums.get(id);
                let name = i32::try_from(*number)
                    .ok()
                    .and_then(|number| each?.name_of(number));
                name.map_or_else(|| number.to_string(), str::to_owned)
            }
            _ => number.to_string(),
        },
        Value::Float(bits) => float(*bits),
        Value::Text(bytes) => format!("\"{}\"", escaped(bytes)),
        Value::Message(_) => "{}".to_owned(),
    }
}

/// A floating-point number as protoc prints it: in six or fifteen digits where these give it back, else in as many as it takes.
fn float(bits: FloatBits) -> String {
    let number = bits.number();
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    match bits {
        FloatBits::Single(bits) => {
            let single = f32::from_bits(bits);
            let few = significant(single.into(), 6);
            match few.parse::<f32>() {
                // to protoc, a number that is too small to be normal is not given back by any digits
                Ok(same) if same == single && !single.is_subnormal() => few,
                _ => significant(single.into(), 9),
            }
        }
        FloatBits::Double(_) => {
            let few = significant(number, 15);
            match few.parse::<f64>() {
                Ok(same) if same == number => few,
                _ => significant(number, 17),
            }
        }
    }
}

/// A number in so many significant digits, as C's `%g` prints it.
fn significant(number: f64, digits: usize) -> String {
    let scientific = format!("{number:.*e}", digits - 1);
    let Some((mantissa, power)) = scientific.split_once('e') else {
        return scientific;
    };
    let power: i32 = power.parse().unwrap_or(0);
    let trimmed = |text: &str| -> String {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    if power < -4 || power >= digits as i32 {
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trimmed(mantissa), power.abs());
    }
    let decimals = (digits as i32 - 1 - power).max(0) as usize;
    trimmed(&format!("{number:.decimals$}"))
}

/// Text between quotes, in ASCII.
fn escaped(bytes: &[u8]) -> String {
    let mut out = String::new();
    for &byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' => out.push_str("\\\""),
            b'\'' => out.push_str("\\'"),
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out
}
