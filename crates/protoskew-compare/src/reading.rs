//! How a field that one side writes is read by the other: its type, how many there are, and how they are written.

use protoskew_schema::Scalar;
use protoskew_wire::runtime::{EntryWireType, MissingRequired, WireTypeDiffers};

use crate::change::TypeReading;
use crate::outcome::{ByRuntime, Outcome};
use crate::values::{self, Place, Reading, Value, WireType};

/// A field as one side has it, as far as its bytes go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    pub(crate) value: Value,
    pub(crate) many: Many,
    pub(crate) packed: bool,
    pub(crate) utf8: bool,
    pub(crate) required: bool,
    pub(crate) oneof: bool,
}

/// One, many, or a map, whose entries are messages on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Many {
    One,
    List,
    Map(Scalar),
}

impl Side {
    /// Numbers that may come one behind the other without tags.
    fn packable(self) -> bool {
        self.many == Many::List && self.value.packable()
    }

    /// How each value lies in the bytes when it has a tag of its own.
    fn wire_type(self) -> WireType {
        match self.many {
            Many::Map(_) => WireType::Len,
            _ => self.value.wire_type(),
        }
    }

    pub(crate) fn place(self) -> Place {
        Place {
            utf8: self.utf8,
            many: self.many,
            required: self.required,
            oneof: self.oneof,
        }
    }
}

/// What becomes of a field that is the same one to both. `nested`: what becomes of the messages in it, where both sides hold messages.
pub(crate) fn same(writer: Side, reader: Side, nested: ByRuntime) -> Reading {
    if !is_read(writer, reader) {
        return values::wire_types_differ(reader.required);
    }
    if let (Many::Map(from), Many::Map(to)) = (writer.many, reader.many) {
        let key = values::read(Value::Scalar(from), Value::Scalar(to), reader.place());
        let value = element(writer, reader, nested);
        let mut reading = value.max(key);
        if entries_differ(writer, reader) {
            reading.outcome = entry([key, value], reading.outcome);
        }
        return reading;
    }
    let sent_packed = writer.packable() && writer.packed;
    let tags_differ =
        sent_packed != reader.packable() && (sent_packed || writer.wire_type() == WireType::Len);
    let widths_differ = sent_packed && writer.value.wire_type() != reader.value.wire_type();
    if (sent_packed || reader.packable()) && (tags_differ || widths_differ) {
        // what is length-prefixed is read as a packed list, or a packed list as what is length-prefixed
        return as_other_bytes(writer, reader);
    }
    let mut reading = match (writer.many, reader.many) {
        // a map's entry is compared with the message on the other side
        (Many::Map(_), _) | (_, Many::Map(_)) => {
            let entry = |side: Side| match side.many {
                Many::Map(_) => Value::Message { delimited: false },
                _ => side.value,
            };
            let (from, to) = (entry(writer), entry(reader));
            match (from, to) {
                (Value::Message { .. }, Value::Message { .. }) => Reading {
                    outcome: nested,
                    why: TypeReading::OtherType,
                },
                _ => values::read(from, to, reader.place()),
            }
        }
        _ => element(writer, reader, nested),
    };
    let floor = match (writer.many, reader.many) {
        (Many::List | Many::Map(_), Many::One) | (Many::List, Many::Map(_)) => Outcome::Lossy,
        (a, b) if a == b => Outcome::Same,
        _ => Outcome::Compatible,
    };
    reading.outcome = reading.outcome.max(ByRuntime::all(floor));
    reading
}

/// What becomes of the entries of a map of which a part has another wire type to the reader: both parts are always written. `read`: what
/// becomes of an entry that is taken all the same.
fn entry(parts: [Reading; 2], read: ByRuntime) -> ByRuntime {
    ByRuntime::each(|runtime| match runtime.answers().entry_wire_type.is {
        // who refuses one of them sees neither
        EntryWireType::Refuse => Outcome::Reject,
        // the entry goes, but not before its other part was read
        EntryWireType::NoEntry => {
            let refuses = |part: Reading| part.outcome.get(runtime) == Outcome::Reject;
            if parts.into_iter().any(refuses) {
                Outcome::Reject
            } else {
                Outcome::Lossy
            }
        }
        EntryWireType::Default | EntryWireType::ReadAnyway => read.get(runtime),
    })
}

