//! What must hold for the bytes of a message, whoever decodes them.

use std::sync::OnceLock;

use protoskew_wire::shape::{
    Cardinality, EnumShape, FieldShape, Kind, MessageShape, Presence, Scalar, Shapes,
};
use protoskew_wire::value::{Content, Message, Value};
use protoskew_wire::{Runtime, decode, encode, print, raw};

const SCALARS: [Scalar; 15] = [
    Scalar::Double,
    Scalar::Float,
    Scalar::Int32,
    Scalar::Int64,
    Scalar::Uint32,
    Scalar::Uint64,
    Scalar::Sint32,
    Scalar::Sint64,
    Scalar::Fixed32,
    Scalar::Fixed64,
    Scalar::Sfixed32,
    Scalar::Sfixed64,
    Scalar::Bool,
    Scalar::String,
    Scalar::Bytes,
];

/// The walker passes over any bytes once. Every runtime's decoder ends on them, holds no more than there was to read, and what it holds
/// can be printed and written again.
pub fn wire(bytes: &[u8]) {
    let mut passed = 0;
    for field in raw::Walker::new(bytes) {
        let Ok(field) = field else { break };
        assert!(
            bytes[passed..].starts_with(field.bytes),
            "a field is not where it stands"
        );
        passed += field.bytes.len();
    }
    let shapes = shapes();
    for runtime in Runtime::ALL {
        let Ok(held) = decode(shapes, 0, runtime, bytes) else {
            continue;
        };
        // a value takes a byte at the least; who reads an entry's bytes twice has them twice, and does so a limited number of times
        let most = 64 * bytes.len() + 4_096;
        assert!(
            size(&held) <= most,
            "{runtime} holds {} of {} bytes",
            size(&held),
            bytes.len()
        );
        let again = encode(shapes, 0, &held);
        let _ = decode(shapes, 0, runtime, &again);
        let _ = print::text(shapes, 0, &held);
        let _ = print::json(shapes, 0, &held);
    }
}

/// How many values and unknown bytes a message holds, at any depth.
fn size(message: &Message) -> usize {
    let of = |value: &Value| match value {
        Value::Message(inner) => 1 + size(inner),
        Value::Text(text) => 1 + text.len(),
        Value::Integer(_) | Value::Float(_) => 1,
    };
    let fields = message.fields.values().map(|content| match content {
        Content::One(value) => of(value),
        Content::Many(values) => values.iter().map(of).sum(),
        Content::Map(entries) => entries.values().map(|value| 1 + of(value)).sum(),
    });
    message.unknown.len() + fields.sum::<usize>()
}

/// A message that holds itself in every way, and each kind of value.
fn shapes() -> &'static Shapes {
    static SHAPES: OnceLock<Shapes> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let mut fields: Vec<FieldShape> = Vec::new();
        let kinds = SCALARS.map(Kind::Scalar).into_iter();
        let kinds = kinds.chain([Kind::Enum(0), Kind::Enum(1), Kind::Message(0)]);
        for (at, kind) in (0..).zip(kinds) {
            let plain = FieldShape {
                number: 1 + at,
                name: format!("f{at}"),
                json_name: format!("f{at}"),
                kind,
                cardinality: Cardinality::Singular,
                presence: Presence::Explicit,
                oneof: None,
                default: None,
                packed: at % 2 == 0,
                delimited: false,
                utf8: at % 2 == 0,
                proto2: at % 3 == 0,
                extension: at % 5 == 4,
            };
            let list = FieldShape {
                number: 101 + at,
                cardinality: Cardinality::Repeated,
                delimited: matches!(kind, Kind::Message(_)),
                ..plain.clone()
            };
            let key = SCALARS[2 + at as usize % 6];
            let map = FieldShape {
                number: 201 + at,
                cardinality: Cardinality::Map(key),
                extension: false,
                ..plain.clone()
            };
            let member = FieldShape {
                number: 301 + at,
                oneof: Some(0),
                extension: false,
                ..plain.clone()
            };
            fields.extend([plain, list, map, member]);
        }
        // the numbers that one byte says, for what nests
        for (number, delimited, cardinality) in [
            (19, true, Cardinality::Singular),
            (20, false, Cardinality::Map(Scalar::Int32)),
            (21, false, Cardinality::Map(Scalar::String)),
        ] {
            let message = fields.iter().find(|field| field.number == 18).cloned();
            fields.extend(message.map(|message| FieldShape {
                number,
                delimited,
                cardinality,
                extension: false,
                ..message
            }));
        }
        fields.sort_by_key(|field| field.number);
        let values = [(0, "ZERO".to_owned()), (1, "ONE".to_owned())];
        let enums = [false, true].map(|closed| EnumShape {
            name: "E".to_owned(),
            values: values.to_vec(),
            closed,
            origin: 0,
        });
        Shapes {
            messages: vec![MessageShape {
                name: "M".to_owned(),
                fields,
                origin: 0,
            }],
            enums: enums.to_vec(),
        }
    })
}
