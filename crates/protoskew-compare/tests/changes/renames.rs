//! Other names for the same things: messages, enums, packages, nested and recursive ones.

use crate::{check, check_files, proto3};

#[test]
fn a_message_referenced_at_the_same_number() {
    check(
        "message A { int32 x = 1; } message M { A a = 1; }",
        "message B { int32 x = 1; } message M { B a = 1; }",
        &["p.B: MessageRenamed p.A"],
    );
    // another structure is another message
    check(
        "message A { int32 x = 1; } message M { A a = 1; }",
        "message B { int32 x = 1; int32 y = 2; } message M { B a = 1; }",
        &[
            "p.A: MessageRemoved",
            "p.M.a: FieldTypeChanged 1: p.A -> p.B | absent / blind",
        ],
    );
}

#[test]
fn one_referenced_by_another_renamed_one() {
    check(
        "message A { Inner i = 1; } message Inner { int32 x = 1; } message M { A a = 1; }",
        "message B { Core i = 1; } message Core { int32 x = 1; } message M { B a = 1; }",
        &["p.B: MessageRenamed p.A", "p.Core: MessageRenamed p.Inner"],
    );
}

#[test]
fn recursive_messages() {
    check(
        "message A { A next = 1; int32 x = 2; } message M { A a = 1; }",
        "message B { B next = 1; int32 x = 2; } message M { B a = 1; }",
        &["p.B: MessageRenamed p.A"],
    );
    check(
        "message A { B b = 1; } message B { A a = 1; } message M { A a = 1; }",
        "message C { D b = 1; } message D { C a = 1; } message M { C a = 1; }",
        &["p.C: MessageRenamed p.A", "p.D: MessageRenamed p.B"],
    );
    check(
        "message A { B b = 1; } message B { A a = 1; int32 x = 2; } message M { A a = 1; }",
        "message C { D b = 1; } message D { C a = 1; string x = 2; } message M { C a = 1; }",
        &[
            "p.A: MessageRemoved",
            "p.B: MessageRemoved",
            "p.M.a: FieldTypeChanged 1: p.A -> p.C | lossy…misread / lossy…misread",
        ],
    );
}

#[test]
fn what_is_nested_goes_with_it() {
    check(
        "message A { message In { int32 x = 1; } enum E { ZERO = 0; } In i = 1; E e = 2; } message M { A a = 1; }",
        "message B { message In { int32 x = 1; } enum E { ZERO = 0; } In i = 1; E e = 2; } message M { B a = 1; }",
        &["p.B: MessageRenamed p.A"],
    );
}

#[test]
fn an_enum() {
    check(
        "enum A { A_ZERO = 0; A_ONE = 1; } message M { A a = 1; }",
        "enum B { B_ZERO = 0; B_ONE = 1; } message M { B a = 1; }",
        &[
            "p.B: EnumRenamed p.A",
            "p.B.B_ONE: EnumValueRenamed 1: A_ONE",
            "p.B.B_ZERO: EnumValueRenamed 0: A_ZERO",
        ],
    );
}

#[test]
fn an_enum_inside_a_renamed_message() {
    check(
        "enum E { E_ZERO = 0; } message A { E e = 1; } message M { A a = 1; }",
        "enum F { E_ZERO = 0; } message B { F e = 1; } message M { B a = 1; }",
        &["p.B: MessageRenamed p.A", "p.F: EnumRenamed p.E"],
    );
}

const API: &str = "
    service S { rpc Get(Q) returns (R); }
    message Q { E e = 1; } message R { Q q = 1; } enum E { ZERO = 0; }";

#[test]
fn a_package() {
    let with = |package: &str| format!("syntax = \"proto3\"; package {package}; {API}");
    check_files(
        &[("a.proto", &with("old.v1"))],
        &[("a.proto", &with("new.v1"))],
        &["new.v1: PackageRenamed old.v1 -> new.v1 | call-removed / new-call"],
    );
    let none = format!("syntax = \"proto3\"; {API}");
    check_files(
        &[("a.proto", &none)],
        &[("a.proto", &with("new"))],
        &["new: PackageRenamed  -> new | call-removed / new-call"],
    );
}

