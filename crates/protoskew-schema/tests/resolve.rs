//! Which declaration each reference means, and what is said where there is none.

use std::sync::Arc;

use protoskew_schema::{
    FieldType, Input, LineIndex, Role, Schema, Severity, Visibility, link, parse,
};

fn schema(files: &[(&str, &str)]) -> Schema {
    let inputs = files.iter().map(|&(path, text)| {
        let vendored = path.starts_with("vendor/");
        Input {
            path: path.into(),
            role: if vendored {
                Role::ResolvedOnly("vendored".into())
            } else {
                Role::Judged
            },
            parsed: Arc::new(parse(text.as_bytes().into())),
        }
    });
    link(inputs.collect(), &[])
}

/// Links files (path and text; what is not a dialect's first line is proto3) and compares what references mean and what is wrong.
///
/// A line an expectation: `Message.field: Type in path`, or `path:line:column: error: message`.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let texts: Vec<(&str, String)> = files
        .iter()
        .map(|&(path, text)| {
            let given = text.starts_with("syntax") || text.starts_with("edition");
            let first = if given { "" } else { "syntax = \"proto3\";\n" };
            (path, format!("{first}{text}"))
        })
        .collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(p, t)| (*p, t.as_str())).collect();
    let schema = schema(&texts);
    let mut found = Vec::new();
    let mut say = |name: String, ty: &FieldType| {
        let (name_of, file) = match ty {
            FieldType::Scalar(_) => return,
            FieldType::Message(ty) => (&ty.name, schema.messages[ty.id as usize].file),
            FieldType::Enum(ty) => (&ty.name, schema.enums[ty.id as usize].file),
            FieldType::Unresolved(written) => return found.push(format!("{name}: {written}?")),
        };
        found.push(format!("{name}: {name_of} in {}", schema.file(file).path));
    };
    // the fields of built-in files are not of interest
    for message in schema
        .messages
        .iter()
        .filter(|m| (m.file as usize) < files.len())
    {
        for field in &message.fields {
            say(format!("{}.{}", message.name, field.name), &field.ty);
        }
    }
    for extension in &schema.extensions {
        say(format!("extend by {}", extension.name), &extension.extendee);
    }
    for service in &schema.services {
        for method in &service.methods {
            say(format!("{}.{}", service.name, method.name), &method.request);
        }
    }
    for diagnostic in &schema.diagnostics {
        let file = schema.file(diagnostic.file);
        let at = LineIndex::new(&file.text).position(&file.text, diagnostic.span.start);
        let severity = match diagnostic.severity {
            Severity::Note => "note",
            Severity::Error => "error",
        };
        let message = &diagnostic.message;
        found.push(format!(
            "{}:{}:{}: {severity}: {message}",
            file.path, at.line, at.column
        ));
    }
    assert_eq!(found, expected);
}

#[test]
fn the_innermost_scope_wins() {
    check(
        &[(
            "a.proto",
            "package p; message B {} message A { message B {} B b = 1; .p.B c = 2; p.B d = 3; }",
        )],
        &[
            "p.A.b: p.A.B in a.proto",
            "p.A.c: p.B in a.proto",
            "p.A.d: p.B in a.proto",
        ],
    );
}

#[test]
fn the_first_component_decides() {
    check(
        &[(
            "a.proto",
            "message B { message C {} } message A { message B {} B.C c = 1; .B.C d = 2; }",
        )],
        &[
            "A.c: B.C?",
            "A.d: B.C in a.proto",
            "a.proto:2:53: error: `B.C` is not declared",
        ],
    );
}

#[test]
fn a_package_can_be_the_first_component() {
    check(
        &[
            (
                "a.proto",
                "package x.y; import \"b.proto\"; message A { y.A own = 1; z.B b = 2; x.z.B c = 3; }",
            ),
            ("b.proto", "package x.z; message B {}"),
        ],
        &[
            "x.y.A.own: x.y.A in a.proto",
            "x.y.A.b: x.z.B in b.proto",
            "x.y.A.c: x.z.B in b.proto",
        ],
    );
}

