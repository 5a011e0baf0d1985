//! The table of types: what a value written as one type becomes when it is read as another.
//!
//! Source of the facts: the protobuf encoding and language guides, and the answers of the runtimes (`protoskew_wire::runtime`).

use protoskew_schema::Scalar;
use protoskew_wire::Runtime;
use protoskew_wire::runtime::{
    Answers, BadText, ClosedBy, EntryWireType, MissingRequired, OutOfRange, UnknownNumber,
};

use crate::change::TypeReading;
use crate::outcome::{ByRuntime, Outcome};
use crate::reading::{Many, not_taken};

/// A type as far as one value's bytes are concerned; messages and enums under other names are compared by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Scalar(Scalar),
    Enum(Numbers),
    Message { delimited: bool },
}

/// What there is to know of an enum's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) closed: bool,
    /// The field's file is proto2, which closes the enum in some runtimes.
    pub(crate) proto2: bool,
    /// The least number listed, and whether 0 and 1 are both listed.
    pub(crate) least: i32,
    pub(crate) greatest: i32,
    pub(crate) has_bools: bool,
}

/// Where a value is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Text is checked there.
    pub(crate) utf8: bool,
    pub(crate) many: Many,
    pub(crate) required: bool,
    pub(crate) oneof: bool,
}

impl Place {
    /// An optional field that stands alone.
    pub(crate) const SINGULAR: Self = Self {
        utf8: true,
        many: Many::One,
        required: false,
        oneof: false,
    };
}

/// The wire type of a single value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireType {
    Varint,
    I64,
    Len,
    Group,
    I32,
}

/// What becomes of a value, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) outcome: ByRuntime,
    pub(crate) why: TypeReading,
}

impl Reading {
    const fn all(outcome: Outcome, why: TypeReading) -> Self {
        Self {
            outcome: ByRuntime::all(outcome),
            why,
        }
    }

    /// The worse of the two, runtime by runtime.
    #[must_use]
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            outcome: self.outcome.max(other.outcome),
            why: self.why.max(other.why),
        }
    }
}

const SAME: Reading = Reading::all(Outcome::Same, TypeReading::Safe);
const COMPATIBLE: Reading = Reading::all(Outcome::Compatible, TypeReading::Safe);
pub(crate) const MISREAD: Reading = Reading::all(Outcome::Misread, TypeReading::Reinterpreted);

impl Value {
    pub(crate) fn wire_type(self) -> WireType {
        use Scalar::*;
        match self {
            Value::Scalar(Double | Fixed64 | Sfixed64) => WireType::I64,
            Value::Scalar(Float | Fixed32 | Sfixed32) => WireType::I32,
            Value::Scalar(String | Bytes) | Value::Message { delimited: false } => WireType::Len,
            Value::Message { delimited: true } => WireType::Group,
            Value::Scalar(_) | Value::Enum(_) => WireType::Varint,
        }
    }

    /// Never more than 7: the byte of such a number is the tag of no field.
    pub(crate) fn is_small(self) -> bool {
        match self {
            Value::Scalar(scalar) => scalar == Scalar::Bool,
            Value::Enum(numbers) => numbers.fits(0, 7),
            Value::Message { .. } => false,
        }
    }

    /// True for numbers: what may be packed.
    pub(crate) fn packable(self) -> bool {
        !matches!(self.wire_type(), WireType::Len | WireType::Group)
    }
}

/// What becomes of a value that the runtime puts aside: a required field is then missing.
fn vanishes(answers: &Answers, required: bool) -> Outcome {
    match answers.required.is {
        MissingRequired::Refuse if required => Outcome::Reject,
        _ => Outcome::Lossy,
    }
}

/// A field whose wire type is not the declared one: refused, skipped, or read anyway, by runtime.
pub(crate) fn wire_types_differ(required: bool) -> Reading {
    Reading {
        outcome: ByRuntime::each(|runtime| {
            let answers = runtime.answers();
            not_taken(answers.wire_type.is, vanishes(answers, required))
        }),
        why: TypeReading::WireType,
    }
}

