//! Spans survive editing: the same file in other dressings has the same elements, and each span cuts out the same tokens.
//!
//! Every file of the corpus is dressed in many ways that mean nothing to protobuf: line ends, tabs, comments in odd places, a
//! byte order mark, empty statements, numbers in other bases, strings in pieces. protoc's `SourceCodeInfo` counts the same
//! lines and columns.
#![allow(clippy::print_stdout)] // a skipped test must say so

mod dressing;
mod oracle;
mod tokens;

use std::path::Path;
use std::sync::Arc;

use dressing::{Dressing, bare, dress};
use protoskew_schema::equality::{Depth, differences};
use protoskew_schema::{Input, Name, Role, Schema, Severity, Span, link, parse};

fn corpus() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let paths = oracle::protos_under(&folder);
    let files = paths.into_iter().map(|path| {
        let text = std::fs::read(folder.join(&path)).expect("a file of the corpus");
        // what is no UTF-8 becomes what is, before anything is compared
        (path, String::from_utf8_lossy(&text).into_owned())
    });
    files.collect()
}

fn read(files: &[(String, String)]) -> Schema {
    let input = |(path, text): &(String, String)| Input {
        path: path.into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text.as_bytes().into())),
    };
    link(files.iter().map(input).collect(), &[String::new()])
}

/// Every dressing alone, then all of them at once, several times.
fn dressings() -> Vec<Dressing> {
    let mut list: Vec<Dressing> = Dressing::EACH.to_vec();
    list.extend((0..8).map(|seed| Dressing {
        seed,
        ..Dressing::ALL
    }));
    list
}

#[test]
fn dressed_files_cut_out_the_same_tokens() {
    let plain = corpus();
    assert!(plain.len() > 10, "the corpus is empty");
    let before = cut_out(&read(&plain));
    assert!(before.len() > 1000, "only {} spans", before.len());
    for dressing in dressings() {
        let dressed = dress_all(&plain, dressing);
        let schema = read(&dressed);
        let wrong: Vec<_> = (schema.diagnostics.iter())
            .filter(|d| d.severity == Severity::Error)
            .map(|d| &d.message)
            .collect();
        assert!(wrong.is_empty(), "{dressing:?}: {wrong:?}");
        let after = cut_out(&schema);
        assert_eq!(before.len(), after.len(), "{dressing:?}");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after, "{dressing:?}");
        }
    }
}

