//! What generated source shows beside the bytes: visibility, options of messages, fields and enums.

use crate::{check_fields, check_files, check2};

fn check_2024(before: &str, after: &str, expected: &[&str]) {
    let text = |body: &str| format!("edition = \"2024\"; package p; {body}");
    check_files(
        &[("a.proto", &text(before))],
        &[("a.proto", &text(after))],
        expected,
    );
}

#[test]
fn narrowed_visibility() {
    check_2024(
        "message M {} export message X {} enum E { E_ZERO = 0; } local message L {}",
        "local message M {} message X {} local enum E { E_ZERO = 0; } local message L {}",
        &["p.E: VisibilityNarrowed", "p.M: VisibilityNarrowed"],
    );
    // wider is no harm, and what is nested goes with what it is nested in
    check_2024(
        "local message M {} message O { export message N {} export enum F { F_ZERO = 0; } }",
        "message M {} local message O { local message N {} local enum F { F_ZERO = 0; } }",
        &["p.O: VisibilityNarrowed"],
    );
    // what is nested is seen by importers up to edition 2023
    check_files(
        &[(
            "a.proto",
            "edition = \"2023\"; package p; message O { message N {} }",
        )],
        &[(
            "a.proto",
            "edition = \"2024\"; package p; message O { message N {} }",
        )],
        &[
            "a.proto: SyntaxChanged edition 2023 -> edition 2024",
            "p.O.N: VisibilityNarrowed",
        ],
    );
}

#[test]
fn generated_types() {
    check_fields(
        "int64 a = 1; string b = 2; int64 c = 3;",
        "int64 a = 1 [jstype = JS_STRING]; string b = 2 [ctype = CORD]; int64 c = 3 [jstype = JS_NORMAL];",
        &[
            "p.M.a: GeneratedCodeChanged jstype: none -> JS_STRING",
            "p.M.b: GeneratedCodeChanged ctype: none -> CORD",
        ],
    );
    check_fields("int64 a = 1;", "int64 a = 1 [deprecated = true];", &[]);
}

#[test]
fn message_sets() {
    check2(
        "message M { option message_set_wire_format = true; extensions 4 to 1000; }",
        "message M { extensions 4 to 1000; }",
        &["p.M: MessageSetChanged set: false | lossy / compatible…lossy"],
    );
}

#[test]
fn the_format_of_json_goes_with_the_outermost_type() {
    check_2024(
        "message M { message N {} enum E { E_ZERO = 0; } } enum F { F_ZERO = 0; } message O {}",
        "message M { option features.json_format = LEGACY_BEST_EFFORT; message N {} enum E { E_ZERO = 0; } } \
         enum F { option features.json_format = LEGACY_BEST_EFFORT; F_ZERO = 0; } message O { option features.json_format = ALLOW; }",
        &[
            "p.F: JsonFormatChanged allow: false",
            "p.M: JsonFormatChanged allow: false",
        ],
    );
}
