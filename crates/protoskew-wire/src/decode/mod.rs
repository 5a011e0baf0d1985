//! Bytes to messages, as one runtime decodes them under one schema.

mod required;
mod scalar;

use std::cell::Cell;
use std::fmt;

use crate::raw::{Malformed, Reader, Why, WireType};
use crate::runtime::{
    Again, Answers, ClosedBy, EntryWireType, Extensions, Groups, Members, MissingRequired,
    NumberZero, Overrun, Runtime, UnknownFields, UnknownNumber, WireTypeDiffers,
};
use crate::shape::{Cardinality, FieldShape, Kind, Shapes};
use crate::value::{Content, Message, Value};

/// How deep messages may nest here, whatever the runtime allows.
pub const DEEPEST_MESSAGE: u32 = 200;

/// Why a runtime refuses the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They are no message, or not one of such a field.
    Malformed(Malformed),
    /// A field's wire type is not the declared one.
    WireType {
        /// The field's number.
        number: u32,
        /// Its name.
        name: String,
    },
    /// An integer is out of the range of its type.
    Range {
        /// The field's name.
        name: String,
    },
    /// Text is not UTF-8.
    Utf8 {
        /// The field's name.
        name: String,
    },
    /// A closed enum does not list the number.
    EnumNumber {
        /// The field's name.
        name: String,
        /// The number.
        number: i32,
    },
    /// A required field is absent.
    Missing {
        /// The message that should hold it.
        message: String,
        /// The field's name.
        name: String,
    },
    /// A group, which the runtime cannot read.
    Group {
        /// The field's name.
        name: String,
    },
    /// Messages nest too deep for the runtime.
    Deep,
    /// A runtime that reads on behind an entry, and then again what it read, does so without end.
    Endless,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => write!(f, "malformed: {malformed}"),
            Self::WireType { name, .. } => {
                write!(f, "`{name}` has another wire type than declared")
            }
            Self::Range { name } => write!(f, "`{name}` is out of range"),
            Self::Utf8 { name } => write!(f, "`{name}` is not UTF-8"),
            Self::EnumNumber { name, number } => {
                write!(f, "`{name}` knows no value {number}")
            }
            Self::Missing { name, .. } => write!(f, "required field `{name}` is missing"),
            Self::Group { name } => write!(f, "`{name}` is a group"),
            Self::Deep => write!(f, "messages nest too deep"),
            Self::Endless => write!(f, "the same bytes are read too often"),
        }
    }
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Decodes the bytes as the message of the shape with that index. Total over any bytes.
pub fn decode(
    shapes: &Shapes,
    id: usize,
    runtime: Runtime,
    bytes: &[u8],
) -> Result<Message, Refusal> {
    decode_from(shapes, id, (runtime, runtime.answers().groups.is), bytes)
}

/// The same, as if the runtime read every group: what it can read of no release is no difference between two of them.
pub fn decode_with_groups(
    shapes: &Shapes,
    id: usize,
    runtime: Runtime,
    bytes: &[u8],
) -> Result<Message, Refusal> {
    decode_from(shapes, id, (runtime, Groups::Read), bytes)
}

fn decode_from(
    shapes: &Shapes,
    id: usize,
    (runtime, groups): (Runtime, Groups),
    bytes: &[u8],
) -> Result<Message, Refusal> {
    let decoder = Decoder {
        shapes,
        answers: runtime.answers(),
        groups,
        steps: Cell::new(MOST_STEPS.saturating_mul(bytes.len() + MOST_STEPS)),
    };
    let mut message = Message::default();
    let mut reader = Reader::new(bytes);
    decoder.message(id, &mut reader, End::Bytes, 0, &mut message)?;
    if decoder.answers.required.is == MissingRequired::Refuse {
        required::check(shapes, id, &message)?;
    }
    Ok(message)
}

/// How many fields are read for each byte at the most, and of how many bytes more: each takes one at the least, but for what is read again.
const MOST_STEPS: usize = 32;

struct Decoder<'a> {
    shapes: &'a Shapes,
    answers: &'static Answers,
    groups: Groups,
    /// How many fields may yet be read.
    steps: Cell<usize>,
}

