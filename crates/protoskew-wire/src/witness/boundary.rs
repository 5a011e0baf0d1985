//! Boundary values: of each type those at which readers differ, and of each message those that set few fields.

use std::collections::BTreeMap;

use crate::encode::encode;
use crate::raw::WireType;
use crate::shape::{
    Cardinality, EnumShape, FieldShape, Kind, MessageShape, Presence, Scalar, Shapes,
};
use crate::value::{Content, FloatBits, Key, Message, Value};

/// How deep messages are filled.
const DEEPEST: usize = 4;
/// How many messages are made at the most: each field has its share of them, and so has each field of what it holds.
const MOST_MESSAGES: usize = 30_000;
/// How many values of one enum are tried; those that the reader does not list come first.
const MOST_NUMBERS: usize = 200;
/// How many messages are joined with each other to reach a length.
const FEW: usize = 40;
/// How many other fields are set beside each.
const MOST_BESIDE: usize = 12;

/// Messages of the writer's shape that may show a difference to the reader's, those with the fewest fields first.
pub fn messages(writer: (&Shapes, usize), reader: (&Shapes, usize)) -> Vec<Message> {
    let sides = Sides {
        writer: writer.0,
        reader: reader.0,
    };
    let room = Room {
        depth: DEEPEST,
        messages: MOST_MESSAGES,
    };
    sides.messages(writer.1, Some(reader.1), room)
}

/// A message that sets no more than it must.
pub fn minimal(shapes: &Shapes, id: usize) -> Message {
    required(shapes, id, DEEPEST)
}

fn required(shapes: &Shapes, id: usize, depth: usize) -> Message {
    let mut message = Message::default();
    let Some(shape) = shapes.messages.get(id) else {
        return message;
    };
    for field in &shape.fields {
        if field.presence != Presence::Required {
            continue;
        }
        let value = match field.kind {
            Kind::Message(_) if depth == 0 => continue,
            Kind::Message(inner) => Value::Message(required(shapes, inner, depth - 1)),
            Kind::Enum(each) => Value::Integer(
                shapes
                    .enums
                    .get(each)
                    .and_then(|each| each.values.first())
                    .map_or(0, |(number, _)| i128::from(*number)),
            ),
            Kind::Scalar(scalar) => Value::zero(scalar),
        };
        message.fields.insert(field.number, Content::One(value));
    }
    message
}

struct Sides<'a> {
    writer: &'a Shapes,
    reader: &'a Shapes,
}

/// What is left for one field: messages of many fields that hold messages of many fields have more values than can be tried.
#[derive(Clone, Copy)]
struct Room {
    /// How much deeper messages are filled.
    depth: usize,
    /// How many messages.
    messages: usize,
}

impl Room {
    /// For a value that stands beside another one.
    const BESIDE: Self = Self {
        depth: 1,
        messages: 300,
    };

    /// The share of each of so many fields.
    const fn shared(self, fields: usize) -> Self {
        Self {
            messages: self.messages / if fields == 0 { 1 } else { fields },
            ..self
        }
    }
}