/// The same of the key or the value in an entry of a map.
fn entry_differs() -> Reading {
    Reading {
        outcome: ByRuntime::each(|runtime| match runtime.answers().entry_wire_type.is {
            EntryWireType::Refuse => Outcome::Reject,
            EntryWireType::Default | EntryWireType::NoEntry => Outcome::Lossy,
            EntryWireType::ReadAnyway => Outcome::Misread,
        }),
        why: TypeReading::WireType,
    }
}

/// Whether a runtime treats the enum of a field as closed; `proto2`: the field stands in such a file.
pub(crate) fn turns_away(closed: bool, proto2: bool, runtime: Runtime) -> bool {
    closed
        || match runtime.answers().closed_by.is {
            ClosedBy::Enum => false,
            ClosedBy::Field => proto2,
            ClosedBy::Always => true,
        }
}

/// An enum that reads a number it does not list.
pub(crate) fn unlisted(closed: bool, proto2: bool, place: Place) -> ByRuntime {
    ByRuntime::each(|runtime| {
        let answers = runtime.answers();
        if !turns_away(closed, proto2, runtime) {
            return Outcome::Blind;
        }
        let answer = match place.many {
            Many::One if place.oneof => answers.closed_in_oneof.is,
            Many::One => answers.closed_singular.is,
            Many::List => answers.closed_repeated.is,
            Many::Map(_) => answers.closed_map.is,
        };
        match answer {
            UnknownNumber::Unset => vanishes(answers, place.required),
            UnknownNumber::Held => Outcome::Blind,
            UnknownNumber::Refuse => Outcome::Reject,
        }
    })
}

/// Bytes that need not be UTF-8, read as a string; `verified` says whether the reader's schema asks for the check.
pub(crate) fn bytes_as_string(verified: bool, in_map: bool) -> ByRuntime {
    ByRuntime::each(|runtime| {
        let answers = runtime.answers();
        let text = if verified {
            answers.verified_text
        } else if in_map {
            answers.other_text_in_map
        } else {
            answers.other_text
        };
        match text.is {
            BadText::Refuse => Outcome::Reject,
            BadText::Raw => Outcome::Compatible,
            BadText::Replace => Outcome::Lossy,
        }
    })
}

/// One value written as `writer` and read as `reader`. Two messages, or two enums, of other names are the caller's to compare:
/// here they read as the same.
pub(crate) fn read(writer: Value, reader: Value, place: Place) -> Reading {
    use Scalar::*;
    use Value::{Enum, Message, Scalar as S};
    if writer.wire_type() != reader.wire_type() {
        return match place.many {
            Many::Map(_) => entry_differs(),
            _ => wire_types_differ(place.required),
        };
    }
    let to_enum = |numbers: Numbers| unlisted(numbers.closed, numbers.proto2, place);
    match (writer, reader) {
        (S(a), S(b)) if a == b => SAME,
        (Enum(_), Enum(_)) | (Message { .. }, Message { .. }) => SAME,

        // varints
        (S(Bool), S(Sint32 | Sint64)) => Reading::all(Outcome::Misread, TypeReading::ZigZag),
        (Enum(numbers), S(Bool)) if numbers.fits(0, 1) => COMPATIBLE,
        (S(_) | Enum(_), S(Bool)) => range(writer, reader),
        (S(Sint32), S(Sint64)) => COMPATIBLE,
        (S(Sint64), S(Sint32)) => range(writer, reader),
        (S(Sint32 | Sint64), _) | (_, S(Sint32 | Sint64)) => {
            Reading::all(Outcome::Misread, TypeReading::ZigZag)
        }
        (S(Bool), S(Int32 | Int64 | Uint32 | Uint64)) => COMPATIBLE,
        (S(Int32), S(Int64)) | (S(Uint32), S(Int64 | Uint64)) => COMPATIBLE,
        (Enum(_), S(Int32 | Int64)) => {
            Reading::all(Outcome::Compatible, TypeReading::EnumToInteger)
        }
        (Enum(numbers), S(Uint32 | Uint64)) if numbers.fits(0, i32::MAX) => {
            Reading::all(Outcome::Compatible, TypeReading::EnumToInteger)
        }
        (S(Bool), Enum(numbers)) if numbers.has_bools => COMPATIBLE,
        (S(Int32 | Bool), Enum(numbers)) => Reading {
            outcome: to_enum(numbers),
            why: TypeReading::EnumToInteger,
        },
        (S(Int64), Enum(numbers)) => Reading {
            outcome: range(writer, reader).outcome.max(to_enum(numbers)),
            why: TypeReading::EnumToInteger,
        },
        (S(_), Enum(numbers)) => Reading {
            outcome: range(writer, reader).outcome.max(to_enum(numbers)),
            why: TypeReading::Range,
        },

        // fixed width
        (S(Fixed32 | Sfixed32), S(Fixed32 | Sfixed32))
        | (S(Fixed64 | Sfixed64), S(Fixed64 | Sfixed64)) => {
            Reading::all(Outcome::Lossy, TypeReading::Range)
        }
        (S(Float | Double | Fixed32 | Fixed64 | Sfixed32 | Sfixed64), _) => MISREAD,

        // length-prefixed
        (S(String), S(Bytes)) | (Message { .. }, S(Bytes)) => COMPATIBLE,
        (S(Bytes), S(String)) => Reading {
            outcome: bytes_as_string(place.utf8, matches!(place.many, Many::Map(_))),
            why: TypeReading::Utf8,
        },
        (Message { .. }, S(String)) => MISREAD,
        (S(String | Bytes), Message { .. }) => {
            Reading::all(Outcome::Reject, TypeReading::Reinterpreted)
        }

        // all other pairs of varints
        _ => range(writer, reader),
    }
}

