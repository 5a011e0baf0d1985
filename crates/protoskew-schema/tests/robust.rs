//! Bad input is data: any bytes, any depth, any size; no panic, no hang.

use std::sync::Arc;

use protoskew_schema::limits::DEEPEST_NESTING;
use protoskew_schema::{Input, Role, Schema, Severity, link, parse};

fn read(text: impl Into<Arc<[u8]>>) -> Schema {
    let input = Input {
        path: "a.proto".into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text.into())),
    };
    link(vec![input], &[])
}

/// Reads bytes and holds the result to what every consumer relies on.
fn check(text: &[u8]) -> Schema {
    let schema = read(text);
    let length = text.len() as u32;
    let good = |span: protoskew_schema::Span| span.start <= span.end && span.end <= length;
    for message in schema.messages.iter().filter(|m| m.file == 0) {
        assert!(good(message.span) && good(message.name_span) && good(message.comment));
        for field in &message.fields {
            assert!(
                good(field.span)
                    && good(field.name_span)
                    && good(field.number_span)
                    && good(field.type_span)
            );
            assert!(
                field
                    .oneof
                    .is_none_or(|o| (o as usize) < message.oneofs.len())
            );
            assert!(field.options.iter().all(|o| good(o.span)));
        }
        assert!(message.reserved.iter().all(|r| good(r.span)));
        assert!(
            message
                .parent
                .is_none_or(|p| (p as usize) < schema.messages.len())
        );
    }
    assert!(schema.diagnostics.iter().all(|d| good(d.span)), "{text:?}");
    schema
}

fn errors(schema: &Schema) -> usize {
    schema
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count()
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the corpus")
        .map(|e| e.expect("an entry").path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "the corpus is empty");
    paths
        .iter()
        .map(|p| std::fs::read(p).expect("a corpus file"))
        .collect()
}

#[test]
fn every_prefix_of_the_corpus_is_read() {
    for text in corpus() {
        for end in 0..text.len() {
            parse(text[..end].into());
        }
        for end in (0..text.len()).step_by(3) {
            check(&text[..end]);
        }
    }
}

#[test]
fn every_mutation_of_one_byte_is_read() {
    let bytes = [
        0, b' ', b'"', b'\'', b'{', b'}', b'[', b';', b'/', b'*', b'\\', b'.', b'-', b'9', b'a',
        0x80, 0xff,
    ];
    for text in corpus() {
        let mut text = text;
        for at in 0..text.len() {
            let before = text[at];
            for (index, byte) in bytes.into_iter().enumerate().skip(at % 4).step_by(4) {
                text[at] = byte;
                // linking takes longer: one of the bytes at each place, another at the next, so that the test stays quick
                if (at + index) % 20 == 0 {
                    check(&text);
                } else {
                    parse(text.as_slice().into());
                }
            }
            text[at] = before;
        }
    }
}

#[test]
fn every_byte_can_be_left_out() {
    for text in corpus() {
        for at in 0..text.len() {
            let text = [&text[..at], &text[at + 1..]].concat();
            if at % 5 == 0 {
                check(&text);
            } else {
                parse(text.into());
            }
        }
    }
}

#[test]
fn ten_thousand_levels_are_refused_in_one_pass() {
    let deep = 10_000;
    let deepest = DEEPEST_NESTING as usize;
    let nest =
        |open: &str, inside: &str, close: &str| open.repeat(deep) + inside + &close.repeat(deep);

    let schema = check(nest("message A {", "", "}").as_bytes());
    assert_eq!((schema.messages.len(), errors(&schema)), (deepest + 1, 1));
    // what follows is read
    let schema = check((nest("message A {", "", "}") + "message B {}").as_bytes());
    assert_eq!(schema.messages.last().expect("messages").name, "B");

    let groups = nest("optional group A = 1 {", "", "}");
    let schema = check(format!("message M {{ {groups} }}").as_bytes());
    assert_eq!((schema.messages.len(), errors(&schema)), (deepest + 1, 1));

    let option = |value: String| {
        let text = format!(
            "syntax = \"proto3\"; import \"google/protobuf/descriptor.proto\"; option (x) = {{ {value} }};\
             message A {{ A a = 1; repeated int32 b = 2; reserved \"c\"; }}\
             extend google.protobuf.FileOptions {{ A x = 50000; }}"
        );
        check(text.as_bytes())
    };
    for value in [
        nest("a {", "", "}"),
        format!("b: {}", nest("[", "", "]")),
        format!("c: {}", nest("[", "", "]")),
    ] {
        assert_eq!(errors(&option(value)), 1);
    }
    assert_eq!(
        errors(&option(String::from("a { a < b: [1, 2] > } c: [{}, <>]"))),
        0
    );
    let features = format!(
        "edition = \"2023\"; option features = {{ {} }};",
        nest("a <", "enum_type: CLOSED", ">")
    );
    check(features.as_bytes());

    for unclosed in [
        "message A {",
        "optional group A = 1 {",
        "extend A {",
        "oneof a {",
        "option a = {",
        "((((",
        "[[[[",
        "map<",
        "/*",
        "a.",
    ] {
        check(unclosed.repeat(deep).as_bytes());
        check(format!("message M {{ {}", unclosed.repeat(deep)).as_bytes());
    }
}