#[test]
fn a_package_that_is_not_imported_hides_nothing() {
    check(
        &[
            (
                "a.proto",
                "package x.y; import \"b.proto\"; message A { z.B b = 1; }",
            ),
            ("b.proto", "package z; message B {}"),
            ("c.proto", "package x.z; message C {}"),
        ],
        &["x.y.A.b: z.B in b.proto"],
    );
}

#[test]
fn public_imports_are_passed_on_and_plain_ones_are_not() {
    let files = [
        (
            "a.proto",
            "import \"b.proto\"; message A { C c = 1; D d = 2; E e = 3; }",
        ),
        ("b.proto", "import public \"c.proto\"; import \"e.proto\";"),
        ("c.proto", "import public \"d.proto\"; message C {}"),
        ("d.proto", "message D {}"),
        ("e.proto", "message E {}"),
    ];
    check(
        &files,
        &[
            "A.c: C in c.proto",
            "A.d: D in d.proto",
            "A.e: E in e.proto",
            "a.proto:2:49: error: `E` is declared in `e.proto`, which this file does not import",
        ],
    );
}

#[test]
fn what_a_missing_import_may_bring_is_no_error() {
    let missing = "a.proto:2:1: note: the imported file `gone/x.proto` is not here";
    check(
        &[(
            "a.proto",
            "import \"gone/x.proto\"; message A { .gone.X x = 1; Y y = 2; }",
        )],
        &["A.x: gone.X?", "A.y: Y?", missing],
    );
    // what only a dependency lacks is not for this file
    check(
        &[
            ("a.proto", "import \"b.proto\"; message A { X x = 1; }"),
            ("b.proto", "import \"gone.proto\";"),
        ],
        &[
            "A.x: X?",
            "a.proto:2:31: error: `X` is not declared",
            "b.proto:2:1: note: the imported file `gone.proto` is not here",
        ],
    );
    check(
        &[
            ("a.proto", "import \"b.proto\"; message A { X x = 1; }"),
            ("b.proto", "import public \"gone.proto\";"),
        ],
        &[
            "A.x: X?",
            "b.proto:2:1: note: the imported file `gone.proto` is not here",
        ],
    );
}

#[test]
fn an_edition_that_is_not_supported_is_said_once() {
    check(
        &[
            ("a.proto", "import \"b.proto\"; message A { B b = 1; }"),
            (
                "b.proto",
                "edition = \"2026\"; message B { required group nonsense",
            ),
        ],
        &[
            "A.b: B?",
            "b.proto:1:11: error: edition 2026 is not supported, so nothing of this file is read",
        ],
    );
}

#[test]
fn copies_of_a_file_live_side_by_side() {
    let b = "package p; message B {}";
    check(
        &[
            (
                "one/a.proto",
                "package p; import \"b.proto\"; message A { B b = 1; }",
            ),
            ("one/b.proto", b),
            (
                "two/a.proto",
                "package p; import \"b.proto\"; message A { B b = 1; }",
            ),
            ("two/b.proto", b),
            ("vendor/two/b.proto", b),
        ],
        &["p.A.b: p.B in one/b.proto", "p.A.b: p.B in two/b.proto"],
    );
    // nothing imports them: the nearest, and a judged one before a vendored one
    check(
        &[
            ("vendor/b.proto", b),
            ("one/b.proto", b),
            ("two/b.proto", b),
            (
                "two/a.proto",
                "package p; import \"gone.proto\"; message A { B b = 1; }",
            ),
            (
                "c.proto",
                "package p; import \"gone.proto\"; message C { B b = 1; }",
            ),
        ],
        &[
            "p.A.b: p.B in two/b.proto",
            "p.C.b: p.B in one/b.proto",
            "two/a.proto:2:12: note: the imported file `gone.proto` is not here",
            "c.proto:2:12: note: the imported file `gone.proto` is not here",
        ],
    );
}

#[test]
fn a_name_in_a_file_and_in_its_import_is_an_error() {
    check(
        &[
            ("a.proto", "package p; import \"b.proto\"; message A {}"),
            ("b.proto", "package p; import \"c.proto\";"),
            ("c.proto", "package p; message A {}"),
        ],
        &["a.proto:2:38: error: `p.A` is declared here and in `c.proto`, which this file imports"],
    );
}