impl Sides<'_> {
    fn messages(&self, id: usize, reader: Option<usize>, room: Room) -> Vec<Message> {
        let base = minimal(self.writer, id);
        let mut found = vec![base.clone()];
        let Some(shape) = self.writer.messages.get(id) else {
            return found;
        };
        let theirs = reader.and_then(|id| self.reader.messages.get(id));
        let their = |field: &FieldShape| theirs.and_then(|shape| shape.field(field.number));
        let share = room.shared(shape.fields.len());
        for field in &shape.fields {
            let mut contents = self.contents(field, their(field), share);
            contents.truncate(share.messages.max(1));
            found.extend(
                contents
                    .into_iter()
                    .map(|content| base.clone().with(field.number, content)),
            );
        }
        self.pairs(shape, &their, &base, &mut found);
        found
    }

    /// Two fields at once: where the reader keeps only one of them, or reads one as a part of the other.
    fn pairs<'s>(
        &self,
        shape: &MessageShape,
        their: &impl Fn(&FieldShape) -> Option<&'s FieldShape>,
        base: &Message,
        found: &mut Vec<Message>,
    ) {
        for (at, field) in shape.fields.iter().enumerate() {
            let Some(theirs) = their(field) else {
                continue;
            };
            let swallows = theirs.wire_type() != field.wire_type();
            let mut beside = 0;
            for (other_at, other) in shape.fields.iter().enumerate() {
                let one_oneof = field.oneof.is_some() && field.oneof == other.oneof;
                let both_kept = their(other).is_none_or(|it| it.oneof != theirs.oneof);
                let excludes = theirs.oneof.is_some() && !both_kept;
                if other_at == at || one_oneof || beside == MOST_BESIDE {
                    continue;
                }
                if !(excludes || (swallows && other_at > at)) {
                    continue;
                }
                beside += 1;
                let seconds = self.contents(other, None, Room::BESIDE);
                let Some(second) = seconds
                    .into_iter()
                    .find(|it| crate::judge::is_sent(other, it))
                else {
                    continue;
                };
                let most = if swallows { 24 } else { 2 };
                for first in self
                    .contents(field, Some(theirs), Room::BESIDE)
                    .into_iter()
                    .take(most)
                {
                    found.push(
                        base.clone()
                            .with(field.number, first)
                            .with(other.number, second.clone()),
                    );
                }
            }
        }
    }

    fn contents(
        &self,
        field: &FieldShape,
        theirs: Option<&FieldShape>,
        room: Room,
    ) -> Vec<Content> {
        let values = self.values(field, theirs, room);
        let first = || values.first().cloned();
        match field.cardinality {
            Cardinality::Singular => values.into_iter().map(Content::One).collect(),
            Cardinality::Repeated => {
                let mut found: Vec<Content> = values
                    .iter()
                    .map(|value| Content::Many(vec![value.clone()]))
                    .collect();
                found.extend(values.get(..2).map(|two| Content::Many(two.to_vec())));
                found.extend(first().map(|value| Content::Many(vec![value.clone(), value])));
                let odd = theirs.is_some_and(|theirs| {
                    theirs.wire_type() != field.wire_type() || !theirs.packable()
                });
                if odd && field.packed {
                    // as many bytes as a number of another width has
                    // and a message: field 15 is 1
                    let field_15 = match field.kind {
                        Kind::Scalar(Scalar::Sint32 | Scalar::Sint64) => Some([60, -1]),
                        Kind::Scalar(scalar) if scalar.wire_type() == WireType::Varint => {
                            Some([120, 1]).filter(|_| scalar != Scalar::Bool)
                        }
                        Kind::Enum(id) => {
                            let each = self.writer.enums.get(id);
                            Some([120, 1]).filter(|_| each.is_some_and(|each| !each.closed))
                        }
                        _ => None,
                    };
                    found.extend(
                        field_15.map(|two| Content::Many(two.map(Value::Integer).to_vec())),
                    );
                    for (value, count) in values.iter().flat_map(|value| [(value, 4), (value, 8)]) {
                        found.push(Content::Many(vec![value.clone(); count]));
                    }
                }
                found
            }
            Cardinality::Map(key) => {
                let keys = self.values(&field.entry_key(key), None, room);
                let keys: Vec<Key> = keys.into_iter().filter_map(key_of).collect();
                let one = |key: &Key, value: &Value| {
                    Content::Map(BTreeMap::from([(key.clone(), value.clone())]))
                };
                let mut found = Vec::new();
                let (Some(key), Some(value)) = (keys.first(), first()) else {
                    return found;
                };
                found.extend(values.iter().map(|value| one(key, value)));
                found.extend(keys.iter().map(|key| one(key, &value)));
                let two = keys.iter().take(2).map(|key| (key.clone(), value.clone()));
                found.push(Content::Map(two.collect()));
                found
            }
        }
    }

    /// The values of one field, those that are nicest to look at first.
    fn values(&self, field: &FieldShape, theirs: Option<&FieldShape>, room: Room) -> Vec<Value> {
        // one that is read as another type must also make sense as that type's bytes
        let odd = theirs.is_some_and(|theirs| {
            theirs.kind != field.kind || theirs.wire_type() != field.wire_type()
        });
        match field.kind {
            Kind::Scalar(Scalar::String) => {
                let mut all = texts(&[
                    b"a",
                    b"",
                    b"\x10\x01",
                    b"abc",
                    b"abcdefg",
                    "é".as_bytes(),
                    b" \x01",
                    b"\x08\x01",
                    b"\x10\x01\x10\x01",
                    b"ab",
                    b"abcd",
                    b"abcdef",
                    b"abcdefgh",
                    b"x\x01x\x01",
                    // in a group of which the tag is taken for a length: an empty text, and field 15 again and again
                    b"\0x\x01x\x01x\x01x\x01x\x01x\x01x\x01x",
                ]);
                // who is not asked to check may send anything
                if !field.utf8 && theirs.is_some_and(|theirs| theirs.utf8) {
                    all.extend(texts(&[b"\xff"]));
                }
                all
            }
            Kind::Scalar(Scalar::Bytes) => texts(&[
                b"\x01",
                b"",
                b"\xff",
                b"a",
                b"\x10\x01",
                b"\x08\x01",
                b"x\x01",
                b"abc",
                b"abcd",
                b"abcdefg",
                b"abcdefgh",
            ]),
            Kind::Scalar(Scalar::Float) => {
                let bits = [1.0f32, 0.0, -0.0, -1.5, f32::MAX, f32::INFINITY, f32::NAN];
                let bits = bits.map(f32::to_bits).into_iter();
                let odd = odd.then_some([0x0180_8080u32, 3, 0x0110_0110, 0x0178_0178]);
                bits.chain([1])
                    .chain(odd.into_iter().flatten())
                    .map(|bits| Value::Float(FloatBits::Single(bits)))
                    .collect()
            }
            Kind::Scalar(Scalar::Double) => {
                let bits = [1.0f64, 0.0, -0.0, -1.5, f64::MAX, f64::INFINITY, f64::NAN];
                let bits = bits.map(f64::to_bits).into_iter();
                let odd = odd.then_some([
                    0x0180_8080_8080_8080u64,
                    7,
                    0x0110_0110_0000_0001,
                    0x0178_0178_0178_0178,
                ]);
                bits.chain([1])
                    .chain(odd.into_iter().flatten())
                    .map(|bits| Value::Float(FloatBits::Double(bits)))
                    .collect()
            }
            Kind::Scalar(scalar) => integers(scalar, odd)
                .into_iter()
                .map(Value::Integer)
                .collect(),
            Kind::Enum(id) => {
                let reader = theirs.and_then(|theirs| match theirs.kind {
                    Kind::Enum(id) => self.reader.enums.get(id),
                    _ => None,
                });
                let each = self.writer.enums.get(id);
                each.map_or(Vec::new(), |each| numbers(each, reader))
            }
            Kind::Message(id) => {
                let reader = theirs.and_then(|theirs| match theirs.kind {
                    Kind::Message(id) => Some(id),
                    _ => None,
                });
                let mut found = if room.depth == 0 || room.messages <= 1 {
                    vec![minimal(self.writer, id)]
                } else {
                    let deeper = Room {
                        depth: room.depth - 1,
                        ..room
                    };
                    self.messages(id, reader, deeper)
                };
                let width = theirs
                    .filter(|theirs| theirs.packable())
                    .map(FieldShape::wire_type);
                match width {
                    Some(WireType::I32) => self.even(id, 4, &mut found),
                    Some(WireType::I64) => self.even(id, 8, &mut found),
                    _ => {}
                }
                found.into_iter().map(Value::Message).collect()
            }
        }
    }
}

