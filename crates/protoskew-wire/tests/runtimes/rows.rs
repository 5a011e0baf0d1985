//! The rows of the table, each with the questions that show which answer a runtime gives.

use std::fmt::Debug;

use protoskew_wire::Runtime;
use protoskew_wire::runtime::{
    Again as Twice, BadText, BoolBits, ClosedBy, Entry, EntryMessage, EntryWireType, Extensions,
    Groups, Members, MissingRequired, NumberZero, OutOfRange, Overrun, UnknownFields,
    UnknownNumber, WireTypeDiffers,
};

use crate::seen::{Again, Answer, Seen};

/// A row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What the table says, and the release that it says it of.
    pub(crate) told: fn(Runtime) -> (String, Option<&'static str>),
    /// What was seen.
    pub(crate) shown: fn(&Seen, Runtime) -> Option<String>,
}

pub(crate) fn told<T: Debug>(entry: &Entry<T>) -> (String, Option<&'static str>) {
    (format!("{:?}", entry.is), entry.seen_in)
}

macro_rules! row {
    ($name:ident, $shown:expr) => {
        Row {
            name: stringify!($name),
            told: |runtime| told(&runtime.answers().$name),
            shown: |seen, runtime| {
                let shown = $shown;
                Some(format!("{:?}", shown(seen, runtime)?))
            },
        }
    };
}

