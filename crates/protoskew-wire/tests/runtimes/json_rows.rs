//! The rows of the table of JSON, each with the question that shows which answer a parser gives.

use protoskew_wire::Runtime;
use protoskew_wire::runtime::{BigNumber, JsonAnswers, Taken, UnknownName, UnknownNumber};

use crate::rows::told;
use crate::seen::Seen;

/// A row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What the table says, and the release that it says it of.
    pub(crate) told: fn(&JsonAnswers) -> (String, Option<&'static str>),
    /// What was seen.
    pub(crate) shown: fn(&Seen, Runtime) -> Option<String>,
}

macro_rules! row {
    ($name:ident, $title:literal, $lenient:literal, $of:ty, $shown:expr) => {
        Row {
            name: stringify!($name),
            told: |answers| told(&answers.$name),
            shown: |seen, runtime| {
                let reader = format!("{runtime}{}", $lenient);
                let shown: fn(&str) -> $of = $shown;
                Some(format!("{:?}", shown(seen.parsed($title, &reader)?)))
            },
        }
    };
    ($name:ident, $title:literal) => {
        row!($name, $title, "", Taken, |held| match held {
            "refused" => Taken::Refuse,
            _ => Taken::Yes,
        })
    };
}

pub(crate) const ROWS: &[Row] = &[
    row!(
        unknown_name,
        "an unknown enum name",
        "-lenient",
        UnknownName,
        |held| match held {
            "refused" => UnknownName::Refuse,
            _ => UnknownName::Unset,
        }
    ),
    row!(
        closed_number,
        "an unknown number of a closed enum",
        "",
        UnknownNumber,
        |held| match held {
            "refused" => UnknownNumber::Refuse,
            r#"{"20":{}}"# => UnknownNumber::Unset,
            _ => UnknownNumber::Held,
        }
    ),
    row!(
        closed_number_lenient,
        "an unknown number of a closed enum",
        "-lenient",
        UnknownNumber,
        |held| match held {
            "refused" => UnknownNumber::Refuse,
            r#"{"20":{}}"# => UnknownNumber::Unset,
            _ => UnknownNumber::Held,
        }
    ),
    row!(one_for_list, "one value for a list"),
    row!(list_for_one, "a list for one value"),
    row!(number_for_text, "a string as a number"),
    row!(text_for_bool, "a bool as text"),
    row!(text_for_enum_number, "an enum by a number in quotes"),
    row!(whole_float, "an int32 as 1.0"),
    row!(null, "null for a number"),
    row!(null_in_list, "null in a list"),
    row!(name_twice, "a key twice"),
    row!(both_names, "both names of one field"),
    row!(
        big_number,
        "an int64 as a number beyond 2^53",
        "",
        BigNumber,
        |held| match held {
            r#"{"2":"9007199254740993"}"# => BigNumber::Exact,
            _ => BigNumber::Rounded,
        }
    ),
];