impl Sides<'_> {
    /// Adds a message of two of these at once that is as long as a packed list of numbers of that width, where one can be had.
    fn even(&self, id: usize, width: usize, found: &mut Vec<Message>) {
        let few = &found[..found.len().min(FEW)];
        let both = few.iter().enumerate().flat_map(|(at, one)| {
            few[at + 1..].iter().map(move |other| {
                let mut both = one.clone();
                both.fields.extend(other.fields.clone());
                both
            })
        });
        let even = both.into_iter().find(|both| {
            let length = encode(self.writer, id, both).len();
            length > 0 && length.is_multiple_of(width)
        });
        found.extend(even);
    }
}

fn key_of(value: Value) -> Option<Key> {
    match value {
        Value::Integer(number) => Some(Key::Integer(number)),
        Value::Text(text) => Some(Key::Text(text)),
        Value::Float(_) | Value::Message(_) => None,
    }
}

fn texts(all: &[&[u8]]) -> Vec<Value> {
    all.iter().map(|text| Value::Text(text.to_vec())).collect()
}

/// The integers of the type; `odd` where they are read as another kind of bytes.
fn integers(scalar: Scalar, odd: bool) -> Vec<i128> {
    use Scalar::*;
    let range = match scalar {
        Bool => 0..=1,
        Int32 | Sint32 | Sfixed32 => i128::from(i32::MIN)..=i128::from(i32::MAX),
        Uint32 | Fixed32 => 0..=i128::from(u32::MAX),
        Int64 | Sint64 | Sfixed64 => i128::from(i64::MIN)..=i128::from(i64::MAX),
        _ => 0..=i128::from(u64::MAX),
    };
    let mut all: Vec<i128> = vec![1, 0, -1, 2, 150];
    for power in [31, 32, 53, 63] {
        let power = 1i128 << power;
        all.extend([power, power - 1, -power, power + 1]);
    }
    all.extend([*range.start(), *range.end()]);
    if odd && scalar.wire_type() == WireType::Varint {
        all.extend([3, 4, 5, 6, 8, 120, 1 << 21, 1 << 49]);
    } else if odd {
        all.extend([
            0x0180_8080,
            3,
            7,
            0x0110_0110,
            0x0180_8080_8080_8080,
            0x0110_0110_0000_0001,
        ]);
        all.extend([0x0178_0178, 0x0178_0178_0178_0178]);
    }
    all.extend([1 << 14, 1 << 45]);
    all.retain(|number| range.contains(number));
    all
}

/// What a writer may send in an enum: what it lists, and in an open one any other number.
fn numbers(each: &EnumShape, reader: Option<&EnumShape>) -> Vec<Value> {
    let listed = each.values.iter().map(|(number, _)| *number);
    let mut all: Vec<i32> = Vec::new();
    if let Some(reader) = reader {
        let mut known: Vec<i32> = reader.values.iter().map(|(number, _)| *number).collect();
        known.sort_unstable();
        let unknown = |number: &i32| known.binary_search(number).is_err();
        all.extend(listed.clone().filter(unknown).take(2 * MOST_NUMBERS));
    }
    all.extend(listed.take(MOST_NUMBERS));
    all.truncate(2 * MOST_NUMBERS);
    // a number without a name shows a difference only where one side keeps what the other turns away
    if !each.closed && reader.is_none_or(|reader| reader.closed) {
        let beyond = |each: &EnumShape| {
            let most = each.values.iter().map(|(number, _)| *number).max();
            most.unwrap_or(0).saturating_add(1)
        };
        all.extend([0, beyond(each), -1]);
        all.extend(reader.map(beyond));
    }
    all.into_iter()
        .map(|number| Value::Integer(i128::from(number)))
        .collect()
}
