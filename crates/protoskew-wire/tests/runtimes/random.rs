//! Random writers for the questions' readers: shapes, messages of them, and what is not worth comparing.

use protoskew_wire::raw::WireType;
use protoskew_wire::shape::{
    Cardinality, EnumShape, FieldShape, Kind, MessageShape, Presence, Scalar,
};
use protoskew_wire::value::{Content, FloatBits, Key, Message, Value};
use protoskew_wire::{Runtime, Shapes, encode};

/// Numbers that look random and come again with the same seed: SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }

    fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

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
const KEYS: [Scalar; 5] = [
    Scalar::Int32,
    Scalar::Int64,
    Scalar::Sint32,
    Scalar::Bool,
    Scalar::String,
];

/// What was sent, and how.
pub(crate) struct Sent {
    /// The message of the questions that reads it.
    pub(crate) reader: String,
    pub(crate) bytes: Vec<u8>,
    /// The writer's fields, for whoever looks into a difference.
    pub(crate) writer: Vec<FieldShape>,
    /// The bytes of one message stand there twice.
    twice: bool,
    /// A field has another wire type than its reader declares, or is a message to one of them only.
    pub(crate) differs: bool,
    /// What has a length is read as a packed list of numbers.
    text_for_list: bool,
    /// An integer of 64 bits is read as one of 32.
    narrowed: bool,
    /// The key or the value of a map has another wire type.
    entry_differs: bool,
}

/// A writer for one reader, and a message of it.
pub(crate) fn sent(shapes: &Shapes, readers: &[&str], random: &mut Random) -> Sent {
    let reader = random.pick(readers);
    let shape = shapes.messages.iter().find(|it| it.name == reader);
    let shape = shape.expect("a message of the questions");
    let mut fields: Vec<FieldShape> = Vec::new();
    for _ in 0..1 + random.below(4) {
        let known = !shape.fields.is_empty() && !random.once_in(8);
        let mut field = match known {
            true => random.pick(&shape.fields),
            false => plain(random.pick(&[40, 1_000, 536_870_911])),
        };
        field.oneof = None;
        field.extension = false;
        field.presence = Presence::Explicit;
        if let Kind::Message(_) = field.kind {
            field.kind = Kind::Message(1);
        } else if let Kind::Enum(_) = field.kind {
            field.kind = Kind::Enum(0);
        }
        if random.once_in(2) {
            change(&mut field, random);
        }
        if fields.iter().all(|it| it.number != field.number) {
            fields.push(field);
        }
    }
    fields.sort_by_key(|field| field.number);
    let writer = writer(fields.clone());
    let message = message(&writer, 0, random, 0);
    let mut bytes = encode(&writer, 0, &message);
    let twice = random.once_in(8);
    if twice {
        bytes.extend(encode(&writer, 0, &self::message(&writer, 0, random, 0)));
    }
    let pairs = || {
        let all = fields.iter();
        all.filter_map(|field| Some((field, shape.field(field.number)?)))
    };
    let of_messages = |field: &FieldShape| matches!(field.kind, Kind::Message(_));
    let of_map = |field: &FieldShape| matches!(field.cardinality, Cardinality::Map(_));
    let text_for_list =
        pairs().any(|(field, read)| !field.packable() && read.packable() && !of_map(read));
    let differs = pairs().any(|(field, read)| {
        let packed = field.packed && field.packable() && !read.packable();
        let other_wire_type = field.wire_type() != read.wire_type() && !text_for_list;
        let nested = of_messages(field) != of_messages(read) || of_map(field) != of_map(read);
        packed || other_wire_type || nested
    });
    let entry_differs = pairs().any(
        |(field, read)| match (field.cardinality, read.cardinality) {
            (Cardinality::Map(sent), Cardinality::Map(key)) => {
                sent.wire_type() != key.wire_type() || of(field.kind) != of(read.kind)
            }
            (_, Cardinality::Map(_)) => true,
            _ => false,
        },
    );
    let narrowed = pairs().any(|(field, read)| {
        let key = match (field.cardinality, read.cardinality) {
            (Cardinality::Map(sent), Cardinality::Map(key)) => {
                is_long(Kind::Scalar(sent)) && !is_long(Kind::Scalar(key))
            }
            _ => false,
        };
        key || (is_long(field.kind) && !is_long(read.kind))
    });
    Sent {
        narrowed,
        differs,
        text_for_list,
        entry_differs,
        reader: reader.to_owned(),
        bytes,
        writer: fields,
        twice,
    }
}