/// Nothing here is asserted but the end of it: at this size work that grows with the square would take an hour.
#[test]
fn work_grows_with_size_and_not_faster() {
    let n = 100_000;
    let fields: String = (1..=n)
        .map(|i| format!("optional int32 f{i} = {i};"))
        .collect();
    let texts = [
        "message A {}".repeat(n),
        format!("message M {{ {fields} }}"),
        format!("message M {{ {} }}", "optional M a = 1;".repeat(n)),
        "import \"x.proto\";".repeat(n),
        format!("message M {{ reserved {}1; }}", "1 to 5, ".repeat(n)),
        format!(
            "message M {{ {fields} reserved {}1; }}",
            "1 to 5, ".repeat(n)
        ),
        format!("message M {{ reserved {}\"a\"; }}", "\"a\", ".repeat(n)),
        format!("message M {{ {} }}", "option deprecated = true;".repeat(n)),
        format!("enum E {{ {} }}", "A = 0;".repeat(n)),
        format!(
            "message M {{ extensions 1 to 9; }} extend M {{ {} }}",
            "optional int32 a = 1;".repeat(n)
        ),
        format!(
            "message M {{}} service S {{ {} }}",
            "rpc A(M) returns (M);".repeat(n)
        ),
        "} ; \\ \" \u{e9} 0x ".repeat(n),
        format!("option a = {};", "\"a\" ".repeat(n)),
        format!("message M {{ optional {} a = 1; }}", "a.".repeat(n) + "b"),
        format!("package {};", "a.".repeat(1_000) + "b"),
    ];
    for text in texts {
        check(text.as_bytes());
    }
}

/// The same, for what takes several files or resolved options.
#[test]
fn work_of_linking_grows_with_size_and_not_faster() {
    let n = 8_000;
    let own = "import \"google/protobuf/descriptor.proto\"; extend google.protobuf.MessageOptions { optional O o = 50000; repeated int32 r = 50001; }";
    let fields = |label: &str| -> String {
        let fields = (1..=n / 4).map(|i| format!("{label} int32 f{i} = {i};"));
        fields.collect()
    };
    let each =
        |statement: &dyn Fn(usize) -> String| -> String { (1..=n / 4).map(statement).collect() };
    let options =
        |body: &str, set: &str| format!("{own} message O {{ {body} }} message M {{ {set} }}");
    for text in [
        // each part of one message for itself
        options(
            &fields("optional"),
            &each(&|i| format!("option (o).f{i} = 1;")),
        ),
        options(
            &fields("optional"),
            &format!("option (o) = {{ {} }};", each(&|i| format!("f{i}: 1 "))),
        ),
        // many values of one list
        options(
            "repeated int32 a = 1;",
            &format!("option (o) = {{ a: [{}1] }};", "1, ".repeat(n)),
        ),
        options(
            "repeated O a = 1;",
            &format!("option (o) = {{ {} }};", "a {} ".repeat(n)),
        ),
        options(
            "map<int32, int32> a = 1;",
            &format!("option (o) = {{ {} }};", "a { key: 1 } ".repeat(n)),
        ),
        options("", &"option (r) = 1;".repeat(n)),
        // a name that never ends, a value that is ever deeper
        options(
            "optional O o = 1;",
            &format!("option (o){} = {{}};", ".o".repeat(n)),
        ),
        options(
            "optional O o = 1;",
            &format!("option (o) = {{ {}{} }};", "o {".repeat(n), "}".repeat(n)),
        ),
        options("", &format!("option (o).{} = 1;", "a.".repeat(n) + "b")),
        options("", &"option (unknown) = 1;".repeat(n)),
    ] {
        check(text.as_bytes());
    }
    let files = |text: &dyn Fn(usize) -> String, count: usize| {
        let inputs = (0..count).map(|i| Input {
            path: format!("{i}.proto").into(),
            role: Role::Judged,
            parsed: Arc::new(parse(text(i).as_bytes().into())),
        });
        let schema = link(inputs.collect(), &[]);
        let told: usize = schema.diagnostics.iter().map(|d| d.message.len()).sum();
        assert!(told < 1_000_000, "{told} bytes of messages");
    };
    let many = 800;
    let next = |i: usize| format!("import public \"{}.proto\";", i + 1);
    files(&next, many);
    files(&|i| next(i) + "package a.b.c; message M { M m = 1; }", 200);
    let all: String = (0..many)
        .map(|i| format!("import \"{i}.proto\";"))
        .collect();
    // every one of them closes a circle
    files(&|i| if i + 1 == many { all.clone() } else { next(i) }, many);
}