#[test]
fn circles_are_told_and_read() {
    check(
        &[
            ("a.proto", "import \"b.proto\"; message A { B b = 1; }"),
            (
                "b.proto",
                "import public \"c.proto\"; message B { C c = 1; }",
            ),
            (
                "c.proto",
                "import public \"a.proto\"; message C { A a = 1; }",
            ),
        ],
        &[
            "A.b: B in b.proto",
            "B.c: C in c.proto",
            "C.a: A in a.proto",
            "c.proto:2:1: error: the imports go in a circle: `a.proto` → `b.proto` → `c.proto` → `a.proto`",
        ],
    );
    check(
        &[("a.proto", "import \"a.proto\"; message A { A a = 1; }")],
        &[
            "A.a: A in a.proto",
            "a.proto:2:1: error: the imports go in a circle: `a.proto` → `a.proto`",
        ],
    );
}

#[test]
fn built_in_files_serve_where_there_is_no_copy() {
    let user = "import \"google/protobuf/any.proto\"; message A { google.protobuf.Any any = 1; }";
    check(
        &[("a.proto", user)],
        &["A.any: google.protobuf.Any in google/protobuf/any.proto"],
    );
    check(
        &[
            ("a.proto", user),
            (
                "vendor/google/protobuf/any.proto",
                "package google.protobuf; message Any {}",
            ),
        ],
        &["A.any: google.protobuf.Any in vendor/google/protobuf/any.proto"],
    );
    let options = "import \"google/protobuf/descriptor.proto\"; extend google.protobuf.FieldOptions { string s = 50000; }";
    check(
        &[("a.proto", options)],
        &["extend by s: google.protobuf.FieldOptions in google/protobuf/descriptor.proto"],
    );
}

#[test]
fn what_is_no_type_is_passed_over_in_fields_only() {
    check(
        &[(
            "a.proto",
            "message A { int32 B = 1; B b = 2; } message B {} service S { rpc B(B) returns (A); }",
        )],
        &[
            "A.b: B in a.proto",
            "S.B: B in a.proto",
            "a.proto:2:68: error: `B` means the method `S.B` here, not a message",
        ],
    );
}

#[test]
fn visibility_follows_keyword_then_default() {
    let text = "edition = \"2024\"; message A { message In {} export message Out {} enum E { Z = 0; } } local message B {}";
    let schema = schema(&[("a.proto", text)]);
    let found: Vec<_> = schema
        .messages
        .iter()
        .map(|m| (m.name.as_str(), m.visibility))
        .collect();
    let expected = [
        ("A", Visibility::Export),
        ("A.In", Visibility::Local),
        ("A.Out", Visibility::Export),
        ("B", Visibility::Local),
    ];
    assert_eq!(found, expected);
    assert_eq!(schema.enums[0].visibility, Visibility::Local);
}

#[test]
fn names_are_found_in_every_file_that_has_them() {
    let text = "package p; message A {} enum E { Z = 0; } service S {}";
    let files = [("one/a.proto", text), ("two/a.proto", text)];
    let schema = schema(&files);
    assert!(schema.messages_named("p.A").map(|(_, m)| m.file).eq([0, 1]));
    assert!(schema.enums_named("p.E").map(|(_, e)| e.file).eq([0, 1]));
    assert!(schema.services_named("p.S").map(|(_, s)| s.file).eq([0, 1]));
    assert_eq!(schema.messages_named("p.S").count(), 0);
    assert_eq!(schema.messages_named("p").count(), 0);
}

#[test]
fn nothing_that_is_built_in_points_into_a_text() {
    let text = "import \"google/protobuf/descriptor.proto\"; message A {}";
    let schema = schema(&[("a.proto", text)]);
    let built_in = &schema.files[1];
    assert!(built_in.text.is_empty() && built_in.package_span.end == 0);
    let item = |e: &&protoskew_schema::Enum| e.file == 1 && !e.reserved.is_empty();
    let reserving = schema.enums.iter().find(item);
    assert!(
        reserving
            .expect("one")
            .reserved
            .iter()
            .all(|r| r.span.end == 0)
    );
}
