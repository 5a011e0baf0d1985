//! What older readers make of a new value of an enum, by runtime and by where they keep the enum.

use std::fmt::Write as _;

use protoskew_compare::{ChangeKind, Comparer};

use crate::{judged, proto2, proto3};

/// A line for each group of runtimes that make the same of value `NEW`.
#[track_caller]
fn check(before: &str, expected: &[&str]) {
    let after = before.replace("ONE = 1;", "ONE = 1; NEW = 2;");
    let [old, new] = [before, &after].map(|text| judged(&[("a.proto", text)]));
    let comparison = Comparer::new([]).compare(&old, &new);
    let mut lines = Vec::new();
    for change in &comparison.changes {
        let ChangeKind::EnumValueAdded { read, .. } = &change.kind else {
            panic!("only a value is new: {:?}", change.kind);
        };
        for (fates, runtimes) in read.by_runtime() {
            let mut line = format!("{fates:?}:");
            for runtime in runtimes {
                write!(line, " {runtime}").expect("a string takes it");
            }
            lines.push(line);
        }
    }
    assert_eq!(lines, expected);
}

const OTHERS: &str = "go gogo vtproto prost rust-protobuf-3 protobufjs";

#[test]
fn an_open_enum() {
    let text = proto3("message M { E e = 1; } enum E { ZERO = 0; ONE = 1; }");
    check(
        &text,
        &[
            "[Held]: cpp java upb go gogo vtproto prost rust-protobuf-3 buffa protobuf-es protobufjs protobufjs-8",
            "[Unset]: rust-protobuf-2",
        ],
    );
}

#[test]
fn a_closed_enum_where_it_stands() {
    let held = format!("[Held]: {OTHERS}");
    let text = |field: &str| {
        proto2(&format!(
            "message M {{ {field} }} enum E {{ ZERO = 0; ONE = 1; }}"
        ))
    };
    check(
        &text("optional E e = 1;"),
        &[
            "[Unset]: cpp java upb rust-protobuf-2 buffa protobuf-es protobufjs-8",
            &held,
        ],
    );
    check(
        &text("required E e = 1;"),
        &[
            "[Refused]: cpp java rust-protobuf-2 protobufjs-8",
            "[Unset]: upb buffa protobuf-es",
            &held,
        ],
    );
    check(
        &text("repeated E e = 1;"),
        &[
            "[LeftOutOfList]: cpp java upb rust-protobuf-2 buffa protobufjs-8",
            "[Held]: go gogo vtproto prost rust-protobuf-3 protobuf-es protobufjs",
        ],
    );
    check(
        &text("map<int32, E> e = 1;"),
        &[
            "[EntryLost]: cpp java upb buffa protobufjs-8",
            "[Held]: go gogo vtproto prost rust-protobuf-3 protobuf-es protobufjs",
            "[Refused]: rust-protobuf-2",
        ],
    );
    check(
        &text("oneof o { E e = 1; }"),
        &[
            "[OneofUnset]: cpp java upb buffa protobuf-es protobufjs-8",
            &held,
            "[Refused]: rust-protobuf-2",
        ],
    );
    // kept in two ways, and by nobody: as in a field
    check(
        &text("optional E e = 1; repeated E list = 2;"),
        &[
            "[Unset, LeftOutOfList]: cpp java upb rust-protobuf-2 buffa protobufjs-8",
            &held,
            "[Held, Unset]: protobuf-es",
        ],
    );
    check(
        &text(""),
        &[
            "[Unset]: cpp java upb rust-protobuf-2 buffa protobuf-es protobufjs-8",
            &held,
        ],
    );
}

#[test]
fn copies_that_keep_the_enum_in_other_places() {
    let text = |field: &str| {
        proto2(&format!(
            "message M {{ {field} }} enum E {{ ZERO = 0; ONE = 1; }}"
        ))
    };
    let (one, other) = (text("optional E e = 1;"), text("repeated E e = 1;"));
    let later = |text: &str| text.replace("ONE = 1;", "ONE = 1; NEW = 2;");
    let old = judged(&[("x/a.proto", &one), ("y/a.proto", &other)]);
    let new = judged(&[("x/a.proto", &later(&one)), ("y/a.proto", &later(&other))]);
    let comparison = Comparer::new([]).compare(&old, &new);
    let [change] = comparison.changes.as_slice() else {
        panic!("one change for both: {:?}", comparison.changes);
    };
    let ChangeKind::EnumValueAdded { read, .. } = &change.kind else {
        panic!("a value is new: {:?}", change.kind);
    };
    let (fates, _) = &read.by_runtime()[0];
    assert_eq!(format!("{fates:?}"), "[Unset, LeftOutOfList]");
}
