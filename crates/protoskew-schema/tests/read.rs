//! What one file says: shapes, features, comments, and what is left of a file that is broken.

use std::sync::Arc;

use protoskew_schema::{
    Cardinality, Edition, Field, FieldType, ImportKind, Input, LineIndex, Position, Presence, Role,
    Schema, Severity, link, parse,
};

fn read(text: &str) -> Schema {
    let input = Input {
        path: "a.proto".into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text.as_bytes().into())),
    };
    link(vec![input], &[])
}

/// Reads one file and compares its fields, enums and methods, and what is wrong with it.
///
/// A line an expectation: `Message.field 1 type …`, `Enum VALUE 0`, `Service.Method`, or `line:column message`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let schema = read(text);
    let mut found = Vec::new();
    for message in schema.messages.iter().filter(|m| m.file == 0) {
        found.extend(message.fields.iter().map(|f| describe(&message.name, f)));
        found.extend(
            message
                .reserved
                .iter()
                .map(|r| format!("{} reserved {}-{}", message.name, r.start, r.end)),
        );
        found.extend(
            message
                .reserved_names
                .iter()
                .map(|r| format!("{} reserved {}", message.name, r.name)),
        );
    }
    for item in &schema.enums {
        let closed = if item.closed { " closed" } else { "" };
        found.extend(
            item.values
                .iter()
                .map(|v| format!("{}{closed} {} {}", item.name, v.name, v.number)),
        );
    }
    found.extend(
        schema
            .extensions
            .iter()
            .map(|e| describe("extend", &e.field)),
    );
    for service in &schema.services {
        found.extend(
            service
                .methods
                .iter()
                .map(|m| format!("{}.{}", service.name, m.name)),
        );
    }
    let lines = LineIndex::new(text.as_bytes());
    for diagnostic in &schema.diagnostics {
        assert_eq!(diagnostic.severity, Severity::Error);
        let Position { line, column } = lines.position(text.as_bytes(), diagnostic.span.start);
        found.push(format!("{line}:{column} {}", diagnostic.message));
    }
    assert_eq!(found, expected);
}

fn describe(scope: &str, field: &Field) -> String {
    let ty = match &field.ty {
        FieldType::Scalar(scalar) => scalar.keyword(),
        FieldType::Message(ty) => ty.name.as_str(),
        FieldType::Enum(ty) => ty.name.as_str(),
        FieldType::Unresolved(name) => name.as_str(),
    };
    let mut text = format!("{scope}.{} {} {ty}", field.name, field.number);
    match (field.cardinality, field.presence) {
        (Cardinality::Map(key), _) => text += &format!(" by {}", key.keyword()),
        (Cardinality::Repeated, _) => text += " repeated",
        (Cardinality::Singular, Presence::Implicit) => {}
        (Cardinality::Singular, Presence::Explicit) => text += " explicit",
        (Cardinality::Singular, Presence::Required) => text += " required",
    }
    for (set, word) in [
        (field.packed, " packed"),
        (field.delimited, " delimited"),
        (field.utf8, " utf8"),
    ] {
        text += if set { word } else { "" };
    }
    if let Some(default) = field.default_text() {
        text += &format!(" = {default}");
    }
    text
}

#[test]
fn the_dialects_differ_in_their_defaults() {
    let body = "message A { repeated int32 a = 1; repeated E e = 3; A m = 4; } enum E { Z = 0; }";
    check(
        &format!("syntax = \"proto3\"; {body}"),
        &[
            "A.a 1 int32 repeated packed",
            "A.e 3 E repeated packed",
            "A.m 4 A explicit",
            "E Z 0",
        ],
    );
    check(
        "message A { repeated int32 a = 1; optional string s = 2; repeated E e = 3; required A m = 4; } enum E { Z = 0; }",
        &[
            "A.a 1 int32 repeated",
            "A.s 2 string explicit",
            "A.e 3 E repeated",
            "A.m 4 A required",
            "E closed Z 0",
        ],
    );
    check(
        "syntax = \"proto3\"; message A { string s = 1; optional string t = 2; map<string, bytes> m = 3; oneof o { int32 i = 4; } }",
        &[
            "A.s 1 string utf8",
            "A.t 2 string explicit utf8",
            "A.m 3 bytes by string utf8",
            "A.i 4 int32 explicit",
        ],
    );
    check(
        "edition = \"2023\"; message A { repeated int32 a = 1; string s = 2; }",
        &["A.a 1 int32 repeated packed", "A.s 2 string explicit utf8"],
    );
}