impl Numbers {
    /// Whether all that its writers send lies in the range; those of an open enum may send any number.
    fn fits(self, least: i32, greatest: i32) -> bool {
        self.closed && least <= self.least && self.greatest <= greatest
    }
}

/// Values outside the common range change, or are refused where the runtime checks integers of 32 bits.
fn range(writer: Value, reader: Value) -> Reading {
    use Scalar::*;
    let narrow = matches!(
        reader,
        Value::Enum(_) | Value::Scalar(Int32 | Uint32 | Sint32)
    );
    // numbers of 32 bits are written in five bytes at the most, or in ten: a bool's reader stays in step
    let long_bool =
        reader == Value::Scalar(Bool) && matches!(writer, Value::Scalar(Int64 | Uint64 | Sint64));
    Reading {
        outcome: ByRuntime::each(|runtime| match runtime.answers().integer.is {
            OutOfRange::Refuse if narrow => Outcome::Reject,
            // what is swallowed with it may be another field
            OutOfRange::Misaligned if narrow || long_bool => Outcome::Misread,
            _ => Outcome::Lossy,
        }),
        why: TypeReading::Range,
    }
}

/// An enum's unknown number, by where the reader keeps the enum.
pub(crate) fn unknown_in(closed: bool, uses: &EnumUses) -> ByRuntime {
    let place = |many, required, oneof| Place {
        utf8: true,
        many,
        required,
        oneof,
    };
    let mut outcome = ByRuntime::all(Outcome::Blind);
    let mut of = |uses: Uses, proto2| {
        for (is_used, place) in [
            (uses.singular, place(Many::One, false, false)),
            (uses.oneof, place(Many::One, false, true)),
            (uses.required, place(Many::One, true, false)),
            (uses.repeated, place(Many::List, false, false)),
            (uses.map, place(Many::Map(Scalar::String), false, false)),
        ] {
            if is_used {
                outcome = outcome.max(unlisted(closed, proto2, place));
            }
        }
    };
    of(uses.other, false);
    of(uses.proto2, true);
    if uses.nowhere() {
        outcome = outcome.max(unlisted(closed, false, Place::SINGULAR));
    }
    outcome
}

/// Where a schema uses an enum: fields of proto2 files, and others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EnumUses {
    pub(crate) proto2: Uses,
    pub(crate) other: Uses,
}

/// Ways to use an enum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    pub(crate) singular: bool,
    pub(crate) oneof: bool,
    pub(crate) repeated: bool,
    pub(crate) map: bool,
    pub(crate) required: bool,
    /// A field whose absence reads as the enum's zero.
    pub(crate) absent: bool,
}

impl EnumUses {
    pub(crate) fn nowhere(self) -> bool {
        let none = |uses: Uses| {
            !(uses.singular || uses.oneof || uses.repeated || uses.map || uses.required)
        };
        none(self.proto2) && none(self.other)
    }

    /// Whether a field that must be there holds it.
    pub(crate) fn required(self) -> bool {
        self.proto2.required || self.other.required
    }

