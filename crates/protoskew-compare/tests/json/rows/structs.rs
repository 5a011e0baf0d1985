//! JSON that follows the names of structs; no parser of ours is asked.

use protoskew_compare::Outcome::{self, Blind, Compatible, Lossy, Reject};

use super::one;

/// What a question is about, what each side declares, and what becomes of it.
pub(crate) const ROWS: &[(&str, [&str; 2], Outcome)] = &[
    (
        "a field that the reader never had",
        [
            "message M { int32 a = 1; string b = 2; }",
            "message M { int32 a = 1; }",
        ],
        Blind,
    ),
    (
        "a renaming, whatever its JSON name",
        [
            "message M { string spot = 1; }",
            "message M { string place = 1 [json_name = \"spot\"]; }",
        ],
        Lossy,
    ),
    (
        "another JSON name",
        [
            "message M { string place = 1; }",
            "message M { string place = 1 [json_name = \"spot\"]; }",
        ],
        Compatible,
    ),
    (
        "a renumbering",
        ["message M { string a = 1; }", "message M { string a = 7; }"],
        Compatible,
    ),
    (
        "a value was renamed",
        [
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
            "enum E { E_A = 0; E_X = 1; } message M { E a = 1; }",
        ],
        Reject,
    ),
    (
        "a value that the reader never had",
        [
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
            "enum E { E_A = 0; } message M { E a = 1; }",
        ],
        Reject,
    ),
    (
        "a value was renumbered",
        [
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
            "enum E { E_A = 0; E_B = 3; } message M { E a = 1; }",
        ],
        Compatible,
    ),
    ("int64 to string", one!("int64", "string"), Reject),
    ("int64 to double", one!("int64", "double"), Lossy),
    ("bytes to string", one!("bytes", "string"), Reject),
    (
        "bytes to a list of numbers",
        one!("bytes", "repeated uint32"),
        Compatible,
    ),
    (
        "a wrapper to what it wraps",
        one!("google.protobuf.Int64Value", "int64"),
        Reject,
    ),
    (
        "a timestamp to a string",
        one!("google.protobuf.Timestamp", "string"),
        Reject,
    ),
    (
        "singular to repeated",
        one!("string", "repeated string"),
        Reject,
    ),
    (
        "out of a oneof",
        [
            "message M { oneof o { string a = 1; string b = 2; } }",
            "message M { string a = 1; string b = 2; }",
        ],
        Lossy,
    ),
];
