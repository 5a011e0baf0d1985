//! The questions: what `writer` declares is written as JSON and read as `reader` declares it.

mod fields;
mod messages;
pub(crate) mod structs;
mod types;

use protoskew_compare::Outcome;

/// One question.
pub(crate) struct Row {
    /// What it is about.
    pub(crate) what: &'static str,
    /// The declarations of each side, after a `syntax` of proto3 and the package `p`, unless they begin with another.
    pub(crate) writer: &'static str,
    pub(crate) reader: &'static str,
    /// Messages `p.M` in text format; together they show the outcome.
    pub(crate) values: &'static [&'static str],
    /// In a strict and in a lenient parser.
    pub(crate) expected: [Outcome; 2],
}

const fn row(
    what: &'static str,
    [writer, reader]: [&'static str; 2],
    values: &'static [&'static str],
    expected: [Outcome; 2],
) -> Row {
    Row {
        what,
        writer,
        reader,
        values,
        expected,
    }
}

/// The whole file of one side.
pub(crate) fn file(block: &str) -> String {
    if block.starts_with("syntax") {
        return block.to_owned();
    }
    let imports: String = [
        ("Any", "any"),
        ("Duration", "duration"),
        ("Empty", "empty"),
        ("FieldMask", "field_mask"),
        ("Struct", "struct"),
        ("Value", "struct"),
        ("ListValue", "struct"),
        ("Timestamp", "timestamp"),
        ("Int64Value", "wrappers"),
        ("StringValue", "wrappers"),
    ]
    .into_iter()
    .filter(|(name, _)| block.contains(&format!("google.protobuf.{name}")))
    .map(|(_, file)| format!("import \"google/protobuf/{file}.proto\";\n"))
    .collect::<std::collections::BTreeSet<String>>()
    .into_iter()
    .collect();
    format!("syntax = \"proto3\";\npackage p;\n{imports}{block}\n")
}

/// One field of one type on each side.
macro_rules! one {
    ($a:literal, $b:literal) => {
        [
            concat!("message M { ", $a, " a = 1; }"),
            concat!("message M { ", $b, " a = 1; }"),
        ]
    };
}
use one;

/// Every question.
pub(crate) fn all() -> Vec<&'static Row> {
    [fields::ROWS, types::ROWS, messages::ROWS]
        .into_iter()
        .flatten()
        .collect()
}
