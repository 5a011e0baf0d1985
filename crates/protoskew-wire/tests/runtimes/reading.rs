//! What the decoder holds, in the words of `seen.txt`, under the schema of the questions.

use std::path::Path;
use std::sync::Arc;

use protoskew_schema::{self as schema, Edition, FieldType, Input, Role, Schema, link, parse};
use protoskew_wire::shape::{
    Cardinality, EnumShape, FieldShape, Kind, MessageShape, Presence, Scalar,
};
use protoskew_wire::value::{Content, FloatBits, Key, Message, Value};
use protoskew_wire::{Runtime, Shapes, decode};
use serde_json::json;

/// The messages of `xtask/runtimes/questions`.
pub(crate) fn questions() -> Shapes {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/runtimes/questions");
    let paths = ["two.proto", "three.proto", "explicit.proto", "groups.proto"];
    let read = |path| std::fs::read(folder.join(path)).expect("the questions' protos");
    of(paths.map(|path| (path, read(path))).into_iter())
}

/// The messages of these files: path and text.
pub(crate) fn of<'a>(files: impl Iterator<Item = (&'a str, Vec<u8>)>) -> Shapes {
    let inputs = files.map(|(path, text)| Input {
        path: path.into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text.into())),
    });
    let schema = link(inputs.collect(), &[String::new()]);
    assert!(schema.diagnostics.is_empty(), "{:?}", schema.diagnostics);
    shapes(&schema)
}

/// What a runtime is expected to hold, in the words of `seen.txt`: `refused`, or the fields.
pub(crate) fn read(shapes: &Shapes, runtime: Runtime, message: &str, hex: &str) -> String {
    let id = shapes.messages.iter().position(|it| it.name == message);
    let id = id.unwrap_or_else(|| panic!("no {message}"));
    let hex = hex.trim_start_matches('-');
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits"))
        .collect();
    match decode(shapes, id, runtime, &bytes) {
        Err(_) => "refused".to_owned(),
        Ok(message) => fields(shapes, id, &message).to_string(),
    }
}

/// Bytes in hexadecimal digits, or `-` for none.
pub(crate) fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".to_owned();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fields(shapes: &Shapes, id: usize, message: &Message) -> serde_json::Value {
    let mut found = serde_json::Map::new();
    for (number, content) in message.fields.iter().chain(&message.beside) {
        let field = shapes.messages[id].field(*number).expect("a known field");
        let text = match content {
            Content::One(value) if field.presence == Presence::Implicit && value.is_zero() => {
                continue;
            }
            Content::One(held) => value(shapes, field.kind, held),
            Content::Many(all) => all.iter().map(|it| value(shapes, field.kind, it)).collect(),
            Content::Map(entries) => {
                let Cardinality::Map(key) = field.cardinality else {
                    panic!("{} is no map", field.name);
                };
                let mut pairs: Vec<_> = entries
                    .iter()
                    .map(|(k, held)| (self::key(key, k), value(shapes, field.kind, held)))
                    .collect();
                pairs.sort_by_key(|(key, _)| key.to_string());
                json!({ "map": pairs })
            }
        };
        found.insert(number.to_string(), text);
    }
    // another crate of a build may ask serde_json to keep the order in which keys came
    found.sort_keys();
    found.into()
}

fn key(scalar: Scalar, key: &Key) -> serde_json::Value {
    let held = match key {
        Key::Integer(number) => Value::Integer(*number),
        Key::Text(text) => Value::Text(text.clone()),
    };
    scalar_text(scalar, &held)
}

fn value(shapes: &Shapes, kind: Kind, held: &Value) -> serde_json::Value {
    match (kind, held) {
        (Kind::Message(id), Value::Message(message)) => fields(shapes, id, message),
        (Kind::Scalar(scalar), held) => scalar_text(scalar, held),
        (_, held) => scalar_text(Scalar::Int32, held),
    }
}

fn scalar_text(scalar: Scalar, held: &Value) -> serde_json::Value {
    json!(match held {
        Value::Integer(number) if scalar == Scalar::Bool => (*number != 0).to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(FloatBits::Single(bits)) => format!("0x{bits:08x}"),
        Value::Float(FloatBits::Double(bits)) => format!("0x{bits:016x}"),
        Value::Text(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("h{digits}")
        }
        Value::Message(_) => panic!("a message in place of a scalar"),
    })
}

/// Every message and enum of a schema, each at its own index.
pub(crate) fn shapes(schema: &Schema) -> Shapes {
    let proto2 = |file: u32| schema.file(file).edition == Edition::Proto2;
    let message = |(id, message): (usize, &schema::Message)| {
        let own = message
            .fields
            .iter()
            .map(|it| field(it, proto2(message.file), false));
        let extends = |it: &&schema::Extension| match &it.extendee {
            FieldType::Message(target) => target.id as usize == id,
            _ => false,
        };
        let extensions = schema.extensions.iter().filter(extends);
        let extensions = extensions.map(|it| FieldShape {
            name: it.name.to_string(),
            ..field(&it.field, proto2(it.file), true)
        });
        let mut fields: Vec<FieldShape> = own.chain(extensions).collect();
        fields.sort_by_key(|field| field.number);
        MessageShape {
            name: message.name.to_string(),
            fields,
            origin: id as u32,
        }
    };
    let enumeration = |(id, each): (usize, &schema::Enum)| EnumShape {
        name: each.name.to_string(),
        values: each
            .values
            .iter()
            .map(|value| (value.number, value.name.to_string()))
            .collect(),
        closed: each.closed,
        origin: id as u32,
    };
    Shapes {
        messages: schema.messages.iter().enumerate().map(message).collect(),
        enums: schema.enums.iter().enumerate().map(enumeration).collect(),
    }
}

fn field(field: &schema::Field, proto2: bool, extension: bool) -> FieldShape {
    FieldShape {
        number: field.number,
        name: field.name.to_string(),
        json_name: field.json_name.to_string(),
        kind: match &field.ty {
            FieldType::Scalar(it) => Kind::Scalar(scalar(*it)),
            FieldType::Message(target) => Kind::Message(target.id as usize),
            FieldType::Enum(target) => Kind::Enum(target.id as usize),
            FieldType::Unresolved(name) => panic!("{name} is not resolved"),
        },
        cardinality: match field.cardinality {
            schema::Cardinality::Singular => Cardinality::Singular,
            schema::Cardinality::Repeated => Cardinality::Repeated,
            schema::Cardinality::Map(key) => Cardinality::Map(scalar(key)),
        },
        presence: match field.presence {
            schema::Presence::Implicit => Presence::Implicit,
            schema::Presence::Explicit => Presence::Explicit,
            schema::Presence::Required => Presence::Required,
        },
        oneof: field.oneof,
        // nothing asks what an absent field reads as
        default: None,
        packed: field.packed,
        delimited: field.delimited,
        utf8: field.utf8,
        proto2,
        extension,
    }
}

fn scalar(scalar: schema::Scalar) -> Scalar {
    let keyword = scalar.keyword();
    Scalar::named(keyword).unwrap_or_else(|| panic!("{keyword} is no scalar of the wire"))
}

#[test]
fn each_scalar_has_its_name() {
    let all = [
        "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
        "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
    ];
    for keyword in all {
        let declared = schema::Scalar::from_keyword(keyword.as_bytes()).expect(keyword);
        assert_eq!(format!("{:?}", scalar(declared)), format!("{declared:?}"));
    }
    assert_eq!(Scalar::named("int"), None);
}
