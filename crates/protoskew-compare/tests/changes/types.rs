//! The type of a field: scalars both ways, lists, maps, groups.

use crate::{check, check_fields, check_fields2, check2};

/// One field from one type to another and back: `old → new / new → old`.
#[track_caller]
fn check_type(old: &str, new: &str, outcome: &str) {
    let (o2n, n2o) = outcome.split_once(" / ").expect("two outcomes");
    let lines = |old: &str, new: &str, o2n: &str, n2o: &str| {
        [format!(
            "p.M.a: FieldTypeChanged 1: {old} -> {new} | {o2n} / {n2o}"
        )]
    };
    let check_one = |old: &str, new: &str, expected: [String; 1]| {
        check_fields(
            &format!("{old} a = 1;"),
            &format!("{new} a = 1;"),
            &expected.each_ref().map(String::as_str),
        );
    };
    check_one(old, new, lines(old, new, o2n, n2o));
    check_one(new, old, lines(new, old, n2o, o2n));
}

#[test]
fn scalars() {
    for (old, new, outcome) in [
        ("int32", "int64", "compatible / lossy…misread"),
        ("int32", "uint32", "lossy…misread / lossy…misread"),
        ("int32", "uint64", "lossy / lossy…misread"),
        ("int64", "uint64", "lossy / lossy"),
        ("uint32", "int64", "compatible / lossy…misread"),
        ("uint32", "uint64", "compatible / lossy…misread"),
        ("bool", "int32", "compatible / lossy"),
        ("bool", "uint64", "compatible / lossy…misread"),
        ("int32", "sint32", "misread / misread"),
        ("bool", "sint64", "misread / lossy…misread"),
        ("sint32", "sint64", "compatible / lossy…misread"),
        ("fixed32", "sfixed32", "lossy / lossy"),
        ("fixed64", "sfixed64", "lossy / lossy"),
        ("fixed32", "float", "misread / misread"),
        ("sfixed64", "double", "misread / misread"),
        ("float", "double", "lossy…misread / lossy…misread"),
        ("int32", "fixed32", "lossy…misread / lossy…misread"),
        ("int64", "string", "lossy…misread / lossy…misread"),
        ("string", "bytes", "compatible / compatible…reject"),
    ] {
        check_type(old, new, outcome);
    }
}

#[test]
fn an_enum_and_an_integer() {
    let both = |ty: &str| format!("enum E {{ ZERO = 0; }} message M {{ {ty} a = 1; }}");
    check(
        &both("E"),
        &both("int32"),
        &["p.M.a: FieldTypeChanged 1: p.E -> int32 | compatible / blind…lossy"],
    );
    check(
        &both("int64"),
        &both("E"),
        &["p.M.a: FieldTypeChanged 1: int64 -> p.E | lossy…misread / compatible"],
    );
    let closed = |ty: &str| format!("enum E {{ ZERO = 0; }} message M {{ optional {ty} a = 1; }}");
    check2(
        &closed("E"),
        &closed("int32"),
        &["p.M.a: FieldTypeChanged 1: p.E -> int32 | compatible / blind…lossy"],
    );
}

#[test]
fn text_bytes_and_messages() {
    let with = |ty: &str| format!("message Inner {{ int32 x = 1; }} message M {{ {ty} a = 1; }}");
    // a message always has presence, and a string in proto3 has none
    check(
        &with("Inner"),
        &with("bytes"),
        &["p.M.a: FieldTypeChanged 1: p.Inner -> bytes | compatible / reject"],
    );
    check(
        &with("Inner"),
        &with("string"),
        &["p.M.a: FieldTypeChanged 1: p.Inner -> string | misread / reject"],
    );
}

#[test]
fn another_message_is_compared_inside() {
    let with = |a: &str, b: &str| {
        format!(
            "message One {{ int32 x = 1; }} message Two {{ int32 x = 1; }} message Three {{ string x = 1; }}
             message Four {{ int32 x = 1; int32 y = 2; }}
             message M {{ {a} a = 1; {b} b = 2; }}"
        )
    };
    check(
        &with("One", "One"),
        &with("Two", "Four"),
        &[
            "p.M.a: FieldTypeChanged 1: p.One -> p.Two | compatible / compatible",
            "p.M.b: FieldTypeChanged 2: p.One -> p.Four | absent / blind",
        ],
    );
    // each field is judged, also where an earlier one has the same two types
    check(
        &with("One", "One"),
        &with("Three", "Three"),
        &[
            "p.M.a: FieldTypeChanged 1: p.One -> p.Three | lossy…misread / lossy…misread",
            "p.M.b: FieldTypeChanged 2: p.One -> p.Three | lossy…misread / lossy…misread",
        ],
    );
}

#[test]
fn recursive_messages_that_differ_deep_inside() {
    let with = |a: &str, b: &str| {
        format!(
            "message A {{ A next = 1; Leaf leaf = 2; }} message B {{ B next = 1; Stone leaf = 2; }}
             message Leaf {{ A root = 1; int32 x = 2; }} message Stone {{ B root = 1; string x = 2; }}
             message M {{ {a} a = 1; {b} b = 2; }}"
        )
    };
    check(
        &with("A", "Leaf"),
        &with("B", "Stone"),
        &[
            "p.M.a: FieldTypeChanged 1: p.A -> p.B | lossy…misread / lossy…misread",
            "p.M.b: FieldTypeChanged 2: p.Leaf -> p.Stone | lossy…misread / lossy…misread",
        ],
    );
}