pub(crate) const ROWS: &[Row] = &[
    row!(wire_type, |seen: &Seen, runtime| Some(
        match seen.answer("a varint for a string", runtime)? {
            Answer::Refused => {
                // refused at the first byte, or because what was read as text ended too soon?
                match seen.answer("a varint for a string, then a field to swallow", runtime)? {
                    Answer::Refused => WireTypeDiffers::Refuse,
                    Answer::Read(..) => WireTypeDiffers::ReadAnyway,
                }
            }
            Answer::Read(..) => WireTypeDiffers::Skip,
        }
    )),
    row!(integer, |seen: &Seen, runtime| Some(
        match seen.answer("an int32 reads 2^32 + 5", runtime)? {
            Answer::Refused => OutOfRange::Refuse,
            Answer::Read(..) => match seen.answer("an int32 reads 2^40", runtime)? {
                Answer::Refused => OutOfRange::Misaligned,
                Answer::Read(..) => OutOfRange::Cast,
            },
        }
    )),
    row!(entry_wire_type, |seen: &Seen, runtime: Runtime| Some(
        match seen.answer("another wire type for the value of a map", runtime)? {
            // refused at the first byte, or because what was read ended too soon?
            Answer::Refused =>
                match seen.answer("an empty message for the int32 of a map", runtime)? {
                    Answer::Refused => EntryWireType::Refuse,
                    Answer::Read(..) => EntryWireType::ReadAnyway,
                },
            Answer::Read("{}", _) => EntryWireType::NoEntry,
            Answer::Read(..) => EntryWireType::Default,
        }
    )),
    row!(entry_without_message, |seen: &Seen, runtime| Some(
        match seen.answer("a map entry without its message", runtime)? {
            Answer::Read(held, _) if held.contains("null") => EntryMessage::Null,
            _ => EntryMessage::Empty,
        }
    )),
    row!(overrun, |seen: &Seen, runtime| Some({
        let list = "a packed list ends inside a value, and more follows";
        let message = "a nested message ends inside a value, and more follows";
        match (seen.answer(list, runtime)?, seen.answer(message, runtime)?) {
            (Answer::Refused, _) => Overrun::Refuse,
            (_, Answer::Refused) => Overrun::Lists,
            _ => Overrun::Messages,
        }
    })),
    row!(boolean_in_map, |seen: &Seen, runtime| Some(
        match seen.answer("the bool value of a map reads 2^32", runtime)? {
            Answer::Read(held, _) if held.contains("false") => BoolBits::Low32,
            _ => BoolBits::All,
        }
    )),
    row!(boolean, |seen: &Seen, runtime| Some(
        match seen.answer("a bool reads 2^32", runtime)? {
            Answer::Read("{}", _) => BoolBits::Low32,
            _ => BoolBits::All,
        }
    )),
    row!(again, |seen: &Seen, runtime| twice(
        seen,
        runtime,
        "a message twice"
    )),
    row!(again_in_oneof, |seen: &Seen, runtime| twice(
        seen,
        runtime,
        "a message in a oneof twice"
    )),
    row!(two_members, |seen: &Seen, runtime| Some(
        match seen.answer("two members of a oneof", runtime)? {
            Answer::Read(r#"{"9":"h61"}"#, _) => Members::Last,
            _ => Members::Both,
        }
    )),
    row!(unknown_group, |seen: &Seen, runtime| Some(
        match seen.answer("an unknown group", runtime)? {
            Answer::Read("{}", Again::Same) => UnknownFields::Kept,
            _ => UnknownFields::Dropped,
        }
    )),
    row!(groups, |seen: &Seen, runtime| Some(
        match seen.answer("a group", runtime) {
            None => Groups::NoCode,
            Some(Answer::Refused) => Groups::Refuse,
            Some(Answer::Read(held, _)) if held.contains(r#""10""#) => Groups::Read,
            Some(Answer::Read(..)) => Groups::Skip,
        }
    )),
    row!(unknown, |seen: &Seen, runtime| Some(
        match seen.answer("an unknown varint", runtime)? {
            Answer::Read("{}", Again::Same) => UnknownFields::Kept,
            _ => UnknownFields::Dropped,
        }
    )),
    row!(required, |seen: &Seen, runtime| Some(
        match seen.answer("a required field is missing", runtime)? {
            Answer::Refused => MissingRequired::Refuse,
            Answer::Read(..) => MissingRequired::Accept,
        }
    )),
    row!(closed_singular, |seen: &Seen, runtime| number(
        seen,
        runtime,
        "a closed enum, unknown number",
        r#"{"14":"7"}"#
    )),
    row!(closed_repeated, |seen: &Seen, runtime| number(
        seen,
        runtime,
        "a list of a closed enum, unknown number",
        r#"{"14":["7","1"]}"#
    )),
    row!(closed_in_oneof, |seen: &Seen, runtime| number(
        seen,
        runtime,
        "a closed enum in a oneof, unknown number",
        r#"{"14":"7"}"#
    )),
    row!(closed_map, |seen: &Seen, runtime| number(
        seen,
        runtime,
        "a map to a closed enum, unknown number",
        r#"{"14":{"map":[["1","7"]]}}"#
    )),
    row!(closed_by, |seen: &Seen, runtime| {
        let title = "an open enum used by proto2, unknown number";
        let open = "an open enum, unknown number";
        Some(match seen.answer(title, runtime)? {
            _ if seen.answer(open, runtime)? == Answer::Read("{}", Again::Same) => ClosedBy::Always,
            Answer::Read("{}", _) => ClosedBy::Field,
            _ => ClosedBy::Enum,
        })
    }),
    row!(number_zero, |seen: &Seen, runtime| Some(
        match seen.answer("field number 0", runtime)? {
            Answer::Refused => NumberZero::Refuse,
            Answer::Read(..) => NumberZero::Skip,
        }
    )),
    row!(verified_text, |seen: &Seen, runtime| text(
        seen,
        runtime,
        "proto3 text that is not UTF-8"
    )),
    row!(other_text, |seen: &Seen, runtime| text(
        seen,
        runtime,
        "proto2 text that is not UTF-8"
    )),
    row!(other_text_in_map, |seen: &Seen, runtime| text(
        seen,
        runtime,
        "a map to proto2 text that is not UTF-8"
    )),
    row!(recursion, |seen: &Seen, runtime: Runtime| {
        let depth = seen.depths.get(runtime.word())?;
        Some(depth.parse::<u32>().ok())
    }),
    row!(extensions, |seen: &Seen, runtime| Some(
        match seen.answer("an extension", runtime)? {
            Answer::Read("{}", Again::Other(_)) => Extensions::Never,
            _ => Extensions::Registered,
        }
    )),
];

fn twice(seen: &Seen, runtime: Runtime, title: &str) -> Option<Twice> {
    Some(match seen.answer(title, runtime)? {
        Answer::Read(held, _) if held.contains(r#""2":"h61""#) => Twice::Merge,
        _ => Twice::LastWins,
    })
}

fn number(seen: &Seen, runtime: Runtime, title: &str, held: &str) -> Option<UnknownNumber> {
    Some(match seen.answer(title, runtime)? {
        Answer::Refused => UnknownNumber::Refuse,
        Answer::Read(shown, _) if shown == held => UnknownNumber::Held,
        Answer::Read(..) => UnknownNumber::Unset,
    })
}

fn text(seen: &Seen, runtime: Runtime, title: &str) -> Option<BadText> {
    Some(match seen.answer(title, runtime)? {
        Answer::Refused => BadText::Refuse,
        Answer::Read(held, _) if held.contains("efbfbd") => BadText::Replace,
        Answer::Read(..) => BadText::Raw,
    })
}