#[test]
fn features_are_inherited_and_overlaid() {
    check(
        "edition = \"2023\"; option features = { field_presence: IMPLICIT, message_encoding: DELIMITED };\n\
         message A { int32 a = 1; A m = 2; int32 b = 3 [features.field_presence = LEGACY_REQUIRED];\n\
         map<int32, A> map = 4; A p = 5 [features.message_encoding = LENGTH_PREFIXED]; repeated A r = 6; }",
        &[
            "A.a 1 int32",
            "A.m 2 A explicit delimited",
            "A.b 3 int32 required",
            "A.map 4 A by int32",
            "A.p 5 A explicit",
            "A.r 6 A repeated delimited",
        ],
    );
}

#[test]
fn groups_are_a_field_and_a_message() {
    check(
        "message A { optional group Inner = 1 [deprecated = true] { optional int32 a = 2; } oneof o { group Two = 3 {} } }",
        &[
            "A.inner 1 A.Inner explicit delimited",
            "A.two 3 A.Two explicit delimited",
            "A.Inner.a 2 int32 explicit",
        ],
    );
}

#[test]
fn defaults_have_one_form() {
    check(
        "message A { optional int32 a = 1 [default = 0x10]; optional float b = 2 [default = 1.10]; optional double c = 3 [default = -inf];\n\
         optional string d = 4 [default = 'a' \"\\x62\\n\u{e9}\"]; optional bytes e = 5 [default = \"\u{e9}\\000\"]; optional bool f = 6 [default = true]; }",
        &[
            "A.a 1 int32 explicit = 16",
            "A.b 2 float explicit = 1.1",
            "A.c 3 double explicit = -inf",
            "A.d 4 string explicit = ab\\n\u{e9}",
            "A.e 5 bytes explicit = \\303\\251\\000",
            "A.f 6 bool explicit = true",
        ],
    );
}

#[test]
fn a_broken_statement_costs_itself_only() {
    let around = |broken: &str| {
        format!(
            "syntax = \"proto3\";\nmessage A {{\nint32 a = 1;\n{broken}\nint32 b = 2;\n}}\nmessage B {{ int32 c = 3; }}"
        )
    };
    let whole = ["A.a 1 int32", "A.b 2 int32", "B.c 3 int32"];
    for (broken, message) in [
        ("int32 = 5;", "4:7 expected the field's name, found `=`"),
        ("int32 x 5;", "4:9 expected `=`, found `5`"),
        (
            "int32 x = five;",
            "4:11 expected the field's number, found `five`",
        ),
        (
            "int32 x = 5 [;",
            "4:14 expected an option's name, found `;`",
        ),
        (
            "int32 x = 5 [a = ];",
            "4:18 expected an option's value, found `]`",
        ),
        ("map<int32> x = 5;", "4:10 expected `,`, found `>`"),
        (
            "message { int32 x = 5; }",
            "4:9 expected the message's name, found `{`",
        ),
        ("reserved ;", "4:10 expected a number, found `;`"),
        ("reserved 4 to ;", "4:15 expected a number, found `;`"),
        (
            "oneof { int32 x = 5; }",
            "4:7 expected the oneof's name, found `{`",
        ),
        ("option x;", "4:9 expected `=`, found `;`"),
        ("\"text\";", "4:1 expected a type, found `\"text\"`"),
        ("%%%;", "4:1 expected a type, found `%`"),
    ] {
        let mut expected = whole.to_vec();
        expected.push(message);
        check(&around(broken), &expected);
    }
}

#[test]
fn a_missing_semicolon_costs_nothing_at_the_end_of_a_line() {
    check(
        "syntax = \"proto3\"\npackage p\nmessage A {\n  int32 a = 1\n  int32 b = 2\n}\nenum E { Z = 0 }",
        &[
            "p.A.a 1 int32",
            "p.A.b 2 int32",
            "p.E Z 0",
            "1:17 a `;` is missing behind this",
            "2:9 a `;` is missing behind this",
            "4:13 a `;` is missing behind this",
            "5:13 a `;` is missing behind this",
            "7:14 a `;` is missing behind this",
        ],
    );
}

#[test]
fn an_unfinished_file_keeps_what_it_has() {
    check(
        "syntax = \"proto3\";\nmessage A {\n  int32 a = 1;\n  message B {\n    int32 b = 2;\n",
        &[
            "A.a 1 int32",
            "A.B.b 2 int32",
            "2:11 this `{` is never closed",
            "4:13 this `{` is never closed",
        ],
    );
    check(
        "syntax = \"proto3\"; message A { int32 a = 1; } } message B { int32 b = 2; }",
        &["A.a 1 int32", "B.b 2 int32", "1:47 this `}` closes nothing"],
    );
}

