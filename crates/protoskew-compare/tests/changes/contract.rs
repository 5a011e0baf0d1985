//! Options that a team named as contract, and copies of a file that disagree.

use std::sync::Arc;

use protoskew_compare::{Comparer, Indexed, drifted_copies};
use protoskew_schema::{Input, Name, Role, link, parse};

use crate::{judged, line, proto3};

const OPTIONS: &str = r#"syntax = "proto2"; package o; import "google/protobuf/descriptor.proto";
message Rule { optional string get = 1; optional Inner inner = 2; repeated int32 list = 3; }
message Inner { optional int32 most = 1; }
enum Kind { NONE = 0; A = 1; B = 2; }
extend google.protobuf.MethodOptions { optional Rule rule = 50001; }
extend google.protobuf.FieldOptions { repeated Kind kinds = 50001; optional int32 other = 50002; }
extend google.protobuf.FileOptions { optional string owner = 50001; }
"#;

fn with_contract(text: &str, declared: bool, contract: &[&str]) -> Indexed {
    let file = |path: &str, text: &str| Input {
        path: path.into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text.as_bytes().into())),
    };
    let mut inputs = vec![file("a.proto", text)];
    if declared {
        inputs.push(file("o.proto", OPTIONS));
    }
    let names: Vec<Name> = contract.iter().copied().map(Name::from).collect();
    Indexed::with_contract(Arc::new(link(inputs, &[])), &names)
}

/// Compares two texts of package `p` that import `o.proto`, which is there, or not.
#[track_caller]
fn check(before: &str, after: &str, declared: bool, contract: &[&str], expected: &[&str]) {
    let [old, new] = [before, after].map(|body| {
        let text = proto3(&format!("import \"o.proto\"; {body}"));
        with_contract(&text, declared, contract)
    });
    let comparison = Comparer::new([]).compare(&old, &new);
    let lines: Vec<String> = comparison.changes.iter().map(line).collect();
    assert_eq!(lines, expected, "with o.proto: {declared}");
}

fn service(rule: &str) -> String {
    format!("message M {{}} service S {{ rpc Get(M) returns (M) {{ {rule} }} }}")
}

#[test]
fn options_of_the_contract() {
    let before = service("option (o.rule) = { get: \"/a\" inner { most: 1 } list: [1, 2] };");
    let after = service("option (o.rule) = { get: \"/b\" inner { most: 2 } list: [1, 2] };");
    check(&before, &after, true, &[], &[]);
    check(&before, &after, true, &["o.kinds"], &[]);
    let expected =
        "p.S.Get: OptionChanged o.rule: get: \"/a\", inner.most: 1 -> get: \"/b\", inner.most: 2";
    check(&before, &after, true, &["o.rule"], &[expected]);
    // the same, written in pieces
    let pieces = service(
        "option (o.rule).get = \"/a\"; option (o.rule).inner.most = 1; option (o.rule).list = 1; option (o.rule).list = 2;",
    );
    check(&before, &pieces, true, &["o.rule"], &[]);
    check(
        &before,
        &service(""),
        true,
        &["o.rule"],
        &["p.S.Get: OptionChanged o.rule: {get: \"/a\", inner: {most: 1}, list: [1, 2]} -> none"],
    );
}

#[test]
fn options_of_fields_and_files() {
    let field =
        |options: &str| format!("option (o.owner) = \"x\"; message M {{ int32 a = 1 {options}; }}");
    let contract = &["o.kinds", "o.owner"];
    check(
        &field("[(o.kinds) = A]"),
        &field("[(o.kinds) = A, (o.kinds) = B, (o.other) = 3]").replace("\"x\"", "\"y\""),
        true,
        contract,
        &[
            "a.proto: OptionChanged o.owner: \"x\" -> \"y\"",
            "p.M.a: OptionChanged o.kinds: [A] -> [A, B]",
        ],
    );
    // which order kinds are listed in says nothing
    check(
        &field("[(o.kinds) = B, (o.kinds) = A]"),
        &field("[(o.kinds) = A, (o.kinds) = B]"),
        true,
        contract,
        &[],
    );
    // an option of the language itself
    check(
        &field("[deprecated = true]"),
        &field(""),
        true,
        &["deprecated"],
        &["p.M.a: OptionChanged deprecated: true -> none"],
    );
}

#[test]
fn options_whose_declaration_cannot_be_found() {
    let before = service("option (o.rule) = { get: \"/a\" };");
    check(
        &before,
        &service("option (o.rule) = { get: \"/b\" };"),
        false,
        &["o.rule"],
        &["p.S.Get: OptionChanged o.rule: { get : \"/a\" } -> { get : \"/b\" }"],
    );
    check(
        &before,
        &service("option (o.rule) = {get:\"/a\"};"),
        false,
        &["o.rule"],
        &[],
    );
    check(
        &service("option (o.rule).get = \"/a\"; option (o.rule_of_another_name) = 1;"),
        &service("option (o.rule).get = \"/b\"; option (o.rule_of_another_name) = 2;"),
        false,
        &["o.rule"],
        &["p.S.Get: OptionChanged o.rule: get: \"/a\" -> get: \"/b\""],
    );
}

#[track_caller]
fn check_copies(files: &[(&str, &str)], expected: &[&str]) {
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(path, body)| (*path, proto3(body)))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    let lines: Vec<String> = drifted_copies(&judged(&files)).iter().map(line).collect();
    assert_eq!(lines, expected);
}

#[test]
fn copies_that_disagree() {
    let one = "message M { int32 a = 1; } enum E { ZERO = 0; }";
    check_copies(&[("x/a.proto", one), ("y/a.proto", one)], &[]);
    // a comment is no disagreement, nor is the order
    check_copies(
        &[
            ("x/a.proto", one),
            (
                "y/a.proto",
                "/* of all */ enum E { ZERO = 0; } message M { int32 a = 1; }",
            ),
        ],
        &[],
    );
    // both copies stand against the first
    check_copies(
        &[
            ("x/a.proto", one),
            (
                "y/a.proto",
                "message M { int32 a = 1; } enum E { ZERO = 0; ONE = 1; }",
            ),
            ("z/a.proto", "message M { int32 a = 1; }"),
        ],
        &[
            "y/a.proto: CopyDrifted x/a.proto",
            "z/a.proto: CopyDrifted x/a.proto",
        ],
    );
    // other file names, and names shared by chance
    check_copies(
        &[
            ("x/a.proto", one),
            ("y/b.proto", "message M { int64 a = 1; }"),
        ],
        &[],
    );
    check_copies(
        &[
            (
                "x/a.proto",
                "message M { int32 a = 1; } message A {} message B {}",
            ),
            (
                "y/a.proto",
                "message M { int64 a = 1; } message C {} message D {}",
            ),
        ],
        &[],
    );
}
