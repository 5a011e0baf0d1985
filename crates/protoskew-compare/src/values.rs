//! The table of types: what a value written as one type becomes when it is read as another.
//!
//! Source of the facts: the protobuf encoding and language guides, and the answers of the runtimes (`protoskew_wire::runtime`).

use protoskew_schema::Scalar;
use protoskew_wire::runtime::{
    Answers, BadText, MissingRequired, OutOfRange, UnknownNumber, WireTypeDiffers,
};

use crate::change::TypeReading;
use crate::outcome::{ByRuntime, Outcome};

/// A type as far as one value's bytes are concerned; messages and enums under other names are compared by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Scalar(Scalar),
    Enum { closed: bool },
    Message { delimited: bool },
}

/// The wire type of a single value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WireType {
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
}

const SAME: Reading = Reading::all(Outcome::Same, TypeReading::Safe);
const COMPATIBLE: Reading = Reading::all(Outcome::Compatible, TypeReading::Safe);
const MISREAD: Reading = Reading::all(Outcome::Misread, TypeReading::Reinterpreted);

impl Value {
    fn wire_type(self) -> WireType {
        use Scalar::*;
        match self {
            Value::Scalar(Double | Fixed64 | Sfixed64) => WireType::I64,
            Value::Scalar(Float | Fixed32 | Sfixed32) => WireType::I32,
            Value::Scalar(String | Bytes) | Value::Message { delimited: false } => WireType::Len,
            Value::Message { delimited: true } => WireType::Group,
            Value::Scalar(_) | Value::Enum { .. } => WireType::Varint,
        }
    }

    /// True for numbers: what may be packed.
    pub(crate) fn packable(self) -> bool {
        !matches!(self.wire_type(), WireType::Len | WireType::Group)
    }
}

/// A field whose wire type is not the declared one: refused, skipped, or read anyway, by runtime.
pub(crate) fn wire_types_differ() -> Reading {
    Reading {
        outcome: ByRuntime::each(|runtime| match runtime.answers().wire_type.is {
            WireTypeDiffers::Refuse => Outcome::Reject,
            WireTypeDiffers::Skip => Outcome::Lossy,
            WireTypeDiffers::ReadAnyway => Outcome::Misread,
        }),
        why: TypeReading::WireType,
    }
}

/// A closed enum that reads a number it does not know, in a singular optional field.
pub(crate) fn closed_enum_unknown() -> ByRuntime {
    unknown_number(|answers| answers.closed_singular.is)
}

/// A closed enum that reads a number it does not know, in the place that the question is about.
fn unknown_number(question: impl Fn(&Answers) -> UnknownNumber) -> ByRuntime {
    ByRuntime::each(|runtime| match question(runtime.answers()) {
        UnknownNumber::Unset => Outcome::Lossy,
        UnknownNumber::Held => Outcome::Blind,
        UnknownNumber::Refuse => Outcome::Reject,
    })
}

/// An enum, open or closed, that reads a number it does not know.
pub(crate) fn enum_unknown(closed: bool) -> ByRuntime {
    if closed {
        closed_enum_unknown()
    } else {
        ByRuntime::all(Outcome::Blind)
    }
}