/// What becomes of a field whose number means another field to the reader: what is read at all is misread.
pub(crate) fn other(writer: Side, reader: Side) -> Reading {
    if entries_differ(writer, reader) {
        let inside = same(writer, reader, ByRuntime::all(Outcome::Same));
        let misread = ByRuntime::all(Outcome::Misread);
        return Reading {
            outcome: ByRuntime::each(|runtime| match runtime.answers().entry_wire_type.is {
                EntryWireType::Refuse | EntryWireType::NoEntry => inside.outcome.get(runtime),
                EntryWireType::Default | EntryWireType::ReadAnyway => misread.get(runtime),
            }),
            why: inside.why,
        };
    }
    if is_read(writer, reader) {
        as_other_bytes(writer, reader)
    } else {
        values::wire_types_differ(reader.required)
    }
}

/// Bytes that are taken for something else: misread, but for small numbers in a row, which no message begins with.
fn as_other_bytes(writer: Side, reader: Side) -> Reading {
    let sent_packed = writer.packable() && writer.packed;
    let is_message = matches!(reader.value, Value::Message { .. }) && !reader.packable();
    let is_message = is_message || matches!(reader.many, Many::Map(_));
    if sent_packed && is_message && writer.value.is_small() {
        return Reading {
            outcome: ByRuntime::all(Outcome::Reject),
            why: TypeReading::Reinterpreted,
        };
    }
    // an entry of one size in a list of numbers of another one never comes out even
    let width = match reader.value.wire_type() {
        WireType::I32 => 4,
        WireType::I64 => 8,
        _ => 1,
    };
    if reader.packable() && entry_size(writer).is_some_and(|size| size % width != 0) {
        return Reading {
            outcome: ByRuntime::all(Outcome::Reject),
            why: TypeReading::Reinterpreted,
        };
    }
    values::MISREAD
}

/// The bytes of a map's entry, where that is the same for all.
fn entry_size(side: Side) -> Option<u32> {
    let size = |value: Value| match value.wire_type() {
        WireType::I32 => Some(5),
        WireType::I64 => Some(9),
        _ => (value == Value::Scalar(Scalar::Bool)).then_some(2),
    };
    match side.many {
        Many::Map(key) => Some(size(Value::Scalar(key))? + size(side.value)?),
        _ => None,
    }
}

/// Whether the keys or the values of two maps have other wire types.
fn entries_differ(writer: Side, reader: Side) -> bool {
    let (Many::Map(from), Many::Map(to)) = (writer.many, reader.many) else {
        return false;
    };
    let key = |scalar| Value::Scalar(scalar).wire_type();
    key(from) != key(to) || writer.value.wire_type() != reader.value.wire_type()
}

/// A required field that the writer does not have: refused, or read as absent.
pub(crate) fn missing() -> ByRuntime {
    ByRuntime::each(|runtime| match runtime.answers().required.is {
        MissingRequired::Refuse => Outcome::Reject,
        MissingRequired::Accept => Outcome::Compatible,
    })
}

/// Whether the reader takes the bytes for the field's at all.
fn is_read(writer: Side, reader: Side) -> bool {
    let sent_packed = writer.packable() && writer.packed;
    let sent = if sent_packed {
        WireType::Len
    } else {
        writer.wire_type()
    };
    sent == reader.wire_type() || (reader.packable() && sent == WireType::Len)
}

fn element(writer: Side, reader: Side, nested: ByRuntime) -> Reading {
    match (writer.value, reader.value) {
        (Value::Message { delimited: a }, Value::Message { delimited: b }) if a == b => Reading {
            outcome: nested,
            why: TypeReading::Safe,
        },
        (from, to) => values::read(from, to, reader.place()),
    }
}

/// A field whose wire type is not the declared one, in one runtime, where the reader may require the field.
pub(crate) fn not_taken(answer: WireTypeDiffers, vanishes: Outcome) -> Outcome {
    match answer {
        WireTypeDiffers::Refuse => Outcome::Reject,
        WireTypeDiffers::Skip => vanishes,
        WireTypeDiffers::ReadAnyway => Outcome::Misread,
    }
}