#[test]
fn a_circle_of_many_imports_names_its_ends() {
    let inputs = (0..50).map(|i| Input {
        path: format!("{i}.proto").into(),
        role: Role::Judged,
        parsed: Arc::new(parse(
            format!("import \"{}.proto\";", (i + 1) % 50)
                .as_bytes()
                .into(),
        )),
    });
    let schema = link(inputs.collect(), &[]);
    let told: Vec<&str> = schema
        .diagnostics
        .iter()
        .map(|d| d.message.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "the imports go in a circle: `0.proto` → `1.proto` → `2.proto` → `3.proto` → `4.proto` → `5.proto` → `6.proto` → `7.proto` → `8.proto` → `9.proto` → `…` → `49.proto` → `0.proto`"
        ]
    );
}

#[test]
fn huge_numbers_and_ranges_are_not_expanded() {
    let schema = check(b"syntax = \"proto3\"; message A { reserved 1 to max; } enum E { Z = 0; reserved 1 to max; }");
    assert_eq!(errors(&schema), 0);
    assert_eq!(
        (
            schema.messages[0].reserved[0].start,
            schema.messages[0].reserved[0].end
        ),
        (1, 536_870_911)
    );
    assert_eq!(
        (
            schema.enums[0].reserved[0].start,
            schema.enums[0].reserved[0].end
        ),
        (1, i32::MAX)
    );
    let digits = "9".repeat(100_000);
    let schema = check(format!("message A {{ optional int32 a = {digits}; optional double b = 2 [default = {digits}]; reserved {digits} to {digits}; }}").as_bytes());
    assert_eq!(schema.messages[0].fields[0].number, 0);
}

#[test]
fn a_missing_semicolon_is_told_of_a_whole_character() {
    let text = "syntax = \"proto3\" package \"\u{e9}";
    let parsed = parse(text.as_bytes().into());
    assert!(parsed.syntax_errors().len() > 1);
    let text = "edition = \" // \u{c4}";
    let parsed = parse(text.as_bytes().into());
    for error in parsed.syntax_errors() {
        assert!(
            text.is_char_boundary(error.span.start as usize),
            "{error:?}"
        );
    }
}

#[test]
fn odd_bytes_are_told_once_and_passed_over() {
    let text = b"\xef\xbb\xbfsyntax = \"proto3\";\r\n\0\0\0message A { \x01 string a = 1; // \xff\r\n string \xc3\xa9 = 2; string c = 3; }";
    let schema = check(text);
    let names: Vec<_> = schema.messages[0]
        .fields
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    assert_eq!(names, ["a", "c"]);
    assert!(errors(&schema) >= 3);
    // a file of another kind under the wrong name does not fill the memory with errors
    let noise: Vec<u8> = (0..1_000_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert!(check(&noise).diagnostics.len() <= 100);
}
