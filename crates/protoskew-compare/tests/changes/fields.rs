//! The identity of fields, presence, defaults, encodings, names, reservations.

use crate::{
    check, check_fields, check_fields2, check_files, check2, edition, message, proto2, proto3,
};

#[test]
fn added_and_removed() {
    check_fields(
        "int32 a = 1;",
        "int32 a = 1; int32 b = 2;",
        &["p.M.b: FieldAdded 2 | absent / blind"],
    );
    check_fields(
        "int32 a = 1; int32 b = 2;",
        "int32 a = 1;",
        &["p.M.b: FieldRemoved 2 | blind / withdrawn"],
    );
}

#[test]
fn in_another_order() {
    check_fields(
        "int32 a = 1; string b = 2;",
        "string b = 2; int32 a = 1;",
        &[],
    );
}

#[test]
fn a_rename_a_reuse_and_a_shuffle() {
    check_fields(
        "int32 a = 1;",
        "int32 b = 1;",
        &["p.M.b: FieldRenamed a -> b"],
    );
    // another name and another number of values: another field
    check_fields(
        "repeated string labels = 1;",
        "string uid = 1;",
        &["p.M.uid: FieldTypeChanged 1: repeated string -> string | misread / misread"],
    );
    check_fields(
        "int32 a = 1;",
        "string b = 1;",
        &["p.M.b: FieldTypeChanged 1: int32 -> string | lossy…misread / lossy…misread"],
    );
    // re-used by a message of another structure: its bytes are read as that message's
    check(
        "message A { int32 x = 1; } message B { fixed32 x = 1; } message M { A a = 1; }",
        "message A { int32 x = 1; } message B { fixed32 x = 1; } message M { B b = 1; }",
        &["p.M.b: FieldTypeChanged 1: p.A -> p.B | misread / misread"],
    );
    check_fields(
        "int32 a = 1; int32 b = 2;",
        "int32 b = 1; int32 a = 2;",
        &[
            "p.M.a: FieldRenumbered 1 -> 2 | misread / misread",
            "p.M.b: FieldRenumbered 2 -> 1 | misread / misread",
        ],
    );
    check_fields(
        "int32 a = 1; int32 b = 2;",
        "int32 b = 1; int32 c = 2;",
        &[
            "p.M.a: FieldRemoved 1 | misread / misread",
            "p.M.b: FieldRenumbered 2 -> 1 | misread / misread",
        ],
    );
    check_fields(
        "int32 a = 1;",
        "int32 a = 2;",
        &["p.M.a: FieldRenumbered 1 -> 2 | lossy / lossy"],
    );
    check_fields2(
        "required int32 a = 1;",
        "required int32 a = 2;",
        &["p.M.a: FieldRenumbered 1 -> 2 | lossy…reject / lossy…reject"],
    );
    // the same group of types: a renaming, and a change of type beside it
    check_fields(
        "int32 a = 1;",
        "int64 b = 1;",
        &[
            "p.M.b: FieldRenamed a -> b",
            "p.M.b: FieldTypeChanged 1: int32 -> int64 | compatible / lossy…misread",
        ],
    );
    check_fields(
        "int32 a = 1;",
        "int32 b = 1; int32 a = 2;",
        &["p.M.a: FieldRenumbered 1 -> 2 | misread / misread"],
    );
}

#[test]
fn set_aside_for_a_successor() {
    let plain = "uint64 a = 14;";
    let both = "uint64 deprecated_a = 14; int64 a = 15;";
    check_fields(
        plain,
        both,
        &[
            "p.M.a: FieldAdded 15 | absent / blind",
            "p.M.deprecated_a: FieldRenamed a -> deprecated_a",
        ],
    );
    check_fields(
        both,
        plain,
        &[
            "p.M.a: FieldRemoved 15 | blind / withdrawn",
            "p.M.a: FieldRenamed deprecated_a -> a",
        ],
    );
    // the number of the successor, or the type of what was set aside, was or is something else
    check_fields(
        "uint64 a = 14; uint64 b = 15;",
        both,
        &[
            "p.M.a: FieldRenumbered 14 -> 15 | misread / misread",
            "p.M.b: FieldRemoved 15 | misread / misread",
        ],
    );
    check_fields(
        plain,
        "string deprecated_a = 14; uint64 a = 15;",
        &["p.M.a: FieldRenumbered 14 -> 15 | lossy…misread / lossy…misread"],
    );
    check_fields(
        plain,
        "uint64 other = 14; int64 a = 15;",
        &["p.M.a: FieldRenumbered 14 -> 15 | misread / misread"],
    );
}

