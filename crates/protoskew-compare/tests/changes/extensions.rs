//! Extensions: each is itself by the message that it extends and its number, wherever it is declared.

use crate::{check_files, check2, proto2};

const M: &str = "message M { extensions 100 to 199; }";

#[track_caller]
fn check_extensions(before: &str, after: &str, expected: &[&str]) {
    check2(&format!("{M} {before}"), &format!("{M} {after}"), expected);
}

#[test]
fn one_comes_and_one_goes() {
    check_extensions(
        "extend M { optional int32 a = 100; }",
        "extend M { optional int32 b = 101; }",
        &[
            "p.a: ExtensionRemoved 100 | blind / same…withdrawn",
            "p.b: ExtensionAdded 101 | same…absent / blind",
        ],
    );
    // where it is declared says nothing of it, only of the file, and neither does what else is there
    check_files(
        &[
            ("a.proto", &proto2(M)),
            (
                "b.proto",
                &proto2("import \"a.proto\"; extend M { optional int32 a = 100; }"),
            ),
        ],
        &[(
            "a.proto",
            &proto2(&format!(
                "{M} message Other {{}} extend M {{ optional int32 a = 100; }}"
            )),
        )],
        &["b.proto: FileMoved a.proto"],
    );
}

#[test]
fn types_and_defaults_change_as_those_of_fields_do() {
    check_extensions(
        "extend M { optional int32 a = 100; optional string b = 101; optional int32 c = 102; }",
        "extend M { optional int64 a = 100; repeated string b = 101; optional int32 c = 102 [default = 5]; }",
        &[
            "p.a: FieldTypeChanged 100: int32 -> int64 | compatible…blind / blind…misread",
            "p.b: FieldCardinalityChanged string -> repeated string | compatible…blind / blind…lossy",
            "p.c: FieldDefaultChanged none -> 5 | blind…misread / blind…misread",
        ],
    );
    check_extensions(
        "extend M { optional int32 a = 100; }",
        "extend M { optional int32 a = 101; }",
        &["p.a: FieldRenumbered 100 -> 101 | blind…lossy / blind…lossy"],
    );
    check_extensions(
        "extend M { optional int32 a = 100; }",
        "extend M { optional int32 b = 100; }",
        &["p.b: FieldRenamed p.a -> p.b"],
    );
    check_extensions(
        "extend M { optional int32 a = 100; }",
        "extend M { optional string b = 100; }",
        &["p.b: FieldTypeChanged 100: int32 -> string | blind…misread / blind…misread"],
    );
}

#[test]
fn a_field_that_becomes_an_extension_and_back() {
    check2(
        "message M { optional int32 a = 100; }",
        &format!("{M} extend M {{ optional int32 a = 100; }}"),
        &["p.a: ExtensionMoved 100: p.M.a -> p.a | compatible…blind / compatible"],
    );
    check2(
        &format!("{M} extend M {{ optional int32 a = 100; }}"),
        "message M { optional int64 b = 100; }",
        &[
            "p.M: ExtensionNumbersDropped 100 to 199",
            "p.M.b: FieldTypeChanged 100: int32 -> int64 | compatible / blind…misread",
            "p.M.b: ExtensionMoved 100: p.a -> p.M.b | compatible / compatible…blind",
        ],
    );
    // another name and another kind of value: the number means something else
    check2(
        "message M { optional int32 a = 100; }",
        &format!("{M} extend M {{ optional string b = 100; }}"),
        &["p.b: FieldTypeChanged 100: int32 -> string | blind…misread / lossy…misread"],
    );
}

#[test]
fn one_that_extends_another_message() {
    check2(
        &format!("{M} message N {{ extensions 100; }} extend M {{ optional int32 a = 100; }}"),
        &format!("{M} message N {{ extensions 100; }} extend N {{ optional int32 a = 100; }}"),
        &["p.a: ExtensionMoved 100: p.M -> p.N | blind / same…withdrawn"],
    );
}

#[test]
fn what_goes_with_something_else_is_told_there() {
    check_extensions(
        "message Holder { extend M { optional int32 a = 100; } }",
        "",
        &["p.Holder: MessageRemoved"],
    );
    check2(
        &format!("{M} message N {{}} extend M {{ optional N a = 100; }}"),
        "message N {}",
        &["p.M: MessageRemoved"],
    );
}

#[test]
fn strangers_that_share_a_number_are_each_themselves() {
    let file = |body: &str| proto2(&format!("import \"m.proto\"; {body}"));
    let one = file("extend M { optional int32 a = 100; }");
    let two = file("message S { extend M { optional string b = 100; } }");
    let m = proto2(M);
    let files = [("m.proto", &*m), ("a.proto", &*one), ("b.proto", &*two)];
    let mut reversed = files;
    reversed.reverse();
    check_files(&files, &reversed, &[]);
}

#[test]
fn a_custom_option_does_not_travel() {
    let import = "import \"google/protobuf/descriptor.proto\";";
    check2(
        &format!(
            "{import} extend google.protobuf.FieldOptions {{ optional string unit = 50000; }}"
        ),
        "",
        &["p.unit: ExtensionRemoved 50000"],
    );
}
