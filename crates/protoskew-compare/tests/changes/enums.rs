//! Enums: values, aliases, the zero, openness.

use crate::{check, check_files, check2, edition};

#[test]
fn values_of_an_open_enum() {
    check(
        "enum E { ZERO = 0; ONE = 1; }",
        "enum E { ZERO = 0; TWO = 2; }",
        &[
            "p.E.ONE: EnumValueRemoved 1 | blind…lossy / withdrawn",
            "p.E.TWO: EnumValueAdded 2 | compatible / blind…lossy",
        ],
    );
    check(
        "enum E { ZERO = 0; ONE = 1; }",
        "enum E { ZERO = 0; UNO = 1; }",
        &["p.E.UNO: EnumValueRenamed 1: ONE"],
    );
    check(
        "enum E { ZERO = 0; A = 1; B = 2; }",
        "enum E { ZERO = 0; B = 2; A = 1; }",
        &[],
    );
}

#[test]
fn a_value_that_moved() {
    check(
        "enum E { ZERO = 0; A = 1; B = 2; }",
        "enum E { ZERO = 0; A = 2; B = 1; }",
        &[
            "p.E.A: EnumValueRenumbered 1 -> 2 | misread / misread",
            "p.E.B: EnumValueRenumbered 2 -> 1 | misread / misread",
        ],
    );
    // nobody takes it for another value, and nobody knows it either
    check(
        "enum E { ZERO = 0; A = 1; }",
        "enum E { ZERO = 0; A = 5; }",
        &["p.E.A: EnumValueRenumbered 1 -> 5 | lossy / lossy"],
    );
    check(
        "enum E { ZERO = 0; A = 1; B = 2; }",
        "enum E { ZERO = 0; B = 1; }",
        &[
            "p.E.A: EnumValueRemoved 1 | misread / misread",
            "p.E.B: EnumValueRenumbered 2 -> 1 | lossy / misread",
        ],
    );
}

#[test]
fn where_a_closed_enum_stands_decides() {
    let with =
        |field: &str, more: &str| format!("enum E {{ ZERO = 0; {more} }} message M {{ {field} }}");
    for (field, outcome) in [
        ("optional E a = 1;", "blind…lossy"),
        ("repeated E a = 1;", "blind…lossy"),
        ("map<int32, E> a = 1;", "blind…reject"),
        ("required E a = 1;", "blind…reject"),
    ] {
        check2(
            &with(field, ""),
            &with(field, "ONE = 1;"),
            &[&format!(
                "p.E.ONE: EnumValueAdded 1 | compatible / {outcome}"
            )],
        );
    }
}

#[test]
fn aliases() {
    let with =
        |values: &str| format!("enum E {{ option allow_alias = true; ZERO = 0; {values} Z = 0; }}");
    check(&with("A = 1;"), &with("A = 1; B = 1;"), &[]);
    check(
        &with("A = 1; B = 1;"),
        &with("A = 1;"),
        &["p.E.A: EnumValueRenamed 1: B"],
    );
    check(
        &with("A = 1; B = 1;"),
        &with(""),
        &["p.E.A: EnumValueRemoved 1 | blind…lossy / withdrawn"],
    );
}

#[test]
fn the_value_that_absence_means() {
    check2(
        "enum E { A = 1; B = 2; }",
        "enum E { B = 2; A = 1; }",
        &["p.E: EnumZeroChanged A -> B | misread / misread"],
    );
    check(
        "enum E { A = 0; B = 1; }",
        "enum E { B = 0; A = 1; }",
        &[
            "p.E: EnumZeroChanged A -> B | misread / misread",
            "p.E.A: EnumValueRenumbered 0 -> 1 | misread / misread",
            "p.E.B: EnumValueRenumbered 1 -> 0 | misread / misread",
        ],
    );
    check(
        "enum E { UNKNOWN = 0; }",
        "enum E { UNSPECIFIED = 0; }",
        &["p.E.UNSPECIFIED: EnumValueRenamed 0: UNKNOWN"],
    );
}

#[test]
fn openness() {
    let with = |option: &str| {
        edition(&format!(
            "enum E {{ {option} ZERO = 0; }} message M {{ repeated E a = 1; }}"
        ))
    };
    let (open, closed) = (with(""), with("option features.enum_type = CLOSED;"));
    // what a closed writer sends, both sides list
    check_files(
        &[("a.proto", &closed)],
        &[("a.proto", &open)],
        &["p.E: EnumOpennessChanged closed: false | compatible / compatible…lossy"],
    );
    check_files(
        &[("a.proto", &open)],
        &[("a.proto", &closed)],
        &["p.E: EnumOpennessChanged closed: true | compatible…lossy / compatible"],
    );
}

#[test]
fn another_enum_in_a_field() {
    let with = |ty: &str| {
        format!(
            "enum Color {{ COLOR_UNSPECIFIED = 0; COLOR_RED = 1; }}
             enum Shade {{ SHADE_UNSPECIFIED = 0; SHADE_RED = 1; }}
             enum Other {{ OTHER_UNSPECIFIED = 0; OTHER_ROUND = 1; }}
             enum Small {{ SMALL_UNSPECIFIED = 0; }}
             message M {{ {ty} a = 1; }}"
        )
    };
    check(
        &with("Color"),
        &with("Shade"),
        &["p.M.a: FieldTypeChanged 1: p.Color -> p.Shade | compatible / compatible"],
    );
    check(
        &with("Color"),
        &with("Other"),
        &["p.M.a: FieldTypeChanged 1: p.Color -> p.Other | misread / misread"],
    );
    check(
        &with("Color"),
        &with("Small"),
        &["p.M.a: FieldTypeChanged 1: p.Color -> p.Small | blind…lossy / compatible"],
    );
}

#[test]
fn the_written_reason() {
    use protoskew_compare::{ChangeKind, Comparer};
    let reason = |comment: &str| {
        let text = crate::proto3(&format!("{comment}\nenum E {{ ZERO = 0; }}"));
        let (old, new) = (
            crate::judged(&[]),
            crate::judged(&[("a.proto", text.as_str())]),
        );
        let changes = Comparer::new([]).compare(&old, &new).changes.clone();
        match &changes[0].kind {
            ChangeKind::EnumAdded { reason } => reason.as_deref().map(str::to_owned),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(reason(""), None);
    assert_eq!(reason("// protoskew: enum-ok"), None);
    assert_eq!(
        reason("// protoskew: enum-ok days do not change").as_deref(),
        Some("days do not change")
    );
    assert_eq!(
        reason("/* protoskew: enum-ok why not */").as_deref(),
        Some("why not")
    );
}

#[test]
fn fences_of_values() {
    check(
        "enum E { ZERO = 0; ONE = 1; TWO = 2; }",
        "enum E { ZERO = 0; TWO = 3; }",
        &[
            "p.E.ONE: EnumValueRemoved 1 | blind…lossy / withdrawn",
            "p.E.TWO: EnumValueRenumbered 2 -> 3 | lossy / lossy",
        ],
    );
}