#[test]
fn wrong_but_clear_is_read_all_the_same() {
    check(
        "syntax = \"proto3\"; message A { reserved foo; required int32 a = 1; oneof o { optional int32 b = 2; } } service S { rpc M(A) returns (A) { option x = ; } }",
        &[
            "A.a 1 int32 required",
            "A.b 2 int32 explicit",
            "A reserved foo",
            "S.M",
            "1:41 proto2 and proto3 reserve names in quotes",
            "1:46 proto3 has no `required`",
            "1:78 fields of a oneof have no label",
            "1:150 expected an option's value, found `;`",
        ],
    );
}

#[test]
fn comments_above_belong_to_what_follows() {
    let text = "// detached\n\n// one\n// two\nmessage A { // trailing\n  /* block */\n  optional int32 a = 1; // trailing\n  optional int32 b = 2;\n\n  // gap\n\n  optional int32 c = 3;\n}\r\n// crlf\r\nenum E { Z = 0; }";
    let schema = read(text);
    let comment = |span: protoskew_schema::Span| &text[span.start as usize..span.end as usize];
    let message = &schema.messages[0];
    assert_eq!(comment(message.comment), "// one\n// two");
    let fields: Vec<_> = message.fields.iter().map(|f| comment(f.comment)).collect();
    assert_eq!(fields, ["/* block */", "", ""]);
    assert_eq!(comment(schema.enums[0].comment), "// crlf");

    // of blocks the last one; behind one on the line of what is before, anything
    let text = "message A {} /* of A */ // of B\n// of B too\nmessage B {}\n// line\n/* of C */\nmessage C {}";
    let schema = read(text);
    let comments: Vec<_> = schema
        .messages
        .iter()
        .map(|m| &text[m.comment.start as usize..m.comment.end as usize])
        .collect();
    assert_eq!(comments, ["", "// of B\n// of B too", "/* of C */"]);
}

#[test]
fn spans_cover_what_they_name() {
    let text = "message A {\n  optional /* x */ . A a = 0x2 [deprecated = true, (b . c).d = { x: 1 }];\n  reserved 4 to 6, 9;\n  reserved \"a\" \"b\";\n  map<string, A> m = 3;\n}";
    let schema = read(text);
    let slice = |span: protoskew_schema::Span| &text[span.start as usize..span.end as usize];
    let message = &schema.messages[0];
    let field = &message.fields[0];
    assert_eq!(
        slice(field.span),
        text.lines().nth(1).expect("a line").trim()
    );
    assert_eq!(
        (
            slice(field.type_span),
            slice(field.name_span),
            slice(field.number_span)
        ),
        (". A", "a", "0x2")
    );
    let options: Vec<_> = field
        .options
        .iter()
        .map(|o| {
            (
                o.name.to_string(),
                o.value(text.as_bytes()).to_string(),
                slice(o.span),
            )
        })
        .collect();
    let expected = [
        ("deprecated", "true", "deprecated = true"),
        ("(b.c).d", "{ x : 1 }", "(b . c).d = { x: 1 }"),
    ]
    .map(|(name, value, whole)| (name.to_owned(), value.to_owned(), whole));
    assert_eq!(options, expected);
    assert_eq!(
        message
            .reserved
            .iter()
            .map(|r| slice(r.span))
            .collect::<Vec<_>>(),
        ["4 to 6", "9"]
    );
    assert_eq!(slice(message.reserved_names[0].span), "\"a\" \"b\"");
    assert_eq!(message.reserved_names[0].name, "ab");
    assert_eq!(slice(message.fields[1].type_span), "map<string, A>");
}

#[test]
fn what_a_file_needs_is_known_without_linking() {
    let text = "edition = \"2024\"; import \"a.proto\"; import public \"b/\" 'c.proto'; import option \"d.proto\"; package x . y ;";
    let parsed = parse(text.as_bytes().into());
    let imports: Vec<_> = parsed.imports().collect();
    let expected = [
        ("a.proto", ImportKind::Plain),
        ("b/c.proto", ImportKind::Public),
        ("d.proto", ImportKind::Option),
    ];
    assert_eq!(imports, expected);
    assert_eq!(
        (parsed.package(), parsed.edition()),
        ("x.y", Edition::E2024)
    );
    assert!(!parsed.has_syntax_errors() && !parsed.is_refused());
}

#[test]
fn only_known_editions_are_read() {
    for (text, refused) in [
        ("edition = \"2023\";", false),
        ("edition = \"2024\";", false),
        ("edition = \"2026\"; message A {}", true),
        ("edition = \"UNSTABLE\";", true),
        ("edition = \"proto3\";", true),
        ("syntax = \"proto4\";", true),
        ("syntax = \"2023\";", true),
        ("", false),
    ] {
        let parsed = parse(text.as_bytes().into());
        assert_eq!(parsed.is_refused(), refused, "{text}");
        assert_eq!(parsed.syntax_errors().len(), usize::from(refused), "{text}");
    }
}