    /// Whether the enum's zero is ever read for what is absent; where nothing uses the enum, it may be.
    pub(crate) fn reads_zero(self) -> bool {
        self.proto2.absent || self.other.absent || self.nowhere()
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    /// `writer -> reader` gives at least `least` in every runtime.
    #[track_caller]
    fn check(writer: Value, reader: Value, least: Outcome) {
        let reading = read(writer, reader, Place::SINGULAR);
        assert_eq!(reading.outcome.least(), least, "{writer:?} -> {reader:?}");
    }

    #[test]
    fn the_table_of_semantics() {
        use Scalar::*;
        let s = Value::Scalar;
        let numbers = |closed| {
            Value::Enum(Numbers {
                closed,
                proto2: false,
                least: -1,
                greatest: 5,
                has_bools: true,
            })
        };
        let (open, closed) = (numbers(false), numbers(true));
        let message = Value::Message { delimited: false };
        let group = Value::Message { delimited: true };
        for (writer, reader, least) in [
            (s(Int32), s(Int64), Outcome::Compatible),
            (s(Uint32), s(Int64), Outcome::Compatible),
            (s(Uint32), s(Uint64), Outcome::Compatible),
            (s(Int32), s(Uint32), Outcome::Lossy),
            (s(Int32), s(Uint64), Outcome::Lossy),
            (s(Int64), s(Int32), Outcome::Lossy),
            (s(Int64), s(Bool), Outcome::Lossy),
            (s(Bool), s(Int32), Outcome::Compatible),
            (s(Bool), s(Sint32), Outcome::Misread),
            (s(Int32), s(Sint32), Outcome::Misread),
            (s(Sint64), s(Int64), Outcome::Misread),
            (s(Sint32), s(Sint64), Outcome::Compatible),
            (s(Sint64), s(Sint32), Outcome::Lossy),
            (s(Fixed32), s(Sfixed32), Outcome::Lossy),
            (s(Fixed32), s(Float), Outcome::Misread),
            (s(Fixed64), s(Double), Outcome::Misread),
            (s(Int32), s(Fixed32), Outcome::Lossy),
            (s(Int32), s(String), Outcome::Lossy),
            (s(String), s(Bytes), Outcome::Compatible),
            (s(Bytes), s(String), Outcome::Compatible),
            (s(Bytes), message, Outcome::Reject),
            (message, s(Bytes), Outcome::Compatible),
            (message, s(String), Outcome::Misread),
            (message, group, Outcome::Lossy),
            (open, s(Int32), Outcome::Compatible),
            (closed, s(Int64), Outcome::Compatible),
            (s(Int32), open, Outcome::Blind),
            (s(Int32), closed, Outcome::Blind),
            (s(Int64), open, Outcome::Lossy),
            (open, s(Bool), Outcome::Lossy),
        ] {
            check(writer, reader, least);
        }
    }

    #[test]
    fn bytes_that_are_not_utf8() {
        let verified = bytes_as_string(true, false);
        assert_eq!(verified.get(Runtime::Go), Outcome::Reject);
        assert_eq!(verified.get(Runtime::Gogo), Outcome::Compatible);
        let unverified = bytes_as_string(false, false);
        assert_eq!(unverified.get(Runtime::Cpp), Outcome::Compatible);
        assert_eq!(unverified.get(Runtime::Prost), Outcome::Reject);
        assert_eq!(unverified.get(Runtime::Java), Outcome::Lossy);
    }

    #[test]
    fn an_unknown_value_of_a_closed_enum_depends_on_where_it_stands() {
        let used = |uses: Uses| {
            let other = uses;
            unknown_in(
                true,
                &EnumUses {
                    other,
                    ..EnumUses::default()
                },
            )
        };
        let required = used(Uses {
            required: true,
            ..Uses::default()
        });
        assert_eq!(required.get(Runtime::Java), Outcome::Reject);
        assert_eq!(required.get(Runtime::Go), Outcome::Blind);
        assert_eq!(required.least(), Outcome::Blind);
        let map = used(Uses {
            map: true,
            ..Uses::default()
        });
        assert_eq!(map.get(Runtime::RustProtobuf2), Outcome::Reject);
        assert_eq!(map.get(Runtime::ProtobufEs), Outcome::Blind);
    }
}
