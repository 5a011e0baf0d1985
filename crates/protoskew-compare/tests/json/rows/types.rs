//! Numbers, truth, texts, lists and maps.

use protoskew_compare::Outcome::{Compatible, Lossy, Misread, Reject};

use super::one;
use super::{Row, row};

pub(crate) const ROWS: &[Row] = &[
    // integers
    row(
        "int32 to int64",
        one!("int32", "int64"),
        &["a: 1", "a: -2147483648"],
        [Compatible, Compatible],
    ),
    row(
        "int64 to int32",
        one!("int64", "int32"),
        &["a: 1", "a: 4294967296"],
        [Reject, Reject],
    ),
    row(
        "int32 to uint32",
        one!("int32", "uint32"),
        &["a: 1", "a: -1"],
        [Reject, Reject],
    ),
    row(
        "uint32 to int32",
        one!("uint32", "int32"),
        &["a: 4294967295"],
        [Reject, Reject],
    ),
    row(
        "uint64 to int64",
        one!("uint64", "int64"),
        &["a: 18446744073709551615"],
        [Reject, Reject],
    ),
    row(
        "uint32 to int64",
        one!("uint32", "int64"),
        &["a: 4294967295"],
        [Compatible, Compatible],
    ),
    row(
        "int32 to sint32, which the wire misreads",
        one!("int32", "sint32"),
        &["a: 1", "a: -1"],
        [Compatible, Compatible],
    ),
    row(
        "fixed64 to uint64, which the wire loses",
        one!("fixed64", "uint64"),
        &["a: 18446744073709551615"],
        [Compatible, Compatible],
    ),
    // numbers
    row(
        "int32 to double",
        one!("int32", "double"),
        &["a: 2147483647"],
        [Compatible, Compatible],
    ),
    row(
        "int32 to float",
        one!("int32", "float"),
        &["a: 16777217"],
        [Lossy, Lossy],
    ),
    row(
        "int64 to double",
        one!("int64", "double"),
        &["a: 9007199254740993"],
        [Lossy, Lossy],
    ),
    row(
        "double to int32",
        one!("double", "int32"),
        &["a: 100", "a: 1.5"],
        [Reject, Reject],
    ),
    row(
        "float to double",
        one!("float", "double"),
        &["a: 1.5", "a: nan"],
        [Compatible, Compatible],
    ),
    row(
        "double to float",
        one!("double", "float"),
        &["a: 1.5", "a: 1e300"],
        [Reject, Reject],
    ),
    row(
        "double to string",
        one!("double", "string"),
        &["a: 1.5"],
        [Reject, Reject],
    ),
    row(
        "string to double",
        one!("string", "double"),
        &["a: '1.5'", "a: 'x'"],
        [Reject, Reject],
    ),
    row(
        "double to bytes, where infinity is base64",
        one!("double", "bytes"),
        &["a: inf"],
        [Misread, Misread],
    ),
    // truth
    row(
        "bool to int32",
        one!("bool", "int32"),
        &["a: true"],
        [Reject, Reject],
    ),
    row(
        "int32 to bool",
        one!("int32", "bool"),
        &["a: 1"],
        [Reject, Reject],
    ),
    row(
        "bool to string",
        one!("bool", "string"),
        &["a: true"],
        [Reject, Reject],
    ),
    row(
        "string to bool",
        one!("string", "bool"),
        &["a: 'true'"],
        [Reject, Reject],
    ),
    // texts
    row(
        "int64 to string: both are strings",
        one!("int64", "string"),
        &["a: 123"],
        [Compatible, Compatible],
    ),
    row(
        "int32 to string",
        one!("int32", "string"),
        &["a: 123"],
        [Reject, Reject],
    ),
    row(
        "string to int64",
        one!("string", "int64"),
        &["a: '12'", "a: 'x'"],
        [Reject, Reject],
    ),
    row(
        "bytes to string, which the wire reads",
        one!("bytes", "string"),
        &["a: 'abc'"],
        [Misread, Misread],
    ),
    row(
        "string to bytes, which the wire reads",
        one!("string", "bytes"),
        &["a: 'abcd'"],
        [Misread, Misread],
    ),
    row(
        "bytes to int64, where base64 is digits",
        one!("bytes", "int64"),
        &["a: '\\327m\\370'"],
        [Misread, Misread],
    ),
    row(
        "int64 to bytes",
        one!("int64", "bytes"),
        &["a: 1234"],
        [Misread, Misread],
    ),
    // lists and maps
    row(
        "singular to repeated, which the wire reads",
        one!("string", "repeated string"),
        &["a: 'x'"],
        [Reject, Reject],
    ),
    row(
        "repeated to singular",
        one!("repeated string", "string"),
        &["a: 'x'"],
        [Reject, Reject],
    ),
    row(
        "a map to a list of its entries, which the wire reads",
        [
            "message N { string key = 1; string value = 2; } message M { map<string, string> a = 1; }",
            "message N { string key = 1; string value = 2; } message M { repeated N a = 1; }",
        ],
        &["a { key: 'k' value: 'v' }"],
        [Reject, Reject],
    ),
    row(
        "int32 keys to int64 keys",
        one!("map<int32, string>", "map<int64, string>"),
        &["a { key: -1 value: 'v' }"],
        [Compatible, Compatible],
    ),
    row(
        "int32 keys to string keys",
        one!("map<int32, string>", "map<string, string>"),
        &["a { key: 1 value: 'v' }"],
        [Compatible, Compatible],
    ),
    row(
        "string keys to int32 keys",
        one!("map<string, string>", "map<int32, string>"),
        &["a { key: 'k' value: 'v' }"],
        [Reject, Reject],
    ),
    row(
        "bool keys to int32 keys",
        one!("map<bool, string>", "map<int32, string>"),
        &["a { key: true value: 'v' }"],
        [Reject, Reject],
    ),
    row(
        "map values widened",
        one!("map<string, int32>", "map<string, int64>"),
        &["a { key: 'k' value: 5 }"],
        [Compatible, Compatible],
    ),
    row(
        "map values narrowed",
        one!("map<string, int64>", "map<string, int32>"),
        &["a { key: 'k' value: 4294967296 }"],
        [Reject, Reject],
    ),
    row(
        "packed or not",
        one!("repeated int32", "repeated sint64"),
        &["a: [1, -2]"],
        [Compatible, Compatible],
    ),
];
