//! Files: moves, copies, and those that are only resolved against.

use protoskew_schema::Role;

use crate::{check_files, check_indexed, edition, proto3, with_roles};

#[test]
fn a_file_moves_without_a_change() {
    let text =
        proto3("message M { E e = 1; } enum E { ZERO = 0; } service S { rpc Get(M) returns (M); }");
    check_files(
        &[("a.proto", &text)],
        &[("v1/b.proto", &text)],
        &["a.proto: FileMoved v1/b.proto"],
    );
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
        &["a.proto: FileMoved m.proto, e.proto, s.proto"],
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
    // a copy more is no change, and one that went is not found by its path
    check_files(
        &[("x/a.proto", &before)],
        &[("x/a.proto", &before), ("y/a.proto", &before)],
        &[],
    );
    check_files(
        &[("x/a.proto", &before), ("y/a.proto", &before)],
        &[("y/a.proto", &before)],
        &["x/a.proto: FileMoved y/a.proto"],
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

#[test]
fn a_root_moves_with_its_files() {
    let (types, api) = (
        proto3("message M {}"),
        proto3("import \"p/types.proto\"; service S { rpc Get(M) returns (M); }"),
    );
    // whoever imports `p/types.proto` finds it
    check_files(
        &[("proto/p/types.proto", &types), ("proto/p/api.proto", &api)],
        &[("api/p/types.proto", &types), ("api/p/api.proto", &api)],
        &[],
    );
    check_files(
        &[("proto/p/types.proto", &types), ("proto/p/api.proto", &api)],
        &[
            ("proto/q/types.proto", &types),
            (
                "proto/p/api.proto",
                &api.replace("p/types.proto", "q/types.proto"),
            ),
        ],
        &["proto/p/types.proto: FileMoved proto/q/types.proto"],
    );
}

#[test]
fn a_file_is_gone() {
    let kept = proto3("message Kept {}");
    check_files(
        &[
            ("a.proto", &kept),
            (
                "b.proto",
                &proto3("message A { message N {} } enum E { ZERO = 0; }"),
            ),
        ],
        &[("a.proto", &kept)],
        &[
            "b.proto: FileRemoved",
            "p.A: MessageRemoved",
            "p.E: EnumRemoved",
        ],
    );
    // most of it lives on elsewhere: the file moved, and what did not is gone
    check_files(
        &[("b.proto", &proto3("message A {} message B {} message C {}"))],
        &[("c.proto", &proto3("message A {} message B {}"))],
        &["b.proto: FileMoved c.proto", "p.C: MessageRemoved"],
    );
    // a package that moved says so itself
    let moved = |package: &str| {
        format!("syntax = \"proto3\"; package {package}; message M {{}} message N {{ M m = 1; }}")
    };
    check_files(
        &[("old/a.proto", &moved("old"))],
        &[("new/a.proto", &moved("new"))],
        &["new: PackageRenamed old -> new"],
    );
}

#[test]
fn public_imports() {
    let (a, b) = (
        proto3("import public \"b.proto\"; message A {}"),
        proto3("import public \"c.proto\"; message B {}"),
    );
    let c = proto3("message C {}");
    let before = [("a.proto", &*a), ("b.proto", &*b), ("c.proto", &*c)];
    let check = |a: &str, expected: &[&str]| {
        check_files(
            &before,
            &[("a.proto", &proto3(a)), ("b.proto", &b), ("c.proto", &c)],
            expected,
        );
    };
    check(
        "import \"b.proto\"; message A { B b = 1; }",
        &[
            "a.proto: ImportPublicRemoved b.proto",
            "p.A.b: FieldAdded 1 | absent / blind",
        ],
    );
    check("message A {}", &["a.proto: ImportPublicRemoved b.proto"]);
    // one of two that it brought
    check(
        "import public \"c.proto\"; message A {}",
        &["a.proto: ImportPublicRemoved b.proto"],
    );
    // what it brought stands in the file itself now
    check_files(
        &before,
        &[
            (
                "a.proto",
                &proto3("import public \"c.proto\"; message A {} message B {}"),
            ),
            ("c.proto", &c),
        ],
        &["b.proto: FileMoved a.proto"],
    );
    // one that cannot be found is missed by its path
    check_files(
        &[("a.proto", &proto3("import public \"x/y.proto\";"))],
        &[("a.proto", &proto3("message M {}"))],
        &["a.proto: ImportPublicRemoved x/y.proto"],
    );
}

#[test]
fn dialects() {
    let check = |before: &str, after: &str, expected: &[&str]| {
        check_files(&[("a.proto", before)], &[("a.proto", after)], expected);
    };
    let body =
        "message M { repeated int32 list = 1; Sub sub = 2; enum E { ZERO = 0; } } message Sub {}";
    let implicit = "option features.field_presence = IMPLICIT;";
    check(&proto3(body), &edition(&format!("{implicit} {body}")), &[]);
    check(
        &proto3("message M { string a = 1; }"),
        &edition("message M { string a = 1; }"),
        &[
            "a.proto: SyntaxChanged proto3 -> edition 2023",
            "p.M.a: FieldPresenceChanged Implicit -> Explicit | compatible / compatible",
        ],
    );
    let body = "enum E { ZERO = 0; }";
    check(
        &edition(body),
        &edition(body).replace("2023", "2024"),
        &["a.proto: SyntaxChanged edition 2023 -> edition 2024"],
    );
}

#[test]
fn options_that_change_what_is_generated() {
    let check = |before: &str, after: &str, expected: &[&str]| {
        let text = |options: &str| proto3(&format!("{options} message M {{}}"));
        check_files(
            &[("a.proto", &text(before))],
            &[("a.proto", &text(after))],
            expected,
        );
    };
    check(
        "option go_package = \"x/y\"; option optimize_for = SPEED;",
        "option go_package = \"x/z\"; option optimize_for = CODE_SIZE;",
        &[
            "a.proto: FileOptionChanged go_package: x/y -> x/z",
            "a.proto: FileOptionChanged optimize_for: none -> CODE_SIZE",
        ],
    );
    check(
        "",
        "option go_package = \"x/y;y\";",
        &["a.proto: FileOptionChanged go_package: none -> x/y"],
    );
    // what leaving it out means, written out; another way to say the same; what changes nothing
    check(
        "option go_package = \"x/y\"; option deprecated = true;",
        "option go_package = \"x/y;y\"; option java_multiple_files = false; option java_package = \"p\"; option csharp_namespace = \"P\";",
        &[],
    );
}
