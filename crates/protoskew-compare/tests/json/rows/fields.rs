//! Fields by their names, and enums by those of their values.

use protoskew_compare::Outcome::{Blind, Compatible, Lossy, Reject};

use super::{Row, row};

pub(crate) const ROWS: &[Row] = &[
    // names of fields
    row(
        "a field that the reader never had",
        [
            "message M { int32 a = 1; string b = 2; }",
            "message M { int32 a = 1; }",
        ],
        &["a: 1 b: 'x'"],
        [Reject, Blind],
    ),
    row(
        "a field was renamed",
        [
            "message M { string mount_point = 1; }",
            "message M { string place = 1; }",
        ],
        &["mount_point: 'x'"],
        [Reject, Lossy],
    ),
    row(
        "a field was renamed and kept its JSON name",
        [
            "message M { string mount_point = 1; }",
            "message M { string place = 1 [json_name = \"mountPoint\"]; }",
        ],
        &["mount_point: 'x'"],
        [Compatible, Compatible],
    ),
    row(
        "the other way",
        [
            "message M { string place = 1 [json_name = \"mountPoint\"]; }",
            "message M { string mount_point = 1; }",
        ],
        &["place: 'x'"],
        [Compatible, Compatible],
    ),
    row(
        "the original name is read too",
        [
            "message M { string place = 1 [json_name = \"mount_point\"]; }",
            "message M { string mount_point = 1; }",
        ],
        &["place: 'x'"],
        [Compatible, Compatible],
    ),
    row(
        "a JSON name was given",
        [
            "message M { string place = 1 [json_name = \"spot\"]; }",
            "message M { string place = 1; }",
        ],
        &["place: 'x'"],
        [Reject, Lossy],
    ),
    row(
        "a JSON name was given, and the original is read too",
        [
            "message M { string place = 1; }",
            "message M { string place = 1 [json_name = \"spot\"]; }",
        ],
        &["place: 'x'"],
        [Compatible, Compatible],
    ),
    row(
        "a renumbering",
        [
            "message M { string a = 1; int64 b = 2; }",
            "message M { string a = 7; int64 b = 2; }",
        ],
        &["a: 'x' b: 5"],
        [Compatible, Compatible],
    ),
    row(
        "two fields that traded their numbers",
        [
            "message M { string a = 1; string b = 2; }",
            "message M { string b = 1; string a = 2; }",
        ],
        &["a: 'x' b: 'y'"],
        [Compatible, Compatible],
    ),
    row(
        "a number that means another field now",
        ["message M { string a = 1; }", "message M { sint32 b = 1; }"],
        &["a: 'x'"],
        [Reject, Blind],
    ),
    // enums
    row(
        "a value that the reader never had",
        [
            "enum E { E_A = 0; E_B = 1; E_C = 2; } message M { E a = 1; }",
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
        ],
        &["a: E_B", "a: E_C"],
        [Reject, Blind],
    ),
    row(
        "the same in a list",
        [
            "enum E { E_A = 0; E_B = 1; E_C = 2; } message M { repeated E a = 1; }",
            "enum E { E_A = 0; E_B = 1; } message M { repeated E a = 1; }",
        ],
        &["a: [E_B, E_C, E_A]"],
        [Reject, Blind],
    ),
    row(
        "the same in a map",
        [
            "enum E { E_A = 0; E_B = 1; E_C = 2; } message M { map<string, E> a = 1; }",
            "enum E { E_A = 0; E_B = 1; } message M { map<string, E> a = 1; }",
        ],
        &["a { key: 'k' value: E_B } a { key: 'l' value: E_C }"],
        [Reject, Blind],
    ),
    row(
        "a value was renamed",
        [
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
            "enum E { E_A = 0; E_X = 1; } message M { E a = 1; }",
        ],
        &["a: E_B"],
        [Reject, Lossy],
    ),
    row(
        "a value was renamed, the old name kept as an alias",
        [
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
            "enum E { option allow_alias = true; E_A = 0; E_X = 1; E_B = 1; } message M { E a = 1; }",
        ],
        &["a: E_B"],
        [Compatible, Compatible],
    ),
    row(
        "an alias stands before the name that was there",
        [
            "enum E { option allow_alias = true; E_A = 0; E_X = 1; E_B = 1; } message M { E a = 1; }",
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
        ],
        &["a: E_B"],
        [Reject, Lossy],
    ),
    row(
        "an alias stands behind it",
        [
            "enum E { option allow_alias = true; E_A = 0; E_B = 1; E_X = 1; } message M { E a = 1; }",
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
        ],
        &["a: E_B"],
        [Compatible, Compatible],
    ),
    row(
        "a value was renumbered",
        [
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
            "enum E { E_A = 0; E_B = 5; } message M { E a = 1; }",
        ],
        &["a: E_B"],
        [Compatible, Compatible],
    ),
    row(
        "enum to int32, which the wire reads",
        [
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
            "message M { int32 a = 1; }",
        ],
        &["a: E_B"],
        [Reject, Reject],
    ),
    row(
        "int32 to an open enum",
        [
            "message M { int32 a = 1; }",
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
        ],
        &["a: 99"],
        [Blind, Blind],
    ),
    row(
        "int32 to a closed enum",
        [
            "syntax = \"proto2\"; package p; message M { optional int32 a = 1; }",
            "syntax = \"proto2\"; package p; enum E { E_A = 0; E_B = 1; } message M { optional E a = 1; }",
        ],
        &["a: 99"],
        [Reject, Reject],
    ),
    row(
        "uint32 to an open enum",
        [
            "message M { uint32 a = 1; }",
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
        ],
        &["a: 4294967295"],
        [Reject, Reject],
    ),
    row(
        "an open enum to a closed one",
        [
            "syntax = \"proto3\"; package p; enum E { E_A = 0; E_B = 1; } message M { optional E a = 1; }",
            "syntax = \"proto2\"; package p; enum E { E_A = 0; E_B = 1; } message M { optional E a = 1; }",
        ],
        &["a: 99"],
        [Reject, Reject],
    ),
    row(
        "an open enum to a string",
        [
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
            "message M { string a = 1; }",
        ],
        &["a: E_B", "a: 99"],
        [Reject, Reject],
    ),
    row(
        "a closed enum to a string",
        [
            "syntax = \"proto2\"; package p; enum E { E_A = 0; E_B = 1; } message M { optional E a = 1; }",
            "syntax = \"proto2\"; package p; message M { optional string a = 1; }",
        ],
        &["a: E_A", "a: E_B"],
        [Compatible, Compatible],
    ),
    row(
        "string to enum",
        [
            "message M { string a = 1; }",
            "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
        ],
        &["a: 'x'"],
        [Reject, Lossy],
    ),
    row(
        "another enum with the same names",
        [
            "enum E { A = 0; B = 1; } message M { E a = 1; }",
            "message M { N.F a = 1; } message N { enum F { A = 0; B = 1; } }",
        ],
        &["a: B"],
        [Compatible, Compatible],
    ),
    row(
        "another enum with other names",
        [
            "enum E { A = 0; B = 1; } enum F { F_A = 0; F_B = 1; } message M { E a = 1; F f = 2; }",
            "enum E { A = 0; B = 1; } enum F { F_A = 0; F_B = 1; } message M { F a = 1; F f = 2; }",
        ],
        &["a: B"],
        [Reject, Lossy],
    ),
    row(
        "a new field takes the number of one that moved on",
        [
            "message M { string b = 1; string a = 2; }",
            "message M { string a = 1; }",
        ],
        &["b: \"x\"", "a: \"x\""],
        [Reject, Blind],
    ),
];
