//! Files: moves, copies, and those that are only resolved against.

use protoskew_schema::Role;

use crate::{check_files, check_indexed, proto3, with_roles};

#[test]
fn a_file_moves_without_a_change() {
    let text =
        proto3("message M { E e = 1; } enum E { ZERO = 0; } service S { rpc Get(M) returns (M); }");
    check_files(&[("a.proto", &text)], &[("v1/b.proto", &text)], &[]);
    check_files(
        &[("a.proto", &text)],
        &[
            (
                "m.proto",
                &proto3("import \"e.proto\"; message M { E e = 1; }"),
            ),
            ("e.proto", &proto3("enum E { ZERO = 0; }")),
            (
                "s.proto",
                &proto3("import \"m.proto\"; service S { rpc Get(M) returns (M); }"),
            ),
        ],
        &[],
    );
}

#[test]
fn copies_of_one_file() {
    let (before, after) = (
        proto3("message M { int32 a = 1; }"),
        proto3("message M { int64 a = 1; }"),
    );
    // the same change in both copies is one change
    check_files(
        &[("x/a.proto", &before), ("y/a.proto", &before)],
        &[("x/a.proto", &after), ("y/a.proto", &after)],
        &["p.M.a: FieldTypeChanged 1: int32 -> int64 | compatible / lossy…misread"],
    );
    check_files(
        &[("x/a.proto", &before), ("y/a.proto", &before)],
        &[("x/a.proto", &before), ("y/a.proto", &after)],
        &["p.M.a: FieldTypeChanged 1: int32 -> int64 | compatible / lossy…misread"],
    );
    // a copy more or less is no change
    check_files(
        &[("x/a.proto", &before)],
        &[("x/a.proto", &before), ("y/a.proto", &before)],
        &[],
    );
    check_files(
        &[("x/a.proto", &before), ("y/a.proto", &before)],
        &[("y/a.proto", &before)],
        &[],
    );
}

#[test]
fn vendored_files_are_not_judged() {
    let side = |ours: &str, theirs: &str| {
        let ours = proto3(&format!("import \"vendor/b.proto\"; {ours}"));
        let theirs = format!("syntax = \"proto3\"; package other; {theirs}");
        with_roles([
            ("a.proto", ours.as_str(), Role::Judged),
            (
                "vendor/b.proto",
                theirs.as_str(),
                Role::ResolvedOnly("vendored".into()),
            ),
        ])
    };
    let ours = "message M { other.A a = 1; }";
    check_indexed(
        &side(
            ours,
            "message A { int32 x = 1; } message Gone {} enum E { ZERO = 0; }",
        ),
        &side(ours, "message A { string x = 1; } service New {}"),
        &[],
    );
    // but what we do with them is ours
    let both = "message A { int32 x = 1; } message B { string x = 1; }";
    check_indexed(
        &side(ours, both),
        &side("message M { other.B a = 1; }", both),
        &["p.M.a: FieldTypeChanged 1: other.A -> other.B | lossy…misread / lossy…misread"],
    );
}

#[test]
fn a_removal_does_not_cascade() {
    check_files(
        &[(
            "a.proto",
            &proto3(
                "message M { message In { int32 x = 1; } enum E { ZERO = 0; } In i = 1; E e = 2; map<string, In> m = 3; }",
            ),
        )],
        &[("a.proto", &proto3(""))],
        &["p.M: MessageRemoved"],
    );
}