fn is_long(kind: Kind) -> bool {
    use Scalar::{Int64, Sint64, Uint64};
    matches!(kind, Kind::Scalar(Int64 | Sint64 | Uint64))
}

fn of(kind: Kind) -> WireType {
    match kind {
        Kind::Scalar(scalar) => scalar.wire_type(),
        Kind::Enum(_) => WireType::Varint,
        Kind::Message(_) => WireType::Len,
    }
}

/// What evolution may do to a field.
fn change(field: &mut FieldShape, random: &mut Random) {
    match random.below(4) {
        0 | 1 => {
            field.kind = match random.below(8) {
                0 => Kind::Message(1),
                1 => Kind::Enum(0),
                _ => Kind::Scalar(random.pick(&SCALARS)),
            }
        }
        2 => {
            field.cardinality = match random.below(4) {
                0 => Cardinality::Map(random.pick(&KEYS)),
                1 => Cardinality::Singular,
                _ => Cardinality::Repeated,
            }
        }
        _ => field.packed = !field.packed,
    }
    field.delimited = matches!(field.kind, Kind::Message(_)) && random.once_in(4);
}

fn plain(number: u32) -> FieldShape {
    FieldShape {
        number,
        name: format!("f{number}"),
        json_name: format!("f{number}"),
        kind: Kind::Scalar(Scalar::Int32),
        cardinality: Cardinality::Singular,
        presence: Presence::Explicit,
        oneof: None,
        default: None,
        packed: false,
        delimited: false,
        utf8: false,
        proto2: false,
        extension: false,
    }
}

/// The writer's table: its message, and one that its messages hold.
fn writer(fields: Vec<FieldShape>) -> Shapes {
    let text = FieldShape {
        kind: Kind::Scalar(Scalar::String),
        ..plain(2)
    };
    let nested = FieldShape {
        kind: Kind::Message(1),
        ..plain(3)
    };
    let list = FieldShape {
        cardinality: Cardinality::Repeated,
        ..plain(4)
    };
    let message = |name: &str, fields| MessageShape {
        name: name.to_owned(),
        fields,
        origin: 0,
    };
    Shapes {
        messages: vec![
            message("Writer", fields),
            message("Inner", vec![plain(1), text, nested, list]),
        ],
        enums: vec![EnumShape {
            name: "Numbers".to_owned(),
            values: vec![(0, "ZERO".to_owned())],
            closed: false,
            origin: 0,
        }],
    }
}

fn message(shapes: &Shapes, id: usize, random: &mut Random, depth: usize) -> Message {
    let mut message = Message::default();
    for field in &shapes.messages[id].fields {
        if random.once_in(6) || (depth > 1 && matches!(field.kind, Kind::Message(_))) {
            continue;
        }
        let content = match field.cardinality {
            Cardinality::Singular => Content::One(value(shapes, field.kind, random, depth)),
            Cardinality::Repeated => {
                let count = 1 + random.below(3);
                let values = (0..count).map(|_| value(shapes, field.kind, random, depth));
                Content::Many(values.collect())
            }
            Cardinality::Map(key) => {
                let count = 1 + random.below(2);
                let entries = (0..count).map(|_| {
                    let key = match value(shapes, Kind::Scalar(key), random, depth) {
                        Value::Integer(number) => Key::Integer(number),
                        Value::Text(text) => Key::Text(text),
                        Value::Float(_) | Value::Message(_) => Key::Integer(0),
                    };
                    (key, value(shapes, field.kind, random, depth))
                });
                Content::Map(entries.collect())
            }
        };
        message = message.with(field.number, content);
    }
    message
}