#[test]
fn a_package_of_another_version_is_another_api() {
    let with = |package: &str, place: &str| {
        format!(
            "syntax = \"proto3\"; package {package}; service S {{ rpc Get(Q) returns (R); }}
             message Q {{ Place p = 1; }} message R {{ E e = 1; }} message Place {{ {place} }} enum E {{ ZERO = 0; }}"
        )
    };
    let before = with("p.v1", "string name = 1; int32 size = 2;");
    // what is the same was renamed; nobody reads one version's places as the other's
    check_files(
        &[("a.proto", &before)],
        &[("a.proto", &with("p.v2", "bytes key = 1; string size = 2;"))],
        &[
            "p.v1.Place: MessageRemoved",
            "p.v1.Q: MessageRemoved",
            "p.v2: PackageRenamed p.v1 -> p.v2 | call-removed / new-call",
        ],
    );
    // without services no path moved: one package went, another one came
    let stored = |package: &str, size: &str| {
        format!(
            "syntax = \"proto3\"; package {package}; message A {{ {size} size = 1; B b = 2; }} message B {{}}"
        )
    };
    check_files(
        &[("a.proto", &stored("p.v1", "int32"))],
        &[("a.proto", &stored("p.v2", "string"))],
        &["p.v1.A: MessageRemoved", "p.v1.B: MessageRemoved"],
    );
    check_files(
        &[("a.proto", &stored("p.v1", "int32"))],
        &[("a.proto", &stored("p.v2", "int32"))],
        &["p.v2: PackageRenamed p.v1 -> p.v2"],
    );
    // under another name of the same version it is the same API, and its fields are compared
    check_files(
        &[("a.proto", &before)],
        &[(
            "a.proto",
            &with("q.v1", "string name = 1; string size = 2;"),
        )],
        &[
            "q.v1: PackageRenamed p.v1 -> q.v1 | call-removed / new-call",
            "q.v1.Place.size: FieldTypeChanged 2: int32 -> string | lossy…misread / lossy…misread",
        ],
    );
}

#[test]
fn a_package_without_services() {
    let with = |package: &str| {
        format!("syntax = \"proto3\"; package {package}; message A {{}} message B {{ A a = 1; }}")
    };
    check_files(
        &[("a.proto", &with("old"))],
        &[("a.proto", &with("new"))],
        &["new: PackageRenamed old -> new"],
    );
}

#[test]
fn a_package_whose_messages_another_one_uses() {
    let user = |package: &str| {
        proto3(&format!(
            "import \"b.proto\"; message M {{ {package}.A a = 1; }}"
        ))
    };
    let used = |package: &str| {
        format!("syntax = \"proto3\"; package {package}; message A {{ int32 x = 1; }}")
    };
    check_files(
        &[("a.proto", &user("old")), ("b.proto", &used("old"))],
        &[("a.proto", &user("new")), ("b.proto", &used("new"))],
        &["new: PackageRenamed old -> new"],
    );
}

#[test]
fn a_message_that_left_its_name_and_its_package() {
    let user = |ty: &str| {
        proto3(&format!(
            "import \"b.proto\"; message M {{ {ty} a = 1; old.Kept k = 2; }}"
        ))
    };
    let used = |package: &str, name: &str| {
        format!(
            "syntax = \"proto3\"; package {package}; message {name} {{ int32 x = 1; }} message Kept {{}} message Also {{}}"
        )
    };
    let new_user = proto3("import \"b.proto\"; message M { new.B a = 1; new.Kept k = 2; }");
    check_files(
        &[("a.proto", &user("old.A")), ("b.proto", &used("old", "A"))],
        &[("a.proto", &new_user), ("b.proto", &used("new", "B"))],
        &[
            "new: PackageRenamed old -> new",
            "new.B: MessageRenamed old.A",
        ],
    );
}

/// What is not plain to see can be written down, and is then compared as one element.
#[test]
fn a_declared_rename() {
    use crate::{judged, line};
    use protoskew_compare::Comparer;
    let (before, after) = (
        proto3("message A { int32 x = 1; A more = 2; } enum E { ZERO = 0; }"),
        proto3("message B { int64 x = 1; B more = 2; } enum F { ZERO = 0; ONE = 1; }"),
    );
    let sides = [&before, &after].map(|text| judged(&[("a.proto", text.as_str())]));
    let declared = [("p.A", "p.B"), ("p.E", "p.F")];
    let comparer = Comparer::new(declared.map(|(old, new)| (old.into(), new.into())));
    let changes = comparer.compare(&sides[0], &sides[1]).changes.clone();
    let lines: Vec<String> = changes.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "p.B: MessageRenamed p.A",
            "p.B.x: FieldTypeChanged 1: int32 -> int64 | compatible / lossy…misread",
            "p.F: EnumRenamed p.E",
            "p.F.ONE: EnumValueAdded 1 | compatible / blind…lossy",
        ]
    );
}

/// A rename is no change of the fields whose type it is, whatever else was compared before.
#[test]
fn a_field_of_a_renamed_type_is_remembered_apart() {
    use crate::{judged, line};
    use protoskew_compare::{Comparer, Indexed};
    let side = |name: &str, inner: &str| {
        let text = proto3(&format!(
            "message {name} {{ {inner} }} message M {{ {name} a = 1; }}"
        ));
        judged(&[("a.proto", text.as_str())])
    };
    let comparer = Comparer::new([]);
    let compare = |old: &Indexed, new: &Indexed| {
        let changes = comparer.compare(old, new).changes.clone();
        changes.iter().map(line).collect::<Vec<_>>()
    };
    let old = side("A", "int32 x = 1;");
    assert_eq!(
        compare(&old, &side("B", "int32 x = 1;")),
        ["p.B: MessageRenamed p.A"]
    );
    assert_eq!(
        compare(&old, &side("B", "string x = 1;")),
        [
            "p.A: MessageRemoved",
            "p.M.a: FieldTypeChanged 1: p.A -> p.B | lossy…misread / lossy…misread",
        ]
    );
}