#[test]
fn presence() {
    check_fields(
        "int32 a = 1;",
        "optional int32 a = 1;",
        &["p.M.a: FieldPresenceChanged Implicit -> Explicit | compatible / compatible"],
    );
    check_fields2(
        "optional int32 a = 1;",
        "required int32 a = 1;",
        &["p.M.a: FieldPresenceChanged Explicit -> Required | compatible…reject / compatible"],
    );
    check_fields2(
        "required int32 a = 1;",
        "optional int32 a = 1;",
        &["p.M.a: FieldPresenceChanged Required -> Explicit | compatible / compatible…reject"],
    );
    check_fields2(
        "",
        "required int32 a = 1;",
        &["p.M.a: FieldAdded 1 | absent…reject / blind"],
    );
    check_fields2(
        "required int32 a = 1;",
        "reserved 1;",
        &["p.M.a: FieldRemoved 1 | blind / withdrawn…reject"],
    );
}

#[test]
fn required_beside_another_change() {
    check_fields2(
        "optional int32 a = 1;",
        "required int64 a = 1;",
        &[
            "p.M.a: FieldTypeChanged 1: int32 -> int64 | compatible / lossy…misread",
            "p.M.a: FieldPresenceChanged Explicit -> Required | compatible…reject / compatible",
        ],
    );
    check_fields2(
        "required string a = 1;",
        "repeated string a = 1;",
        &[
            "p.M.a: FieldCardinalityChanged string -> repeated string | compatible / lossy",
            "p.M.a: FieldPresenceChanged Required -> Implicit | compatible / compatible…reject",
        ],
    );
    // a list has no presence to lose
    check_fields2(
        "optional string a = 1;",
        "repeated string a = 1;",
        &["p.M.a: FieldCardinalityChanged string -> repeated string | compatible / lossy"],
    );
}

#[test]
fn defaults() {
    check_fields2(
        "optional int32 a = 1 [default = 3];",
        "optional int32 a = 1 [default = 5];",
        &["p.M.a: FieldDefaultChanged 3 -> 5 | misread / misread"],
    );
    check_fields2(
        "optional int32 a = 1; optional string b = 2 [default = \"\"]; optional bool c = 3; optional double d = 4;",
        "optional int32 a = 1 [default = 0]; optional string b = 2; optional bool c = 3 [default = false]; optional double d = 4 [default = 0.0];",
        &[],
    );
    check_fields2(
        "optional int32 a = 1 [default = 3];",
        "optional int64 a = 1 [default = 5];",
        &[
            "p.M.a: FieldTypeChanged 1: int32 -> int64 | compatible / lossy…misread",
            "p.M.a: FieldDefaultChanged 3 -> 5 | misread / misread",
        ],
    );
    // an enum's default is a number, so an integer can take it over
    check2(
        "enum E { ONE = 1; TWO = 2; } message M { optional E a = 1; optional E b = 2; }",
        "enum E { ONE = 1; TWO = 2; } message M { optional int32 a = 1 [default = 1]; optional int32 b = 2; }",
        &[
            "p.M.a: FieldTypeChanged 1: p.E -> int32 | compatible / blind…lossy",
            "p.M.b: FieldTypeChanged 2: p.E -> int32 | compatible / blind…lossy",
            "p.M.b: FieldDefaultChanged 1 -> 0 | misread / misread",
        ],
    );
    check_files(
        &[(
            "a.proto",
            &proto2(&message("optional int32 a = 1 [default = 3];")),
        )],
        &[("a.proto", &proto3(&message("int32 a = 1;")))],
        &[
            "a.proto: SyntaxChanged proto2 -> proto3",
            "p.M: JsonFormatChanged allow: true",
            "p.M.a: FieldPresenceChanged Explicit -> Implicit | compatible / compatible",
            "p.M.a: FieldDefaultChanged 3 -> none | misread / misread",
        ],
    );
}