fn value(shapes: &Shapes, kind: Kind, random: &mut Random, depth: usize) -> Value {
    let scalar = match kind {
        Kind::Message(id) => return Value::Message(message(shapes, id, random, depth + 1)),
        Kind::Enum(_) => return Value::Integer(random.pick(&[0, 1, 2, 3, 7, -1, -7])),
        Kind::Scalar(scalar) => scalar,
    };
    let integer = |random: &mut Random, all: &[i128]| Value::Integer(random.pick(all));
    // of fixed width no number is -0 when it is read as a float
    match scalar {
        Scalar::Double => {
            let bits = [
                0,
                1.5f64.to_bits(),
                (-2.0f64).to_bits(),
                f64::INFINITY.to_bits(),
            ];
            Value::Float(FloatBits::Double(random.pick(&bits)))
        }
        Scalar::Float => {
            let bits = [
                0,
                1.5f32.to_bits(),
                (-2.0f32).to_bits(),
                f32::INFINITY.to_bits(),
            ];
            Value::Float(FloatBits::Single(random.pick(&bits)))
        }
        Scalar::Int32 | Scalar::Sint32 => integer(
            random,
            &[0, 1, -1, 3, 7, 300, i32::MAX.into(), i32::MIN.into()],
        ),
        Scalar::Int64 | Scalar::Sint64 => integer(
            random,
            &[
                0,
                1,
                -1,
                5,
                1 << 31,
                1 << 32,
                (1 << 32) + 1,
                1 << 40,
                1 << 53,
                i64::MAX.into(),
                i64::MIN.into(),
            ],
        ),
        Scalar::Uint32 => integer(random, &[0, 1, 5, 1 << 31, u32::MAX.into()]),
        Scalar::Uint64 => integer(random, &[0, 1, 5, 1 << 32, (1 << 53) + 1, u64::MAX.into()]),
        Scalar::Fixed32 => integer(random, &[0, 1, 5, 1_000_000]),
        Scalar::Fixed64 => integer(random, &[0, 1, 5, 1 << 32]),
        Scalar::Sfixed32 => integer(random, &[0, 1, -5, 1_000_000]),
        Scalar::Sfixed64 => integer(random, &[0, 1, -5, 1 << 32]),
        Scalar::Bool => integer(random, &[0, 1]),
        Scalar::String => {
            let texts: [&[u8]; 5] = [
                b"",
                b"a",
                "\u{e9}\u{1f600}".as_bytes(),
                b"\x08\x05",
                b"long enough to be no number",
            ];
            Value::Text(random.pick(&texts).to_vec())
        }
        Scalar::Bytes => {
            let bytes: [&[u8]; 6] = [
                b"",
                b"a",
                b"\xff",
                b"\x08\x05",
                b"\x01\x02\x03",
                b"\x0a\x01\xff",
            ];
            Value::Text(random.pick(&bytes).to_vec())
        }
    }
}

impl Sent {
    /// Why the reading of a runtime is not compared: the decoder does not imitate it there (`NOT_IMITATED` says where that was seen).
    pub(crate) fn is_apart(&self, runtime: Runtime, theirs: &str, ours: &str) -> bool {
        let is = |cardinality: fn(&Cardinality) -> bool| {
            self.writer
                .iter()
                .any(|field| cardinality(&field.cardinality))
        };
        let of_map = is(|it| matches!(it, Cardinality::Map(_)));
        let group = self.writer.iter().any(|field| field.delimited);
        let required = self.reader.contains("Required");
        match runtime {
            _ if theirs.contains("null") => true,
            Runtime::Prost | Runtime::Buffa if required => true,
            Runtime::Java if self.reader.ends_with("OneOf") => self.twice,
            Runtime::RustProtobuf2 if self.reader == "qe.Explicit" => true,
            Runtime::Protobufjs8 if self.reader.ends_with("Empty") && group => true,
            // what it reads on into is not text, and fields that no encoder writes
            Runtime::Protobufjs => {
                let apart = self.differs || self.entry_differs || self.text_for_list;
                apart
                    || (required && (self.twice || of_map))
                    || self.narrowed
                    || ours.contains("efbfbd")
            }
            // a key or a value that an entry seems to have twice is both at once; a tag may have more than 32 bits
            Runtime::Gogo if self.entry_differs || self.text_for_list => true,
            Runtime::Upb if theirs.contains("its getter raises") => true,
            _ if required => self.twice || of_map,
            _ => false,
        }
    }
}

/// A reading without what is not imitated to the letter: which NaN, and how many U+FFFD stand for one run of bytes.
pub(crate) fn normal(reading: &str) -> String {
    let mut text = reading.to_owned();
    while text.contains("efbfbdefbfbd") {
        text = text.replace("efbfbdefbfbd", "efbfbd");
    }
    let mut normal = String::new();
    for (at, part) in text.split("\"0x").enumerate() {
        if at > 0 {
            normal.push_str("\"0x");
        }
        let digits: String = part.chars().take_while(char::is_ascii_hexdigit).collect();
        let bits = u64::from_str_radix(&digits, 16);
        let nan = at > 0
            && match (digits.len(), bits) {
                (8, Ok(bits)) => f32::from_bits(bits as u32).is_nan(),
                (16, Ok(bits)) => f64::from_bits(bits).is_nan(),
                _ => false,
            };
        if nan {
            normal.push_str("nan");
            normal.push_str(&part[digits.len()..]);
        } else {
            normal.push_str(part);
        }
    }
    normal
}
