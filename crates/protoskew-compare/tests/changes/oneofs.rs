//! Moves into, out of and between oneofs: what can be set together on the writer's side.

use crate::{check_fields, check_fields2};

#[test]
fn a_field_with_presence_alone_in_a_new_oneof() {
    check_fields(
        "optional int32 a = 1;",
        "oneof o { int32 a = 1; }",
        &["p.M.a: FieldOneofChanged none -> o | compatible / compatible"],
    );
    check_fields(
        "optional int32 a = 1;",
        "oneof o { int32 a = 1; int32 fresh = 2; }",
        &[
            "p.M.a: FieldOneofChanged none -> o | compatible / compatible",
            "p.M.fresh: FieldAdded 2 | absent / blind",
        ],
    );
    check_fields(
        "oneof o { int32 a = 1; }",
        "optional int32 a = 1;",
        &[
            "p.M.a: FieldOneofChanged o -> none | compatible / compatible",
            "p.M.o: OneofRemoved",
        ],
    );
}

#[test]
fn two_fields_that_could_both_be_set() {
    check_fields(
        "optional int32 a = 1; optional int32 b = 2;",
        "oneof o { int32 a = 1; int32 b = 2; }",
        &[
            "p.M.a: FieldOneofChanged none -> o | lossy / compatible",
            "p.M.b: FieldOneofChanged none -> o | lossy / compatible",
        ],
    );
    // one joins a oneof that is in use: the others did not move
    check_fields(
        "oneof o { int32 a = 1; } optional int32 b = 2;",
        "oneof o { int32 a = 1; int32 b = 2; }",
        &["p.M.b: FieldOneofChanged none -> o | lossy / compatible"],
    );
    check_fields(
        "oneof o { int32 a = 1; int32 b = 2; }",
        "oneof o { int32 a = 1; } optional int32 b = 2;",
        &["p.M.b: FieldOneofChanged o -> none | compatible / lossy"],
    );
}

#[test]
fn what_is_left_aside_clears_no_oneof() {
    check_fields(
        "optional int32 a = 1; optional int32 size = 2;",
        "oneof o { int32 a = 1; string kind = 2; }",
        &[
            "p.M.a: FieldOneofChanged none -> o | compatible / compatible",
            "p.M.kind: FieldTypeChanged 2: int32 -> string | lossy…misread / lossy…misread",
        ],
    );
    check_fields(
        "optional int32 a = 1; optional int32 size = 2;",
        "oneof o { int32 a = 1; int32 kind = 2; }",
        &[
            "p.M.a: FieldOneofChanged none -> o | lossy / compatible",
            "p.M.kind: FieldRenamed size -> kind",
            "p.M.kind: FieldOneofChanged none -> o | lossy / compatible",
        ],
    );
}

#[test]
fn between_oneofs() {
    check_fields(
        "oneof o { int32 a = 1; int32 b = 2; } oneof q { int32 c = 3; }",
        "oneof o { int32 a = 1; } oneof q { int32 c = 3; int32 b = 2; }",
        &["p.M.b: FieldOneofChanged o -> q | lossy / lossy"],
    );
    check_fields(
        "oneof o { int32 a = 1; int32 b = 2; }",
        "oneof q { int32 a = 1; int32 b = 2; }",
        &["p.M.q: OneofRenamed o"],
    );
}

#[test]
fn a_new_member() {
    check_fields(
        "oneof o { int32 a = 1; }",
        "oneof o { int32 a = 1; int32 b = 2; }",
        &["p.M.b: FieldAdded 2 | absent / blind"],
    );
}

#[test]
fn the_oneof_of_a_proto3_optional_is_never_reported() {
    check_fields(
        "optional int32 a = 1;",
        "optional int32 a = 1; optional int32 b = 2;",
        &["p.M.b: FieldAdded 2 | absent / blind"],
    );
}

#[test]
fn a_oneof_that_is_gone() {
    // with all its members: each of them says so
    check_fields(
        "oneof o { int32 a = 1; }",
        "reserved 1; reserved \"a\";",
        &["p.M.a: FieldRemoved 1 | blind / withdrawn"],
    );
    // half of its members under another name is not the same oneof
    check_fields(
        "oneof o { int32 a = 1; int32 b = 2; }",
        "oneof q { int32 a = 1; } oneof r { int32 b = 2; }",
        &[
            "p.M.a: FieldOneofChanged o -> q | compatible / lossy",
            "p.M.b: FieldOneofChanged o -> r | compatible / lossy",
            "p.M.o: OneofRemoved",
        ],
    );
    // nor is one that was there before
    check_fields(
        "oneof o { int32 a = 1; } oneof q { int32 b = 2; }",
        "oneof q { int32 a = 1; int32 b = 2; }",
        &[
            "p.M.a: FieldOneofChanged o -> q | lossy / compatible",
            "p.M.o: OneofRemoved",
        ],
    );
}

#[test]
fn a_default_that_a_oneof_does_not_take_along() {
    // absent, the one side reads 5 and the other that nothing is set
    check_fields2(
        "optional int32 a = 1 [default = 5];",
        "oneof o { int32 a = 1; }",
        &[
            "p.M.a: FieldDefaultChanged 5 -> none | misread / misread",
            "p.M.a: FieldOneofChanged none -> o | compatible / compatible",
        ],
    );
    check_fields2(
        "optional int32 a = 1 [default = 5];",
        "oneof o { int32 a = 1 [default = 5]; }",
        &["p.M.a: FieldOneofChanged none -> o | compatible / compatible"],
    );
    // who reads a oneof asks what is set
    check_fields2(
        "oneof o { int32 a = 1 [default = 5]; }",
        "oneof o { int32 a = 1; }",
        &[],
    );
}