/// Bytes that need not be UTF-8, read as a string; `verified` says whether the reader's schema asks for the check.
pub(crate) fn bytes_as_string(verified: bool) -> ByRuntime {
    ByRuntime::each(|runtime| {
        let answers = runtime.answers();
        let text = if verified {
            answers.verified_text
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
pub(crate) fn read(writer: Value, reader: Value, reader_utf8: bool) -> Reading {
    use Scalar::*;
    use Value::{Enum, Message, Scalar as S};
    if writer.wire_type() != reader.wire_type() {
        return wire_types_differ();
    }
    match (writer, reader) {
        (S(a), S(b)) if a == b => SAME,
        (Enum { .. }, Enum { .. }) | (Message { .. }, Message { .. }) => SAME,

        // varints
        (S(Sint32), S(Sint64)) => COMPATIBLE,
        (S(_) | Enum { .. }, S(Bool)) => range(false),
        (S(Sint64), S(Sint32)) => range(true),
        (S(Sint32 | Sint64), _) | (_, S(Sint32 | Sint64)) => {
            Reading::all(Outcome::Misread, TypeReading::ZigZag)
        }
        (S(Bool), S(Int32 | Int64 | Uint32 | Uint64)) => COMPATIBLE,
        (S(Int32), S(Int64)) | (S(Uint32), S(Int64 | Uint64)) => COMPATIBLE,
        (Enum { .. }, S(Int32 | Int64)) => {
            Reading::all(Outcome::Compatible, TypeReading::EnumToInteger)
        }
        (S(Int32 | Bool), Enum { closed }) => Reading {
            outcome: enum_unknown(closed),
            why: TypeReading::EnumToInteger,
        },
        (S(Int64), Enum { closed }) => Reading {
            outcome: ByRuntime::all(Outcome::Lossy).max(enum_unknown(closed)),
            why: TypeReading::EnumToInteger,
        },

        // fixed width
        (S(Fixed32), S(Sfixed32)) | (S(Sfixed32), S(Fixed32)) => range(false),
        (S(Fixed64), S(Sfixed64)) | (S(Sfixed64), S(Fixed64)) => range(false),
        (S(Float | Double | Fixed32 | Fixed64 | Sfixed32 | Sfixed64), _) => MISREAD,

        // length-prefixed
        (S(String), S(Bytes)) | (Message { .. }, S(Bytes)) => COMPATIBLE,
        (S(Bytes), S(String)) => Reading {
            outcome: bytes_as_string(reader_utf8),
            why: TypeReading::Utf8,
        },
        (Message { .. }, S(String)) => MISREAD,
        (S(String | Bytes), Message { .. }) => {
            Reading::all(Outcome::Reject, TypeReading::Reinterpreted)
        }

        // all other pairs of varints
        _ => range(true),
    }
}

/// Values outside the common range change; `checked`: refused where the runtime checks an integer's range.
fn range(checked: bool) -> Reading {
    Reading {
        outcome: ByRuntime::each(|runtime| match runtime.answers().integer.is {
            OutOfRange::Refuse if checked => Outcome::Reject,
            _ => Outcome::Lossy,
        }),
        why: TypeReading::Range,
    }
}

/// A packed list read as a single number: its wire type is not the declared one.
pub(crate) fn packed_as_singular() -> ByRuntime {
    wire_types_differ().outcome
}

/// An absent required field.
pub(crate) fn required_missing() -> ByRuntime {
    ByRuntime::each(|runtime| match runtime.answers().required.is {
        MissingRequired::Refuse => Outcome::Reject,
        MissingRequired::Accept => Outcome::Compatible,
    })
}

/// An enum's unknown number, by where the reader keeps the enum.
pub(crate) fn unknown_in(closed: bool, uses: EnumUses) -> ByRuntime {
    if !closed {
        return ByRuntime::all(Outcome::Blind);
    }
    let mut outcome = ByRuntime::all(Outcome::Blind);
    if uses.singular || uses.required || uses.nowhere() {
        outcome = outcome.max(closed_enum_unknown());
    }
    if uses.repeated {
        outcome = outcome.max(unknown_number(|answers| answers.closed_repeated.is));
    }
    if uses.map {
        outcome = outcome.max(unknown_number(|answers| answers.closed_map.is));
    }
    if uses.required {
        // what went to the unknown fields is absent
        outcome = outcome.max(ByRuntime::each(|runtime| {
            let answers = runtime.answers();
            match (answers.closed_singular.is, answers.required.is) {
                (UnknownNumber::Unset, MissingRequired::Refuse) => Outcome::Reject,
                _ => Outcome::Blind,
            }
        }));
    }
    outcome
}

/// Where a schema uses an enum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EnumUses {
    pub(crate) singular: bool,
    pub(crate) repeated: bool,
    pub(crate) map: bool,
    pub(crate) required: bool,
}

impl EnumUses {
    fn nowhere(self) -> bool {
        !(self.singular || self.repeated || self.map || self.required)
    }
}

#[cfg(test)]
mod tests {
    use protoskew_wire::Runtime;

    use super::*;

    /// `writer -> reader` gives at least `least` in every runtime.
    #[track_caller]
    fn check(writer: Value, reader: Value, least: Outcome) {
        let reading = read(writer, reader, true);
        assert_eq!(reading.outcome.least(), least, "{writer:?} -> {reader:?}");
    }

    #[test]
    fn the_table_of_semantics() {
        use Scalar::*;
        let s = Value::Scalar;
        let open = Value::Enum { closed: false };
        let closed = Value::Enum { closed: true };
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
        let verified = bytes_as_string(true);
        assert_eq!(verified.get(Runtime::Go), Outcome::Reject);
        assert_eq!(verified.get(Runtime::Gogo), Outcome::Compatible);
        let unverified = bytes_as_string(false);
        assert_eq!(unverified.get(Runtime::Cpp), Outcome::Compatible);
        assert_eq!(unverified.get(Runtime::Prost), Outcome::Reject);
        assert_eq!(unverified.get(Runtime::Java), Outcome::Lossy);
    }

    #[test]
    fn an_unknown_value_of_a_closed_enum_depends_on_where_it_stands() {
        let required = unknown_in(
            true,
            EnumUses {
                required: true,
                ..EnumUses::default()
            },
        );
        assert_eq!(required.get(Runtime::Java), Outcome::Reject);
        assert_eq!(required.get(Runtime::Go), Outcome::Blind);
        assert_eq!(required.least(), Outcome::Blind);
        let map = unknown_in(
            true,
            EnumUses {
                map: true,
                ..EnumUses::default()
            },
        );
        assert_eq!(map.get(Runtime::RustProtobuf2), Outcome::Reject);
        assert_eq!(map.get(Runtime::ProtobufEs), Outcome::Blind);
    }
}