#[test]
fn protoc_counts_the_same_places_in_dressed_files() {
    let Some(python) = oracle::python_or_skip("places in dressed files") else {
        return;
    };
    let plain = corpus();
    let mut found = Vec::new();
    for dressing in dressings() {
        let dressed = dress_all(&plain, dressing);
        let source = read(&dressed);
        let described = described(&python, &dressed);
        for (path, _) in &dressed {
            let differences = differences(&source, &described, path, Depth { places: true });
            let differences = differences.expect("both have the file");
            found.extend(
                differences
                    .list
                    .iter()
                    .map(|d| format!("{dressing:?}: {d}")),
            );
        }
    }
    found.truncate(50);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn dress_all(plain: &[(String, String)], dressing: Dressing) -> Vec<(String, String)> {
    let files = plain.iter().enumerate().map(|(at, (path, text))| {
        let seed = dressing.seed * 1000 + at as u64;
        (path.clone(), dress(text, Dressing { seed, ..dressing }))
    });
    files.collect()
}

/// What protoc's descriptor set of the files says.
fn described(python: &Path, files: &[(String, String)]) -> Schema {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (path, text) in files {
        std::fs::write(folder.path().join(path), text).expect("a dressed file is written");
    }
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let arguments = ["--include_source_info", "--retain_options"];
    oracle::read_set(&oracle::compiled(python, folder.path(), &paths, &arguments))
}

/// Each element with what its spans cut out, dressing taken off.
fn cut_out(schema: &Schema) -> Vec<String> {
    let mut out = Vec::new();
    let mut say = |file: u32, what: &str, span: Span| {
        let text = &schema.file(file).text;
        if text.is_empty() {
            return;
        }
        let cut = &text[span.start as usize..span.end as usize];
        let cut = std::str::from_utf8(cut).expect("spans end between characters");
        out.push(format!("{what}: {}", bare(cut)));
    };
    for (id, file) in schema.files.iter().enumerate() {
        say(id as u32, "syntax", file.syntax_span);
        say(id as u32, "package", file.package_span);
        for import in &file.imports {
            say(id as u32, "import", import.span);
        }
        for option in file.options.iter() {
            say(id as u32, "option", option.span);
            say(id as u32, "value", option.value_span);
        }
    }
    for message in &schema.messages {
        let (file, name) = (message.file, &message.name);
        say(file, &format!("{name} name"), message.name_span);
        say(file, name, message.span);
        let reserved = message.reserved.iter().chain(&message.extension_ranges);
        for range in reserved {
            say(
                file,
                &format!("{name} {}..{}", range.start, range.end),
                range.span,
            );
        }
        for reserved in &message.reserved_names {
            say(file, &format!("{name} reserved"), reserved.span);
        }
        for oneof in &message.oneofs {
            say(file, &format!("{name} oneof name"), oneof.name_span);
            say(file, &format!("{name} oneof"), oneof.span);
        }
        let options = message
            .extension_options
            .iter()
            .flat_map(|s| s.options.iter());
        for option in options.chain(message.options.iter()) {
            say(file, &format!("{name} option"), option.span);
        }
    }
    let extensions = schema
        .extensions
        .iter()
        .map(|e| (e.file, &e.name, &e.field));
    let fields = schema.messages.iter();
    let fields = fields.flat_map(|m| m.fields.iter().map(move |f| (m.file, &m.name, f)));
    for (file, scope, field) in fields.chain(extensions) {
        let name = format!("{scope}.{} = {}", field.name, field.number);
        say(file, &format!("{name} name"), field.name_span);
        say(file, &format!("{name} type"), field.type_span);
        say(file, &format!("{name} number"), field.number_span);
        say(file, &name, field.span);
        for option in field.options.iter() {
            say(file, &format!("{name} option"), option.span);
            say(file, &format!("{name} value"), option.value_span);
        }
        out_default(
            &mut say,
            file,
            &name,
            field.default_text().map(Name::as_str),
        );
    }
    for item in &schema.enums {
        say(item.file, &format!("{} name", item.name), item.name_span);
        say(item.file, &item.name, item.span);
        for value in &item.values {
            let name = format!("{}.{} = {}", item.name, value.name, value.number);
            say(item.file, &format!("{name} name"), value.name_span);
            say(item.file, &format!("{name} number"), value.number_span);
            say(item.file, &name, value.span);
        }
        for range in &item.reserved {
            say(
                item.file,
                &format!("{} {}..{}", item.name, range.start, range.end),
                range.span,
            );
        }
    }
    for service in &schema.services {
        say(
            service.file,
            &format!("{} name", service.name),
            service.name_span,
        );
        say(service.file, &service.name, service.span);
        for method in &service.methods {
            let name = format!("{}.{}", service.name, method.name);
            say(service.file, &format!("{name} name"), method.name_span);
            say(
                service.file,
                &format!("{name} request"),
                method.request_span,
            );
            say(
                service.file,
                &format!("{name} response"),
                method.response_span,
            );
            say(service.file, &name, method.span);
        }
    }
    out
}

/// A default is a value, however it is dressed.
fn out_default(
    say: &mut impl FnMut(u32, &str, Span),
    file: u32,
    name: &str,
    default: Option<&str>,
) {
    if let Some(default) = default {
        say(file, &format!("{name} default {default}"), Span::default());
    }
}

/// One message, `M`, in each dressing by hand: what the spans of its first field and of its options cut out.
#[test]
fn spans_cut_out_exactly_what_is_written() {
    let head = "import \"google/protobuf/descriptor.proto\"; package p;\n\
        message V { optional double d = 1; repeated V v = 2; map<string, V> m = 3; extensions 9; }\n\
        extend google.protobuf.MessageOptions { optional V opt = 50000; }\n";
    for (body, cut) in [
        (
            "message M {\r\n\toptional\tint32\r\n\tx\t=\t1;\r\n}\r\n",
            "int32 | x | 1",
        ),
        (
            "message M{optional int32/**/x/* ü */=/*=*/1;}",
            "int32 | x | 1",
        ),
        (
            "message M { optional // int64\n int32 x = 0x1F; }",
            "int32 | x | 0x1F",
        ),
        ("message M { optional int32 x = 017; }", "int32 | x | 017"),
        (
            "message M { ;; optional .p . V x = 1; ; }",
            ".p . V | x | 1",
        ),
        (
            "message M { optional group X = 0X1 { ; } }",
            "group | X | 0X1",
        ),
        (
            "message M { map < string , V > x = 1; }",
            "map < string , V > | x | 1",
        ),
        (
            "message M { optional string x = 1 [default = 'ü' \"\\n\" /* and */ 'z']; }",
            "string | x | 1",
        ),
        (
            "message M { option (opt) = { d: -inf v < d: nan > v [ {}, < > ] }; optional int32 x = 1; }",
            "int32 | x | 1 | (opt) = { d: -inf v < d: nan > v [ {}, < > ] }",
        ),
        (
            "message M { option ( . p . opt ) . d = - inf ; optional int32 x = 1; }",
            "int32 | x | 1 | ( . p . opt ) . d = - inf",
        ),
        (
            "message M { option (opt).m = { key: 'a' 'b' value { d: 1e3 } }; optional int32 x = 1; }",
            "int32 | x | 1 | (opt).m = { key: 'a' 'b' value { d: 1e3 } }",
        ),
        (
            "message M { extensions 4 to 5, 7 [declaration = { number: 7\n full_name: '.p' '.e' type: \"int32\" }, verification = DECLARATION]; optional int32 x = 1; }",
            "int32 | x | 1 | declaration = { number: 7\n full_name: '.p' '.e' type: \"int32\" } | verification = DECLARATION",
        ),
    ] {
        for mark in ["", "\u{feff}"] {
            let text = format!("{mark}{head}{body}");
            let schema = read(&[("a.proto".to_owned(), text)]);
            let text = &schema.files[0].text;
            let slice = |span: Span| &text[span.start as usize..span.end as usize];
            let (_, message) = schema.messages_named("p.M").next().expect("M is read");
            let field = &message.fields[0];
            let mut spans = vec![field.type_span, field.name_span, field.number_span];
            spans.extend(message.options.iter().map(|o| o.span));
            let ranges = message.extension_options.iter();
            spans.extend(ranges.flat_map(|s| s.options.iter().map(|o| o.span)));
            let found: Vec<_> = spans
                .into_iter()
                .map(|span| String::from_utf8_lossy(slice(span)))
                .collect();
            assert_eq!(found.join(" | "), cut, "{body}");
        }
    }
}