/// Where a message ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// With the bytes.
    Bytes,
    /// At an offset, or at the end of the field that goes beyond it.
    At(usize),
    /// With the end of the group of that number.
    Group(u32),
}

/// Where a value stands: an unknown number of an enum and text that is not UTF-8 fare differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Singular,
    OneOf,
    List,
    Map,
}

impl Decoder<'_> {
    /// Reads the fields of a message.
    fn message(
        &self,
        id: usize,
        reader: &mut Reader<'_>,
        end: End,
        depth: u32,
        into: &mut Message,
    ) -> Result<(), Refusal> {
        let limit = self.answers.recursion.is.unwrap_or(u32::MAX);
        if depth > limit.min(DEEPEST_MESSAGE) {
            return Err(Refusal::Deep);
        }
        loop {
            match end {
                End::At(at) if reader.at() >= at => return Ok(()),
                End::Bytes if reader.is_at_end() => return Ok(()),
                _ if reader.is_at_end() => return Err(reader.malformed(Why::Truncated).into()),
                _ => {}
            }
            self.step()?;
            let start = reader.at();
            let (number, wire_type) = match self.answers.number_zero.is {
                NumberZero::Refuse => reader.tag()?,
                NumberZero::Skip => reader.tag_or_zero()?,
            };
            if wire_type == WireType::EndGroup {
                match end {
                    End::Group(open) if open == number => return Ok(()),
                    End::Bytes | End::At(_) if self.reads_anyway(id, number) => {}
                    _ => return Err(reader.malformed(Why::EndGroup).into()),
                }
            }
            match self.field(id, number) {
                Some(field) => self.known(field, (start, wire_type), id, reader, depth, into)?,
                None => self.skip(number, (start, wire_type), reader, into)?,
            }
        }
    }

    /// One more field.
    fn step(&self) -> Result<(), Refusal> {
        let left = self.steps.get().checked_sub(1).ok_or(Refusal::Endless)?;
        self.steps.set(left);
        Ok(())
    }

    /// Whether the bytes of a field are read whatever their wire type, be it the end of a group.
    fn reads_anyway(&self, id: usize, number: u32) -> bool {
        self.answers.wire_type.is == WireTypeDiffers::ReadAnyway && self.field(id, number).is_some()
    }

    /// Passes over a field that the schema does not have, or that is as good as that, and keeps it where the runtime does.
    fn skip(
        &self,
        number: u32,
        (start, wire_type): (usize, WireType),
        reader: &mut Reader<'_>,
        into: &mut Message,
    ) -> Result<(), Refusal> {
        reader.value(number, wire_type)?;
        if wire_type != WireType::StartGroup || self.answers.unknown_group.is == UnknownFields::Kept
        {
            self.keep(reader.since(start), into);
        }
        Ok(())
    }

    fn field(&self, id: usize, number: u32) -> Option<&FieldShape> {
        let field = self.shapes.messages.get(id)?.field(number)?;
        let read = !field.extension || self.answers.extensions.is == Extensions::Registered;
        // no code is generated for such a field
        let skipped = self.groups == Groups::Skip && field.is_group();
        (read && !skipped).then_some(field)
    }

    /// Keeps a whole field that the schema does not have, where the runtime does.
    fn keep(&self, bytes: &[u8], into: &mut Message) {
        if self.answers.unknown.is == UnknownFields::Kept {
            into.unknown.extend_from_slice(bytes);
        }
    }

    fn known(
        &self,
        field: &FieldShape,
        (start, wire_type): (usize, WireType),
        id: usize,
        reader: &mut Reader<'_>,
        depth: u32,
        into: &mut Message,
    ) -> Result<(), Refusal> {
        if field.packable() && wire_type == WireType::Len {
            return self.packed(field, reader, into);
        }
        if self.groups == Groups::Refuse && field.is_group() {
            let name = field.name.clone();
            return Err(Refusal::Group { name });
        }
        if wire_type != field.wire_type() {
            match self.answers.wire_type.is {
                WireTypeDiffers::Refuse => return Err(self.wire_type(field)),
                WireTypeDiffers::Skip => {
                    return self.skip(field.number, (start, wire_type), reader, into);
                }
                WireTypeDiffers::ReadAnyway => {}
            }
        }
        if let Cardinality::Map(key) = field.cardinality {
            let fields = (field.entry_key(key), field.entry_value());
            let fields = (&fields.0, &fields.1);
            let entry = match self.length(reader, Overrun::Lists)? {
                Ok(inner) => self.entry(fields, &mut Reader::new(inner), None, depth)?,
                Err(end) if self.answers.overrun.is == Overrun::Lists => {
                    let entry = self.entry(fields, &mut reader.clone(), Some(end), depth)?;
                    reader.take(end - reader.at())?;
                    entry
                }
                Err(end) => self.entry(fields, reader, Some(end), depth)?,
            };
            match entry {
                Some((key, value)) => into.add_entry(field.number, key, value),
                None => self.keep(reader.since(start), into),
            }
            return Ok(());
        }
        let value = if let Kind::Message(inner) = field.kind {
            let mut message = self.earlier(field, into);
            self.nested(field, inner, reader, depth, &mut message)?;
            Value::Message(message)
        } else {
            let place = match field.cardinality {
                Cardinality::Repeated => Place::List,
                _ if field.oneof.is_some() => Place::OneOf,
                _ => Place::Singular,
            };
            match self.scalar(field, place, reader)? {
                Ok(value) => value,
                Err(_) => {
                    self.keep(reader.since(start), into);
                    return Ok(());
                }
            }
        };
        if let (Some(oneof), Some(shape)) = (field.oneof, self.shapes.messages.get(id)) {
            for sibling in &shape.fields {
                if sibling.oneof == Some(oneof) && sibling.number != field.number {
                    let earlier = into.fields.remove(&sibling.number);
                    if let Some(earlier) = earlier
                        && self.answers.two_members.is == Members::Both
                    {
                        into.beside.insert(sibling.number, earlier);
                    }
                }
            }
            into.beside.remove(&field.number);
        }
        into.add(field, value);
        Ok(())
    }

    /// What a message that is given again is read into: what was there, or nothing.
    fn earlier(&self, field: &FieldShape, into: &mut Message) -> Message {
        let again = match field.oneof {
            Some(_) => self.answers.again_in_oneof.is,
            None => self.answers.again.is,
        };
        if field.cardinality != Cardinality::Singular || again == Again::LastWins {
            return Message::default();
        }
        match into.fields.remove(&field.number) {
            Some(Content::One(Value::Message(message))) => message,
            _ => Message::default(),
        }
    }

    fn nested(
        &self,
        field: &FieldShape,
        id: usize,
        reader: &mut Reader<'_>,
        depth: u32,
        into: &mut Message,
    ) -> Result<(), Refusal> {
        if field.delimited {
            return self.message(id, reader, End::Group(field.number), depth + 1, into);
        }
        match self.length(reader, Overrun::Messages)? {
            Ok(inner) => self.message(id, &mut Reader::new(inner), End::Bytes, depth + 1, into),
            Err(end) => self.message(id, reader, End::At(end), depth + 1, into),
        }
    }

    /// The bytes behind a length; or, in a runtime that reads on where such a thing ends too soon, the offset where it should end.
    fn length<'b>(
        &self,
        reader: &mut Reader<'b>,
        of: Overrun,
    ) -> Result<Result<&'b [u8], usize>, Refusal> {
        match (self.answers.overrun.is, of) {
            (Overrun::Refuse, _) | (Overrun::Lists, Overrun::Messages) => {
                Ok(Ok(reader.len_prefixed()?))
            }
            (Overrun::Lists, _) => {
                // the bytes must be at least as long as that
                reader.clone().len_prefixed()?;
                let length = reader.varint()? as usize;
                Ok(Err(reader.at().saturating_add(length)))
            }
            (Overrun::Messages, _) => {
                let length = self.varint32(reader)? as u32 as usize;
                Ok(Err(reader.at().saturating_add(length)))
            }
        }
    }

    /// A packed list.
    fn packed(
        &self,
        field: &FieldShape,
        reader: &mut Reader<'_>,
        into: &mut Message,
    ) -> Result<(), Refusal> {
        let mut one = |reader: &mut Reader<'_>| -> Result<(), Refusal> {
            match self.scalar(field, Place::List, reader)? {
                Ok(value) => into.add(field, value),
                Err(number) => self.keep(&unpacked(field.number, number), into),
            }
            Ok(())
        };
        match self.length(reader, Overrun::Lists)? {
            Ok(inner) => {
                let mut inner = Reader::new(inner);
                while !inner.is_at_end() {
                    one(&mut inner)?;
                }
            }
            Err(end) => {
                while reader.at() < end {
                    one(reader)?;
                }
            }
        }
        Ok(())
    }

    fn wire_type(&self, field: &FieldShape) -> Refusal {
        Refusal::WireType {
            number: field.number,
            name: field.name.clone(),
        }
    }

    /// The entry of a map; `None` where an enum's unknown number, or what does not belong in an entry, takes it away.
    fn entry(
        &self,
        (key_field, value_field): (&FieldShape, &FieldShape),
        reader: &mut Reader<'_>,
        end: Option<usize>,
        depth: u32,
    ) -> Result<Option<(Value, Value)>, Refusal> {
        let mut key = Value::absent(key_field, self.shapes);
        let mut value = Value::absent(value_field, self.shapes);
        let mut known = true;
        while end.map_or(!reader.is_at_end(), |end| reader.at() < end) {
            self.step()?;
            let (number, wire_type) = reader.tag()?;
            let field = match number {
                1 => key_field,
                2 => value_field,
                _ => {
                    reader.value(number, wire_type)?;
                    known &= self.answers.entry_wire_type.is != EntryWireType::NoEntry;
                    continue;
                }
            };
            if wire_type == WireType::EndGroup {
                return Err(reader.malformed(Why::EndGroup).into());
            }
            if wire_type != field.wire_type() {
                match self.answers.entry_wire_type.is {
                    EntryWireType::Refuse => return Err(self.wire_type(field)),
                    EntryWireType::Default => {
                        reader.value(number, wire_type)?;
                        continue;
                    }
                    EntryWireType::NoEntry => {
                        reader.value(number, wire_type)?;
                        known = false;
                        continue;
                    }
                    EntryWireType::ReadAnyway => {}
                }
            }
            if let (Kind::Message(id), Value::Message(message)) = (field.kind, &mut value)
                && number == 2
            {
                self.nested(field, id, reader, depth, message)?;
                continue;
            }
            match self.scalar(field, Place::Map, reader)? {
                Ok(read) if number == 1 => key = read,
                Ok(read) => value = read,
                Err(_) => known = false,
            }
        }
        Ok(known.then_some((key, value)))
    }

    /// Whether the field's enum turns unknown numbers away.
    fn is_closed(&self, field: &FieldShape, id: usize) -> bool {
        let closed = self.shapes.enums.get(id).is_some_and(|each| each.closed);
        match self.answers.closed_by.is {
            ClosedBy::Enum => closed,
            ClosedBy::Field => closed || field.proto2,
            ClosedBy::Always => true,
        }
    }

    /// An enum's number; `Err` holds one that goes to the unknown fields.
    fn enumerated(
        &self,
        field: &FieldShape,
        id: usize,
        place: Place,
        number: i32,
    ) -> Result<Result<Value, i32>, Refusal> {
        let held = Value::Integer(i128::from(number));
        let listed = self.shapes.enums.get(id).is_some_and(|e| e.lists(number));
        if listed || !self.is_closed(field, id) {
            return Ok(Ok(held));
        }
        let answer = match place {
            Place::Singular => self.answers.closed_singular.is,
            Place::OneOf => self.answers.closed_in_oneof.is,
            Place::List => self.answers.closed_repeated.is,
            Place::Map => self.answers.closed_map.is,
        };
        match answer {
            UnknownNumber::Held => Ok(Ok(held)),
            UnknownNumber::Unset => Ok(Err(number)),
            UnknownNumber::Refuse => Err(Refusal::EnumNumber {
                name: field.name.clone(),
                number,
            }),
        }
    }
}

/// A number of an enum as an unknown field of its own.
fn unpacked(field: u32, number: i32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let tag = u64::from(field << 3);
    for mut rest in [tag, number as i64 as u64] {
        while rest >= 0x80 {
            bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes
}
