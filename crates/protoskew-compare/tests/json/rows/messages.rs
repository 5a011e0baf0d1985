//! Messages of other names, oneofs, and the well-known messages.

use protoskew_compare::Outcome::{Blind, Compatible, Lossy, Reject};

use super::one;
use super::{Row, row};

pub(crate) const ROWS: &[Row] = &[
    // messages
    row(
        "a message of another name and the same fields",
        [
            "message A { string x = 1; } message B { string x = 1; int64 z = 3; } message M { A a = 1; B b = 2; }",
            "message A { string x = 1; } message B { string x = 1; int64 z = 3; } message M { B a = 1; B b = 2; }",
        ],
        &["a { x: 'v' }"],
        [Compatible, Compatible],
    ),
    row(
        "a message of another name and other fields",
        [
            "message A { string x = 1; } message B { string y = 1; int64 z = 3; } message M { A a = 1; B b = 2; }",
            "message A { string x = 1; } message B { string y = 1; int64 z = 3; } message M { B a = 1; B b = 2; }",
        ],
        &["a { x: 'v' }"],
        [Reject, Lossy],
    ),
    row(
        "a message to a string",
        [
            "message N { string x = 1; } message M { N a = 1; }",
            "message N { string x = 1; } message M { string a = 1; }",
        ],
        &["a { x: 'v' }"],
        [Reject, Reject],
    ),
    row(
        "a message to a map",
        [
            "message N { string x = 1; } message M { N a = 1; }",
            "message N { string x = 1; } message M { map<string, string> a = 1; }",
        ],
        &["a { x: 'v' }"],
        [Compatible, Compatible],
    ),
    row(
        "two fields into one oneof",
        [
            "message M { string a = 1; string b = 2; }",
            "message M { oneof o { string a = 1; string b = 2; } }",
        ],
        &["a: 'x' b: 'y'"],
        [Reject, Reject],
    ),
    row(
        "out of a oneof",
        [
            "message M { oneof o { string a = 1; string b = 2; } }",
            "message M { string a = 1; string b = 2; }",
        ],
        &["a: 'x'"],
        [Compatible, Compatible],
    ),
    row(
        "a group read as a message, which the wire refuses",
        [
            "syntax = \"proto2\"; package p; message M { optional group Inner = 1 { optional string x = 1; } }",
            "syntax = \"proto2\"; package p; message M { optional Inner inner = 1; message Inner { optional string x = 1; } }",
        ],
        &["inner { x: 'v' }"],
        [Compatible, Compatible],
    ),
    // well-known messages
    row(
        "a wrapper to what it wraps, which the wire does not read",
        one!("google.protobuf.Int64Value", "int64"),
        &["a { value: 5 }"],
        [Compatible, Compatible],
    ),
    row(
        "a scalar to its wrapper",
        one!("string", "google.protobuf.StringValue"),
        &["a: 'x'"],
        [Compatible, Compatible],
    ),
    row(
        "a wrapper to a narrower scalar",
        one!("google.protobuf.Int64Value", "int32"),
        &["a { value: 4294967296 }"],
        [Reject, Reject],
    ),
    row(
        "a timestamp to a string",
        one!("google.protobuf.Timestamp", "string"),
        &["a { seconds: 5 }"],
        [Compatible, Compatible],
    ),
    row(
        "a string to a timestamp",
        one!("string", "google.protobuf.Timestamp"),
        &["a: 'x'"],
        [Reject, Reject],
    ),
    row(
        "a timestamp to a duration",
        one!("google.protobuf.Timestamp", "google.protobuf.Duration"),
        &["a { seconds: 5 }"],
        [Reject, Reject],
    ),
    row(
        "a duration to a string",
        one!("google.protobuf.Duration", "string"),
        &["a { seconds: 5 }"],
        [Compatible, Compatible],
    ),
    row(
        "a field mask to a string",
        one!("google.protobuf.FieldMask", "string"),
        &["a { paths: 'b' }"],
        [Compatible, Compatible],
    ),
    row(
        "a timestamp to a number",
        one!("google.protobuf.Timestamp", "int64"),
        &["a { seconds: 5 }"],
        [Reject, Reject],
    ),
    row(
        "a struct to a map of values",
        one!(
            "google.protobuf.Struct",
            "map<string, google.protobuf.Value>"
        ),
        &["a { fields { key: 'k' value { string_value: 'v' } } }"],
        [Compatible, Compatible],
    ),
    row(
        "a list of values to a list value",
        one!(
            "repeated google.protobuf.Value",
            "google.protobuf.ListValue"
        ),
        &["a { string_value: 'v' }"],
        [Compatible, Compatible],
    ),
    row(
        "a string to any value",
        one!("string", "google.protobuf.Value"),
        &["a: 'x'"],
        [Compatible, Compatible],
    ),
    row(
        "any value to a string",
        one!("google.protobuf.Value", "string"),
        &["a { number_value: 5 }"],
        [Reject, Reject],
    ),
    row(
        "a message to a struct",
        [
            "message N { string x = 1; } message M { N a = 1; }",
            "message N { string x = 1; } message M { google.protobuf.Struct a = 1; }",
        ],
        &["a { x: 'v' }"],
        [Compatible, Compatible],
    ),
    row(
        "a struct to a message",
        [
            "message N { string x = 1; } message M { google.protobuf.Struct a = 1; }",
            "message N { string x = 1; } message M { N a = 1; }",
        ],
        &["a { fields { key: 'k' value { string_value: 'v' } } }"],
        [Reject, Lossy],
    ),
    row(
        "a message to an empty one",
        [
            "message N { string x = 1; } message M { N a = 1; }",
            "message N { string x = 1; } message M { google.protobuf.Empty a = 1; }",
        ],
        &["a { x: 'v' }"],
        [Reject, Blind],
    ),
    row(
        "an any to a message",
        [
            "message N { string x = 1; } message M { google.protobuf.Any a = 1; }",
            "message N { string x = 1; } message M { N a = 1; }",
        ],
        &["a { [type.googleapis.com/p.N] { x: 'v' } }"],
        [Reject, Lossy],
    ),
    row(
        "a message in an any was renamed",
        [
            "message Old { string x = 1; } message M { google.protobuf.Any a = 1; }",
            "message New { string x = 1; } message M { google.protobuf.Any a = 1; }",
        ],
        &["a { [type.googleapis.com/p.Old] { x: 'v' } }"],
        [Reject, Reject],
    ),
];