#[test]
fn lists() {
    check_fields(
        "string a = 1;",
        "repeated string a = 1;",
        &["p.M.a: FieldCardinalityChanged string -> repeated string | compatible / lossy"],
    );
    // packed in proto3
    check_fields(
        "repeated int32 a = 1;",
        "int32 a = 1;",
        &["p.M.a: FieldCardinalityChanged repeated int32 -> int32 | lossy…misread / compatible"],
    );
    check_fields2(
        "repeated int32 a = 1;",
        "optional int32 a = 1;",
        &["p.M.a: FieldCardinalityChanged repeated int32 -> int32 | lossy / compatible"],
    );
    check_fields2(
        "repeated int32 a = 1;",
        "repeated int32 a = 1 [packed = true];",
        &[
            "p.M.a: FieldEncodingChanged list encoding: expanded -> packed | compatible / compatible",
        ],
    );
    check_fields(
        "repeated int32 a = 1;",
        "repeated int64 a = 1;",
        &[
            "p.M.a: FieldTypeChanged 1: repeated int32 -> repeated int64 | compatible / lossy…misread",
        ],
    );
    // packed numbers are length-prefixed, as bytes are
    check_fields(
        "repeated int32 a = 1;",
        "bytes a = 1;",
        &["p.M.a: FieldTypeChanged 1: repeated int32 -> bytes | misread / misread"],
    );
}

#[test]
fn a_map_is_the_list_of_its_entries() {
    let with = |field: &str| {
        format!(
            "message Entry {{ string key = 1; int32 value = 2; }} message Other {{ string key = 1; string value = 2; }}
             message M {{ {field} a = 1; }}"
        )
    };
    check(
        &with("map<string, int32>"),
        &with("repeated Entry"),
        &[
            "p.M.a: FieldCardinalityChanged map<string, int32> -> repeated p.Entry | compatible / lossy",
        ],
    );
    check(
        &with("repeated Entry"),
        &with("map<string, int32>"),
        &[
            "p.M.a: FieldCardinalityChanged repeated p.Entry -> map<string, int32> | lossy / compatible",
        ],
    );
    check(
        &with("map<string, int32>"),
        &with("repeated Other"),
        &[
            "p.M.a: FieldTypeChanged 1: map<string, int32> -> repeated p.Other | lossy…misread / lossy…misread",
        ],
    );
    check(
        &with("map<string, int32>"),
        &with("map<string, int64>"),
        &[
            "p.M.a: FieldTypeChanged 1: map<string, int32> -> map<string, int64> | compatible / lossy…misread",
        ],
    );
    check(
        &with("map<int32, int32>"),
        &with("map<string, int32>"),
        &[
            "p.M.a: FieldTypeChanged 1: map<int32, int32> -> map<string, int32> | lossy…misread / lossy…misread",
        ],
    );
}

/// A comparer that has seen one pair of shapes must not answer for another type behind the same name.
#[test]
fn a_map_and_a_list_whose_entry_lies_outside_the_two_messages() {
    use crate::{judged, line, proto3};
    use protoskew_compare::Comparer;
    let with = |entry: &str, field: &str| {
        let text = proto3(&format!(
            "message Entry {{ {entry} }} message M {{ {field} a = 1; }}"
        ));
        judged(&[("a.proto", text.as_str())])
    };
    let fits = "string key = 1; int32 value = 2;";
    let comparer = Comparer::new([]);
    for (entry, expected) in [
        (
            fits,
            "p.M.a: FieldCardinalityChanged map<string, int32> -> repeated p.Entry | compatible / lossy",
        ),
        (
            "string other = 1;",
            "p.M.a: FieldTypeChanged 1: map<string, int32> -> repeated p.Entry | blind / lossy",
        ),
    ] {
        let (old, new) = (
            with(entry, "map<string, int32>"),
            with(entry, "repeated Entry"),
        );
        let changes = comparer.compare(&old, &new).changes.clone();
        assert_eq!(changes.iter().map(line).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn groups() {
    check_fields2(
        "optional group Part = 1 { optional int32 x = 1; }",
        "message Part { optional int32 x = 1; } optional Part part = 1;",
        &[
            "p.M.part: FieldEncodingChanged message encoding: delimited -> length-prefixed | lossy…misread / lossy…misread",
        ],
    );
    check_fields2(
        "optional group Part = 1 { optional int32 x = 1; }",
        "optional group Part = 1 { optional int64 x = 1; }",
        &["p.M.Part.x: FieldTypeChanged 1: int32 -> int64 | compatible / lossy…misread"],
    );
}

#[test]
fn a_type_that_cannot_be_found_is_compared_by_name() {
    let with = |ty: &str| format!("import \"gone.proto\"; message M {{ {ty} a = 1; }}");
    check(&with("other.Thing"), &with("other.Thing"), &[]);
    check(
        &with("other.Thing"),
        &with("other.Else"),
        &["p.M.a: FieldTypeChanged 1: other.Thing -> other.Else | compatible / compatible"],
    );
    check(
        &with("other.Thing"),
        &with("string"),
        &["p.M.a: FieldTypeChanged 1: other.Thing -> string | lossy / lossy"],
    );
}