#[test]
fn the_default_of_an_enum_is_its_number() {
    let with = |one: &str, default: &str| {
        format!(
            "enum E {{ ZERO = 0; {one} = 1; }} message M {{ optional E a = 1 [default = {default}]; }}"
        )
    };
    check2(
        &with("ONE", "ONE"),
        &with("UNO", "UNO"),
        &["p.E.UNO: EnumValueRenamed 1: ONE"],
    );
    check2(
        &with("ONE", "ONE"),
        &with("ONE", "ZERO"),
        &["p.M.a: FieldDefaultChanged ONE -> ZERO | misread / misread"],
    );
    check2(
        "enum E { ZERO = 0; ONE = 1; } message M { optional E a = 1 [default = ZERO]; }",
        "enum E { ZERO = 0; ONE = 1; } message M { optional E a = 1; }",
        &[],
    );
}

#[test]
fn encodings() {
    let with = |option: &str| {
        edition(&format!(
            "message Inner {{}} message M {{ Inner a = 1 {option}; }}"
        ))
    };
    check_files(
        &[("a.proto", &with(""))],
        &[("a.proto", &with("[features.message_encoding = DELIMITED]"))],
        &[
            "p.M.a: FieldEncodingChanged message encoding: length-prefixed -> delimited | lossy…misread / lossy…misread",
        ],
    );
    let text = |option: &str| edition(&message(&format!("string a = 1 {option};")));
    check_files(
        &[("a.proto", &text("[features.utf8_validation = NONE]"))],
        &[("a.proto", &text(""))],
        &[
            "p.M.a: FieldEncodingChanged UTF-8 validation: not verified -> verified | compatible…reject / compatible",
        ],
    );
}

#[test]
fn a_dialect_may_change_without_a_change() {
    check_files(
        &[(
            "a.proto",
            &proto3(&message(
                "int32 a = 1; optional string b = 2; repeated int32 c = 3;",
            )),
        )],
        &[(
            "a.proto",
            &edition(&message(
                "int32 a = 1 [features.field_presence = IMPLICIT]; string b = 2; repeated int32 c = 3;",
            )),
        )],
        &[],
    );
}

#[test]
fn json_names() {
    check_fields("int32 a_b = 1;", "int32 a_b = 1 [json_name = \"aB\"];", &[]);
    check_fields(
        "int32 a_b = 1;",
        "int32 a_b = 1 [json_name = \"ab\"];",
        &["p.M.a_b: JsonNameChanged aB -> ab"],
    );
}

#[test]
fn reservations() {
    check_fields(
        "reserved 2, 5 to 9, 20 to max;",
        "reserved 2, 5, 8 to 9;",
        &[
            "p.M: ReservedNumbersDropped 20 to 536870911",
            "p.M: ReservedNumbersDropped 6 to 7",
        ],
    );
    check_fields("reserved 5 to 9;", "reserved 7 to 12, 5, 6;", &[]);
    check_fields("reserved 5 to max;", "reserved 5 to 100, 101 to max;", &[]);
    check_fields(
        "reserved 2 to 4;",
        "",
        &["p.M: ReservedNumbersDropped 2 to 4"],
    );
    check_fields(
        "reserved \"a\", \"b\";",
        "reserved \"b\";",
        &["p.M: ReservedNameDropped \"a\""],
    );
    check(
        "enum E { reserved -3 to -1, 7; ZERO = 0; }",
        "enum E { reserved -2 to -1; ZERO = 0; }",
        &[
            "p.E: ReservedNumbersDropped -3 to -3",
            "p.E: ReservedNumbersDropped 7 to 7",
        ],
    );
}

#[test]
fn numbers_for_extensions() {
    check_fields2(
        "extensions 100 to 199, 300;",
        "extensions 110 to 149; reserved 160 to 199; optional int32 a = 300;",
        &[
            "p.M: ExtensionNumbersDropped 100 to 109",
            "p.M: ExtensionNumbersDropped 150 to 159",
            "p.M: ExtensionNumbersDropped 300 to 300",
            "p.M.a: FieldAdded 300 | absent / blind",
        ],
    );
    check_fields2("extensions 100 to 199;", "extensions 50 to max;", &[]);
}
